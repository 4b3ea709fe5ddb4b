//! Operations and errors, as tables say them.

use super::shape::Member;

/// One operation of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// As in AWS's model, such as `CreateUser`.
    pub name: &'static str,
    /// The HTTP method, `POST` for all but the rest protocols.
    pub method: &'static str,
    /// The template of path and query, such as `/{Bucket}/{Key+}?tagging`.
    pub uri: &'static str,
    /// The status of an answer that is no error.
    pub status: u16,
    pub(crate) input: Option<Member>,
    pub(crate) output: Option<Member>,
    /// The element around the output in the query protocol; empty where there is none.
    pub(crate) wrapper: &'static str,
    /// Names of the errors that it may answer with.
    pub errors: Vec<&'static str>,
}

/// An error that a service declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredError {
    /// The shape's name, such as `NoSuchEntityException`.
    pub name: &'static str,
    /// The code on the wire, such as `NoSuchEntity`.
    pub code: &'static str,
    pub status: u16,
    /// The service's own fault, not the sender's.
    pub fault: bool,
    pub(crate) shape: u16,
}

/// An operation that AWS has and that has no table here, of a service that tells operations by their paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Other {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) uri: &'static str,
}
