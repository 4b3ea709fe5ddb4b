//! Refusals of Service Quotas, in AWS's words where they are known (facts/account.md section 1.6; aws/aws-cli#4569 and #8584; Service
//! Quotas API Reference, "Common Errors").

use crate::ServiceError;

pub fn no_such_service() -> ServiceError {
    no_such_resource("The request failed because the specified service does not exist.")
}

pub fn no_such_quota() -> ServiceError {
    no_such_resource("The request failed because the specified service quota does not exist.")
}

/// No quota here has a value for one resource alone.
pub fn no_such_context() -> ServiceError {
    no_such_resource("The request failed because applied value for the specified context Id do not exist.")
}

pub fn no_such_request() -> ServiceError {
    no_such_resource("The request failed because the specified quota change request does not exist.")
}

pub(super) fn not_greater() -> ServiceError {
    illegal_argument("You must provide a quota value greater than the current quota value")
}

pub(super) fn not_adjustable() -> ServiceError {
    illegal_argument("The specified service quota is not adjustable.")
}

/// Counts are whole.
pub fn not_whole() -> ServiceError {
    illegal_argument("You must provide a whole number as the quota value.")
}

pub(super) fn one_is_open() -> ServiceError {
    let message = "Only one open service quota increase request is allowed per quota.";
    ServiceError::new("ResourceAlreadyExistsException", 400, message)
}

pub(super) fn too_many_open() -> ServiceError {
    let message = "You have exceeded your service quota. To perform the requested action, remove some of the relevant resources, \
                   or use Service Quotas to request a service quota increase.";
    ServiceError::new("QuotaExceededException", 400, message)
}

pub fn invalid_page() -> ServiceError {
    ServiceError::new("InvalidPaginationTokenException", 400, "Invalid input was provided.")
}

fn no_such_resource(message: &str) -> ServiceError {
    ServiceError::new("NoSuchResourceException", 400, message)
}

fn illegal_argument(message: &str) -> ServiceError {
    ServiceError::new("IllegalArgumentException", 400, message)
}
