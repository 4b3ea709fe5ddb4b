//! A document as JSON text.
//!
//! Rule: parsing what is printed gives the same document, positions apart. Single values are printed plain, several as a list.

use std::fmt;

use serde_json::{Map, Value};

use super::{
    ActionElement, Condition, Document, PrincipalElement, PrincipalSet, ResourceElement, Statement, Version,
};

/// Compact JSON, elements in the order of AWS's grammar.
impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        if self.version == Version::V2012 {
            write!(f, "\"Version\":\"{}\",", self.version.as_str())?;
        }
        if let Some(id) = &self.id {
            write!(f, "\"Id\":{},", quoted(id))?;
        }
        f.write_str("\"Statement\":[")?;
        for (index, statement) in self.statements.iter().enumerate() {
            f.write_str(if index > 0 { "," } else { "" })?;
            write!(f, "{statement}")?;
        }
        f.write_str("]}")
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        if let Some(sid) = &self.sid {
            write!(f, "\"Sid\":{},", quoted(sid))?;
        }
        write!(f, "\"Effect\":\"{}\",", self.effect.as_str())?;
        match &self.principal {
            Some(PrincipalElement::Only(set)) => write!(f, "\"Principal\":{},", principals(set))?,
            Some(PrincipalElement::Not(set)) => write!(f, "\"NotPrincipal\":{},", principals(set))?,
            None => {}
        }
        match &self.action {
            ActionElement::Only(values) => write!(f, "\"Action\":{}", list(values))?,
            ActionElement::Not(values) => write!(f, "\"NotAction\":{}", list(values))?,
        }
        match &self.resource {
            Some(ResourceElement::Only(values)) => write!(f, ",\"Resource\":{}", list(values))?,
            Some(ResourceElement::Not(values)) => write!(f, ",\"NotResource\":{}", list(values))?,
            None => {}
        }
        conditions(f, &self.conditions)?;
        f.write_str("}")
    }
}

fn conditions(f: &mut fmt::Formatter<'_>, conditions: &[Condition]) -> fmt::Result {
    let mut held = None;
    for condition in conditions {
        match held {
            Some(operator) if operator == condition.operator.as_str() => f.write_str(",")?,
            Some(_) => write!(f, "}},{}:{{", quoted(&condition.operator))?,
            None => write!(f, ",\"Condition\":{{{}:{{", quoted(&condition.operator))?,
        }
        held = Some(condition.operator.as_str());
        write!(f, "{}:{}", quoted(&condition.key), list(&condition.values))?;
    }
    f.write_str(if held.is_some() { "}}" } else { "" })
}

fn principals(set: &PrincipalSet) -> Value {
    let everyone = set.everyone.then(|| "*".to_owned());
    let aws: Vec<String> = everyone.into_iter().chain(set.aws.iter().cloned()).collect();
    let kinds = [
        ("AWS", &aws),
        ("Service", &set.service),
        ("Federated", &set.federated),
        ("CanonicalUser", &set.canonical_user),
    ];
    let named = kinds.into_iter().filter(|(_, values)| !values.is_empty());
    Value::Object(named.map(|(kind, values)| (kind.to_owned(), list(values))).collect::<Map<_, _>>())
}

fn list(values: &[String]) -> Value {
    match values {
        [one] => Value::String(one.clone()),
        several => several.iter().cloned().map(Value::String).collect(),
    }
}

fn quoted(text: &str) -> Value {
    Value::String(text.to_owned())
}
