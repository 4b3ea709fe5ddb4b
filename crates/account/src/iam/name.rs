//! Names and paths of entities, as IAM takes them (IAM User Guide, "IAM name requirements").
//!
//! Requests are held to the model's ranges and patterns before they come here; these rules hold for whoever else makes entities.

use super::refusal;
use crate::ServiceError;

/// Checks the value of a member such as `userName`.
pub fn check(member: &str, name: &str, max_length: usize) -> Result<(), ServiceError> {
    if name.is_empty() || name.len() > max_length {
        let bound = if name.is_empty() {
            "greater than or equal to 1".to_owned()
        } else {
            format!("less than or equal to {max_length}")
        };
        return Err(refusal::validation_error(format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length {bound}"
        )));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    if name.bytes().all(plain) {
        return Ok(());
    }
    Err(refusal::validation_error(format!(
        "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
    )))
}

/// Checks a path: `/`, or printable ASCII between two of them.
pub fn check_path(path: &str) -> Result<(), ServiceError> {
    let framed = path == "/" || (path.len() > 2 && path.starts_with('/') && path.ends_with('/'));
    if framed && path.len() <= MAX_PATH && path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(refusal::validation_error(
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / \
         characters.",
    ))
}

/// Of users and roles.
pub const MAX_USER_NAME: usize = 64;
/// Of groups, instance profiles and policies.
pub const MAX_GROUP_NAME: usize = 128;
const MAX_PATH: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_few_characters() {
        for name in ["a", "Ann.B+c=d,e@f_g-h", &"x".repeat(64)] {
            assert_eq!(check("userName", name, MAX_USER_NAME), Ok(()), "{name}");
        }
        for (name, end) in [
            (
                "",
                "'userName' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ),
            (&*"x".repeat(65), "Member must have length less than or equal to 64"),
            (
                "a b",
                "value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
            ),
            ("a/b", "+=,.@_-"),
            ("\u{e9}", "+=,.@_-"),
        ] {
            let refused = check("userName", name, MAX_USER_NAME).unwrap_err();
            assert_eq!((&*refused.code, refused.status), ("ValidationError", 400));
            assert!(refused.message.ends_with(end), "{name}: {refused}");
        }
    }

    #[test]
    fn paths_begin_and_end_with_slashes() {
        for path in ["/", "/a/", "/a/b/", "/!~/"] {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
        for path in ["", "a", "/a", "a/", "//", "/a b/", "/\u{e9}/", &format!("/{}/", "a".repeat(511))] {
            assert!(check_path(path).is_err(), "{path}");
        }
    }
}
