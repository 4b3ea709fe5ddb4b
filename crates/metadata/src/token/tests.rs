use proptest::prelude::*;

use super::*;

fn key(number: u8, secret: u8) -> TokenKey {
    TokenKey::new(number, &Secret::new([secret; 32]))
}

fn keys() -> TokenKeys {
    TokenKeys::new(key(1, 7), Vec::new())
}

fn id() -> InstanceId {
    "i-0123456789abcdef0".parse().unwrap()
}

const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_123);

fn after(millis: i64) -> Timestamp {
    Timestamp::from_millis(NOW.millis() + millis)
}

#[test]
fn text_has_the_form_of_ec2s() {
    let token = keys().issue(&id(), 21_600, NOW, [0xff; 11]);
    let text = str::from_utf8(&token).unwrap();
    assert!(text.starts_with("AQAEA") && text.ends_with("=="), "{text}");
    assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=".contains(&b)), "{text}");
}

#[test]
fn seconds_left_are_rounded_up_and_end_at_none() {
    let token = keys().issue(&id(), 60, NOW, [0; 11]);
    let cases = [(0, Ok(60)), (1, Ok(60)), (1000, Ok(59)), (59_001, Ok(1)), (59_999, Ok(1))];
    for (millis, left) in cases {
        assert_eq!(keys().verify(&token, &id(), after(millis)), left, "{millis}");
    }
    assert_eq!(keys().verify(&token, &id(), after(60_000)), Err(TokenError::Expired));
    let never = keys().issue(&id(), 0, NOW, [0; 11]);
    assert_eq!(keys().verify(&never, &id(), NOW), Err(TokenError::Expired));
    // Made by a replica whose clock is a minute ahead.
    let ahead = keys().issue(&id(), 21_600, after(60_000), [0; 11]);
    assert_eq!(keys().verify(&ahead, &id(), NOW), Ok(21_600));
}

#[test]
fn keys_rotate_by_number() {
    let old = keys().issue(&id(), 60, NOW, [0; 11]);
    let rotated = TokenKeys::new(key(2, 9), vec![key(1, 7)]);
    assert_eq!(rotated.verify(&old, &id(), NOW), Ok(60));
    let new = rotated.issue(&id(), 60, NOW, [0; 11]);
    assert_eq!(rotated.verify(&new, &id(), NOW), Ok(60));
    assert_eq!(keys().verify(&new, &id(), NOW), Err(TokenError::UnknownKey));
    let same_number = TokenKeys::new(key(1, 8), Vec::new());
    assert_eq!(same_number.verify(&old, &id(), NOW), Err(TokenError::Forged));
}

#[test]
fn other_instances_and_other_texts_are_refused() {
    let token = keys().issue(&id(), 60, NOW, [0; 11]);
    for other in ["i-0123456789abcdef1", "i-01234567"] {
        let other = other.parse().unwrap();
        assert_eq!(keys().verify(&token, &other, NOW), Err(TokenError::Forged));
    }
    let huge = vec![b'A'; 10_000];
    for text in [b"".as_slice(), b"AQAEA", &huge, &token[..55], &[b'A'; 56], &[0xff; 56]] {
        assert_eq!(keys().verify(text, &id(), NOW), Err(TokenError::Malformed));
    }
}

#[test]
fn time_of_issue_follows_from_the_token() {
    for ttl in [0, 1, 60, 21_600] {
        let token = keys().issue(&id(), ttl, NOW, [0xff; 11]);
        assert_eq!(keys().issued_at(&token, &id()), Ok(NOW), "{ttl}");
    }
    let other = "i-01234567".parse().unwrap();
    let token = keys().issue(&id(), 60, NOW, [0; 11]);
    assert_eq!(keys().issued_at(&token, &other), Err(TokenError::Forged));
}

#[test]
fn debug_shows_no_key() {
    let text = format!("{:?}", keys());
    assert_eq!(text, "TokenKeys { current: TokenKey { number: 1, .. }, earlier: [] }");
}

#[test]
fn ttl_is_up_to_nine_digits_and_six_hours() {
    let cases: [(&[u8], Option<u32>); 18] = [
        (b"0", Some(0)),
        (b"1", Some(1)),
        (b"60", Some(60)),
        (b"060", Some(60)),
        (b"000021600", Some(21_600)),
        (b" \t60 ", Some(60)),
        (b"21600", Some(21_600)),
        (b"21601", None),
        (b"999999999", None),
        (b"0000000060", None),
        (b"", None),
        (b" ", None),
        (b"-1", None),
        (b"+60", None),
        (b"6 0", None),
        (b"60s", None),
        (b"0x3c", None),
        ("６０".as_bytes(), None),
    ];
    for (digits, ttl) in cases {
        assert_eq!(parse_ttl(Field::One(digits)), ttl, "{digits:?}");
    }
    assert_eq!((parse_ttl(Field::Absent), parse_ttl(Field::Repeated)), (None, None));
}

proptest! {
    #[test]
    fn tokens_survive_the_round_trip(ttl in 1u32..=21_600, random: [u8; 11], spent in 0i64..21_600_000) {
        let token = keys().issue(&id(), ttl, NOW, random);
        let left = i64::from(ttl) * 1000 - spent;
        let expected = if left > 0 { Ok(((left + 999) / 1000) as u32) } else { Err(TokenError::Expired) };
        prop_assert_eq!(keys().verify(&token, &id(), after(spent)), expected);
    }

    #[test]
    fn any_flipped_bit_is_noticed(at in 0usize..56, bit in 0u8..8) {
        let mut token = keys().issue(&id(), 60, NOW, [3; 11]);
        token[at] ^= 1 << bit;
        prop_assert!(keys().verify(&token, &id(), NOW).is_err());
    }

    #[test]
    fn no_text_panics(text in proptest::collection::vec(any::<u8>(), 0..80)) {
        prop_assert_eq!(keys().verify(&text, &id(), NOW), Err(TokenError::Malformed));
    }
}
