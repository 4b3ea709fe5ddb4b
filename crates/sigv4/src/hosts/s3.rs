//! The host of a bucket (facts/sigv4.md section 1.11; S3 User Guide, "Virtual hosting of buckets", "Directory bucket naming rules").

use super::name::is_region;
use super::partition::Partition;

/// Where requests for a bucket go, and what they are signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Endpoint {
    pub host: String,
    /// Whether the bucket is the first segment of the path; else the host names it.
    pub path_style: bool,
    pub service: &'static str,
    /// The region; `*` for a multi-region access point, which wants SigV4a.
    pub region: String,
}

/// The host of a bucket, of an access point (by its ARN, whose region it is then), or, for an empty name, of S3 itself.
///
/// A name that cannot be a label of a host certificates cover (dots, capitals, its length) goes into the path. Nothing for a region
/// that is no region's name, and for an ARN of something else.
pub fn s3_endpoint(bucket: &str, region: &str) -> Option<S3Endpoint> {
    if bucket.starts_with("arn:") {
        return of_arn(bucket);
    }
    if !is_region(region) {
        return None;
    }
    let suffix = Partition::of_region(region).suffix;
    let (host, path_style, service) = if !is_virtual_hostable(bucket) {
        (format!("s3.{region}.{suffix}"), !bucket.is_empty(), "s3")
    } else if let Some(zone) = zone(bucket) {
        (format!("{bucket}.s3express-{zone}.{region}.{suffix}"), false, "s3express")
    } else {
        (format!("{bucket}.s3.{region}.{suffix}"), false, "s3")
    };
    Some(S3Endpoint { host, path_style, service, region: region.to_owned() })
}

/// Whether a bucket may stand in a host under one wildcard certificate: 3 to 63 letters in lower case, digits and inner hyphens.
pub fn is_virtual_hostable(bucket: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=63).contains(&bucket.len())
        && bucket.bytes().all(allowed)
        && !bucket.starts_with('-')
        && !bucket.ends_with('-')
}

/// The zone of a directory bucket, `NAME--ZONE--x-s3`, or of an access point to one, `NAME--ZONE--xa-s3`.
fn zone(bucket: &str) -> Option<&str> {
    let name = bucket.strip_suffix("--x-s3").or_else(|| bucket.strip_suffix("--xa-s3"))?;
    name.rsplit_once("--").map(|(_, zone)| zone).filter(|zone| !zone.is_empty())
}

fn of_arn(arn: &str) -> Option<S3Endpoint> {
    let mut parts = arn.splitn(6, ':').skip(2);
    let (service, region, account, resource) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let account = Some(account).filter(|a| a.len() == 12 && a.bytes().all(|byte| byte.is_ascii_digit()))?;
    let resource: Vec<&str> = resource.split([':', '/']).collect();
    let suffix = Partition::of_region(region).suffix;
    let label = |name: &str| is_virtual_hostable(name) && is_region(region);
    let (host, service, region) = match (service, &resource[..]) {
        ("s3", ["accesspoint", alias]) if region.is_empty() => {
            let name = alias.strip_suffix(".mrap").filter(|name| is_virtual_hostable(name))?;
            (format!("{name}.mrap.accesspoint.s3-global.{suffix}"), "s3", "*")
        }
        ("s3", ["accesspoint", name]) if label(name) => {
            (format!("{name}-{account}.s3-accesspoint.{region}.{suffix}"), "s3", region)
        }
        ("s3-object-lambda", ["accesspoint", name]) if label(name) => {
            (format!("{name}-{account}.s3-object-lambda.{region}.{suffix}"), "s3-object-lambda", region)
        }
        ("s3-outposts", ["outpost", outpost, "accesspoint", name]) if label(name) && label(outpost) => {
            (format!("{name}-{account}.{outpost}.s3-outposts.{region}.{suffix}"), "s3-outposts", region)
        }
        _ => return None,
    };
    Some(S3Endpoint { host, path_style: false, service, region: region.to_owned() })
}
