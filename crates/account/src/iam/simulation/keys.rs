//! `GetContextKeysForCustomPolicy` and `GetContextKeysForPrincipalPolicy`: the keys that policies ask for.
//!
//! Rule: documents are read more leniently here than anywhere else: actions and resources may be missing or wrong, effects,
//! operators and names of elements may not. Keys are shown as written, each spelling once for a policy, those that several policies
//! ask for once for each; what stands in `${…}` counts whatever it is (captured by stackd, 2026-09-11).

use serde_json::{Map, Value};

use super::super::refusal;
use super::arn::PolicySource;
use super::principal;
use crate::ServiceError;
use crate::directory::Directory;

/// Of the policies given.
pub fn custom_keys(policies: &[&str]) -> Result<Vec<String>, ServiceError> {
    let mut keys = Vec::new();
    for (text, number) in policies.iter().zip(1..) {
        let found = of_document(text);
        let found = found.ok_or_else(|| {
            refusal::invalid_input(format!("Policy input list item {number} has invalid content"))
        })?;
        keys.extend(found);
    }
    Ok(keys)
}

/// Of all policies of a user, a group or a role, its boundary included, and of those given besides.
pub fn principal_keys(
    directory: &Directory,
    source_arn: &str,
    policies: &[&str],
) -> Result<Vec<String>, ServiceError> {
    let source = PolicySource::read(directory, source_arn)?;
    let mut keys = Vec::new();
    for source in principal::sources(directory, &source, &[])? {
        keys.extend(source.keys);
    }
    keys.extend(custom_keys(policies)?);
    Ok(keys)
}

/// `None` for what is no policy even here.
pub(super) fn of_document(text: &str) -> Option<Vec<String>> {
    let document: Map<String, Value> = serde_json::from_str(text).ok()?;
    if document.keys().any(|name| !["Version", "Id", "Statement"].contains(&name.as_str())) {
        return None;
    }
    let variables = match document.get("Version") {
        None => false,
        Some(Value::String(version)) if version == "2008-10-17" => false,
        Some(Value::String(version)) if version == "2012-10-17" => true,
        Some(_) => return None,
    };
    let mut keys = Keys { variables, ..Keys::default() };
    match document.get("Statement") {
        None => {}
        Some(Value::Array(statements)) => {
            for statement in statements {
                keys.add_statement(statement.as_object()?)?;
            }
        }
        Some(Value::Object(statement)) => keys.add_statement(statement)?,
        Some(_) => return None,
    }
    Some(keys.found)
}

#[derive(Default)]
struct Keys {
    variables: bool,
    seen: std::collections::HashSet<String>,
    found: Vec<String>,
}

impl Keys {
    fn add_statement(&mut self, statement: &Map<String, Value>) -> Option<()> {
        if statement.keys().any(|name| !ELEMENTS.contains(&name.as_str())) {
            return None;
        }
        if !matches!(statement.get("Effect")?.as_str()?, "Allow" | "Deny") {
            return None;
        }
        for element in ["Resource", "NotResource"] {
            self.add_variables(statement.get(element).unwrap_or(&Value::Null));
        }
        let Some(conditions) = statement.get("Condition") else { return Some(()) };
        for (operator, tested) in conditions.as_object()? {
            if !is_operator(operator) {
                return None;
            }
            for (key, values) in tested.as_object()? {
                self.add(key);
                self.add_variables(values);
            }
        }
        Some(())
    }

    fn add_variables(&mut self, values: &Value) {
        match values {
            Value::String(text) if self.variables => {
                for inside in text.split("${").skip(1).filter_map(|rest| rest.split_once('}')) {
                    let key = inside.0.split(',').next().unwrap_or_default().trim();
                    self.add(key);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.add_variables(value)),
            _ => {}
        }
    }

    fn add(&mut self, key: &str) {
        if self.seen.insert(key.to_owned()) {
            self.found.push(key.to_owned());
        }
    }
}

/// With qualifier and suffix.
fn is_operator(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let text =
        text.strip_prefix("forallvalues:").or_else(|| text.strip_prefix("foranyvalue:")).unwrap_or(&text);
    let bare = text.strip_suffix("ifexists").unwrap_or(text);
    OPERATORS.contains(&bare) && (bare != "null" || bare == text)
}

const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

const OPERATORS: [&str; 27] = [
    "stringequals",
    "stringnotequals",
    "stringequalsignorecase",
    "stringnotequalsignorecase",
    "stringlike",
    "stringnotlike",
    "numericequals",
    "numericnotequals",
    "numericlessthan",
    "numericlessthanequals",
    "numericgreaterthan",
    "numericgreaterthanequals",
    "dateequals",
    "datenotequals",
    "datelessthan",
    "datelessthanequals",
    "dategreaterthan",
    "dategreaterthanequals",
    "bool",
    "binaryequals",
    "ipaddress",
    "notipaddress",
    "arnequals",
    "arnlike",
    "arnnotequals",
    "arnnotlike",
    "null",
];
