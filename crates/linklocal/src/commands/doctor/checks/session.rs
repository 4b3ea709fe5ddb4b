//! Using a session token, and using none.

use super::super::check::{Check, Finding, Kind, require};
use super::super::probe::Request;
use super::super::subject::{INSTANCE_ID, ROOT, Subject};
use super::{CAPTURE, CLIENTS, RETRIEVAL_GUIDE, TRACE, V2_GUIDE};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "session.accepted",
        title: "a request with a token is answered",
        kind: Kind::Wire,
        source: V2_GUIDE,
        matters: "no client of version 2 gets anything",
        run: |subject| subject.get_with(INSTANCE_ID, subject.token()?.expose())?.must_be(200),
    },
    Check {
        id: "session.seconds-left",
        title: "the answer says how long the token still lasts",
        kind: Kind::Wire,
        source: TRACE,
        matters: "clients that renew by this header never do",
        run: |subject| {
            let token = subject.token()?;
            seconds_left(subject, token.expose(), 1..=21_600)
        },
    },
    Check {
        id: "session.counts-down",
        title: "the seconds left follow the token's own life and count down",
        kind: Kind::Wire,
        source: TRACE,
        matters: "clients that renew by this header do so too late",
        run: |subject| {
            let token = subject.aged_token().ok_or_else(|| no_token(subject))?;
            seconds_left(subject, token.expose(), 30..=59)
        },
    },
    Check {
        id: "session.expires",
        title: "a token is refused with 401 after its life",
        kind: Kind::Safety,
        source: V2_GUIDE,
        matters: "a stolen token opens the service for ever, and no client's renewal is ever tried",
        run: |subject| {
            let token = subject.expired_token().ok_or_else(|| no_token(subject))?;
            subject.get_with(INSTANCE_ID, token.expose())?.must_be(401)
        },
    },
    Check {
        id: "session.garbage",
        title: "a made-up token is refused with 401, also where tokens are optional",
        kind: Kind::Safety,
        source: RETRIEVAL_GUIDE,
        matters: "a client that sends a wrong token is taken for one of version 2; SDKs renew on 401 only",
        run: |subject| {
            let token = format!("AQAEA{}==", "A".repeat(49));
            subject.get_with(INSTANCE_ID, &token)?.must_be(401)
        },
    },
    Check {
        id: "session.tampered",
        title: "a token with one character changed is refused with 401",
        kind: Kind::Safety,
        source: RETRIEVAL_GUIDE,
        matters: "tokens that are not compared whole can be guessed piece by piece",
        run: |subject| {
            let mut token = subject.token()?.expose().clone().into_bytes();
            let middle = token.len() / 2;
            token[middle] = if token[middle] == b'A' { b'B' } else { b'A' };
            let token = String::from_utf8_lossy(&token).into_owned();
            subject.get_with(INSTANCE_ID, &token)?.must_be(401)
        },
    },
    Check {
        id: "session.lower-case",
        title: "the token's header may be in lower case",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "SDKs write header names in lower case",
        run: |subject| with_line(subject, "x-aws-ec2-metadata-token: "),
    },
    Check {
        id: "session.no-space",
        title: "no space need follow the header's colon",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "ec2-metadata and other shell tools write none",
        run: |subject| with_line(subject, "X-aws-ec2-metadata-token:"),
    },
    Check {
        id: "session.no-token-no-seconds",
        title: "an answer to version 1 says nothing of a token's life",
        kind: Kind::Wire,
        source: TRACE,
        matters: "the header is how tools tell version 2 from version 1",
        run: |subject| {
            subject.needs_version_1()?;
            let answer = subject.ask(Request::get(INSTANCE_ID))?;
            answer.must_be(200)?;
            require(
                answer.header(SECONDS_LEFT).is_none(),
                "no such header",
                format!("{SECONDS_LEFT} without a token"),
            )
        },
    },
    Check {
        id: "session.versions-agree",
        title: "version 1 and version 2 read the same value",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a program changes what it sees when its SDK is upgraded",
        run: |subject| {
            subject.needs_version_1()?;
            let token = subject.token()?;
            let with = subject.get_with(INSTANCE_ID, token.expose())?;
            with.must_be(200)?;
            subject.ask(Request::get(INSTANCE_ID))?.must_hold(&with.text())
        },
    },
    Check {
        id: "session.required-values",
        title: "where tokens are required, a value without one is 401",
        kind: Kind::Safety,
        source: V2_GUIDE,
        matters: "any other status sends clients down another road, and 200 gives the value away",
        run: |subject| without_token(subject, "GET", INSTANCE_ID),
    },
    Check {
        id: "session.required-listings",
        title: "where tokens are required, listings without one are 401, the root's too",
        kind: Kind::Safety,
        source: CAPTURE,
        matters: "a listing names roles, keys and tags",
        run: |subject| {
            without_token(subject, "GET", "/")?;
            without_token(subject, "GET", "/latest")?;
            without_token(subject, "GET", ROOT)
        },
    },
    Check {
        id: "session.required-unknown",
        title: "where tokens are required, an unknown path without one is 401",
        kind: Kind::Safety,
        source: CAPTURE,
        matters: "404 tells a caller without a token what exists and what does not",
        run: |subject| {
            without_token(subject, "GET", "/latest/meta-data/no-such-category")?;
            without_token(subject, "GET", "/0000-00-00/")
        },
    },
    Check {
        id: "session.required-methods",
        title: "where tokens are required, POST and DELETE without one are 401",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "admission comes before routing; another order shows in logs and metrics",
        run: |subject| {
            without_token(subject, "POST", INSTANCE_ID)?;
            without_token(subject, "DELETE", INSTANCE_ID)
        },
    },
];

const SECONDS_LEFT: &str = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds";

fn seconds_left(
    subject: &Subject,
    token: &str,
    expected: std::ops::RangeInclusive<u32>,
) -> Result<(), Finding> {
    let answer = subject.get_with(INSTANCE_ID, token)?;
    answer.must_be(200)?;
    let got = answer.header(SECONDS_LEFT);
    let fits = got.and_then(|seconds| seconds.parse().ok()).is_some_and(|left| expected.contains(&left));
    require(
        fits,
        format!("{SECONDS_LEFT} of {} to {}", expected.start(), expected.end()),
        got.map_or_else(|| "no such header".to_owned(), |got| format!("{SECONDS_LEFT}: {got}")),
    )
}

/// Where tokens are optional, an answer alone does not say that the token was seen: the seconds it has left do.
fn with_line(subject: &Subject, name: &str) -> Result<(), Finding> {
    let token = subject.token()?.expose();
    let usual = subject.get_with(INSTANCE_ID, token)?.header(SECONDS_LEFT).is_some();
    if !usual && subject.needs_version_1().is_ok() {
        return Err(Finding::does_not_apply("a token in its usual spelling makes no difference here"));
    }
    let answer = subject.ask(Request::get(INSTANCE_ID).line(format!("{name}{token}")))?;
    answer.must_be(200)?;
    let seen = !usual || answer.header(SECONDS_LEFT).is_some();
    require(seen, "an answer to version 2", "an answer without a token's life, as to version 1")
}

fn without_token(subject: &Subject, method: &'static str, path: &str) -> Result<(), Finding> {
    subject.needs_required_tokens()?;
    let answer = subject.ask(Request::new(method, path).line("Content-Length: 0"))?;
    require(
        answer.status == 401,
        format!("401 for {method} {path}"),
        format!("{} for {method} {path}", answer.status_line()),
    )
}

fn no_token(subject: &Subject) -> Finding {
    subject.token().err().unwrap_or_else(|| Finding::does_not_apply("no token of a short life is to be had"))
}
