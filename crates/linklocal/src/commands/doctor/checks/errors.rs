//! Refusals: their bodies, types and pages.

use super::super::check::{Check, Finding, Kind, require};
use super::super::probe::{Answer, Request};
use super::super::subject::{INSTANCE_ID, Subject};
use super::headers::must_have_order;
use super::{CAPTURE, CLIENTS, TRACE};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "errors.missing-category",
        title: "a category that is not there is 404 Not Found",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "clients take 404 for \"this instance has none\"; pollers of spot interruptions live by it",
        run: |subject| {
            let answer = missing(subject)?;
            require(
                answer.status == 404 && answer.reason == "Not Found",
                "404 Not Found",
                answer.status_line(),
            )
        },
    },
    Check {
        id: "errors.missing-tree",
        title: "a tree that is not there is 404",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a misspelt path must fail here as it does on EC2",
        run: |subject| {
            subject.get("/latest/no-such-tree/")?.must_be(404)?;
            subject.get("/no-such-version/meta-data/")?.must_be(404)
        },
    },
    Check {
        id: "errors.page",
        title: "404 carries EC2's page of 339 bytes",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "scripts that read values without looking at the status know the page by its text",
        run: |subject| {
            let answer = missing(subject)?;
            answer.must_apply(404)?;
            let got = format!("{} bytes", answer.body.len());
            let got = if answer.body.len() == PAGE.len() { format!("{got} that differ") } else { got };
            require(answer.body == PAGE.as_bytes(), "the page of 339 bytes", got)
        },
    },
    Check {
        id: "errors.page-type",
        title: "404 is text/html",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "clients tell a page from a value by its type",
        run: |subject| {
            let answer = missing(subject)?;
            answer.must_apply(404)?;
            answer.must_say("Content-Type", "text/html")
        },
    },
    Check {
        id: "errors.page-headers",
        title: "404's headers are EC2's, in EC2's order",
        kind: Kind::Wire,
        source: TRACE,
        matters: "seen by recorders and tests that compare whole answers",
        run: |subject| {
            let request = Request::get(MISSING).plain();
            let answer = subject.ask(subject.admitted(request)?)?;
            answer.must_apply(404)?;
            must_have_order(&answer, &["Content-Type", "Content-Length", "Date", "Server", "Connection"])
        },
    },
    Check {
        id: "errors.empty-400",
        title: "400 has an empty body of text/plain",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a body would be taken for a token by scripts that do not look at the status",
        run: |subject| is_empty(&subject.ask_token("invalid")?, 400),
    },
    Check {
        id: "errors.empty-401",
        title: "401 has an empty body of text/plain",
        kind: Kind::Wire,
        source: TRACE,
        matters: "a body would be taken for a value by scripts that do not look at the status",
        run: |subject| is_empty(&subject.get_with(INSTANCE_ID, "no-token-of-yours")?, 401),
    },
    Check {
        id: "errors.empty-403",
        title: "403 has an empty body of text/plain",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a body would be taken for a value by scripts that do not look at the status",
        run: |subject| {
            let request = Request::new("POST", INSTANCE_ID).line("Content-Length: 0");
            is_empty(&subject.ask(subject.admitted(request)?)?, 403)
        },
    },
    Check {
        id: "errors.headers",
        title: "a refusal's headers are EC2's, in EC2's order",
        kind: Kind::Wire,
        source: TRACE,
        matters: "seen by recorders and tests that compare whole answers",
        run: |subject| {
            let line = "X-aws-ec2-metadata-token: no-token-of-yours";
            let answer = subject.ask(Request::get(INSTANCE_ID).line(line).plain())?;
            answer.must_apply(401)?;
            must_have_order(&answer, &["Content-Length", "Date", "Server", "Connection", "Content-Type"])
        },
    },
    Check {
        id: "errors.not-listed",
        title: "what the menu does not list is 404",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "node termination handlers drain a node for a spot/instance-action that always answers",
        run: |subject| {
            missing(subject)?.must_apply(404)?;
            for (entry, path) in OPTIONAL {
                if !subject.lists_in_any_form(entry) {
                    let answer = subject.get(path)?;
                    let got = format!("{} for {path}", answer.status_line());
                    require(answer.status == 404, format!("404 for {path}, as {entry} is not listed"), got)?;
                }
            }
            Ok(())
        },
    },
];

/// Entries that only some instances have, and something below them.
const OPTIONAL: [(&str, &str); 6] = [
    ("spot/", "/latest/meta-data/spot/instance-action"),
    ("autoscaling/", "/latest/meta-data/autoscaling/target-lifecycle-state"),
    ("iam/", "/latest/meta-data/iam/info"),
    ("tags/", "/latest/meta-data/tags/instance"),
    ("public-ipv4", "/latest/meta-data/public-ipv4"),
    ("ipv6", "/latest/meta-data/ipv6"),
];

const MISSING: &str = "/latest/meta-data/no-such-category";

fn missing(subject: &Subject) -> Result<Answer, Finding> {
    subject.get(MISSING)
}

/// That the status is another one is for other checks to say.
fn is_empty(answer: &Answer, status: u16) -> Result<(), Finding> {
    answer.must_apply(status)?;
    require(answer.body.is_empty(), "no body", format!("{} bytes", answer.body.len()))?;
    answer.must_say("Content-Length", "0")?;
    answer.must_say("Content-Type", "text/plain")
}

/// Two tabs and a blank stand before the second address.
const PAGE: &str = "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n\
    <!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n\
    \t\t \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n\
    <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n \
    <head>\n  <title>404 - Not Found</title>\n </head>\n <body>\n  <h1>404 - Not Found</h1>\n </body>\n</html>\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_339_bytes() {
        assert_eq!(PAGE.len(), 339);
    }
}
