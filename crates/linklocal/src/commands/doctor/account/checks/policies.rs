//! What policies allow, and what they must not.

use super::super::super::check::{Check, Finding, Kind};
use super::super::ground::Ground;
use super::{BOUNDARY_GUIDE, DENIED, EVALUATION_GUIDE, allowing};

pub(super) const CHECKS: &[Check<Ground>] = &[
    Check {
        id: "policies.allowed",
        title: "what a policy allows is done, and nothing beside it",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "tests pass here and fail on AWS, or the other way round",
        run: |ground| {
            let user = ground.user(Some(&allowing("iam:ListUsers")))?;
            ground.must_pass(&user.keys, "iam", "ListUsers", &[])?;
            ground.must_refuse(&user.keys, "iam", "ListRoles", &[], DENIED)
        },
    },
    Check {
        id: "policies.explicit-deny",
        title: "a deny wins over every allow",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "guard rails are denies",
        run: |ground| {
            let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:List*","Resource":"*"}]}"#;
            let user = ground.user(Some(policy))?;
            ground.must_pass(&user.keys, "iam", "GetUser", &[])?;
            ground.must_refuse(&user.keys, "iam", "ListUsers", &[], DENIED)
        },
    },
    Check {
        id: "policies.resource",
        title: "a policy for one resource does not open another",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "least privilege would be a word",
        run: |ground| {
            let (own, other) = (ground.user(None)?, ground.user(None)?);
            let policy = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iam:GetUser","Resource":"{}"}}]}}"#,
                own.arn
            );
            ground.grant(&own.name, &policy)?;
            ground.must_pass(&own.keys, "iam", "GetUser", &[("UserName", &own.name)])?;
            ground.must_refuse(&own.keys, "iam", "GetUser", &[("UserName", &other.name)], DENIED)
        },
    },
    Check {
        id: "policies.condition-address",
        title: "an allow for another address allows nothing",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "conditions would be ornaments",
        run: |ground| conditioned(ground, r#"{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#),
    },
    Check {
        id: "policies.condition-mfa",
        title: "an allow that demands MFA allows nothing to plain keys",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "MFA would be asked of nobody",
        run: |ground| conditioned(ground, r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#),
    },
    Check {
        id: "policies.condition-time",
        title: "an allow that has ended allows nothing",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "access for a while would be for ever",
        run: |ground| conditioned(ground, r#"{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#),
    },
    Check {
        id: "policies.boundary",
        title: "what the boundary does not allow stays forbidden, whatever the policies say",
        kind: Kind::Safety,
        source: BOUNDARY_GUIDE,
        matters: "delegated administrators would have no limits",
        run: |ground| {
            let user = bounded(ground)?;
            ground.must_pass(&user.keys, "iam", "GetUser", &[])?;
            ground.must_refuse(&user.keys, "iam", "ListUsers", &[], DENIED)
        },
    },
    Check {
        id: "policies.boundary-of-session",
        title: "a session of a bounded user is bounded",
        kind: Kind::Safety,
        source: BOUNDARY_GUIDE,
        matters: "a session would be the way out",
        run: |ground| {
            let user = bounded(ground)?;
            let said = ground.must_pass(&user.keys, "sts", "GetSessionToken", &[])?;
            let keys = super::super::ground::session(&said)?;
            ground.must_refuse(&keys, "iam", "ListUsers", &[], &["AccessDenied", "InvalidClientTokenId"])
        },
    },
    Check {
        id: "policies.group",
        title: "policies of a group are its members', and end with the membership",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "who leaves a group would keep what it may",
        run: |ground| {
            let (user, group) = (ground.user(None)?, ground.group(&allowing("iam:ListUsers"))?);
            let of = [("UserName", user.name.as_str()), ("GroupName", &group)];
            ground.prepare("iam", "AddUserToGroup", &of)?;
            ground.must_pass(&user.keys, "iam", "ListUsers", &[])?;
            ground.prepare("iam", "RemoveUserFromGroup", &of)?;
            ground.must_refuse(&user.keys, "iam", "ListUsers", &[], DENIED)
        },
    },
    Check {
        id: "policies.malformed",
        title: "a policy that AWS refuses is refused, and changes nothing",
        kind: Kind::Wire,
        source: EVALUATION_GUIDE,
        matters: "a policy that works here would not exist on AWS",
        run: |ground| {
            let user = ground.user(None)?;
            for document in [
                "{",
                "{}",
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps","Action":"*","Resource":"*"}]}"#,
            ] {
                let of =
                    [("UserName", user.name.as_str()), ("PolicyName", "x"), ("PolicyDocument", document)];
                ground.must_refuse(
                    &ground.administrator,
                    "iam",
                    "PutUserPolicy",
                    &of,
                    &["MalformedPolicyDocument"],
                )?;
            }
            let listed = ground.prepare("iam", "ListUserPolicies", &[("UserName", &user.name)])?;
            super::super::super::check::require(listed.elements("member").is_empty(), "no policies", "one")
        },
    },
];

/// A user whose only allow has a condition that is not met.
fn conditioned(ground: &Ground, condition: &str) -> Result<(), Finding> {
    let policy = |condition: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{condition}}}]}}"#
        )
    };
    let user = ground.user(Some(&policy(r#"{"Bool":{"aws:SecureTransport":["true","false"]}}"#)))?;
    ground.must_pass(&user.keys, "iam", "ListUsers", &[])?;
    ground.grant(&user.name, &policy(condition))?;
    ground.must_refuse(&user.keys, "iam", "ListUsers", &[], DENIED)
}

/// A user who may do all, within a boundary that allows GetUser and sessions.
pub(super) fn bounded(ground: &Ground) -> Result<super::super::ground::User, Finding> {
    let boundary = ground.policy(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GetUser","sts:*"],"Resource":"*"}]}"#)?;
    let user = ground.user(Some(&allowing("*")))?;
    let of = [("UserName", user.name.as_str()), ("PermissionsBoundary", &boundary)];
    ground.prepare("iam", "PutUserPermissionsBoundary", &of)?;
    Ok(user)
}
