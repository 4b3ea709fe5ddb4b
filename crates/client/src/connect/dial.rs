//! A new connection: name, address, proxy, TLS, HTTP.

use bytes::Bytes;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{Method, Uri};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::addresses::{first, resolve};
use super::http::Connection;
use super::route::Route;
use super::tls::{Protocols, Tls};
use crate::limits::{Phase, within};
use crate::proxy::{Proxy, bare_host};
use crate::{ClientError, Limits, origin};

/// Bytes in both directions, through however many layers.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection to the route's end, ready for requests.
pub(super) async fn connect(
    route: &Route,
    tls: &Tls,
    from: &str,
    limits: &Limits,
) -> Result<Connection, ClientError> {
    let stream = match &route.proxy {
        None => tcp(&route.host, route.port, from, limits).await?,
        Some(proxy) => {
            let near = to_proxy(proxy, tls, limits).await?;
            match route.https {
                true => within(limits.tls, Phase::Tunnel, from, tunnel(near, route, proxy, from)).await?,
                false => near,
            }
        }
    };
    let mut is_h2 = false;
    let stream = if route.https {
        let encrypted = tls.over(stream, &route.host, from, route.protocols);
        let encrypted = within(limits.tls, Phase::Tls, from, encrypted).await?;
        is_h2 = encrypted.is_h2;
        encrypted.stream
    } else {
        stream
    };
    let connection = if is_h2 { Connection::many(stream).await } else { Connection::one(stream).await };
    connection.map_err(|source| ClientError::Protocol { origin: from.to_owned(), source })
}

async fn to_proxy(proxy: &Proxy, tls: &Tls, limits: &Limits) -> Result<Box<dyn Stream>, ClientError> {
    let (host, from) = (bare_host(&proxy.uri), origin(&proxy.uri));
    let https = proxy.uri.scheme_str() == Some("https");
    let port = proxy.uri.port_u16().unwrap_or(if https { 443 } else { 80 });
    let stream = tcp(&host, port, &from, limits).await?;
    if !https {
        return Ok(stream);
    }
    let encrypted = tls.over(stream, &host, &from, Protocols::Http1);
    Ok(within(limits.tls, Phase::Tls, &from, encrypted).await?.stream)
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

async fn tcp(host: &str, port: u16, from: &str, limits: &Limits) -> Result<Box<dyn Stream>, ClientError> {
    let unknown = |source| ClientError::Resolve { origin: from.to_owned(), source };
    let found = async { resolve(host, port).await.map_err(unknown) };
    let addresses = within(limits.resolve, Phase::Resolve, from, found).await?;
    let unreachable = |source| ClientError::Connect { origin: from.to_owned(), source };
    let connected = async { first(addresses, TcpStream::connect).await.map_err(unreachable) };
    let stream = within(limits.connect, Phase::Connect, from, connected).await?;
    // Requests and answers are small; whoever waits for more bytes waits for nothing.
    let _ = stream.set_nodelay(true);
    Ok(Box::new(stream))
}
