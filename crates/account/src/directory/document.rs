//! The whole directory as one JSON document: to keep, to look at, to move.
//!
//! Rule: what is taken in is whole and consistent, or nothing of it is. Secrets are in a document only where they were asked for; a
//! key or a device without its secret is not taken in, since nobody could use it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use types::AccountId;

use super::check::DirectoryFault;
use super::{Directory, Entity, Table};
use crate::AccountError;

/// The document of a directory cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("document has {length} bytes, more than the {MAX_DOCUMENT} that are read")]
    TooLong { length: usize },
    /// The cause names line and column, and no value that could be a secret.
    #[error("document is not one that `linklocal account export` wrote")]
    Unreadable(#[source] serde_json::Error),
    #[error("document has format {found}, this program knows {FORMAT}; use a newer linklocal")]
    Newer { found: u32 },
    #[error("document is of account {found}, this is {own}; import it where the account has that number")]
    OtherAccount { found: AccountId, own: AccountId },
    #[error("document is of partition {found}, this account is in {own}")]
    OtherPartition { found: String, own: &'static str },
    #[error("{kind} number {number} in the document cannot be read: {fault}")]
    Entity { kind: &'static str, number: usize, fault: String },
    #[error("{kind} {name} is in the document twice")]
    Twice { kind: &'static str, name: String },
    #[error(transparent)]
    Fault(#[from] DirectoryFault),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Document {
    format: u32,
    partition: String,
    account_id: AccountId,
    account: Vec<Value>,
    users: Vec<Value>,
    groups: Vec<Value>,
    roles: Vec<Value>,
    policies: Vec<Value>,
    instance_profiles: Vec<Value>,
    access_keys: Vec<Value>,
    mfa_devices: Vec<Value>,
    oidc_providers: Vec<Value>,
    #[serde(default)]
    key_pairs: Vec<Value>,
    #[serde(default)]
    resource_tags: Vec<Value>,
    #[serde(default)]
    metadata_defaults: Vec<Value>,
    #[serde(default)]
    buckets: Vec<Value>,
    #[serde(default)]
    applied_quotas: Vec<Value>,
    #[serde(default)]
    quota_requests: Vec<Value>,
}

impl Directory {
    /// All of it as JSON, indented. With secrets it is worth as much as the store's file.
    pub fn export(&self, with_secrets: bool) -> String {
        let document = Document {
            format: FORMAT,
            partition: self.partition().as_str().to_owned(),
            account_id: self.account_id(),
            account: values(&self.account),
            users: values(&self.users),
            groups: values(&self.groups),
            roles: values(&self.roles),
            policies: values(&self.policies),
            instance_profiles: values(&self.instance_profiles),
            access_keys: without(values(&self.access_keys), SECRET_ACCESS_KEY, with_secrets),
            mfa_devices: without(values(&self.mfa_devices), SEED, with_secrets),
            oidc_providers: values(&self.oidc_providers),
            key_pairs: values(&self.key_pairs),
            resource_tags: values(&self.resource_tags),
            metadata_defaults: values(&self.metadata_defaults),
            buckets: values(&self.buckets),
            applied_quotas: values(&self.applied_quotas),
            quota_requests: values(&self.quota_requests),
        };
        serde_json::to_string_pretty(&document).expect("a structure of JSON values")
    }

    /// Takes what a document holds in place of all that is here.
    ///
    /// # Errors
    /// [`AccountError::Document`]; nothing is taken then.
    pub fn import(&mut self, document: &str) -> Result<(), AccountError> {
        *self = self.imported(document).map_err(Box::new)?;
        Ok(())
    }

    /// Removes everything, the account's own record with it.
    pub fn clear(&mut self) {
        self.account.clear();
        self.users.clear();
        self.groups.clear();
        self.roles.clear();
        self.policies.clear();
        self.instance_profiles.clear();
        self.access_keys.clear();
        self.mfa_devices.clear();
        self.oidc_providers.clear();
        self.key_pairs.clear();
        self.resource_tags.clear();
        self.metadata_defaults.clear();
        self.buckets.clear();
        self.applied_quotas.clear();
        self.quota_requests.clear();
    }

    fn imported(&self, text: &str) -> Result<Self, DocumentError> {
        let mut document = read(text)?;
        self.check_own(&document)?;
        let usable = |value: &Value, secret: &str| value.get(secret).is_some();
        document.access_keys.retain(|key| usable(key, SECRET_ACCESS_KEY));
        document.mfa_devices.retain(|device| usable(device, SEED));
        let mut directory = self.clone();
        directory.clear();
        fill(&mut directory.account, document.account)?;
        fill(&mut directory.users, document.users)?;
        fill(&mut directory.groups, document.groups)?;
        fill(&mut directory.roles, document.roles)?;
        fill(&mut directory.policies, document.policies)?;
        fill(&mut directory.instance_profiles, document.instance_profiles)?;
        fill(&mut directory.access_keys, document.access_keys)?;
        fill(&mut directory.mfa_devices, document.mfa_devices)?;
        fill(&mut directory.oidc_providers, document.oidc_providers)?;
        fill(&mut directory.key_pairs, document.key_pairs)?;
        fill(&mut directory.resource_tags, document.resource_tags)?;
        fill(&mut directory.metadata_defaults, document.metadata_defaults)?;
        fill(&mut directory.buckets, document.buckets)?;
        fill(&mut directory.applied_quotas, document.applied_quotas)?;
        fill(&mut directory.quota_requests, document.quota_requests)?;
        directory.check()?;
        Ok(directory)
    }

    fn check_own(&self, document: &Document) -> Result<(), DocumentError> {
        if document.account_id != self.account_id() {
            return Err(DocumentError::OtherAccount { found: document.account_id, own: self.account_id() });
        }
        if document.partition != self.partition().as_str() {
            let found = document.partition.chars().take(20).collect();
            return Err(DocumentError::OtherPartition { found, own: self.partition().as_str() });
        }
        Ok(())
    }
}

fn read(text: &str) -> Result<Document, DocumentError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Formatted {
        format: u32,
    }
    if text.len() > MAX_DOCUMENT {
        return Err(DocumentError::TooLong { length: text.len() });
    }
    let Formatted { format } = serde_json::from_str(text).map_err(DocumentError::Unreadable)?;
    if !(1..=FORMAT).contains(&format) {
        return Err(DocumentError::Newer { found: format });
    }
    serde_json::from_str(text).map_err(DocumentError::Unreadable)
}

fn values<T: Entity>(table: &Table<T>) -> Vec<Value> {
    table.iter().map(|entity| serde_json::to_value(&**entity).expect("entities are JSON objects")).collect()
}

fn without(mut values: Vec<Value>, secret: &str, with_secrets: bool) -> Vec<Value> {
    if !with_secrets {
        values.iter_mut().filter_map(Value::as_object_mut).for_each(|object| drop(object.remove(secret)));
    }
    values
}

fn fill<T: Entity>(table: &mut Table<T>, values: Vec<Value>) -> Result<(), DocumentError> {
    let mut seen = std::collections::HashSet::new();
    for (number, value) in (1..).zip(values) {
        let fault = |fault: String| DocumentError::Entity { kind: T::KIND, number, fault };
        let Value::Object(given) = value else { return Err(fault("it is no object".to_owned())) };
        let entity: T =
            serde_json::from_value(Value::Object(given.clone())).map_err(|error| fault(error.to_string()))?;
        if let Some(unknown) = unknown_member(&given, &entity) {
            return Err(fault(format!("it has no member {unknown}")));
        }
        if !seen.insert(entity.name().to_ascii_lowercase()) {
            return Err(DocumentError::Twice { kind: T::KIND, name: entity.name().to_owned() });
        }
        table.insert(entity);
    }
    Ok(())
}

/// A member that says something and was not read: misspelt, or of a newer program.
fn unknown_member<T: Entity>(given: &Map<String, Value>, entity: &T) -> Option<String> {
    let read = serde_json::to_value(entity).ok()?;
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    let unknown = given.iter().find(|(name, value)| read.get(name.as_str()).is_none() && !empty(value));
    unknown.map(|(name, _)| name.chars().take(80).collect())
}

/// Format 1 had no key pairs, metadata defaults, buckets and quotas.
const FORMAT: u32 = 2;

/// More than 5,000 users with keys, devices and full policies come to.
const MAX_DOCUMENT: usize = 64 << 20;

const SECRET_ACCESS_KEY: &str = "SecretAccessKey";
const SEED: &str = "Seed";
