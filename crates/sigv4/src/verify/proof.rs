//! The signature itself: what should have been signed, by whom, and whether it was.
//!
//! Rule: a key that is not known costs what a wrong signature costs. The same texts are hashed, a decoy signs them, and the
//! comparison is made (facts/sigv4.md section 8.1).

use std::sync::LazyLock;

use types::Secret;

use super::Caller;
use super::body;
use super::claim::Claim;
use super::endpoint::Disclosure;
use super::keys::{KeyRefusal, Keys, Wanted};
use super::order::Examination;
use super::refusal::{Mismatch, Refusal, Rule};
use super::replay::Seen;
use super::verified::{Algorithm, Proven, Verified};
use crate::canonical::CanonicalRequest;
use crate::explain::redact;
use crate::key::sha256;
use crate::v4a::{EcdsaKey, EcdsaSignature};
use crate::{Family, Scope, Signature, SigningKey, TERMINATOR};

/// Checks the signature of a claim. `out` takes canonical request and string to sign.
pub(super) fn prove<'r>(
    examination: &Examination<'_, 'r>,
    claim: &Claim<'r>,
    keys: &impl Keys,
    out: &mut Vec<u8>,
) -> Result<Caller<'r>, Refusal> {
    let (endpoint, teller) = (examination.endpoint, examination.teller);
    let (payload, body) = body::signed(examination, claim);
    let canonical = write_canonical_request(examination, claim, payload, out)?;
    write_string_to_sign(claim, canonical, out);
    let string_to_sign = &out[canonical..];

    let wanted = Wanted {
        access_key_id: claim.access_key_id,
        session_token: claim.token,
        scope: Scope { date: claim.day, region: claim.region.unwrap_or_default(), service: claim.service },
        now: endpoint.now,
    };
    let (proven, matches, refused) = match claim.algorithm {
        Algorithm::Hmac => by_hmac(keys, &wanted, claim.signature, string_to_sign),
        Algorithm::Ecdsa => by_ecdsa(keys, &wanted, claim.signature, string_to_sign),
    };
    let missing = !claim.names.missing.is_empty();
    if refused.is_some() || missing || !matches {
        let rule = if missing { Rule::SignedHeaderMissing } else { Rule::Signature };
        let mismatch = mismatch(examination, claim, rule, &out[..canonical], string_to_sign);
        return Err(refusal(examination, claim, refused, mismatch));
    }
    check_replay(examination, claim, string_to_sign)?;
    let decoded_length = examination.fields.decoded_length;
    Ok(Caller::Signed(Verified::new(claim, proven, body, teller.family, decoded_length)))
}

/// What is told. The texts of a mismatch are written whoever is refused: else the time would tell a key that is not known.
fn refusal(
    examination: &Examination<'_, '_>,
    claim: &Claim<'_>,
    refused: Option<KeyRefusal>,
    mismatch: Refusal,
) -> Refusal {
    let mismatch = std::hint::black_box(mismatch);
    let teller = examination.teller;
    let token = match examination.endpoint.tokens {
        Disclosure::AsAws => claim.token.unwrap_or_default(),
        Disclosure::Redacted => redact::MASK,
    };
    match refused {
        Some(KeyRefusal::UnknownKey) => teller.access_key(claim.access_key_id),
        Some(KeyRefusal::InvalidToken) => teller.token(token),
        Some(KeyRefusal::ExpiredToken) => teller.token_expired(token),
        Some(KeyRefusal::Unavailable) => teller.unavailable(),
        None => mismatch,
    }
}

/// Appends the canonical request, and says where it ends. A name that was signed and not sent stands there without a value.
fn write_canonical_request(
    examination: &Examination<'_, '_>,
    claim: &Claim<'_>,
    payload: crate::Payload<'_>,
    out: &mut Vec<u8>,
) -> Result<usize, Refusal> {
    // A name in capitals is that of no header, and no canonical request can list it.
    let is_lower = |name: &&str| !name.bytes().any(|byte| byte.is_ascii_uppercase());
    let missing = claim.names.missing.iter().copied().filter(is_lower);
    let added: Vec<(&str, &[u8])> = missing.map(|name| (name, &b""[..])).collect();
    let canonical = CanonicalRequest {
        request: *examination.request,
        added_headers: &added,
        added_query: b"",
        signed: claim.names.signed(),
        payload,
        rules: examination.endpoint.rules,
    };
    let refused = |_| examination.teller.unreadable(&super::fields::Unreadable::Control);
    canonical.write(out).map_err(refused)?;
    Ok(out.len())
}

fn write_string_to_sign(claim: &Claim<'_>, canonical: usize, out: &mut Vec<u8>) {
    let hash = sha256(&out[..canonical]);
    for text in [claim.scheme, claim.time.text] {
        out.extend_from_slice(text.as_bytes());
        out.push(b'\n');
    }
    out.extend_from_slice(&claim.day);
    for part in claim.region.into_iter().chain([claim.service, TERMINATOR]) {
        out.push(b'/');
        out.extend_from_slice(part.as_bytes());
    }
    out.push(b'\n');
    out.extend_from_slice(&crate::payload::hex(&hash));
}

/// The key that was used, whether the signature is its, and why the key must not be used after all.
type Outcome = (Proven, bool, Option<KeyRefusal>);

fn by_hmac(keys: &impl Keys, wanted: &Wanted<'_>, sent: &str, string_to_sign: &[u8]) -> Outcome {
    let (key, refused) = match keys.signing_key(wanted) {
        Ok(key) => (key, None),
        Err(refused) => (DECOY.clone(), Some(refused)),
    };
    let ours = key.sign(string_to_sign);
    // Digits that cannot be read are compared as well, so that they take the usual time; zeros are no signature of anything.
    let theirs = Signature::read(sent.as_bytes());
    let readable = theirs.is_ok();
    let matches = ours == theirs.unwrap_or(Signature::from_bytes([0; 32]));
    (Proven::Hmac { key, signature: ours }, matches & readable & refused.is_none(), refused)
}

fn by_ecdsa(keys: &impl Keys, wanted: &Wanted<'_>, sent: &str, string_to_sign: &[u8]) -> Outcome {
    let (key, refused) = match keys.ecdsa_key(wanted) {
        Ok(key) => (key, None),
        Err(refused) => (ECDSA_DECOY.verifying_key(), Some(refused)),
    };
    let theirs = EcdsaSignature::read(sent.as_bytes());
    let readable = theirs.is_ok();
    let signature = theirs.unwrap_or_else(|_| *ECDSA_DECOY_SIGNATURE);
    let matches = key.verify(string_to_sign, &signature);
    (Proven::Ecdsa { key, signature }, matches & readable & refused.is_none(), refused)
}

fn mismatch(
    examination: &Examination<'_, '_>,
    claim: &Claim<'_>,
    rule: Rule,
    canonical_request: &[u8],
    string_to_sign: &[u8],
) -> Refusal {
    let mut canonical_request = String::from_utf8_lossy(canonical_request).into_owned();
    if examination.endpoint.tokens == Disclosure::Redacted {
        canonical_request = redact::Known::new(claim.token).text(&canonical_request);
    }
    examination.teller.mismatch(Mismatch {
        rule,
        access_key_id: claim.access_key_id,
        signature: claim.signature,
        canonical_request,
        string_to_sign: String::from_utf8_lossy(string_to_sign).into_owned(),
    })
}

/// Refuses a signature that was used before, where the request may change something.
fn check_replay(
    examination: &Examination<'_, '_>,
    claim: &Claim<'_>,
    string_to_sign: &[u8],
) -> Result<(), Refusal> {
    let Some(cache) = examination.endpoint.replays else { return Ok(()) };
    // `GET /?Action=CreateUser` creates a user.
    let reads = !matches!(examination.teller.family, Family::Query | Family::Ec2);
    if reads && matches!(examination.request.method, "GET" | "HEAD" | "OPTIONS") {
        return Ok(());
    }
    // What was signed, not the signature: of an ECDSA signature anybody can make another for the same text.
    let signed = [claim.access_key_id.as_bytes(), b"\0", string_to_sign].concat();
    match cache.see(sha256(&signed), claim.expires, examination.endpoint.now) {
        Seen::First => Ok(()),
        Seen::Before => Err(examination.teller.replay()),
        Seen::NoRoom => Err(examination.teller.replay_cache_full()),
    }
}

static DECOY: LazyLock<SigningKey> = LazyLock::new(|| {
    let scope = Scope { date: *b"19700101", region: "nowhere", service: "nothing" };
    SigningKey::derive(&Secret::new("nobody's".to_owned()), &scope)
});

static ECDSA_DECOY: LazyLock<EcdsaKey> =
    LazyLock::new(|| EcdsaKey::derive("nobody", &Secret::new("nobody's".to_owned())));

static ECDSA_DECOY_SIGNATURE: LazyLock<EcdsaSignature> = LazyLock::new(|| ECDSA_DECOY.sign(b"nothing"));
