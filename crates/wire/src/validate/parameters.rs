//! EC2 and S3, which name the first parameter that is wrong and stop there.
//!
//! Source: answers of EC2 that its users quote ("Value ( 2 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
//! "Invalid value 'x' for InstanceType.", "The request must contain the parameter ImageId").

use super::camel;
use crate::decode::DecodeError;
use crate::model::{Limits, Member, Protocol, Service, Shape, ShapeIndex};
use crate::value::{Structure, Value};

/// `path` is what stands before the names of members: empty, or ends in a dot.
pub(super) fn check(
    service: &Service,
    shape: ShapeIndex,
    input: &Structure,
    path: &str,
) -> Result<(), DecodeError> {
    for member in service.members(shape) {
        match input.member(member.name).filter(|value| **value != Value::Null) {
            Some(value) => check_value(service, member, value, path)?,
            None if member.required => {
                let text = format!("The request must contain the parameter {path}{}", member.name);
                return Err(refusal(service, "MissingParameter", text));
            }
            None => {}
        }
    }
    Ok(())
}

fn check_value(service: &Service, member: &Member, value: &Value, path: &str) -> Result<(), DecodeError> {
    let name = member.name;
    match (service.shape(member.shape), value) {
        (Shape::Structure { .. }, Value::Structure(inner)) => {
            check(service, member.shape, inner, &format!("{path}{name}."))
        }
        // Which of them do not exist is for the operation to say, all at once.
        (Shape::List { .. }, _) if service.name == "ec2" && name == "InstanceTypes" => Ok(()),
        (Shape::List { item, .. }, Value::List(items)) => {
            let item = service.member(item);
            let named = |index| format!("{path}{name}.{index}");
            items.iter().enumerate().try_for_each(|(index, value)| match value {
                Value::Structure(inner) => {
                    check(service, item.shape, inner, &format!("{}.", named(index + 1)))
                }
                leaf => check_leaf(service, item.shape, leaf, &named(index + 1)),
            })
        }
        (_, leaf) => check_leaf(service, member.shape, leaf, &format!("{path}{name}")),
    }
}

fn check_leaf(service: &Service, shape: ShapeIndex, value: &Value, name: &str) -> Result<(), DecodeError> {
    let invalid = |text| Err(refusal(service, "InvalidParameterValue", text));
    match (service.shape(shape), value) {
        (Shape::String(text), Value::String(held)) => {
            let choices = text.choices.map(|index| service.choices(index));
            let chosen = choices.is_none_or(|choices| choices.contains(&held.as_str()));
            let fits = text.pattern.is_none_or(|index| service.pattern(index).1.matches(held));
            let length = i64::try_from(held.chars().count()).unwrap_or(i64::MAX);
            if chosen && fits && outside(text.limits, length).is_none() {
                return Ok(());
            }
            let shown = if text.sensitive { "***" } else { held };
            invalid(format!("Invalid value '{shown}' for {name}."))
        }
        (Shape::Integer(limits) | Shape::Long(limits), Value::Integer(number)) => {
            match outside(limits, *number) {
                Some(bound) => {
                    let parameter = camel(name);
                    invalid(format!(
                        "Value ( {number} ) for parameter {parameter} is invalid. Expecting a value {bound}."
                    ))
                }
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// The bound that is broken.
fn outside(limits: Limits, number: i64) -> Option<String> {
    if let Some(min) = limits.min.filter(|min| number < *min) {
        return Some(format!("greater than {min}"));
    }
    limits.max.filter(|max| number > *max).map(|max| format!("less than {max}"))
}

/// S3 has one code for all of it.
fn refusal(service: &Service, code: &'static str, text: String) -> DecodeError {
    let code = if service.protocol == Protocol::RestXml { "InvalidArgument" } else { code };
    DecodeError::new(code, text)
}
