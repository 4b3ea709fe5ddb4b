//! Sessions that want more than they were given.

use super::super::super::check::{Check, Finding, Kind, require};
use super::super::api::Credentials;
use super::super::ground::{Ground, User, session};
use super::{DENIED, SESSION_GUIDE, UNKNOWN, allowing, trusting};

pub(super) const CHECKS: &[Check<Ground>] = &[
    Check {
        id: "sessions.role",
        title: "a role's session may what the role may, and no more",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "roles are how programs get few permissions",
        run: |ground| {
            let (_, keys) = assumed(ground, &allowing("iam:ListUsers"), &[])?;
            ground.must_pass(&keys, "iam", "ListUsers", &[])?;
            ground.must_refuse(&keys, "iam", "ListRoles", &[], DENIED)
        },
    },
    Check {
        id: "sessions.session-policy",
        title: "a session policy takes away and never gives",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "brokers narrow sessions by it",
        run: |ground| {
            let policy = ("Policy", allowing("iam:GetUser"));
            let (_, keys) = assumed(ground, &allowing("iam:List*"), &[(policy.0, &policy.1)])?;
            ground.must_refuse(&keys, "iam", "ListUsers", &[], DENIED)?;
            let who = [("UserName", "admin")];
            ground.must_refuse(&keys, "iam", "GetUser", &who, DENIED)
        },
    },
    Check {
        id: "sessions.managed-session-policy",
        title: "so does a managed one",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "brokers narrow sessions by it",
        run: |ground| {
            let arn = ground.policy(&allowing("iam:ListRoles"))?;
            let (_, keys) = assumed(ground, &allowing("iam:List*"), &[("PolicyArns.member.1.arn", &arn)])?;
            ground.must_pass(&keys, "iam", "ListRoles", &[])?;
            ground.must_refuse(&keys, "iam", "ListUsers", &[], DENIED)
        },
    },
    Check {
        id: "sessions.no-mfa-no-iam",
        title: "a session of GetSessionToken without a code may not call IAM",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "a session would do what MFA is demanded for",
        run: |ground| {
            let user = ground.user(Some(&allowing("*")))?;
            let keys = session(&ground.must_pass(&user.keys, "sts", "GetSessionToken", &[])?)?;
            ground.must_refuse(&keys, "iam", "ListUsers", &[], &["InvalidClientTokenId", "AccessDenied"])
        },
    },
    Check {
        id: "sessions.of-sessions",
        title: "a session cannot get itself another session of the user",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "sessions would never end",
        run: |ground| {
            let user = ground.user(Some(&allowing("*")))?;
            let keys = session(&ground.must_pass(&user.keys, "sts", "GetSessionToken", &[])?)?;
            ground.must_refuse(&keys, "sts", "GetSessionToken", &[], DENIED)?;
            let federated = ground.api.call(&keys, "sts", "GetFederationToken", &[("Name", "any")])?;
            require(federated.status >= 400, "a refusal", federated.line())
        },
    },
    Check {
        id: "sessions.federated-without-policy",
        title: "a federated user without a policy may do nothing",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "the broker's own permissions would be handed out",
        run: |ground| {
            let user = ground.user(Some(&allowing("*")))?;
            let said = ground.must_pass(&user.keys, "sts", "GetFederationToken", &[("Name", "any")])?;
            let keys = session(&said)?;
            ground.must_pass(&keys, "sts", "GetCallerIdentity", &[])?;
            let said = ground.api.call(&keys, "iam", "ListUsers", &[])?;
            require(said.status >= 400, "a refusal", said.line())
        },
    },
    Check {
        id: "sessions.federated-iam",
        title: "a federated user may not call IAM, whatever its policy",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "who signs in from elsewhere would change users",
        run: |ground| {
            let user = ground.user(Some(&allowing("*")))?;
            let policy = allowing("*");
            let said = ground.must_pass(
                &user.keys,
                "sts",
                "GetFederationToken",
                &[("Name", "any"), ("Policy", &policy)],
            )?;
            let said = ground.api.call(&session(&said)?, "iam", "ListUsers", &[])?;
            require(said.status >= 400, "a refusal", said.line())
        },
    },
    Check {
        id: "sessions.chain",
        title: "a chain of roles ends after an hour",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "chained sessions could be renewed without end",
        run: |ground| {
            let (arn, keys) = assumed(ground, &allowing("sts:*"), &[])?;
            let (_, next) = ground.role(&trusting(&arn, ""), None)?;
            let of = [("RoleArn", next.as_str()), ("RoleSessionName", "doctor"), ("DurationSeconds", "3601")];
            ground.must_refuse(&keys, "sts", "AssumeRole", &of, &["ValidationError"])?;
            ground.must_pass(&keys, "sts", "AssumeRole", &of[..2]).map(drop)
        },
    },
    Check {
        id: "sessions.transitive-tags",
        title: "a transitive tag cannot be changed further down the chain",
        kind: Kind::Safety,
        source: "answers of STS recorded in 2025",
        matters: "permissions by tag would be anybody's to choose",
        run: |ground| {
            let tags = [
                ("Tags.member.1.Key", "team"),
                ("Tags.member.1.Value", "a"),
                ("TransitiveTagKeys.member.1", "team"),
            ];
            let (arn, keys) = assumed(ground, &allowing("sts:*"), &tags)?;
            let (_, next) = ground.role(&trusting(&arn, ""), None)?;
            let of = [
                ("RoleArn", next.as_str()),
                ("RoleSessionName", "doctor"),
                ("Tags.member.1.Key", "team"),
                ("Tags.member.1.Value", "b"),
            ];
            ground.must_refuse(&keys, "sts", "AssumeRole", &of, &["InvalidParameterValue"])
        },
    },
    Check {
        id: "sessions.source-identity",
        title: "a source identity stays along the chain",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "it says who really was at work",
        run: |ground| {
            let (arn, keys) = assumed(ground, &allowing("sts:*"), &[("SourceIdentity", "alice")])?;
            let (_, next) = ground.role(&trusting(&arn, ""), None)?;
            let of =
                [("RoleArn", next.as_str()), ("RoleSessionName", "doctor"), ("SourceIdentity", "mallory")];
            let said = ground.api.call(&keys, "sts", "AssumeRole", &of)?;
            require(said.status >= 400, "a refusal", said.line())
        },
    },
    Check {
        id: "sessions.of-a-deleted-role",
        title: "a session of a role that was made anew is refused",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "who has deleted a role wants its sessions gone",
        run: |ground| {
            let user = assuming(ground)?;
            let (name, arn) = ground.role(&trusting(&user.arn, ""), None)?;
            let keys = assume(ground, &user.keys, &arn, &[])?;
            ground.must_pass(&keys, "sts", "GetCallerIdentity", &[])?;
            ground.prepare("iam", "DeleteRole", &[("RoleName", &name)])?;
            ground.must_refuse(&keys, "sts", "GetCallerIdentity", &[], UNKNOWN)
        },
    },
];

/// A user who may assume what trusts him.
pub(super) fn assuming(ground: &Ground) -> Result<User, Finding> {
    ground.user(Some(&allowing("sts:*")))
}

/// A role with a policy, assumed: its ARN and the session's keys.
fn assumed(ground: &Ground, policy: &str, more: &[(&str, &str)]) -> Result<(String, Credentials), Finding> {
    let user = assuming(ground)?;
    let (_, arn) = ground.role(&trusting(&user.arn, ""), Some(policy))?;
    let keys = assume(ground, &user.keys, &arn, more)?;
    Ok((arn, keys))
}

pub(super) fn assume(
    ground: &Ground,
    keys: &Credentials,
    role: &str,
    more: &[(&str, &str)],
) -> Result<Credentials, Finding> {
    let of: Vec<(&str, &str)> =
        [("RoleArn", role), ("RoleSessionName", "doctor")].into_iter().chain(more.iter().copied()).collect();
    session(&ground.must_pass(keys, "sts", "AssumeRole", &of)?)
}
