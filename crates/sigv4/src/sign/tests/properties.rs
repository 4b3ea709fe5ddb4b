//! Signing beside a slow model, and what must not matter to a signature.

use proptest::prelude::*;

use super::model::{Plain, encode, sha256, signature};
use super::{Borrowed, SECRET, Signer, TOKEN};
use crate::canonical::{CanonicalError, CanonicalRequest, SignedNames};
use crate::{
    Payload, PayloadKeyword, Request, ServiceRules, SignError, SigningParams, presign, presign_in_steps,
    sign, sign_in_steps,
};

fn borrowed(plain: &Plain) -> (String, Borrowed<'_>) {
    let target = match &plain.query {
        Some(query) => format!("{}?{query}", plain.path),
        None => plain.path.clone(),
    };
    (target, plain.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect())
}

/// What signing and the model come to; nothing where the path is one that is not signed.
fn both_by_header(plain: &Plain, body: &[u8], signer: &Signer, token: bool) -> Option<[String; 3]> {
    let (target, headers) = borrowed(plain);
    let request = Request { method: &plain.method, target: target.as_bytes(), headers: &headers };
    let made = sign_in_steps(&request, Payload::Body(body), &signer.params(token));
    let Ok((signed, steps)) = made else {
        assert_eq!(made.unwrap_err(), SignError::Canonical(CanonicalError::AmbiguousPath));
        return None;
    };
    let mut sent = plain.clone();
    sent.payload = sha256(body);
    let added = signed.headers().filter(|(name, _)| *name != "authorization");
    sent.headers.extend(added.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let canonical = sent.canonical(&signer.rules);
    assert_eq!(steps.canonical_request.expose(), &canonical);
    let expected = signature(SECRET, "20261121T082200Z", &signer.scope(), &canonical);
    Some([signed.signature.hex(), steps.signature.hex(), expected])
}

fn both_by_query(plain: &Plain, signer: &Signer, token: bool) -> Option<[String; 2]> {
    let (target, headers) = borrowed(plain);
    let request = Request { method: &plain.method, target: target.as_bytes(), headers: &headers };
    let payload = Payload::Keyword(PayloadKeyword::Unsigned);
    let made = presign_in_steps(&request, payload, &signer.params(token), 900);
    let Ok((presigned, steps)) = made else {
        assert_eq!(made.unwrap_err(), SignError::Canonical(CanonicalError::AmbiguousPath).into());
        return None;
    };
    let sent = String::from_utf8(presigned.target(&request)).unwrap();
    let (path, query) = sent.split_once('?').unwrap();
    let (signed, last) = query.split_once("&X-Amz-Signature=").unwrap();
    assert_eq!((last, path), (presigned.signature.hex().as_str(), plain.path.as_str()));
    assert_eq!(signed.contains(&encode(TOKEN.as_bytes())), token);
    let sent =
        Plain { query: Some(signed.to_owned()), payload: "UNSIGNED-PAYLOAD".to_owned(), ..plain.clone() };
    let canonical = sent.canonical(&signer.rules);
    assert_eq!(steps.canonical_request.expose(), &canonical);
    Some([last.to_owned(), signature(SECRET, "20261121T082200Z", &signer.scope(), &canonical)])
}

fn path() -> impl Strategy<Value = String> {
    let segment =
        prop_oneof![Just("".to_owned()), Just(".".to_owned()), Just("..".to_owned()), text(), text()];
    prop::collection::vec(segment, 0..6).prop_map(|segments| format!("/{}", segments.join("/")))
}

/// Text in which every percent sign begins an escape.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof!["[a-zA-Z0-9._~-]{1,20}", "%[0-9a-fA-F]{2}", "[ !*:@+',é日]"];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn query() -> impl Strategy<Value = Option<String>> {
    let pair = (text(), text()).prop_map(|(name, value)| format!("{name}={value}"));
    let part = prop_oneof![pair, text(), Just("".to_owned()), Just("a=b=c".to_owned())];
    prop::option::of(prop::collection::vec(part, 0..7).prop_map(|parts| parts.join("&")))
}

fn plain() -> impl Strategy<Value = Plain> {
    let name = prop_oneof![
        "[a-zA-Z][a-zA-Z0-9-]{0,12}",
        "(X-Amz|x-amz)-(Meta-)?[a-d]{1,2}",
        Just("User-Agent".to_owned()),
        Just("TE".to_owned()),
        Just("content-length".to_owned())
    ];
    // A name that signing adds is refused, and so not a case here.
    let name = name.prop_filter("added", |name| !name.eq_ignore_ascii_case("authorization"));
    let header = (name, "[ -~é]{0,40}");
    let headers = prop::collection::vec(header, 0..30).prop_map(|mut headers| {
        headers.insert(headers.len() / 2, ("Host".to_owned(), "example.com".to_owned()));
        headers
    });
    ("[A-Z]{1,7}", path(), query(), headers).prop_map(|(method, path, query, headers)| Plain {
        method,
        path,
        query,
        headers,
        payload: String::new(),
    })
}

proptest! {
    #[test]
    fn agrees_with_the_slow_model_by_header(plain in plain(), body in prop::collection::vec(any::<u8>(), 0..300), token: bool) {
        for service in ["s3", "sts"] {
            if let Some([signed, stepped, expected]) = both_by_header(&plain, &body, &Signer::of(service), token) {
                prop_assert_eq!((&signed, &stepped), (&expected, &expected));
            }
        }
    }

    #[test]
    fn agrees_with_the_slow_model_by_query(plain in plain(), token: bool) {
        for service in ["s3", "sts"] {
            if let Some([signed, expected]) = both_by_query(&plain, &Signer::of(service), token) {
                prop_assert_eq!(signed, expected);
            }
        }
    }

    #[test]
    fn the_order_of_parameters_and_of_names_is_no_matter(
        names in prop::collection::btree_set("[a-z]{1,10}", 1..40),
        turn in 0_usize..40,
    ) {
        let names: Vec<String> = names.into_iter().filter(|name| name != "te" && name != "host").collect();
        let made = |names: &[String]| {
            let query = names.iter().map(|name| format!("{name}={name}")).collect::<Vec<_>>().join("&");
            let mut headers: Vec<_> = names.iter().map(|name| (name.clone(), name.to_uppercase())).collect();
            headers.push(("host".to_owned(), "example.com".to_owned()));
            let plain = Plain {
                method: "GET".to_owned(), path: "/".to_owned(), query: Some(query), headers, payload: String::new(),
            };
            both_by_header(&plain, b"", &Signer::of("sts"), false).unwrap()[0].clone()
        };
        let mut turned = names.clone();
        turned.rotate_left(turn % names.len().max(1));
        prop_assert_eq!(made(&names), made(&turned));
        turned.reverse();
        prop_assert_eq!(made(&names), made(&turned));
    }

    #[test]
    fn what_is_canonical_stays_so(path in path(), query in query()) {
        let rules = ServiceRules { path: crate::PathEncoding::AsSent, ..ServiceRules::of("sts") };
        let lines = |target: &str| {
            let mut out = Vec::new();
            CanonicalRequest {
                request: Request { method: "GET", target: target.as_bytes(), headers: &[] },
                added_headers: &[],
                added_query: b"",
                signed: SignedNames::Listed(&[]),
                payload: Payload::Body(b""),
                rules: &rules,
            }
            .write(&mut out)
            .unwrap();
            let text = String::from_utf8(out).unwrap();
            let mut lines = text.split('\n').skip(1).map(str::to_owned);
            (lines.next().unwrap(), lines.next().unwrap())
        };
        let once = lines(&format!("{path}?{}", query.unwrap_or_default()));
        prop_assert_eq!(lines(&format!("{}?{}", once.0, once.1)), once);
    }

    #[test]
    fn nothing_makes_it_panic(
        method in ".{0,8}",
        target in prop::collection::vec(any::<u8>(), 0..60),
        headers in prop::collection::vec((".{0,12}", prop::collection::vec(any::<u8>(), 0..20)), 0..6),
        id in ".{0,6}",
    ) {
        let signer = Signer::of("s3");
        let params = SigningParams { access_key_id: &id, ..signer.params(true) };
        let mut headers: Borrowed<'_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_slice())).collect();
        headers.push(("host", b"example.com"));
        let request = Request { method: &method, target: &target, headers: &headers };
        let _ = sign(&request, Payload::Body(b""), &params);
        if let Ok(presigned) = presign(&request, Payload::Body(b""), &params, 1) {
            prop_assert!(presigned.target(&request).starts_with(b"/"));
        }
    }
}
