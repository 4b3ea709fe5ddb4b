//! Status lines and headers of values.

use std::time::Duration;

use types::Timestamp;

use super::super::check::{Check, Finding, Kind, require};
use super::super::probe::{Answer, Request};
use super::super::subject::{DOCUMENT, INSTANCE_ID, ROOT};
use super::{CAPTURE, CATEGORIES_GUIDE, TRACE};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "headers.status-line",
        title: "a value's status line is HTTP/1.1 200 OK",
        kind: Kind::Wire,
        source: TRACE,
        matters: "HTTP/1.0 in an answer makes clients give up kept connections",
        run: |subject| {
            let answer = subject.get(INSTANCE_ID)?;
            let got = format!("{} {}", answer.version, answer.status_line());
            require(got == "HTTP/1.1 200 OK", "HTTP/1.1 200 OK", got)
        },
    },
    Check {
        id: "headers.server",
        title: "Server: EC2ws",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "fluent-plugin-google-cloud and others know EC2 by it",
        run: |subject| subject.get(INSTANCE_ID)?.must_say("Server", "EC2ws"),
    },
    Check {
        id: "headers.text",
        title: "values and listings are text/plain, without a charset",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "clients and tests that compare the type see another one",
        run: |subject| {
            for path in [INSTANCE_ID, ROOT] {
                let answer = subject.get(path)?;
                answer.must_be(200)?;
                answer.must_say("Content-Type", "text/plain")?;
            }
            Ok(())
        },
    },
    Check {
        id: "headers.json-text",
        title: "JSON documents are text/plain, too",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "HTTP libraries that decode application/json hand their callers something else than on EC2",
        run: |subject| {
            let answer = subject.get(DOCUMENT)?;
            answer.must_apply(200)?;
            answer.must_say("Content-Type", "text/plain")
        },
    },
    Check {
        id: "headers.user-data",
        title: "user data is application/octet-stream",
        kind: Kind::Wire,
        source: CATEGORIES_GUIDE,
        matters: "HTTP libraries that decode text spoil compressed user data",
        run: |subject| {
            let answer = subject.get("/latest/user-data")?;
            if answer.status == 404 {
                return Err(Finding::does_not_apply("the instance has no user data"));
            }
            answer.must_be(200)?;
            answer.must_say("Content-Type", "application/octet-stream")
        },
    },
    Check {
        id: "headers.accept-ranges",
        title: "Accept-Ranges: none",
        kind: Kind::Wire,
        source: TRACE,
        matters: "clients that fetch in parts start to",
        run: |subject| subject.get(INSTANCE_ID)?.must_say("Accept-Ranges", "none"),
    },
    Check {
        id: "headers.last-modified",
        title: "Last-Modified is an HTTP date in the past",
        kind: Kind::Wire,
        source: TRACE,
        matters: "clients that ask again only for what is newer keep old values",
        run: |subject| {
            let answer = subject.get(INSTANCE_ID)?;
            let at = http_date(&answer, "Last-Modified")?;
            require(at <= subject.now() + SKEW, "a date in the past", at.to_string())
        },
    },
    Check {
        id: "headers.date",
        title: "Date is an HTTP date that agrees with this machine's clock",
        kind: Kind::Wire,
        source: TRACE,
        matters: "SDKs correct their clock by it; signatures that are 5 minutes off are refused by AWS",
        run: |subject| {
            let answer = subject.get(INSTANCE_ID)?;
            let (at, now) = (http_date(&answer, "Date")?, subject.now());
            let apart = at.since(now).max(now.since(at));
            require(apart <= SKEW, format!("{now}, give or take 5 minutes"), at.to_string())
        },
    },
    Check {
        id: "headers.length",
        title: "Content-Length is the body's, and nothing comes in chunks",
        kind: Kind::Wire,
        source: TRACE,
        matters: "shell tools and small HTTP clients know nothing of chunks",
        run: |subject| {
            let answer = subject.get(ROOT)?;
            require(
                answer.header("Transfer-Encoding").is_none(),
                "no Transfer-Encoding",
                "Transfer-Encoding",
            )?;
            require(
                answer.surplus.is_empty(),
                "nothing after the body",
                format!("{} bytes", answer.surplus.len()),
            )?;
            answer.must_say("Content-Length", &answer.body.len().to_string())
        },
    },
    Check {
        id: "headers.plain",
        title: "nothing is compressed, whatever the client accepts",
        kind: Kind::Wire,
        source: TRACE,
        matters: "cloud-init accepts gzip and EC2 never sends it",
        run: |subject| {
            let request = Request::get(INSTANCE_ID).line("Accept-Encoding: gzip, deflate");
            let answer = subject.ask(subject.admitted(request)?)?;
            answer.must_be(200)?;
            let got = answer.header("Content-Encoding").unwrap_or_default();
            require(answer.header("Content-Encoding").is_none(), "no Content-Encoding", got)
        },
    },
    Check {
        id: "headers.order",
        title: "a value's headers are EC2's, spelled and in order as EC2's",
        kind: Kind::Wire,
        source: TRACE,
        matters: "seen by recorders and tests that compare whole answers",
        run: |subject| {
            let request = subject.admitted(Request::get(INSTANCE_ID).plain())?;
            let answer = subject.ask(request)?;
            answer.must_be(200)?;
            let with_token = subject.token().is_ok();
            must_have_order(&answer, if with_token { ORDER } else { &ORDER[1..] })
        },
    },
];

const ORDER: &[&str] = &[
    "X-Aws-Ec2-Metadata-Token-Ttl-Seconds",
    "Content-Type",
    "Accept-Ranges",
    "Last-Modified",
    "Content-Length",
    "Date",
    "Server",
    "Connection",
];

/// All of these headers and no other, in this spelling and order.
pub(super) fn must_have_order(answer: &Answer, names: &[&str]) -> Result<(), Finding> {
    let got: Vec<&str> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
    require(got == names, names.join(", "), got.join(", "))
}

fn http_date(answer: &Answer, name: &str) -> Result<Timestamp, Finding> {
    let text = answer.header(name).unwrap_or_default();
    let got = || if text.is_empty() { format!("no {name}") } else { format!("{name}: {text}") };
    parse_http_date(text).ok_or_else(|| Finding::differs("like Sun, 22 Nov 2026 00:53:34 GMT", got()))
}

/// RFC 9110 section 5.6.7. Written again and compared, so that weekday and zeros count.
fn parse_http_date(text: &str) -> Option<Timestamp> {
    let mut parts = text.split(' ').skip(1);
    let (day, month, year, time) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let at: Timestamp = format!("{year}-{month:02}-{day}T{time}Z").parse().ok()?;
    (at.http_date() == text).then_some(at)
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// What AWS's signatures allow.
const SKEW: Duration = Duration::from_mins(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates_have_one_form() {
        let text = "Sun, 22 Nov 2026 00:53:34 GMT";
        assert_eq!(parse_http_date(text).map(Timestamp::iso8601).as_deref(), Some("2026-11-22T00:53:34Z"));
        for wrong in
            ["", "Mon, 22 Nov 2026 00:53:34 GMT", "2026-11-22T00:53:34Z", "Sun, 22 Nov 2026 00:53:34 UTC"]
        {
            assert_eq!(parse_http_date(wrong), None, "{wrong}");
        }
    }
}
