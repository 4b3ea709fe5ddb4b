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

/// What is stored was accepted once: where rules are stricter now, it is read by the most lenient ones, so that none loses a record.
impl<'de> Deserialize<'de> for PolicyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, DocumentKind::Identity)
    }
}

/// For `deserialize_with`, of a trust policy.
pub(super) fn trust<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PolicyText, D::Error> {
    read(deserializer, DocumentKind::Trust)
}

/// For `deserialize_with`, of a resource's policy that may be missing.
pub(super) fn resource<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PolicyText>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let policy =
        Policy::parse(&text, DocumentKind::Resource).or_else(|_| Policy::parse(&text, DocumentKind::Stored));
    policy.map(|policy| Some(PolicyText(policy))).map_err(serde::de::Error::custom)
}

fn read<'de, D: Deserializer<'de>>(deserializer: D, kind: DocumentKind) -> Result<PolicyText, D::Error> {
    let text = String::deserialize(deserializer)?;
    let policy = Policy::parse(&text, kind).or_else(|_| Policy::parse(&text, DocumentKind::Session));
    policy.map(PolicyText).map_err(serde::de::Error::custom)
}
