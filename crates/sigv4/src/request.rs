//! A request as it is on the wire, borrowed.

use std::fmt;

use crate::cut::position;

/// What is signed or verified. Nothing in it is decoded.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method as sent, such as `GET`.
    pub method: &'a str,
    /// The request target in origin form, as sent: path, and query after the first `?`.
    pub target: &'a [u8],
    /// Fields in order of arrival, names as sent, values as sent (without line ends; a folded line is one space). A request of
    /// HTTP/2 bears `host` for its `:authority`.
    pub headers: &'a [(&'a str, &'a [u8])],
}

impl<'a> Request<'a> {
    /// The target up to the first `?`.
    pub fn path(&self) -> &'a [u8] {
        self.path_and_query().0
    }

    /// What follows the first `?`; empty where there is none.
    pub fn query(&self) -> &'a [u8] {
        self.path_and_query().1
    }

    /// The first value of a field, white space around it removed; names compare without case.
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_ascii())
    }

    /// What stands before the first `?`, and what follows it.
    pub(crate) fn path_and_query(&self) -> (&'a [u8], &'a [u8]) {
        match position(self.target, b'?') {
            Some(at) => (&self.target[..at], &self.target[at + 1..]),
            None => (self.target, &[]),
        }
    }
}

/// Names only: values and queries bear signatures and tokens.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        let path = String::from_utf8_lossy(self.path());
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &path)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}
