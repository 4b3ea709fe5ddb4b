//! What a quota is worth in this account.

use types::{Region, Timestamp};

use super::catalogue::{self, Quota};
use crate::directory::{Directory, QuotaRequest};

/// What the account may have of something in a region now: what was approved or set, else the default. A global quota has one value,
/// whichever region is named. What there is no quota of is not bounded.
pub fn value(
    directory: &Directory,
    region: &Region,
    service_code: &str,
    quota_code: &str,
    now: Timestamp,
) -> u64 {
    match catalogue::quota(service_code, quota_code) {
        Some(quota) => value_at(directory, region, service_code, quota, now),
        None => u64::MAX,
    }
}

/// What a quota is worth in a region at this time.
pub fn value_at(
    directory: &Directory,
    region: &Region,
    service_code: &str,
    quota: &Quota,
    now: Timestamp,
) -> u64 {
    worth(directory, &place(region, service_code, quota), quota.here, now)
}

/// What the quota is worth at this time that a request is for.
pub fn value_for(directory: &Directory, request: &QuotaRequest, now: Timestamp) -> u64 {
    let (_, service_code, quota_code) = request.parts();
    let default = catalogue::quota(service_code, quota_code).map_or(0, |quota| quota.here);
    worth(directory, &request.place, default, now)
}

/// Nobody is given less by an approval: what was set to more in the meantime stays.
fn worth(directory: &Directory, place: &str, default: u64, now: Timestamp) -> u64 {
    let requests = directory.quota_requests.iter();
    let due = requests.filter(|request| request.place == place && request.is_due(now));
    let approved = due.map(|request| request.desired_value).max().unwrap_or_default();
    let applied = directory.applied_quotas.get(place).map_or(default, |applied| applied.value);
    approved.max(applied)
}

/// Where a quota's value is kept: `REGION/SERVICE/CODE`, a global one's in the region that shows it.
pub fn place(region: &Region, service_code: &str, quota: &Quota) -> String {
    let region = if quota.is_global { catalogue::global_region(region.partition()) } else { region.as_str() };
    format!("{region}/{service_code}/{}", quota.code)
}

#[cfg(test)]
mod tests {
    use types::Partition;

    use super::*;
    use crate::directory::AppliedQuota;

    #[test]
    fn what_was_raised_holds_in_its_region_and_global_ones_everywhere() {
        let mut directory = Directory::new(Partition::Aws, "123456789012".parse().unwrap());
        let (here, there): (Region, Region) = ("eu-west-1".parse().unwrap(), "us-east-1".parse().unwrap());
        let now = Timestamp::from_secs(1_795_000_000);
        let mut raise = |place: &str, value| {
            directory.applied_quotas.insert(AppliedQuota { place: place.to_owned(), value });
        };
        raise("eu-west-1/ec2/L-1216C47A", 2000);
        raise("us-east-1/iam/L-FE177D64", 3000);
        assert_eq!(value(&directory, &here, "ec2", "L-1216C47A", now), 2000);
        assert_eq!(value(&directory, &there, "ec2", "L-1216C47A", now), 1152);
        assert_eq!(value(&directory, &here, "iam", "L-FE177D64", now), 3000);
        assert_eq!(value(&directory, &there, "iam", "L-FE177D64", now), 3000);
        assert_eq!(value(&directory, &here, "s3", "L-DC2B2D3D", now), 10_000);
        assert_eq!(value(&directory, &here, "ec2", "L-00000000", now), u64::MAX);
    }
}
