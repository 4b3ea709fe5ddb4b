//! Event streams.

use std::time::Duration;

use proptest::prelude::*;
use sha2::Digest as _;
use sigv4::events::{
    EventSignatureError, EventSigner, EventVerifier, Header, HeaderValue, Message, MessageError,
    MessageReader, SignedEvent,
};
use sigv4::{AmzDate, Scope, Signature, SigningKey};
use types::{Secret, Timestamp};

use super::suites;

const SKEW: Duration = Duration::from_secs(300);
const NOON: Timestamp = Timestamp::from_secs(1_790_000_000);

/// The CRT's stream of four events.
#[test]
fn published_streams_hold() {
    let Some(file) = suites::find("aws-c-auth/extra/vectors.json") else { return };
    let vectors: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let stream = &vectors["events_v4"];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let (region, service) = (text(&stream["region"]), text(&stream["service"]));
    let secret = Secret::new(text(&stream["secret_key"]));
    let seed = Signature::read(text(&stream["seed_signature"]).as_bytes()).unwrap();
    let mut signer = EventSigner::new(secret.clone(), &region, &service, seed);
    let mut verifier = EventVerifier::new(&region, &service, seed, SKEW);
    let events = stream["events"].as_array().unwrap();
    for event in events {
        let date = AmzDate::read(text(&event["date"]).as_bytes()).unwrap().time();
        let payload = text(&event["payload"]).into_bytes();
        let message = signer.sign_payload(payload.clone(), date);
        let signature = Signature::read(text(&event["signature"]).as_bytes()).unwrap();
        let bytes = HeaderValue::Bytes(signature.as_bytes().to_vec());
        assert_eq!(message.header(":chunk-signature"), Some(&bytes));
        let key = |scope: &Scope<'_>| Some(SigningKey::derive(&secret, scope));
        let wanted = if payload.is_empty() { SignedEvent::End } else { SignedEvent::Event(payload) };
        assert_eq!(verifier.verify(message, date, key), Ok(wanted));
    }
    assert_eq!(verifier.finish(), Ok(()));
    println!("event streams: {} published signatures hold", events.len());
}

/// smithy-rs's string to sign of an event with a header: a signature of it is what we make of that event.
#[test]
fn published_string_to_sign_is_signed() {
    let Some(file) = suites::find("canonical/tables.json") else { return };
    let tables: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let case = &tables["event_stream_sts"];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let time = Timestamp::from_secs(case["unix_time"].as_i64().unwrap());
    let (region, service) = (text(&case["region"]), text(&case["service"]));
    let seed = Signature::from_bytes(sha2::Sha256::digest(b"last message sts").into());
    let secret = Secret::new("any".to_owned());
    let header = &case["message"]["headers"][0];
    assert_eq!(text(&header[1]), "string");
    let event = Message::new(text(&case["message"]["payload"]))
        .with_header(text(&header[0]), HeaderValue::String(text(&header[2])));
    let signed = EventSigner::new(secret.clone(), &region, &service, seed).sign(&event, time).unwrap();
    let key = SigningKey::derive(&secret, &Scope::new(time, &region, &service));
    let wanted = key.sign(text(&case["string_to_sign"]).as_bytes());
    let bytes = HeaderValue::Bytes(wanted.as_bytes().to_vec());
    assert_eq!(signed.header(":chunk-signature"), Some(&bytes));
    println!("event streams: 1 published string to sign is signed");
}

/// The scope is that of the event's day, so each side changes its key at midnight.
#[test]
fn streams_live_through_midnight() {
    let midnight = Timestamp::from_utc((2026, 11, 22), (0, 0, 0)).unwrap();
    let (mut signer, mut verifier) = pair();
    let mut days = Vec::new();
    for time in [midnight - Duration::from_secs(1), midnight] {
        let message = signer.sign_payload(b"event".to_vec(), time);
        let event = verifier.verify(message, time, |scope| {
            days.push(scope.date);
            key(scope)
        });
        assert_eq!(event, Ok(SignedEvent::Event(b"event".to_vec())));
    }
    assert_eq!(days, [*b"20261121", *b"20261122"]);
}

#[test]
fn streams_are_whole_or_refused() {
    use EventSignatureError::{Closed, Failed, NotClosed};
    let (mut signer, mut verifier) = pair();
    let first = signer.sign_payload(b"one".to_vec(), NOON);
    let second = signer.sign_payload(b"two".to_vec(), NOON);
    let end = signer.finish(NOON);

    let (_, mut other) = pair();
    assert_eq!(other.verify(second.clone(), NOON, key), Err(EventSignatureError::Mismatch), "out of order");
    assert_eq!(other.verify(first.clone(), NOON, key), Err(Failed), "a broken chain stays broken");
    assert_eq!(other.finish(), Err(Failed));

    verifier.verify(first.clone(), NOON, key).unwrap();
    let (_, mut cut) = pair();
    cut.verify(first.clone(), NOON, key).unwrap();
    assert_eq!(cut.finish(), Err(NotClosed));
    verifier.verify(second, NOON, key).unwrap();
    assert_eq!(verifier.verify(end, NOON, key), Ok(SignedEvent::End));
    assert_eq!(verifier.verify(first, NOON, key), Err(Closed));
}

#[test]
fn frames_bear_time_and_signature_alone() {
    use EventSignatureError::{Mismatch, Missing, NoKey, Skew, Unsigned};
    let good = || pair().0.sign_payload(b"event".to_vec(), NOON);
    let check = |message: Message, now| pair().1.verify(message, now, key).map(|_| ());
    assert_eq!(check(good(), NOON), Ok(()));
    assert_eq!(check(good(), NOON + SKEW), Ok(()));
    let late = Err(Skew { signed: NOON, most: SKEW });
    assert_eq!(check(good(), NOON + SKEW + Duration::from_secs(1)), late);
    assert_eq!(check(good(), NOON - SKEW - Duration::from_secs(1)), late);
    assert_eq!(pair().1.verify(good(), NOON, |_| None), Err(NoKey));

    let without = |name: &str| {
        let mut message = good();
        message.headers.retain(|header| header.name != name);
        message
    };
    assert_eq!(check(without(":date"), NOON), Err(Missing(":date")));
    assert_eq!(check(without(":chunk-signature"), NOON), Err(Missing(":chunk-signature")));
    let more = good().with_header("extra", HeaderValue::Bool(true));
    assert_eq!(check(more, NOON), Err(Unsigned("extra".to_owned())));
    let twice = good().with_header(":date", HeaderValue::Timestamp(0));
    assert_eq!(check(twice, NOON), Err(Unsigned(":date".to_owned())));
    let wrong = [
        (":date", HeaderValue::Long(NOON.millis())),
        (":date", HeaderValue::Timestamp(-1)),
        (":date", HeaderValue::Timestamp(i64::MAX)),
        (":chunk-signature", HeaderValue::Bytes(vec![0; 31])),
        (":chunk-signature", HeaderValue::String("0".repeat(64))),
    ];
    for (name, value) in wrong {
        let message = without(name).with_header(name, value);
        assert_eq!(check(message, NOON), Err(Missing(name)), "{name}");
    }
    let mut changed = good();
    changed.payload[0] ^= 1;
    assert_eq!(check(changed, NOON), Err(Mismatch));
    let dated = without(":date").with_header(":date", HeaderValue::Timestamp(NOON.millis() + 1));
    assert_eq!(check(dated, NOON), Err(Mismatch), "the milliseconds are signed");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// What is encoded is decoded, in any pieces.
    #[test]
    fn frames_round_trip(
        messages in prop::collection::vec(message(), 1..4),
        pieces in prop::collection::vec(1..200_usize, 1..8),
    ) {
        let wire: Vec<u8> = messages.iter().flat_map(|message| message.encode().unwrap()).collect();
        let (mut reader, mut read, mut rest) = (MessageReader::new(), Vec::new(), &wire[..]);
        for size in pieces.iter().cycle() {
            let (piece, after) = rest.split_at((*size).min(rest.len()));
            reader.push(piece, |message| read.push(message)).unwrap();
            rest = after;
            if rest.is_empty() { break; }
        }
        reader.finish().unwrap();
        prop_assert_eq!(read, messages);
    }

    /// A bit flipped anywhere is noticed, by the prelude's checksum or the frame's.
    #[test]
    fn flipped_bits_are_noticed(message in message(), at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let mut wire = message.encode().unwrap();
        let at = at.index(wire.len());
        wire[at] ^= 1 << bit;
        let wanted = if at < 12 { MessageError::PreludeChecksum } else { MessageError::Checksum };
        prop_assert_eq!(Message::decode(&wire), Err(wanted));
    }

    #[test]
    fn any_bytes_are_read_or_refused(wire in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Message::decode(&wire);
    }

    /// Events go through a signed stream as they are; a flipped byte ends it.
    #[test]
    fn signed_streams_round_trip(events in prop::collection::vec(message(), 1..4), flip in any::<prop::sample::Index>()) {
        let (mut signer, mut verifier) = pair();
        let mut signed: Vec<Message> =
            events.iter().map(|event| signer.sign(event, NOON).unwrap()).collect();
        for (message, event) in signed.iter().zip(&events) {
            let SignedEvent::Event(bytes) = verifier.verify(message.clone(), NOON, key).unwrap() else {
                panic!("an event is not the end")
            };
            prop_assert_eq!(&Message::decode(&bytes).unwrap(), event);
        }
        let (_, mut verifier) = pair();
        let at = flip.index(signed[0].payload.len());
        signed[0].payload[at] ^= 1;
        prop_assert_eq!(
            verifier.verify(signed[0].clone(), NOON, key),
            Err(EventSignatureError::Mismatch)
        );
    }
}

fn message() -> impl Strategy<Value = Message> {
    let headers = prop::collection::vec(("[ -~é]{1,20}", value()), 0..6);
    let payload = prop::collection::vec(any::<u8>(), 0..200);
    (headers, payload).prop_map(|(headers, payload)| Message {
        headers: headers.into_iter().map(|(name, value)| Header { name, value }).collect(),
        payload,
    })
}

fn value() -> impl Strategy<Value = HeaderValue> {
    prop_oneof![
        any::<bool>().prop_map(HeaderValue::Bool),
        any::<i8>().prop_map(HeaderValue::Byte),
        any::<i16>().prop_map(HeaderValue::Short),
        any::<i32>().prop_map(HeaderValue::Int),
        any::<i64>().prop_map(HeaderValue::Long),
        prop::collection::vec(any::<u8>(), 0..50).prop_map(HeaderValue::Bytes),
        ".{0,20}".prop_map(HeaderValue::String),
        any::<i64>().prop_map(HeaderValue::Timestamp),
        any::<[u8; 16]>().prop_map(HeaderValue::Uuid),
    ]
}

fn pair() -> (EventSigner, EventVerifier) {
    let seed = Signature::from_bytes([3; 32]);
    let secret = Secret::new("secret".to_owned());
    let signer = EventSigner::new(secret, "us-east-1", "transcribe", seed);
    (signer, EventVerifier::new("us-east-1", "transcribe", seed, SKEW))
}

fn key(scope: &Scope<'_>) -> Option<SigningKey> {
    Some(SigningKey::derive(&Secret::new("secret".to_owned()), scope))
}
