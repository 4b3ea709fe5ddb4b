//! Why a request is refused before anybody looks at what it asks for.

use std::borrow::Cow;

use crate::model::Protocol;

/// As AWS answers it: code, status and text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct DecodeError {
    pub code: Cow<'static, str>,
    pub status: u16,
    pub message: String,
}

impl DecodeError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code: code.into(), status: 400, message: message.into() }
    }

    /// The request's form itself is broken.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new("MalformedInput", message)
    }

    pub(crate) fn query_syntax() -> Self {
        Self { status: 404, ..Self::new("MalformedQueryString", "The query string contains a syntax error") }
    }

    pub(crate) fn serialization(message: impl Into<String>) -> Self {
        Self::new("SerializationException", message)
    }

    pub(crate) fn xml() -> Self {
        Self::new(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        )
    }

    /// A bound of the model is broken.
    pub(crate) fn validation(protocol: Protocol, message: String) -> Self {
        let code = match protocol {
            Protocol::Query => "ValidationError",
            Protocol::Ec2 => "InvalidParameterValue",
            Protocol::Json10 | Protocol::Json11 => "ValidationException",
            Protocol::RestXml => "InvalidArgument",
        };
        Self::new(code, message)
    }
}
