//! The region, by each SDK's own order (facts/credentials.md 1.2).
//!
//! Rule: no SDK has a general region of last resort; ours has one, and says so by `Place::Default`.

use super::{Found, Scope};
use crate::Sdk;

/// Ours where nobody names a region.
pub const LAST_RESORT_REGION: &str = "us-east-1";

/// The region that this SDK uses, as it stands: an SDK that takes an empty one has an empty one.
///
/// The instance metadata service, which some ask last, is not asked: see [`asks_imds_for_region`].
pub fn region(scope: &Scope<'_>) -> Option<Found<String>> {
    let named = scope.flag("--region", scope.view.arguments.region.as_ref());
    let found = match scope.sdk {
        Sdk::Boto3 => named.or_else(|| botocore(scope, &["AWS_DEFAULT_REGION"])),
        Sdk::Cli2 => named.or_else(|| botocore(scope, &["AWS_REGION", "AWS_DEFAULT_REGION"])),
        Sdk::Rust => named.or_else(|| rust(scope)),
        Sdk::Js => named.or_else(|| js(scope)),
        Sdk::Go => named.filter(filled).or_else(|| filled_anywhere(scope, GO)),
        Sdk::Java => named.or_else(|| java(scope)),
        Sdk::Linklocal => named.filter(filled).or_else(|| filled_anywhere(scope, OURS)),
    };
    let last_resort = || match scope.sdk {
        Sdk::Linklocal => Some(Found::by_default(LAST_RESORT_REGION.to_owned())),
        _ => None,
    };
    found.map(Found::from).or_else(last_resort)
}

/// Whether this SDK asks the instance metadata service where nobody names a region.
pub const fn asks_imds_for_region(sdk: Sdk) -> bool {
    matches!(sdk, Sdk::Cli2 | Sdk::Rust | Sdk::Js | Sdk::Java)
}

/// Whether the text may stand in a host name: botocore refuses others before it sends anything.
pub fn is_region_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 63
        && text.bytes().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !all_digits
}

/// A variable that is set to nothing is a region, and an empty one.
fn botocore<'a>(scope: &Scope<'a>, variables: &[&str]) -> Option<Found<&'a str>> {
    variables.iter().find_map(|name| scope.variable(name)).or_else(|| scope.setting("region"))
}

fn rust<'a>(scope: &Scope<'a>) -> Option<Found<&'a str>> {
    let variables = scope.variable("AWS_REGION").or_else(|| scope.variable("AWS_DEFAULT_REGION"));
    variables.or_else(|| scope.setting("region"))
}

fn js<'a>(scope: &Scope<'a>) -> Option<Found<&'a str>> {
    scope.variable("AWS_REGION").or_else(|| scope.setting("region"))
}

/// An empty name makes Java's provider fail, and its chain goes on.
fn java<'a>(scope: &Scope<'a>) -> Option<Found<&'a str>> {
    let property = scope.property("aws.region").or_else(|| scope.variable("AWS_REGION"));
    property.filter(not_blank).or_else(|| scope.setting("region").filter(not_blank))
}

fn filled_anywhere<'a>(scope: &Scope<'a>, variables: &[&str]) -> Option<Found<&'a str>> {
    let variable = variables.iter().find_map(|name| scope.filled(name));
    variable.or_else(|| scope.setting("region").filter(filled))
}

fn filled(found: &Found<&str>) -> bool {
    !found.value.is_empty()
}

fn not_blank(found: &Found<&str>) -> bool {
    !found.value.trim().is_empty()
}

const GO: &[&str] = &["AWS_REGION", "AWS_DEFAULT_REGION"];
/// The AWS CLI's order; what is set to nothing is not set.
const OURS: &[&str] = &["AWS_REGION", "AWS_DEFAULT_REGION"];
