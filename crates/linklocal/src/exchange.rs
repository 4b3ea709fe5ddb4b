//! One HTTP/1.1 request and its answer over a connection that is already there.
//!
//! Rule: an answer is bounded in size and time; a server that drips or floods is an error, not a hang.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// What came back.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) status: StatusCode,
    /// The reason phrase as sent, where it is not the usual one.
    pub(crate) reason: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// There is no whole answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    #[error("no whole answer within {} s", .0.as_secs())]
    Slow(Duration),
    #[error("the connection broke")]
    Broken(#[source] hyper::Error),
    #[error("the body of the answer")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Sends `request` and reads the answer, at most `limit` bytes of it, within `patience`.
pub(crate) async fn exchange<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    limit: usize,
    patience: Duration,
) -> Result<Exchange, ExchangeError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let whole = tokio::time::timeout(patience, carry(stream, request, limit)).await;
    whole.unwrap_or(Err(ExchangeError::Slow(patience)))
}

async fn carry<S>(stream: S, request: Request<Full<Bytes>>, limit: usize) -> Result<Exchange, ExchangeError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut builder = http1::Builder::new();
    builder.title_case_headers(true);
    let (mut sender, connection) =
        builder.handshake(TokioIo::new(stream)).await.map_err(ExchangeError::Broken)?;
    // Ends with the connection; a failure shows up at the sender.
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(ExchangeError::Broken)?;
    let (head, body) = response.into_parts();
    let reason = head.extensions.get::<hyper::ext::ReasonPhrase>();
    let reason = reason.map(|reason| String::from_utf8_lossy(reason.as_bytes()).into_owned());
    let body = Limited::new(body, limit).collect().await.map_err(ExchangeError::Body)?.to_bytes();
    Ok(Exchange { status: head.status, reason, headers: head.headers, body })
}
