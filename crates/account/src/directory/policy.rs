//! A policy as an entity keeps it.

use policy::{DocumentKind, Policy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A policy's text and its compiled form. Equal when the texts are.
#[derive(Clone, Debug)]
pub struct PolicyText(Policy);

impl PolicyText {
    pub fn new(policy: Policy) -> Self {
        Self(policy)
    }

    pub fn text(&self) -> &str {
        self.0.text()
    }

    pub fn policy(&self) -> &Policy {
        &self.0
    }
}

impl PartialEq for PolicyText {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for PolicyText {}

impl Serialize for PolicyText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

/// What is stored was accepted once: it is read by the most lenient rules, so that stricter ones never lose a record.
impl<'de> Deserialize<'de> for PolicyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Policy::parse(&text, DocumentKind::Session).map(Self).map_err(serde::de::Error::custom)
    }
}
