//! From JSON to elements of the right types.
//!
//! Rule: what the grammar says of every kind of policy is settled here, before any kind's own rules: names are known and exact,
//! values have their types, no statement has both an element and its opposite. Which elements must be there is for the kinds.

use std::collections::HashSet;

use super::fault::{Fault, What};
use super::json::{self, Member, Node, Value};
use super::{
    ActionElement, Condition, PrincipalElement, ResourceElement, Span, Version, operator, principal,
};

#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) version: Option<Version>,
    pub(super) id: Option<String>,
    pub(super) statements: Vec<Draft>,
}

/// A statement whose elements may be missing.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) sid: Option<String>,
    /// Of any spelling.
    pub(super) effect: Option<String>,
    pub(super) principal: Option<PrincipalElement>,
    /// `"Principal": "*"`
    pub(super) has_bare_principal: bool,
    pub(super) action: Option<ActionElement>,
    pub(super) resource: Option<ResourceElement>,
    pub(super) conditions: Vec<Condition>,
    pub(super) span: Span,
}

impl Outline {
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        let node = json::read(text).map_err(|error| {
            let what = match text.starts_with('{') {
                _ if error.duplicate => What::DuplicateName,
                true => What::NotJson,
                false => What::NotAnObject,
            };
            what.at(error.position)
        })?;
        let Value::Object(members) = node.value else { return Err(What::NotAnObject.at(node.span.start)) };
        let mut outline = Self::default();
        let mut stated = false;
        for member in members {
            stated |= member.name == "Statement";
            outline.take(member)?;
        }
        match (stated, outline.statements.is_empty()) {
            (false, _) => Err(What::NoStatement.at(node.span.start)),
            (true, true) => Err(What::EmptyStatement.at(node.span.start)),
            (true, false) => Ok(outline),
        }
    }

    fn take(&mut self, member: Member) -> Result<(), Fault> {
        match member.name.as_str() {
            "Version" => self.version = Some(version(&member.node)?),
            "Id" => self.id = Some(text(member.node)?),
            "Statement" => self.statements = statements(member.node)?,
            _ => return Err(What::UnknownField(member.name).at(member.span.start)),
        }
        Ok(())
    }
}

fn version(node: &Node) -> Result<Version, Fault> {
    match &node.value {
        Value::Text(text) if text == "2012-10-17" => Ok(Version::V2012),
        Value::Text(text) if text == "2008-10-17" => Ok(Version::V2008),
        _ => Err(What::UnknownVersion.at(node.span.start)),
    }
}

fn statements(node: Node) -> Result<Vec<Draft>, Fault> {
    match node.value {
        Value::List(nodes) => nodes.into_iter().map(Draft::read).collect(),
        Value::Object(_) => Ok(vec![Draft::read(node)?]),
        _ => Err(What::Shape.at(node.span.start)),
    }
}

impl Draft {
    fn read(node: Node) -> Result<Self, Fault> {
        let Value::Object(members) = node.value else { return Err(What::Shape.at(node.span.start)) };
        let mut draft = Self { span: node.span, ..Self::default() };
        for member in members {
            draft.take(member)?;
        }
        Ok(draft)
    }

    fn take(&mut self, member: Member) -> Result<(), Fault> {
        let start = member.span.start;
        let Member { name, node, .. } = member;
        let is_text = matches!(node.value, Value::Text(_));
        match name.as_str() {
            "Sid" => self.sid = Some(text(node)?),
            "Effect" => self.effect = Some(text(node)?),
            "Principal" => {
                self.has_bare_principal = is_text;
                once(&mut self.principal, PrincipalElement::Only(principal::read(node)?), start)?;
            }
            "NotPrincipal" => {
                once(&mut self.principal, PrincipalElement::Not(principal::read(node)?), start)?
            }
            "Action" => once(&mut self.action, ActionElement::Only(texts(node)?), start)?,
            "NotAction" => once(&mut self.action, ActionElement::Not(texts(node)?), start)?,
            "Resource" => once(&mut self.resource, ResourceElement::Only(texts(node)?), start)?,
            "NotResource" => once(&mut self.resource, ResourceElement::Not(texts(node)?), start)?,
            "Condition" => self.conditions = conditions(node)?,
            _ => return Err(What::UnknownField(name).at(start)),
        }
        Ok(())
    }
}

/// An element and its opposite exclude one another.
fn once<T>(held: &mut Option<T>, value: T, start: super::Position) -> Result<(), Fault> {
    match held.replace(value) {
        Some(_) => Err(What::Shape.at(start)),
        None => Ok(()),
    }
}

fn conditions(node: Node) -> Result<Vec<Condition>, Fault> {
    let mut conditions = Vec::new();
    let Value::Object(operators) = node.value else { return Err(What::Shape.at(node.span.start)) };
    for Member { name, node, span } in operators {
        let Value::Object(keys) = node.value else { return Err(What::Shape.at(node.span.start)) };
        // AWS takes an operator that is none as long as it has nothing to compare.
        if !keys.is_empty() && !operator::is_known(&name) {
            return Err(What::UnknownOperator(name).at(span.start));
        }
        let mut seen = HashSet::with_capacity(keys.len());
        for Member { name: key, node, span } in keys {
            if !seen.insert(key.to_ascii_lowercase()) {
                return Err(What::DuplicateName.at(span.start));
            }
            conditions.push(Condition { operator: name.clone(), key, values: values(node)?, span });
        }
    }
    Ok(conditions)
}

fn values(node: Node) -> Result<Vec<String>, Fault> {
    match node.value {
        Value::List(nodes) => nodes.into_iter().map(value).collect(),
        _ => Ok(vec![value(node)?]),
    }
}

fn value(node: Node) -> Result<String, Fault> {
    match node.value {
        Value::Text(text) | Value::Number(text) => Ok(text),
        Value::Bool(value) => Ok(value.to_string()),
        _ => Err(What::Shape.at(node.span.start)),
    }
}

pub(super) fn text(node: Node) -> Result<String, Fault> {
    match node.value {
        Value::Text(text) => Ok(text),
        _ => Err(What::Shape.at(node.span.start)),
    }
}

/// One text or a list of them, in which AWS passes over `null`.
pub(super) fn texts(node: Node) -> Result<Vec<String>, Fault> {
    match node.value {
        Value::List(nodes) => nodes.into_iter().filter(|node| node.value != Value::Null).map(text).collect(),
        _ => Ok(vec![text(node)?]),
    }
}
