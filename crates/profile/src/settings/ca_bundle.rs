//! The file of certificate authorities, by SDK (facts/credentials.md 1.5).

use super::{Found, Scope};
use crate::Sdk;

/// The bundle that this SDK trusts instead of its own; Rust, JavaScript and Java are told of one by other means only.
pub fn ca_bundle(scope: &Scope<'_>) -> Option<Found<String>> {
    let named = scope.flag("--ca-bundle", scope.view.arguments.ca_bundle.as_ref());
    let found = match scope.sdk {
        Sdk::Boto3 | Sdk::Cli2 | Sdk::Linklocal => named.or_else(|| botocore(scope)),
        Sdk::Go => scope.filled("AWS_CA_BUNDLE").or_else(|| scope.setting("ca_bundle").filter(filled)),
        Sdk::Js => scope.filled("NODE_EXTRA_CA_CERTS"),
        Sdk::Rust | Sdk::Java => None,
    };
    found.map(Found::from)
}

/// An empty bundle is as none: Python takes it for false and goes on to the next.
fn botocore<'a>(scope: &Scope<'a>) -> Option<Found<&'a str>> {
    let configured = scope.variable("AWS_CA_BUNDLE").or_else(|| scope.setting("ca_bundle"));
    configured.filter(filled).or_else(|| scope.filled("REQUESTS_CA_BUNDLE"))
}

fn filled(found: &Found<&str>) -> bool {
    !found.value.is_empty()
}
