//! Layers and trust; keys stand beside.

mod keys;
pub(crate) mod world;

use super::*;
use crate::directory::User;
use crate::{SessionClaims, SessionPrincipal, WebIdentity};
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
