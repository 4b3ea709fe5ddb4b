//! Partitions: which domain the services of a region have.
//!
//! Rule: a known prefix decides, and whatever fits none belongs to `aws`, as AWS's own endpoint rules have it
//! (botocore `partitions.json`, function `aws.partition`).

/// A partition's domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionRow {
    pub name: &'static str,
    pub dns_suffix: &'static str,
    pub dual_stack_dns_suffix: &'static str,
    /// Where services that are one for the whole partition are signed.
    pub implicit_global_region: &'static str,
}

/// The partition of a region, or of a pseudo-region like `aws-cn-global`.
pub fn partition(region: &str) -> &'static PartitionRow {
    let by_prefix = |(prefix, row): &&(&str, PartitionRow)| {
        region.strip_prefix(prefix).is_some_and(is_place_and_number)
            || region.strip_suffix("-global") == Some(row.name)
    };
    let row = OTHERS.iter().find(by_prefix);
    row.map_or(&AWS, |(_, row)| row)
}

/// `east-1`, as the patterns of the table want it after the prefix.
fn is_place_and_number(rest: &str) -> bool {
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    rest.split_once('-').is_some_and(|(place, number)| word(place) && digits(number))
}

const AWS: PartitionRow = PartitionRow {
    name: "aws",
    dns_suffix: "amazonaws.com",
    dual_stack_dns_suffix: "api.aws",
    implicit_global_region: "us-east-1",
};

const OTHERS: &[(&str, PartitionRow)] = &[
    (
        "cn-",
        PartitionRow {
            name: "aws-cn",
            dns_suffix: "amazonaws.com.cn",
            dual_stack_dns_suffix: "api.amazonwebservices.com.cn",
            implicit_global_region: "cn-northwest-1",
        },
    ),
    (
        "us-gov-",
        PartitionRow {
            name: "aws-us-gov",
            dns_suffix: "amazonaws.com",
            dual_stack_dns_suffix: "api.aws",
            implicit_global_region: "us-gov-west-1",
        },
    ),
    (
        "eusc-de-",
        PartitionRow {
            name: "aws-eusc",
            dns_suffix: "amazonaws.eu",
            dual_stack_dns_suffix: "api.amazonwebservices.eu",
            implicit_global_region: "eusc-de-east-1",
        },
    ),
    (
        "us-iso-",
        PartitionRow {
            name: "aws-iso",
            dns_suffix: "c2s.ic.gov",
            dual_stack_dns_suffix: "api.aws.ic.gov",
            implicit_global_region: "us-iso-east-1",
        },
    ),
    (
        "us-isob-",
        PartitionRow {
            name: "aws-iso-b",
            dns_suffix: "sc2s.sgov.gov",
            dual_stack_dns_suffix: "api.aws.scloud",
            implicit_global_region: "us-isob-east-1",
        },
    ),
    (
        "eu-isoe-",
        PartitionRow {
            name: "aws-iso-e",
            dns_suffix: "cloud.adc-e.uk",
            dual_stack_dns_suffix: "api.cloud-aws.adc-e.uk",
            implicit_global_region: "eu-isoe-west-1",
        },
    ),
    (
        "us-isof-",
        PartitionRow {
            name: "aws-iso-f",
            dns_suffix: "csp.hci.ic.gov",
            dual_stack_dns_suffix: "api.aws.hci.ic.gov",
            implicit_global_region: "us-isof-south-1",
        },
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_decides_and_the_rest_is_aws() {
        let cases = [
            ("us-east-1", "aws"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-gov-west-1", "aws-us-gov"),
            ("aws-us-gov-global", "aws-us-gov"),
            ("aws-global", "aws"),
            ("aws-cn-global", "aws-cn"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("cn-north", "aws"),
            ("fake-region-10", "aws"),
            ("", "aws"),
        ];
        for (region, name) in cases {
            assert_eq!(partition(region).name, name, "{region}");
        }
    }
}
