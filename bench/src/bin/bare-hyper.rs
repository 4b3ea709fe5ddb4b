//! The least that hyper does for a metadata service's traffic: one thread, one fixed answer.
//!
//! Rule: the same bytes as the product's answer, header for header, and nothing else: no routing, no token, no clock of
//! its own. What the product costs above this is what the product does.
//!
//! Usage: `bare-hyper PORT get|get-token|put|get-token-close`

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(Ok(port)), Some(Some(kind))) =
        (arguments.first().map(|port| port.parse()), arguments.get(1).map(|kind| Kind::of(kind)))
    else {
        eprintln!("usage: bare-hyper PORT get|get-token|put|get-token-close");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    match runtime
        .and_then(|runtime| runtime.block_on(tokio::task::LocalSet::new().run_until(serve(port, kind))))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(port: u16, kind: Kind) -> std::io::Result<()> {
    let kind = Rc::new(kind);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let kind = Rc::clone(&kind);
        let service = service_fn(move |_| {
            let answer = kind.answer();
            async move { Ok::<_, Infallible>(answer) }
        });
        let connection =
            http1::Builder::new().title_case_headers(true).serve_connection(TokioIo::new(stream), service);
        tokio::task::spawn_local(connection);
    }
}

/// One fixed answer.
struct Kind {
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        let (headers, body): (&[Header], _) = match name {
            "get" => (&[TYPE, RANGES, MODIFIED, SERVER], INSTANCE_ID),
            "get-token" => (&[LIFE, TYPE, RANGES, MODIFIED, SERVER], INSTANCE_ID),
            "put" => (&[LIFE, SERVER, TYPE], TOKEN),
            "get-token-close" => (&[LIFE, TYPE, RANGES, MODIFIED, SERVER, CLOSE], INSTANCE_ID),
            _ => return None,
        };
        Some(Self { headers: headers.iter().copied().map(header).collect(), body: Bytes::from_static(body) })
    }

    /// `Content-Length` and `Date` are hyper's own.
    fn answer(&self) -> Response<Full<Bytes>> {
        let mut headers = HeaderMap::with_capacity(8);
        for (name, value) in &self.headers {
            headers.append(name.clone(), value.clone());
        }
        let mut response = Response::new(Full::new(self.body.clone()));
        *response.headers_mut() = headers;
        response
    }
}

fn header((name, value): Header) -> (HeaderName, HeaderValue) {
    (HeaderName::from_static(name), HeaderValue::from_static(value))
}

type Header = (&'static str, &'static str);

const LIFE: Header = ("x-aws-ec2-metadata-token-ttl-seconds", "21600");
const TYPE: Header = ("content-type", "text/plain");
const RANGES: Header = ("accept-ranges", "none");
const MODIFIED: Header = ("last-modified", "Sat, 21 Nov 2026 10:00:00 GMT");
const SERVER: Header = ("server", "EC2ws");
const CLOSE: Header = ("connection", "close");
const INSTANCE_ID: &[u8] = b"i-0a1b2c3d4e5f60718";
const TOKEN: &[u8] = b"AQAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
