//! The keys that each kind of caller has, and those that it must not have.

use std::time::Duration;

use policy::ContextValue;

use super::world::*;
use crate::authorisation::{context, spelled};
use crate::sessions::{FederatedOrigin, InstanceOrigin, SessionTag};
use crate::{Arrival, Caller, Check, RoleDelivery, SessionClaims, SessionPrincipal};

use super::{OWN, WEB};

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
    let context = context::of(caller, &arrival(), &Check::new("iam:GetUser", OWN), None, now());
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
    own.mfa_authenticated_at = Some(now() - Duration::from_millis(601_900));
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
    let context = context::of(&root(), &arrival, &Check::new("iam:GetUser", OWN), None, now());
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
