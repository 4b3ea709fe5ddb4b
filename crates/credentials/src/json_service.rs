//! Services of AWS that speak JSON and need no signature: the portal and the OIDC service of IAM Identity Center, AWS
//! Sign-In.
//!
//! Rule: a question that may be answered in a moment is asked up to three times; every answer tells the time. A refusal
//! keeps the service's code and sentence, a body that is none is not shown.

use bytes::Bytes;
use client::{Body, Call, Response};
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use profile::settings::{is_region_name, partition};
use serde::de::DeserializeOwned;
use types::Secret;
use wire::AwsError;

use crate::document::words;
use crate::{Context, ResolveError, questions};

/// A service at its endpoint.
#[derive(Clone, Debug)]
pub(crate) struct JsonService<'a> {
    pub(crate) context: &'a Context,
    /// Its name in sentences.
    pub(crate) name: &'static str,
    /// Scheme, host and port, and a path where the endpoint has one; no slash at the end.
    pub(crate) endpoint: String,
}

/// The service said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// `UnauthorizedException`; empty where the service named none.
    pub(crate) code: String,
    /// The member `error` of OAuth 2.0, such as `authorization_pending`.
    pub(crate) error: Option<String>,
    pub(crate) message: Option<String>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AskError {
    Refused(Refusal),
    Failed(ResolveError),
}

impl<'a> JsonService<'a> {
    /// The service at `configured`, or where AWS has it: `https://{prefix}.{region}.{suffix}`.
    pub(crate) fn regional(
        context: &'a Context,
        name: &'static str,
        configured: Option<&str>,
        (prefix, region): (&str, &str),
    ) -> Result<Self, ResolveError> {
        if let Some(url) = configured {
            return Ok(Self::at(context, name, url));
        }
        if !is_region_name(region) {
            let what = format!("{name} cannot be asked: {region:?} cannot be the name of a region");
            return Err(ResolveError::new("region", what, "write a region like us-east-1"));
        }
        let suffix = partition(region).dns_suffix;
        Ok(Self { context, name, endpoint: format!("https://{prefix}.{region}.{suffix}") })
    }

    pub(crate) fn at(context: &'a Context, name: &'static str, url: &str) -> Self {
        Self { context, name, endpoint: url.trim_end_matches('/').to_owned() }
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        target: &str,
        secret: (&'static str, &Secret<String>),
    ) -> Result<T, AskError> {
        let value = sensitive(secret.1).ok_or_else(|| self.unusable(secret.0))?;
        self.ask("GET", target, &Bytes::new(), &[(secret.0, value)]).await
    }

    /// `body` is JSON; `headers` are added.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        target: &str,
        body: &Secret<Vec<u8>>,
        headers: &[(&'static str, HeaderValue)],
    ) -> Result<T, AskError> {
        self.ask("POST", target, &Bytes::copy_from_slice(body.expose()), headers).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: &str,
        target: &str,
        body: &Bytes,
        headers: &[(&'static str, HeaderValue)],
    ) -> Result<T, AskError> {
        let request = self.request(method, target, body.clone(), headers)?;
        let asked = questions::ask(self.context, Call::new(request, "", ""), false).await;
        let asked = asked.map_err(|error| AskError::Failed(ResolveError::unanswered(self.name, &error)))?;
        let response = asked.response;
        if !response.is_success() {
            return Err(AskError::Refused(Refusal::read(&response, asked.error.as_ref())));
        }
        serde_json::from_slice(response.body()).map_err(|_| AskError::Failed(self.garbled(response.status())))
    }

    fn request(
        &self,
        method: &str,
        target: &str,
        body: Bytes,
        headers: &[(&'static str, HeaderValue)],
    ) -> Result<http::Request<Body>, AskError> {
        let uri = format!("{}{target}", self.endpoint);
        let mut request = http::Request::builder().method(method).uri(uri).header(ACCEPT, "application/json");
        if method == "POST" {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(HeaderName::from_static(name), value);
        }
        request.body(Body::from(body)).map_err(|_| self.unusable("its endpoint URL"))
    }

    fn garbled(&self, status: u16) -> ResolveError {
        let what = format!("{} answered {status} with a body that is not what it should be", self.name);
        ResolveError::new("bad-answer", what, format!("check that {} is its endpoint", self.endpoint))
    }

    fn unusable(&self, what: &str) -> AskError {
        let what = format!("{} cannot be asked: {what} holds characters that do not fit there", self.name);
        AskError::Failed(ResolveError::new("unusable", what, "check it where it is kept"))
    }
}

impl Refusal {
    /// Whether the service gave this code, in either of its two ways.
    pub(crate) fn is(&self, code: &str, oauth: &str) -> bool {
        self.code == code || self.error.as_deref() == Some(oauth)
    }

    /// The refusal as an error of `service`.
    pub(crate) fn into_error(self, service: &str, remedy: impl Into<String>) -> ResolveError {
        let said =
            [Some(self.name()), self.message.clone()].into_iter().flatten().collect::<Vec<_>>().join(": ");
        let what = format!("{service} refused ({} {said})", self.status);
        let transient = self.is_transient();
        ResolveError { aws_code: Some(self.name()), transient, ..ResolveError::new("refused", what, remedy) }
    }

    fn name(&self) -> String {
        match &self.error {
            Some(error) if self.code.is_empty() => error.clone(),
            _ => self.code.clone(),
        }
    }

    fn is_transient(&self) -> bool {
        let error = AwsError { code: self.code.clone(), ..AwsError::default() };
        questions::is_passing("", self.status, Some(&error))
    }

    /// OAuth 2.0 has its own members beside AWS's (RFC 6749 section 5.2).
    fn read(response: &Response, error: Option<&AwsError>) -> Self {
        let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let text = |name: &str| body.get(name)?.as_str().map(str::to_owned);
        Self {
            status: response.status(),
            code: error.map(|error| error.code.clone()).unwrap_or_default(),
            error: text("error").map(|text| words(&text)),
            message: text("message").or_else(|| text("error_description")).map(|text| words(&text)),
        }
    }
}

impl AskError {
    /// The error where a refusal has no meaning of its own.
    pub(crate) fn plain(self, service: &str, remedy: &str) -> ResolveError {
        match self {
            Self::Refused(refusal) => refusal.into_error(service, remedy),
            Self::Failed(error) => error,
        }
    }
}

/// A header with a secret, which no log shows.
fn sensitive(secret: &Secret<String>) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(secret.expose()).ok()?;
    value.set_sensitive(true);
    Some(value)
}
