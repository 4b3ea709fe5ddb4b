//! Asking for a session token.

use super::super::check::{Check, Finding, Kind, require};
use super::super::probe::{Answer, Request};
use super::super::subject::{Subject, TOKEN_PATH, token_of};
use super::{CAPTURE, CLIENTS, RETRIEVAL_GUIDE, TRACE, V2_GUIDE};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "token.issued",
        title: "PUT with a life of 21600 s is answered with a token",
        kind: Kind::Wire,
        source: V2_GUIDE,
        matters: "without a token the Rust SDK and cloud-init find nothing, and all other SDKs fall back to version 1; \
                  where the answer alone is missing, the caller is farther away than the hop limit allows",
        run: |subject| issued(subject, "21600"),
    },
    Check {
        id: "token.length",
        title: "a token has 56 characters",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "scripts and tests that look at the length of a token take another one for an error page",
        run: |subject| {
            let text = subject.token()?.expose();
            require(text.len() == 56, "56 characters", format!("{} characters", text.len()))
        },
    },
    Check {
        id: "token.alphabet",
        title: "a token is URL-safe Base64 that ends in ==",
        kind: Kind::Wire,
        source: TRACE,
        matters: "other characters do not survive shells, URLs and log filters that expect EC2's",
        run: |subject| {
            let text = subject.token()?.expose();
            let letters = text.strip_suffix("==").unwrap_or_default();
            let fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            require(
                !letters.is_empty() && letters.bytes().all(fit),
                "letters, digits, - and _, then ==",
                "a token of another form",
            )
        },
    },
    Check {
        id: "token.no-newline",
        title: "no white space stands around the token",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "botocore and the SDKs for JavaScript, Rust and Go send the newline back in a header and fail",
        run: |subject| {
            let text = token_answer(subject)?;
            require(text.trim() == text, "a token and nothing else", "white space around the token")
        },
    },
    Check {
        id: "token.ttl-echoed",
        title: "the answer repeats the life that was asked for",
        kind: Kind::Wire,
        source: TRACE,
        matters: "the Rust SDK refuses a token without a life (NoTtl), the Go SDKs silently drop to version 1",
        run: |subject| {
            let answer = subject.ask_token("3600")?;
            answer.must_be(200)?;
            answer.must_say("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "3600")
        },
    },
    Check {
        id: "token.ttl-one",
        title: "a life of 1 s is granted",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "EC2 Instance Connect and amazon-ec2-net-utils ask for tokens of a few seconds",
        run: |subject| issued(subject, "1"),
    },
    Check {
        id: "token.ttl-zero",
        title: "a life of 0 s is granted",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a program that asks for 0 works on EC2, whatever the documentation says",
        run: |subject| issued(subject, "0"),
    },
    Check {
        id: "token.ttl-too-long",
        title: "a life of 21601 s is refused with 400",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a wrong life would be found out only on EC2",
        run: |subject| subject.ask_token("21601")?.must_be(400),
    },
    Check {
        id: "token.ttl-negative",
        title: "a life of -1 s is refused with 400",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a wrong life would be found out only on EC2",
        run: |subject| subject.ask_token("-1")?.must_be(400),
    },
    Check {
        id: "token.ttl-no-number",
        title: "a life that is no number is refused with 400",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a wrong life would be found out only on EC2",
        run: |subject| subject.ask_token("invalid")?.must_be(400),
    },
    Check {
        id: "token.ttl-absent",
        title: "a request without a life is refused with 400",
        kind: Kind::Wire,
        source: RETRIEVAL_GUIDE,
        matters: "SDKs read 400 as their own mistake, and anything else as a service without version 2",
        run: |subject| subject.ask(Request::new("PUT", TOKEN_PATH))?.must_be(400),
    },
    Check {
        id: "token.forwarded",
        title: "a request with X-Forwarded-For is refused with 403",
        kind: Kind::Safety,
        source: V2_GUIDE,
        matters: "an open reverse proxy in front of the service would fetch tokens for strangers",
        run: |subject| {
            let request = Subject::token_request("21600").line("X-Forwarded-For: 203.0.113.7");
            subject.ask(request)?.must_be(403)
        },
    },
    Check {
        id: "token.length-zero",
        title: "a request that says Content-Length: 0 gets a token",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "most SDKs say so",
        run: |subject| is_issued(subject, Subject::token_request("60").line("Content-Length: 0")),
    },
    Check {
        id: "token.ttl-lower-case",
        title: "the header's name may be in lower case",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "SDKs write header names in lower case",
        run: |subject| {
            is_issued(
                subject,
                Request::new("PUT", TOKEN_PATH).line("x-aws-ec2-metadata-token-ttl-seconds: 60"),
            )
        },
    },
    Check {
        id: "token.ttl-no-space",
        title: "no space need follow the header's colon",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "ec2-metadata and other shell tools write none",
        run: |subject| {
            is_issued(
                subject,
                Request::new("PUT", TOKEN_PATH).line("X-aws-ec2-metadata-token-ttl-seconds:60"),
            )
        },
    },
    Check {
        id: "token.slash",
        title: "the path with a slash at its end gives a token, or 403 as on fleets of 2023",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "clients that add the slash take a redirect or 404 for a service without version 2",
        run: |subject| {
            let life = "X-aws-ec2-metadata-token-ttl-seconds: 60";
            let answer = subject.ask(Request::new("PUT", "/latest/api/token/").line(life))?;
            require(matches!(answer.status, 200 | 403), "200 or 403", answer.status_line())
        },
    },
    Check {
        id: "token.dated-path",
        title: "PUT to the path of a dated version is refused with 403",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a client that asks there works against this service and not on EC2",
        run: |subject| {
            let life = "X-aws-ec2-metadata-token-ttl-seconds: 60";
            let request = Request::new("PUT", "/2021-07-15/api/token").line(life);
            subject.ask(subject.admitted(request)?)?.must_be(403)
        },
    },
    Check {
        id: "token.get",
        title: "GET of the token path is 405",
        kind: Kind::Wire,
        source: TRACE,
        matters: "a token that a plain GET can have protects nothing: that is what most SSRF can send",
        run: |subject| on_token_path(subject, "GET")?.must_be(405),
    },
    Check {
        id: "token.post",
        title: "POST to the token path is 405",
        kind: Kind::Wire,
        source: TRACE,
        matters: "an HTML form can send POST",
        run: |subject| on_token_path(subject, "POST")?.must_be(405),
    },
    Check {
        id: "token.not-allowed",
        title: "405 is called \"Not Allowed\"",
        kind: Kind::Wire,
        source: TRACE,
        matters: "seen by tools that compare status lines",
        run: |subject| {
            let answer = on_token_path(subject, "GET")?;
            answer.must_apply(405)?;
            require(answer.reason == "Not Allowed", "405 Not Allowed", answer.status_line())
        },
    },
    Check {
        id: "token.allow",
        title: "405 says Allow: OPTIONS, PUT",
        kind: Kind::Wire,
        source: TRACE,
        matters: "clients that ask which methods there are learn it here",
        run: |subject| {
            let answer = on_token_path(subject, "GET")?;
            answer.must_apply(405)?;
            answer.must_say("Allow", "OPTIONS, PUT")
        },
    },
    Check {
        id: "token.distinct",
        title: "each request gets a token of its own",
        kind: Kind::Safety,
        source: V2_GUIDE,
        matters: "a token that all share is a password that never changes",
        run: |subject| {
            let (one, two) = (token_answer(subject)?, token_answer(subject)?);
            require(one != two, "two tokens", "the same token twice")
        },
    },
    Check {
        id: "token.several",
        title: "a token stays good when others are issued",
        kind: Kind::Wire,
        source: V2_GUIDE,
        matters: "every SDK in a process, and every process, has a token of its own",
        run: |subject| {
            let first = subject.ask_token("60")?;
            let first = token_of(&first).ok_or_else(|| no_token(subject))?;
            subject.ask_token("60")?;
            subject.get_with("/latest/meta-data/", first.expose())?.must_be(200)
        },
    },
    Check {
        id: "token.content-type",
        title: "a token is text/plain",
        kind: Kind::Wire,
        source: TRACE,
        matters: "seen by proxies and tests that compare headers",
        run: |subject| {
            let answer = subject.ask_token("60")?;
            answer.must_be(200)?;
            answer.must_say("Content-Type", "text/plain")
        },
    },
    Check {
        id: "token.headers",
        title: "a token's headers are EC2's, in EC2's order",
        kind: Kind::Wire,
        source: TRACE,
        matters: "seen by recorders and tests that compare whole answers",
        run: |subject| {
            let answer = subject.ask(Subject::token_request("60").plain())?;
            answer.must_be(200)?;
            super::headers::must_have_order(&answer, ORDER)
        },
    },
];

const ORDER: &[&str] = &[
    "X-Aws-Ec2-Metadata-Token-Ttl-Seconds",
    "Content-Length",
    "Date",
    "Server",
    "Connection",
    "Content-Type",
];

fn issued(subject: &Subject, life: &str) -> Result<(), Finding> {
    is_issued(subject, Subject::token_request(life))
}

fn is_issued(subject: &Subject, request: Request) -> Result<(), Finding> {
    let answer = subject.ask(request)?;
    answer.must_be(200)?;
    require(!answer.body.is_empty(), "a token", "an empty body")
}

/// A token as it came.
fn token_answer(subject: &Subject) -> Result<String, Finding> {
    let answer = subject.ask_token("60")?;
    if answer.status == 200 { Ok(answer.text()) } else { Err(no_token(subject)) }
}

fn no_token(subject: &Subject) -> Finding {
    subject.token().err().unwrap_or_else(|| Finding::does_not_apply("no second token is to be had"))
}

/// With a token: where tokens are required, a request without one is 401 before anybody looks at its method.
fn on_token_path(subject: &Subject, method: &'static str) -> Result<Answer, Finding> {
    let life = "X-aws-ec2-metadata-token-ttl-seconds: 60";
    let request = Request::new(method, TOKEN_PATH).line(life).line("Content-Length: 0");
    Ok(subject.ask(subject.admitted(request)?)?)
}
