//! How requests to raise quotas go on by themselves: `[quotas]` of the configuration.

use std::collections::BTreeMap;
use std::time::Duration;

/// What nobody has to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaRules {
    /// How long a request is pending before its case is opened. On AWS it takes minutes.
    pub case_opens_after: Duration,
    /// How long a request takes that a rule approves.
    pub decided_after: Duration,
    /// By service and code, such as `ec2/L-1216C47A`: requests of up to this value are approved.
    pub approve_up_to: BTreeMap<String, u64>,
}

impl QuotaRules {
    /// Whether a request for this value is approved by itself.
    pub(super) fn approves(&self, service_code: &str, quota_code: &str, value: u64) -> bool {
        let limit = self.approve_up_to.get(&format!("{service_code}/{quota_code}"));
        limit.is_some_and(|limit| value <= *limit)
    }
}

impl Default for QuotaRules {
    fn default() -> Self {
        Self {
            case_opens_after: Duration::from_secs(5),
            decided_after: Duration::from_secs(10),
            approve_up_to: BTreeMap::new(),
        }
    }
}
