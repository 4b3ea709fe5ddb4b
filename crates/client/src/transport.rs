//! The seam between asking and how the question travels.

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;

use crate::{Body, ClientError, Limits, Response, Streaming, origin};

/// An exchange under way.
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Response, ClientError>> + Send + 'a>>;

/// An exchange under way, up to the head of its answer.
pub type Opening<'a> = Pin<Box<dyn Future<Output = Result<Streaming, ClientError>> + Send + 'a>>;

/// Carries a complete request to its host and the answer back.
pub trait Transport: fmt::Debug + Send + Sync {
    fn send<'a>(&'a self, request: http::Request<Bytes>, limits: &'a Limits) -> Exchange<'a>;

    /// The same for bodies of any size. Recordings, which have documents only, need not say how.
    fn stream<'a>(&'a self, request: http::Request<Body>, limits: &'a Limits) -> Opening<'a> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let Some(bytes) = body.bytes() else {
                let what = "is not asked with a file as its body here".to_owned();
                return Err(ClientError::Other { origin: origin(&head.uri), what });
            };
            Ok(self.send(http::Request::from_parts(head, bytes), limits).await?.into())
        })
    }
}
