//! SigV4a against the CRT's cases, published keys and measured region sets.
//!
//! ECDSA signatures of others are not reproducible: texts are compared, signatures verified both ways.

use std::path::Path;

use proptest::prelude::*;
use serde::Deserialize;
use sigv4::canonical::{CanonicalRequest, SignedNames};
use sigv4::v4a::{
    self, EcdsaKey, EcdsaParams, EcdsaPublicKey, EcdsaScope, EcdsaSignError, EcdsaSignature, RegionSet,
};
use sigv4::{AmzDate, ContentSha256, FieldChoice, Payload, Request, ServiceRules, SignError, TokenRule};
use types::{Secret, Timestamp};

use crate::suites;

#[derive(Deserialize)]
struct Context {
    credentials: Credentials,
    expiration_in_seconds: u32,
    normalize: bool,
    region: String,
    service: String,
    sign_body: bool,
    timestamp: Timestamp,
    #[serde(default)]
    omit_session_token: bool,
}

#[derive(Deserialize)]
struct Credentials {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Point {
    x: String,
    y: String,
}

/// One case, read; its texts by the names of its files.
struct Case {
    name: String,
    folder: std::path::PathBuf,
    context: Context,
    method: String,
    target: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

#[derive(Debug, Default)]
struct Count {
    complete: usize,
    incomplete: usize,
    texts: usize,
    signatures_of_others: usize,
    signatures_of_ours: usize,
}

#[test]
fn the_suite_for_sigv4a_is_matched() {
    let Some(root) = suites::find("aws-c-auth/v4a") else { return };
    let mut count = Count::default();
    let mut folders: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        if !folder.join("header-canonical-request.txt").exists() {
            count.incomplete += 1;
            continue;
        }
        count.complete += 1;
        let case = Case::read(folder);
        case.check_header(&mut count);
        case.check_query(&mut count);
    }
    println!("SigV4a: {count:?}");
    assert_eq!((count.complete, count.incomplete), (38, 2));
    assert_eq!((count.texts, count.signatures_of_others), (4 * 38, 4 * 38));
    assert_eq!(count.signatures_of_ours, 2 * 38);
}

#[test]
fn published_pairs_are_derived() {
    let Some(path) = suites::find("aws-c-auth/extra/vectors.json") else { return };
    let vectors: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let pairs = vectors["v4a_key_derivation"].as_array().unwrap();
    for pair in pairs {
        let text = |name: &str| pair[name].as_str().unwrap();
        let key = EcdsaKey::derive(text("access_key"), &Secret::new(text("secret_key").to_owned()));
        assert_eq!(key.verifying_key(), public(text("public_key_x"), text("public_key_y")));
    }
    println!("pairs derived: {}", pairs.len());
    assert_eq!(pairs.len(), 2);
}

#[test]
fn region_sets_match_as_measured() {
    let Some(path) = suites::find("errors/s3-input-tables.json") else { return };
    let tables: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let table = &tables["region_set"];
    let region = table["region"].as_str().unwrap();
    let mut rows = 0;
    for (list, named) in [("accepted", true), ("refused", false)] {
        for set in table[list].as_array().unwrap() {
            let set = set.as_str().unwrap();
            assert_eq!(RegionSet::new(set).matches(region), named, "{set:?}");
            rows += 1;
        }
    }
    println!("region sets: {rows}");
    assert_eq!(rows, 17);
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let key = key();
    let rules = ServiceRules::of("s3");
    let request = Request { method: "GET", target: b"/", headers: &[("host", b"h.example")] };
    let params = params(&key, &rules);
    for set in ["", ",", "us-east-1, us-west-2", "us-east-1\nx", "us-east-?", "é"] {
        let params = EcdsaParams { region_set: RegionSet::new(set), ..params };
        assert_eq!(v4a::sign(&request, BODY, &params).unwrap_err(), EcdsaSignError::RegionSet, "{set:?}");
        assert_eq!(
            v4a::presign(&request, BODY, &params, 60).unwrap_err(),
            EcdsaSignError::RegionSet,
            "{set:?}"
        );
    }
    for expires in [0, 604_801, u32::MAX] {
        let refused = v4a::presign(&request, BODY, &params, expires).unwrap_err();
        assert_eq!(refused, EcdsaSignError::Expires(expires));
    }
    let refused = |params: EcdsaParams<'_>| v4a::sign(&request, BODY, &params).unwrap_err();
    assert_eq!(refused(EcdsaParams { access_key_id: "", ..params }), SignError::EmptyKeyId.into());
    assert!(matches!(
        refused(EcdsaParams { service: "", ..params }),
        EcdsaSignError::Sign(SignError::Scope(_))
    ));
    assert!(matches!(
        refused(EcdsaParams { service: "s/3", ..params }),
        EcdsaSignError::Sign(SignError::Scope(_))
    ));
    let no_host = Request { headers: &[], ..request };
    assert_eq!(v4a::sign(&no_host, BODY, &params).unwrap_err(), SignError::NoHost.into());
    let twice = Request { headers: &[("host", b"h"), ("X-Amz-Region-Set", b"*")], ..request };
    let present = EcdsaSignError::from(SignError::AlreadyPresent("x-amz-region-set"));
    assert_eq!(v4a::sign(&twice, BODY, &params).unwrap_err(), present);
    assert_eq!(v4a::presign(&twice, BODY, &params, 60).unwrap_err(), present);
    let other_hash =
        Request { headers: &[("host", b"h"), ("x-amz-content-sha256", b"UNSIGNED-PAYLOAD")], ..request };
    assert_eq!(v4a::presign(&other_hash, BODY, &params, 60).unwrap_err(), EcdsaSignError::ContentSha256);
}

#[test]
fn signatures_of_ours_show_nothing() {
    let key = key();
    let rules = ServiceRules::of("s3");
    let token = Secret::new("the-token".to_owned());
    let params = EcdsaParams { session_token: Some(&token), ..params(&key, &rules) };
    let request = Request { method: "GET", target: b"/k?versionId=1", headers: &[("host", b"h.example")] };
    let signed = v4a::sign(&request, BODY, &params).unwrap();
    let presigned = v4a::presign(&request, BODY, &params, 60).unwrap();
    let shown = format!("{signed:?} {presigned:?} {params:?}");
    for hidden in ["the-token", &signed.steps.signature.hex(), &presigned.steps.signature.hex()] {
        assert!(!shown.contains(hidden));
    }
    let names: Vec<_> = signed.headers().map(|(name, _)| name).collect();
    let wanted =
        ["x-amz-date", "x-amz-region-set", "x-amz-content-sha256", "x-amz-security-token", "authorization"];
    assert_eq!(names, wanted);
    let target = String::from_utf8(presigned.target(&request)).unwrap();
    assert!(target.starts_with("/k?versionId=1&X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Credential="));
    assert!(target.contains(
        "&X-Amz-Region-Set=us-%2A%2Ceu-west-1&X-Amz-Security-Token=the-token&X-Amz-SignedHeaders=host&"
    ));
    let hedged = EcdsaParams { random: Some(&[7; 32]), ..params };
    let hedged = v4a::sign(&request, BODY, &hedged).unwrap().steps;
    assert_eq!(hedged.string_to_sign, signed.steps.string_to_sign);
    assert_ne!(hedged.signature, signed.steps.signature);
    assert!(key.verifying_key().verify(hedged.string_to_sign.as_bytes(), &hedged.signature));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_flipped_bit_fails(text in prop::collection::vec(any::<u8>(), 1..200), at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let key = key();
        let signature = key.sign(&text);
        prop_assert!(key.verifying_key().verify(&text, &signature));
        let mut other = text.clone();
        other[at.index(text.len())] ^= 1 << bit;
        prop_assert!(!key.verifying_key().verify(&other, &signature));
        let mut der = signature.as_der().to_vec();
        let at = at.index(der.len());
        der[at] ^= 1 << bit;
        let still = EcdsaSignature::from_der(&der).is_ok_and(|other| key.verifying_key().verify(&text, &other));
        prop_assert!(!still);
    }

    #[test]
    fn no_text_is_too_odd_to_be_refused(text in prop::collection::vec(any::<u8>(), 0..160)) {
        let _ = EcdsaSignature::read(&text);
        let _ = EcdsaSignature::read_padded(&text);
        let _ = EcdsaSignature::from_der(&text);
        let _ = RegionSet::new(&text).matches("us-east-1");
    }
}

impl Case {
    fn read(folder: std::path::PathBuf) -> Self {
        let context = serde_json::from_slice(&file(&folder, "context.json")).unwrap();
        let raw = file(&folder, "request.txt");
        let end = raw.windows(2).position(|pair| pair == b"\n\n").unwrap_or(raw.len());
        let body = raw.get(end + 2..).unwrap_or_default().to_vec();
        let mut lines = raw[..end].split(|byte| *byte == b'\n');
        let line = lines.next().unwrap();
        let first = line.iter().position(|byte| *byte == b' ').unwrap();
        let last = line.iter().rposition(|byte| *byte == b' ').unwrap();
        let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
        for field in lines.filter(|line| !line.is_empty()) {
            if field.starts_with(b" ") {
                let (_, value) = headers.last_mut().unwrap();
                value.push(b' ');
                value.extend_from_slice(field.trim_ascii());
                continue;
            }
            let colon = field.iter().position(|byte| *byte == b':').unwrap();
            let name = String::from_utf8(field[..colon].to_vec()).unwrap();
            headers.push((name, field[colon + 1..].to_vec()));
        }
        Self {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            method: String::from_utf8(line[..first].to_vec()).unwrap(),
            target: line[first + 1..last].to_vec(),
            context,
            headers,
            body,
            folder,
        }
    }

    fn check_header(&self, count: &mut Count) {
        self.with_params(|request, payload, params| {
            let signed = v4a::sign(request, payload, params).map(|signed| signed.steps);
            let date = AmzDate::from(params.time);
            let mut added: Vec<(&str, &[u8])> =
                vec![("x-amz-date", date.as_str().as_bytes()), (v4a::REGION_SET_HEADER, b"us-east-1")];
            let hash = payload.text().unwrap();
            if params.rules.content_sha256 == ContentSha256::Required {
                added.push(("x-amz-content-sha256", hash.as_str().as_bytes()));
            }
            if let (Some(token), TokenRule::Signed) = (params.session_token, params.rules.token) {
                added.push((params.rules.token_name, token.expose().as_bytes()));
            }
            self.check("header", request, payload, params, (&added, b""), signed, count);
        });
    }

    fn check_query(&self, count: &mut Count) {
        self.with_params(|request, payload, params| {
            let seconds = self.context.expiration_in_seconds;
            let presigned = v4a::presign(request, payload, params, seconds).map(|presigned| presigned.steps);
            let wanted = self.text("query-canonical-request.txt");
            let query = wanted.split('\n').nth(2).unwrap().to_owned();
            let added =
                query.split('&').filter(|part| part.starts_with("X-Amz-")).collect::<Vec<_>>().join("&");
            self.check("query", request, payload, params, (&[], added.as_bytes()), presigned, count);
        });
    }

    /// Both texts, as verifiers and as signers write them, against the files; signatures of the files and ours against the published key.
    #[allow(clippy::too_many_arguments, reason = "what the two forms share")]
    fn check(
        &self,
        form: &str,
        request: &Request<'_>,
        payload: Payload<'_>,
        params: &EcdsaParams<'_>,
        (added_headers, added_query): (&[(&str, &[u8])], &[u8]),
        signed: Result<v4a::EcdsaSteps, EcdsaSignError>,
        count: &mut Count,
    ) {
        let name = format!("{} by {form}", self.name);
        let wanted = self.text(&format!("{form}-canonical-request.txt"));
        let to_sign = self.text(&format!("{form}-string-to-sign.txt"));
        let names = wanted.lines().rev().nth(1).unwrap();
        let mut canonical = Vec::new();
        CanonicalRequest {
            request: *request,
            added_headers,
            added_query,
            signed: SignedNames::Text(names),
            payload,
            rules: params.rules,
        }
        .write(&mut canonical)
        .unwrap();
        assert_eq!(String::from_utf8_lossy(&canonical), wanted, "{name}");
        let date = AmzDate::from(params.time);
        let scope = EcdsaScope { date: date.day(), service: params.service };
        let text = v4a::string_to_sign(date.as_str().as_bytes(), &scope, &canonical);
        assert_eq!(String::from_utf8_lossy(&text), to_sign, "{name}");
        count.texts += 2;

        let point: Point = serde_json::from_slice(&file(&self.folder, "public-key.json")).unwrap();
        let public = public(&point.x, &point.y);
        assert_eq!(params.key.verifying_key(), public, "{name}");
        for theirs in [self.text(&format!("{form}-signature.txt")), self.sent_signature(form)] {
            let signature = EcdsaSignature::read(theirs.as_bytes()).unwrap();
            assert!(public.verify(&text, &signature), "{name}");
            count.signatures_of_others += 1;
        }
        let steps = signed.unwrap();
        assert_eq!(steps.canonical_request.expose(), &wanted, "{name}");
        assert_eq!(steps.string_to_sign, to_sign, "{name}");
        assert!(public.verify(&text, &steps.signature), "{name}");
        count.signatures_of_ours += 1;
    }

    fn with_params(&self, then: impl FnOnce(&Request<'_>, Payload<'_>, &EcdsaParams<'_>)) {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let request = Request { method: &self.method, target: &self.target, headers: &headers };
        let context = &self.context;
        let secret = Secret::new(context.credentials.secret_access_key.clone());
        let key = EcdsaKey::derive(&context.credentials.access_key_id, &secret);
        let token = context.credentials.token.clone().map(Secret::new);
        let rules = ServiceRules {
            normalize_path: context.normalize,
            content_sha256: if context.sign_body { ContentSha256::Required } else { ContentSha256::Optional },
            token: if context.omit_session_token { TokenRule::AddedAfter } else { TokenRule::Signed },
            ..ServiceRules::of(&context.service)
        };
        let params = EcdsaParams {
            access_key_id: &context.credentials.access_key_id,
            session_token: token.as_ref(),
            key: &key,
            region_set: RegionSet::new(&context.region),
            service: &context.service,
            time: context.timestamp,
            rules: &rules,
            fields: FieldChoice { content_length: true, ..FieldChoice::default() },
            random: None,
        };
        let body = if context.sign_body { &self.body[..] } else { b"" };
        then(&request, Payload::Body(body), &params);
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(file(&self.folder, name)).unwrap().trim_end().to_owned()
    }

    /// The signature in the request that the case sends.
    fn sent_signature(&self, form: &str) -> String {
        let sent = self.text(&format!("{form}-signed-request.txt"));
        let after = sent.split("Signature=").nth(1).unwrap();
        after.chars().take_while(char::is_ascii_hexdigit).collect()
    }
}

fn file(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap()
}

fn public(x: &str, y: &str) -> EcdsaPublicKey {
    let bytes = |text: &str| -> [u8; 32] {
        let pairs: Vec<_> = text.as_bytes().chunks(2).collect();
        let byte = |pair: &&[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        pairs.iter().map(byte).collect::<Vec<_>>().try_into().unwrap()
    };
    let key = EcdsaPublicKey::from_coordinates(&bytes(x), &bytes(y)).unwrap();
    assert_eq!(key.coordinates(), (bytes(x), bytes(y)));
    key
}

fn key() -> EcdsaKey {
    EcdsaKey::derive("AKIDEXAMPLE", &Secret::new("secret".to_owned()))
}

fn params<'a>(key: &'a EcdsaKey, rules: &'a ServiceRules) -> EcdsaParams<'a> {
    EcdsaParams {
        access_key_id: "AKIDEXAMPLE",
        session_token: None,
        key,
        region_set: RegionSet::new("us-*,eu-west-1"),
        service: "s3",
        time: Timestamp::from_secs(1_440_938_160),
        rules,
        fields: FieldChoice::default(),
        random: None,
    }
}

const BODY: Payload<'static> = Payload::Body(b"");
