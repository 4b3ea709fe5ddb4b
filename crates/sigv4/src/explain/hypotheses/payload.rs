//! The method and the body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Change, Hypotheses};
use crate::explain::Cause;
use crate::explain::escape::decode;
use crate::explain::view::{Shape, hashed};
use crate::payload::write_hex;
use crate::{EMPTY_SHA256, PayloadKeyword};

/// Longer bodies are not hashed in other writings.
const MAX_BODY: usize = 8 << 20;

pub(super) fn add(made: &mut Hypotheses<'_>) {
    methods(made);
    lines(made);
    bodies(made);
    shapes(made);
}

fn methods(made: &mut Hypotheses<'_>) {
    let view = made.view;
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let common = matches!(method, "GET" | "HEAD" | "POST" | "PUT");
        let said = format!("took the method for {method}");
        made.push(Cause::Method, said, vec![Change::Method(method.as_bytes().to_vec())], common);
    }
    let lower = view.method.to_ascii_lowercase();
    made.rare(Cause::Method, "took the method in lower case", Change::Method(lower));
    let upper = view.method.to_ascii_uppercase();
    made.rare(Cause::Method, "took the method in capitals", Change::Method(upper));
}

/// What may stand in the last line whatever the body is.
fn lines(made: &mut Hypotheses<'_>) {
    line(made, Cause::PayloadEmpty, "took the body for empty", EMPTY_SHA256.as_bytes().to_vec(), true);
    for keyword in PayloadKeyword::ALL {
        let text = keyword.as_str();
        let (cause, common) = match keyword {
            PayloadKeyword::Unsigned => (Cause::PayloadUnsigned, true),
            _ => (Cause::PayloadKeyword, false),
        };
        line(made, cause, &format!("signed {text} for the body"), text.as_bytes().to_vec(), common);
    }
    if let Some(header) = made.view.header("x-amz-content-sha256") {
        let said = "signed the value of x-amz-content-sha256 for the body";
        line(made, Cause::PayloadHeader, said, header.to_vec(), true);
    }
    let upper = made.view.payload.to_ascii_uppercase();
    line(made, Cause::PayloadHeader, "wrote the hash of the body in capitals", upper, false);
    let lower = made.view.payload.to_ascii_lowercase();
    line(made, Cause::PayloadHeader, "wrote the hash of the body in lower case", lower, false);
    line(made, Cause::PayloadHeader, "left the line of the body empty", Vec::new(), true);
}

/// The line alone, and together with the field that repeats it.
fn line(made: &mut Hypotheses<'_>, cause: Cause, said: &str, value: Vec<u8>, common: bool) {
    made.push(cause, said.to_owned(), vec![Change::Payload(value.clone())], common);
    let name = "x-amz-content-sha256";
    if made.view.header(name).is_some_and(|header| header == made.view.payload && header != &value[..]) {
        let changes = vec![Change::Header(name.to_owned(), value.clone()), Change::Payload(value)];
        made.push(cause, format!("{said}, in x-amz-content-sha256 as well"), changes, common);
    }
}

fn bodies(made: &mut Hypotheses<'_>) {
    let Some(body) = made.grounds.body.filter(|body| body.len() <= MAX_BODY) else {
        return;
    };
    hash(made, Cause::PayloadUnsigned, "hashed the body", body, true);
    let ended = |end: &[u8]| [body, end].concat();
    for (end, said) in [
        (&b"\r\n"[..], "hashed the body without its last line end (CR LF)"),
        (b"\n", "hashed the body without its last line end"),
    ] {
        if let Some(shorter) = body.strip_suffix(end) {
            hash(made, Cause::PayloadNewline, said, shorter, true);
        }
    }
    hash(made, Cause::PayloadNewline, "hashed the body with a line end (LF) behind it", &ended(b"\n"), true);
    hash(
        made,
        Cause::PayloadNewline,
        "hashed the body with a line end (CR LF) behind it",
        &ended(b"\r\n"),
        true,
    );
    hash(
        made,
        Cause::PayloadNewline,
        "hashed the body without white space around it",
        body.trim_ascii(),
        true,
    );
    let unix: Vec<u8> = without_carriage_returns(body);
    hash(made, Cause::PayloadLineEnds, "hashed the body with LF for CR LF", &unix, true);
    let dos: Vec<u8> = unix
        .iter()
        .flat_map(|b| if *b == b'\n' { &b"\r\n"[..] } else { std::slice::from_ref(b) })
        .copied()
        .collect();
    hash(made, Cause::PayloadLineEnds, "hashed the body with CR LF for LF", &dos, true);
    let joined: Vec<u8> = body.iter().filter(|b| !matches!(b, b'\r' | b'\n')).copied().collect();
    hash(
        made,
        Cause::PayloadLineEnds,
        "hashed the body without its line ends (curl -d @file removes them)",
        &joined,
        true,
    );
    encodings(made, body);
    lengths(made, body);
}

/// Bodies that were encoded, decoded or formatted after they were hashed.
fn encodings(made: &mut Hypotheses<'_>, body: &[u8]) {
    let cause = Cause::PayloadChanged;
    if let Ok(decoded) = STANDARD.decode(body.trim_ascii()) {
        hash(made, cause, "hashed the body decoded from base64", &decoded, false);
    }
    let encoded = STANDARD.encode(body).into_bytes();
    hash(made, cause, "hashed the body encoded in base64", &encoded, false);
    hash(made, cause, "hashed the body percent-decoded", &decode(body, true), false);
    match body.strip_prefix(b"\xef\xbb\xbf") {
        Some(bare) => hash(made, cause, "hashed the body without its byte order mark", bare, false),
        None => hash(
            made,
            cause,
            "hashed the body with a byte order mark",
            &[b"\xef\xbb\xbf", body].concat(),
            false,
        ),
    }
    if body.trim_ascii_start().starts_with(b"{") || body.trim_ascii_start().starts_with(b"[") {
        hash(
            made,
            cause,
            "hashed the JSON of the body without white space",
            &compact_json(body, None),
            false,
        );
        let spaced = compact_json(body, Some(b' '));
        hash(made, cause, "hashed the JSON of the body with spaces after colons and commas", &spaced, false);
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) {
            for text in [serde_json::to_vec(&value), serde_json::to_vec_pretty(&value)].into_iter().flatten()
            {
                hash(made, cause, "hashed the JSON of the body formatted anew", &text, false);
            }
        }
    }
    let query = made.grounds.request.map(|request| request.query()).unwrap_or_default().to_vec();
    hash(made, cause, "hashed the query as the body", &query, false);
    hash(made, cause, "hashed the text null as the body", b"null", false);
    hash(made, cause, "hashed {} as the body", b"{}", false);
}

/// As much of the body as the fields say there is.
fn lengths(made: &mut Hypotheses<'_>, body: &[u8]) {
    let Some(request) = made.grounds.request else {
        return;
    };
    for name in ["content-length", "x-amz-decoded-content-length"] {
        let length =
            request.header(name).and_then(|value| std::str::from_utf8(value).ok()?.parse::<usize>().ok());
        if let Some(part) = length.and_then(|length| body.get(..length)) {
            hash(made, Cause::PayloadChanged, "hashed as much of the body as its length says", part, true);
        }
    }
}

fn hash(made: &mut Hypotheses<'_>, cause: Cause, said: &str, body: &[u8], common: bool) {
    let mut value = Vec::with_capacity(64);
    write_hex(&hashed(body, &mut made.work), &mut value);
    line(made, cause, said, value, common);
}

fn without_carriage_returns(body: &[u8]) -> Vec<u8> {
    let before = |at: usize| body.get(at + 1) == Some(&b'\n');
    body.iter()
        .enumerate()
        .filter(|(at, byte)| **byte != b'\r' || !before(*at))
        .map(|(_, byte)| *byte)
        .collect()
}

/// JSON without white space between its tokens, or with just `space` after each colon and comma.
fn compact_json(body: &[u8], space: Option<u8>) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let (mut quoted, mut escaped) = (false, false);
    for byte in body {
        if quoted || !byte.is_ascii_whitespace() {
            out.push(*byte);
        }
        if !quoted && matches!(byte, b':' | b',') {
            out.extend(space);
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
    }
    out
}

fn shapes(made: &mut Hypotheses<'_>) {
    for (shape, said) in [
        (Shape::NoBlankLine, "left out the blank line after the fields"),
        (Shape::FinalLineEnd, "ended the canonical request with a line end"),
        (Shape::CarriageReturns, "ended the lines of the canonical request with CR LF"),
    ] {
        made.rare(Cause::CanonicalForm, said, Change::Shape(shape));
    }
}
