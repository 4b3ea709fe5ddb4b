//! An event in CloudTrail's form, version 1.11, and what linklocal knows beside it.
//!
//! Rule: members, their names and their order are AWS's (facts/account.md section 4.4; CloudTrail User Guide, "CloudTrail record
//! contents"); what AWS has no member for stands beside the event, and is in no file that others read. Neither holds a secret.

mod aside;
mod identity;
mod made;
mod parameters;
mod resources;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::Timestamp;

pub use aside::{Aside, Origin, Program};
pub use identity::{Issuer, SessionAttributes, SessionContext, UserIdentity, WebIdentityData};
pub(crate) use made::{Home, made};
pub use resources::Resource;

/// One record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    pub event_version: String,
    pub user_identity: UserIdentity,
    pub event_time: Timestamp,
    pub event_source: String,
    pub event_name: String,
    pub aws_region: String,
    #[serde(rename = "sourceIPAddress")]
    pub source_ip_address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    #[serde(default)]
    pub request_parameters: Value,
    #[serde(default)]
    pub response_elements: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub additional_event_data: Value,
    #[serde(rename = "requestID")]
    pub request_id: String,
    #[serde(rename = "eventID")]
    pub event_id: String,
    pub read_only: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    pub event_type: String,
    pub management_event: bool,
    pub recipient_account_id: String,
    pub event_category: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_details: Option<TlsDetails>,
}

/// Of a call over TLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsDetails {
    pub tls_version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cipher_suite: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_provided_host_header: Option<String>,
}

/// What a journal keeps of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub event: Event,
    pub aside: Aside,
}

impl Kept {
    /// One line: the event, a tab, which no JSON text holds, and what stands beside it.
    pub fn line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(&self.event).unwrap_or_default();
        line.push(b'\t');
        line.extend(serde_json::to_vec(&self.aside).unwrap_or_default());
        line.push(b'\n');
        line
    }

    /// A line without its end; `None` where it is none, as a crash may leave it.
    pub fn read(line: &[u8]) -> Option<Self> {
        let (event, aside) = halves(line)?;
        Some(Self { event: serde_json::from_slice(event).ok()?, aside: serde_json::from_slice(aside).ok()? })
    }
}

/// The event of a line, as AWS would have it, and what stands beside it.
pub(crate) fn halves(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    Some((&line[..tab], &line[tab + 1..]))
}
