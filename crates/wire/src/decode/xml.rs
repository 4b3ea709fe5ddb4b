//! Values from elements.

use super::error::DecodeError;
use super::scalar;
use super::tree::Element;
use crate::model::{Member, Place, Service, Shape, ShapeIndex, TimestampFormat};
use crate::value::{Structure, Value};

/// Sets the members that stand in the element. Others are not touched.
pub(super) fn read_into(
    service: &Service,
    shape: ShapeIndex,
    element: &Element,
    structure: &mut Structure,
) -> Result<(), DecodeError> {
    fill(service, shape, element, structure, 0)
}

fn fill(
    service: &Service,
    shape: ShapeIndex,
    element: &Element,
    structure: &mut Structure,
    depth: usize,
) -> Result<(), DecodeError> {
    for member in service.members(shape).iter().filter(|member| member.place == Place::Body) {
        if member.attribute {
            if let Some(text) = element.attribute(member.wire_name()) {
                structure.set(member.name, scalar_of(service, member, text)?);
            }
            continue;
        }
        let name = name_of(service, member);
        let found: Vec<&Element> = element.children.iter().filter(|child| child.is_named(name)).collect();
        let Some(first) = found.first() else { continue };
        let value = match service.shape(member.shape) {
            Shape::List { item, flat, .. } if flat || member.flat => {
                Value::List(items(service, service.member(item), &found, depth)?)
            }
            Shape::Map { key, flat, .. } if flat || member.flat => {
                Value::Map(entries(service, key, &found, depth)?)
            }
            _ => read(service, member, first, depth)?,
        };
        structure.set(member.name, value);
    }
    Ok(())
}

/// What the element of a member is called. A list that by its own shape has no element around it may be called as its items are.
pub(crate) fn name_of(service: &Service, member: &Member) -> &'static str {
    match service.shape(member.shape) {
        Shape::List { item, flat: true, .. } if member.location_name.is_empty() => {
            service.member(item).wire_name_or(member.name)
        }
        _ => member.wire_name(),
    }
}

pub(super) fn read(
    service: &Service,
    member: &Member,
    element: &Element,
    depth: usize,
) -> Result<Value, DecodeError> {
    if depth > MAX_DEPTH {
        return Err(DecodeError::xml());
    }
    match service.shape(member.shape) {
        Shape::Structure { .. } => {
            let mut structure = Structure::new();
            fill(service, member.shape, element, &mut structure, depth + 1)?;
            Ok(Value::Structure(structure))
        }
        Shape::List { item, .. } => {
            let item = service.member(item);
            let name = item.wire_name_or("member");
            let found: Vec<&Element> = element.children.iter().filter(|child| child.is_named(name)).collect();
            items(service, item, &found, depth).map(Value::List)
        }
        Shape::Map { key, .. } => {
            let found: Vec<&Element> =
                element.children.iter().filter(|child| child.is_named("entry")).collect();
            entries(service, key, &found, depth).map(Value::Map)
        }
        _ => scalar_of(service, member, &element.text),
    }
}

fn items(
    service: &Service,
    item: &Member,
    found: &[&Element],
    depth: usize,
) -> Result<Vec<Value>, DecodeError> {
    found.iter().map(|element| read(service, item, element, depth + 1)).collect()
}

fn entries(
    service: &Service,
    key: u16,
    found: &[&Element],
    depth: usize,
) -> Result<Vec<(String, Value)>, DecodeError> {
    let (key, value) = (service.member(key), service.member(key + 1));
    let (key_name, value_name) = (key.wire_name_or("key"), value.wire_name_or("value"));
    let part =
        |element: &'_ Element, name: &str| element.children.iter().position(|child| child.is_named(name));
    let mut entries = Vec::new();
    for element in found {
        let name = part(element, key_name).map(|at| element.children[at].text.clone());
        let held = match part(element, value_name) {
            Some(at) => read(service, value, &element.children[at], depth + 1)?,
            None => Value::Null,
        };
        entries.push((name.ok_or_else(DecodeError::xml)?, held));
    }
    Ok(entries)
}

fn scalar_of(service: &Service, member: &Member, text: &str) -> Result<Value, DecodeError> {
    let shape = service.shape(member.shape);
    let text = if matches!(shape, Shape::String(_)) { text } else { text.trim() };
    scalar::read(shape, text, member.format.unwrap_or(TimestampFormat::Iso8601))
        .map_err(|_| DecodeError::xml())
}

const MAX_DEPTH: usize = 64;
