//! The body of an answer while it arrives, and the connection that it arrives on.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};

use super::pool::Lease;
use crate::ClientError;
use crate::body::Sending;
use crate::limits::{Deadline, Phase, within};

/// Gives its connection back when the body has been read, and closes it where that does not happen.
pub(crate) struct Arriving {
    incoming: Incoming,
    lease: Option<Lease>,
    sending: Arc<Sending>,
    origin: String,
    idle: Duration,
    deadline: Option<Deadline>,
}

impl Arriving {
    pub(super) const fn new(
        incoming: Incoming,
        lease: Lease,
        sending: Arc<Sending>,
        origin: String,
        idle: Duration,
    ) -> Self {
        Self { incoming, lease: Some(lease), sending, origin, idle, deadline: None }
    }

    /// The body, too, is to be there by then.
    pub(super) const fn until(mut self, deadline: Option<Deadline>) -> Self {
        self.deadline = deadline;
        self
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn remaining(&self) -> Option<u64> {
        self.incoming.size_hint().exact()
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, ClientError> {
        let Self { incoming, origin, idle, deadline, .. } = self;
        let piece = within(*idle, Phase::Body, origin, piece(incoming, origin));
        let piece = Deadline::hold(*deadline, origin, piece).await?;
        if piece.is_none() {
            self.end();
        }
        Ok(piece)
    }

    fn end(&mut self) {
        if let Some(lease) = self.lease.take() {
            if self.sending.is_finished() { lease.give_back() } else { lease.close() }
        }
        self.sending.abandon();
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if self.incoming.is_end_stream() {
            self.end();
        }
        if let Some(lease) = self.lease.take() {
            lease.close();
        }
        self.sending.abandon();
    }
}

/// Trailers say nothing that anybody here asks for.
async fn piece(incoming: &mut Incoming, origin: &str) -> Result<Option<Bytes>, ClientError> {
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|source| ClientError::Protocol { origin: origin.to_owned(), source })?;
        match frame.into_data() {
            Ok(data) if !data.is_empty() => return Ok(Some(data)),
            _ => {}
        }
    }
    Ok(None)
}
