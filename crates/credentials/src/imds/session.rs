//! Requests to the metadata service: with a token where it gives one, without where the plan allows that.

use std::time::Duration;

use bytes::Bytes;
use client::{ClientError, Limits, Response};
use http::{HeaderValue, Method, Uri};
use profile::Place;
use profile::plan::Imds;
use types::Secret;

use crate::{Context, ResolveError, pause};

/// A conversation with the service.
pub(super) struct Session<'a> {
    context: &'a Context,
    imds: &'a Imds,
    source: String,
    /// `None`: version 1.
    token: Option<HeaderValue>,
}

impl<'a> Session<'a> {
    pub(super) async fn open(context: &'a Context, imds: &'a Imds) -> Result<Self, ResolveError> {
        let endpoint = imds.endpoint.value.trim_end_matches('/');
        let uri: Uri = endpoint.parse().map_err(|_| {
            let what =
                format!("instance metadata service: the endpoint in {} is no URL", imds.endpoint.place);
            ResolveError::new("url", what, "write it as http://169.254.169.254 or http://[fd00:ec2::254]")
        })?;
        let source = format!("instance metadata service at {}", client::origin(&uri));
        let mut session = Self { context, imds, source, token: None };
        session.token = session.fresh_token().await?;
        Ok(session)
    }

    /// The service's name in sentences.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// What stands at `path`; nothing where the service does not have it.
    pub(super) async fn get(&mut self, path: &str) -> Result<Option<Secret<Vec<u8>>>, ResolveError> {
        let mut response = self.get_once(path).await?;
        // The token has ended, or the service was started anew: one more.
        if response.status() == 401 && self.token.is_some() {
            self.token = self.fresh_token().await?;
            response = self.get_once(path).await?;
        }
        match response.status() {
            200 => Ok(Some(Secret::new(response.body().to_vec()))),
            404 => Ok(None),
            status => Err(self.refused(status)),
        }
    }

    async fn get_once(&self, path: &str) -> Result<Response, ResolveError> {
        let mut headers = http::HeaderMap::new();
        if let Some(token) = &self.token {
            headers.insert("x-aws-ec2-metadata-token", token.clone());
        }
        self.send(&Method::GET, path, &headers).await.map_err(|error| self.unanswered(&error))
    }

    /// A token; `None` where none is served, or its answer is lost on the way (the service sends it with a hop limit of 1, which
    /// ends before a container), and version 1 may be asked instead.
    async fn fresh_token(&self) -> Result<Option<HeaderValue>, ResolveError> {
        let mut headers = http::HeaderMap::new();
        headers.insert(TTL, HeaderValue::from_static("21600"));
        let response = match self.send(&Method::PUT, "/latest/api/token", &headers).await {
            Ok(response) => response,
            Err(ClientError::Timeout { phase: client::Phase::Answer, .. }) if self.imds.v1_fallback => {
                return Ok(None);
            }
            Err(error) => return Err(self.unanswered(&error)),
        };
        match response.status() {
            200 => self.token_of(&response).map(Some),
            403..=405 if self.imds.v1_fallback => Ok(None),
            404 | 405 => Err(ResolveError::new(
                "no-token",
                format!("{} serves no tokens, and version 1 may not be asked", self.source),
                "let the service serve PUT /latest/api/token, or allow version 1 (AWS_EC2_METADATA_V1_DISABLED)",
            )),
            status => Err(self.refused(status)),
        }
    }

    /// SDKs do without the token's life, but not without its header: a service that leaves it out is none.
    fn token_of(&self, response: &Response) -> Result<HeaderValue, ResolveError> {
        let garbage = |what| {
            let what = format!("{} answers with {what}", self.source);
            ResolveError::new("garbage", what, super::ENDPOINT)
        };
        let life = response.header(TTL).and_then(|life| life.trim().parse::<u32>().ok());
        if life.is_none() && !self.imds.v1_fallback {
            return Err(garbage("a token without its life in x-aws-ec2-metadata-token-ttl-seconds"));
        }
        let token = response.body().trim_ascii();
        let valid = !token.is_empty() && token.len() <= MAX_TOKEN && token.iter().all(u8::is_ascii_graphic);
        let mut header =
            HeaderValue::from_bytes(token).ok().filter(|_| valid).ok_or_else(|| garbage("no token"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// One request, with as many attempts as the plan allows.
    async fn send(
        &self,
        method: &Method,
        path: &str,
        headers: &http::HeaderMap,
    ) -> Result<Response, ClientError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome = self.attempt(method, path, headers).await;
            let again = match &outcome {
                Ok(response) => response.status() >= 500,
                Err(error) => error.retry() == client::Retry::Later,
            };
            if !again || attempt >= self.imds.attempts.clamp(1, MAX_ATTEMPTS) {
                return outcome;
            }
            pause::before(self.context, attempt).await;
        }
    }

    async fn attempt(
        &self,
        method: &Method,
        path: &str,
        headers: &http::HeaderMap,
    ) -> Result<Response, ClientError> {
        let url = format!("{}{path}", self.imds.endpoint.value.trim_end_matches('/'));
        let mut request = http::Request::new(Bytes::new());
        *request.method_mut() = method.clone();
        *request.uri_mut() = url.parse().map_err(|_| ClientError::Url {
            origin: self.imds.endpoint.place.to_string(),
            what: "is none",
        })?;
        *request.headers_mut() = headers.clone();
        // Whatever answers behind a proxy is the proxy's metadata service.
        request.extensions_mut().insert(client::Direct);
        let timeout = Duration::from_millis(self.imds.timeout_ms);
        self.context.client.send(request, &Limits::document(timeout)).await
    }

    fn unanswered(&self, error: &ClientError) -> ResolveError {
        let told = ResolveError::unanswered("instance metadata service", error);
        let told = told.set_by(&self.imds.endpoint.place);
        match error {
            ClientError::Connect { .. } | ClientError::Timeout { .. } => {
                ResolveError { remedy: self.where_nobody_is(), ..told }
            }
            _ => told,
        }
    }

    fn where_nobody_is(&self) -> String {
        match &self.imds.endpoint.place {
            Place::Default => {
                "this seems to be no EC2 instance: set up a profile (`linklocal configure`) or log in; on \
                an instance see its metadata options, and in a container their hop limit"
                    .to_owned()
            }
            place => format!("check that the service runs at the address that {place} sets"),
        }
    }

    fn refused(&self, status: u16) -> ResolveError {
        let remedy = match status {
            400 => "this is a fault of the request: see the service's log",
            401 => "the service takes no token of its own: check that one instance answers",
            403 => "the instance's metadata options switch the service off, or a firewall does",
            _ => "try again in a moment",
        };
        let what = format!("{} answers {status}", self.source);
        ResolveError { transient: status >= 500, ..ResolveError::new("refused", what, remedy) }
    }
}

const TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const MAX_TOKEN: usize = 4096;
const MAX_ATTEMPTS: u32 = 20;
