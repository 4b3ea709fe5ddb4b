//! Where IAM is called: one endpoint for a whole partition, and the region that it signs for.
//!
//! Rule: IAM has no regions; the partition of the region in use says which endpoint (botocore `iam/endpoint-rule-set-1.json`).

use super::{Found, Scope, SettingError, configured_endpoint_url, partition};
use crate::Place;
use crate::plan::StsTarget;

/// Where IAM is called from `region`. An endpoint that somebody named is taken as it stands.
pub fn iam_target(scope: &Scope<'_>, region: &str) -> Result<StsTarget, SettingError> {
    let partition = partition(region);
    let signing_region = match partition.name {
        "aws-cn" => "cn-north-1",
        _ => partition.implicit_global_region,
    };
    let url = match partition.name {
        "aws" => "https://iam.amazonaws.com".to_owned(),
        "aws-us-gov" => "https://iam.us-gov.amazonaws.com".to_owned(),
        _ => format!("https://iam.{signing_region}.{}", partition.dns_suffix),
    };
    let named = configured_endpoint_url(scope, "IAM")?;
    Ok(StsTarget {
        region: Found::by_default(signing_region.to_owned()),
        endpoint_url: named.unwrap_or_else(|| Found::new(url, Place::Default)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Ground;
    use crate::{Arguments, Environment, MemoryFiles, Platform, Sdk, View};
    use types::Timestamp;

    fn target(region: &str, variables: &[(&str, &str)]) -> (String, String) {
        let environment: Environment = variables.iter().copied().collect();
        let view = View {
            environment: &environment,
            arguments: &Arguments::default(),
            files: &MemoryFiles::default(),
            platform: Platform::Unix,
            now: Timestamp::EPOCH,
        };
        let ground = Ground::new(&view, Sdk::Linklocal);
        let target = iam_target(&ground.scope("default"), region).unwrap();
        (target.endpoint_url.value, target.region.value)
    }

    #[test]
    fn each_partition_has_one_endpoint() {
        for (region, url, signed_for) in [
            ("eu-west-1", "https://iam.amazonaws.com", "us-east-1"),
            ("aws-global", "https://iam.amazonaws.com", "us-east-1"),
            ("cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("us-gov-east-1", "https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
            ("eusc-de-east-1", "https://iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
            ("us-iso-west-1", "https://iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        ] {
            assert_eq!(target(region, &[]), (url.to_owned(), signed_for.to_owned()), "{region}");
        }
        let named = target("eu-west-1", &[("AWS_ENDPOINT_URL_IAM", "http://localhost:1")]);
        assert_eq!(named, ("http://localhost:1".to_owned(), "us-east-1".to_owned()));
    }
}
