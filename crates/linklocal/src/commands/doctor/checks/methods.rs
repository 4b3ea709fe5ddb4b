//! Methods other than GET.

use super::super::check::{Check, Finding, Kind, require};
use super::super::probe::{Answer, Request};
use super::super::subject::{INSTANCE_ID, ROOT, Subject};
use super::{CAPTURE, CLIENTS};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "methods.head",
        title: "HEAD has the status and length of GET and no body",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "EC2 Instance Connect looks with HEAD whether a user has keys",
        run: |subject| head_is_like_get(subject, INSTANCE_ID, 200),
    },
    Check {
        id: "methods.head-listing",
        title: "HEAD of a listing, likewise",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "EC2 Instance Connect asks for a directory",
        run: |subject| head_is_like_get(subject, ROOT, 200),
    },
    Check {
        id: "methods.head-missing",
        title: "HEAD of what is not there is 404 with the page's length and no body",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "EC2 Instance Connect takes anything else for keys",
        run: |subject| head_is_like_get(subject, "/latest/meta-data/no-such-category", 404),
    },
    Check {
        id: "methods.options",
        title: "OPTIONS is 200, says Allow: OPTIONS, GET, HEAD, and is empty",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "scanners and tests ask for the methods that there are",
        run: |subject| {
            let answer = send(subject, "OPTIONS", INSTANCE_ID)?;
            answer.must_be(200)?;
            answer.must_say("Allow", "OPTIONS, GET, HEAD")?;
            require(answer.body.is_empty(), "no body", format!("{} bytes", answer.body.len()))
        },
    },
    Check {
        id: "methods.post",
        title: "POST is refused with 403",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a program that posts by mistake works here and not on EC2",
        run: |subject| send(subject, "POST", INSTANCE_ID)?.must_be(403),
    },
    Check {
        id: "methods.delete",
        title: "DELETE is refused with 403",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a program that deletes by mistake works here and not on EC2",
        run: |subject| send(subject, "DELETE", INSTANCE_ID)?.must_be(403),
    },
    Check {
        id: "methods.put",
        title: "PUT to anything but the token path is refused with 403",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a misspelt token path must fail here as it does on EC2",
        run: |subject| send(subject, "PUT", INSTANCE_ID)?.must_be(403),
    },
];

fn send(subject: &Subject, method: &'static str, path: &str) -> Result<Answer, Finding> {
    let request = Request::new(method, path);
    let request = if method == "OPTIONS" { request } else { request.line("Content-Length: 0") };
    Ok(subject.ask(subject.admitted(request)?)?)
}

fn head_is_like_get(subject: &Subject, path: &str, status: u16) -> Result<(), Finding> {
    let get = subject.get(path)?;
    get.must_apply(status)?;
    let head = subject.ask(subject.admitted(Request::new("HEAD", path))?)?;
    head.must_be(status)?;
    head.must_say("Content-Length", &get.body.len().to_string())?;
    require(head.surplus.is_empty(), "no body", format!("{} bytes after the head", head.surplus.len()))
}
