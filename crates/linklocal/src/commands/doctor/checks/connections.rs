//! Connections: kept, closed, several, slow, old.

use super::super::check::{Check, Finding, Kind, require};
use super::super::probe::{Answer, Request};
use super::super::subject::{INSTANCE_ID, Subject, token_of};
use super::{CLIENTS, TRACE};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "connections.closes",
        title: "a connection closes after one answer where the client says nothing, and the answer says so",
        kind: Kind::Wire,
        source: TRACE,
        matters: "clients that wait for the end of the connection wait for ever",
        run: |subject| {
            let answer = subject.ask(subject.admitted(Request::get(INSTANCE_ID).plain())?)?;
            answer.must_be(200)?;
            answer.must_say("Connection", "close")?;
            require(answer.closed, "the end of the connection", "a connection that stays open")
        },
    },
    Check {
        id: "connections.keep-alive",
        title: "a connection stays where the client says keep-alive, and nothing is said back",
        kind: Kind::Wire,
        source: TRACE,
        matters: "aws-c-auth, Node.js and python-requests ask for it and take an end within for a fault",
        run: |subject| {
            for answer in kept(subject)? {
                answer.must_be(200)?;
                let got = answer.header("Connection").unwrap_or_default();
                require(
                    answer.header("Connection").is_none(),
                    "no Connection header",
                    format!("Connection: {got}"),
                )?;
            }
            Ok(())
        },
    },
    Check {
        id: "connections.token-kept",
        title: "a token and what it opens can be had on one connection",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "aws-c-auth asks for both on one connection",
        run: |subject| {
            let request = Subject::token_request("60").line("Connection: keep-alive").plain();
            let token = subject.token()?.expose();
            let read = Request::get(INSTANCE_ID).line(format!("X-aws-ec2-metadata-token: {token}"));
            let answers = subject.probe.ask_in_turn(&[request, read])?;
            require(answers.first().and_then(token_of).is_some(), "a token", "no token")?;
            answers[1].must_be(200)
        },
    },
    Check {
        id: "connections.http-1-0",
        title: "HTTP/1.0 is served, without a Host",
        kind: Kind::Wire,
        source: TRACE,
        matters: "busybox's wget and old firmware speak it",
        run: |subject| {
            let request = subject.admitted(Request::get(INSTANCE_ID))?.http_1_0();
            let answer = subject.ask(request)?;
            answer.must_hold(&subject.value(INSTANCE_ID)?)?;
            require(answer.closed, "the end of the connection", "a connection that stays open")
        },
    },
    Check {
        id: "connections.several",
        title: "eight connections at once are served, whichever speaks first",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "the programs of an instance ask at the same time; one idle connection must hold up nobody",
        run: |subject| {
            let request = subject.admitted(Request::get(INSTANCE_ID))?;
            for answer in subject.probe.ask_at_once(&request, AT_ONCE)? {
                answer.must_be(200)?;
            }
            Ok(())
        },
    },
    Check {
        id: "connections.two-segments",
        title: "a request may arrive in two segments",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "request line and headers are written apart by some clients",
        run: |subject| {
            let request = subject.admitted(Request::get(INSTANCE_ID))?;
            subject.probe.ask_in_halves(&request)?.must_be(200)
        },
    },
];

fn kept(subject: &Subject) -> Result<Vec<Answer>, Finding> {
    let request = subject.admitted(Request::get(INSTANCE_ID))?.line("Connection: keep-alive").plain();
    Ok(subject.probe.ask_in_turn(&[request.clone(), request.clone(), request])?)
}

/// Far below any limit on connections.
const AT_ONCE: usize = 8;
