//! Inputs held to their model: what is missing, too short, too long, too large, or not as a pattern says, in AWS's words.
//!
//! Rule: all that is wrong is said at once, in the order of the model. Source of the words: answers of AWS to signed requests
//! (STS 2022 to 2025, IAM 2025 and 2026); IAM does not repeat values, and has words of its own for names and paths.

mod limits;
mod own_words;
mod parameters;
mod pattern;

use limits::Breaches;
pub(crate) use pattern::Pattern;

use crate::decode::DecodeError;
use crate::model::{Protocol, Service, Shape, ShapeIndex};
use crate::value::{Structure, Value};

/// Holds a structure to its shape.
pub fn validate_input(
    service: &Service,
    operation: &crate::model::Operation,
    input: &Structure,
) -> Result<(), DecodeError> {
    operation.input.map_or(Ok(()), |member| validate(service, member.shape, input))
}

pub(crate) fn validate(service: &Service, shape: ShapeIndex, input: &Structure) -> Result<(), DecodeError> {
    if matches!(service.protocol, Protocol::Ec2 | Protocol::RestXml) {
        return parameters::check(service, shape, input, "");
    }
    let mut validation = Validation { service, style: Style::of(service), found: Vec::new(), first: None };
    if let Some(text) = own_words::refusal(service, shape, input) {
        return Err(DecodeError::validation(service.protocol, text));
    }
    validation.structure(shape, input, "");
    let Validation { found, first, .. } = validation;
    let text = match found.as_slice() {
        [] => return Ok(()),
        [one] => format!("1 validation error detected: {one}"),
        all => format!("{} validation errors detected: {}", all.len(), all.join("; ")),
    };
    let error = DecodeError::validation(service.protocol, text);
    Err(match first.and_then(|member| own_words::exception(service, member)) {
        Some(code) => DecodeError { code: code.into(), ..error },
        None => error,
    })
}

/// How a service speaks of what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// `Value 'x y' at 'roleSessionName' …`, the pattern before the length.
    Repeating,
    /// `Value at 'tags.1.member.key' …`, the length before the pattern, choices unnamed.
    Silent,
}

impl Style {
    fn of(service: &Service) -> Self {
        if service.name == "iam" { Self::Silent } else { Self::Repeating }
    }
}

struct Validation<'s> {
    service: &'s Service,
    style: Style,
    found: Vec<String>,
    /// The member of the input itself in which the first was found.
    first: Option<&'static str>,
}

impl Validation<'_> {
    /// `path` is what stands before the names of members: empty, or ends in a dot.
    fn structure(&mut self, shape: ShapeIndex, structure: &Structure, path: &str) {
        for member in self.service.members(shape) {
            if self.found.len() >= MAX_FOUND {
                return;
            }
            let held = structure.member(member.name).filter(|value| **value != Value::Null);
            match held {
                Some(value) => self.value(member.shape, value, path, member.name),
                None if member.required => {
                    let path = format!("{path}{}", camel(member.name));
                    let shown = if self.style == Style::Silent { "Value" } else { "Value null" };
                    self.found.push(format!("{shown} at '{path}' {FAILED}: Member must not be null"));
                }
                None => {}
            }
            if path.is_empty() && self.first.is_none() && !self.found.is_empty() {
                self.first = Some(member.name);
            }
        }
    }

    fn value(&mut self, shape: ShapeIndex, value: &Value, before: &str, name: &str) {
        // The path is only made where something is wrong, or lies deeper.
        let path = || format!("{before}{}", camel(name));
        let breaches = Breaches::of(self.service, self.style, shape, value);
        for constraint in breaches.list {
            let shown = self.shown(shape, value);
            self.found.push(format!("{shown} at '{}' {FAILED}: {constraint}", path()));
        }
        match (self.service.shape(shape), value) {
            (Shape::Structure { .. }, Value::Structure(inner)) => {
                self.structure(shape, inner, &format!("{}.", path()));
            }
            (Shape::List { item, .. }, Value::List(items)) => {
                let inner = self.service.member(item).shape;
                self.items(shape, inner, value, items, &path());
            }
            (Shape::Map { key, .. }, Value::Map(entries)) => {
                self.entries(shape, key, value, entries, &path())
            }
            _ => {}
        }
    }

    /// Structures each have a path of their own; all else is said of the list, once.
    fn items(&mut self, list: ShapeIndex, item: ShapeIndex, whole: &Value, items: &[Value], path: &str) {
        let is_structure = matches!(self.service.shape(item), Shape::Structure { .. });
        let mut broken = false;
        for (index, value) in items.iter().enumerate() {
            match value {
                Value::Structure(inner) => {
                    self.structure(item, inner, &format!("{path}.{}.member.", index + 1));
                }
                Value::List(inner) => {
                    let Shape::List { item: deeper, .. } = self.service.shape(item) else { continue };
                    let deeper = self.service.member(deeper).shape;
                    self.items(item, deeper, value, inner, &format!("{path}.{}.member", index + 1));
                }
                Value::Null => broken = true,
                leaf => broken |= !Breaches::of(self.service, self.style, item, leaf).list.is_empty(),
            }
        }
        if broken {
            let mut constraints = limits::constraints(self.service, item);
            if limits::names_nulls(self.service.shape(list)) || is_structure || constraints.is_empty() {
                constraints.push("Member must not be null".to_owned());
            }
            let shown = self.shown(list, whole);
            let text = format!("Member must satisfy constraint: [{}]", constraints.join(", "));
            self.found.push(format!("{shown} at '{path}' {FAILED}: {text}"));
        }
    }

    fn entries(&mut self, map: ShapeIndex, key: u16, whole: &Value, entries: &[(String, Value)], path: &str) {
        let (name, held) = (self.service.member(key).shape, self.service.member(key + 1).shape);
        let (mut names_broken, mut values_broken) = (false, false);
        for (entry, value) in entries {
            let text = Value::String(entry.clone());
            names_broken |= !Breaches::of(self.service, self.style, name, &text).list.is_empty();
            match value {
                Value::Structure(inner) => self.structure(held, inner, &format!("{path}.{entry}.member.")),
                leaf => values_broken |= !Breaches::of(self.service, self.style, held, leaf).list.is_empty(),
            }
        }
        for (broken, what, shape) in [(names_broken, "keys", name), (values_broken, "value", held)] {
            if broken {
                let constraints = limits::constraints(self.service, shape).join(", ");
                let shown = self.shown(map, whole);
                let text = format!("Map {what} must satisfy constraint: [{constraints}]");
                self.found.push(format!("{shown} at '{path}' {FAILED}: {text}"));
            }
        }
    }

    fn shown(&self, shape: ShapeIndex, value: &Value) -> String {
        if self.style == Style::Silent || limits::is_sensitive(self.service, shape) {
            return "Value".to_owned();
        }
        match limits::shown(value) {
            Some(text) => format!("Value '{text}'"),
            None => "Value".to_owned(),
        }
    }
}

/// `RoleName` as `roleName`.
fn camel(name: &str) -> String {
    let mut characters = name.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + characters.as_str())
}

const FAILED: &str = "failed to satisfy constraint";
/// What is wrong beyond these is not said: an answer stays in proportion.
const MAX_FOUND: usize = 256;

#[cfg(test)]
mod tests;
