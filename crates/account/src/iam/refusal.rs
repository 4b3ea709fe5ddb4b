//! IAM's refusals, in its own words (facts/account.md sections 1.6 and 2.2; account-shapes.md for codes and statuses).

use std::fmt::Display;

use crate::ServiceError;

/// `NoSuchEntity` 404, with the whole text.
pub fn no_such_entity(text: impl Into<String>) -> ServiceError {
    ServiceError::new("NoSuchEntity", 404, text)
}

pub fn no_user(name: &str) -> ServiceError {
    no_such_entity(format!("The user with name {name} cannot be found."))
}

pub fn no_group(name: &str) -> ServiceError {
    no_such_entity(format!("The group with name {name} cannot be found."))
}

pub fn no_role(name: &str) -> ServiceError {
    no_such_entity(format!("The role with name {name} cannot be found."))
}

pub fn no_instance_profile(name: &str) -> ServiceError {
    no_such_entity(format!("Instance Profile {name} cannot be found."))
}

pub fn no_access_key(id: &str) -> ServiceError {
    no_such_entity(format!("The Access Key with id {id} cannot be found."))
}

/// `EntityAlreadyExists` 409; `what` is such as `User with name ann`.
pub fn already_exists(what: impl Display) -> ServiceError {
    ServiceError::new("EntityAlreadyExists", 409, format!("{what} already exists."))
}

/// `DeleteConflict` 409; `first` is such as `detach all policies`.
pub fn delete_conflict(first: &str) -> ServiceError {
    ServiceError::new("DeleteConflict", 409, format!("Cannot delete entity, must {first} first."))
}

/// `LimitExceeded` 409, with the whole text.
pub fn limit_exceeded(text: impl Into<String>) -> ServiceError {
    ServiceError::new("LimitExceeded", 409, text)
}

/// `InvalidInput` 400, with the whole text.
pub fn invalid_input(text: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidInput", 400, text)
}

/// `ValidationError` 400, with the whole text.
pub fn validation_error(text: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationError", 400, text)
}

/// `MalformedPolicyDocument` 400, with the whole text.
pub fn malformed_policy(text: impl Into<String>) -> ServiceError {
    ServiceError::new("MalformedPolicyDocument", 400, text)
}

/// `UnmodifiableEntity` 400: the role belongs to a service.
pub fn protected_role(name: &str) -> ServiceError {
    let text = format!(
        "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
    );
    ServiceError::new("UnmodifiableEntity", 400, text)
}
