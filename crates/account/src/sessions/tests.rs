//! Tokens: what opens them and what does not.

use proptest::prelude::*;
use types::{AccountId, UniqueId};

use super::*;

fn issuer() -> SessionIssuer {
    SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])))
}

fn claims() -> SessionClaims {
    let account_id = AccountId::from_number(29_608_264_753).unwrap();
    SessionClaims {
        account_id,
        principal: SessionPrincipal::Role(SessionRole {
            arn: "arn:aws:iam::029608264753:role/path/web".parse().unwrap(),
            id: UniqueId::role(account_id, [3; 10]),
        }),
        session_name: "i-0123456789abcdef0".parse().unwrap(),
        source_instance_arn: "arn:aws:ec2:us-east-1:029608264753:instance/i-0123456789abcdef0"
            .parse()
            .unwrap(),
        source_vpc: "vpc-0a1b2c3d4e5f60718".to_owned(),
        source_private_ipv4: Some("10.0.1.10".parse().unwrap()),
        role_delivery: Some(RoleDelivery::V2),
        issued_at: Timestamp::from_secs(1_000_000),
        expires_at: Timestamp::from_secs(1_023_700),
        mfa_authenticated_at: None,
    }
}

fn token(credentials: &Credentials) -> &str {
    credentials.session_token.as_ref().unwrap().expose()
}

#[test]
fn issued_credentials_look_like_aws_and_open_to_their_claims() {
    let credentials = issuer().issue(&claims(), [9; 10]);
    assert_eq!(credentials.access_key_id.account(), Some(claims().account_id));
    assert!(credentials.access_key_id.as_str().starts_with("ASIA"));
    assert_eq!(credentials.secret_access_key.expose().len(), 40);
    assert!(token(&credentials).starts_with("IQoJb3JpZ2luX2Vj"));
    assert!(token(&credentials).len() < 1024, "{}", token(&credentials).len());
    assert_eq!(credentials.expiration, Some(claims().expires_at));

    let opened = issuer().open(token(&credentials), &credentials.access_key_id, claims().issued_at).unwrap();
    assert_eq!(opened.claims, claims());
    assert_eq!(opened.secret_access_key, credentials.secret_access_key);
}

#[test]
fn names_of_the_session_are_those_of_sts() {
    let role = claims();
    assert_eq!(role.arn().as_str(), "arn:aws:sts::029608264753:assumed-role/web/i-0123456789abcdef0");
    assert!(role.user_id().starts_with("AROA") && role.user_id().ends_with(":i-0123456789abcdef0"));
    let identity = SessionClaims { principal: SessionPrincipal::InstanceIdentity, ..claims() };
    assert_eq!(
        identity.arn().as_str(),
        "arn:aws:sts::029608264753:assumed-role/aws:ec2-instance/i-0123456789abcdef0"
    );
    assert_eq!(identity.user_id(), "029608264753:aws:ec2-instance:i-0123456789abcdef0");
}

#[test]
fn session_ends_at_its_expiration() {
    let credentials = issuer().issue(&claims(), [9; 10]);
    let open = |now| issuer().open(token(&credentials), &credentials.access_key_id, now).map(|_| ());
    assert_eq!(open(Timestamp::from_millis(1_023_699_999)), Ok(()));
    let expired_at = claims().expires_at;
    assert_eq!(open(expired_at), Err(SessionError::Expired { expired_at }));
    assert_eq!(SessionError::Expired { expired_at }.code(), "ExpiredToken");
}

#[test]
fn only_its_own_key_id_and_installation_open_a_token() {
    let credentials = issuer().issue(&claims(), [9; 10]);
    let other = issuer().issue(&claims(), [8; 10]);
    assert_ne!(other.secret_access_key, credentials.secret_access_key);
    let now = claims().issued_at;
    assert_eq!(issuer().open(token(&credentials), &other.access_key_id, now), Err(SessionError::Invalid));
    let stranger = SessionIssuer::new(Keyring::new(1, MasterKey::new([8; 32])));
    let opened = stranger.open(token(&credentials), &credentials.access_key_id, now);
    assert_eq!(opened, Err(SessionError::Invalid));
}

#[test]
fn older_master_key_opens_what_it_sealed() {
    let credentials = issuer().issue(&claims(), [9; 10]);
    let keys = Keyring::new(1, MasterKey::new([7; 32])).with(2, MasterKey::new([1; 32]));
    let rotated = SessionIssuer::new(keys);
    let opened = rotated.open(token(&credentials), &credentials.access_key_id, claims().issued_at).unwrap();
    assert_eq!(opened.secret_access_key, credentials.secret_access_key);
    let renewed = rotated.issue(&claims(), [9; 10]);
    assert_ne!(renewed.secret_access_key, credentials.secret_access_key);
    let without = issuer().open(token(&renewed), &renewed.access_key_id, claims().issued_at);
    assert_eq!(without, Err(SessionError::Invalid));
}

#[test]
fn garbage_is_refused() {
    let id = issuer().issue(&claims(), [9; 10]).access_key_id;
    let prefix_alone = STANDARD.encode(b"!\n\torigin_ec");
    for text in ["", "IQoJb3JpZ2luX2Vj", "not base64!", &prefix_alone, &"A".repeat(10_000)] {
        assert_eq!(issuer().open(text, &id, Timestamp::EPOCH), Err(SessionError::Invalid), "{text}");
    }
}

#[test]
fn debug_hides_what_signs() {
    let credentials = issuer().issue(&claims(), [9; 10]);
    let opened = issuer().open(token(&credentials), &credentials.access_key_id, claims().issued_at).unwrap();
    let shown = format!("{credentials:?} {opened:?} {:?}", issuer());
    assert!(!shown.contains(credentials.secret_access_key.expose()) && !shown.contains(token(&credentials)));
}

proptest! {
    #[test]
    fn no_changed_byte_goes_unnoticed(place: prop::sample::Index, flip in 1u8..) {
        let credentials = issuer().issue(&claims(), [9; 10]);
        let mut bytes = STANDARD.decode(token(&credentials)).unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= flip;
        let changed = STANDARD.encode(bytes);
        let opened = issuer().open(&changed, &credentials.access_key_id, claims().issued_at);
        prop_assert_eq!(opened, Err(SessionError::Invalid));
    }
}
