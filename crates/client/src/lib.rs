//! HTTP to AWS endpoints: connect, proxy, TLS, deadlines, bounds, signing on the way out.
//!
//! Rule: what was signed is what is sent, and credentials go to the host they were meant for: no redirect is followed but of
//! a request without signature, by whoever asks for it. An error names hosts, never a path, a header or a body.
//!
//! A [`Caller`] signs, sends and retries; what it did stands in the answer's [`retry::History`]. Here the service throttles the
//! first attempt, as DynamoDB does: with status 400, and a code.
//!
//! ```
//! use std::sync::Arc;
//!
//! use client::{Body, Call, Caller, Client, Keys, Options, Proxies, Roots, retry};
//! use sys::{Clock, Entropy};
//! use types::Secret;
//!
//! # use std::io::{Read as _, Write as _};
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
//! # let url = format!("http://{}", listener.local_addr().unwrap());
//! # let server = std::thread::spawn(move || {
//! #     for (status, body) in [(400, r#"{"__type":"x#ThrottlingException"}"#), (200, r#"{"TableNames":[]}"#)] {
//! #         let (mut stream, mut text) = (listener.accept().unwrap().0, Vec::new());
//! #         while !text.ends_with(b"{}") {
//! #             let mut byte = [0];
//! #             stream.read_exact(&mut byte).unwrap();
//! #             text.extend(byte);
//! #         }
//! #         write!(stream, "HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
//! #     }
//! # });
//! let client = Client::new(Options {
//!     tls: rustls::crypto::aws_lc_rs::default_provider,
//!     roots: Roots::Platform,
//!     proxies: Proxies::none(),
//! });
//! // The waits of an example are short.
//! let settings = retry::Settings {
//!     max_backoff: std::time::Duration::from_millis(1),
//!     ..retry::Settings::of(retry::Mode::Exponential)
//! };
//! let caller = Caller::new(client, settings, Clock::system(), Entropy::system());
//!
//! let keys = Keys {
//!     access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
//!     secret_access_key: Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned()),
//!     session_token: None,
//! };
//! let request = http::Request::post(url)
//!     .header("X-Amz-Target", "DynamoDB_20120810.ListTables")
//!     .header("Content-Type", "application/x-amz-json-1.0")
//!     .body(Body::from("{}"))?;
//! let call = Call::new(request, "dynamodb", "eu-west-1").signed_by(Arc::new(keys));
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! let answer = runtime.block_on(caller.ask(call))?;
//! assert_eq!(answer.response.body(), br#"{"TableNames":[]}"#);
//! let first = &answer.history.attempts[0];
//! assert_eq!(first.outcome.to_string(), "400 ThrottlingException");
//! assert_eq!(first.cause, Some(retry::Cause::Throttling));
//! # server.join().unwrap();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod body;
mod call;
mod connect;
mod error;
mod follow;
mod limits;
mod proxy;
mod response;
pub mod retry;
mod sign;
mod skew;
mod streaming;
mod transport;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST, LOCATION, TRANSFER_ENCODING, USER_AGENT};
use http::{HeaderValue, Uri};

pub use body::{Body, BodyError};
pub use call::{
    Asked, Call, CallError, CallFailure, Called, Caller, Identity, IdentityError, Keys, KeysAsked, Pace,
    Pausing, Standing,
};
pub use connect::{Roots, TlsProvider};
pub use error::{ClientError, Retry};
pub use limits::{Limits, Phase};
pub use proxy::{Proxies, ProxyError};
pub use response::Response;
pub use sign::Signer;
pub use skew::Skew;
pub use streaming::Streaming;
pub use transport::{Exchange, Opening, Transport};

/// Sends requests. Clones share their connections.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
}

/// In a request's extensions: no proxy is asked, whatever the variables say. For services of this machine that are known by a
/// name, which a proxy would take for another's.
#[derive(Clone, Copy, Debug)]
pub struct Direct;

/// In a request's extensions: HTTP/1.1 is spoken, whatever the host would speak besides.
#[derive(Clone, Copy, Debug)]
pub struct Http1;

/// How a client reaches the world.
#[derive(Clone, Debug)]
pub struct Options {
    /// Makes the ciphers when the first `https` URL is met; a program that meets none pays nothing.
    pub tls: TlsProvider,
    pub roots: Roots,
    pub proxies: Proxies,
}

impl Client {
    pub fn new(options: Options) -> Self {
        Self::over(Arc::new(connect::Network::new(options)))
    }

    /// A client whose requests go to `transport`: recordings, tests.
    pub fn over(transport: Arc<dyn Transport>) -> Self {
        Self { transport }
    }

    /// One request, one answer, whatever its status; a redirect is an error. The URI is absolute. `Host` and `User-Agent` are
    /// added where they are missing.
    pub async fn send(
        &self,
        mut request: http::Request<Bytes>,
        limits: &Limits,
    ) -> Result<Response, ClientError> {
        complete(&mut request)?;
        let origin = origin(request.uri());
        let response = self.transport.send(request, limits).await?;
        if is_redirect(response.status()) { Err(redirect(origin, &response)) } else { Ok(response) }
    }

    /// The same, with a signature in the header.
    pub async fn send_signed(
        &self,
        mut request: http::Request<Bytes>,
        signer: &Signer<'_>,
        limits: &Limits,
    ) -> Result<Response, ClientError> {
        complete(&mut request)?;
        let mut signed = request.map(Body::from);
        signer.sign(&mut signed).await?;
        let (head, body) = signed.into_parts();
        let bytes = body.bytes().expect("it was made of bytes");
        self.send(http::Request::from_parts(head, bytes), limits).await
    }

    /// One request, and an answer whose body is read as it comes, whatever its status: a redirect is an answer too, and followed
    /// by nobody. Credentials that the request bears go to its host and no other.
    pub async fn stream(
        &self,
        mut request: http::Request<Body>,
        limits: &Limits,
    ) -> Result<Streaming, ClientError> {
        complete(&mut request)?;
        framed(&request)?;
        self.transport.stream(request, limits).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

/// Scheme, host and port: what errors may show of a URL. User names and queries may be secrets.
pub fn origin(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or("http");
    let host = uri.host().unwrap_or("");
    match uri.port_u16() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

/// Adds what every request bears, before it is signed.
fn complete<B>(request: &mut http::Request<B>) -> Result<(), ClientError> {
    let uri = request.uri();
    let url_error = |what| ClientError::Url { origin: origin(uri), what };
    let Some(authority) = uri.authority() else {
        return Err(url_error("names no host"));
    };
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(url_error("is neither http nor https"));
    }
    if authority.as_str().contains('@') {
        return Err(url_error("holds a user name; credentials do not go into URLs"));
    }
    let host = host_header(uri).ok_or_else(|| url_error("names a host that cannot be sent"))?;
    request.headers_mut().entry(HOST).or_insert(host);
    request.headers_mut().entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
    Ok(())
}

/// How long a body is says the body.
fn framed(request: &http::Request<Body>) -> Result<(), ClientError> {
    let length = request.body().len().to_string();
    let lengths = request.headers().get_all(CONTENT_LENGTH);
    let what = if lengths.iter().any(|said| said.as_bytes() != length.as_bytes()) {
        "is to be told a Content-Length that is not the body's: leave it out"
    } else if request.headers().contains_key(TRANSFER_ENCODING) {
        "is to be told a Transfer-Encoding, which AWS does not take: leave it out"
    } else {
        return Ok(());
    };
    Err(ClientError::Url { origin: origin(request.uri()), what })
}

/// RFC 9110 section 7.2: the port is left out where it is the scheme's own.
fn host_header(uri: &Uri) -> Option<HeaderValue> {
    let default = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    let host = uri.host()?;
    match uri.port_u16().filter(|port| *port != default) {
        Some(port) => HeaderValue::try_from(format!("{host}:{port}")).ok(),
        None => HeaderValue::try_from(host).ok(),
    }
}

/// 304 is none: it says that nothing is new.
const fn is_redirect(status: u16) -> bool {
    matches!(status, 300..=303 | 305..=308)
}

/// The new place's host only: the rest of it may hold what the server took out of the request.
fn redirect(origin: String, response: &Response) -> ClientError {
    let target = response.header(LOCATION.as_str()).and_then(|target| target.parse::<Uri>().ok());
    let to = match &target {
        Some(uri) if uri.host().is_some() => self::origin(uri),
        _ => "another path of the same host".to_owned(),
    };
    ClientError::Redirect { origin, status: response.status(), to }
}

const AGENT: &str = concat!("linklocal/", env!("CARGO_PKG_VERSION"));
