//! Which buckets a call takes tokens from: `limits.txt`, read once and laid out by operation.
//!
//! Rule: every operation of every service that the account speaks has a place here, so a call looks nothing up but its operation.

use std::collections::HashMap;
use std::sync::LazyLock;

use types::BucketRate;
use wire::model;

/// A line of `limits.txt`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) service: &'static str,
    operations: &'static str,
    pub(super) kind: Kind,
    pub(super) rate: BucketRate,
    pub(super) is_regional: bool,
    pub(super) is_published: bool,
    pub(super) source: &'static str,
}

/// What a bucket counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Calls,
    Shared,
    Bare,
    /// As many as a list or a number of this name asks for.
    Resources(&'static str),
    Prefix,
}

/// A bucket of every region, or of the account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) limit: &'static Limit,
    /// What is counted here; all of a line that is shared.
    pub(super) operation: Option<&'static str>,
}

/// Where the buckets of an operation are, by their places among all cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) calls: usize,
    /// In the place of `calls`, for a bare call.
    pub(super) bare: Option<usize>,
    pub(super) resources: Option<(usize, &'static str)>,
}

/// All cells, and the way of every operation.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) cells: Vec<Cell>,
    ways: HashMap<(&'static str, &'static str), Way>,
}

impl Layout {
    pub(super) fn whole() -> &'static Self {
        &LAYOUT
    }

    pub(super) fn way(&self, service: &'static str, operation: &'static str) -> Option<Way> {
        self.ways.get(&(service, operation)).copied()
    }

    fn of(limits: &'static [Limit]) -> Self {
        let mut layout = Self { cells: Vec::new(), ways: HashMap::new() };
        let mut shared = HashMap::new();
        for service in model::services() {
            for operation in service.operations() {
                let found = |kind: fn(Kind) -> bool| {
                    limits
                        .iter()
                        .find(|limit| kind(limit.kind) && limit.fits(service.signing_name, operation.name))
                };
                let Some(limit) = found(Kind::is_of_calls) else { continue };
                let calls = match limit.kind {
                    Kind::Shared => {
                        *shared.entry(std::ptr::from_ref(limit)).or_insert_with(|| layout.add(limit, None))
                    }
                    _ => layout.add(limit, Some(operation.name)),
                };
                let bare =
                    found(|kind| kind == Kind::Bare).map(|limit| layout.add(limit, Some(operation.name)));
                let resources = found(|kind| matches!(kind, Kind::Resources(_)))
                    .map(|limit| (layout.add(limit, Some(operation.name)), limit.kind.member()));
                layout.ways.insert((service.signing_name, operation.name), Way { calls, bare, resources });
            }
        }
        layout
    }

    fn add(&mut self, limit: &'static Limit, operation: Option<&'static str>) -> usize {
        self.cells.push(Cell { limit, operation });
        self.cells.len() - 1
    }
}

impl Cell {
    /// Whether each region has this one.
    pub(super) fn is_regional(&self) -> bool {
        self.limit.is_regional
    }

    /// What it counts, in words.
    pub(super) fn what(&self) -> String {
        let operation = self.operation.unwrap_or("all signed operations together");
        match self.limit.kind {
            Kind::Calls | Kind::Shared => operation.to_owned(),
            Kind::Bare => format!("{operation} without filter or MaxResults"),
            Kind::Resources(_) => format!("{operation}, instances"),
            Kind::Prefix => format!("{operation}, of one prefix"),
        }
    }
}

impl Kind {
    fn is_of_calls(self) -> bool {
        matches!(self, Self::Calls | Self::Shared | Self::Prefix)
    }

    fn member(self) -> &'static str {
        if let Self::Resources(member) = self { member } else { "" }
    }
}

impl Limit {
    fn fits(&self, service: &str, operation: &str) -> bool {
        let fits = |pattern: &str| match pattern.strip_suffix('*') {
            Some(beginning) => operation.starts_with(beginning),
            None => operation == pattern,
        };
        self.service == service && self.operations.split(' ').any(fits)
    }

    fn read(line: &'static str) -> Option<Self> {
        let columns: Vec<&'static str> = line.split('|').map(str::trim).collect();
        let [service, operations, kind, size, refill, of, published, source] = columns[..] else {
            return None;
        };
        Some(Self {
            service,
            operations,
            kind: match kind {
                "calls" => Kind::Calls,
                "shared" => Kind::Shared,
                "bare" => Kind::Bare,
                "prefix" => Kind::Prefix,
                member => Kind::Resources(member),
            },
            rate: BucketRate::new(size.parse().ok()?, refill.parse().ok()?),
            is_regional: of == "region",
            is_published: published == "yes",
            source,
        })
    }
}

static LIMITS: LazyLock<Vec<Limit>> = LazyLock::new(|| {
    let lines = include_str!("limits.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| Limit::read(line).expect("a test reads every line of limits.txt")).collect()
});

static LAYOUT: LazyLock<Layout> = LazyLock::new(|| Layout::of(&LIMITS));

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn figures(service: &'static str, operation: &'static str) -> (u64, u64) {
        let layout = Layout::whole();
        let rate = layout.cells[layout.way(service, operation).unwrap().calls].limit.rate;
        (rate.capacity(), rate.per_second() as u64)
    }

    #[test]
    fn every_operation_has_its_figures() {
        for service in model::services() {
            for operation in service.operations() {
                let way = Layout::whole().way(service.signing_name, operation.name);
                assert!(way.is_some(), "{} {}", service.signing_name, operation.name);
            }
        }
    }

    #[test]
    fn figures_are_those_that_aws_publishes() {
        for (service, operation, expected) in [
            ("ec2", "DescribeInstances", (100, 20)),
            ("ec2", "RunInstances", (50, 5)),
            ("ec2", "CreateTags", (100, 10)),
            ("ec2", "AssociateIamInstanceProfile", (100, 5)),
            ("ec2", "GetInstanceMetadataDefaults", (100, 20)),
            ("s3", "GetObject", (5500, 5500)),
            ("s3", "PutObject", (3500, 3500)),
            ("cloudtrail", "LookupEvents", (2, 2)),
            ("servicequotas", "GetServiceQuota", (10, 5)),
            ("servicequotas", "RequestServiceQuotaIncrease", (6, 3)),
        ] {
            assert_eq!(figures(service, operation), expected, "{service} {operation}");
        }
        let layout = Layout::whole();
        let bare = layout.way("ec2", "DescribeInstances").unwrap().bare.unwrap();
        assert_eq!(layout.cells[bare].limit.rate, BucketRate::new(50, 10));
        for (operation, refill) in
            [("RunInstances", 2), ("StartInstances", 2), ("StopInstances", 20), ("TerminateInstances", 20)]
        {
            let (cell, _) = layout.way("ec2", operation).unwrap().resources.unwrap();
            assert_eq!(layout.cells[cell].limit.rate, BucketRate::new(1000, refill), "{operation}");
        }
    }

    #[test]
    fn what_aws_does_not_publish_is_no_published_limit() {
        for limit in LIMITS.iter() {
            assert_eq!(limit.is_published, !matches!(limit.service, "iam" | "sts"), "{limit:?}");
            assert!(!limit.source.is_empty());
        }
    }

    #[test]
    fn signed_calls_of_sts_share_a_bucket() {
        let layout = Layout::whole();
        let one = layout.way("sts", "GetCallerIdentity").unwrap().calls;
        assert_eq!(layout.way("sts", "AssumeRole").unwrap().calls, one);
        assert_ne!(layout.way("sts", "AssumeRoleWithWebIdentity").unwrap().calls, one);
        assert_eq!(layout.cells[one].what(), "all signed operations together");
    }
}
