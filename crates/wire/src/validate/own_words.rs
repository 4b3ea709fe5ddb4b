//! What services refuse in words of their own: IAM its names and paths, before it looks at anything else; CloudTrail parts of a look-up, by
//! an exception for each.
//!
//! Source: answers of IAM to `CreateUser`, `ListRoles` and their like, 2026: a path prefix that breaks both its pattern and its
//! length is refused for the pattern. CloudTrail API reference, `LookupEvents`, whose model has no exception for validation.

use crate::model::{Service, Shape, ShapeIndex};
use crate::value::Structure;

/// What is wrong with the first name or path that breaks its pattern.
pub(super) fn refusal(service: &Service, shape: ShapeIndex, input: &Structure) -> Option<String> {
    if service.name != "iam" {
        return None;
    }
    service.members(shape).iter().find_map(|member| {
        let Shape::String(text) = service.shape(member.shape) else { return None };
        let (words, pattern) = service.pattern(text.pattern?);
        let rule = rule(member.name, words)?;
        let broken = !pattern.matches(input.text(member.name)?);
        let name = super::camel(member.name);
        broken.then(|| format!("The specified value for {name} is invalid. {rule}"))
    })
}

/// The exception that the model of a service has for what is wrong in this member.
pub(super) fn exception(service: &Service, member: &str) -> Option<&'static str> {
    match (service.name, member) {
        ("cloudtrail", "LookupAttributes") => Some("InvalidLookupAttributesException"),
        ("cloudtrail", "MaxResults") => Some("InvalidMaxResultsException"),
        ("cloudtrail", "EventCategory") => Some("InvalidEventCategoryException"),
        _ => None,
    }
}

fn rule(name: &str, pattern: &str) -> Option<&'static str> {
    match name {
        "Path" | "NewPath" => {
            Some("It must begin and end with / and contain only alphanumeric characters and/or / characters.")
        }
        "PathPrefix" => Some(
            "It must begin with the / character and contain only alphanumeric characters and/or / characters.",
        ),
        _ if pattern == r"[\w+=,.@-]+" => {
            Some("It must contain only alphanumeric characters and/or the following: +=,.@_-")
        }
        _ => None,
    }
}
