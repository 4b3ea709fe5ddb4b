//! Small tables of a declaration: placement, host names, key pair, pushed keys.

use std::collections::BTreeMap;
use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Serialize};
use types::instance::{Dns, DnsHostnames, HostnameType, ManagedSshKeys, Placement};

use super::{Base64Data, Fingerprint, HostId, HostName, KeyName, PlacementGroupName, UserName};

/// `placement`: where within the zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct PlacementDeclaration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_name: Option<PlacementGroupName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_id: Option<HostId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_number: Option<u16>,
}

/// `dns`: host names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct DnsDeclaration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_dns_name: Option<HostName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_dns_name: Option<HostName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname_type: Option<HostnameType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_dns_hostnames: Option<bool>,
}

/// `key-pair`: a name, and the public key unless any will do. A text alone is the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct KeyPairDeclaration {
    pub name: KeyName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<PublicKey>,
}

/// `managed-ssh-keys`: keys pushed by EC2 Instance Connect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ManagedSshKeysDeclaration {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub active_keys: BTreeMap<UserName, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer_cert: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub signer_ocsp: BTreeMap<Fingerprint, Base64Data>,
}

/// A public key in OpenSSH's form, `ssh-rsa` or `ssh-ed25519` (the types that EC2 takes). A comment is dropped: on the
/// wire it is the name of the key pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(String);

/// The text is not a public key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("public key is not of OpenSSH's form: ssh-ed25519 or ssh-rsa and its body, as in a .pub file")]
pub struct PublicKeyError;

/// A JSON document, served as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JsonText(String);

/// The text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("document is not JSON: {0}")]
pub struct JsonTextError(String);

impl PlacementDeclaration {
    pub(super) fn apply_to(&self, placement: &mut Placement) {
        if let Some(group) = &self.group_name {
            placement.group_name = Some(group.to_string());
        }
        if let Some(host) = &self.host_id {
            placement.host_id = Some(host.to_string());
        }
        if let Some(number) = self.partition_number {
            placement.partition_number = Some(number);
        }
    }
}

impl DnsDeclaration {
    pub(super) fn apply_to(&self, dns: &mut Dns) {
        if let Some(name) = &self.private_dns_name {
            dns.private_dns_name = Some(name.to_string());
        }
        if let Some(name) = &self.public_dns_name {
            dns.public_dns_name = Some(name.to_string());
        }
        if let Some(kind) = self.hostname_type {
            dns.hostname_type = kind;
        }
        if let Some(enabled) = self.enable_dns_hostnames {
            dns.enable_dns_hostnames = DnsHostnames(enabled);
        }
    }
}

impl ManagedSshKeysDeclaration {
    pub(super) fn keys(&self) -> ManagedSshKeys {
        let active = self.active_keys.iter().map(|(user, keys)| (user.to_string(), keys.clone()));
        let answers = self.signer_ocsp.iter().map(|(print, ocsp)| (print.to_string(), ocsp.clone().into()));
        ManagedSshKeys {
            active_keys: active.collect(),
            signer_cert: self.signer_cert.clone(),
            signer_ocsp: answers.collect(),
        }
    }
}

impl PublicKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PublicKey {
    type Error = PublicKeyError;

    fn try_from(text: String) -> Result<Self, PublicKeyError> {
        let mut words = text.split_ascii_whitespace();
        let (Some(kind @ ("ssh-ed25519" | "ssh-rsa")), Some(body)) = (words.next(), words.next()) else {
            return Err(PublicKeyError);
        };
        let blob = STANDARD.decode(body).map_err(|_| PublicKeyError)?;
        // The body begins with the length of the type and the type itself (RFC 4253 section 6.6).
        let named = blob.get(..4).is_some_and(|length| length == [0, 0, 0, kind.len() as u8])
            && blob[4..].starts_with(kind.as_bytes())
            && blob.len() > 4 + kind.len();
        if named { Ok(Self(format!("{kind} {body}"))) } else { Err(PublicKeyError) }
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.0
    }
}

impl TryFrom<String> for JsonText {
    type Error = JsonTextError;

    fn try_from(text: String) -> Result<Self, JsonTextError> {
        match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(JsonTextError(error.to_string())),
        }
    }
}

impl From<JsonText> for String {
    fn from(text: JsonText) -> Self {
        text.0
    }
}

impl<'de> Deserialize<'de> for KeyPairDeclaration {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(KeyPairVisitor)
    }
}

struct KeyPairVisitor;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct KeyPairTable {
    name: KeyName,
    #[serde(default)]
    public_key: Option<PublicKey>,
}

impl<'de> Visitor<'de> for KeyPairVisitor {
    type Value = KeyPairDeclaration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name, or a table with name and public-key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(KeyPairDeclaration { name: text.parse().map_err(E::custom)?, public_key: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let KeyPairTable { name, public_key } = Deserialize::deserialize(MapAccessDeserializer::new(map))?;
        Ok(KeyPairDeclaration { name, public_key })
    }
}
