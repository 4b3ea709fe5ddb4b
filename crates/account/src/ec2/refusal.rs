//! EC2's refusals that several operations have in common, in its own words.

use types::InstanceId;

use crate::{InstanceError, ServiceError};

/// `InvalidParameterValue`
pub fn invalid_value(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidParameterValue", 400, message)
}

/// `InvalidParameterCombination`
pub fn invalid_combination(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidParameterCombination", 400, message)
}

/// `MissingParameter`
pub fn missing_parameter(name: &str) -> ServiceError {
    ServiceError::new("MissingParameter", 400, format!("The request must contain the parameter {name}"))
}

/// `IncorrectInstanceState`, of an instance that is going or gone.
pub fn not_in_state(id: &InstanceId) -> ServiceError {
    incorrect_state(format!("The instance '{id}' is not in a valid state for this operation."))
}

/// `IncorrectInstanceState`, of one that must be in one of `states`, such as `'stopped' state`.
pub fn wants_state(id: &InstanceId, states: &str) -> ServiceError {
    incorrect_state(format!("The instance '{id}' is not in the {states}."))
}

fn incorrect_state(message: String) -> ServiceError {
    ServiceError::new("IncorrectInstanceState", 400, message)
}

/// `FilterLimitExceeded`
pub(super) fn filter_limit(message: &str) -> ServiceError {
    ServiceError::new("FilterLimitExceeded", 400, message)
}

impl From<InstanceError> for ServiceError {
    fn from(error: InstanceError) -> Self {
        match &error {
            InstanceError::NotFound(id) => {
                Self::new("InvalidInstanceID.NotFound", 400, format!("The instance ID '{id}' does not exist"))
            }
            InstanceError::AlreadyExists(_) | InstanceError::Refused(_) => {
                Self::new(error.code(), 400, error.to_string())
            }
            InstanceError::Contended(_) | InstanceError::LaunchedBefore => {
                Self::new(error.code(), 503, UNAVAILABLE).with_inside(chain(&error))
            }
            InstanceError::Record { .. } | InstanceError::UnknownRecord(_) | InstanceError::Store(_) => {
                Self::new(error.code(), 500, INTERNAL).with_inside(chain(&error))
            }
        }
    }
}

/// The error with its causes, for the server's log.
fn chain(error: &InstanceError) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

const UNAVAILABLE: &str =
    "The server is overloaded and can't handle the request. Try your request again in a few minutes.";
const INTERNAL: &str = "An internal error has occurred";
