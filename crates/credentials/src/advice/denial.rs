//! `AccessDenied`: which policy must change, as far as the message tells (IAM User Guide, "Troubleshoot access denied error
//! messages").

use wire::AwsError;

use super::meaning::is_denial;
use super::{Advice, Circumstances, says};

pub(super) fn advice(error: &AwsError, about: &Circumstances<'_>) -> Option<Advice> {
    if !is_denial(&error.code) && error.code != "AuthorizationError" {
        return None;
    }
    let action = after(&error.message, "perform: ");
    let role_action = action.filter(|action| action.starts_with("sts:"));
    Some(
        explicit(error)
            .or_else(|| role_action.and_then(assuming))
            .or_else(|| missing(error, action))
            .unwrap_or_else(|| unsaid(about)),
    )
}

/// `… with an explicit deny in a service control policy: arn:…`.
fn explicit(error: &AwsError) -> Option<Advice> {
    if !says(error, "with an explicit deny") {
        return None;
    }
    let kind = POLICIES.iter().find(|(kind, _)| {
        says(error, &format!("explicit deny in a {kind}"))
            || says(error, &format!("explicit deny in an {kind}"))
    });
    Some(Advice::new(
        "explicit-deny",
        match kind {
            Some((kind, who)) => format!("a {kind} denies it, and no other policy can allow it: ask {who}"),
            None => "a policy denies it, and no other can allow it: ask whoever wrote the policy".to_owned(),
        },
    ))
}

/// What lets somebody into a role.
fn assuming(action: &str) -> Option<Advice> {
    let remedy = match action {
        "sts:AssumeRoleWithWebIdentity" => {
            "check the role's trust policy: provider, audience and subject of the token must match"
        }
        "sts:AssumeRole" => {
            "the role's trust policy must name the caller and its conditions (external id, MFA) be met, and the caller's own \
             policy allow sts:AssumeRole"
        }
        "sts:TagSession" => {
            "session tags need sts:TagSession beside sts:AssumeRole, in the role's trust policy and in the caller's own policy; \
             transitive tags of an earlier session may not be set again"
        }
        "sts:SetSourceIdentity" => {
            "a source identity needs sts:SetSourceIdentity beside sts:AssumeRole, in the role's trust policy and in the \
             caller's own policy; one that an earlier session has set stays"
        }
        _ => return None,
    };
    Some(Advice::new("trust", remedy))
}

/// `… because no identity-based policy allows the s3:GetObject action`.
fn missing(error: &AwsError, action: Option<&str>) -> Option<Advice> {
    let kind = POLICIES.iter().find(|(kind, _)| says(error, &format!("because no {kind} allows")));
    let (kind, who) = kind?;
    let action = action.unwrap_or("the action");
    Some(Advice::new("not-allowed", format!("no {kind} allows {action}: ask {who} to allow it")))
}

fn unsaid(about: &Circumstances<'_>) -> Advice {
    if about.operation.is_some_and(|operation| operation.starts_with("AssumeRole")) {
        return Advice::new(
            "trust",
            "check the role's trust policy and the caller's own policy; where they ask for MFA, set mfa_serial",
        );
    }
    Advice::new(
        "denied",
        "the caller's policies do not allow it, or ask for MFA: `linklocal whoami --probe` says who the caller is",
    )
}

/// The word behind `lead`.
fn after<'a>(message: &'a str, lead: &str) -> Option<&'a str> {
    let (_, rest) = message.split_once(lead)?;
    rest.split_whitespace().next()
}

/// Kinds of policies as the messages name them, and who writes each.
const POLICIES: &[(&str, &str)] = &[
    ("identity-based policy", "whoever manages the caller's permissions"),
    ("resource-based policy", "whoever manages the resource"),
    ("permissions boundary", "whoever set the caller's boundary"),
    ("session policy", "whoever made the session; a new one without that policy may do"),
    ("service control policy", "whoever manages the organisation"),
    ("resource control policy", "whoever manages the organisation"),
    ("vpc endpoint policy", "whoever manages the VPC endpoint"),
];
