//! Why a request is not done, in the words of the service that it is for.
//!
//! Rule: AWS's texts where AWS has one; a text of ours names what was asked and that it is not built.

use std::borrow::Cow;

use account::ServiceError;
use net::UploadError;
use sigv4::Family;
use sigv4::verify::Refusal;
use wire::DecodeError;
use wire::model::{self, Service};

use crate::answer::NOT_IMPLEMENTED;
use crate::authenticate::Unauthenticated;
use crate::record::Outcome;
use crate::throttle::Throttled;

/// What stands in the way of a request.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Its signature is not good. For the record: what AWS does not say of it.
    Signature(Box<Refusal>, Option<&'static str>),
    /// There is nothing of this method and path: AWS's front ends answer with one element, and no more.
    Nowhere,
    /// There were too many of its kind.
    Throttled(Box<Throttled>),
    /// The service refuses it.
    Service(ServiceError, Outcome),
}

impl Fault {
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Signature(..) => Outcome::Unauthenticated,
            Self::Nowhere => Outcome::Refused,
            Self::Throttled(_) => Outcome::Throttled,
            Self::Service(_, outcome) => *outcome,
        }
    }

    /// Code and message, as answers bear them.
    pub(crate) fn words(&self) -> (&str, &str) {
        match self {
            Self::Signature(refusal, _) => (refusal.code, &refusal.message),
            Self::Nowhere => (UNKNOWN_OPERATION, ""),
            Self::Throttled(throttled) => (&throttled.error.code, &throttled.error.message),
            Self::Service(error, _) => (&error.code, &error.message),
        }
    }

    /// What AWS does not say, and its user may want to know.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Signature(_, hint) => *hint,
            _ => None,
        }
    }

    /// What went wrong in the server itself.
    pub(crate) fn inside(&self) -> Option<&str> {
        match self {
            Self::Service(error, _) => error.inside.as_deref(),
            _ => None,
        }
    }

    pub(crate) fn missing_action() -> Self {
        refused("MissingAction", 400, "Missing Action")
    }

    /// A query service has none of this name, or not in this version.
    pub(crate) fn no_operation(action: &str, version: Option<&str>) -> Self {
        let (action, version) = (cut(action), cut(version.unwrap_or("NO_VERSION_SPECIFIED")));
        refused("InvalidAction", 400, format!("Could not find operation {action} for version {version}"))
    }

    /// The same in EC2's words.
    pub(crate) fn invalid_action(action: &str) -> Self {
        refused(
            "InvalidAction",
            400,
            format!("The action {} is not valid for this web service.", cut(action)),
        )
    }

    pub(crate) fn no_such_version(version: &str) -> Self {
        let message = format!("The requested version ({}) of service AmazonEC2 does not exist", cut(version));
        refused("NoSuchVersion", 400, message)
    }

    /// A service that speaks JSON has none of this name. It says so without a message.
    pub(crate) fn unknown_operation() -> Self {
        refused(UNKNOWN_OPERATION, 400, "")
    }

    /// AWS has it, and the account does not.
    pub(crate) fn not_built(service: &str, operation: &str) -> Self {
        not_built(format!("The operation {} of {service} is not built into this account.", cut(operation)))
    }

    /// A service that the account does not have.
    pub(crate) fn no_service(service: &str) -> Self {
        not_built(format!("The service {} is not built into this account.", cut(service)))
    }

    /// S3's own words for what it does not have.
    pub(crate) fn no_s3() -> Self {
        let message = "A header or query you provided requested a function that is not implemented.";
        not_built(message.to_owned())
    }

    /// The path is no text.
    pub(crate) fn invalid_uri(path: &str) -> Self {
        let error = ServiceError::new("InvalidURI", 400, "Couldn't parse the specified URI.");
        Self::service(error.with_extra("URI", cut(path)))
    }

    /// S3 has nothing of this method.
    pub(crate) fn method_not_allowed(method: &str, kind: &str) -> Self {
        let message = "The specified method is not allowed against this resource.";
        let error = ServiceError::new("MethodNotAllowed", 405, message);
        Self::service(error.with_extra("Method", cut(method)).with_extra("ResourceType", kind))
    }

    /// A document that S3 does not read, for its length.
    pub(crate) fn document(error: UploadError) -> Self {
        match error {
            UploadError::TooLong { limit } => {
                let error = ServiceError::new("MaxMessageLengthExceeded", 400, "Your request was too big.");
                Self::service(error.with_extra("MaxMessageLengthBytes", limit.to_string()))
            }
            UploadError::TooSlow { .. } => refused("RequestTimeout", 400, TIMEOUT),
            UploadError::Broken => Self::upload(error),
        }
    }

    /// The body did not come, or is too long.
    pub(crate) fn upload(error: UploadError) -> Self {
        match error {
            UploadError::TooLong { limit } => {
                let message =
                    format!("The body of the request exceeds the maximum allowed size of {limit} bytes.");
                refused("RequestEntityTooLarge", 413, message)
            }
            UploadError::TooSlow { .. } => refused("RequestTimeout", 408, TIMEOUT),
            UploadError::Broken => refused(
                "IncompleteBody",
                400,
                "The request body terminated unexpectedly, or is not framed as HTTP wants it.",
            ),
        }
    }

    /// What an operation or the check before it says.
    pub(crate) fn service(error: ServiceError) -> Self {
        let outcome = match (error.is_senders(), &*error.code) {
            (true, "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation") => Outcome::Denied,
            (true, _) => Outcome::Refused,
            (false, _) => Outcome::Failed,
        };
        Self::Service(error, outcome)
    }
}

impl From<Unauthenticated> for Fault {
    fn from(fault: Unauthenticated) -> Self {
        Self::Signature(Box::new(fault.refusal), fault.hint)
    }
}

impl From<DecodeError> for Fault {
    fn from(error: DecodeError) -> Self {
        let DecodeError { code, status, message } = error;
        Self::service(ServiceError { code, status, message, extras: Vec::new(), inside: None })
    }
}

impl From<Throttled> for Fault {
    fn from(throttled: Throttled) -> Self {
        Self::Throttled(Box::new(throttled))
    }
}

impl From<ServiceError> for Fault {
    fn from(error: ServiceError) -> Self {
        Self::service(error)
    }
}

/// How a service answers whom nobody has routed further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Face {
    pub(crate) family: Family,
    /// The signing name.
    pub(crate) service: Cow<'static, str>,
}

impl Face {
    pub(crate) const S3: Self = Self { family: Family::S3, service: Cow::Borrowed("s3") };

    /// By the signing name; what is not known answers as most query services do.
    pub(crate) fn of(service: &str) -> Self {
        Self { family: Family::of(service).unwrap_or(Family::Query), service: service.to_owned().into() }
    }

    /// The service's table, where it is one of the account's.
    pub(crate) fn modelled(&self) -> Option<&'static Service> {
        model::service(&self.service)
    }
}

fn not_built(message: String) -> Fault {
    Fault::Service(ServiceError::new(NOT_IMPLEMENTED, 501, message), Outcome::NotBuilt)
}

fn refused(code: &'static str, status: u16, message: impl Into<String>) -> Fault {
    Fault::Service(ServiceError::new(code, status, message), Outcome::Refused)
}

/// What a client says is repeated in part.
fn cut(said: &str) -> &str {
    said.char_indices().nth(MAX_REPEATED).map_or(said, |(end, _)| &said[..end])
}

pub(crate) const UNKNOWN_OPERATION: &str = "UnknownOperationException";

const TIMEOUT: &str = "Your socket connection to the server was not read from or written to within the timeout period. \
                       Idle connections will be closed.";

/// Longer than any operation's name.
const MAX_REPEATED: usize = 128;
