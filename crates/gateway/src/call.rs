//! A request as it came, before anything of it is believed.

use std::fmt;

use http::request::Parts;
use http::{HeaderName, header};
use net::{Link, Peer, Security};
use types::Timestamp;

use crate::Settings;
use crate::acquaintance::{Acquaintance, Program};
use crate::request_id::RequestId;

/// A head, and where and when it came.
pub(crate) struct Call {
    pub(crate) parts: Parts,
    pub(crate) peer: Peer,
    pub(crate) security: Option<Security>,
    /// One time for the whole request.
    pub(crate) now: Timestamp,
    pub(crate) request_id: RequestId,
    /// For ids and secrets that the request brings into being.
    pub(crate) random: [u8; 64],
    /// Who is at the other end, where the recorder wants to know.
    pub(crate) program: Option<Program>,
}

impl Call {
    pub(crate) fn new(
        parts: Parts,
        link: &Link<Acquaintance>,
        settings: &Settings,
    ) -> Result<Self, sys::EntropyError> {
        let id = settings.entropy.bytes()?;
        let random = settings.entropy.bytes()?;
        Ok(Self {
            parts,
            peer: link.peer(),
            security: link.security().copied(),
            now: settings.clock.now(),
            request_id: RequestId::new(id),
            random,
            program: Acquaintance::of(link, &*settings.recorder),
        })
    }

    /// The first field of this name, if it is text.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.parts.headers.get(name).and_then(|value| str::from_utf8(value.as_bytes()).ok()).map(str::trim)
    }

    /// Path and query as they came.
    pub(crate) fn target(&self) -> &str {
        self.parts.uri.path_and_query().map_or("/", |target| target.as_str())
    }

    pub(crate) fn path(&self) -> &str {
        self.parts.uri.path()
    }

    pub(crate) fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    pub(crate) fn host(&self) -> Option<&str> {
        self.header(&header::HOST)
    }

    pub(crate) fn user_agent(&self) -> Option<&str> {
        self.header(&header::USER_AGENT)
    }

    /// Fields in the order of their arrival, as signatures know them.
    pub(crate) fn fields(&self) -> Vec<(&str, &[u8])> {
        self.parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
    }
}

/// Without fields and query, which bear signatures and tokens.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("request_id", &self.request_id)
            .field("method", &self.parts.method)
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A request from nowhere.
    pub(crate) fn call(method: &str, target: &str, fields: &[(&str, &str)]) -> Call {
        let mut request = http::Request::builder().method(method).uri(target);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let end = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        Call {
            parts: request.body(()).unwrap().into_parts().0,
            peer: Peer { local: end, remote: end },
            security: None,
            now: Timestamp::EPOCH,
            request_id: RequestId::new([0; 16]),
            random: [0; 64],
            program: None,
        }
    }

    #[test]
    fn fields_and_query_are_no_part_of_what_is_logged() {
        let shown = format!("{:?}", call("GET", "/?X-Amz-Signature=5ec", &[("authorization", "5ec")]));
        assert!(!shown.contains("5ec"), "{shown}");
    }
}
