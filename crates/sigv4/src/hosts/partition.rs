//! Partitions: the DNS suffixes under which regions live (botocore's `partitions.json`).

/// One of AWS's separate worlds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Partition {
    /// How names of its regions begin; empty for `aws`, which has all others.
    regions: &'static str,
    pub(super) suffix: &'static str,
    pub(super) dual_stack: &'static str,
    /// The suffix of hosts that are given out to resources.
    resources: Option<&'static str>,
    /// Where its global services sign.
    pub(super) global_region: &'static str,
}

/// Which of the suffixes of a partition a host has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    DualStack,
    Resource,
}

impl Partition {
    /// That of a region, known or new.
    pub(super) fn of_region(region: &str) -> &'static Self {
        let found = PARTITIONS.iter().find(|p| !p.regions.is_empty() && region.starts_with(p.regions));
        found.unwrap_or(&PARTITIONS[0])
    }

    /// What stands before the longest suffix that the host has, which suffix that is, and the first partition with it.
    pub(super) fn split(host: &str) -> Option<(&str, Form, &'static Self)> {
        let before = |suffix: &str| host.strip_suffix(suffix)?.strip_suffix('.');
        let forms = PARTITIONS.iter().flat_map(|partition| {
            partition.suffixes().filter_map(move |(form, suffix)| Some((before(suffix)?, form, partition)))
        });
        // The first of equals stays: `min_by_key` gives the first minimum.
        forms.min_by_key(|(stem, ..)| stem.len())
    }

    /// The suffix of a form, if the partition has it.
    pub(super) fn suffix_of(&self, form: Form) -> Option<&'static str> {
        self.suffixes().find(|(known, _)| *known == form).map(|(_, suffix)| suffix)
    }

    fn suffixes(&self) -> impl Iterator<Item = (Form, &'static str)> + use<> {
        let resources = self.resources.map(|suffix| (Form::Resource, suffix));
        [(Form::Plain, self.suffix), (Form::DualStack, self.dual_stack)].into_iter().chain(resources)
    }
}

const fn partition(
    regions: &'static str,
    [suffix, dual_stack]: [&'static str; 2],
    resources: Option<&'static str>,
    global_region: &'static str,
) -> Partition {
    Partition { regions, suffix, dual_stack, resources, global_region }
}

static PARTITIONS: [Partition; 8] = [
    partition("", ["amazonaws.com", "api.aws"], Some("on.aws"), "us-east-1"),
    partition(
        "cn-",
        ["amazonaws.com.cn", "api.amazonwebservices.com.cn"],
        Some("on.amazonwebservices.com.cn"),
        "cn-northwest-1",
    ),
    partition("us-gov-", ["amazonaws.com", "api.aws"], Some("on.aws"), "us-gov-west-1"),
    partition("us-iso-", ["c2s.ic.gov", "api.aws.ic.gov"], None, "us-iso-east-1"),
    partition("us-isob-", ["sc2s.sgov.gov", "api.aws.scloud"], None, "us-isob-east-1"),
    partition("eu-isoe-", ["cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"], None, "eu-isoe-west-1"),
    partition("us-isof-", ["csp.hci.ic.gov", "api.aws.hci.ic.gov"], None, "us-isof-south-1"),
    partition(
        "eusc-",
        ["amazonaws.eu", "api.amazonwebservices.eu"],
        Some("on.amazonwebservices.eu"),
        "eusc-de-east-1",
    ),
];
