//! Each fault alone, and each pair of faults in order.
//!
//! A fault is made on purpose in a request that is otherwise good. Alone it must be told with the status, the code, the message
//! and the fields of the published table; of two, the one that AWS looks for first.

mod attacks;
mod others;
mod s3;
mod security;
mod silence;
mod wire;

use sigv4::verify::{Body, Caller, Endpoint, KeyRing, Refusal, RingEntry, Scratch, verify};
use sigv4::{Family, ServiceRules};
use types::Secret;

use crate::draft::{ACCESS_KEY_ID, Draft, NOW, SECRET, Wire};

/// A fault: what it is called, and how it is made.
pub(crate) struct Fault {
    pub(crate) id: &'static str,
    pub(crate) make: fn(&mut Draft),
}

pub(crate) fn ring() -> KeyRing {
    let entry = |id: &str, token: Option<&str>| RingEntry {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new(SECRET.to_owned()),
        session_token: token.map(|token| Secret::new(token.to_owned())),
        expires: None,
    };
    KeyRing::new([
        entry(ACCESS_KEY_ID, None),
        entry("ASIASESSION", Some("the+token/of=the session")),
        RingEntry { expires: Some(NOW), ..entry("ASIAEXPIRED", Some("the+token/of=the session")) },
    ])
}

pub(crate) fn endpoint<'a>(service: &'a str, rules: &'a ServiceRules) -> Endpoint<'a> {
    Endpoint::new(service, Some("us-east-1"), rules, NOW)
}

/// Verifies, and checks the body as a service would; the refusal, or nothing.
pub(crate) fn refusal_at(wire: &Wire, endpoint: &Endpoint<'_>) -> Option<Refusal> {
    let ring = ring();
    let mut scratch = Scratch::default();
    wire.with(|request| match verify(request, Body::Read(&wire.body), endpoint, &ring, &mut scratch) {
        Ok(Caller::Signed(verified)) => verified.check_body(&wire.body).err(),
        Ok(Caller::Anonymous) => panic!("taken for anonymous"),
        Err(refusal) => Some(refusal),
    })
}

/// A table of published errors, if it is here.
pub(crate) fn published(name: &str) -> Option<serde_json::Value> {
    let path = crate::suites::find("errors")?.join(name);
    #[expect(clippy::disallowed_methods, reason = "a test reads its cases")]
    let text = std::fs::read_to_string(path).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// The rules of a service, of the family that is asked for.
pub(crate) fn rules(service: &str, family: Family) -> ServiceRules {
    ServiceRules { family, ..ServiceRules::of(service) }
}

/// Makes every pair of these faults, which stand in AWS's order; the first must be told. `told` says by which text a fault is known.
pub(crate) fn check_pairs(
    base: &Draft,
    endpoint: &Endpoint<'_>,
    faults: &[&Fault],
    told: impl Fn(&Refusal) -> String,
) -> usize {
    let mut pairs = 0;
    for (index, first) in faults.iter().enumerate() {
        let alone = spoilt(base, &[first]);
        let alone = refusal_at(&alone, endpoint).unwrap_or_else(|| panic!("{} passed", first.id));
        for second in &faults[index + 1..] {
            // The later fault is made first, so that the earlier one has its way where both touch one thing.
            let wire = spoilt(base, &[second, first]);
            let both = refusal_at(&wire, endpoint)
                .unwrap_or_else(|| panic!("{} and {} passed", first.id, second.id));
            assert_eq!(told(&both), told(&alone), "{} comes before {}", first.id, second.id);
            pairs += 1;
        }
    }
    pairs
}

pub(crate) fn spoilt(base: &Draft, faults: &[&Fault]) -> Wire {
    let mut draft = base.clone();
    for fault in faults {
        (fault.make)(&mut draft);
    }
    draft.build()
}
