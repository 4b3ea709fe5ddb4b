//! Whether those who should have no credentials can get them.
//!
//! EC2 looks neither at `Host` nor at what browsers add: its address leads to the instance that asks and no browser runs
//! there. Wherever else a service listens, a page in a browser can reach it once the page's own name resolves to the
//! service's address (DNS rebinding). To the browser the page then is of the same origin: it may set headers, ask for a
//! token and read answers. So these checks are for endpoints that are not link-local addresses.

use std::net::{IpAddr, UdpSocket};

use super::super::check::{Check, Finding, Kind, require};
use super::super::probe::{Answer, ProbeError, Request};
use super::super::subject::{INSTANCE_ID, Place, Subject, TOKEN_PATH, Version1, token_of};
use super::{CAPTURE, OURS, V2_GUIDE};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "safety.host",
        title: "a Host that the service is not known by gets no metadata",
        kind: Kind::Safety,
        source: OURS,
        matters: "a web page reads credentials by DNS rebinding",
        run: |subject| is_refused(subject, Request::get(INSTANCE_ID).host("evil.example")),
    },
    Check {
        id: "safety.host-lookalike",
        title: "nor does one that only begins like a name of the service",
        kind: Kind::Safety,
        source: OURS,
        matters: "a page at 127.0.0.1.evil.example reads credentials by DNS rebinding",
        run: |subject| {
            is_refused(subject, Request::get(INSTANCE_ID).host("127.0.0.1.evil.example"))?;
            is_refused(subject, Request::get(INSTANCE_ID).host("169.254.169.254.evil.example:80"))
        },
    },
    Check {
        id: "safety.host-token",
        title: "a Host that the service is not known by gets no token",
        kind: Kind::Safety,
        source: OURS,
        matters: "a web page asks for a token by DNS rebinding, and then for credentials",
        run: |subject| {
            outside_ec2(subject)?;
            gives_no_token(subject, Subject::token_request("60").host("evil.example"))
        },
    },
    Check {
        id: "safety.origin",
        title: "a request with Origin gets no metadata",
        kind: Kind::Safety,
        source: OURS,
        matters: "only browsers send Origin; a script on any page would read credentials",
        run: |subject| is_refused(subject, Request::get(INSTANCE_ID).line("Origin: http://evil.example")),
    },
    Check {
        id: "safety.origin-token",
        title: "a request with Origin gets no token",
        kind: Kind::Safety,
        source: OURS,
        matters: "only browsers send Origin; a script on any page would get a token",
        run: |subject| {
            outside_ec2(subject)?;
            gives_no_token(subject, Subject::token_request("60").line("Origin: http://evil.example"))
        },
    },
    Check {
        id: "safety.sec-fetch",
        title: "a request with Sec-Fetch-Site gets no metadata",
        kind: Kind::Safety,
        source: OURS,
        matters: "only browsers send it, with every request, those of images and navigation too",
        run: |subject| {
            let request =
                Request::get(INSTANCE_ID).line("Sec-Fetch-Site: same-origin").line("Sec-Fetch-Mode: cors");
            is_refused(subject, request)
        },
    },
    Check {
        id: "safety.sec-fetch-token",
        title: "a request with Sec-Fetch-Site gets no token",
        kind: Kind::Safety,
        source: OURS,
        matters: "only browsers send it; after DNS rebinding a page is of the same origin",
        run: |subject| {
            outside_ec2(subject)?;
            gives_no_token(subject, Subject::token_request("60").line("Sec-Fetch-Site: same-origin"))
        },
    },
    Check {
        id: "safety.referer",
        title: "a request with Referer gets no metadata",
        kind: Kind::Safety,
        source: OURS,
        matters: "older browsers send no other sign of a page that asks",
        run: |subject| is_refused(subject, Request::get(INSTANCE_ID).line("Referer: http://evil.example/")),
    },
    Check {
        id: "safety.cors",
        title: "no answer lets scripts of other origins read it",
        kind: Kind::Safety,
        source: CAPTURE,
        matters: "a script on any page reads credentials without further ado",
        run: |subject| {
            allows_no_origin(&subject.get(INSTANCE_ID)?)?;
            let asked = Request::new("OPTIONS", TOKEN_PATH)
                .line("Origin: http://evil.example")
                .line("Access-Control-Request-Method: PUT")
                .line("Access-Control-Request-Headers: x-aws-ec2-metadata-token-ttl-seconds");
            allows_no_origin(&subject.ask(asked)?)
        },
    },
    Check {
        id: "safety.token-by-get",
        title: "no token is to be had by GET or POST",
        kind: Kind::Safety,
        source: V2_GUIDE,
        matters: "most server-side request forgery can send nothing else",
        run: |subject| {
            for method in ["GET", "POST"] {
                gives_no_token(subject, asked_by(method))?;
            }
            Ok(())
        },
    },
    Check {
        id: "safety.method-override",
        title: "no header turns GET or POST into PUT",
        kind: Kind::Safety,
        source: V2_GUIDE,
        matters: "frameworks that honour such headers undo what PUT is for",
        run: |subject| {
            for method in ["GET", "POST"] {
                gives_no_token(subject, asked_by(method).line("X-HTTP-Method-Override: PUT"))?;
                gives_no_token(subject, asked_by(method).line("X-HTTP-Method: PUT"))?;
            }
            Ok(())
        },
    },
    Check {
        id: "safety.life-in-query",
        title: "a token's life counts in its header only",
        kind: Kind::Safety,
        source: V2_GUIDE,
        matters: "a forger who controls no more than a URL and PUT would get a token",
        run: |subject| {
            let path = format!("{TOKEN_PATH}?X-aws-ec2-metadata-token-ttl-seconds=60");
            gives_no_token(subject, Request::new("PUT", path).line("Content-Length: 0"))
        },
    },
    Check {
        id: "safety.token-in-query",
        title: "a token counts in its header only",
        kind: Kind::Safety,
        source: V2_GUIDE,
        matters: "tokens in URLs end up in logs and Referers",
        run: |subject| {
            subject.needs_required_tokens()?;
            let token = subject.token()?.expose();
            let path = format!("{INSTANCE_ID}?X-aws-ec2-metadata-token={token}");
            subject.ask(Request::get(path))?.must_be_refused()
        },
    },
    Check {
        id: "safety.traversal",
        title: "no path leads out of the tree",
        kind: Kind::Safety,
        source: OURS,
        matters: "a service that maps paths to files would hand out the machine's",
        run: |subject| {
            for path in
                ["/latest/../../../../etc/passwd", "/latest/meta-data/%2e%2e/%2e%2e/%2e%2e/etc/passwd"]
            {
                let answer = subject.get(path)?;
                require(
                    !answer.text().contains("root:"),
                    "no file of the machine",
                    format!("a file for {path}"),
                )?;
            }
            Ok(())
        },
    },
    Check {
        id: "safety.reflection",
        title: "nothing of a request's path becomes a header of the answer",
        kind: Kind::Safety,
        source: OURS,
        matters: "a forger writes headers and answers of his own (response splitting)",
        run: |subject| {
            let answer = subject.get("/latest/meta-data/x%0d%0aX-Reflected:%20yes")?;
            require(
                answer.header("X-Reflected").is_none(),
                "no such header",
                "X-Reflected, taken from the path",
            )
        },
    },
    Check {
        id: "safety.this-machine-only",
        title: "a service on loopback is not reached by the machine's other addresses",
        kind: Kind::Safety,
        source: OURS,
        matters: "everybody in the same network gets this machine's credentials",
        run: listens_on_loopback_only,
    },
    Check {
        id: "safety.tokens-required",
        title: "credentials need a token",
        kind: Kind::Advice,
        source: V2_GUIDE,
        matters: "one forged GET is enough for the role's credentials; set HttpTokens to required",
        run: |subject| {
            let got = "they are read without one";
            require(subject.version_1 != Version1::Answered, "401 without a token", got)
        },
    },
];

/// These questions make no sense where EC2's own service lives, which answers them.
fn outside_ec2(subject: &Subject) -> Result<(), Finding> {
    match subject.place {
        Place::LinkLocal => Err(Finding::does_not_apply(
            "the endpoint is a link-local address, where EC2 itself does not look at this",
        )),
        Place::Loopback | Place::Elsewhere => Ok(()),
    }
}

/// A connection that just ends is as good as a status. Before that the same request must be answered without the
/// strange part, or the refusal says nothing.
fn is_refused(subject: &Subject, request: Request) -> Result<(), Finding> {
    outside_ec2(subject)?;
    subject.get(INSTANCE_ID)?.must_be(200)?;
    match subject.ask(subject.admitted(request)?) {
        Ok(answer) => answer.must_be_refused(),
        Err(ProbeError::Closed) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn gives_no_token(subject: &Subject, request: Request) -> Result<(), Finding> {
    subject.token()?;
    match subject.ask(request) {
        Ok(answer) => {
            let given = token_of(&answer).is_some();
            require(!given, "a refusal, such as 403", "a token")
        }
        Err(ProbeError::Closed) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn asked_by(method: &'static str) -> Request {
    Request::new(method, TOKEN_PATH)
        .line("X-aws-ec2-metadata-token-ttl-seconds: 60")
        .line("Content-Length: 0")
}

fn allows_no_origin(answer: &Answer) -> Result<(), Finding> {
    let found =
        answer.headers.iter().find(|(name, _)| name.to_ascii_lowercase().starts_with("access-control-allow"));
    let got = found.map(|(name, value)| format!("{name}: {value}")).unwrap_or_default();
    require(found.is_none(), "no Access-Control-Allow-…", got)
}

/// Another address of loopback is reached only by listening on all addresses; so is the machine's own address, which
/// a socket that never sends anything learns from the routes.
fn listens_on_loopback_only(subject: &Subject) -> Result<(), Finding> {
    if subject.place != Place::Loopback {
        return Err(Finding::does_not_apply("the endpoint is no loopback address"));
    }
    let id = subject.value(INSTANCE_ID)?;
    let request = subject.admitted(Request::get(INSTANCE_ID))?;
    for address in [
        Some(OTHER_LOOPBACK.to_owned()),
        own_address("0.0.0.0:0", "192.0.2.1:9"),
        own_address("[::]:0", "[2001:db8::1]:9"),
    ]
    .into_iter()
    .flatten()
    {
        let same = subject.probe.answers_at(&address, &request).is_some_and(|answer| answer.text() == id);
        require(!same, "no answer at other addresses", format!("the same service at {address}"))?;
    }
    Ok(())
}

/// The address from which this machine would reach `towards`, an address for documentation. Nothing is sent.
fn own_address(from: &str, towards: &str) -> Option<String> {
    let socket = UdpSocket::bind(from).ok()?;
    socket.connect(towards).ok()?;
    let ip: IpAddr = socket.local_addr().ok()?.ip();
    (!ip.is_loopback() && !ip.is_unspecified()).then(|| ip.to_string())
}

/// Nobody gives this one of the 16 million to a service.
const OTHER_LOOPBACK: &str = "127.201.77.133";
