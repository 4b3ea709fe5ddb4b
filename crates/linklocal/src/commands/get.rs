//! `linklocal get`: reads metadata as a program on the instance would (EC2 user guide, "Access instance metadata for an
//! EC2 instance").

use std::time::Duration;

use bytes::Bytes;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderName, Method, Request, StatusCode, Uri, header};
use http_body_util::Full;
use tokio::net::TcpStream;

use super::{Context, env};
use crate::admin::{Call, CallError, Reply};
use crate::arguments::GetArguments;
use crate::exchange::{Exchange, ExchangeError, exchange};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) async fn run(context: &Context, arguments: GetArguments) -> Result<(), Failure> {
    let path = path(&arguments.path)?;
    let service = match &arguments.instance {
        Some(id) => Service::of_instance(context, id).await?,
        None => Service::find(context, arguments.endpoint.as_deref()).await?,
    };
    let token = match arguments.v1 {
        true => None,
        false => Some(service.token(arguments.token_ttl).await?),
    };
    let answer = service.get(&path, token.as_ref()).await?;
    if arguments.include {
        Output::text(&head(&answer))?;
    }
    if answer.status != StatusCode::OK {
        if arguments.include {
            Output::bytes(&answer.body)?;
        }
        return Err(service.explain(&path, answer.status, token.as_ref()).await);
    }
    if context.output.json {
        return Output::object(&serde_json::json!({
            "Path": path.as_str(),
            "Value": String::from_utf8_lossy(&answer.body),
        }));
    }
    Output::bytes(&answer.body)
}

/// What was typed as what is asked for: a leading slash is taken at its word, all else stands below `/latest/`. No
/// category bears the name of one of the three trees there.
fn path(typed: &str) -> Result<PathAndQuery, Failure> {
    let first = typed.split(['/', '?']).next().unwrap_or_default();
    let whole = match first {
        "" if typed.starts_with('/') => typed.to_owned(),
        "meta-data" | "user-data" | "dynamic" => format!("/latest/{typed}"),
        _ => format!("/latest/meta-data/{typed}"),
    };
    whole.parse().map_err(|error| {
        Failure::usage(format!("{typed:?} cannot be a path: {error}"))
            .hint("write blanks and other such characters in percent-encoding, as %20")
    })
}

/// A metadata service, and who named it.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) authority: Authority,
    /// What stands before the path in the URL, without a slash at the end.
    pub(super) prefix: String,
    named_by: &'static str,
}

impl Service {
    /// The flag, else the SDKs' variable, else the running server, else EC2's own address.
    pub(super) async fn find(context: &Context, flag: Option<&str>) -> Result<Self, Failure> {
        if let Some(url) = flag {
            return Self::parse(url, "--endpoint");
        }
        if let Some(url) = context.env.var(VARIABLE).filter(|url| !url.is_empty()) {
            return Self::parse(url, VARIABLE);
        }
        let Ok(admin) = &context.admin else { return Self::parse(EC2, NOBODY) };
        match admin.call(&Call::DescribeServer).await {
            Ok(Reply::Server(server)) if !server.endpoints.is_empty() => {
                let address = server.endpoints[0];
                match server.answering_instance_id {
                    Some(_) => Self::parse(&env::url(address), "the running server"),
                    None => Err(env::unanswered(context, address).await?),
                }
            }
            Ok(_) | Err(CallError::NoServer(_)) => Self::parse(EC2, NOBODY),
            Err(error) => Err(error.into()),
        }
    }

    /// That of one instance.
    async fn of_instance(context: &Context, id: &str) -> Result<Self, Failure> {
        Self::parse(&env::url(env::of_instance(context, id).await?), "--instance")
    }

    fn parse(url: &str, named_by: &'static str) -> Result<Self, Failure> {
        let wrong = || {
            Failure::usage(format!("{named_by}: {url:?} is not a URL like http://127.0.0.1:1338"))
                .hint("the metadata service speaks plain HTTP; an address needs http:// before it")
        };
        let parts = url.parse::<Uri>().map_err(|_| wrong())?.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else { return Err(wrong()) };
        if scheme != Scheme::HTTP {
            return Err(wrong());
        }
        let prefix =
            parts.path_and_query.map(|path| path.path().trim_end_matches('/').to_owned()).unwrap_or_default();
        Ok(Self { authority, prefix, named_by })
    }

    async fn token(&self, ttl: u32) -> Result<Bytes, Failure> {
        let headers = [(TOKEN_TTL, Bytes::from(ttl.to_string()))];
        let answer = self.ask(Method::PUT, &PathAndQuery::from_static("/latest/api/token"), headers).await?;
        match answer.status {
            StatusCode::OK => Ok(answer.body),
            StatusCode::BAD_REQUEST => {
                Err(Failure::new(format!("no session token: a life of {ttl} s is refused (400)"))
                    .hint("--token-ttl takes 1 to 21600 seconds"))
            }
            StatusCode::FORBIDDEN => Err(self.disabled()),
            status => Err(Failure::new(format!("no session token: {self} answers {status}"))
                .hint("--v1 asks without one")),
        }
    }

    async fn get(&self, path: &PathAndQuery, token: Option<&Bytes>) -> Result<Exchange, Failure> {
        self.ask(Method::GET, path, token.map(|token| (TOKEN, token.clone()))).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &PathAndQuery,
        headers: impl IntoIterator<Item = (HeaderName, Bytes)>,
    ) -> Result<Exchange, Failure> {
        // Taken as a path and not parsed as a URL: `//latest` would name a host.
        let target = format!("{}{path}", self.prefix).parse::<PathAndQuery>().map(Uri::from);
        let target = target.map_err(|error| Failure::new(format!("{path} cannot be asked for: {error}")))?;
        let mut request = Request::builder().method(method).uri(target);
        request = request.header(header::HOST, self.authority.as_str()).header(header::USER_AGENT, AGENT);
        for (name, value) in headers {
            request = request.header(name, value.as_ref());
        }
        let request = request
            .body(Full::new(Bytes::new()))
            .map_err(|error| Failure::new(format!("{self} cannot be asked: {error}")))?;
        let stream = self.connect().await?;
        exchange(stream, request, MAX_BODY, PATIENCE).await.map_err(|error| self.silent(&error))
    }

    async fn connect(&self) -> Result<TcpStream, Failure> {
        let host = self.authority.host().trim_start_matches('[').trim_end_matches(']');
        let port = self.authority.port_u16().unwrap_or(80);
        let connected = tokio::time::timeout(CONNECT_PATIENCE, TcpStream::connect((host, port))).await;
        let reason = match connected {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no connection within {} s", CONNECT_PATIENCE.as_secs()),
        };
        Err(Failure::new(format!("{self} cannot be reached: {reason}"))
            .hint("start a server with `linklocal up`, or name one with --endpoint URL"))
    }

    fn silent(&self, error: &ExchangeError) -> Failure {
        let failure = Failure::of(error);
        Failure::new(format!("{self} gives no answer: {}", failure.message)).hint(
            "where the caller is more hops away than the instance's hop limit, the reply to a token request \
                   never arrives; compare --v1",
        )
    }

    fn disabled(&self) -> Failure {
        let (what, flag) = match self.authority.host().starts_with('[') {
            true => ("IPv6 endpoint", "--http-protocol-ipv6"),
            false => ("metadata endpoint", "--http-endpoint"),
        };
        let failure = Failure::new(format!("{self} refuses (403): the instance's {what} is disabled"));
        match self.named_by {
            // Nobody has named it: what was looked for is a server.
            NOBODY => failure.hint("start a server with `linklocal up`, or name one with --endpoint URL"),
            _ => failure.hint(format!("linklocal instance modify-metadata-options {flag} enabled")),
        }
    }

    /// What a refusal means, and what to do.
    async fn explain(&self, path: &PathAndQuery, status: StatusCode, token: Option<&Bytes>) -> Failure {
        match status {
            StatusCode::UNAUTHORIZED if token.is_none() => Failure::new(format!(
                "{path}: 401: tokens are required on this instance"
            ))
            .hint(
                "leave out --v1, or run `linklocal instance modify-metadata-options --http-tokens optional`",
            ),
            StatusCode::UNAUTHORIZED => {
                Failure::new(format!("{path}: 401: the session token is not accepted"))
                    .hint("a token lasts --token-ttl seconds and is good for one instance only")
            }
            // Whoever is given a token is not refused for the endpoint's sake.
            StatusCode::FORBIDDEN if token.is_some() => {
                Failure::new(format!("{path}: 403: the rules of [access] keep it from this user"))
                    .hint("the server's owner reads in `linklocal trail --denied` which rule it was")
            }
            StatusCode::FORBIDDEN => self.disabled(),
            StatusCode::NOT_FOUND => self.missing(path, token).await,
            status => Failure::new(format!("{path}: {self} answers {status}")),
        }
    }

    /// Looks for the nearest listing above, and for a name like the one asked for in it.
    async fn missing(&self, path: &PathAndQuery, token: Option<&Bytes>) -> Failure {
        let failure = Failure::new(format!("{path}: 404: there is no such category on this instance"));
        let mut above = path.path().trim_end_matches('/');
        while let Some(cut) = above.rfind('/') {
            let asked = &above[cut + 1..];
            above = &above[..cut];
            let Ok(directory) = format!("{above}/").parse::<PathAndQuery>() else { break };
            let Ok(answer) = self.get(&directory, token).await else { break };
            if answer.status == StatusCode::OK {
                let listing = String::from_utf8_lossy(&answer.body);
                return failure.hint(found(directory.path(), &listing, asked));
            }
        }
        failure
    }
}

impl std::fmt::Display for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "http://{}{} (from {})", self.authority, self.prefix, self.named_by)
    }
}

fn found(directory: &str, listing: &str, asked: &str) -> String {
    let entries: Vec<&str> = listing.lines().collect();
    let alike = entries
        .iter()
        .map(|entry| (strsim::damerau_levenshtein(entry.trim_end_matches('/'), asked), entry))
        .filter(|(distance, _)| *distance <= asked.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance);
    match alike {
        Some((_, entry)) => format!("did you mean {directory}{entry}?"),
        None => format!("{directory} holds: {}", entries.join(" ")),
    }
}

/// Status line and headers. Names are spelled as EC2 spells them: HTTP does not tell their case apart.
fn head(answer: &Exchange) -> String {
    let reason = answer.reason.as_deref().or_else(|| answer.status.canonical_reason()).unwrap_or_default();
    let mut text = format!("HTTP/1.1 {} {reason}\r\n", answer.status.as_u16());
    for (name, value) in &answer.headers {
        let name: Vec<String> = name.as_str().split('-').map(capitalized).collect();
        text.push_str(&format!("{}: {}\r\n", name.join("-"), String::from_utf8_lossy(value.as_bytes())));
    }
    text.push_str("\r\n");
    text
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

const VARIABLE: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
/// Who names EC2's own address.
const NOBODY: &str = "EC2's address";
const EC2: &str = "http://169.254.169.254";
const AGENT: &str = concat!("linklocal/", env!("CARGO_PKG_VERSION"));
const TOKEN: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token");
const TOKEN_TTL: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token-ttl-seconds");
const CONNECT_PATIENCE: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(5);
const MAX_BODY: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_without_a_slash_are_categories() {
        let cases = [
            ("", "/latest/meta-data/"),
            ("instance-id", "/latest/meta-data/instance-id"),
            ("user-data", "/latest/user-data"),
            ("dynamic/instance-identity/document", "/latest/dynamic/instance-identity/document"),
            ("meta-data/mac", "/latest/meta-data/mac"),
            ("/", "/"),
            ("/latest//meta-data/%69nstance-id?x=1", "/latest//meta-data/%69nstance-id?x=1"),
            ("//latest/meta-data", "//latest/meta-data"),
        ];
        for (typed, expected) in cases {
            assert_eq!(path(typed).unwrap().as_str(), expected);
        }
        assert_eq!(path("a b").unwrap_err().exit_code(), 2);
    }

    #[test]
    fn services_are_plain_http_urls() {
        let service = Service::parse("http://[fd00:ec2::254]/x/", "--endpoint").unwrap();
        assert_eq!((service.authority.as_str(), service.prefix.as_str()), ("[fd00:ec2::254]", "/x"));
        for url in ["", "127.0.0.1:1338", "https://127.0.0.1", "http://", "/latest"] {
            assert_eq!(Service::parse(url, "--endpoint").unwrap_err().exit_code(), 2, "{url}");
        }
    }

    #[test]
    fn a_missing_category_is_answered_with_the_nearest_name() {
        let listing = "ami-id\ninstance-id\nplacement/";
        assert_eq!(
            found("/latest/meta-data/", listing, "instance-i"),
            "did you mean /latest/meta-data/instance-id?"
        );
        assert_eq!(
            found("/latest/meta-data/", listing, "spot"),
            "/latest/meta-data/ holds: ami-id instance-id placement/"
        );
    }
}
