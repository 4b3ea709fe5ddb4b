//! Which service and region a host stands for, and the way back.
//!
//! Rule: the answer says how it was found. First the generated table (`table.rs`: botocore's endpoint data), then rules for hosts
//! that no table holds, because they bear the name of a bucket or an API; last a guess by position, called so. Source:
//! facts/sigv4.md sections 1.10 and 1.11; the services' own pages on endpoints.

mod endpoint;
mod name;
mod partition;
mod rows;
mod rules;
mod s3;
mod table;

use std::borrow::Cow;

pub use endpoint::endpoint_of;
pub use s3::{S3Endpoint, is_virtual_hostable, s3_endpoint};

use name::HostName;

/// What requests to a host are signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// The signing name, such as `ses` for `email.…`.
    pub service: Cow<'static, str>,
    /// The region; `*` for hosts that stand for all regions and want SigV4a.
    pub region: Cow<'static, str>,
    pub how: How,
    /// What else the data says of this host; empty but for [`How::Ambiguous`].
    pub others: Vec<Candidate>,
}

/// A service and a region that may be meant as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub service: &'static str,
    pub region: &'static str,
}

/// How service and region were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The endpoint data names this very host.
    Table,
    /// The endpoint data names this host for more than one service or region; the likeliest is given.
    Ambiguous,
    /// The endpoint data knows the service by this prefix, though not in this region.
    Pattern,
    /// A rule for hosts that bear names of their own: buckets, APIs, interface endpoints. Says which.
    Rule(&'static str),
    /// The service is known; the host names no region, so that the partition's own is taken.
    RegionAssumed,
    /// By position alone: the label before the region.
    Guess,
    /// Requests to this host bear no signature. Says why; service and region are those it belongs to.
    Unsigned(&'static str),
}

impl Signing {
    /// Whether one signature is to hold in all regions, which only SigV4a can.
    pub fn needs_sigv4a(&self) -> bool {
        self.region == "*"
    }
}

impl How {
    /// The reason, as the end of a sentence: "service and region come from …".
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Table => "the endpoint data, which names this host",
            Self::Ambiguous => {
                "the endpoint data, which names this host more than once: the likeliest was taken"
            }
            Self::Pattern => "the endpoint data, which knows the service but not in this region",
            Self::Rule(what) | Self::Unsigned(what) => what,
            Self::RegionAssumed => {
                "the endpoint data; the host names no region, so the partition's default was taken"
            }
            Self::Guess => "the place of the labels alone: a guess",
        }
    }
}

/// What to sign for at a host, or nothing for hosts that are not AWS's.
///
/// The host may be in any case, with a port, and with a dot at its end. The path tells the two services of an AWS IoT host apart;
/// a query after it does no harm. Costs the length of the host, at most 253 bytes.
pub fn signing_of(host: &str, path: &str) -> Option<Signing> {
    let name = HostName::read(host)?;
    let mut found = rows::host(name.as_str()).or_else(|| rules::apply(name.as_str()))?;
    let path = path.split('?').next().unwrap_or_default();
    if found.service == "iotdata" && path == "/mqtt" {
        found.service = Cow::Borrowed(IOT_GATEWAY);
        found.how = How::Rule("the path /mqtt, which is the WebSocket of the AWS IoT device gateway");
    }
    Some(found)
}

/// All signing names that the endpoint data or a rule knows, sorted, each once.
pub fn services() -> Vec<&'static str> {
    let table =
        rows::prefixes().map(|row| row.service).chain(rows::exceptions().map(|(_, found)| found.service));
    let mut names: Vec<_> = table.chain(rules::services()).chain([IOT_GATEWAY]).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// All regions that the endpoint data knows, those of the partition `aws` first.
pub fn regions() -> impl Iterator<Item = &'static str> {
    table::REGIONS.lines()
}

/// Whether an operation takes requests without a signature, such as `AssumeRoleWithWebIdentity` of `sts`.
pub fn is_unsigned(service: &str, operation: &str) -> bool {
    table::UNSIGNED.lines().any(|line| line.split_once(' ') == Some((service, operation)))
}

const IOT_GATEWAY: &str = "iotdevicegateway";
