//! Service quotas that differ from their defaults, and requests to raise them.

use serde::{Deserialize, Serialize};
use types::Timestamp;

use super::Entity;

/// A quota that was raised, or set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AppliedQuota {
    /// `REGION/SERVICE/CODE`
    pub place: String,
    pub value: u64,
}

/// A request to raise a quota. Where it stands follows from its times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QuotaRequest {
    pub id: String,
    /// `REGION/SERVICE/CODE`
    pub place: String,
    pub desired_value: u64,
    pub created: Timestamp,
    /// Until then it is pending; from then on somebody looks at it.
    pub case_opens: Timestamp,
    pub case_id: String,
    pub requester_arn: String,
    /// By a person or a rule; a rule's may lie ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<QuotaDecision>,
    /// Whether the value is among the applied ones.
    #[serde(default)]
    pub is_applied: bool,
}

/// How a request ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QuotaDecision {
    pub at: Timestamp,
    pub verdict: QuotaVerdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QuotaVerdict {
    Approved,
    Denied,
    /// The case is closed and nothing changes.
    CaseClosed,
}

impl Entity for AppliedQuota {
    const KIND: &'static str = "quota";

    fn name(&self) -> &str {
        &self.place
    }
}

impl Entity for QuotaRequest {
    const KIND: &'static str = "quota-request";

    fn name(&self) -> &str {
        &self.id
    }
}
