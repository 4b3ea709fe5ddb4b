//! What can be asked about request limits and quotas, and what the server answers.

use serde::{Deserialize, Serialize};
use types::{Region, Timestamp};

/// An operation on limits and quotas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum LimitsCall {
    Describe,
    /// Fills all buckets and counts anew.
    Reset,
    Quotas {
        /// `None` for that of the account.
        region: Option<Region>,
    },
    Requests,
    /// Decides an open request.
    Decide {
        id: String,
        verdict: Verdict,
        reason: Option<String>,
    },
    /// Sets a quota without a request; `None` brings its default back.
    SetQuota {
        region: Option<Region>,
        service_code: String,
        quota_code: String,
        value: Option<u64>,
    },
}

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    Approved,
    Denied,
    CaseClosed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum LimitsReply {
    Limits(Box<LimitsDescription>),
    Quotas(Vec<QuotaDescription>),
    Requests(Vec<QuotaRequestDescription>),
}

/// All request limits at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LimitsDescription {
    /// `aws`, `off` or `report`
    pub(crate) mode: String,
    /// Percent of AWS's figures.
    pub(crate) scale: u32,
    pub(crate) unpublished_enforced: bool,
    /// Since when is counted.
    pub(crate) since: Timestamp,
    /// The buckets that were asked.
    pub(crate) buckets: Vec<BucketDescription>,
    /// Prefixes that S3 would have slowed down.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) busy_prefixes: Vec<BusyPrefix>,
    /// Every limit that there is.
    pub(crate) limits: Vec<LimitDescription>,
}

/// A limit as AWS has it, and what is enforced of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LimitDescription {
    pub(crate) service: String,
    /// What is counted, in words.
    pub(crate) counts: String,
    /// What can be asked at once.
    pub(crate) bucket_size: u64,
    /// What can be asked for long.
    pub(crate) refill_per_second: f64,
    pub(crate) published: bool,
    pub(crate) per_region: bool,
    pub(crate) source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) enforced_bucket_size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) enforced_refill_per_second: Option<f64>,
}

/// A bucket that was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BucketDescription {
    #[serde(flatten)]
    pub(crate) limit: LimitDescription,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<Region>,
    /// Tokens that are there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tokens: Option<u64>,
    pub(crate) taken: u64,
    pub(crate) refused: u64,
    /// What AWS would have refused, whatever is enforced here.
    pub(crate) refused_on_aws: u64,
    /// The second in which most was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) worst_second: Option<Timestamp>,
    pub(crate) asked_in_worst_second: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BusyPrefix {
    pub(crate) prefix: String,
    pub(crate) refused_on_aws: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QuotaDescription {
    pub(crate) region: Region,
    pub(crate) service_code: String,
    pub(crate) quota_code: String,
    pub(crate) quota_name: String,
    pub(crate) value: u64,
    /// Of a new account on AWS.
    pub(crate) aws_default_value: u64,
    pub(crate) adjustable: bool,
    pub(crate) global_quota: bool,
    pub(crate) unit: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QuotaRequestDescription {
    pub(crate) id: String,
    pub(crate) region: String,
    pub(crate) service_code: String,
    pub(crate) quota_code: String,
    pub(crate) quota_name: String,
    pub(crate) desired_value: u64,
    /// What the quota is worth now.
    pub(crate) value: u64,
    pub(crate) status: String,
    pub(crate) created: Timestamp,
    pub(crate) last_updated: Timestamp,
    pub(crate) requester_arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

impl LimitsCall {
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Self::Describe => "DescribeLimits",
            Self::Reset => "ResetLimits",
            Self::Quotas { .. } => "ListServiceQuotas",
            Self::Requests => "ListRequestedServiceQuotaChangeHistory",
            Self::Decide { .. } => "DecideServiceQuotaIncrease",
            Self::SetQuota { .. } => "SetServiceQuota",
        }
    }
}
