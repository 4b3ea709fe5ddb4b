//! A new connection: name, address, proxy, TLS, HTTP.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{Method, Uri};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Sender;
use super::route::Route;
use super::tls::Tls;
use crate::proxy::{Proxy, bare_host};
use crate::{ClientError, origin};

/// Bytes in both directions, through however many layers.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection to the route's end, ready for requests.
pub(super) async fn connect(route: &Route, tls: &Tls, from: &str) -> Result<Sender, ClientError> {
    let stream = match &route.proxy {
        None => tcp(&route.host, route.port, from).await?,
        Some(proxy) => {
            let near = to_proxy(proxy, tls).await?;
            if route.https { tunnel(near, route, proxy, from).await? } else { near }
        }
    };
    let stream = if route.https { tls.over(stream, &route.host, from).await? } else { stream };
    let protocol = |source| ClientError::Protocol { origin: from.to_owned(), source };
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(protocol)?;
    // What goes wrong later is told to whoever waits for an answer.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(sender)
}

async fn to_proxy(proxy: &Proxy, tls: &Tls) -> Result<Box<dyn Stream>, ClientError> {
    let (host, from) = (bare_host(&proxy.uri), origin(&proxy.uri));
    let https = proxy.uri.scheme_str() == Some("https");
    let port = proxy.uri.port_u16().unwrap_or(if https { 443 } else { 80 });
    let stream = tcp(&host, port, &from).await?;
    if https { tls.over(stream, &host, &from).await } else { Ok(stream) }
}

/// Asks the proxy for bytes to and from the host (RFC 9110 section 9.3.6).
async fn tunnel(
    stream: Box<dyn Stream>,
    route: &Route,
    proxy: &Proxy,
    from: &str,
) -> Result<Box<dyn Stream>, ClientError> {
    let refused =
        |what: String| ClientError::Tunnel { proxy: origin(&proxy.uri), origin: from.to_owned(), what };
    let protocol = |source: hyper::Error| refused(source.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(protocol)?;
    tokio::spawn(async move {
        let _ = connection.with_upgrades().await;
    });
    let authority = route.authority();
    let target: Uri = authority.parse().map_err(|_| refused("the host cannot be named to it".to_owned()))?;
    let mut request = http::Request::new(Empty::<Bytes>::new());
    *request.method_mut() = Method::CONNECT;
    *request.uri_mut() = target;
    let host = authority.parse().map_err(|_| refused("the host cannot be named to it".to_owned()))?;
    request.headers_mut().insert(HOST, host);
    if let Some(value) = proxy.header() {
        request.headers_mut().insert(PROXY_AUTHORIZATION, value);
    }
    let response = sender.send_request(request).await.map_err(protocol)?;
    if !response.status().is_success() {
        return Err(refused(format!("it answers {}", response.status().as_u16())));
    }
    let upgraded = hyper::upgrade::on(response).await.map_err(protocol)?;
    Ok(Box::new(TokioIo::new(upgraded)))
}

/// Addresses in the resolver's order; one that does not answer leaves time for the next.
async fn tcp(host: &str, port: u16, from: &str) -> Result<Box<dyn Stream>, ClientError> {
    let addresses = addresses(host, port).await;
    let addresses = addresses.map_err(|source| ClientError::Resolve { origin: from.to_owned(), source })?;
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    let count = addresses.len();
    for (index, address) in addresses.into_iter().enumerate() {
        let attempt = TcpStream::connect(address);
        let outcome =
            if index + 1 == count { Ok(attempt.await) } else { timeout(PER_ADDRESS, attempt).await };
        match outcome {
            Ok(Ok(stream)) => {
                // Requests and answers are small; whoever waits for more bytes waits for nothing.
                let _ = stream.set_nodelay(true);
                return Ok(Box::new(stream));
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(ClientError::Connect { origin: from.to_owned(), source: last })
}

/// Literal addresses are asked of nobody. The resolver blocks for as long as it likes, so it has a thread of its own that
/// nobody waits for at the end of the program; a runtime would wait for one of its own.
async fn addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (answer, answered) = oneshot::channel();
    let host = host.to_owned();
    thread::Builder::new().name("resolver".to_owned()).spawn(move || {
        let found = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
        // Whoever asked may have stopped waiting.
        let _ = answer.send(found);
    })?;
    answered.await.unwrap_or_else(|_| Err(io::Error::other("the resolver gave up")))
}

/// A host with an IPv6 address that leads nowhere is asked over IPv4 after this.
const PER_ADDRESS: Duration = Duration::from_millis(700);
