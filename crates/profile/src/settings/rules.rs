//! Where the services that credentials come from are reached: AWS's endpoint rules for STS and IAM Identity Center.
//!
//! Rule: the published rule sets, by hand and whole (botocore `endpoint-rule-set-1.json` of `sts`, `sso`, `sso-oidc`).

use super::partition::{PartitionRow, partition};

/// A service with the ordinary rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Sts,
    /// The portal of IAM Identity Center, which hands out credentials of roles.
    Sso,
    /// Logins at IAM Identity Center.
    SsoOidc,
}

/// What the rules are asked with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndpointParameters<'a> {
    pub region: Option<&'a str>,
    pub use_fips: bool,
    pub use_dual_stack: bool,
    /// STS only: the endpoint without a region, for those regions that once had none of their own.
    pub use_global_endpoint: bool,
    /// An endpoint that somebody named.
    pub endpoint: Option<&'a str>,
}

/// Where to send, and for which region to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub url: String,
    /// `None`: the region of the client.
    pub signing_region: Option<String>,
}

/// The parameters fit no endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    #[error("there is no region, and the endpoint depends on one")]
    MissingRegion,
    #[error("FIPS endpoints are asked for beside an endpoint URL of one's own")]
    FipsWithCustomEndpoint,
    #[error("dual-stack endpoints are asked for beside an endpoint URL of one's own")]
    DualStackWithCustomEndpoint,
}

/// The endpoint of a service.
pub fn endpoint(service: Service, parameters: &EndpointParameters<'_>) -> Result<Endpoint, EndpointError> {
    if let Some(url) = parameters.endpoint {
        return match (parameters.use_fips, parameters.use_dual_stack) {
            (true, _) => Err(EndpointError::FipsWithCustomEndpoint),
            (_, true) => Err(EndpointError::DualStackWithCustomEndpoint),
            _ => Ok(Endpoint { url: url.to_owned(), signing_region: None }),
        };
    }
    let region = parameters.region.ok_or(EndpointError::MissingRegion)?;
    let plain = !parameters.use_fips && !parameters.use_dual_stack;
    if service == Service::Sts
        && plain
        && let Some(global) = global_sts(region, parameters.use_global_endpoint)
    {
        return Ok(global);
    }
    let host = host(service, region, partition(region), parameters);
    let url = format!("https://{host}");
    let signing_region = (parameters.use_global_endpoint && plain).then(|| region.to_owned());
    Ok(Endpoint { url, signing_region })
}

impl EndpointError {
    /// What to do.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::MissingRegion => "set AWS_REGION, give --region, or set `region` in the profile",
            Self::FipsWithCustomEndpoint => {
                "drop use_fips_endpoint (AWS_USE_FIPS_ENDPOINT) or the endpoint URL; one of them must go"
            }
            Self::DualStackWithCustomEndpoint => {
                "drop use_dualstack_endpoint (AWS_USE_DUALSTACK_ENDPOINT) or the endpoint URL; one of them must go"
            }
        }
    }
}

impl Service {
    const fn label(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Sso => "portal.sso",
            Self::SsoOidc => "oidc",
        }
    }
}

fn global_sts(region: &str, wanted: bool) -> Option<Endpoint> {
    let once_without = wanted && LEGACY_GLOBAL_REGIONS.contains(&region);
    (region == "aws-global" || once_without).then(|| Endpoint {
        url: "https://sts.amazonaws.com".to_owned(),
        signing_region: Some("us-east-1".to_owned()),
    })
}

/// Every partition of today's table supports both FIPS and dual stack.
fn host(
    service: Service,
    region: &str,
    partition: &PartitionRow,
    parameters: &EndpointParameters<'_>,
) -> String {
    let label = service.label();
    let PartitionRow { name, dns_suffix, dual_stack_dns_suffix, .. } = partition;
    match (parameters.use_fips, parameters.use_dual_stack) {
        (true, true) => format!("{label}-fips.{region}.{dual_stack_dns_suffix}"),
        // In GovCloud the ordinary endpoint is the FIPS one.
        (true, false) if *name == "aws-us-gov" => format!("{label}.{region}.amazonaws.com"),
        (true, false) => format!("{label}-fips.{region}.{dns_suffix}"),
        (false, true) => format!("{label}.{region}.{dual_stack_dns_suffix}"),
        (false, false) => format!("{label}.{region}.{dns_suffix}"),
    }
}

/// Regions whose STS was once the global endpoint alone.
const LEGACY_GLOBAL_REGIONS: &[&str] = &[
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "aws-global",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];
