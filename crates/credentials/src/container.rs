//! A container agent's credential endpoint: ECS, EKS Pod Identity, or whoever serves the same (facts/credentials.md section
//! 4.1).

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use client::{Limits, Response};
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, Uri};
use profile::plan::{Container, ContainerToken};
use types::Secret;

use crate::document::{Document, DocumentError, TokenField, words};
use crate::{Context, ResolveError, Resolved, pause};

/// Asks the agent, three times at most; the token's file is read for each attempt.
pub(crate) async fn resolve(context: &Context, container: &Container) -> Result<Resolved, ResolveError> {
    let uri: Uri = container.url.value.parse().map_err(|_| {
        ResolveError::new("url", format!("container: the URL in {} is none", container.url.place), URL)
    })?;
    let source = format!("container agent at {}", client::origin(&uri));
    let mut attempt = 0;
    loop {
        attempt += 1;
        match once(context, container, &uri, &source).await {
            Err(error) if error.transient && attempt < ATTEMPTS => pause::before(context, attempt).await,
            outcome => return outcome,
        }
    }
}

async fn once(
    context: &Context,
    container: &Container,
    uri: &Uri,
    source: &str,
) -> Result<Resolved, ResolveError> {
    let mut request = http::Request::new(Bytes::new());
    *request.uri_mut() = uri.clone();
    if uri.scheme_str() == Some("http") {
        // An agent of this machine, says the plan; its name may be known here alone, and the token is for nobody else.
        request.extensions_mut().insert(client::Direct);
    }
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(token) = &container.token {
        request.headers_mut().insert(AUTHORIZATION, authorization(source, token)?);
    }
    let response = context.client.send(request, &Limits::document(TIMEOUT)).await;
    let response = response
        .map_err(|error| ResolveError::unanswered("container agent", &error).set_by(&container.url.place))?;
    read(context, container, source, &response)
}

fn read(
    context: &Context,
    container: &Container,
    source: &str,
    response: &Response,
) -> Result<Resolved, ResolveError> {
    if !response.is_success() {
        return Err(refused(container, source, response));
    }
    let garbage = |error: DocumentError| {
        let remedy =
            format!("check that the URL in {} is that of a credential endpoint", container.url.place);
        ResolveError::new("garbage", format!("{source} {error}"), remedy)
    };
    let resolved =
        Document::read(response.body()).and_then(|document| document.credentials(TokenField::Token));
    let resolved = resolved.map_err(garbage)?;
    match resolved.expiration {
        Some(end) if end < context.now() => {
            let what = format!("{source} answers with credentials that ended at {end}");
            Err(ResolveError::new("expired", what, "check the agent, and this machine's clock"))
        }
        _ => Ok(resolved),
    }
}

/// Agents say why in `code` and `message`.
fn refused(container: &Container, source: &str, response: &Response) -> ResolveError {
    let status = response.status();
    let document = Document::read(response.body()).unwrap_or_default();
    let said: Vec<String> =
        [&document.code, &document.message].into_iter().flatten().map(|s| words(s)).collect();
    let said = if said.is_empty() { String::new() } else { format!(": {}", said.join(": ")) };
    let remedy = match (status, &container.token) {
        (401 | 403, None) => {
            "set AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or AWS_CONTAINER_AUTHORIZATION_TOKEN".to_owned()
        }
        (401 | 403, Some(_)) => "check the authorization token: the agent does not take it".to_owned(),
        (404, _) => {
            format!("check the path of the URL in {}, and that the task has a role", container.url.place)
        }
        (429 | 500.., _) => "try again in a moment, and see the agent's log".to_owned(),
        _ => format!("check the URL in {}", container.url.place),
    };
    let transient = status == 429 || status >= 500;
    ResolveError {
        transient,
        ..ResolveError::new("refused", format!("{source} answers {status}{said}"), remedy)
    }
}

fn authorization(source: &str, token: &ContainerToken) -> Result<HeaderValue, ResolveError> {
    let unusable =
        |what: String, remedy: &str| ResolveError::new("token-file", format!("{source}: {what}"), remedy);
    let (text, place) = match token {
        ContainerToken::Value(value) => (value.clone(), "AWS_CONTAINER_AUTHORIZATION_TOKEN".to_owned()),
        ContainerToken::File(path) => {
            let text = sys::fs::read_text(Path::new(path), MAX_TOKEN).map_err(|error| {
                unusable(format!("token {error}"), "see AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
            })?;
            (Secret::new(text), format!("token file {path}"))
        }
    };
    if text.expose().contains(['\r', '\n']) {
        let remedy = "write the token without a line end (printf, not echo): SDKs refuse it or leave it out";
        return Err(unusable(format!("{place} holds a line end"), remedy));
    }
    if text.expose().is_empty() {
        return Err(unusable(format!("{place} is empty"), "put the agent's token there"));
    }
    let header = HeaderValue::from_str(text.expose());
    let mut header = header.map_err(|_| {
        unusable(format!("{place} holds characters that no header bears"), "copy the token again")
    })?;
    header.set_sensitive(true);
    Ok(header)
}

const URL: &str = "write it as http://169.254.170.2/…, http://127.0.0.1:port/… or https://host/…";
const ATTEMPTS: u32 = 3;
const TIMEOUT: Duration = Duration::from_secs(2);
const MAX_TOKEN: usize = 64 << 10;
