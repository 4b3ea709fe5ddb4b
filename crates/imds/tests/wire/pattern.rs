//! What a response must be: bytes, and named patterns where values vary.
//!
//! Rule: nothing is skipped and nothing may follow; each pattern says exactly which bytes it takes.

use std::collections::HashMap;
use std::fmt;

use types::Timestamp;

use crate::template::{Piece, literal, pieces, split};

/// Values that patterns with a label took, over the exchanges of a case.
#[derive(Debug, Default)]
pub(crate) struct Bindings(HashMap<(String, String), Vec<u8>>);

/// Where a response is not what it must be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// Byte of the response.
    pub(crate) at: usize,
    pub(crate) wanted: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: wanted {}", self.at, self.wanted)
    }
}

impl Bindings {
    /// Compares `response` with `template`, in which `known` gives the slots whose value is known beforehand.
    pub(crate) fn compare(
        &mut self,
        template: &str,
        known: impl Fn(&str, &str) -> Option<Vec<u8>>,
        response: &[u8],
    ) -> Result<(), Mismatch> {
        let mut at = 0;
        let mut length = None;
        for piece in pieces(template) {
            let rest = &response[at..];
            at += match piece {
                Piece::Text(text) => same(text.as_bytes(), rest),
                Piece::Slot { name, arguments } => {
                    match literal(name, arguments).or_else(|| known(name, arguments)) {
                        Some(bytes) => same(&bytes, rest),
                        None => self.matched(name, arguments, rest, &mut length),
                    }
                }
            }
            .map_err(|(offset, wanted)| Mismatch { at: at + offset, wanted })?;
        }
        if at < response.len() {
            return Err(Mismatch { at, wanted: "the end".to_owned() });
        }
        length_holds(length, response)
    }

    /// How many bytes the pattern takes off `rest`.
    fn matched(
        &mut self,
        name: &str,
        arguments: &str,
        rest: &[u8],
        length: &mut Option<usize>,
    ) -> Result<usize, (usize, String)> {
        let (taken, label) = take(name, arguments, rest);
        let taken = taken.ok_or_else(|| (0, format!("{{{name}}}")))?;
        let value = &rest[..taken];
        if name == "length" {
            *length = str::from_utf8(value).ok().and_then(|digits| digits.parse().ok());
        }
        if label.is_empty() || self.agrees(name, label, value) {
            Ok(taken)
        } else {
            Err((0, format!("{{{name}}} {label:?}, equal where labels are and different where they are not")))
        }
    }

    /// Equal labels have equal values, different labels different ones.
    fn agrees(&mut self, name: &str, label: &str, value: &[u8]) -> bool {
        let key = (name.to_owned(), label.to_owned());
        let same_kind = self.0.iter().filter(|((kind, _), _)| kind == name);
        let agrees = same_kind.into_iter().all(|((_, other), theirs)| (other == label) == (theirs == value));
        self.0.insert(key, value.to_owned());
        agrees
    }
}

/// The bytes that a pattern takes, if it matches, and its label.
fn take<'a>(name: &str, arguments: &'a str, rest: &[u8]) -> (Option<usize>, &'a str) {
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let run = |accepts: fn(&u8) -> bool| rest.iter().take_while(|b| accepts(b)).count();
    let taken = match name {
        "new-token" => rest.get(..56).filter(|token| is_token(token)).map(<[u8]>::len),
        "asia-key" => rest.get(..20).filter(|key| is_temporary_key(key)).map(<[u8]>::len),
        "secret" => Some(rest.iter().take_while(|b| base64(b)).count()).filter(|n| *n == 40),
        "session-token" => Some(rest.iter().take_while(|b| base64(b)).count()).filter(|n| *n > 0),
        "time" => rest.get(..20).filter(|time| is_time(time)).map(<[u8]>::len),
        "last-modified" => rest.get(..29).filter(|date| is_http_date(date)).map(<[u8]>::len),
        "length" => Some(run(u8::is_ascii_digit)).filter(|n| *n > 0),
        "text" => Some(run(|b| *b != b'"')),
        "base64" => {
            let (size, label) = split(arguments);
            let size = size.parse().expect("{base64:SIZE} counts in digits");
            return (rest.get(..size).filter(|text| is_wrapped_base64(text)).map(<[u8]>::len), label);
        }
        _ => panic!("no placeholder is called {{{name}}}: see testdata/wire/README.md"),
    };
    (taken, arguments)
}

fn same(wanted: &[u8], rest: &[u8]) -> Result<usize, (usize, String)> {
    let equal = wanted.iter().zip(rest).take_while(|(a, b)| a == b).count();
    if equal == wanted.len() {
        return Ok(equal);
    }
    let shown = &wanted[equal..wanted.len().min(equal + 40)];
    Err((equal, format!("\"{}\"", shown.escape_ascii())))
}

fn length_holds(length: Option<usize>, response: &[u8]) -> Result<(), Mismatch> {
    let Some(length) = length else { return Ok(()) };
    let head = response.windows(4).position(|w| w == b"\r\n\r\n").map_or(0, |at| at + 4);
    if length == response.len() - head {
        return Ok(());
    }
    Err(Mismatch { at: head, wanted: format!("a body of {length} bytes, as Content-Length says") })
}

fn is_token(text: &[u8]) -> bool {
    let (start, end) = (text.starts_with(b"AQAEA"), text.ends_with(b"=="));
    start && end && text[..54].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn is_temporary_key(text: &[u8]) -> bool {
    text.starts_with(b"ASIA") && text[4..].iter().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(b))
}

fn is_time(text: &[u8]) -> bool {
    let time = str::from_utf8(text).ok().and_then(|text| text.parse::<Timestamp>().ok());
    time.is_some_and(|time| time.iso8601().as_bytes() == text)
}

/// `Sat, 21 Nov 2026 08:22:00 GMT`
fn is_http_date(text: &[u8]) -> bool {
    let shape = b"Aaa, 00 Aaa 0000 00:00:00 GMT";
    text.iter().zip(shape).all(|(b, s)| match s {
        b'0' => b.is_ascii_digit(),
        b'a' => b.is_ascii_lowercase(),
        b'A' => b.is_ascii_uppercase(),
        _ => b == s,
    })
}

/// Lines of 76 but for the last, no newline at the end.
fn is_wrapped_base64(text: &[u8]) -> bool {
    let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    let alphabet = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let (last, full) = lines.split_last().expect("splitting gives at least one part");
    full.iter().all(|line| line.len() == 76)
        && (1..=76).contains(&last.len())
        && lines.iter().all(|line| line.iter().all(alphabet))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str =
        "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nDate: {date}\r\nServer: EC2ws\r\n\r\n{time:a}";
    const GOOD: &str =
        "HTTP/1.1 200 OK\r\nContent-Length: 20\r\nDate: D\r\nServer: EC2ws\r\n\r\n2026-11-22T10:00:00Z";

    fn compare(template: &str, response: &str) -> Result<(), Mismatch> {
        let known = |name: &str, _: &str| (name == "date").then(|| b"D".to_vec());
        Bindings::default().compare(template, known, response.as_bytes())
    }

    #[test]
    fn every_difference_is_caught() {
        assert_eq!(compare(TEMPLATE, GOOD), Ok(()));
        for (what, from, to) in [
            ("header order", "Date: D\r\nServer: EC2ws\r\n", "Server: EC2ws\r\nDate: D\r\n"),
            ("a header more", "Server", "X: y\r\nServer"),
            ("a header less", "Server: EC2ws\r\n", ""),
            ("a wrong byte", "EC2ws", "EC2wt"),
            ("another case", "Content-Length", "content-length"),
            ("no space", "Date: D", "Date:D"),
            ("another reason", "OK", "Ok"),
            ("a newline more", "Z", "Z\n"),
            ("a body cut short", "00Z", "00"),
            ("a wrong length", "20\r", "21\r"),
            ("no time", "2026-11", "2026-13"),
            ("bare line feeds", "\r\n", "\n"),
        ] {
            let response = GOOD.replacen(from, to, 1);
            assert_ne!(response, GOOD, "{what}");
            assert!(compare(TEMPLATE, &response).is_err(), "{what}");
        }
        assert!(compare(TEMPLATE, "").is_err());
        assert!(compare("", GOOD).is_err());
    }

    #[test]
    fn patterns_take_what_they_name_and_nothing_else() {
        let token = format!("AQAEA{}==", "x".repeat(49));
        let base64 = format!("{}\n{}", "A".repeat(76), "B".repeat(97));
        for (template, good, bad) in [
            ("{new-token}", token.as_str(), vec![token.replace("EA", "AA"), token.replace("==", "=x")]),
            (
                "{asia-key}",
                "ASIAQAAAAAAAAAAAAAAA",
                vec!["AKIAQAAAAAAAAAAAAAAA".into(), "ASIAQAAAAAAAAAAAAAA1".into()],
            ),
            (
                "{last-modified}",
                "Sat, 21 Nov 2026 08:22:00 GMT",
                vec!["Sat, 21 Nov 2026 08:22:00 UTC".into(), "Sat, 1 Nov 2026 08:22:00 GMT".into()],
            ),
            ("{base64:10}", "AAAAAAAA==", vec!["AAAAAAAA=\n".into(), "AAAA AAAA=".into(), "AAAA".into()]),
            ("{secret}", &"s".repeat(40), vec!["s".repeat(39), "s".repeat(41)]),
            ("{text}\"", "anything\"", vec!["any\"thing\"".into()]),
        ] {
            assert_eq!(compare(template, good), Ok(()), "{template}");
            for bad in bad {
                assert!(compare(template, &bad).is_err(), "{template} {bad}");
            }
        }
        assert!(compare("{base64:174}", &base64).is_err(), "lines of 76");
    }

    #[test]
    fn labels_bind_values() {
        let known = |_: &str, _: &str| None;
        let mut bindings = Bindings::default();
        for (template, value, good) in [
            ("{secret:one}", "a", true),
            ("{secret:one}", "a", true),
            ("{secret:two}", "b", true),
            ("{secret:one}", "b", false),
            ("{secret:three}", "b", false),
        ] {
            let outcome = bindings.compare(template, known, value.repeat(40).as_bytes());
            assert_eq!(outcome.is_ok(), good, "{template} {value}");
        }
    }
}
