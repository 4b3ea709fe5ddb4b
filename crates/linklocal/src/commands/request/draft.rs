//! The request as it is sent, but for its signature.

use std::io::IsTerminal as _;

use bytes::Bytes;
use client::Body;
use http::{HeaderName, HeaderValue, Method, Uri};
use request_source::{Message, url};

use super::content::{Content, Source, form_encoded};
use super::target::Located;
use crate::arguments::{MessageArguments, RequestArguments};
use crate::commands::signing::{Place, with_headers};
use crate::failure::Failure;

/// A request, and what its signature is for.
#[derive(Debug)]
pub(super) struct Draft {
    /// Head and target as they go over the wire; the body stands beside it.
    pub(super) message: Message,
    pub(super) body: Body,
    /// Nothing where no signature is wanted.
    pub(super) place: Option<Place>,
}

impl Draft {
    /// Puts together what was typed and where it goes. Opens files, and reads stdin to its end.
    pub(super) fn new(
        method: &str,
        content: Content,
        located: Located,
        arguments: &RequestArguments,
    ) -> Result<Self, Failure> {
        let mut message = message(method, &located.url)?;
        add_query(&mut message, &content, &arguments.message)?;
        message = with_headers(message, &arguments.message.header)?;
        for (name, value) in &content.headers {
            if message.header(name).is_none() {
                message.headers.push((name.clone(), value.clone().into_bytes()));
            }
        }
        refuse(&message)?;
        let body = body(content.source)?;
        let body = if arguments.signing.unsigned_payload { body.unsigned() } else { body };
        Ok(Self { message, body, place: located.place })
    }

    /// As the client takes it.
    pub(super) fn request(&self) -> Result<http::Request<Body>, Failure> {
        let Message { method, scheme, authority, target, headers, .. } = &self.message;
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| Failure::usage(format!("{method:?} cannot be a method")))?;
        let scheme = scheme.map_or("https", request_source::Scheme::as_str);
        let authority = authority.as_deref().unwrap_or_default();
        let uri =
            Uri::builder().scheme(scheme).authority(authority).path_and_query(target.as_slice()).build();
        let uri = uri.map_err(|error| {
            Failure::usage(format!("the URL holds what cannot be sent: {error}"))
                .hint("write such characters in percent-encoding")
        })?;
        let mut request = http::Request::new(self.body.clone());
        (*request.method_mut(), *request.uri_mut()) = (method, uri);
        for (name, value) in headers {
            let (field, value) = field(name, value)?;
            request.headers_mut().append(field, value);
        }
        Ok(request)
    }
}

fn message(method: &str, address: &str) -> Result<Message, Failure> {
    let url = url::read(address).map_err(|error| {
        let hint = match address.contains("://") {
            true => "write the URL as it goes over the wire, in quotes",
            false => "write https://host/path, service:Action, service:/path or s3://bucket/key",
        };
        Failure::usage(error.to_string()).hint(hint)
    })?;
    if url.user.is_some() {
        return Err(Failure::usage("the URL holds a name or a password before @")
            .hint("keys come from the environment or a profile; a password of another kind goes with -H 'Authorization: …' --unsigned"));
    }
    Ok(Message::new(method, &url))
}

/// Parameters of the query behind those of the URL.
fn add_query(message: &mut Message, content: &Content, arguments: &MessageArguments) -> Result<(), Failure> {
    let mut added = content.query.iter().cloned().collect::<Vec<_>>();
    for parameter in &arguments.url_query {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if name.is_empty() {
            return Err(Failure::usage(format!("--url-query {parameter:?} has no name"))
                .hint("such as --url-query list-type=2, or --url-query acl"));
        }
        let mut text = String::new();
        form_encoded(name, &mut text);
        text.push('=');
        form_encoded(value, &mut text);
        added.push(text);
    }
    for text in added {
        if let Some(odd) = text.chars().find(|c| !c.is_ascii_graphic() || *c == '#') {
            return Err(Failure::usage(format!("-G: {odd:?} cannot stand in a query"))
                .hint("--url-query NAME=VALUE encodes what it takes"));
        }
        let mark = if message.target.contains(&b'?') { b'&' } else { b'?' };
        message.target.push(mark);
        message.target.extend_from_slice(text.as_bytes());
    }
    Ok(())
}

/// What the client writes itself, or what would make two requests of one.
fn refuse(message: &Message) -> Result<(), Failure> {
    for (name, value) in &message.headers {
        if OWN.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            return Err(Failure::usage(format!("-H {name}: the length and the end of a body are not typed"))
                .hint("leave the header out: it is sent where it is wanted"));
        }
        field(name, value)?;
    }
    Ok(())
}

/// A field of a header. Values are not shown: they may be secrets.
fn field(name: &str, value: &[u8]) -> Result<(HeaderName, HeaderValue), Failure> {
    let wrong = |what: &str| {
        Failure::usage(format!("-H {name}: {what}")).hint("a header is one line: -H 'Accept: text/plain'")
    };
    let field = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("this is no name of a header"))?;
    let value = HeaderValue::from_bytes(value)
        .map_err(|_| wrong("the value holds a line end or another control character"))?;
    Ok((field, value))
}

fn body(source: Source) -> Result<Body, Failure> {
    let wrong = |error: client::BodyError| Failure::of(&error);
    match source {
        Source::Nothing => Ok(Body::empty()),
        Source::Bytes(bytes) => Ok(Body::from(Bytes::from(bytes))),
        Source::File(path) => Body::file(&path).map_err(wrong),
        Source::StandardInput => spooled(),
    }
}

fn spooled() -> Result<Body, Failure> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::usage("the body is wanted on stdin, which is a terminal")
            .hint("name a file, or pipe the body in"));
    }
    Body::spool(stdin.lock(), MAX_SPOOLED).map_err(|error| Failure::of(&error).named("stdin"))
}

/// Fields that say where a message ends.
const OWN: [&str; 4] = ["Content-Length", "Transfer-Encoding", "Connection", "Expect"];

/// The largest object that S3 takes in one piece: 5 GiB.
const MAX_SPOOLED: u64 = 5 << 30;
