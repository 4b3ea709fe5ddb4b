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

/// `Unavailable`: others were in the way, and whoever asks again may have it.
pub(super) fn unavailable(inside: String) -> ServiceError {
    ServiceError::new("Unavailable", 503, UNAVAILABLE).with_inside(inside)
}

impl From<InstanceError> for ServiceError {
    fn from(error: InstanceError) -> Self {
        match &error {
            InstanceError::NotFound(id) => {
                Self::new("InvalidInstanceID.NotFound", 400, format!("The instance ID '{id}' does not exist"))
            }
            InstanceError::AlreadyExists(_) | InstanceError::Refused(_) => {
                let status = if error.code() == NO_CAPACITY { 500 } else { 400 };
                Self::new(error.code(), status, error.to_string())
            }
            InstanceError::Contended(_) | InstanceError::LaunchedBefore => unavailable(chain(&error)),
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

/// Not the client's fault (EC2 API reference, "Server error codes").
const NO_CAPACITY: &str = "InsufficientInstanceCapacity";
const UNAVAILABLE: &str =
    "The server is overloaded and can't handle the request. Try your request again in a few minutes.";
const INTERNAL: &str = "An internal error has occurred";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Refusal;

    #[test]
    fn missing_room_is_not_the_clients_fault() {
        let refused = |code| {
            let refusal = Refusal { code, message: "no".to_owned(), hint: None };
            ServiceError::from(InstanceError::Refused(refusal))
        };
        assert_eq!(refused("InsufficientInstanceCapacity").status, 500);
        assert!(!refused("InsufficientInstanceCapacity").is_senders());
        assert_eq!(refused("InvalidParameterValue").status, 400);
    }
}
