//! Lies about true answers, each with the checks that have to find it, and no other check.
//!
//! Rule: together with services that are wrong throughout, the lies make every check fail at least once: a check that
//! cannot fail would be worth nothing.

#![allow(clippy::too_many_lines, reason = "the functions are tables")]

mod answers;
mod documents;

use std::sync::Mutex;

use super::fixture::{Asked, Reply};

/// A service that answers as the one behind it, but for one thing.
pub(crate) struct Lie {
    pub(crate) name: &'static str,
    /// Whether the service behind it requires tokens.
    pub(crate) required: bool,
    /// Answers, with the help of what the service behind would say.
    pub(crate) tell: Box<Tell>,
    pub(crate) found_by: &'static [&'static str],
}

type Tell = dyn Fn(&mut Asked, &dyn Fn(&Asked) -> Reply) -> Reply + Send + Sync;

/// Changes true answers.
pub(super) fn answer(
    name: &'static str,
    found_by: &'static [&'static str],
    change: impl Fn(&Asked, &mut Reply) + Send + Sync + 'static,
) -> Lie {
    let tell = move |asked: &mut Asked, truth: &dyn Fn(&Asked) -> Reply| {
        let mut reply = truth(asked);
        change(asked, &mut reply);
        reply
    };
    Lie { name, required: false, tell: Box::new(tell), found_by }
}

/// Changes what is asked of the service behind.
pub(super) fn question(
    name: &'static str,
    found_by: &'static [&'static str],
    change: impl Fn(&mut Asked) + Send + Sync + 'static,
) -> Lie {
    let tell = move |asked: &mut Asked, truth: &dyn Fn(&Asked) -> Reply| {
        let mut other = asked.clone();
        change(&mut other);
        truth(&other)
    };
    Lie { name, required: false, tell: Box::new(tell), found_by }
}

/// Another body for a path.
pub(super) fn value(
    name: &'static str,
    path: &'static str,
    body: &'static str,
    found_by: &'static [&'static str],
) -> Lie {
    answer(name, found_by, move |asked, reply| {
        if asked.target.trim_end_matches('/') == path && asked.method != "OPTIONS" && reply.is(200) {
            reply.say(body);
        }
    })
}

/// Another text within the body of a path.
pub(super) fn part(
    name: &'static str,
    path: &'static str,
    from: &'static str,
    to: &'static str,
    found_by: &'static [&'static str],
) -> Lie {
    answer(name, found_by, move |asked, reply| {
        let (target, path) = (asked.target.trim_end_matches('/'), path.trim_end_matches('/'));
        if target.ends_with(path) && asked.method != "OPTIONS" && reply.is(200) {
            let text = reply.text();
            assert!(text.contains(from), "{name}: {path} has no {from:?}");
            reply.say(text.replacen(from, to, 1));
        }
    })
}

/// Another status for requests of a kind.
pub(super) fn status(
    name: &'static str,
    of: fn(&Asked) -> bool,
    status: &'static str,
    found_by: &'static [&'static str],
) -> Lie {
    let tell = move |asked: &mut Asked, truth: &dyn Fn(&Asked) -> Reply| {
        if of(asked) { Reply::new(status, "") } else { truth(asked) }
    };
    Lie { name, required: false, tell: Box::new(tell), found_by }
}

pub(super) fn required(lie: Lie) -> Lie {
    Lie { required: true, ..lie }
}

pub(crate) fn all() -> Vec<Lie> {
    [
        tokens(),
        paths(),
        listings(),
        versions(),
        answers::headers(),
        answers::connections(),
        documents::values(),
        documents::credentials(),
        documents::identity(),
        answers::safety(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) const TOKEN: &str = "X-aws-ec2-metadata-token";
pub(super) const TTL: &str = "X-aws-ec2-metadata-token-ttl-seconds";
const SECONDS_LEFT: &str = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds";
pub(super) const ID: &str = "/latest/meta-data/instance-id";
pub(super) const ROLE: &str = "/latest/meta-data/iam/security-credentials/linklocal";

fn tokens() -> Vec<Lie> {
    vec![
        answer("a newline behind the token", &["token.no-newline"], |asked, reply| {
            if asked.is_token_request() && reply.is(200) {
                reply.say(format!("{}\n", reply.text()));
            }
        }),
        only_the_last_token(),
        question("a token in lower case is not seen", &["session.lower-case"], |asked| {
            asked.headers.retain(|(name, _)| name != "x-aws-ec2-metadata-token");
        }),
        question("a token without a blank before it is not seen", &["session.no-space"], |asked| {
            asked.headers.retain(|(name, value)| name != TOKEN || value.starts_with(' '));
        }),
        status(
            "a life of 0 is refused",
            |asked| asked.header(TTL) == Some("0"),
            "400 Bad Request",
            &["token.ttl-zero"],
        ),
        status(
            "lives are refused in lower case",
            |asked| asked.headers.iter().any(|(name, _)| name == "x-aws-ec2-metadata-token-ttl-seconds"),
            "400 Bad Request",
            &["token.ttl-lower-case"],
        ),
        status(
            "Content-Length is refused",
            |asked| asked.is_token_request() && asked.header("Content-Length").is_some(),
            "400 Bad Request",
            &["token.length-zero"],
        ),
        answer("all tokens last six hours", &["session.counts-down"], |_, reply| {
            for (name, value) in &mut reply.headers {
                if name == SECONDS_LEFT && value.parse::<u32>().unwrap() < 60 {
                    *value = "21600".to_owned();
                }
            }
        }),
        answer(
            "HEAD has no length",
            &["methods.head", "methods.head-listing", "methods.head-missing"],
            |asked, reply| {
                if asked.method == "HEAD" {
                    reply.say("");
                }
            },
        ),
        answer("version 1 reads something else", &["session.versions-agree"], |asked, reply| {
            if asked.target == ID
                && asked.header(TOKEN).is_none()
                && reply.is(200)
                && asked.header("Origin").is_none()
            {
                reply.say("i-0123456789abcdef0");
            }
        }),
        answer("seconds left for version 1", &["session.no-token-no-seconds"], |asked, reply| {
            if asked.target == ID && asked.header(TOKEN).is_none() && asked.method == "GET" {
                reply.headers.push((SECONDS_LEFT.to_owned(), "60".to_owned()));
            }
        }),
    ]
}

/// Each token of a minute ends the one before.
fn only_the_last_token() -> Lie {
    let last = Mutex::new(String::new());
    answer("each token ends the one before", &["token.several"], move |asked, reply| {
        let mut last = last.lock().unwrap();
        let left = reply.headers.iter().find(|(name, _)| name == SECONDS_LEFT);
        let is_short = left.is_some_and(|(_, left)| left.parse::<u32>().unwrap() <= 60);
        if asked.is_token_request() && is_short {
            *last = reply.text();
        } else if is_short && asked.header(TOKEN).is_some_and(|token| token != *last) {
            *reply = Reply::new("401 Unauthorized", "");
        }
    })
}

fn paths() -> Vec<Lie> {
    let moved = "301 Moved Permanently";
    vec![
        status("// is moved", |asked| asked.target[1..].contains("//"), moved, &["paths.doubled-slash"]),
        status(
            "leading // is moved",
            |asked| asked.target.starts_with("//"),
            moved,
            &["paths.leading-slashes"],
        ),
        status("/./ is moved", |asked| asked.target.contains("/./"), moved, &["paths.dot"]),
        status("% is unknown", |asked| asked.target.contains("%69"), "404 x", &["paths.percent"]),
        status(
            "? is unknown",
            |asked| asked.target.contains("?x"),
            "404 x",
            &["paths.query", "credentials.trailing-query"],
        ),
        status(
            "a value's slash is moved",
            |asked| asked.target == format!("{ID}/"),
            moved,
            &["paths.leaf-slash"],
        ),
        status(
            "a role's slash is moved",
            |asked| asked.target == format!("{ROLE}/"),
            moved,
            &["paths.role-slash"],
        ),
        status(
            "directories are moved",
            |asked| asked.target == "/latest/meta-data/placement",
            moved,
            &["paths.directory"],
        ),
        status(
            "/latest is moved",
            |asked| asked.target == "/latest",
            moved,
            &["paths.latest", "versions.answer"],
        ),
    ]
}

fn listings() -> Vec<Lie> {
    vec![
        answer("newlines behind listings", &["listings.no-newline"], |asked, reply| {
            if asked.target.trim_end_matches('/') == "/latest/meta-data/placement" {
                reply.say(format!("{}\n", reply.text()));
            }
        }),
        part(
            "a menu out of order",
            "/latest/meta-data/",
            "ami-id\nami-launch-index",
            "ami-launch-index\nami-id",
            &["listings.sorted"],
        ),
        part(
            "a dead entry",
            "/latest/meta-data/",
            "hostname\n",
            "hostname\nhostname-x\n",
            &["listings.crawl"],
        ),
        part(
            "a category is left out",
            "/latest/meta-data/",
            "reservation-id\n",
            "",
            &["listings.categories"],
        ),
        part(
            "a directory without its slash",
            "/latest/meta-data/",
            "metrics/",
            "metrics",
            &["listings.slashes"],
        ),
        value(
            "dynamic lists something else",
            "/latest/dynamic",
            "fws/",
            &["listings.dynamic", "listings.crawl"],
        ),
        value("/latest lists itself", "/latest", "latest", &["listings.latest"]),
        value(
            "a MAC without its slash",
            "/latest/meta-data/network/interfaces/macs",
            "x",
            &["listings.macs", "listings.crawl"],
        ),
        value("a key without its name", "/latest/meta-data/public-keys", "0/", &["listings.public-keys"]),
        answer("a tree without end", &["listings.bounded"], |asked, reply| {
            if asked.target.starts_with("/latest/meta-data/metrics/") && asked.target.ends_with('/') {
                *reply = Reply { headers: reply.headers.clone(), ..Reply::new("200 OK", "") };
                reply.say((0..30).map(|n| format!("{n}/")).collect::<Vec<_>>().join("\n"));
            }
        }),
        answer("what is not listed answers", &["errors.not-listed"], |asked, reply| {
            if asked.target == "/latest/meta-data/spot/instance-action" {
                *reply = Reply::new("200 OK", "{}");
            }
        }),
        answer("an unknown tree answers", &["errors.missing-tree"], |asked, reply| {
            if asked.target == "/latest/no-such-tree/" {
                *reply = Reply::new("200 OK", "meta-data");
            }
        }),
    ]
}

fn versions() -> Vec<Lie> {
    vec![
        answer("versions out of order", &["versions.listed"], |asked, reply| {
            if asked.target == "/" && reply.is(200) {
                reply.say(reply.text().replace("2007-01-19\n2007-03-01", "2007-03-01\n2007-01-19"));
            }
        }),
        status(
            "a listed version is gone",
            |asked| asked.target == "/2014-11-05",
            "404 x",
            &["versions.answer"],
        ),
        question(
            "all dates are today",
            &[
                "versions.unknown",
                "versions.documented-only",
                "versions.gated-categories",
                "versions.gated-leaves",
                "versions.gated-dynamic",
            ],
            |asked| {
                let is_date =
                    |part: &str| part.len() == 10 && part.starts_with(['0', '1', '2']) || part == "1.0";
                let version =
                    asked.target.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
                let is_put = asked.method == "PUT";
                if is_date(&version) && !is_put {
                    asked.target = asked.target.replacen(&version, "latest", 1);
                }
            },
        ),
        status(
            "dated paths are unknown",
            |asked| asked.target.starts_with("/20") && asked.method == "GET",
            "404 x",
            &["versions.answer", "versions.dated"],
        ),
    ]
}
