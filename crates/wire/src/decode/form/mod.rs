//! The query and ec2 protocols: parameters of a form, whose names are paths (`Tags.member.1.Key`).
//!
//! Rule: lists as AWS was seen to read them (2026-09): an index is digits, its zeros in front mean nothing; at most ten places may
//! be left out before one, and those are null.

use std::borrow::Cow;

use crate::decode::error::DecodeError;
use crate::decode::name_of;
use crate::decode::rest::form_decoded;
use crate::decode::scalar;
use crate::model::{Member, Protocol, Service, Shape, ShapeIndex, TimestampFormat};
use crate::value::{Structure, Value};

/// The parameters of a request, decoded, in their order.
#[derive(Debug)]
pub struct Parameters<'a> {
    list: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Parameters<'a> {
    /// From the query of the URI and from the body, that order.
    pub fn read(query: &'a str, body: &'a [u8]) -> Result<Self, DecodeError> {
        let body = std::str::from_utf8(body).map_err(|_| DecodeError::query_syntax())?;
        let mut list = Vec::new();
        for pair in query.split('&').chain(body.trim_end().split('&')).filter(|pair| !pair.is_empty()) {
            if list.len() == MAX_PARAMETERS {
                return Err(DecodeError::query_syntax());
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |text| form_decoded(text).ok_or_else(DecodeError::query_syntax);
            list.push((decode(name)?, decode(value)?));
        }
        Ok(Self { list })
    }

    /// The first of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.list.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_ref())
    }
}

/// Reads a structure from the parameters.
pub(super) fn read(
    service: &Service,
    shape: ShapeIndex,
    parameters: &Parameters<'_>,
) -> Result<Structure, DecodeError> {
    let own = |name: &str| !(OUTER.contains(&name) || name.starts_with("X-Amz-"));
    let mut list: Vec<Parameter<'_>> = parameters
        .list
        .iter()
        .filter(|(name, _)| own(name))
        .map(|(name, value)| Parameter { name, rest: Some(name), value })
        .collect();
    // A stable order: where a name comes twice, the first counts.
    list.sort_by(|one, other| one.name.split('.').cmp(other.name.split('.')));
    Form { service, ec2: service.protocol == Protocol::Ec2 }.structure(shape, &list, 0)
}

struct Form<'s> {
    service: &'s Service,
    ec2: bool,
}

#[derive(Clone, Copy)]
struct Parameter<'p> {
    name: &'p str,
    /// The part of the name that is not read yet; none at its end.
    rest: Option<&'p str>,
    value: &'p str,
}

impl Form<'_> {
    fn structure(
        &self,
        shape: ShapeIndex,
        list: &[Parameter<'_>],
        depth: usize,
    ) -> Result<Structure, DecodeError> {
        let members = self.service.members(shape);
        let mut structure = Structure::new();
        for (segment, inner) in groups(list) {
            match members.iter().find(|member| self.is_named(member, segment)) {
                Some(member) => {
                    let value = self.value(member, &inner, depth + 1)?;
                    structure.set(member.name, value);
                }
                None => self.refuse_unknown(&inner)?,
            }
        }
        Ok(structure)
    }

    /// Whether the member is called so here.
    fn is_named(&self, member: &Member, segment: &str) -> bool {
        if self.ec2 {
            return match member.query_name {
                "" => capitalised_is(member.wire_name(), segment),
                name => name == segment,
            };
        }
        segment == name_of(self.service, member)
    }

    /// EC2 refuses what it does not know; the others take no notice.
    fn refuse_unknown(&self, list: &[Parameter<'_>]) -> Result<(), DecodeError> {
        match list.first() {
            Some(first) if self.ec2 => Err(DecodeError::new(
                "UnknownParameter",
                format!("The parameter {} is not recognized", first.name),
            )),
            _ => Ok(()),
        }
    }

    fn value(&self, member: &Member, list: &[Parameter<'_>], depth: usize) -> Result<Value, DecodeError> {
        if depth > MAX_DEPTH {
            return Err(DecodeError::malformed("Input is nested too deeply"));
        }
        let leaf = list.first().filter(|first| first.rest.is_none());
        let inner = &list[list.iter().take_while(|parameter| parameter.rest.is_none()).count()..];
        match self.service.shape(member.shape) {
            Shape::Structure { .. } => {
                refuse_value(leaf)?;
                self.structure(member.shape, inner, depth).map(Value::Structure)
            }
            Shape::List { item, flat, .. } => {
                refuse_value(leaf)?;
                let flat = flat || member.flat || self.ec2;
                self.list(self.service.member(item), flat, inner, depth).map(Value::List)
            }
            Shape::Map { key, flat, .. } => {
                refuse_value(leaf)?;
                self.map(key, flat || member.flat, inner, depth).map(Value::Map)
            }
            shape => match leaf {
                Some(leaf) => self.scalar(member, shape, leaf),
                None => Err(DecodeError::malformed("Start of structure or map found where not expected.")),
            },
        }
    }

    fn scalar(&self, member: &Member, shape: Shape, leaf: &Parameter<'_>) -> Result<Value, DecodeError> {
        let format = member.format.unwrap_or(TimestampFormat::Iso8601);
        scalar::read(shape, leaf.value, format).map_err(|refusal| {
            if self.ec2 {
                let text = format!("Value ({}) for parameter {} is invalid.", leaf.value, leaf.name);
                DecodeError::new("InvalidParameterValue", text)
            } else {
                DecodeError::malformed(refusal)
            }
        })
    }

    fn list(
        &self,
        item: &Member,
        flat: bool,
        list: &[Parameter<'_>],
        depth: usize,
    ) -> Result<Vec<Value>, DecodeError> {
        let mut values = Vec::new();
        let mut last = 1;
        for (index, inner) in indexed(&unwrapped(list, flat, item.wire_name_or("member"))?)? {
            let skipped = index - last;
            if !self.ec2 {
                if skipped > MAX_SKIPPED {
                    let text = format!("Excessively sparse input would skip {skipped} list elements");
                    return Err(DecodeError::malformed(text));
                }
                values.resize(index - 1, Value::Null);
            }
            last = index;
            values.push(self.value(item, &inner, depth + 1)?);
        }
        Ok(values)
    }

    fn map(
        &self,
        key: u16,
        flat: bool,
        list: &[Parameter<'_>],
        depth: usize,
    ) -> Result<Vec<(String, Value)>, DecodeError> {
        let (key, value) = (self.service.member(key), self.service.member(key + 1));
        let mut entries = Vec::new();
        for (_, inner) in indexed(&unwrapped(list, flat, "entry")?)? {
            let (mut name, mut held) = (None, None);
            for (segment, inner) in groups(&inner) {
                if segment == key.wire_name_or("key") {
                    name = inner
                        .first()
                        .filter(|first| first.rest.is_none())
                        .map(|first| first.value.to_owned());
                } else if segment == value.wire_name_or("value") {
                    held = Some(self.value(value, &inner, depth + 1)?);
                }
            }
            let name = name.ok_or_else(|| DecodeError::malformed("Map key may not be null"))?;
            entries.push((name, held.unwrap_or(Value::Null)));
        }
        Ok(entries)
    }
}

/// Parameters whose names go on with the same segment, side by side, past that segment.
fn groups<'p>(list: &[Parameter<'p>]) -> Vec<(&'p str, Vec<Parameter<'p>>)> {
    let mut groups: Vec<(&'p str, Vec<Parameter<'p>>)> = Vec::new();
    for parameter in list {
        let Some(rest) = parameter.rest else { continue };
        let (segment, rest) = match rest.split_once('.') {
            Some((segment, rest)) => (segment, Some(rest)),
            None => (rest, None),
        };
        let inner = Parameter { rest, ..*parameter };
        match groups.last_mut().filter(|(last, _)| *last == segment) {
            Some((_, members)) => members.push(inner),
            None => groups.push((segment, vec![inner])),
        }
    }
    groups
}

/// What stands within the element around a list's items, where there is one.
fn unwrapped<'p>(
    list: &[Parameter<'p>],
    flat: bool,
    wrapper: &str,
) -> Result<Vec<Parameter<'p>>, DecodeError> {
    if flat {
        return Ok(list.to_vec());
    }
    let mut unwrapped = Vec::new();
    for (segment, inner) in groups(list) {
        if segment != wrapper {
            return Err(DecodeError::malformed("Top level element may not be treated as a list"));
        }
        unwrapped.extend(inner);
    }
    Ok(unwrapped)
}

/// Groups by index, in its order. A place that comes twice, spelled otherwise, keeps the first.
fn indexed<'p>(list: &[Parameter<'p>]) -> Result<Vec<(usize, Vec<Parameter<'p>>)>, DecodeError> {
    let mut indexed = Vec::new();
    for (segment, inner) in groups(list) {
        indexed.push((index(segment)?, inner));
    }
    indexed.sort_by_key(|(index, _)| *index);
    indexed.dedup_by_key(|(index, _)| *index);
    Ok(indexed)
}

fn index(segment: &str) -> Result<usize, DecodeError> {
    if segment.starts_with('-') {
        return Err(DecodeError::malformed(format!("Key {segment} may not have a leading '-'")));
    }
    if segment.is_empty() || !segment.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DecodeError::malformed("Start of list found where not expected"));
    }
    match segment.parse() {
        Ok(0) => Err(DecodeError::malformed(format!("{segment} is not a valid index"))),
        Ok(index) if index <= MAX_INDEX => Ok(index),
        _ => Err(DecodeError::malformed(format!("Index {segment} is illegal"))),
    }
}

/// A structure, a list or a map has no text of its own; an empty one is how clients write an empty list.
fn refuse_value(leaf: Option<&Parameter<'_>>) -> Result<(), DecodeError> {
    match leaf {
        Some(leaf) if !leaf.value.is_empty() => Err(DecodeError::malformed("Value found where not expected")),
        _ => Ok(()),
    }
}

/// Whether `capitalised` is the name with its first letter made a capital.
fn capitalised_is(name: &str, capitalised: &str) -> bool {
    name.len() == capitalised.len()
        && name.as_bytes().first().map(u8::to_ascii_uppercase) == capitalised.as_bytes().first().copied()
        && name.as_bytes().get(1..) == capitalised.as_bytes().get(1..)
}

/// What every request bears besides its input.
const OUTER: [&str; 2] = ["Action", "Version"];
const MAX_PARAMETERS: usize = 16_384;
/// Of names' segments that mean something: shapes lie in one another less deep, but for those that hold themselves.
const MAX_DEPTH: usize = 64;
const MAX_SKIPPED: usize = 10;
const MAX_INDEX: usize = 99_999_999;

#[cfg(test)]
mod tests;
