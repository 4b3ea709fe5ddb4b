//! The context keys that a document asks for.
//!
//! Rule: keys of conditions and of policy variables, as written, each once ignoring case, in the order of the text: what
//! GetContextKeysForCustomPolicy answers.

use std::collections::HashSet;

use super::{Document, Version};

impl Document {
    /// Keys under `Condition`, and in `${…}` of resources and of conditions' values where the version knows variables.
    pub fn context_keys(&self) -> Vec<String> {
        let mut keys = Keys::default();
        for statement in &self.statements {
            for resource in statement.resource.iter().flat_map(|resource| resource.values()) {
                keys.add_variables(self.version, resource);
            }
            for condition in &statement.conditions {
                keys.add(&condition.key);
                condition.values.iter().for_each(|value| keys.add_variables(self.version, value));
            }
        }
        keys.found
    }
}

#[derive(Default)]
struct Keys {
    seen: HashSet<String>,
    found: Vec<String>,
}

impl Keys {
    fn add(&mut self, key: &str) {
        if self.seen.insert(key.to_ascii_lowercase()) {
            self.found.push(key.to_owned());
        }
    }

    fn add_variables(&mut self, version: Version, text: &str) {
        if version == Version::V2012 {
            text.split("${").skip(1).filter_map(key).for_each(|key| self.add(key));
        }
    }
}

/// From `key}`, or `key, 'default'}`. `${*}`, `${?}` and `${$}` are escapes.
fn key(rest: &str) -> Option<&str> {
    let (inside, _) = rest.split_once('}')?;
    let key = inside.split(',').next().unwrap_or(inside).trim();
    (!matches!(key, "" | "*" | "?" | "$")).then_some(key)
}
