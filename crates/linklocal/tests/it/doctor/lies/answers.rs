//! Lies in headers and connections, and doors that are left open.

use super::super::fixture::Reply;
use super::{ID, Lie, TOKEN, TTL, answer, question, required, status};

pub(super) fn headers() -> Vec<Lie> {
    fn set(name: &'static str, value: &'static str, found_by: &'static [&'static str]) -> Lie {
        answer(name, found_by, move |asked, reply| {
            let is_value = reply.is(200);
            for (other, old) in &mut reply.headers {
                if other == name && asked.target == ID && is_value {
                    *old = value.to_owned();
                }
            }
        })
    }
    vec![
        set("Server", "nginx", &["headers.server"]),
        set("Accept-Ranges", "bytes", &["headers.accept-ranges"]),
        set("Last-Modified", "yesterday", &["headers.last-modified"]),
        set("Date", "Sun, 22 Nov 2020 00:00:00 GMT", &["headers.date"]),
        set("Content-Type", "text/plain; charset=utf-8", &["headers.text"]),
        answer("names in lower case", &["headers.order"], |asked, reply| {
            for (name, _) in &mut reply.headers {
                if name == "Accept-Ranges" && asked.target == ID {
                    *name = "accept-ranges".to_owned();
                }
            }
        }),
        answer("JSON by its name", &["headers.json-text"], |asked, reply| {
            for (name, value) in &mut reply.headers {
                if asked.target.ends_with("/document") && name == "Content-Type" {
                    *value = "application/json".to_owned();
                }
            }
        }),
        answer("text for user data", &["headers.user-data"], |asked, reply| {
            for (name, value) in &mut reply.headers {
                if asked.target.ends_with("/user-data") && name == "Content-Type" {
                    *value = "text/plain".to_owned();
                }
            }
        }),
        answer("compressed", &["headers.plain"], |asked, reply| {
            if asked.header("Accept-Encoding").is_some() {
                reply.headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
            }
        }),
        answer("more than was announced", &["headers.length"], |asked, reply| {
            if asked.target == "/latest/meta-data/" && asked.method == "GET" {
                reply.surplus = "more";
            }
        }),
        answer("HTTP/1.0", &["headers.status-line"], |asked, reply| {
            if asked.target == ID && asked.version == "HTTP/1.1" && reply.is(200) {
                reply.status = "HTTP/1.0 200 OK".to_owned();
            }
        }),
        answer("a body behind 401", &["errors.empty-401"], |_, reply| {
            if reply.is(401) {
                reply.say("no");
            }
        }),
        answer("a body behind 403", &["errors.empty-403"], |_, reply| {
            if reply.is(403) {
                reply.say("no");
            }
        }),
        answer("a body behind 400", &["errors.empty-400"], |_, reply| {
            if reply.is(400) {
                reply.say("no");
            }
        }),
        answer("another page", &["errors.page"], |asked, reply| {
            if reply.is(404) && asked.method == "GET" {
                reply.say(reply.text().replace("\t\t ", "\t\t\t"));
            }
        }),
        answer("the page as text", &["errors.page-type"], |_, reply| {
            for (name, value) in &mut reply.headers {
                if value == "text/html" && name == "Content-Type" {
                    *value = "text/plain".to_owned();
                }
            }
        }),
        answer(
            "refusals turned round",
            &["errors.headers", "errors.page-headers", "token.headers"],
            |_, reply| {
                if !reply.is(200) || reply.body.len() == 56 {
                    reply.headers.reverse();
                }
            },
        ),
        answer("405 in RFC 9110's words", &["token.not-allowed", "token.allow"], |_, reply| {
            if reply.is(405) {
                reply.status = "HTTP/1.1 405 Method Not Allowed".to_owned();
                reply.headers.retain(|(name, _)| name != "Allow");
            }
        }),
    ]
}

pub(super) fn connections() -> Vec<Lie> {
    vec![
        answer("never closes", &["connections.closes", "connections.http-1-0"], |asked, reply| {
            if asked.header("Connection").is_none() && asked.target == ID && !asked.in_pieces {
                reply.closes = Some(false);
            }
        }),
        answer("always closes", &["connections.keep-alive", "connections.token-kept"], |_, reply| {
            reply.closes = Some(true);
        }),
        status("no HTTP/1.0", |asked| asked.version == "HTTP/1.0", "505 x", &["connections.http-1-0"]),
        status("whole heads only", |asked| asked.in_pieces, "400 x", &["connections.two-segments"]),
    ]
}

pub(super) fn safety() -> Vec<Lie> {
    vec![
        question("any Host", &["safety.host", "safety.host-lookalike", "safety.host-token"], |asked| {
            if asked.header("Host").is_some_and(|host| host.contains("evil")) {
                asked.remove("Host");
                asked.set("Host", "127.0.0.1");
            }
        }),
        question(
            "browsers welcome",
            &[
                "safety.origin",
                "safety.origin-token",
                "safety.sec-fetch",
                "safety.sec-fetch-token",
                "safety.referer",
            ],
            |asked| {
                asked.headers.retain(|(name, _)| {
                    !["Origin", "Referer"].contains(&name.as_str()) && !name.starts_with("Sec-Fetch")
                })
            },
        ),
        answer("scripts welcome", &["safety.cors"], |asked, reply| {
            if asked.method == "OPTIONS" {
                reply.headers.push(("Access-Control-Allow-Origin".to_owned(), "*".to_owned()));
            }
        }),
        question("proxies welcome", &["token.forwarded"], |asked| asked.remove("X-Forwarded-For")),
        question(
            "a token by GET",
            &["token.get", "safety.token-by-get", "safety.method-override"],
            |asked| {
                if asked.target == "/latest/api/token" && asked.method == "GET" {
                    asked.method = "PUT".to_owned();
                }
            },
        ),
        question("a token by override", &["safety.method-override"], |asked| {
            if asked.header("X-HTTP-Method-Override").is_some() {
                asked.method = "PUT".to_owned();
            }
        }),
        question("a life in the query", &["safety.life-in-query"], |asked| {
            if asked.target.contains("?X-aws-ec2-metadata-token-ttl") {
                asked.set(TTL, "60");
            }
        }),
        required(question("a token in the query", &["safety.token-in-query"], |asked| {
            if let Some((_, token)) = asked.target.clone().split_once("?X-aws-ec2-metadata-token=") {
                asked.set(TOKEN, token);
            }
        })),
        required(status(
            "404 for strangers",
            |asked| asked.target == "/latest/meta-data/no-such-category" && asked.header(TOKEN).is_none(),
            "404 x",
            &["session.required-unknown"],
        )),
        required(status(
            "a value for strangers",
            |asked| asked.target == ID && asked.header(TOKEN).is_none() && asked.method == "GET",
            "200 x",
            &["session.required-values"],
        )),
        required(status(
            "versions for strangers",
            |asked| asked.target == "/" && asked.header(TOKEN).is_none(),
            "200 x",
            &["session.required-listings"],
        )),
        required(status(
            "405 for strangers",
            |asked| asked.method == "DELETE" && asked.header(TOKEN).is_none(),
            "405 x",
            &["session.required-methods"],
        )),
        answer("the machine's files", &["safety.traversal"], |asked, reply| {
            if asked.target.contains("passwd") {
                *reply = Reply::new("200 OK", "root:x:0:0:root:/root:/bin/sh\n");
            }
        }),
        answer("a path becomes a header", &["safety.reflection"], |asked, reply| {
            if asked.target.contains("%0d%0aX-Reflected") {
                reply.headers.push(("X-Reflected".to_owned(), "yes".to_owned()));
            }
        }),
    ]
}
