//! Requests over sockets: a connection found or made, one exchange on it, and the connection kept for the next.

mod dial;
mod idle;
mod route;
mod tls;

use bytes::Bytes;
use http::Method;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1::SendRequest;
use tokio::time::timeout;

use self::idle::Idle;
use self::route::Route;
use self::tls::Tls;
pub use self::tls::{Roots, TlsProvider};
use crate::transport::Exchange;
use crate::{ClientError, Direct, Limits, Options, Proxies, Response, Transport, origin};

/// A connection on which requests can be sent.
type Sender = SendRequest<Full<Bytes>>;

/// The network of this machine.
#[derive(Debug)]
pub(crate) struct Network {
    proxies: Proxies,
    tls: Tls,
    idle: Idle,
}

/// No answer on one connection.
enum Failed {
    /// The connection was closed before it took the request; another may do.
    Closed(ClientError),
    ForGood(ClientError),
}

impl Network {
    pub(crate) fn new(options: Options) -> Self {
        Self { proxies: options.proxies, tls: Tls::new(options.tls, options.roots), idle: Idle::default() }
    }

    async fn exchange(
        &self,
        request: http::Request<Bytes>,
        limits: &Limits,
    ) -> Result<Response, ClientError> {
        let from = origin(request.uri());
        match timeout(limits.total, self.unhurried(request, &from, limits)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                Err(ClientError::Timeout { origin: from, phase: "answer in full", after: limits.total })
            }
        }
    }

    async fn unhurried(
        &self,
        request: http::Request<Bytes>,
        from: &str,
        limits: &Limits,
    ) -> Result<Response, ClientError> {
        let is_direct = request.extensions().get::<Direct>().is_some();
        let proxy = if is_direct { None } else { self.proxies.of(request.uri())? };
        let route = Route::new(request.uri(), proxy);
        let request = route.as_sent(request);
        // A kept connection may have been closed while nobody looked.
        if let Some(sender) = self.idle.take(route.key()) {
            match self.over(sender, request.clone(), &route, from, limits).await {
                Ok(response) => return Ok(response),
                Err(Failed::ForGood(error)) => return Err(error),
                Err(Failed::Closed(_)) => {}
            }
        }
        let sender = self.connected(&route, from, limits).await?;
        match self.over(sender, request, &route, from, limits).await {
            Ok(response) => Ok(response),
            Err(Failed::ForGood(error) | Failed::Closed(error)) => Err(error),
        }
    }

    async fn connected(&self, route: &Route, from: &str, limits: &Limits) -> Result<Sender, ClientError> {
        match timeout(limits.connect, dial::connect(route, &self.tls, from)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(ClientError::Timeout {
                origin: from.to_owned(),
                phase: "accept a connection",
                after: limits.connect,
            }),
        }
    }

    async fn over(
        &self,
        mut sender: Sender,
        request: http::Request<Bytes>,
        route: &Route,
        from: &str,
        limits: &Limits,
    ) -> Result<Response, Failed> {
        let repeatable = request.method() != Method::POST;
        sender
            .ready()
            .await
            .map_err(|source| Failed::Closed(ClientError::Protocol { origin: from.to_owned(), source }))?;
        let answer = timeout(limits.head, sender.try_send_request(request.map(Full::new))).await;
        let Ok(answer) = answer else {
            let from = from.to_owned();
            return Err(Failed::ForGood(ClientError::Timeout {
                origin: from,
                phase: "answer",
                after: limits.head,
            }));
        };
        let answer = answer.map_err(|mut error| {
            let unsent = error.take_message().is_some();
            let source = error.into_error();
            let closed = unsent || repeatable && source.is_incomplete_message();
            let error = ClientError::Protocol { origin: from.to_owned(), source };
            if closed { Failed::Closed(error) } else { Failed::ForGood(error) }
        })?;
        let response = read(answer, from, limits.body).await.map_err(Failed::ForGood)?;
        self.idle.put(route.key(), sender);
        Ok(response)
    }
}

impl Transport for Network {
    fn send<'a>(&'a self, request: http::Request<Bytes>, limits: &'a Limits) -> Exchange<'a> {
        Box::pin(self.exchange(request, limits))
    }
}

/// The whole body, refused as soon as it is known to be too large.
async fn read(answer: hyper::Response<Incoming>, from: &str, limit: usize) -> Result<Response, ClientError> {
    let too_large = || ClientError::TooLarge { origin: from.to_owned(), limit };
    let (head, mut incoming) = answer.into_parts();
    if incoming.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let mut frames: Vec<Bytes> = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|source| ClientError::Protocol { origin: from.to_owned(), source })?;
        if let Ok(data) = frame.into_data() {
            length = length.saturating_add(data.len());
            if length > limit {
                return Err(too_large());
            }
            frames.push(data);
        }
    }
    // In one piece: a growing vector would leave copies behind that nobody wipes.
    Ok(Response::new(head.status.as_u16(), head.headers, frames.concat()))
}
