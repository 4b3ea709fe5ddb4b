//! Roles that somebody else is trusted with.

use super::super::super::check::{Check, Finding, Kind, require};
use super::super::ground::Ground;
use super::sessions::{assume, assuming};
use super::{ANSWERS, DENIED, SESSION_GUIDE, TRUST_GUIDE, trusting};

pub(super) const CHECKS: &[Check<Ground>] = &[
    Check {
        id: "trust.other-user",
        title: "a role that trusts another user cannot be assumed",
        kind: Kind::Safety,
        source: TRUST_GUIDE,
        matters: "every role would be everybody's",
        run: |ground| {
            let (trusted, other) = (assuming(ground)?, assuming(ground)?);
            let (_, role) = ground.role(&trusting(&trusted.arn, ""), None)?;
            assume(ground, &trusted.keys, &role, &[])?;
            refused(ground, &other.keys, &role, &[])
        },
    },
    Check {
        id: "trust.account-alone",
        title: "a role that trusts the account is assumed by those whose policies allow it",
        kind: Kind::Safety,
        source: TRUST_GUIDE,
        matters: "trust in the account is a delegation, not a grant",
        run: |ground| {
            let (allowed, not) = (assuming(ground)?, ground.user(None)?);
            let root = format!("arn:aws:iam::{}:root", ground.account);
            let (_, role) = ground.role(&trusting(&root, ""), None)?;
            assume(ground, &allowed.keys, &role, &[])?;
            refused(ground, &not.keys, &role, &[])
        },
    },
    Check {
        id: "trust.external-id",
        title: "an external id that is demanded must be given, and be the right one",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "it keeps a service from being confused about whom it acts for",
        run: |ground| {
            let user = assuming(ground)?;
            let condition = r#"{"StringEquals":{"sts:ExternalId":"right"}}"#;
            let (_, role) = ground.role(&trusting(&user.arn, condition), None)?;
            assume(ground, &user.keys, &role, &[("ExternalId", "right")])?;
            refused(ground, &user.keys, &role, &[])?;
            refused(ground, &user.keys, &role, &[("ExternalId", "wrong")])
        },
    },
    Check {
        id: "trust.mfa",
        title: "a role that demands MFA cannot be assumed without",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "MFA would be asked of nobody",
        run: |ground| {
            let user = assuming(ground)?;
            let condition = r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;
            let (_, role) = ground.role(&trusting(&user.arn, condition), None)?;
            refused(ground, &user.keys, &role, &[])
        },
    },
    Check {
        id: "trust.made-anew",
        title: "a user who was made anew under the trusted name is not trusted",
        kind: Kind::Safety,
        source: TRUST_GUIDE,
        matters: "whoever may make users could take on any role",
        run: |ground| {
            let user = assuming(ground)?;
            let (_, role) = ground.role(&trusting(&user.arn, ""), None)?;
            assume(ground, &user.keys, &role, &[])?;
            let of = ("UserName", user.name.as_str());
            ground.prepare("iam", "DeleteAccessKey", &[of, ("AccessKeyId", &user.keys.id)])?;
            ground.prepare("iam", "DeleteUserPolicy", &[of, ("PolicyName", "doctor")])?;
            ground.prepare("iam", "DeleteUser", &[of])?;
            ground.prepare("iam", "CreateUser", &[of, ("Path", "/linklocal-doctor/")])?;
            ground.grant(&user.name, &super::allowing("sts:*"))?;
            let keys = ground.key(&user.name)?;
            refused(ground, &keys, &role, &[])
        },
    },
    Check {
        id: "trust.tags",
        title: "tags need sts:TagSession",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "permissions by tag would be anybody's to choose",
        run: |ground| {
            let user = assuming(ground)?;
            let trust = trusting(&user.arn, "").replace(r#","sts:TagSession","sts:SetSourceIdentity""#, "");
            let (_, role) = ground.role(&trust, None)?;
            assume(ground, &user.keys, &role, &[])?;
            refused(ground, &user.keys, &role, &[("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "a")])
        },
    },
    Check {
        id: "trust.web-identity-unsigned-token",
        title: "a web identity whose token is signed by nobody is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "anybody could be anybody: `alg` is `none` in the oldest attack on such tokens",
        run: |ground| {
            let (_, role) = ground.role(&trusting(&ground.arn, ""), None)?;
            // {"alg":"none"} . {"iss":"https://issuer.example","sub":"me","aud":"sts.amazonaws.com","exp":4102444800}
            let token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoibWUiLCJhdWQiOiJzdHMuYW1hem9uYXdzLmNvbSIsImV4cCI6NDEwMjQ0NDgwMH0.";
            let of = [("RoleArn", role.as_str()), ("RoleSessionName", "web"), ("WebIdentityToken", token)];
            let said = ground.api.send(&ground.api.form("sts", "AssumeRoleWithWebIdentity", &of))?;
            require(said.status >= 400, "a refusal", said.line())
        },
    },
];

fn refused(
    ground: &Ground,
    keys: &super::super::api::Credentials,
    role: &str,
    more: &[(&str, &str)],
) -> Result<(), Finding> {
    let of: Vec<(&str, &str)> =
        [("RoleArn", role), ("RoleSessionName", "doctor")].into_iter().chain(more.iter().copied()).collect();
    ground.must_refuse(keys, "sts", "AssumeRole", &of, DENIED)
}
