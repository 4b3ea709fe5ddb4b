//! A request as it goes over the wire, for people and for explanations.
//!
//! Rule: what is shown holds neither a signature nor a session token; what is explained holds both.

use client::Body;
use http::{HeaderMap, Method, Request, Uri};
use request_source::{Message, Version};
use serde::Serialize;
use sigv4::explain::redact::{self, Known};

/// Head and body, as far as it is at hand.
#[derive(Debug)]
pub(super) struct Sent<'a> {
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    body: &'a Body,
}

/// The object of `--dry-run --json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SentObject<'a> {
    method: &'a str,
    url: String,
    headers: Vec<FieldObject>,
    body: String,
    /// Null where it is not signed.
    service: Option<&'a str>,
    region: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FieldObject {
    name: String,
    value: String,
}

impl<'a> Sent<'a> {
    pub(super) fn of(request: &'a Request<Body>) -> Self {
        let (method, uri) = (request.method(), request.uri());
        Self { method, uri, headers: request.headers(), body: request.body() }
    }

    /// As it would be on the wire in HTTP/1.1, without secrets.
    pub(super) fn shown(&self, known: &Known) -> String {
        let target = self.uri.path_and_query().map_or("/", |target| target.as_str());
        let mut text = format!("{} {} HTTP/1.1\n", self.method, known.text(target));
        for (name, value) in self.shown_headers(known) {
            text.push_str(&format!("{name}: {value}\n"));
        }
        text.push('\n');
        let body = self.shown_body();
        text.push_str(&body);
        if !body.is_empty() && !body.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    /// In the order in which they are sent.
    fn shown_headers(&self, known: &Known) -> Vec<(String, String)> {
        let shown = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (titled(name.as_str()), known.values(&redact::header(name.as_str(), &value)))
        };
        let mut headers: Vec<_> = self.headers.iter().map(shown).collect();
        if !self.body.is_empty() || !matches!(*self.method, Method::GET | Method::HEAD | Method::DELETE) {
            headers.push(("Content-Length".to_owned(), self.body.len().to_string()));
        }
        headers
    }

    /// A text that is short stands there as it is: whoever typed it has seen it.
    fn shown_body(&self) -> String {
        let text = self.body.as_bytes().filter(|bytes| bytes.len() <= MAX_SHOWN);
        match text.and_then(|bytes| std::str::from_utf8(bytes).ok()) {
            Some(text) => text.to_owned(),
            None => format!("({} bytes)", self.body.len()),
        }
    }

    /// As the explanation of a refusal takes it. Holds secrets.
    pub(super) fn message(&self) -> Message {
        let field = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.as_str().to_owned(), value.as_bytes().to_vec())
        };
        Message {
            method: self.method.to_string(),
            scheme: None,
            authority: self.uri.authority().map(ToString::to_string),
            target: self.uri.path_and_query().map_or("/", |target| target.as_str()).as_bytes().to_vec(),
            version: Version::Http11,
            headers: self.headers.iter().map(field).collect(),
            body: self.body.as_bytes().unwrap_or_default().to_vec(),
        }
    }
}

impl<'a> SentObject<'a> {
    pub(super) fn of(sent: &Sent<'a>, known: &Known, place: Option<(&'a str, &'a str)>) -> Self {
        let (service, region) = place.unzip();
        let headers = sent.shown_headers(known).into_iter().map(|(name, value)| FieldObject { name, value });
        let url = known.text(&sent.uri.to_string());
        Self {
            method: sent.method.as_str(),
            url,
            headers: headers.collect(),
            body: sent.shown_body(),
            service,
            region,
        }
    }
}

/// `x-amz-date` as `X-Amz-Date`: HTTP does not tell them apart, people read the latter more easily.
pub(super) fn titled(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

/// Of a larger body the length says more.
const MAX_SHOWN: usize = 64 << 10;
