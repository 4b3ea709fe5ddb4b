//! Calls of STS, IAM and S3, signed rightly or wrongly.
//!
//! Rule: a draft is signed first and changed afterwards, so that what is wrong with it is exactly what was changed.

use std::cell::Cell;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use sigv4::{FieldChoice, Payload, PayloadKeyword, Scope, ServiceRules, SigningKey, SigningParams};
use sys::Clock;
use tokio::runtime::Handle;
use types::{Secret, Timestamp};
use wire::AwsError;

use super::super::check::Finding;
use super::super::probe::{Answer, Probe, Request};
use crate::failure::Failure;

/// Somebody's keys.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) id: String,
    pub(super) secret: Secret<String>,
    pub(super) token: Option<Secret<String>>,
}

/// A request that can still be changed.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) method: &'static str,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

/// What a signature is for.
#[derive(Clone, Copy)]
pub(super) struct For<'a> {
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    pub(super) time: Timestamp,
}

/// An answer.
pub(super) struct Said {
    pub(super) status: u16,
    /// Of an error; empty where there is none.
    pub(super) code: String,
    pub(super) message: String,
    pub(super) body: String,
}

pub(super) struct Api {
    probe: Probe,
    pub(super) region: String,
    clock: Clock,
    calls: Cell<u64>,
}

impl Api {
    pub(super) fn new(url: &str, region: &str, runtime: Handle, clock: Clock) -> Result<Self, Failure> {
        let uri: http::Uri =
            url.parse().map_err(|_| Failure::usage(format!("{url:?} is no URL of an endpoint")))?;
        let authority = uri.authority().ok_or_else(|| Failure::usage(format!("{url:?} names no host")))?;
        let probe = Probe {
            runtime,
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(80),
            authority: authority.to_string(),
            prefix: uri.path().trim_end_matches('/').to_owned(),
            pause: Duration::ZERO,
            unanswered: Cell::new(0),
        };
        Ok(Self { probe, region: region.to_owned(), clock, calls: Cell::new(0) })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// As the service is signed for now.
    pub(super) fn scope<'a>(&'a self, service: &'a str) -> For<'a> {
        For { service, region: &self.region, time: self.now() }
    }

    /// A call as the AWS CLI forms it, unsigned.
    pub(super) fn form(&self, service: &str, action: &str, parameters: &[(&str, &str)]) -> Draft {
        let version = if service == "iam" { "2010-05-08" } else { "2011-06-15" };
        let mut body = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            body.push_str(&format!("&{}={}", escaped(name), escaped(value)));
        }
        let content = "application/x-www-form-urlencoded; charset=utf-8".to_owned();
        // As SDKs number their calls; being signed, it makes equal calls of one second differ.
        self.calls.set(self.calls.get() + 1);
        let headers = vec![
            ("Host".to_owned(), self.probe.authority.clone()),
            ("Content-Type".to_owned(), content),
            ("Amz-Sdk-Invocation-Id".to_owned(), self.calls.get().to_string()),
        ];
        Draft { method: "POST", target: "/".to_owned(), headers, body }
    }

    /// A request of S3 in the path style, unsigned.
    pub(super) fn object(
        &self,
        method: &'static str,
        target: impl Into<String>,
        body: impl Into<String>,
    ) -> Result<Draft, Finding> {
        let headers = vec![("Host".to_owned(), self.probe.authority.clone())];
        Ok(Draft { method, target: target.into(), headers, body: body.into() })
    }

    /// The same with a digest of its body, which documents must have.
    pub(super) fn document(
        &self,
        method: &'static str,
        target: impl Into<String>,
        body: &str,
    ) -> Result<Draft, Finding> {
        let draft = self.object(method, target, body)?;
        if body.is_empty() {
            return Ok(draft);
        }
        Ok(draft.adding("x-amz-checksum-sha256", &STANDARD.encode(Sha256::digest(body))))
    }

    /// Calls an operation.
    pub(super) fn call(
        &self,
        keys: &Credentials,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Said, Finding> {
        let draft = self.form(service, action, parameters).signed(keys, self.scope(service))?;
        self.send(&draft)
    }

    /// Sends a draft as it stands.
    pub(super) fn send(&self, draft: &Draft) -> Result<Said, Finding> {
        let host = "host";
        let mut request = Request::new(draft.method, draft.target.clone());
        for (name, value) in draft.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(host)) {
            request = request.line(format!("{name}: {value}"));
        }
        if draft.method != "GET" {
            request = request.body(draft.body.clone());
        }
        Ok(Said::of(&self.probe.ask(&request)?))
    }
}

impl Draft {
    /// Signed in the header.
    pub(super) fn signed(mut self, keys: &Credentials, of: For<'_>) -> Result<Self, Finding> {
        let added = self.by(keys, of, |request, payload, params| {
            let signed = sigv4::sign(request, payload, params).map_err(|error| error.to_string())?;
            Ok(signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>())
        })?;
        self.headers.extend(added);
        Ok(self)
    }

    /// Signed in the query: the parameters of the action come with it.
    pub(super) fn presigned(mut self, keys: &Credentials, of: For<'_>) -> Result<Self, Finding> {
        self.method = "GET";
        self.target = format!("/?{}", std::mem::take(&mut self.body));
        self.headers.retain(|(name, _)| name == "Host");
        self.target = self.by(keys, of, |request, payload, params| {
            let signed =
                sigv4::presign(request, payload, params, LINK_SECONDS).map_err(|error| error.to_string())?;
            Ok(String::from_utf8_lossy(&signed.target(request)).into_owned())
        })?;
        Ok(self)
    }

    /// A link: signed in the query, for the target as it stands.
    pub(super) fn linked(mut self, keys: &Credentials, of: For<'_>) -> Result<Self, Finding> {
        self.target =
            self.signs(keys, of, Payload::Keyword(PayloadKeyword::Unsigned), |request, payload, params| {
                let signed = sigv4::presign(request, payload, params, LINK_SECONDS)
                    .map_err(|error| error.to_string())?;
                Ok(String::from_utf8_lossy(&signed.target(request)).into_owned())
            })?;
        Ok(self)
    }

    /// Signed in the header, with a body in signed chunks that `body` makes.
    pub(super) fn streamed(
        mut self,
        keys: &Credentials,
        of: For<'_>,
        body: impl FnOnce(&SigningParams<'_>, &sigv4::Signed<'_>) -> Result<String, String>,
    ) -> Result<Self, Finding> {
        let payload = Payload::Keyword(PayloadKeyword::StreamingHmac);
        let (headers, made) = self.signs(keys, of, payload, |request, payload, params| {
            let signed = sigv4::sign(request, payload, params).map_err(|error| error.to_string())?;
            let headers: Vec<(String, String)> =
                signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            Ok((headers, body(params, &signed)?))
        })?;
        self.headers.extend(headers);
        self.body = made;
        Ok(self)
    }

    /// What `sign` makes of the draft and its body with the key of `keys`.
    fn by<T>(
        &self,
        keys: &Credentials,
        of: For<'_>,
        sign: impl FnOnce(&sigv4::Request<'_>, Payload<'_>, &SigningParams<'_>) -> Result<T, String>,
    ) -> Result<T, Finding> {
        self.signs(keys, of, Payload::Body(self.body.as_bytes()), sign)
    }

    fn signs<T>(
        &self,
        keys: &Credentials,
        of: For<'_>,
        payload: Payload<'_>,
        sign: impl FnOnce(&sigv4::Request<'_>, Payload<'_>, &SigningParams<'_>) -> Result<T, String>,
    ) -> Result<T, Finding> {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let request =
            sigv4::Request { method: self.method, target: self.target.as_bytes(), headers: &headers };
        let scope = Scope::new(of.time, of.region, of.service);
        let params = SigningParams {
            access_key_id: &keys.id,
            session_token: keys.token.as_ref(),
            key: &SigningKey::derive(&keys.secret, &scope),
            scope,
            time: of.time,
            rules: &ServiceRules::of(of.service),
            fields: FieldChoice::default(),
        };
        sign(&request, payload, &params)
            .map_err(|error| Finding::does_not_apply(format!("cannot be signed: {error}")))
    }

    /// One header's value changed.
    pub(super) fn with(mut self, name: &str, change: impl FnOnce(&str) -> String) -> Self {
        if let Some((_, value)) = self.headers.iter_mut().find(|(held, _)| held.eq_ignore_ascii_case(name)) {
            *value = change(value);
        }
        self
    }

    pub(super) fn adding(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(held, _)| !held.eq_ignore_ascii_case(name));
        self
    }
}

impl Said {
    fn of(answer: &Answer) -> Self {
        let header = |name: &str| answer.header(name);
        let error = AwsError::read(answer.status, &header, &answer.body);
        let (code, message) = error.map(|error| (error.code, error.message)).unwrap_or_default();
        Self { status: answer.status, code, message, body: answer.text() }
    }

    pub(super) fn is_done(&self) -> bool {
        self.status == 200
    }

    /// The text of the first element of this name.
    pub(super) fn element(&self, name: &str) -> Option<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let rest = self.body.split_once(&open)?.1;
        Some(rest.split_once(&close)?.0.to_owned())
    }

    /// The same of every element of this name.
    pub(super) fn elements(&self, name: &str) -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let parts = self.body.split(&open).skip(1);
        parts.filter_map(|part| Some(part.split_once(&close)?.0.to_owned())).collect()
    }

    /// Keys in the answer.
    pub(super) fn credentials(&self) -> Option<Credentials> {
        Some(Credentials {
            id: self.element("AccessKeyId")?,
            secret: Secret::new(self.element("SecretAccessKey")?),
            token: self.element("SessionToken").map(Secret::new),
        })
    }

    /// Status and code, without what may be secret.
    pub(super) fn line(&self) -> String {
        match self.code.is_empty() {
            true => self.status.to_string(),
            false => format!(
                "{} {}: {}",
                self.status,
                self.code,
                self.message.chars().take(160).collect::<String>()
            ),
        }
    }
}

/// RFC 3986 section 2.3.
pub(super) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

const LINK_SECONDS: u32 = 300;
