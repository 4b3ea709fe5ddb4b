//! Why there is no answer.

use std::time::Duration;

use sigv4::{KeyError, ScopeError};

use crate::retry::{self, Verdict};
use crate::{BodyError, Phase, ProxyError};

/// An exchange failed. Names origins (scheme, host, port), never a path, a header or a body.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("URL {origin} {what}")]
    Url { origin: String, what: &'static str },
    #[error("host of {origin} is not known")]
    Resolve {
        origin: String,
        #[source]
        source: std::io::Error,
    },
    #[error("{origin} does not accept connections")]
    Connect {
        origin: String,
        #[source]
        source: std::io::Error,
    },
    #[error("{origin} did not {phase} within {} ms", after.as_millis())]
    Timeout { origin: String, phase: Phase, after: Duration },
    #[error("TLS with {origin} failed")]
    Tls {
        origin: String,
        #[source]
        source: std::io::Error,
    },
    #[error("certificates to trust cannot be read{}: {what}", path.as_deref().map(|p| format!(" from {p}")).unwrap_or_default())]
    Roots { path: Option<String>, what: String },
    #[error("{origin} does not speak HTTP, or closed the connection in the middle")]
    Protocol {
        origin: String,
        #[source]
        source: hyper::Error,
    },
    #[error("{origin} says more and more before its answer")]
    Flood { origin: String },
    #[error("request to {origin} was not sent")]
    Body {
        origin: String,
        #[source]
        source: BodyError,
    },
    #[error("answer of {origin} is larger than {limit} bytes")]
    TooLarge { origin: String, limit: usize },
    #[error("{origin} redirects ({status}) to {to}, which is not followed")]
    Redirect { origin: String, status: u16, to: String },
    #[error("proxy {proxy} does not let {origin} through: {what}")]
    Tunnel { proxy: String, origin: String, what: String },
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    #[error("request to {origin} cannot be signed")]
    Sign {
        origin: String,
        #[source]
        source: sigv4::SignError,
    },
    #[error("request to {origin} cannot be signed")]
    Key {
        origin: String,
        #[source]
        source: KeyError,
    },
    /// Somebody else's transport failed.
    #[error("{origin}: {what}")]
    Other { origin: String, what: String },
}

/// Whether the same request may do better in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Never,
    Later,
}

impl ClientError {
    /// Stable, for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Url { .. } => "url",
            Self::Resolve { .. } => "unknown-host",
            Self::Connect { .. } => "unreachable",
            Self::Timeout { .. } => "timeout",
            Self::Tls { .. } => "tls",
            Self::Roots { .. } => "ca-bundle",
            Self::Protocol { .. } | Self::Flood { .. } => "protocol",
            Self::Body { .. } => "body",
            Self::TooLarge { .. } => "too-large",
            Self::Redirect { .. } => "redirect",
            Self::Tunnel { .. } | Self::Proxy(_) => "proxy",
            Self::Sign { .. } | Self::Key { .. } => "sign",
            Self::Other { .. } => "transport",
        }
    }

    pub fn retry(&self) -> Retry {
        match retry::of_failure(self) {
            Verdict::Retryable(_) => Retry::Later,
            Verdict::Done | Verdict::Final => Retry::Never,
        }
    }

    /// What to do.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Url { .. } => "write the URL as https://host[:port]",
            Self::Resolve { .. } => "check the spelling of the host, and the network",
            Self::Connect { .. } => "check that the server runs and that the port is right",
            Self::Timeout { phase, .. } => late(*phase),
            Self::Tls { .. } => {
                "where a proxy or a private authority signs certificates, name its file in AWS_CA_BUNDLE"
            }
            Self::Roots { .. } => {
                "name a file of PEM certificates in AWS_CA_BUNDLE, or install ca-certificates"
            }
            Self::Body { .. } => "send a file that nobody writes to",
            Self::Protocol { .. } | Self::Flood { .. } => {
                "check that the port belongs to the service, and not to another"
            }
            Self::TooLarge { .. } => "this is no answer of a credential endpoint: check the URL",
            Self::Redirect { .. } => {
                "nothing that is signed, and no credential endpoint, is looked for elsewhere: name the final URL"
            }
            Self::Tunnel { .. } | Self::Proxy(_) => {
                "check HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY"
            }
            // Services are named here, regions by people.
            Self::Key { source: KeyError::Scope(ScopeError::Empty(_)), .. } => {
                "name a region: AWS refuses signatures for none"
            }
            Self::Sign { .. } | Self::Key { .. } => "check the keys where they are kept",
            Self::Other { .. } => "check the endpoint",
        }
    }

    /// What was under way when time ran out; `None` where it did not.
    pub const fn phase(&self) -> Option<Phase> {
        match self {
            Self::Timeout { phase, .. } => Some(*phase),
            _ => None,
        }
    }

    /// The message and its causes in one line.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let words = error.to_string();
            if !text.ends_with(&words) {
                text = format!("{text}: {words}");
            }
            cause = error.source();
        }
        text
    }
}

const fn late(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve => "check the network, and the resolver of this machine",
        Phase::Connect | Phase::Answer => {
            "check that the address is right and that nothing on the way drops packets"
        }
        Phase::Tunnel => "check that the proxy reaches the host, or name the host in NO_PROXY",
        Phase::Tls => "check that the port speaks TLS",
        Phase::Send | Phase::Body | Phase::Whole => "allow it more time, or check the network on the way",
    }
}
