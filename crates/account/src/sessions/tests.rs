//! Tokens: what opens them and what does not.

use proptest::prelude::*;
use types::{AccountId, UniqueId};

use super::*;

fn issuer() -> SessionIssuer {
    SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])))
}

fn account_id() -> AccountId {
    AccountId::from_number(29_608_264_753).unwrap()
}

fn role() -> SessionPrincipal {
    let arn = "arn:aws:iam::029608264753:role/path/web".parse().unwrap();
    SessionPrincipal::Role(SessionRole { arn, id: UniqueId::role(account_id(), [3; 10]) })
}

fn user() -> SessionUser {
    let arn = "arn:aws:iam::029608264753:user/people/anna".parse().unwrap();
    SessionUser { arn, id: "AIDAQNZGKIQY56JQ7WML".to_owned().into() }
}

/// Of a role, fetched by an instance.
fn claims() -> SessionClaims {
    let (issued_at, expires_at) = (Timestamp::from_secs(1_000_000), Timestamp::from_secs(1_023_700));
    let origin = InstanceOrigin {
        source_instance_arn: "arn:aws:ec2:us-east-1:029608264753:instance/i-0123456789abcdef0"
            .parse()
            .unwrap(),
        source_vpc: "vpc-0a1b2c3d4e5f60718".to_owned(),
        source_private_ipv4: Some("10.0.1.10".parse().unwrap()),
        role_delivery: Some(RoleDelivery::V2),
    };
    let claims = SessionClaims::new(account_id(), role(), "i-0123456789abcdef0", issued_at, expires_at);
    SessionClaims { origin: Some(origin), ..claims }
}

/// Of a role, with a bit of everything that STS can put in.
fn laden(policy: String, tags: usize) -> SessionClaims {
    let tag = |number: usize| SessionTag { key: format!("key-{number}"), value: format!("value-{number}") };
    let arns = [
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::029608264753:policy/p/mine",
        "arn:aws-cn:iam::aws:policy/x",
    ];
    SessionClaims {
        session_name: "build".to_owned(),
        mfa_authenticated_at: Some(Timestamp::from_millis(999_999_001)),
        policy: Some(policy),
        policy_arns: arns.iter().map(|arn| arn.parse().unwrap()).collect(),
        tags: (0..tags).map(tag).collect(),
        transitive_tag_keys: (0..tags / 2).map(|number| tag(number).key).collect(),
        source_identity: Some("anna".to_owned()),
        is_chained: true,
        federated: Some(FederatedOrigin {
            provider: "arn:aws:iam::029608264753:oidc-provider/id.example".to_owned(),
            subject: "repo:x/y".to_owned(),
            audience: "sts.amazonaws.com".to_owned(),
        }),
        ..claims()
    }
}

fn issued(issuer: &SessionIssuer, claims: &SessionClaims, random: [u8; 10]) -> Credentials {
    issuer.issue(claims, 0, random).unwrap().credentials
}

fn token(credentials: &Credentials) -> &str {
    credentials.session_token.as_ref().unwrap().expose()
}

#[test]
fn issued_credentials_look_like_aws_and_open_to_their_claims() {
    let credentials = issued(&issuer(), &claims(), [9; 10]);
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
fn names_of_each_kind_are_those_of_sts() {
    let aida = "AIDAQNZGKIQY56JQ7WML";
    let aroa = UniqueId::role(account_id(), [3; 10]);
    for (principal, name, arn, user_id) in [
        (
            role(),
            "i-01234567",
            "arn:aws:sts::029608264753:assumed-role/web/i-01234567",
            format!("{aroa}:i-01234567"),
        ),
        (
            SessionPrincipal::InstanceIdentity,
            "i-01234567",
            "arn:aws:sts::029608264753:assumed-role/aws:ec2-instance/i-01234567",
            "029608264753:aws:ec2-instance:i-01234567".to_owned(),
        ),
        (SessionPrincipal::User(user()), "", "arn:aws:iam::029608264753:user/people/anna", aida.to_owned()),
        (SessionPrincipal::Root, "", "arn:aws:iam::029608264753:root", "029608264753".to_owned()),
        (
            SessionPrincipal::Federated(Some(user())),
            "bob",
            "arn:aws:sts::029608264753:federated-user/bob",
            "029608264753:bob".to_owned(),
        ),
        (
            SessionPrincipal::Federated(None),
            "bob",
            "arn:aws:sts::029608264753:federated-user/bob",
            "029608264753:bob".to_owned(),
        ),
    ] {
        let claims = SessionClaims { principal, session_name: name.to_owned(), ..claims() };
        assert_eq!((claims.arn().as_str(), claims.user_id()), (arn, user_id));
        let credentials = issued(&issuer(), &claims, [4; 10]);
        let opened =
            issuer().open(token(&credentials), &credentials.access_key_id, claims.issued_at).unwrap();
        assert_eq!(opened.claims, claims);
    }
}

#[test]
fn all_that_sts_puts_in_comes_back() {
    let policy = "{\"Version\":\"2012-10-17\",\"Statement\":[]}".to_owned();
    let claims = laden(policy, 50);
    let issued = issuer().issue(&claims, 0, [1; 10]).unwrap();
    let opened = issuer()
        .open(token(&issued.credentials), &issued.credentials.access_key_id, claims.issued_at)
        .unwrap();
    assert_eq!(opened.claims, claims);
}

#[test]
fn a_token_is_as_long_as_asked_for_and_never_longer_than_allowed() {
    for (minimum, expected) in [
        (0, None),
        (1, None),
        (1000, Some(1000)),
        (1001, Some(1004)),
        (4095, Some(4096)),
        (4096, Some(4096)),
        (9000, Some(4096)),
    ] {
        let issued = issuer().issue(&claims(), minimum, [1; 10]).unwrap();
        let size = token(&issued.credentials).len();
        assert_eq!(issued.token_size, size);
        assert!(expected.is_none_or(|expected| size == expected), "{minimum} {size}");
        assert_eq!(issued.token_utilization, (size as f64 / 40.96).ceil() as u8);
        assert_eq!(issued.packed_policy_size, None);
        let opened =
            issuer().open(token(&issued.credentials), &issued.credentials.access_key_id, claims().issued_at);
        assert_eq!(opened.unwrap().claims, claims());
    }
}

/// A text in which nothing repeats.
fn noise(seed: usize, length: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed as u64 + 1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b' ' + (state % 95) as u8)
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn policies_and_tags_are_held_to_the_room_there_is() {
    let room = |length: usize| issuer().issue(&laden(noise(1, length), 10), 0, [1; 10]);
    // The longest plain text of GetFederationToken, managed policies and some tags fit, whatever they say.
    let mut longest = 2048;
    assert!(room(longest).unwrap().packed_policy_size.is_some_and(|size| (70..90).contains(&size)));
    while let Ok(issued) = room(longest + 1) {
        longest += 1;
        assert!(issued.token_size <= SessionIssuer::MAX_TOKEN);
    }
    let last = room(longest).unwrap();
    assert_eq!((last.token_utilization, last.packed_policy_size), (100, Some(100)));
    assert_eq!(room(longest + 1), Err(PackedPolicyError { percent: 101, tags_alone: false }));

    let tag = |n: usize| SessionTag { key: noise(n, 10), value: noise(n + 100, 256) };
    let tags = |count: usize| SessionClaims { tags: (0..count).map(tag).collect(), ..claims() };
    assert_eq!(issuer().issue(&tags(10), 0, [1; 10]).map(|_| ()), Ok(()));
    let refused = issuer().issue(&tags(50), 0, [1; 10]).unwrap_err();
    assert!(refused.tags_alone && refused.percent > 400, "{refused:?}");
}

#[test]
fn long_policies_that_say_little_take_little_room() {
    let statement = |n: usize| {
        format!(
            "\n    {{\n      \"Effect\": \"Allow\",\n      \"Action\": [\"s3:GetObject\"],\n      \"Resource\": \"arn:aws:s3:::bucket-{n}/*\"\n    }}"
        )
    };
    let statements: Vec<String> = (0..50).map(statement).collect();
    let policy =
        format!("{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{}\n  ]\n}}", statements.join(","));
    let claims = laden(policy, 10);
    let issued = issuer().issue(&claims, 0, [1; 10]).unwrap();
    assert!(
        claims.policy.as_ref().unwrap().len() > 5_000 && issued.packed_policy_size.unwrap() < 25,
        "{issued:?}"
    );
    let opened = issuer()
        .open(token(&issued.credentials), &issued.credentials.access_key_id, claims.issued_at)
        .unwrap();
    assert_eq!(opened.claims, claims);
    // What nobody could expand again is refused before it is squeezed.
    let endless = SessionClaims { policy: Some(" ".repeat(1_000_000)), ..claims };
    assert!(issuer().issue(&endless, 0, [1; 10]).unwrap_err().percent > 1000);
}

#[test]
fn session_ends_at_its_expiration() {
    let credentials = issued(&issuer(), &claims(), [9; 10]);
    let open = |now| issuer().open(token(&credentials), &credentials.access_key_id, now).map(|_| ());
    assert_eq!(open(Timestamp::from_millis(1_023_699_999)), Ok(()));
    let expired_at = claims().expires_at;
    assert_eq!(open(expired_at), Err(SessionError::Expired { expired_at }));
    assert_eq!(SessionError::Expired { expired_at }.code(), "ExpiredToken");
}

#[test]
fn only_its_own_key_id_and_installation_open_a_token() {
    let credentials = issued(&issuer(), &claims(), [9; 10]);
    let other = issued(&issuer(), &claims(), [8; 10]);
    assert_ne!(other.secret_access_key, credentials.secret_access_key);
    let now = claims().issued_at;
    assert_eq!(issuer().open(token(&credentials), &other.access_key_id, now), Err(SessionError::Invalid));
    let stranger = SessionIssuer::new(Keyring::new(1, MasterKey::new([8; 32])));
    let opened = stranger.open(token(&credentials), &credentials.access_key_id, now);
    assert_eq!(opened, Err(SessionError::Invalid));
}

#[test]
fn older_master_key_opens_what_it_sealed() {
    let credentials = issued(&issuer(), &claims(), [9; 10]);
    let keys = Keyring::new(1, MasterKey::new([7; 32])).with(2, MasterKey::new([1; 32]));
    let rotated = SessionIssuer::new(keys);
    let opened = rotated.open(token(&credentials), &credentials.access_key_id, claims().issued_at).unwrap();
    assert_eq!(opened.secret_access_key, credentials.secret_access_key);
    let renewed = issued(&rotated, &claims(), [9; 10]);
    assert_ne!(renewed.secret_access_key, credentials.secret_access_key);
    let without = issuer().open(token(&renewed), &renewed.access_key_id, claims().issued_at);
    assert_eq!(without, Err(SessionError::Invalid));
}

#[test]
fn garbage_is_refused() {
    let id = issued(&issuer(), &claims(), [9; 10]).access_key_id;
    let prefix_alone = STANDARD.encode(b"!\n\torigin_ec");
    for text in ["", "IQoJb3JpZ2luX2Vj", "not base64!", &prefix_alone, &"A".repeat(10_000)] {
        assert_eq!(issuer().open(text, &id, Timestamp::EPOCH), Err(SessionError::Invalid), "{text}");
    }
}

#[test]
fn debug_hides_what_signs() {
    let credentials = issued(&issuer(), &claims(), [9; 10]);
    let opened = issuer().open(token(&credentials), &credentials.access_key_id, claims().issued_at).unwrap();
    let shown = format!("{credentials:?} {opened:?} {:?}", issuer());
    assert!(!shown.contains(credentials.secret_access_key.expose()) && !shown.contains(token(&credentials)));
}

fn strings() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(".{0,40}", 0..5)
}

proptest! {
    #[test]
    fn any_claims_come_back(
        texts in strings(),
        keys in strings(),
        policy in prop::option::of(".{0,300}"),
        name in "[\\w+=,.@-]{0,64}",
        times in prop::array::uniform3(any::<i32>()),
        chained: bool,
    ) {
        let claims = SessionClaims {
            policy,
            session_name: name,
            tags: texts.iter().map(|text| SessionTag { key: text.clone(), value: text.clone() }).collect(),
            transitive_tag_keys: keys,
            source_identity: texts.first().cloned(),
            issued_at: Timestamp::from_millis(times[0].into()),
            mfa_authenticated_at: Some(Timestamp::from_secs(times[1].into())),
            expires_at: Timestamp::from_secs(times[2].into()),
            is_chained: chained,
            ..laden(String::new(), 0)
        };
        let (packed, _) = packed::pack(&claims);
        prop_assert_eq!(packed::unpack(&packed), Some(claims));
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = packed::unpack(&bytes);
    }

    /// A field may bound the session: none may be lost.
    #[test]
    fn cut_claims_are_refused_or_stand_at_a_fields_end(cut in 0usize..600) {
        let (packed, _) = packed::pack(&laden("p".repeat(20), 3));
        let cut = cut.min(packed.len());
        if let Some(claims) = packed::unpack(&packed[..cut]) {
            prop_assert!(cut == packed.len() || packed::pack(&claims).0.len() <= packed.len());
        }
    }

    #[test]
    fn no_changed_byte_goes_unnoticed(place: prop::sample::Index, flip in 1u8..) {
        let credentials = issued(&issuer(), &claims(), [9; 10]);
        let mut bytes = STANDARD.decode(token(&credentials)).unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= flip;
        let changed = STANDARD.encode(bytes);
        let opened = issuer().open(&changed, &credentials.access_key_id, claims().issued_at);
        prop_assert_eq!(opened, Err(SessionError::Invalid));
    }
}
