//! vCPUs of running on-demand instances against the account's quotas (facts/account.md sections 1.7 and 3.4).

use std::collections::HashMap;

use types::{Instance, Region, Timestamp};

use super::super::catalogue::instance_type;
use super::super::life::counts;
use crate::ServiceError;
use crate::directory::Directory;
use crate::quotas::{value, vcpu_limit_exceeded, vcpu_quota};

/// What is taken of each quota.
#[derive(Debug)]
pub(crate) struct Capacity<'a> {
    directory: &'a Directory,
    region: &'a Region,
    now: Timestamp,
    taken: HashMap<&'static str, u64>,
}

impl<'a> Capacity<'a> {
    pub(crate) fn new<'i>(
        directory: &'a Directory,
        region: &'a Region,
        instances: impl IntoIterator<Item = &'i Instance>,
        now: Timestamp,
    ) -> Self {
        let mut taken: HashMap<&'static str, u64> = HashMap::new();
        for instance in instances.into_iter().filter(|instance| counts(instance, now)) {
            let kind = &instance.instance_type;
            *taken.entry(vcpu_quota(kind)).or_default() += vcpus(kind);
        }
        Self { directory, region, now, taken }
    }

    /// Takes room for as many as fit, at least `min` and at most `max`; how many these are.
    ///
    /// # Errors
    /// `VcpuLimitExceeded`
    pub(crate) fn take(&mut self, kind: &str, min: u32, max: u32) -> Result<u32, ServiceError> {
        let (code, each) = (vcpu_quota(kind), vcpus(kind));
        let limit = value(self.directory, self.region, "ec2", code, self.now);
        let taken = self.taken.entry(code).or_default();
        let fit = limit.saturating_sub(*taken).checked_div(each).unwrap_or_else(|| u64::from(max));
        let fit = u32::try_from(fit).unwrap_or(u32::MAX).min(max);
        if fit < min {
            return Err(vcpu_limit_exceeded(limit));
        }
        *taken += u64::from(fit) * each;
        Ok(fit)
    }
}

/// A type that no table knows may be declared; it takes no room.
fn vcpus(kind: &str) -> u64 {
    instance_type(kind).map_or(0, |found| u64::from(found.vcpus()))
}
