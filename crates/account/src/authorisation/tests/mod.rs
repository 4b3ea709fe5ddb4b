//! Layers, trust and keys.

pub(crate) mod world;

use policy::ContextValue;

use super::*;
use crate::directory::User;
use crate::sessions::{FederatedOrigin, InstanceOrigin, SessionTag};
use crate::{RoleDelivery, SessionClaims, SessionPrincipal, WebIdentity};
use world::*;

const OWN: &str = "arn:aws:iam::111122223333:user/ann";
const OTHER: &str = "arn:aws:iam::111122223333:user/bob";
const WEB: &str = "arn:aws:iam::111122223333:role/svc/web";

/// `None` where it is allowed; else whether a statement denies, and the layer.
fn decided(directory: &Directory, caller: &Caller, check: &Check) -> Option<(bool, &'static str)> {
    let denied = authorise(directory, caller, &arrival(), check, now()).err()?;
    let record = denied.record("iam", "id");
    let layers = [
        "permissions boundary",
        "session policy",
        "role trust policy",
        "identity-based policy",
        "resource-based policy",
    ];
    Some((record.explicit_deny, layers.into_iter().find(|layer| *layer == record.layer).unwrap()))
}

const IDENTITY: Option<(bool, &str)> = Some((false, "identity-based policy"));
const BOUNDARY: Option<(bool, &str)> = Some((false, "permissions boundary"));
const SESSION: Option<(bool, &str)> = Some((false, "session policy"));
const TRUST: Option<(bool, &str)> = Some((false, "role trust policy"));
const DENIED: Option<(bool, &str)> = Some((true, "identity-based policy"));

#[test]
fn a_users_layers_are_his_own_his_groups_and_his_boundary() {
    let directory = directory();
    for (name, action, resource, expected) in [
        ("ann", "iam:GetUser", OWN, None),
        ("ann", "iam:GetUser", OTHER, IDENTITY),
        ("ann", "iam:ListUsers", "*", None),
        ("ann", "iam:ListGroups", "*", None),
        ("ann", "iam:CreateUser", OTHER, IDENTITY),
        // The boundary holds whatever the user is given, and a denial is told before it.
        ("bob", "iam:GetUser", OWN, None),
        ("bob", "iam:CreateUser", OWN, BOUNDARY),
        ("bob", "iam:PutUserPolicy", OTHER, BOUNDARY),
        ("bob", "iam:DeleteUserPermissionsBoundary", OTHER, BOUNDARY),
        ("bob", "iam:DeleteUser", OWN, DENIED),
        // A boundary that is gone bounds everything.
        ("mia", "iam:GetUser", OWN, BOUNDARY),
    ] {
        let decision = decided(&directory, &of_user(&directory, name), &Check::new(action, resource));
        assert_eq!(decision, expected, "{name} {action} {resource}");
    }
    assert_eq!(decided(&directory, &root(), &Check::new("iam:DeleteUser", OWN)), None);
}

#[test]
fn a_session_is_bounded_by_its_policies_and_never_widened() {
    let directory = directory();
    let web = || claims(role_principal(&directory, "web"), "s");
    let shared = || claims(role_principal(&directory, "shared"), "s");
    let policy =
        |claims: SessionClaims, policy: &str| SessionClaims { policy: Some(policy.to_owned()), ..claims };
    let arns = |claims: SessionClaims, names: &[&str]| SessionClaims {
        policy_arns: names.iter().map(|name| arn("policy", name)).collect(),
        ..claims
    };
    for (case, claims, action, expected) in [
        ("role alone", web(), "iam:CreateUser", None),
        ("inline allows", policy(web(), &allow("iam:CreateUser", "*")), "iam:CreateUser", None),
        ("inline does not", policy(web(), &allow("iam:CreateUser", "*")), "iam:DeleteUser", SESSION),
        (
            "inline denies",
            policy(web(), &deny("iam:CreateUser")),
            "iam:CreateUser",
            Some((true, "session policy")),
        ),
        ("unreadable", policy(web(), "{"), "iam:GetUser", SESSION),
        ("empty", policy(web(), ""), "iam:GetUser", SESSION),
        ("managed allows", arns(web(), &["reads"]), "iam:GetUser", None),
        ("managed does not", arns(web(), &["reads"]), "iam:CreateUser", SESSION),
        ("one of two allows", arns(web(), &["reads", "lists"]), "iam:ListUsers", None),
        ("managed is gone", arns(web(), &["gone"]), "iam:GetUser", SESSION),
        ("inline and managed", arns(policy(web(), ALL), &["gone"]), "iam:CreateUser", None),
        ("role without policies", policy(shared(), ALL), "iam:GetUser", IDENTITY),
    ] {
        let caller = of_session(&directory, &claims).unwrap();
        assert_eq!(decided(&directory, &caller, &Check::new(action, OWN)), expected, "{case}");
    }
}

#[test]
fn federated_users_have_what_both_sides_give() {
    let directory = directory();
    let by = |name: Option<&str>, policy: Option<&str>| {
        let principal = SessionPrincipal::Federated(name.map(|name| session_user(&directory, name)));
        SessionClaims { policy: policy.map(str::to_owned), ..claims(principal, "guest") }
    };
    for (case, claims, action, expected) in [
        ("without a policy", by(Some("ann"), None), "iam:ListUsers", SESSION),
        ("both allow", by(Some("ann"), Some(ALL)), "iam:ListUsers", None),
        ("the user does not", by(Some("ann"), Some(ALL)), "s3:ListBucket", IDENTITY),
        ("his boundary does not", by(Some("bob"), Some(ALL)), "s3:ListBucket", BOUNDARY),
        ("the user denies", by(Some("bob"), Some(ALL)), "iam:DeleteUser", DENIED),
        ("by root", by(None, Some(&allow("s3:ListBucket", "*"))), "s3:ListBucket", None),
        ("by root without a policy", by(None, None), "s3:ListBucket", SESSION),
        ("by root, not allowed", by(None, Some(&allow("s3:ListBucket", "*"))), "s3:GetObject", SESSION),
    ] {
        let caller = of_session(&directory, &claims).unwrap();
        assert_eq!(decided(&directory, &caller, &Check::new(action, "*")), expected, "{case}");
    }
}

#[test]
fn an_instances_own_identity_may_nothing() {
    let directory = directory();
    let caller =
        of_session(&directory, &claims(SessionPrincipal::InstanceIdentity, "i-0123456789abcdef0")).unwrap();
    assert_eq!(decided(&directory, &caller, &Check::new("iam:GetUser", OWN)), IDENTITY);
    assert_eq!(decided(&directory, &caller, &Check::new("sts:AssumeRole", WEB)), TRUST);
    assert_eq!(decided(&directory, &caller, &Check::new("sts:GetCallerIdentity", "*")), None);
    assert_eq!(
        decided(&directory, &Caller::Anonymous, &Check::new("iam:GetUser", OWN)).map(|(deny, _)| deny),
        Some(false)
    );
}

#[test]
fn trust_is_in_whom_the_policy_meant() {
    let directory = directory();
    let assume = |role: &str| Check::new("sts:AssumeRole", arn("role/svc", role).as_str());
    let [ann, bob] = ["ann", "bob"].map(|name| of_user(&directory, name));
    assert_eq!(decided(&directory, &ann, &assume("web")), None);
    assert_eq!(decided(&directory, &bob, &assume("web")), BOUNDARY);
    // To trust the account is to leave it to the caller's own policies.
    assert_eq!(decided(&directory, &ann, &assume("shared")), IDENTITY);
    assert_eq!(decided(&directory, &ann, &assume("not-there")), TRUST);
    // The path is part of the name.
    assert_eq!(decided(&directory, &ann, &Check::new("sts:AssumeRole", arn("role", "web").as_str())), TRUST);
    assert_eq!(decided(&directory, &ann, &Check::new("sts:TagSession", WEB)), None);
    assert_eq!(decided(&directory, &ann, &Check::new("sts:SetSourceIdentity", WEB)), TRUST);

    // Made anew under the same name, she is another.
    let mut later = directory.clone();
    let mut anew = user("ann");
    anew.user_id = "AIDA9999999999999999".to_owned().into();
    anew.inline_policies.insert("all".to_owned(), text(ALL, policy::DocumentKind::Identity));
    later.users.insert(anew);
    assert_eq!(decided(&later, &of_user(&later, "ann"), &assume("web")), TRUST);

    // Renamed, she is herself.
    let mut renamed = directory.clone();
    let mut eve = User::clone(&renamed.users.remove("ann").unwrap());
    eve.user_name = "eve".to_owned();
    eve.arn = arn("user", "eve");
    renamed.users.insert(eve);
    assert_eq!(decided(&renamed, &of_user(&renamed, "eve"), &assume("web")), None);
}

#[test]
fn a_web_identity_is_trusted_by_its_provider() {
    let directory = directory();
    let check = |provider: &str, role: &str| {
        let provider = format!("arn:aws:iam::111122223333:oidc-provider/{provider}");
        let mut check = Check::new("sts:AssumeRoleWithWebIdentity", arn("role/svc", role).as_str());
        check.web_identity = Some(WebIdentity { provider });
        check
    };
    assert_eq!(decided(&directory, &Caller::Anonymous, &check("id.example", "outside")), None);
    assert_eq!(decided(&directory, &Caller::Anonymous, &check("other.example", "outside")), TRUST);
    assert_eq!(decided(&directory, &Caller::Anonymous, &check("id.example", "web")), TRUST);
    // Who signs does not count beside the token.
    assert_eq!(decided(&directory, &root(), &check("other.example", "outside")), TRUST);
}

#[test]
fn sessions_end_with_those_whose_they_are() {
    let directory = directory();
    let sessions = [
        claims(role_principal(&directory, "web"), "s"),
        claims(SessionPrincipal::User(session_user(&directory, "ann")), ""),
        claims(SessionPrincipal::Federated(Some(session_user(&directory, "ann"))), "guest"),
    ];
    let mut without = directory.clone();
    without.roles.remove("web");
    without.users.remove("ann");
    let mut anew = without.clone();
    let mut web = role("web", r#"{"AWS":"*"}"#);
    web.role_id = "AROA9999999999999999".to_owned().into();
    anew.roles.insert(web);
    let mut ann = user("ann");
    ann.user_id = "AIDA9999999999999999".to_owned().into();
    anew.users.insert(ann);
    for claims in &sessions {
        assert!(of_session(&directory, claims).is_some());
        assert!(of_session(&without, claims).is_none());
        assert!(of_session(&anew, claims).is_none());
    }
    // A user keeps his sessions when he is renamed.
    let mut renamed = directory.clone();
    let mut eve = User::clone(&renamed.users.remove("ann").unwrap());
    eve.user_name = "eve".to_owned();
    renamed.users.insert(eve);
    assert_eq!(of_session(&renamed, &sessions[1]).unwrap().user().unwrap().user_name, "eve");
}

/// `document` is the only policy of the role, and of ann.
fn with_policy(document: &str) -> Directory {
    let mut directory = directory();
    let policy = text(document, policy::DocumentKind::Identity);
    directory.roles.get_mut("web").unwrap().inline_policies = [("only".to_owned(), policy.clone())].into();
    directory.users.get_mut("ann").unwrap().inline_policies = [("only".to_owned(), policy)].into();
    directory
}

#[test]
fn older_sessions_are_revoked_by_a_policy() {
    let directory = with_policy(
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"*","Resource":"*"},
            {"Effect":"Deny","Action":"*","Resource":"*",
             "Condition":{"DateLessThan":{"aws:TokenIssueTime":"2026-11-21T11:55:00Z"}}}]}"#,
    );
    let older = claims(role_principal(&directory, "web"), "s");
    let newer = SessionClaims { issued_at: now(), ..older.clone() };
    let check = Check::new("iam:CreateUser", OWN);
    for (claims, expected) in [(older, DENIED), (newer, None)] {
        assert_eq!(decided(&directory, &of_session(&directory, &claims).unwrap(), &check), expected);
    }
    assert_eq!(decided(&directory, &of_user(&directory, "ann"), &check), None);
}

/// The difference between the two policies is why AWS's own pages use `BoolIfExists`.
#[test]
fn a_policy_that_demands_mfa_keeps_plain_keys_out() {
    let directory = |condition: &str| {
        with_policy(&format!(
            r#"{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Action":"*","Resource":"*"}},
                {{"Effect":"Deny","Action":"*","Resource":"*",
                 "Condition":{{"{condition}":{{"aws:MultiFactorAuthPresent":"false"}}}}}}]}}"#
        ))
    };
    for (condition, plain_keys) in [("BoolIfExists", DENIED), ("Bool", None)] {
        let directory = directory(condition);
        let check = Check::new("iam:CreateUser", OWN);
        assert_eq!(decided(&directory, &of_user(&directory, "ann"), &check), plain_keys, "{condition}");
        let without = claims(SessionPrincipal::User(session_user(&directory, "ann")), "");
        let with = SessionClaims { mfa_authenticated_at: Some(now()), ..without.clone() };
        for (claims, expected) in [(without, DENIED), (with, None)] {
            assert_eq!(decided(&directory, &of_session(&directory, &claims).unwrap(), &check), expected);
        }
    }
}

/// The keys that are looked at below; one that is not named in a case must be missing.
const KEYS: [&str; 20] = [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
    "aws:PrincipalTag/team",
    "aws:PrincipalTag/cost",
    "aws:TokenIssueTime",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:SourceIdentity",
    "aws:FederatedProvider",
    "id.example:sub",
    "id.example:aud",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceARN",
    "aws:EC2InstanceSourceVPC",
    "aws:EC2InstanceSourcePrivateIPv4",
    "aws:SecureTransport",
    "aws:Referer",
];

fn keys_of(caller: &Caller) -> Vec<(&'static str, String)> {
    let context = context::of(caller, &arrival(), &Check::new("iam:GetUser", OWN), now());
    let value = |key: &&str| match context.value(&key.to_ascii_lowercase()) {
        Some(ContextValue::One(value)) => Some(value.clone()),
        Some(ContextValue::Many(values)) => Some(values.join(",")),
        None => None,
    };
    KEYS.iter().filter_map(|key| Some((*key, value(key)?))).collect()
}

fn expected(keys: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let always = [("aws:PrincipalAccount", "111122223333"), ("aws:SecureTransport", "false")];
    let of = |key: &str| keys.iter().chain(&always).find(|(name, _)| *name == key).map(|(_, value)| *value);
    KEYS.iter().filter_map(|key| Some((*key, of(key)?.to_owned()))).collect()
}

#[test]
fn keys_of_long_term_credentials_say_nothing_of_mfa() {
    let directory = directory();
    let ann = [
        ("aws:PrincipalArn", OWN),
        ("aws:PrincipalType", "User"),
        ("aws:userid", "AIDA0000000000000ANN"),
        ("aws:username", "ann"),
        ("aws:PrincipalTag/team", "red"),
    ];
    assert_eq!(keys_of(&of_user(&directory, "ann")), expected(&ann));
    let of_root = [
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:root"),
        ("aws:PrincipalType", "Account"),
        ("aws:userid", "111122223333"),
    ];
    assert_eq!(keys_of(&root()), expected(&of_root));
}

#[test]
fn keys_of_a_users_session_say_whether_mfa_was_used() {
    let directory = directory();
    let mut own = claims(SessionPrincipal::User(session_user(&directory, "ann")), "");
    let of_user = |more: &[(&'static str, &'static str)]| {
        let mut keys = vec![
            ("aws:PrincipalArn", OWN),
            ("aws:PrincipalType", "User"),
            ("aws:userid", "AIDA0000000000000ANN"),
            ("aws:username", "ann"),
            ("aws:PrincipalTag/team", "red"),
            ("aws:TokenIssueTime", "2026-11-21T11:50:00Z"),
        ];
        keys.extend(more);
        expected(&keys)
    };
    assert_eq!(
        keys_of(&of_session(&directory, &own).unwrap()),
        of_user(&[("aws:MultiFactorAuthPresent", "false")])
    );
    own.mfa_authenticated_at = Some(now() - std::time::Duration::from_millis(601_900));
    let with_mfa = [("aws:MultiFactorAuthPresent", "true"), ("aws:MultiFactorAuthAge", "601")];
    assert_eq!(keys_of(&of_session(&directory, &own).unwrap()), of_user(&with_mfa));
}

#[test]
fn keys_of_sessions_are_what_was_sealed() {
    let directory = directory();
    let tag = |key: &str, value: &str| SessionTag { key: key.to_owned(), value: value.to_owned() };
    let role = SessionClaims {
        // The session's tags win over the role's, whatever their case.
        tags: vec![tag("TEAM", "green")],
        source_identity: Some("ann".to_owned()),
        federated: Some(FederatedOrigin {
            provider: "arn:aws:iam::111122223333:oidc-provider/id.example".to_owned(),
            subject: "me".to_owned(),
            audience: "app".to_owned(),
        }),
        origin: Some(InstanceOrigin {
            source_instance_arn: "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0"
                .parse()
                .unwrap(),
            source_vpc: "vpc-1".to_owned(),
            source_private_ipv4: Some([10, 0, 0, 1].into()),
            role_delivery: Some(RoleDelivery::V2),
        }),
        ..claims(role_principal(&directory, "web"), "s")
    };
    let keys = [
        ("aws:PrincipalArn", WEB),
        ("aws:PrincipalType", "AssumedRole"),
        ("aws:userid", "AROA0000000000000WEB:s"),
        ("aws:PrincipalTag/team", "green"),
        ("aws:PrincipalTag/cost", "1"),
        ("aws:TokenIssueTime", "2026-11-21T11:50:00Z"),
        ("aws:MultiFactorAuthPresent", "false"),
        ("aws:SourceIdentity", "ann"),
        ("aws:FederatedProvider", "arn:aws:iam::111122223333:oidc-provider/id.example"),
        ("id.example:sub", "me"),
        ("id.example:aud", "app"),
        ("ec2:RoleDelivery", "2.0"),
        ("ec2:SourceInstanceARN", "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0"),
        ("aws:EC2InstanceSourceVPC", "vpc-1"),
        ("aws:EC2InstanceSourcePrivateIPv4", "10.0.0.1"),
    ];
    assert_eq!(keys_of(&of_session(&directory, &role).unwrap()), expected(&keys));
    // A container endpoint's credentials say nothing of EC2.
    let mut container = role;
    container.origin.as_mut().unwrap().role_delivery = None;
    assert_eq!(keys_of(&of_session(&directory, &container).unwrap()), expected(&keys[..11]));
}

#[test]
fn an_address_is_the_same_on_either_kind_of_socket() {
    let arrival = Arrival { source_ip: "::ffff:192.0.2.7".parse().unwrap(), ..arrival() };
    let context = context::of(&root(), &arrival, &Check::new("iam:GetUser", OWN), now());
    assert_eq!(context.value("aws:sourceip"), Some(&ContextValue::One("192.0.2.7".to_owned())));
}

#[test]
fn all_spellings_are_of_different_keys() {
    let lower = |key: &str| key.to_ascii_lowercase();
    for (at, key) in context::SPELLINGS.iter().enumerate() {
        assert_eq!(spelled(&lower(key)), *key);
        assert!(context::SPELLINGS[at + 1..].iter().all(|other| lower(other) != lower(key)), "{key}");
    }
    assert_eq!(spelled("id.example:sub"), "id.example:sub");
}
