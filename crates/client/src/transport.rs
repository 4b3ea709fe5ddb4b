//! The seam between asking and how the question travels.

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;

use crate::{ClientError, Limits, Response};

/// An exchange under way.
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Response, ClientError>> + Send + 'a>>;

/// Carries a complete request to its host and the answer back.
pub trait Transport: fmt::Debug + Send + Sync {
    fn send<'a>(&'a self, request: http::Request<Bytes>, limits: &'a Limits) -> Exchange<'a>;
}
