//! Why an operation on instances was not done.

use store::StoreError;
use types::InstanceId;

/// An operation failed and changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    #[error("there is no instance {0}")]
    NotFound(InstanceId),
    #[error("there is an instance {0} already")]
    AlreadyExists(InstanceId),
    #[error("instances were launched with the same client token meanwhile")]
    LaunchedBefore,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("instance {0} was changed by others each time; try again")]
    Contended(InstanceId),
    #[error("record of instance {id} cannot be read; it was written by another program or damaged")]
    Record {
        id: InstanceId,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("store holds {0:?} where instances belong; it was written by another program")]
    UnknownRecord(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// EC2 would not do this either.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// EC2's error code.
    pub code: &'static str,
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl InstanceError {
    /// EC2's error code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "InvalidInstanceID.NotFound",
            Self::AlreadyExists(_) => "InvalidParameterValue",
            Self::Refused(refusal) => refusal.code,
            Self::Contended(_) | Self::LaunchedBefore => "Unavailable",
            Self::Record { .. } | Self::UnknownRecord(_) | Self::Store(_) => "InternalError",
        }
    }

    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::NotFound(_) => Some("`linklocal instance list` shows the instances"),
            Self::AlreadyExists(_) => {
                Some("launch with another instance id, or terminate the one that is there")
            }
            Self::Refused(refusal) => refusal.hint.as_deref(),
            Self::Contended(_)
            | Self::LaunchedBefore
            | Self::Record { .. }
            | Self::UnknownRecord(_)
            | Self::Store(_) => None,
        }
    }
}

impl Refusal {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
