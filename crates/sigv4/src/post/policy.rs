//! Writing a policy.

use std::fmt;
use std::ops::RangeInclusive;

use types::Timestamp;

use super::FILENAME;
use super::condition::quoted;

/// What a form may be used for, built condition by condition.
#[derive(Clone)]
pub struct PostPolicy {
    pub(super) expiration: Timestamp,
    pub(super) bucket: String,
    /// Conditions as JSON, in order.
    pub(super) conditions: Vec<String>,
    /// Fields whose value the policy fixes, or suggests.
    pub(super) fields: Vec<(String, String)>,
    /// Fields that whoever fills in the form must add.
    pub(super) open: Vec<String>,
}

impl PostPolicy {
    /// A policy for one bucket, good until `expiration`. It still wants a condition on the key.
    pub fn new(bucket: &str, expiration: Timestamp) -> Self {
        let conditions = vec![format!("{{\"bucket\":{}}}", quoted(bucket))];
        Self { expiration, bucket: bucket.to_owned(), conditions, fields: Vec::new(), open: Vec::new() }
    }

    /// The key of the object. One that ends in `${filename}` allows any key that begins like it; the name of the file takes
    /// that place.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        match key.strip_suffix(FILENAME) {
            Some(prefix) => {
                let mut policy = self.condition("starts-with", "key", prefix);
                policy.fields.push(("key".to_owned(), key.to_owned()));
                policy
            }
            None => self.field("key", key),
        }
    }

    /// A field that must have this value, such as `acl`.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.conditions.push(format!("{{{}:{}}}", quoted(name), quoted(value)));
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A field that must be there and begin so; any value will do where the prefix is empty. Whoever fills in the form adds it.
    #[must_use]
    pub fn starts_with(self, name: &str, prefix: &str) -> Self {
        let mut policy = self.condition("starts-with", name, prefix);
        policy.open.push(name.to_owned());
        policy
    }

    /// How many bytes the file may have.
    #[must_use]
    pub fn content_length(mut self, bytes: RangeInclusive<u64>) -> Self {
        self.conditions.push(format!("[\"content-length-range\",{},{}]", bytes.start(), bytes.end()));
        self
    }

    fn condition(mut self, operation: &str, name: &str, value: &str) -> Self {
        let field = quoted(&format!("${name}"));
        self.conditions.push(format!("[{},{field},{}]", quoted(operation), quoted(value)));
        self
    }

    /// The document: `{"expiration":…,"conditions":[…]}`.
    pub(super) fn json(&self) -> String {
        let conditions = self.conditions.join(",");
        format!("{{\"expiration\":{},\"conditions\":[{conditions}]}}", quoted(&self.expiration.iso8601()))
    }
}

/// Without the values of fields.
impl fmt::Debug for PostPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostPolicy")
            .field("bucket", &self.bucket)
            .field("expiration", &self.expiration)
            .finish_non_exhaustive()
    }
}
