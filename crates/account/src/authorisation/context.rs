//! The condition keys that every request has, whatever it asks for (facts/account.md section 2.5).
//!
//! Rule: nothing here is the client's word but its user agent and referer. What a session says was sealed when it was issued.

use policy::Context;
use types::{AccountId, Timestamp};

use super::Arrival;
use crate::directory::Tag;
use crate::sessions::{InstanceOrigin, SessionClaims};
use crate::{Caller, Check};

/// The keys of the request, of its caller and of the check, whose resource is `owner`'s; the check's own win.
pub(super) fn of(
    caller: &Caller,
    arrival: &Arrival,
    check: &Check,
    owner: Option<AccountId>,
    now: Timestamp,
) -> Context {
    let mut context = Context::with_capacity(MOST);
    of_request(&mut context, arrival, now);
    of_caller(&mut context, caller);
    if let Some(session) = caller.session() {
        of_session(&mut context, &session.claims, now);
    }
    if let Some(account) = owner.or_else(|| caller.account_id()) {
        let account = account.to_string();
        if check.action.starts_with("s3:") {
            context.set("s3:ResourceAccount", account.as_str());
        }
        context.set("aws:ResourceAccount", account);
    }
    context.put_all(&check.context);
    context
}

/// Keys of most requests.
const MOST: usize = 32;

fn of_request(context: &mut Context, arrival: &Arrival, now: Timestamp) {
    context.set("aws:CurrentTime", now.trunc_secs().to_string());
    context.set("aws:EpochTime", now.secs().to_string());
    // An IPv4 address that came in on a socket of IPv6 is an IPv4 address.
    context.set("aws:SourceIp", arrival.source_ip.to_canonical().to_string());
    context.set("aws:SecureTransport", boolean(arrival.is_secure));
    context.set("aws:RequestedRegion", arrival.region.as_str());
    context.set("aws:ViaAWSService", boolean(false));
    context.set("aws:PrincipalIsAWSService", boolean(false));
    if let Some(agent) = &arrival.user_agent {
        context.set("aws:UserAgent", agent.as_str());
    }
    if let Some(referer) = &arrival.referer {
        context.set("aws:Referer", referer.as_str());
    }
}

fn of_caller(context: &mut Context, caller: &Caller) {
    if let Some(kind) = principal_type(caller) {
        context.set("aws:PrincipalType", kind);
    }
    match caller.user_id() {
        Some(id) => context.set("aws:userid", id),
        None if matches!(caller, Caller::Anonymous) => context.set("aws:userid", "anonymous"),
        None => {}
    }
    if let Some(account) = caller.account_id() {
        context.set("aws:PrincipalAccount", account.to_string());
    }
    if let Some(arn) = principal_arn(caller) {
        context.set("aws:PrincipalArn", arn);
    }
    match caller {
        Caller::User { user, .. } => {
            context.set("aws:username", user.user_name.as_str());
            tags(context, &user.tags);
        }
        Caller::Role { role, .. } => tags(context, &role.tags),
        _ => {}
    }
}

fn of_session(context: &mut Context, claims: &SessionClaims, now: Timestamp) {
    context.set("aws:TokenIssueTime", claims.issued_at.trunc_secs().to_string());
    context.set("aws:MultiFactorAuthPresent", boolean(claims.mfa_authenticated_at.is_some()));
    if let Some(since) = claims.mfa_authenticated_at {
        context.set("aws:MultiFactorAuthAge", now.since(since).as_secs().to_string());
    }
    if let Some(identity) = &claims.source_identity {
        context.set("aws:SourceIdentity", identity.as_str());
    }
    // Over the role's own.
    for tag in &claims.tags {
        context.set(&format!("aws:PrincipalTag/{}", tag.key), tag.value.as_str());
    }
    if let Some(federated) = &claims.federated {
        context.set("aws:FederatedProvider", federated.provider.as_str());
        let host =
            federated.provider.split_once("oidc-provider/").map_or(&*federated.provider, |(_, host)| host);
        context.set(&format!("{host}:sub"), federated.subject.as_str());
        context.set(&format!("{host}:aud"), federated.audience.as_str());
    }
    if let Some(origin) = &claims.origin {
        of_origin(context, origin);
    }
}

/// Only the metadata service's own credentials have these: those of a container endpoint say nothing of EC2.
fn of_origin(context: &mut Context, origin: &InstanceOrigin) {
    let Some(delivery) = origin.role_delivery else { return };
    context.set("ec2:RoleDelivery", delivery.as_str());
    context.set("ec2:SourceInstanceARN", origin.source_instance_arn.as_str());
    context.set("aws:EC2InstanceSourceVPC", origin.source_vpc.as_str());
    if let Some(address) = origin.source_private_ipv4 {
        context.set("aws:EC2InstanceSourcePrivateIPv4", address.to_string());
    }
}

fn principal_type(caller: &Caller) -> Option<&'static str> {
    Some(match caller {
        Caller::Root { .. } => "Account",
        Caller::User { .. } => "User",
        Caller::Role { .. } | Caller::InstanceIdentity { .. } => "AssumedRole",
        Caller::Federated { .. } => "FederatedUser",
        Caller::Anonymous => "Anonymous",
        Caller::WebIdentity(_) => return None,
    })
}

/// Of a session it is the role's, with its path.
fn principal_arn(caller: &Caller) -> Option<String> {
    match caller {
        Caller::Role { role, .. } => Some(role.arn.as_str().to_owned()),
        _ => caller.arn().map(String::from),
    }
}

fn tags(context: &mut Context, tags: &[Tag]) {
    for tag in tags {
        context.set(&format!("aws:PrincipalTag/{}", tag.key), tag.value.as_str());
    }
}

fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// The spelling of a key: a context keeps its keys in lower case.
pub(crate) fn spelled(key: &str) -> &str {
    SPELLINGS.iter().find(|spelling| spelling.eq_ignore_ascii_case(key)).copied().unwrap_or(key)
}

pub(super) const SPELLINGS: [&str; 59] = [
    "aws:CurrentTime",
    "aws:EC2InstanceSourcePrivateIPv4",
    "aws:EC2InstanceSourceVPC",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalType",
    "aws:Referer",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:SecureTransport",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSService",
    "aws:userid",
    "aws:username",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceARN",
    "iam:AssociatedResourceArn",
    "iam:AWSServiceName",
    "iam:OrganizationsPolicyId",
    "iam:PassedToService",
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
    "iam:ServiceSpecificCredentialServiceName",
    "s3:ExistingObjectTag",
    "s3:LocationConstraint",
    "s3:ObjectCreationOperation",
    "s3:RequestObjectTag",
    "s3:RequestObjectTagKeys",
    "s3:ResourceAccount",
    "s3:TlsVersion",
    "s3:VersionId",
    "s3:authType",
    "s3:delimiter",
    "s3:if-match",
    "s3:if-none-match",
    "s3:max-keys",
    "s3:prefix",
    "s3:signatureAge",
    "s3:signatureversion",
    "s3:x-amz-acl",
    "s3:x-amz-content-sha256",
    "s3:x-amz-copy-source",
    "s3:x-amz-metadata-directive",
    "s3:x-amz-storage-class",
    "sts:DurationSeconds",
    "sts:ExternalId",
    "sts:RoleSessionName",
    "sts:SourceIdentity",
    "sts:TaskPolicyArn",
    "sts:TransitiveTagKeys",
];
