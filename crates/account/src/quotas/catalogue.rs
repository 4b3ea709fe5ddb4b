//! Which quotas there are, with AWS's defaults: `quotas.txt`, read once.
//!
//! Rule: a line that cannot be read fails the first test that looks, never a request.

use std::sync::LazyLock;

use types::{Partition, Region};

/// A service that has quotas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Such as `ec2`. Case counts, as on AWS.
    pub code: &'static str,
    pub name: &'static str,
    /// In the order of their codes.
    pub quotas: Vec<Quota>,
}

/// What one service allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Such as `L-1216C47A`.
    pub code: &'static str,
    pub name: &'static str,
    /// What AWS allows a new account.
    pub default: u64,
    /// What this account is allowed before anybody asks.
    pub here: u64,
    pub is_adjustable: bool,
    /// One for all regions; asked for and shown in one of them.
    pub is_global: bool,
    pub unit: &'static str,
    /// Such as `SECOND`, where it is a rate.
    pub period: Option<&'static str>,
    pub usage: Option<Usage>,
}

/// What CloudWatch counts of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// `Resource` or `API`.
    pub kind: &'static str,
    pub service: &'static str,
    pub resource: &'static str,
    pub class: &'static str,
}

impl Usage {
    pub fn metric_name(self) -> &'static str {
        if self.kind == API { "CallCount" } else { "ResourceCount" }
    }

    /// What of a period is held against the quota.
    pub fn statistic(self) -> &'static str {
        if self.kind == API { "Sum" } else { "Maximum" }
    }
}

/// All services, in the order of their codes.
pub fn services() -> &'static [Service] {
    &SERVICES
}

/// The service of this code.
pub fn service(code: &str) -> Option<&'static Service> {
    services().iter().find(|service| service.code == code)
}

/// The quota of this code.
pub fn quota(service_code: &str, code: &str) -> Option<&'static Quota> {
    service(service_code)?.quotas.iter().find(|quota| quota.code == code)
}

/// The region in which a partition shows its global quotas.
pub fn global_region(partition: Partition) -> &'static str {
    match partition {
        Partition::Aws => "us-east-1",
        Partition::AwsCn => "cn-north-1",
        Partition::AwsUsGov => "us-gov-west-1",
        Partition::AwsIso => "us-iso-east-1",
        Partition::AwsIsoB => "us-isob-east-1",
        Partition::AwsEusc => "eusc-de-east-1",
    }
}

impl Quota {
    /// Whether a region knows it: global ones are known in one alone.
    pub fn is_shown_in(&self, region: &Region) -> bool {
        !self.is_global || region.as_str() == global_region(region.partition())
    }
}

static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| read(include_str!("quotas.txt")));

fn read(text: &'static str) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let columns: Vec<&'static str> = line.split('|').map(str::trim).collect();
        match (line.strip_prefix("= ").map(|_| &columns[..]), services.last_mut()) {
            (Some([code, name]), _) => {
                let code = code.trim_start_matches('=').trim();
                services.push(Service { code, name, quotas: Vec::new() });
            }
            (None, Some(service)) => {
                service.quotas.push(quota_of(&columns).expect("every line of quotas.txt is read by a test"));
            }
            _ => panic!("quotas.txt opens each service with its code and name: a test reads it"),
        }
    }
    services
}

fn quota_of(columns: &[&'static str]) -> Option<Quota> {
    let [code, name, value, adjustable, scope, unit, usage] = columns else { return None };
    let (default, here) = match value.split_once(" (") {
        Some((default, here)) => (default.parse().ok()?, here.trim_end_matches(')').parse().ok()?),
        None => (value.parse().ok()?, value.parse().ok()?),
    };
    let (unit, period) = unit.split_once('/').map_or((*unit, None), |(unit, period)| (unit, Some(period)));
    Some(Quota {
        code,
        name,
        default,
        here,
        is_adjustable: one_of(adjustable, "adjustable", "fixed")?,
        is_global: one_of(scope, "global", "regional")?,
        unit,
        period,
        usage: usage_of(usage)?,
    })
}

fn one_of(text: &str, yes: &str, no: &str) -> Option<bool> {
    (text == yes || text == no).then_some(text == yes)
}

#[expect(clippy::option_option, reason = "a line that cannot be read is not one that says nothing")]
fn usage_of(text: &'static str) -> Option<Option<Usage>> {
    match text.split(' ').collect::<Vec<_>>()[..] {
        ["-"] => Some(None),
        ["api", service, resource] => Some(Some(Usage { kind: API, service, resource, class: "None" })),
        [service, resource, class] => Some(Some(Usage { kind: "Resource", service, resource, class })),
        _ => None,
    }
}

const API: &str = "API";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn whole_table_is_read_in_order_and_no_code_stands_twice() {
        let codes: Vec<_> = services().iter().map(|service| service.code).collect();
        assert_eq!(codes, ["cloudtrail", "ec2", "iam", "s3", "servicequotas", "sts", "vpc"]);
        let all: Vec<_> = services().iter().flat_map(|service| &service.quotas).collect();
        let distinct: BTreeSet<_> = all.iter().map(|quota| quota.code).collect();
        assert_eq!(all.len(), distinct.len());
        assert!(all.iter().all(|quota| quota.code.len() == 10 && quota.code.starts_with("L-")));
    }

    #[test]
    fn on_demand_standard_is_five_on_aws_and_1152_here() {
        let quota = quota("ec2", "L-1216C47A").unwrap();
        assert_eq!((quota.default, quota.here, quota.is_adjustable, quota.is_global), (5, 1152, true, false));
        let usage = quota.usage.unwrap();
        assert_eq!((usage.service, usage.resource, usage.class), ("EC2", "vCPU", "Standard/OnDemand"));
        assert_eq!((usage.metric_name(), usage.statistic()), ("ResourceCount", "Maximum"));
    }

    #[test]
    fn rates_have_a_period_and_count_calls() {
        let quota = quota("cloudtrail", "L-6826A2E9").unwrap();
        assert_eq!((quota.unit, quota.period, quota.is_adjustable), ("None", Some("SECOND"), false));
        assert_eq!(quota.usage.unwrap().metric_name(), "CallCount");
    }

    #[test]
    fn global_quotas_are_shown_in_one_region_of_each_partition() {
        let roles = quota("iam", "L-FE177D64").unwrap();
        for (region, shown) in
            [("us-east-1", true), ("eu-west-1", false), ("cn-north-1", true), ("us-gov-west-1", true)]
        {
            assert_eq!(roles.is_shown_in(&region.parse().unwrap()), shown, "{region}");
        }
        assert!(quota("ec2", "L-1216C47A").unwrap().is_shown_in(&"eu-west-1".parse().unwrap()));
    }
}
