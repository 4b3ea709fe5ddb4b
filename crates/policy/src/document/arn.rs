//! Resources of a policy: `*`, or an ARN with wildcards.
//!
//! Rule: two verdicts as at AWS. A resource that the older parser cannot read fails the document before anything else is said;
//! one that it reads may still be no ARN of a known form, and that is said after actions are known to be there.

use super::ResourceElement;

pub(super) enum Verdict {
    Good,
    Legacy,
    Refused(String),
}

/// The worst of all values; of several refusals the first.
pub(super) fn check(resource: &ResourceElement) -> Verdict {
    let mut worst = Verdict::Good;
    for value in resource.values() {
        match (judge(value), &worst) {
            (Verdict::Legacy, _) => return Verdict::Legacy,
            (refused @ Verdict::Refused(_), Verdict::Good) => worst = refused,
            _ => {}
        }
    }
    worst
}

fn judge(value: &str) -> Verdict {
    match refusal(value) {
        Some(text) => Verdict::Refused(text),
        None if value == "*" || is_legible(value) => Verdict::Good,
        None => Verdict::Legacy,
    }
}

/// Fields may be missing at the end, but an ARN with empty ones has all six, and one that names a service.
fn is_legible(value: &str) -> bool {
    let is_whole = value.matches(':').take(5).count() == 5;
    let service = value.split(':').nth(2).unwrap_or_default();
    !service.is_empty() && (is_whole || !value.contains("::"))
}

fn refusal(value: &str) -> Option<String> {
    if value == "*" {
        return None;
    }
    let Some((_, rest)) = value.split_once(':') else {
        return Some(format!("Resource {value} must be in ARN format or \"*\"."));
    };
    let (partition, rest) = match rest.split_once(':') {
        Some((partition, rest)) => (partition, Some(rest)),
        None => (rest, None),
    };
    if !is_partition(partition) {
        return Some(wrong_partition(partition, rest.unwrap_or_default()));
    }
    let (service, rest) = match rest {
        Some(rest) => rest.split_once(':').unwrap_or((rest, "")),
        None => ("", ""),
    };
    let is_named = value.matches(':').take(2).count() == 2;
    if !is_named || service.contains(['*', '?']) {
        return Some("Resource vendor must be fully qualified and cannot contain regexes.".to_owned());
    }
    match service {
        "iam" => refuse_iam(value, rest),
        "s3" => refuse_s3(value, rest),
        _ => None,
    }
}

/// `*` stands for all of them.
fn is_partition(partition: &str) -> bool {
    const PARTITIONS: [&str; 9] =
        ["aws", "*", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];
    PARTITIONS.contains(&partition)
}

/// AWS shows the ARN as it understood it: with what was missing as wildcards.
fn wrong_partition(partition: &str, rest: &str) -> String {
    let mut fields: Vec<&str> = rest.splitn(4, ':').collect();
    if fields == [""] {
        fields = vec!["*"];
    }
    fields.resize(4, "*");
    let fields = fields.join(":");
    format!("Partition \"{partition}\" is not valid for resource \"arn:{partition}:{fields}\".")
}

fn refuse_iam(value: &str, rest: &str) -> Option<String> {
    let Some(rest) = rest.strip_prefix(':') else {
        return Some(format!("IAM resource {value} cannot contain region information."));
    };
    // What follows the account. An ARN that ends before it is for the older parser to refuse.
    let (_, path) = rest.split_once(':')?;
    let is_known =
        path == "*" || UNLISTED.contains(&path) || PATHS.iter().any(|start| path.starts_with(start));
    (!is_known && !path.starts_with(TEMPLATE))
        .then(|| format!("IAM resource path must either be \"*\" or start with {}.", PATHS.join(", ")))
}

/// What AWS's text lists.
const PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// AWS's own managed policies name these two besides.
const UNLISTED: [&str; 1] = ["root"];
const TEMPLATE: &str = "role-template/";

/// Buckets and objects have no region; access points, jobs and their like have one, and an account.
fn refuse_s3(value: &str, rest: &str) -> Option<String> {
    let (region, rest) = rest.split_once(':').unwrap_or((rest, ""));
    let account = rest.split(':').next().unwrap_or_default();
    let is_regional = !region.is_empty() && !account.is_empty();
    (!is_regional && (!region.is_empty() || is_cut_short(value)))
        .then(|| format!("Resource {value} can not contain region information."))
}

/// `arn:aws:s3`: what is missing counts as a wildcard, the region too.
fn is_cut_short(value: &str) -> bool {
    value.matches(':').take(3).count() < 3
}
