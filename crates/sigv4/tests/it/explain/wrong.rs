//! For each hypothesis a signature made wrong in just that way: the explanation must prove that one.

use sigv4::explain::{Cause, Explanation, Side, Theirs, Verdict, answer};

use super::cases::{Case, cases, pairs};
use super::model::{KEY, Model, Wire, hex, mac, most, s3};
use super::{asked, asked_with, s3_answer};

/// The right text of what is on the wire, by the crate's own signer's rules: what a verifier comes to.
fn right(wire: &Wire, base: &Model, s3: bool) -> Model {
    let rules = sigv4::ServiceRules::of(if s3 { "s3" } else { "execute-api" });
    let headers: Vec<(&str, &[u8])> = wire.headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())).collect();
    let request = sigv4::Request { method: &wire.method, target: wire.target.as_bytes(), headers: &headers };
    let names: Vec<&str> = base.list.split(';').filter(|name| request.header(name).is_some()).collect();
    let mut text = Vec::new();
    let canonical = sigv4::canonical::CanonicalRequest {
        request,
        added_headers: &[],
        added_query: b"",
        signed: sigv4::canonical::SignedNames::Listed(&names),
        payload: sigv4::Payload::Body(&wire.body),
        rules: &rules,
    };
    canonical.write(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let (head, tail) =
        text.split_once("\n\n").filter(|(head, _)| head.lines().count() > 3).unwrap_or_else(|| {
            let at = text.match_indices("\n\n").nth(1).unwrap().0;
            (&text[..at], &text[at + 2..])
        });
    let mut lines = head.splitn(4, '\n');
    let mut model = base.clone();
    let mut next = || lines.next().unwrap().to_owned();
    (model.method, model.path, model.query) = (next(), next(), next());
    let block = next();
    model.headers = block
        .lines()
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let (list, payload) = tail.split_once('\n').unwrap();
    (model.list, model.payload) = (list.to_owned(), payload.to_owned());
    assert_eq!(model.canonical(), text);
    model
}

struct Made {
    wire: Wire,
    right: Model,
    signature: String,
}

fn make(case: &Case) -> Made {
    let (mut wire, base) = if case.s3 { s3() } else { most() };
    let mut wrong = base.clone();
    (case.wrong)(&mut wire, &mut wrong);
    let right = right(&wire, &base, case.s3);
    let signature = wrong.signature();
    wire.authorize(&base.scope.join("/"), &base.list, &signature);
    Made { wire, right, signature }
}

/// What was proven where something else should have been.
fn wrongly_proven(said: &Explanation, cause: Cause) -> Option<String> {
    match &said.proven {
        Some(proven) if (proven.cause, proven.and) == (cause, None) && said.verdict == Verdict::Proven => {
            None
        }
        Some(proven) => Some(format!("{cause:?}: {proven}")),
        None => Some(format!("{cause:?}: {said}")),
    }
}

#[test]
fn a_verifier_proves_each_cause_from_the_request_alone() {
    let mut failures = Vec::new();
    let cases = cases();
    for (index, case) in cases.iter().enumerate() {
        let made = make(case);
        let said = asked(&made.wire, case.service(), Side::Verifier, &Theirs::default());
        failures.extend(wrongly_proven(&said, case.cause).map(|failure| format!("{index}, {failure}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    println!("{} causes proven from a request alone", cases.len());
}

#[test]
fn a_signer_proves_each_cause_from_the_answer_of_s3() {
    let mut failures = Vec::new();
    let cases = cases();
    for (index, case) in cases.iter().enumerate() {
        let made = make(case);
        let theirs = answer::read(s3_answer(&made.right, &made.signature).as_bytes());
        let said = asked(&made.wire, case.service(), Side::Signer, &theirs);
        failures.extend(wrongly_proven(&said, case.cause).map(|failure| format!("{index}, {failure}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    println!("{} causes proven from an answer of S3", cases.len());
}

#[test]
fn pairs_of_common_causes_are_proven() {
    for (index, (wrong, causes)) in pairs().into_iter().enumerate() {
        let made = make(&Case { cause: causes[0], s3: false, wrong });
        let said = asked(&made.wire, "execute-api", Side::Verifier, &Theirs::default());
        assert_eq!(said.verdict, Verdict::Proven, "pair {index}: {said}");
        let proven = said.proven.unwrap();
        assert_eq!([Some(proven.cause), proven.and], causes.map(Some), "pair {index}: {proven}");
    }
}

#[test]
fn a_right_signature_agrees_and_another_secret_stays_unproven() {
    for (s3, service) in [(false, "execute-api"), (true, "s3")] {
        let made = make(&Case { cause: Cause::Method, s3, wrong: |_, _| {} });
        let said = asked(&made.wire, service, Side::Verifier, &Theirs::default());
        assert_eq!(said.verdict, Verdict::Agrees, "{said}");
        let other = "anotherSecretOfFortyCharacters0123456789";
        let said = asked_with(&made.wire, service, Side::Verifier, &Theirs::default(), other, &[]);
        assert_eq!((said.proven.as_ref(), said.stated.as_ref()), (None, None), "{said}");
        assert!(said.likely.iter().any(|finding| finding.cause == Cause::WrongSecret), "{said}");
        assert!(said.excluded.len() > 30 && said.work.tried > 1000, "{said}");
    }
}

#[test]
fn the_same_text_on_both_sides_proves_another_secret() {
    let made = make(&Case { cause: Cause::Method, s3: true, wrong: |_, _| {} });
    let theirs = answer::read(s3_answer(&made.right, &made.signature).as_bytes());
    let said = asked(&made.wire, "s3", Side::Signer, &theirs);
    assert_eq!(said.proven.map(|finding| finding.cause), Some(Cause::WrongSecret));
    assert!(said.difference.is_empty());
}

#[test]
fn the_secret_of_another_key_is_recognised() {
    let made = make(&Case {
        cause: Cause::OtherKey,
        s3: false,
        wrong: |_, m| m.secret = b"theSecretOfAnotherSession000000000000000".to_vec(),
    });
    let secret = types::Secret::new("theSecretOfAnotherSession000000000000000".to_owned());
    let other =
        sigv4::explain::Key { access_key_id: "AKIAI44QH8DHBEXAMPLE", secret: &secret, session_token: None };
    let said =
        asked_with(&made.wire, "execute-api", Side::Verifier, &Theirs::default(), super::SECRET, &[other]);
    let proven = said.proven.unwrap();
    assert_eq!(proven.cause, Cause::OtherKey);
    assert!(proven.what.contains("AKIAI44QH8DHBEXAMPLE"), "{proven}");
}

#[test]
fn keys_that_were_never_derived_are_recognised() {
    let (wire, model) = most();
    let to_sign = model.string_to_sign();
    for key in [model.secret.clone(), [b"AWS4", &model.secret[..]].concat()] {
        let mut wire = wire.clone();
        wire.authorize(&model.scope.join("/"), &model.list, &hex(&mac(&key, to_sign.as_bytes())));
        let said = asked(&wire, "execute-api", Side::Verifier, &Theirs::default());
        assert_eq!(said.proven.map(|finding| finding.cause), Some(Cause::KeyChain));
    }
}

#[test]
fn a_right_signature_in_another_writing_is_told() {
    use base64::Engine as _;
    let (wire, model) = most();
    let right = model.signature();
    let bytes = mac(&model.key(), model.string_to_sign().as_bytes());
    let engine = base64::engine::general_purpose::STANDARD;
    for writing in [right.to_ascii_uppercase(), engine.encode(&bytes), engine.encode(&right)] {
        let mut wire = wire.clone();
        wire.authorize(&model.scope.join("/"), &model.list, &writing);
        let said = asked(&wire, "execute-api", Side::Verifier, &Theirs::default());
        assert_eq!(said.proven.map(|finding| finding.cause), Some(Cause::SignatureForm));
    }
}

#[test]
fn signatures_of_key_pairs_are_checked_instead_of_recomputed() {
    use sigv4::v4a::EcdsaKey;
    let (wire, mut right) = most();
    let scope = "20261121/execute-api/aws4_request";
    let key = EcdsaKey::derive(KEY, &types::Secret::new(super::SECRET.to_owned()));
    let signed = |model: &Model| {
        let hash = hex(&<sha2::Sha256 as sha2::Digest>::digest(model.canonical()));
        key.sign(format!("AWS4-ECDSA-P256-SHA256\n{}\n{scope}\n{hash}", model.date).as_bytes()).hex()
    };
    let mut wire = wire;
    wire.header("X-Amz-Region-Set", "*");
    right.header("x-amz-region-set", "*");
    let mut wrong = right.clone();
    wrong.path = wrong.path.replace("%25", "%");
    for (model, verdict, cause) in
        [(&right, Verdict::Agrees, None), (&wrong, Verdict::Proven, Some(Cause::PathEncoding))]
    {
        let value = format!(
            "AWS4-ECDSA-P256-SHA256 Credential={KEY}/{scope}, SignedHeaders={}, Signature={}",
            right.list,
            signed(model)
        );
        wire.header("Authorization", &value);
        let said = asked(&wire, "execute-api", Side::Verifier, &Theirs::default());
        assert_eq!(said.verdict, verdict, "{said}");
        assert_eq!(said.proven.map(|finding| finding.cause), cause);
    }
}
