//! Hosts that no table holds, because they bear somebody's own name, are of an old form, or are newer than the table.
//!
//! A host is read from its right end: suffix, region, name of the service, and before that names of resources, which may be
//! anything at all.

use std::borrow::Cow;

use super::name::is_region;
use super::partition::Partition;
use super::{How, Signing, rows};

pub(super) fn apply(name: &str) -> Option<Signing> {
    let (stem, _, partition) = Partition::split(name)?;
    if let Some(everywhere) = everywhere(stem) {
        return Some(everywhere);
    }
    if let Some(endpoint) = stem.strip_suffix(".vpce") {
        return interface_endpoint(endpoint);
    }
    if let Some((before, region)) = stem.rsplit_once('.').filter(|(_, label)| is_region(label)) {
        let (service, how) = service_of(before).or_else(|| guess(before))?;
        return Some(signing(service, Cow::Owned(region.to_owned()), how));
    }
    without_region_at_the_end(stem, partition)
}

/// Signing names that only rules know.
pub(super) fn services() -> impl Iterator<Item = &'static str> {
    let everywhere = EVERYWHERE.iter().map(|(_, service, _)| *service);
    NAMES.iter().map(|(_, _, service, _)| *service).chain(everywhere).chain(["s3express"])
}

/// Hosts that stand for a service in all regions at once.
fn everywhere(stem: &str) -> Option<Signing> {
    let (_, service, what) = EVERYWHERE.iter().find(|(end, ..)| stem.ends_with(end))?;
    Some(signing(Cow::Borrowed(service), Cow::Borrowed("*"), How::Rule(what)))
}

/// `vpce-….SERVICE.REGION.vpce`; names of buckets and access points may stand before it. Services of others are not AWS's to sign.
fn interface_endpoint(stem: &str) -> Option<Signing> {
    let (before, region) = stem.rsplit_once('.').filter(|(_, label)| is_region(label))?;
    let is_endpoint = |label: &&str| label.starts_with("vpce-") && !label.starts_with("vpce-svc-");
    let endpoint = before.rsplit('.').find(is_endpoint)?;
    let (_, after) = before.rsplit_once(endpoint)?;
    let (service, _) = service_of(after.strip_prefix('.')?).or_else(|| guess(after))?;
    let how = How::Rule("an interface endpoint, which bears the names of service and region");
    Some(signing(service, Cow::Owned(region.to_owned()), how))
}

/// Old forms with the region elsewhere, and hosts of a whole partition.
fn without_region_at_the_end(stem: &str, partition: &'static Partition) -> Option<Signing> {
    let last = stem.rsplit('.').next().unwrap_or(stem);
    if let Some((service, region)) = joined_region(last) {
        return old_form(service, region);
    }
    // What stands before S3's label is a bucket, whatever it is called.
    let bucket = last.starts_with("s3") || stem.ends_with("s3-accelerate.dualstack");
    match region_within(stem).filter(|_| !bucket) {
        Some(("", region, after)) => old_form(after, region),
        Some((before, region, after)) => old_form(&format!("{before}.{after}"), region),
        None => of_partition(stem, partition),
    }
}

fn old_form(prefix: &str, region: &str) -> Option<Signing> {
    let (service, how) = service_of(prefix)?;
    let how = if matches!(how, How::Pattern) { How::Rule(OLD_FORM) } else { how };
    Some(signing(service, Cow::Owned(region.to_owned()), how))
}

/// Hosts that name no region at all.
fn of_partition(stem: &str, partition: &'static Partition) -> Option<Signing> {
    let (stem, region) = match stem.rsplit_once('.') {
        Some((before, "us-gov")) => (before, "us-gov-west-1"),
        Some((before, "global" | "aws-global")) => (before, partition.global_region),
        _ => (stem, partition.global_region),
    };
    let (service, how) = service_of(stem).or_else(|| guess(stem))?;
    let in_west = matches!(&*service, "globalaccelerator" | "networkmanager") && region == "us-east-1";
    let how = if matches!(how, How::Guess | How::Unsigned(_)) { how } else { How::RegionAssumed };
    Some(signing(service, Cow::Borrowed(if in_west { "us-west-2" } else { region }), how))
}

/// `s3-us-west-2`, `s3-fips-us-gov-west-1`, `s3-website-us-west-2`: what stands before the region, and the region.
fn joined_region(label: &str) -> Option<(&str, &str)> {
    let services = ["s3-website", "s3-fips", "s3"];
    services.iter().find_map(|service| {
        let region = label.strip_prefix(service)?.strip_prefix('-')?;
        is_region(region).then(|| (&label[..service.len()], region))
    })
}

/// What stands before and after the last label that is a known region; something does after it.
fn region_within(stem: &str) -> Option<(&str, &str, &str)> {
    let mut end = stem.len();
    while let Some(dot) = stem[..end].rfind('.') {
        let (before, after) = (&stem[..dot], &stem[dot + 1..]);
        let (rest, label) = before.rsplit_once('.').unwrap_or(("", before));
        if super::regions().any(|known| known == label) {
            return Some((rest, label, after));
        }
        end = dot;
    }
    None
}

/// The signing name for what stands before the region. Labels on the left go one after the other until the rest is known.
fn service_of(prefix: &str) -> Option<(Cow<'static, str>, How)> {
    if let Some(row) = rows::prefix(prefix) {
        return Some((Cow::Borrowed(row.service), How::Pattern));
    }
    let plain = plain(prefix);
    let mut rest = plain.as_str();
    loop {
        let resource = rest.len() < plain.len();
        if let Some(found) = by_rule(rest, resource) {
            return found;
        }
        let of_operation = || OPERATIONS.iter().find_map(|prefix| rows::prefix(rest.strip_prefix(prefix)?));
        if let Some(row) = rows::prefix(rest).or_else(of_operation) {
            let how = if resource { How::Rule(RESOURCE) } else { How::Pattern };
            return Some((Cow::Borrowed(row.service), how));
        }
        rest = rest.split_once('.')?.1;
    }
}

/// A rule for exactly this name; `resource` where labels stood before it. The inner nothing is for hosts that are not AWS's to sign.
fn by_rule(name: &str, resource: bool) -> Option<Option<(Cow<'static, str>, How)>> {
    if matches!(name, "elb" | "compute" | "compute-1") {
        return Some(None);
    }
    if name.starts_with("s3express-") {
        return Some(Some((Cow::Borrowed("s3express"), How::Rule("a directory bucket's host"))));
    }
    let rule = NAMES.iter().find(|(known, alone, ..)| *known == name && (resource || *alone));
    rule.map(|(_, _, service, how)| Some((Cow::Borrowed(*service), *how)))
}

/// The last label, without what marks a FIPS endpoint. Nothing else is known about such a host.
fn guess(prefix: &str) -> Option<(Cow<'static, str>, How)> {
    let plain = plain(prefix);
    let last = plain.rsplit('.').next().filter(|label| !label.is_empty())?;
    let somebodys = matches!(last, "elb" | "compute" | "compute-1");
    (!somebodys).then(|| (Cow::Owned(last.to_owned()), How::Guess))
}

/// A prefix without the marks of FIPS and dual stack, which change no signature.
fn plain(prefix: &str) -> String {
    let mut kept = String::with_capacity(prefix.len());
    for label in prefix.split('.').filter(|label| !matches!(*label, "dualstack" | "fips" | "")) {
        if !kept.is_empty() {
            kept.push('.');
        }
        let label = label.strip_suffix("-fips").or_else(|| label.strip_prefix("fips-")).unwrap_or(label);
        match label.strip_prefix("s3express-fips-") {
            Some(zone) => kept.extend(["s3express-", zone]),
            None => kept.push_str(label),
        }
    }
    kept
}

fn signing(service: Cow<'static, str>, region: Cow<'static, str>, how: How) -> Signing {
    Signing { service, region, how, others: Vec::new() }
}

const RESOURCE: &str = "a host of one resource: the name of the service stands before the region";
const OLD_FORM: &str = "an old form of host: the region stands in another place";

/// How a stem ends, signing name, what it is.
const EVERYWHERE: &[(&str, &str, &str)] = &[
    (
        ".mrap.accesspoint.s3-global",
        "s3",
        "a multi-region access point of S3, signed with SigV4a for all regions",
    ),
    (".endpoint.events", "events", "a global endpoint of EventBridge, signed with SigV4a for all regions"),
    (
        ".cloudfront-kvs.global",
        "cloudfront-keyvaluestore",
        "a key value store of CloudFront, signed with SigV4a for all regions",
    ),
];

/// What service models put before the host for some of their operations, as `streaming-` of CloudWatch Logs.
const OPERATIONS: &[&str] =
    &["analytics-", "control-storage-", "data-", "storage-", "streaming-", "sync-", "tags-", "workflows-"];

/// Name before the region, whether it is a host without a resource before it, signing name, how.
const NAMES: &[(&str, bool, &str, How)] = &[
    ("s3", false, "s3", How::Rule("a bucket's host")),
    ("s3-accesspoint", true, "s3", How::Rule("an access point of S3")),
    ("s3-object-lambda", true, "s3-object-lambda", How::Rule("an access point of S3 Object Lambda")),
    ("s3-outposts", false, "s3-outposts", How::Rule("an access point of S3 on Outposts")),
    ("s3-control", false, "s3", How::Rule("S3 Control, with the account before it")),
    ("s3-accelerate", true, "s3", How::Rule("a bucket's accelerated host")),
    ("s3-website", true, "s3", How::Unsigned("a bucket's website, which takes no signatures")),
    ("dkr.ecr", true, "ecr", How::Unsigned("a container registry, which takes a token of ECR as a password")),
    ("dkr-ecr", true, "ecr", How::Unsigned("a container registry, which takes a token of ECR as a password")),
    ("iot", false, "iotdata", How::Rule("an account's host of AWS IoT")),
    ("jobs.iot", false, "iot-jobs-data", How::Rule("an account's host of AWS IoT jobs")),
    (
        "credentials.iot",
        true,
        "iot",
        How::Unsigned("the credential provider of AWS IoT, which takes certificates"),
    ),
    ("execute-api", false, "execute-api", How::Rule("an API of API Gateway")),
    ("lambda-url", true, "lambda", How::Rule("the URL of a Lambda function")),
    ("vpc-lattice-svcs", true, "vpc-lattice-svcs", How::Rule("a service of VPC Lattice")),
    ("appsync-api", true, "appsync", How::Rule("an API of AppSync")),
    ("appsync-realtime-api", true, "appsync", How::Rule("an API of AppSync")),
    ("es", false, "es", How::Rule("a domain of OpenSearch")),
    ("aos", false, "es", How::Rule("a domain of OpenSearch")),
    ("aoss", false, "aoss", How::Rule("a collection of OpenSearch Serverless")),
    ("rds", false, "rds-db", How::Rule("a database of RDS")),
    ("neptune", true, "neptune-db", How::Rule("a cluster of Neptune")),
    ("ddb", true, "dynamodb", How::Rule("an account's host of DynamoDB")),
    ("data-kinesis", true, "kinesis", How::Rule("an account's host of Kinesis")),
    ("control-kinesis", true, "kinesis", How::Rule("an account's host of Kinesis")),
    ("timestream", true, "timestream", How::Rule("a cell of Timestream")),
    ("git-codecommit", true, "codecommit", How::Rule("a repository of CodeCommit")),
    ("aps-workspaces", true, "aps", How::Rule("a workspace of Managed Prometheus")),
    ("grafana-workspace", true, "grafana", How::Rule("a workspace of Managed Grafana")),
    ("queue", true, "sqs", How::Rule("an old host of SQS")),
];
