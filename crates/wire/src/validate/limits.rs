//! Single values held to their bounds, and the words for it.

use super::Style;
use crate::model::{Limits, Nulls, Service, Shape, ShapeIndex, Text};
use crate::value::Value;

/// The constraints that a value does not satisfy.
pub(super) struct Breaches {
    pub(super) list: Vec<String>,
}

impl Breaches {
    pub(super) fn of(service: &Service, style: Style, shape: ShapeIndex, value: &Value) -> Self {
        let mut breaches = Self { list: Vec::new() };
        match (service.shape(shape), value) {
            (Shape::String(text), Value::String(held)) => breaches.text(service, style, text, held),
            (Shape::Blob { limits, .. }, Value::Blob(bytes)) => breaches.length(limits, bytes.len()),
            (Shape::List { limits, .. }, Value::List(items)) => breaches.length(limits, items.len()),
            (Shape::Map { limits, .. }, Value::Map(entries)) => breaches.length(limits, entries.len()),
            (Shape::Integer(limits) | Shape::Long(limits), Value::Integer(number)) => {
                breaches.bounds("value", limits, *number);
            }
            _ => {}
        }
        breaches
    }

    fn text(&mut self, service: &Service, style: Style, text: Text, held: &str) {
        let length = |breaches: &mut Self| {
            // Most have fewer bytes than they may have characters.
            if text.limits != Limits::default() {
                breaches.length(text.limits, held.chars().count());
            }
        };
        if style == Style::Silent {
            length(self);
        }
        if let Some(index) = text.pattern {
            let (words, pattern) = service.pattern(index);
            if !pattern.matches(held) {
                self.list.push(pattern_words(words));
            }
        }
        if let Some(choices) =
            text.choices.map(|index| service.choices(index)).filter(|all| !all.contains(&held))
        {
            let named = format!(": [{}]", choices.join(", "));
            let named = if style == Style::Silent { "" } else { &named };
            self.list.push(format!("Member must satisfy enum value set{named}"));
        }
        if style == Style::Repeating {
            length(self);
        }
    }

    fn length(&mut self, limits: Limits, length: usize) {
        self.bounds("length", limits, i64::try_from(length).unwrap_or(i64::MAX));
    }

    fn bounds(&mut self, what: &str, limits: Limits, number: i64) {
        if let Some(max) = limits.max.filter(|max| number > *max) {
            self.list.push(max_words(what, max));
        }
        if let Some(min) = limits.min.filter(|min| number < *min) {
            self.list.push(min_words(what, min));
        }
    }
}

/// All that an item, a key or a value in a collection must satisfy.
pub(super) fn constraints(service: &Service, shape: ShapeIndex) -> Vec<String> {
    let (what, limits, text) = match service.shape(shape) {
        Shape::String(text) => ("length", text.limits, Some(text)),
        Shape::Blob { limits, .. } | Shape::List { limits, .. } | Shape::Map { limits, .. } => {
            ("length", limits, None)
        }
        Shape::Integer(limits) | Shape::Long(limits) => ("value", limits, None),
        _ => return Vec::new(),
    };
    let mut all = Vec::new();
    all.extend(limits.max.map(|max| max_words(what, max)));
    all.extend(limits.min.map(|min| min_words(what, min)));
    if let Some(index) = text.and_then(|text| text.pattern) {
        all.push(pattern_words(service.pattern(index).0));
    }
    if let Some(index) = text.and_then(|text| text.choices) {
        all.push(format!("Member must satisfy enum value set: [{}]", service.choices(index).join(", ")));
    }
    all
}

pub(super) fn names_nulls(list: Shape) -> bool {
    matches!(list, Shape::List { sparse: Nulls::Named, .. })
}

pub(super) fn is_sensitive(service: &Service, shape: ShapeIndex) -> bool {
    match service.shape(shape) {
        Shape::String(text) => text.sensitive,
        Shape::Blob { .. } | Shape::Structure { .. } => true,
        Shape::List { item, .. } => is_leaf_sensitive(service, item),
        Shape::Map { key, .. } => is_leaf_sensitive(service, key) || is_leaf_sensitive(service, key + 1),
        _ => false,
    }
}

/// Collections of collections are not shown either.
fn is_leaf_sensitive(service: &Service, member: u16) -> bool {
    match service.shape(service.member(member).shape) {
        Shape::String(text) => text.sensitive,
        Shape::Integer(_) | Shape::Long(_) | Shape::Boolean => false,
        _ => true,
    }
}

/// The value as errors repeat it; none where it is not repeated.
pub(super) fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::List(items) => {
            let items: Vec<String> =
                items.iter().map(|item| shown(item).unwrap_or_else(|| "null".to_owned())).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        Value::Map(entries) => {
            let entry = |(name, value): &(String, Value)| {
                format!("{name}={}", shown(value).unwrap_or_else(|| "null".to_owned()))
            };
            Some(format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", ")))
        }
        _ => None,
    }
}

fn max_words(what: &str, max: i64) -> String {
    format!("Member must have {what} less than or equal to {max}")
}

fn min_words(what: &str, min: i64) -> String {
    format!("Member must have {what} greater than or equal to {min}")
}

fn pattern_words(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}
