//! The condition keys of a simulation: given ones, and the few that follow from the caller.

use std::collections::HashSet;
use std::net::IpAddr;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use policy::{Context, ContextValue};
use types::{AccountId, Timestamp};

use super::super::refusal;
use super::arn::{EntityKind, SimulatedCaller};
use crate::ServiceError;

/// One of `ContextEntries`.
#[derive(Clone, Debug)]
pub struct ContextEntry<'a> {
    pub key: &'a str,
    /// Such as `string` or `numericList`.
    pub kind: Option<&'a str>,
    pub values: Vec<&'a str>,
}

/// The context of all evaluations. What is given takes the place of what follows.
pub(super) fn context(
    entries: &[ContextEntry<'_>],
    caller: Option<&SimulatedCaller>,
    account: AccountId,
) -> Result<Context, ServiceError> {
    let mut context = Context::new();
    // Captured: present, and none of the caller's real ids.
    context.set("aws:userid", "STUB_PRINCIPAL_FOR_POLICY_SIMULATOR");
    context.set("aws:PrincipalAccount", caller.map_or(account, |caller| caller.account).to_string());
    if let Some(caller) = caller {
        context.set("aws:PrincipalArn", caller.arn.as_str());
        if caller.kind == EntityKind::User {
            context.set("aws:username", caller.name.as_str());
        }
    }
    let mut seen = HashSet::new();
    for entry in entries {
        if !seen.insert(entry.key.to_ascii_lowercase()) {
            return Err(refusal::invalid_input(format!("Duplicate context key: {}.", entry.key)));
        }
        context.put(entry.key, entry.value()?);
    }
    Ok(context)
}

impl ContextEntry<'_> {
    fn value(&self) -> Result<ContextValue, ServiceError> {
        let kind = self.kind.unwrap_or(if self.values.len() == 1 { "string" } else { "stringList" });
        let list = kind.strip_suffix("List");
        for value in &self.values {
            self.check(list.unwrap_or(kind), value)?;
        }
        match (list, &self.values[..]) {
            (Some(_), values) => {
                Ok(ContextValue::Many(values.iter().map(|value| (*value).to_owned()).collect()))
            }
            (None, [value]) => Ok(ContextValue::One((*value).to_owned())),
            (None, values) => Err(refusal::invalid_input(format!(
                "Context key {kind} expected a single value, but received {}.",
                values.len()
            ))),
        }
    }

    /// Booleans may be anything (captured).
    fn check(&self, kind: &str, value: &str) -> Result<(), ServiceError> {
        let (fits, form) = match kind {
            "numeric" => (value.parse::<f64>().is_ok_and(f64::is_finite), "numeric format"),
            "date" => (is_date(value), "DateTime format"),
            "ip" => (is_address(value), "IP address"),
            "binary" => (STANDARD.decode(value).is_ok(), "base-64 encoded binary format"),
            _ => (true, ""),
        };
        if fits {
            return Ok(());
        }
        Err(refusal::invalid_input(format!("Invalid context value for key {}: expected {form}.", self.key)))
    }
}

/// RFC 3339, a date alone, or seconds of the epoch.
fn is_date(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok()
        || format!("{text}T00:00:00Z").parse::<Timestamp>().is_ok()
        || text.parse::<i64>().is_ok()
}

/// An address, or a network.
fn is_address(text: &str) -> bool {
    let (address, bits) = text.split_once('/').unwrap_or((text, "0"));
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => bits.parse::<u8>().is_ok_and(|bits| bits <= 32),
        Ok(IpAddr::V6(_)) => bits.parse::<u8>().is_ok_and(|bits| bits <= 128),
        Err(_) => false,
    }
}
