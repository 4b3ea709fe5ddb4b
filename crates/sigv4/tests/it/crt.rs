//! The CRT's suite: 38 requests, each signed by header and by query, every file compared.
//!
//! Rule: nothing is skipped. Signed requests compare as parsed, names without case and parameters without order: the suite
//! sends `X-Amz-SignedHeaders` before `X-Amz-Expires`, AWS's documentation after it.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use sigv4::{
    ContentSha256, FieldChoice, PathEncoding, Payload, Request, Scope, ServiceRules, SigningKey,
    SigningParams, Steps, TokenRule, presign_in_steps, sign_in_steps,
};
use types::{Secret, Timestamp};

use crate::suites;

#[derive(Deserialize)]
pub(crate) struct Context {
    pub(crate) credentials: Credentials,
    expiration_in_seconds: u32,
    pub(crate) normalize: bool,
    pub(crate) region: String,
    pub(crate) service: String,
    pub(crate) sign_body: bool,
    pub(crate) timestamp: String,
    #[serde(default)]
    pub(crate) omit_session_token: bool,
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) token: Option<String>,
}

/// A request as a file of the suite holds it.
#[derive(Debug, PartialEq)]
pub(crate) struct Message {
    pub(crate) method: String,
    pub(crate) target: Vec<u8>,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

#[test]
fn signs_every_case_of_the_crt_by_header_and_by_query() {
    let Some(folder) = suites::find("aws-c-auth/v4") else { return };
    let mut checks = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let case = entry.unwrap().path();
        let read = |name: &str| fs::read(case.join(name)).unwrap();
        let context: Context = serde_json::from_slice(&read("context.json")).unwrap();
        let message = parse(&read("request.txt"));
        check(&case, "header", &message, &sign_by_header(&context, &message));
        check(&case, "query", &message, &sign_by_query(&context, &message));
        checks += 2;
    }
    println!("{checks} checks of the CRT's suite");
    assert_eq!(checks, 76);
}

#[test]
fn signs_what_the_rust_sdk_adds_to_the_suite() {
    let Some(folder) = suites::find("smithy-rs/v4") else { return };
    let read = |name: &str| fs::read(folder.join(name)).unwrap();

    // All of it agrees; its credentials are those of the suite, its scope is its own.
    let case = "double-url-encode";
    let message = parse(&read(&format!("{case}/request.txt")));
    let context = Context {
        credentials: Credentials {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
            token: None,
        },
        expiration_in_seconds: 3600,
        normalize: true,
        region: "us-east-2".to_owned(),
        service: "lambda".to_owned(),
        sign_body: false,
        timestamp: "2021-05-11T15:40:45Z".to_owned(),
        omit_session_token: false,
    };
    let (_, steps) = sign_by_header(&context, &without(&message, &["x-amz-date", "authorization"]));
    let canonical = String::from_utf8(read(&format!("{case}/header-canonical-request.txt"))).unwrap();
    let string_to_sign = String::from_utf8(read(&format!("{case}/header-string-to-sign.txt"))).unwrap();
    assert_eq!(
        (steps.canonical_request.expose(), &steps.string_to_sign),
        (&canonical, &string_to_sign.trim_end().to_owned())
    );
    assert!(steps.signature.hex().starts_with("4b93abbc"), "{}", steps.signature.hex());

    // Its dates disagree and its credentials are others: only the path is a case.
    let case = "double-encode-path";
    let message = parse(&read(&format!("{case}/request.txt")));
    let (_, steps) = sign_by_header(&context, &without(&message, &["x-amz-date", "authorization"]));
    let canonical = String::from_utf8(read(&format!("{case}/header-canonical-request.txt"))).unwrap();
    assert_eq!(steps.canonical_request.expose().lines().nth(1), canonical.lines().nth(1));

    // The space of the suite's request, encoded on the wire: encoded once more in the canonical path.
    let message = parse(&read("get-space-normalized/request.txt"));
    let (_, steps) = sign_by_header(&context, &message);
    assert_eq!(steps.canonical_request.expose().lines().nth(1), Some("/example%2520space/"));
    println!("3 checks of what the Rust SDK adds, one of them only by its path");
}

fn without(message: &Message, names: &[&str]) -> Message {
    let stays = |(name, _): &&(String, Vec<u8>)| !names.iter().any(|n| n.eq_ignore_ascii_case(name));
    Message {
        method: message.method.clone(),
        target: message.target.clone(),
        headers: message.headers.iter().filter(stays).cloned().collect(),
        body: message.body.clone(),
    }
}

fn sign_by_header(context: &Context, message: &Message) -> (Message, Steps) {
    context.with_params(message, |request, payload, params| {
        let (signed, steps) = sign_in_steps(request, payload, params).unwrap();
        let mut out = without(message, &[]);
        out.headers
            .extend(signed.headers().map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec())));
        (out, steps)
    })
}

fn sign_by_query(context: &Context, message: &Message) -> (Message, Steps) {
    context.with_params(message, |request, payload, params| {
        let expires = context.expiration_in_seconds;
        let (presigned, steps) = presign_in_steps(request, payload, params, expires).unwrap();
        (Message { target: presigned.target(request), ..without(message, &[]) }, steps)
    })
}

impl Context {
    fn with_params<T>(
        &self,
        message: &Message,
        sign: impl FnOnce(&Request<'_>, Payload<'_>, &SigningParams<'_>) -> T,
    ) -> T {
        let rules = ServiceRules {
            path: PathEncoding::Again,
            normalize_path: self.normalize,
            content_sha256: if self.sign_body { ContentSha256::Required } else { ContentSha256::Optional },
            token: if self.omit_session_token { TokenRule::AddedAfter } else { TokenRule::Signed },
            ..ServiceRules::of("service")
        };
        let time: Timestamp = self.timestamp.parse().unwrap();
        let scope = Scope::new(time, &self.region, &self.service);
        let key = SigningKey::derive(&Secret::new(self.credentials.secret_access_key.clone()), &scope);
        let token = self.credentials.token.clone().map(Secret::new);
        let params = SigningParams {
            access_key_id: &self.credentials.access_key_id,
            session_token: token.as_ref(),
            key: &key,
            scope,
            time,
            rules: &rules,
            fields: FieldChoice { content_length: true, ..FieldChoice::default() },
        };
        let headers: Vec<(&str, &[u8])> =
            message.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let request = Request { method: &message.method, target: &message.target, headers: &headers };
        let body = if self.sign_body { &message.body[..] } else { b"" };
        sign(&request, Payload::Body(body), &params)
    }
}

/// Compares the four files of one kind.
fn check(case: &Path, kind: &str, message: &Message, (signed, steps): &(Message, Steps)) {
    let name = format!("{} by {kind}", case.file_name().unwrap().display());
    let read = |part: &str| fs::read(case.join(format!("{kind}-{part}.txt"))).unwrap();
    let text = |part: &str| String::from_utf8(read(part)).unwrap();
    assert_eq!(steps.canonical_request.expose(), &text("canonical-request"), "{name}");
    assert_eq!(steps.string_to_sign, text("string-to-sign"), "{name}");
    assert_eq!(steps.signature.hex(), text("signature").trim(), "{name}");
    let expected = comparable(&parse(&read("signed-request")));
    assert_eq!(comparable(signed), expected, "{name}, {} {:?}", message.method, message.headers);
}

/// Names in lower case, fields and parameters sorted.
fn comparable(message: &Message) -> Message {
    let at = message.target.iter().position(|byte| *byte == b'?').unwrap_or(message.target.len());
    let (path, query) = message.target.split_at(at);
    let mut parameters: Vec<&[u8]> = query.split(|byte| matches!(byte, b'?' | b'&')).collect();
    parameters.sort_unstable();
    let lower = |(name, value): &(String, Vec<u8>)| (name.to_lowercase(), value.clone());
    let mut headers: Vec<(String, Vec<u8>)> = message.headers.iter().map(lower).collect();
    headers.sort_unstable();
    Message {
        method: message.method.clone(),
        target: [path, &parameters.join(&b'&')].concat(),
        headers,
        body: message.body.clone(),
    }
}

/// Reads a request whose lines end in LF; a line that begins with a space goes on with the one before.
pub(crate) fn parse(text: &[u8]) -> Message {
    let end = text.windows(2).position(|pair| pair == b"\n\n").map_or(text.len(), |at| at + 1);
    let mut lines = text[..end].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let first = lines.next().unwrap();
    let space = first.iter().position(|byte| *byte == b' ').unwrap();
    let target = first[space + 1..].strip_suffix(b" HTTP/1.1").unwrap();
    let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
    for line in lines {
        if line[0] == b' ' {
            let value = &mut headers.last_mut().unwrap().1;
            value.push(b' ');
            value.extend_from_slice(line.trim_ascii());
            continue;
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap();
        headers.push((String::from_utf8(line[..colon].to_vec()).unwrap(), line[colon + 1..].to_vec()));
    }
    Message {
        method: String::from_utf8(first[..space].to_vec()).unwrap(),
        target: target.to_vec(),
        headers,
        body: text.get(end + 1..).unwrap_or_default().to_vec(),
    }
}
