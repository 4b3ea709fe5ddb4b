//! Who gets in, and in which words others do not.

mod world;

use std::time::Duration;

use account::{InstanceOrigin, RoleDelivery, SessionClaims, SessionPrincipal};
use types::{Credentials, Timestamp};

use super::*;
use world::*;

const LIST: &str = "Action=ListUsers&Version=2010-05-08";
const IAM: (&str, &str) = ("iam", "ListUsers");

/// `ok` and the ARN; otherwise status, code and message.
fn told(result: &Result<Authenticated, Unauthenticated>) -> String {
    match result {
        Ok(found) => {
            let arn = found.caller.arn().map_or_else(|| "nobody".to_owned(), String::from);
            format!("ok {arn}")
        }
        Err(Unauthenticated { refusal, .. }) => {
            format!("{} {} {}", refusal.status, refusal.code, refusal.message)
        }
    }
}

const INVALID_KEY: &str = "403 InvalidClientTokenId The security token included in the request is invalid.";
const INVALID_TOKEN: &str = "403 InvalidClientTokenId The security token included in the request is invalid";
const MISMATCH: &str = "403 SignatureDoesNotMatch The request signature we calculated does not match the signature you \
                        provided. Check your AWS Secret Access Key and signing method. Consult the service documentation \
                        for details.";
const ANN: &str = "ok arn:aws:iam::111122223333:user/ann";

#[test]
fn long_term_keys_are_taken_as_they_stand_in_the_directory() {
    let world = World::new();
    let list = Message::plain(LIST);
    let lower = ANNS.to_lowercase();
    for (case, signer, expected) in [
        ("a user's", signer(ANNS), ANN),
        ("the root user's", signer(ROOTS), "ok arn:aws:iam::111122223333:root"),
        ("inactive", signer(INACTIVE), INVALID_KEY),
        ("unknown", signer("AKIAQNZGKIQY56JQ7NON"), INVALID_KEY),
        ("of another account", signer("AKIAIOSFODNN7EXAMPLE"), INVALID_KEY),
        ("in small letters", signer(&lower), INVALID_KEY),
        ("wrong secret", Signer { secret: "wrong", ..signer(ANNS) }, MISMATCH),
        ("with a token", Signer { token: Some("IQoJb3JpZ2luX2VjEA"), ..signer(ANNS) }, INVALID_TOKEN),
        ("any region", Signer { region: "us-gov-west-1", ..signer(ANNS) }, ANN),
        (
            "no region at all",
            Signer { region: "Nowhere", ..signer(ANNS) },
            "403 SignatureDoesNotMatch Credential should be scoped to a valid region, not 'Nowhere'.",
        ),
        (
            "for another service",
            Signer { service: "sts", ..signer(ANNS) },
            "403 SignatureDoesNotMatch Credential should be scoped to correct service: 'iam'.",
        ),
    ] {
        assert_eq!(told(&world.answer(&signer.sign(&list), IAM)), expected, "{case}");
    }
}

#[test]
fn a_signature_is_good_for_what_was_signed_and_for_a_quarter_of_an_hour() {
    let world = World::new();
    let signed = signer(ANNS).sign(&Message::plain(LIST));
    let changed = |change: fn(&mut Message)| {
        let mut message = signed.clone();
        change(&mut message);
        told(&world.answer(&message, IAM))
    };
    assert_eq!(changed(|message| message.body = b"Action=DeleteUser&Version=2010-05-08".to_vec()), MISMATCH);
    assert_eq!(changed(|message| message.target = "/?Action=DeleteUser".to_owned()), MISMATCH);
    assert_eq!(changed(|message| message.method = "PUT"), MISMATCH);
    assert_eq!(changed(|message| *message.header("host") = "example.com".to_owned()), MISMATCH);
    assert_eq!(
        changed(|message| {
            let authorization = message.header("authorization");
            authorization.pop();
            authorization.push('g');
        }),
        MISMATCH
    );
    let at = |time: Timestamp| {
        told(&world.answer(&Signer { time, ..signer(ANNS) }.sign(&Message::plain(LIST)), IAM))
    };
    let minutes = |n: u64| Duration::from_secs(60 * n);
    assert_eq!(at(now() - minutes(15)), ANN);
    assert_eq!(at(now() + minutes(15)), ANN);
    assert_eq!(
        at(now() - minutes(16)),
        "403 SignatureDoesNotMatch Signature expired: 20261121T114400Z is now earlier than 20261121T114500Z \
         (20261121T120000Z - 15 min.)"
    );
    assert!(at(now() + minutes(16)).contains("Signature not yet current: 20261121T121600Z"));
}

#[test]
fn nobody_is_let_through_unsigned_but_where_aws_does() {
    let world = World::new();
    let missing = "403 MissingAuthenticationToken Request is missing Authentication Token";
    let plain = Message::plain("Action=X");
    for (to, expected) in [
        (("sts", "AssumeRoleWithWebIdentity"), "ok nobody"),
        (("sts", "AssumeRoleWithSAML"), "ok nobody"),
        (("sts", "AssumeRole"), missing),
        (("sts", "GetCallerIdentity"), missing),
        (("sts", ""), missing),
        (("iam", "AssumeRoleWithWebIdentity"), missing),
        (IAM, missing),
    ] {
        assert_eq!(told(&world.answer(&plain, to)), expected, "{to:?}");
    }
    // A signature that is there is looked at, needed or not.
    let signed = Signer { service: "sts", ..signer(ANNS) }.sign(&plain);
    let web = ("sts", "AssumeRoleWithWebIdentity");
    assert_eq!(told(&world.answer(&signed, web)), ANN);
    let wrong = Signer { service: "sts", secret: "wrong", ..signer(ANNS) }.sign(&plain);
    assert_eq!(told(&world.answer(&wrong, web)), MISMATCH);
}

#[test]
fn a_presigned_url_is_a_signature_like_another() {
    let world = World::new();
    let query = "Action=GetCallerIdentity&Version=2011-06-15";
    let mut message = Signer { service: "sts", ..signer(ANNS) }.presign(query);
    assert_eq!(told(&world.answer(&message, ("sts", "GetCallerIdentity"))), ANN);
    message.target = message.target.replace("GetCallerIdentity", "GetSessionToken");
    assert_eq!(told(&world.answer(&message, ("sts", "GetSessionToken"))), MISMATCH);
    let credentials = world.issue(&claims(world.session_role(), "s"));
    let message = session_signer(&credentials, "sts").presign(query);
    let told = told(&world.answer(&message, ("sts", "GetCallerIdentity")));
    assert_eq!(told, "ok arn:aws:sts::111122223333:assumed-role/web/s");
}

#[test]
fn each_family_words_refusals_in_its_own_way() {
    let world = World::new();
    for (service, expected) in [
        ("sts", INVALID_KEY),
        ("iam", INVALID_KEY),
        ("ec2", "401 AuthFailure AWS was not able to validate the provided access credentials"),
        (
            "servicequotas",
            "400 UnrecognizedClientException The security token included in the request is invalid.",
        ),
        (
            "cloudtrail",
            "400 UnrecognizedClientException The security token included in the request is invalid.",
        ),
        ("s3", "403 InvalidAccessKeyId The AWS Access Key Id you provided does not exist in our records."),
    ] {
        let signed = Signer { service, ..signer("AKIAQNZGKIQY56JQ7NON") }.sign(&Message::plain("x"));
        assert_eq!(told(&world.answer(&signed, (service, "X"))), expected, "{service}");
    }
}

/// Credentials of each kind.
fn kinds(world: &World) -> Vec<(&'static str, Credentials)> {
    let mfa = |claims: SessionClaims| SessionClaims { mfa_authenticated_at: Some(now()), ..claims };
    let origin = InstanceOrigin {
        source_instance_arn: "arn:aws:ec2:us-east-1:111122223333:instance/i-01234567".parse().unwrap(),
        source_vpc: "vpc-1".to_owned(),
        source_private_ipv4: None,
        role_delivery: Some(RoleDelivery::V1),
    };
    let instance = SessionClaims { origin: Some(origin), ..claims(world.session_role(), "i-01234567") };
    [
        ("role", claims(world.session_role(), "s")),
        ("instance", instance),
        ("user", claims(SessionPrincipal::User(world.session_user()), "")),
        ("user with MFA", mfa(claims(SessionPrincipal::User(world.session_user()), ""))),
        ("root", claims(SessionPrincipal::Root, "")),
        ("root with MFA", mfa(claims(SessionPrincipal::Root, ""))),
        ("federated", claims(SessionPrincipal::Federated(Some(world.session_user())), "guest")),
        ("federated by root", claims(SessionPrincipal::Federated(None), "guest")),
        ("instance identity", claims(SessionPrincipal::InstanceIdentity, "i-01234567")),
    ]
    .map(|(kind, claims)| (kind, world.issue(&claims)))
    .into()
}

/// Rows: kind of credentials. Columns: what they may call; the rest is refused with the code that stands there.
#[test]
fn sessions_call_what_their_kind_may() {
    let world = World::new();
    let calls = [
        "iam ListUsers",
        "sts GetCallerIdentity",
        "sts AssumeRole",
        "sts GetSessionToken",
        "sts GetFederationToken",
        "sts DecodeAuthorizationMessage",
        "ec2 DescribeInstances",
    ];
    let (yes, token, denied) = ("ok", "InvalidClientTokenId", "AccessDenied");
    for (kind, expected) in [
        ("role", [yes, yes, yes, denied, denied, yes, yes]),
        ("instance", [yes, yes, yes, denied, denied, yes, yes]),
        ("user", [token, yes, yes, denied, denied, denied, yes]),
        ("user with MFA", [yes, yes, yes, denied, denied, denied, yes]),
        ("root", [token, yes, yes, denied, denied, denied, yes]),
        ("root with MFA", [yes, yes, yes, denied, denied, denied, yes]),
        ("federated", [token, yes, denied, denied, denied, denied, yes]),
        ("federated by root", [token, yes, denied, denied, denied, denied, yes]),
        ("instance identity", [yes, yes, yes, denied, denied, yes, yes]),
    ] {
        let credentials = kinds(&world).into_iter().find(|(name, _)| *name == kind).unwrap().1;
        for (call, expected) in calls.into_iter().zip(expected) {
            let (service, operation) = call.split_once(' ').unwrap();
            let signed = session_signer(&credentials, service).sign(&Message::plain("x"));
            let answer = world.answer(&signed, (service, operation));
            let code = answer.as_ref().map_or_else(|refused| refused.refusal.code, |_| "ok");
            assert_eq!(code, expected, "{kind} {call}");
            if expected == denied {
                let text = format!("403 AccessDenied Cannot call {operation} with session credentials");
                assert_eq!(told(&answer), text);
            }
            if expected == token {
                assert_eq!(told(&answer), INVALID_TOKEN);
                assert!(answer.unwrap_err().hint.is_some(), "{kind} {call}");
            }
        }
    }
}

#[test]
fn a_token_is_good_with_its_key_at_its_installation_until_its_end() {
    let world = World::new();
    let role = claims(world.session_role(), "s");
    let credentials = world.issue(&role);
    let other = world.sessions.issue(&role, 0, [6; 10]).unwrap().credentials;
    let token = credentials.session_token.as_ref().unwrap().expose().clone();
    let mut changed = token.clone().into_bytes();
    changed[60] ^= 1;
    let changed = String::from_utf8(changed).unwrap();
    let foreign = issuer(8).issue(&role, 0, [5; 10]).unwrap().credentials;
    let ended = world.issue(&SessionClaims { expires_at: now(), ..role.clone() });
    let elsewhere = SessionClaims { account_id: "999999999999".parse().unwrap(), ..role.clone() };
    let elsewhere = world.issue(&elsewhere);
    let before = SessionClaims {
        issued_at: now() - Duration::from_secs(90_000),
        mfa_authenticated_at: Some(now()),
        ..claims(SessionPrincipal::Root, "")
    };
    let before = world.issue(&before);
    let own = || session_signer(&credentials, "iam");
    let expired = "403 ExpiredToken The security token included in the request is expired";
    for (case, signer, expected) in [
        ("good", own(), "ok arn:aws:sts::111122223333:assumed-role/web/s"),
        ("without its token", Signer { token: None, ..own() }, INVALID_KEY),
        (
            "another's token",
            Signer { token: other.session_token.as_ref().map(|t| t.expose().as_str()), ..own() },
            INVALID_TOKEN,
        ),
        ("changed", Signer { token: Some(&changed), ..own() }, INVALID_TOKEN),
        ("cut", Signer { token: Some(&token[..100]), ..own() }, INVALID_TOKEN),
        ("wrong secret", Signer { secret: SECRET, ..own() }, MISMATCH),
        ("of another installation", session_signer(&foreign, "iam"), INVALID_TOKEN),
        ("ended", session_signer(&ended, "iam"), expired),
        ("of another account", session_signer(&elsewhere, "iam"), INVALID_TOKEN),
        ("of the root user before this account", session_signer(&before, "iam"), INVALID_TOKEN),
    ] {
        let signed = signer.sign(&Message::plain(LIST));
        // The second time from what was opened before.
        for _ in 0..2 {
            assert_eq!(told(&world.answer(&signed, IAM)), expected, "{case}");
        }
    }
}

#[test]
fn sessions_of_the_deleted_end_at_once() {
    let mut world = World::new();
    let role = world.issue(&claims(world.session_role(), "s"));
    let mfa = SessionClaims {
        mfa_authenticated_at: Some(now()),
        ..claims(SessionPrincipal::User(world.session_user()), "")
    };
    let user = world.issue(&mfa);
    let answers = |world: &World| {
        [&role, &user].map(|credentials| {
            let signed = session_signer(credentials, "iam").sign(&Message::plain(LIST));
            world.answer(&signed, IAM).map_or_else(|refused| refused.hint, |_| Some("ok"))
        })
    };
    assert_eq!(answers(&world), [Some("ok"); 2]);
    // A key that goes takes no session with it: AWS's sessions outlive their keys.
    world.directory.access_keys.remove(ANNS);
    assert_eq!(answers(&world), [Some("ok"); 2]);
    world.directory.roles.remove("web");
    world.directory.users.insert(world::user("ann", "AIDAQNZGKIQY56JQ7NEW"));
    assert_eq!(answers(&world), [Some("the session's user or role was deleted"); 2]);
}

#[test]
fn uses_are_noted_of_keys_and_roles_once_the_signature_is_good() {
    let world = World::new();
    let wrong = Signer { secret: "wrong", ..signer(ANNS) }.sign(&Message::plain(LIST));
    assert_eq!(told(&world.answer(&wrong, IAM)), MISMATCH);
    assert_eq!(world.used(ANNS), None);
    let good = Signer { region: "us-east-1", ..signer(ANNS) }.sign(&Message::plain(LIST));
    assert_eq!(told(&world.answer(&good, IAM)), ANN);
    assert_eq!(world.used(ANNS).as_deref(), Some("iam us-east-1"));
    let credentials = world.issue(&claims(world.session_role(), "s"));
    let signed = session_signer(&credentials, "sts").sign(&Message::plain("x"));
    let answer = told(&world.answer(&signed, ("sts", "GetCallerIdentity")));
    assert_eq!(answer, "ok arn:aws:sts::111122223333:assumed-role/web/s");
    assert_eq!(world.used("AROAQNZGKIQY56JQ7WEB").as_deref(), Some("sts eu-west-1"));
    assert_eq!(world.used(credentials.access_key_id.as_str()), None);
}

#[test]
fn a_signature_may_be_held_to_one_use() {
    let mut world = World::new();
    let signed = signer(ANNS).sign(&Message::plain(LIST));
    assert_eq!([(); 2].map(|()| told(&world.answer(&signed, IAM))), [ANN, ANN]);
    world.authenticator = Authenticator::new(Some(ReplayCache::new(8)));
    assert_eq!(told(&world.answer(&signed, IAM)), ANN);
    let again = told(&world.answer(&signed, IAM));
    assert_eq!(again, "403 SignatureDoesNotMatch This signature was used before. Sign the request again.");
}

#[test]
fn debug_shows_no_secret() {
    let world = World::new();
    let credentials = world.issue(&claims(world.session_role(), "s"));
    let signed = session_signer(&credentials, "iam").sign(&Message::plain(LIST));
    let shown = format!("{:?} {:?}", world.answer(&signed, IAM), world.authenticator);
    assert!(!shown.contains(credentials.secret_access_key.expose()));
    assert!(!shown.contains(credentials.session_token.unwrap().expose().as_str()));
}
