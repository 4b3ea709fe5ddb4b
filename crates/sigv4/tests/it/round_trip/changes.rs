//! Every bit of a signed request, turned: no such request is the signer's any more.
//!
//! Only what means the same may stay good: names of headers and digits of escapes and of signatures in the other case.

use sha2::{Digest as _, Sha256};
use sigv4::verify::{Body, Caller, Endpoint, KeyRing, Mechanism, Scratch, verify};
use sigv4::{Family, ServiceRules};

use crate::draft::{Draft, NOW, Wire, hex};
use crate::refusals::ring;

/// A place of a request whose bits are turned.
#[derive(Clone, Copy, Debug)]
enum Place {
    Method,
    Target,
    Name(usize),
    Value(usize),
    Body,
}

fn drafts() -> Vec<(Draft, ServiceRules)> {
    let of = |service, family| ServiceRules { family, ..ServiceRules::of(service) };
    let mut put = Draft::new("s3", Mechanism::Header);
    put.method = "PUT";
    put.body = b"some text".to_vec();
    put.set_header("x-amz-content-sha256", &hex(&Sha256::digest(&put.body)));
    put.headers.push(("Content-Type".to_owned(), "text/plain; charset=utf-8".to_owned()));
    put.headers.push(("X-Amz-Meta-B".to_owned(), "one, two".to_owned()));
    let mut get = Draft::new("s3", Mechanism::Query);
    get.query.push(("prefix".to_owned(), "a/b c".to_owned()));
    get.headers.push(("Range".to_owned(), "bytes=0-9".to_owned()));
    let mut post = Draft::new("iam", Mechanism::Header);
    post.method = "POST";
    post.body = b"Action=ListUsers&Version=2010-05-08".to_vec();
    let mut session = Draft::new("lambda", Mechanism::Query);
    session.path = "/2015-03-31/functions/f/invocations".to_owned();
    session.credential[0] = "ASIASESSION".to_owned();
    session.query.push(("X-Amz-Security-Token".to_owned(), "the+token/of=the session".to_owned()));
    vec![
        (put, of("s3", Family::S3)),
        (get, of("s3", Family::S3)),
        (post, of("iam", Family::Query)),
        (session, of("lambda", Family::RestJson)),
    ]
}

#[test]
fn no_bit_may_be_turned() {
    let mut turned = 0;
    for (draft, rules) in drafts() {
        turned += turn_all(&draft, &rules, 1);
    }
    println!("{turned} bits turned");
    assert!(turned > 11_000);
}

#[test]
fn no_bit_of_a_signature_for_regions_may_be_turned() {
    let rules = ServiceRules::of("s3");
    for mechanism in [Mechanism::Header, Mechanism::Query] {
        // One bit in 61: each costs a signature by a curve.
        assert!(turn_all(&Draft::new("s3", mechanism).asymmetric(), &rules, 61) > 40);
    }
}

fn turn_all(draft: &Draft, rules: &ServiceRules, step: usize) -> usize {
    let (wire, ring) = (draft.build(), ring());
    let service = draft.credential[draft.credential.len() - 2].as_str();
    let endpoint = Endpoint { paths: &[], ..Endpoint::new(service, Some("us-east-1"), rules, NOW) };
    assert!(is_signed(&wire, &endpoint, &ring), "{service}");
    let mut bits = 0;
    let mut places = vec![Place::Method, Place::Target, Place::Body];
    places.extend((0..wire.headers.len()).flat_map(|at| [Place::Name(at), Place::Value(at)]));
    // The body of a request that does not sign it may be any.
    places.retain(|place| !matches!(place, Place::Body) || !wire.body.is_empty());
    let all = places.iter().flat_map(|place| (0..length(&wire, *place) * 8).map(move |bit| (*place, bit)));
    for (place, bit) in all.step_by(step) {
        let Some(other) = turned(&wire, place, bit) else { continue };
        bits += 1;
        if means_same(&wire, &other) {
            continue;
        }
        assert!(!is_signed(&other, &endpoint, &ring), "{service}: bit {bit} of {place:?}");
    }
    bits
}

fn is_signed(wire: &Wire, endpoint: &Endpoint<'_>, ring: &KeyRing) -> bool {
    let mut scratch = Scratch::default();
    wire.with(|request| match verify(request, Body::Read(&wire.body), endpoint, ring, &mut scratch) {
        Ok(Caller::Signed(verified)) => verified.check_body(&wire.body).is_ok(),
        _ => false,
    })
}

fn length(wire: &Wire, place: Place) -> usize {
    match place {
        Place::Method => wire.method.len(),
        Place::Target => wire.target.len(),
        Place::Name(at) => wire.headers[at].0.len(),
        Place::Value(at) => wire.headers[at].1.len(),
        Place::Body => wire.body.len(),
    }
}

/// The request with one bit turned; none where text would become no text.
fn turned(wire: &Wire, place: Place, bit: usize) -> Option<Wire> {
    let turn = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    };
    let text = |text: &str| String::from_utf8(turn(text.as_bytes())).ok();
    let mut other = wire.clone();
    match place {
        Place::Method => other.method = text(&wire.method)?,
        Place::Target => other.target = turn(&wire.target),
        Place::Name(at) => other.headers[at].0 = text(&wire.headers[at].0)?,
        Place::Value(at) => other.headers[at].1 = turn(&wire.headers[at].1),
        Place::Body => other.body = turn(&wire.body),
    }
    Some(other)
}

/// Whether two requests are one but for the case of what has none.
fn means_same(one: &Wire, other: &Wire) -> bool {
    let without_case = |wire: &Wire| {
        let target = String::from_utf8_lossy(&wire.target).into_owned();
        let mut headers = Vec::new();
        for (name, value) in &wire.headers {
            let name = name.to_ascii_lowercase();
            let value = String::from_utf8_lossy(value).into_owned();
            let value = if name == "authorization" { lower_signature(&value, "Signature=") } else { value };
            headers.push((name, value));
        }
        (wire.method.clone(), lower_escapes(&lower_signature(&target, "X-Amz-Signature=")), headers)
    };
    without_case(one) == without_case(other) && one.body == other.body
}

/// The signature stands last.
fn lower_signature(text: &str, before: &str) -> String {
    match text.rsplit_once(before) {
        Some((rest, signature)) => format!("{rest}{before}{}", signature.to_ascii_lowercase()),
        None => text.to_owned(),
    }
}

/// Digits of the query's escapes in lower case.
fn lower_escapes(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
    let mut parts = query.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    let query = parts.fold(first, |out, part| match part.split_at_checked(2) {
        Some((digits, rest)) => format!("{out}%{}{rest}", digits.to_ascii_lowercase()),
        None => format!("{out}%{part}"),
    });
    format!("{path}?{query}")
}
