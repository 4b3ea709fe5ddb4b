//! One request, as it arrived.

use http::Request;
use http::request::Parts;
use hyper::body::{Body as _, Incoming};
use types::Timestamp;

/// A request's head, and when it was read.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) parts: Parts,
    /// A body is never read, so the connection ends with the answer.
    pub(super) has_body: bool,
    pub(super) now: Timestamp,
}

impl Call {
    pub(super) fn new(request: Request<Incoming>, now: Timestamp) -> Self {
        let has_body = !request.body().is_end_stream();
        let (parts, _) = request.into_parts();
        Self { parts, has_body, now }
    }
}
