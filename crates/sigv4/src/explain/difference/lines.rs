//! The comparison itself.

use super::super::escape::decode;
use super::super::parsed::Parsed;
use super::super::redact::{self, Known};
use super::super::{Cause, view::Parts};
use super::visible::{around, line};
use super::{Line, LineDifference};

/// A difference, and the cause that its look suggests.
#[derive(Clone, Debug)]
pub(in crate::explain) struct Compared {
    pub(in crate::explain) shown: LineDifference,
    pub(in crate::explain) cause: Cause,
}

/// All differences in the order of the lines.
pub(in crate::explain) fn compare(ours: &Parsed<'_>, theirs: &Parsed<'_>, known: &Known) -> Vec<Compared> {
    let mut found = Found { known, list: Vec::new() };
    if ours.method != theirs.method {
        found.values(Line::Method, ours.method, theirs.method, Cause::Method);
    }
    paths(ours.path, theirs.path, &mut found);
    queries(ours.query, theirs.query, &mut found);
    headers(&ours.headers, &theirs.headers, &mut found);
    if ours.list != theirs.list {
        found.values(Line::SignedHeaders, ours.list, theirs.list, Cause::SignedHeadersList);
    }
    if ours.payload != theirs.payload {
        let (how, cause) = payloads(ours.payload, theirs.payload);
        found.add(Line::Payload, Some(ours.payload), Some(theirs.payload), how, cause);
    }
    if found.list.is_empty() && ours.regular != theirs.regular {
        let how = "the texts differ only in line ends or blank lines".to_owned();
        found.add(Line::Shape, None, None, how, Cause::CanonicalForm);
    }
    found.list
}

/// Differences of strings to sign: algorithm, date and scope.
pub(in crate::explain) fn compare_heads(
    ours: (&str, &str, Parts<'_>),
    theirs: (&str, &str, &str),
    known: &Known,
) -> Vec<Compared> {
    let mut found = Found { known, list: Vec::new() };
    let parts = ours.2;
    let scope = [parts.day, parts.region, parts.service, parts.terminator].join("/");
    for (line, ours, theirs, cause) in [
        (Line::Algorithm, ours.0, theirs.0, Cause::SignatureV2),
        (Line::Date, ours.1, theirs.1, Cause::DateHeader),
        (Line::Scope, scope.as_str(), theirs.2, scope_cause(&parts, theirs.2)),
    ] {
        if ours != theirs {
            found.values(line, ours.as_bytes(), theirs.as_bytes(), cause);
        }
    }
    found.list
}

fn scope_cause(ours: &Parts<'_>, theirs: &str) -> Cause {
    let mut theirs = theirs.split('/');
    if theirs.next() != Some(ours.day) {
        Cause::ScopeDay
    } else if theirs.next() != Some(ours.region) {
        Cause::Region
    } else {
        Cause::Service
    }
}

struct Found<'a> {
    known: &'a Known,
    list: Vec<Compared>,
}

impl Found<'_> {
    fn values(&mut self, line: Line, ours: &[u8], theirs: &[u8], cause: Cause) {
        self.add(line, Some(ours), Some(theirs), relation(ours, theirs), cause);
    }

    fn add(&mut self, at: Line, ours: Option<&[u8]>, theirs: Option<&[u8]>, how: String, cause: Cause) {
        let sensitive = match &at {
            Line::Header(name) => redact::is_sensitive(name),
            Line::Parameter(name) => {
                redact::is_sensitive(&String::from_utf8_lossy(&decode(name.as_bytes(), true)))
            }
            _ => false,
        };
        // Redacted before it is cut: a piece of a secret would not be recognised.
        let safe = |bytes: &[u8]| {
            let text = if sensitive { redact::MASK.to_owned() } else { self.known.text(&line_text(bytes)) };
            line(text.as_bytes())
        };
        let (ours, theirs) = (ours.map(safe), theirs.map(safe));
        let (ours, theirs) = match (ours, theirs) {
            (Some(ours), Some(theirs)) => {
                let (ours, theirs) = around(&ours, &theirs);
                (Some(ours), Some(theirs))
            }
            (ours, theirs) => (ours.map(|text| around(&text, "").0), theirs.map(|text| around(&text, "").0)),
        };
        let at = match at {
            Line::Header(name) => Line::Header(self.known.text(&short(&name))),
            Line::Parameter(name) => Line::Parameter(self.known.text(&short(&name))),
            other => other,
        };
        self.list.push(Compared { shown: LineDifference { line: at, ours, theirs, how }, cause });
    }
}

fn short(name: &str) -> String {
    name.chars().take(128).collect()
}

/// Text with broken UTF-8 kept apart as escapes.
fn line_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn paths(ours: &[u8], theirs: &[u8], found: &mut Found<'_>) {
    if ours == theirs {
        return;
    }
    let split =
        |path: &'_ [u8]| -> Vec<Vec<u8>> { path.split(|b| *b == b'/').skip(1).map(<[u8]>::to_vec).collect() };
    let (one, other) = (split(ours), split(theirs));
    // A value that must not show may hold slashes: such a path is shown whole, with its mask.
    let hides = |path: &[u8]| {
        let text = line_text(path);
        found.known.text(&text) != text
    };
    if one.len() == other.len() && !hides(ours) && !hides(theirs) {
        for (index, (one, other)) in one.iter().zip(&other).enumerate() {
            if one != other {
                let cause =
                    encoding_cause(one, other, Cause::PathEncoding, Cause::PathEscapes, Cause::PathPrefix);
                found.values(Line::PathSegment(index + 1), one, other, cause);
            }
        }
        return;
    }
    let without =
        |path: &[Vec<u8>]| -> Vec<Vec<u8>> { path.iter().filter(|s| !s.is_empty()).cloned().collect() };
    let dots = |path: &[Vec<u8>]| path.iter().any(|s| s.is_empty() || s == b"." || s == b"..");
    let ends = ours.ends_with(b"/") != theirs.ends_with(b"/");
    let cause = match (without(&one) == without(&other), dots(&one[..]) || dots(&other[..])) {
        (true, _) if ends => Cause::PathSlash,
        (_, true) => Cause::PathNormalization,
        _ => Cause::PathPrefix,
    };
    found.values(Line::Path, ours, theirs, cause);
}

type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

fn pairs(query: &[u8]) -> Pairs {
    let parts = query.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let at = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
            (part[..at].to_vec(), part.get(at + 1..).unwrap_or_default().to_vec())
        })
        .collect()
}

fn queries(ours: &[u8], theirs: &[u8], found: &mut Found<'_>) {
    if ours == theirs {
        return;
    }
    let (mut one, mut other) = (pairs(ours), pairs(theirs));
    one.sort();
    other.sort();
    if one == other {
        let how = "the same parameters in another order, or written otherwise".to_owned();
        found.add(Line::Query, Some(ours), Some(theirs), how, Cause::QueryOrder);
        return;
    }
    let (one, other) = leftovers(one, other);
    let key = |(name, _): &(Vec<u8>, Vec<u8>)| decode(&decode(name, true), true);
    let mut unmatched: Vec<Option<(Vec<u8>, Vec<u8>)>> = other.into_iter().map(Some).collect();
    let mut by_name: std::collections::HashMap<Vec<u8>, Vec<usize>> = std::collections::HashMap::new();
    for (index, pair) in unmatched.iter().enumerate().rev() {
        by_name.entry(pair.as_ref().map(key).unwrap_or_default()).or_default().push(index);
    }
    for pair in one {
        let twin = by_name.get_mut(&key(&pair)).and_then(Vec::pop).and_then(|index| unmatched[index].take());
        let name = Line::Parameter(line_text(&pair.0));
        match twin {
            Some(twin) => {
                let (one, other) = (joined(&pair), joined(&twin));
                let cause = encoding_cause(
                    &one,
                    &other,
                    Cause::QueryEscapes,
                    Cause::QueryEscapes,
                    Cause::QueryParameter,
                );
                found.values(name, &pair_shown(&pair, &twin), &pair_shown(&twin, &pair), cause);
            }
            None => found.add(name, Some(&pair.1), None, "only in ours".to_owned(), Cause::QueryParameter),
        }
    }
    for (name, value) in unmatched.into_iter().flatten() {
        let at = Line::Parameter(line_text(&name));
        found.add(at, None, Some(&value), "only in theirs".to_owned(), Cause::QueryParameter);
    }
}

/// The value, or the whole pair where the names differ.
fn pair_shown(pair: &(Vec<u8>, Vec<u8>), other: &(Vec<u8>, Vec<u8>)) -> Vec<u8> {
    if pair.0 == other.0 { pair.1.clone() } else { joined(pair) }
}

fn joined(pair: &(Vec<u8>, Vec<u8>)) -> Vec<u8> {
    [&pair.0[..], &pair.1[..]].join(&b'=')
}

/// What of two sorted lists stands in just one of them.
fn leftovers<T: Ord>(ours: Vec<T>, theirs: Vec<T>) -> (Vec<T>, Vec<T>) {
    let (mut one, mut other) = (ours.into_iter().peekable(), theirs.into_iter().peekable());
    let (mut only_one, mut only_other) = (Vec::new(), Vec::new());
    loop {
        match (one.peek(), other.peek()) {
            (Some(a), Some(b)) if a == b => {
                one.next();
                other.next();
            }
            (Some(a), Some(b)) if a < b => only_one.extend(one.next()),
            (Some(_), None) => only_one.extend(one.next()),
            (_, Some(_)) => only_other.extend(other.next()),
            (None, None) => return (only_one, only_other),
        }
    }
}

fn headers(ours: &[(&str, &[u8])], theirs: &[(&str, &[u8])], found: &mut Found<'_>) {
    let map = |list: &[(&str, &[u8])]| -> std::collections::BTreeMap<String, Vec<u8>> {
        list.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect()
    };
    let (one, other) = (map(ours), map(theirs));
    for (name, value) in &one {
        match other.get(name) {
            Some(twin) if twin == value => {}
            Some(twin) => {
                let cause = header_cause(name, value, twin);
                found.values(Line::Header(name.clone()), value, twin, cause);
            }
            None => {
                let how = "only in ours".to_owned();
                found.add(Line::Header(name.clone()), Some(value), None, how, absent_cause(name));
            }
        }
    }
    for (name, value) in other.iter().filter(|(name, _)| !one.contains_key(*name)) {
        let how = "only in theirs".to_owned();
        found.add(Line::Header(name.clone()), None, Some(value), how, absent_cause(name));
    }
    if found.list.is_empty() && one == other && ours != theirs {
        let how = "the same fields in another order".to_owned();
        found.add(Line::Shape, None, None, how, Cause::CanonicalForm);
    }
}

fn is_token(name: &str) -> bool {
    name.ends_with("-token") && name.starts_with("x-amz-s")
}

fn absent_cause(name: &str) -> Cause {
    if is_token(name) { Cause::TokenUnsigned } else { Cause::HeaderAdded }
}

fn header_cause(name: &str, ours: &[u8], theirs: &[u8]) -> Cause {
    let words = |value: &[u8]| -> Vec<Vec<u8>> {
        value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).map(<[u8]>::to_vec).collect()
    };
    if words(ours) == words(theirs) {
        return Cause::HeaderWhiteSpace;
    }
    match name {
        "host" if ours.eq_ignore_ascii_case(theirs) => Cause::HostCase,
        "host" if without_port(ours).eq_ignore_ascii_case(without_port(theirs)) => Cause::HostPort,
        "host" => Cause::HostName,
        "x-amz-content-sha256" => Cause::PayloadHeader,
        "x-amz-date" | "date" => Cause::DateHeader,
        _ if is_token(name) => Cause::TokenChanged,
        _ => Cause::HeaderChanged,
    }
}

pub(in crate::explain) fn without_port(host: &[u8]) -> &[u8] {
    let digits = host.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let at = host.len() - digits;
    if digits > 0 && host.get(at.wrapping_sub(1)) == Some(&b':') { &host[..at - 1] } else { host }
}

fn payloads(ours: &[u8], theirs: &[u8]) -> (String, Cause) {
    let empty = crate::EMPTY_SHA256.as_bytes();
    let hash = |text: &[u8]| text.len() == 64 && text.iter().all(u8::is_ascii_hexdigit);
    if ours.eq_ignore_ascii_case(theirs) {
        return ("the same in another case".to_owned(), Cause::PayloadHeader);
    }
    match (ours == empty, theirs == empty) {
        (true, _) => return ("ours is the hash of an empty body".to_owned(), Cause::PayloadEmpty),
        (_, true) => return ("theirs is the hash of an empty body".to_owned(), Cause::PayloadEmpty),
        _ => {}
    }
    match (hash(ours), hash(theirs)) {
        (true, true) => ("hashes of two different bodies".to_owned(), Cause::PayloadChanged),
        (true, false) | (false, true) => {
            ("one is a hash, the other is not".to_owned(), Cause::PayloadUnsigned)
        }
        (false, false) => ("two different keywords".to_owned(), Cause::PayloadKeyword),
    }
}

/// The cause that two encoded texts suggest.
fn encoding_cause(ours: &[u8], theirs: &[u8], levels: Cause, escapes: Cause, other: Cause) -> Cause {
    let (one, two) = (decode(ours, false), decode(theirs, false));
    if one == theirs || ours == two {
        levels
    } else if one == two || decode(&one, true) == decode(&two, true) {
        escapes
    } else {
        other
    }
}

/// How two texts are related, in words.
fn relation(ours: &[u8], theirs: &[u8]) -> String {
    let (one, other) = (decode(ours, false), decode(theirs, false));
    let spaced = |text: &[u8]| text.iter().filter(|b| !b.is_ascii_whitespace()).copied().collect::<Vec<u8>>();
    if ours.eq_ignore_ascii_case(theirs) {
        "the same but for case".to_owned()
    } else if spaced(ours) == spaced(theirs) {
        "the same but for white space".to_owned()
    } else if one == theirs && ours != one {
        "ours is percent-encoded once more".to_owned()
    } else if ours == other && theirs != other {
        "theirs is percent-encoded once more".to_owned()
    } else if one == other {
        "the same once decoded; other bytes are percent-encoded".to_owned()
    } else if decode(ours, true) == decode(theirs, true) || decode(&one, true) == decode(&other, true) {
        "the same but for the writing of a space or a plus sign".to_owned()
    } else if without_port(ours) == without_port(theirs) {
        "the same but for the port".to_owned()
    } else if ours.is_empty() || theirs.is_empty() {
        format!("{} is empty", if ours.is_empty() { "ours" } else { "theirs" })
    } else {
        let same = ours.iter().zip(theirs).take_while(|(one, other)| one == other).count();
        format!("they differ from byte {} on ({} and {} bytes)", same + 1, ours.len(), theirs.len())
    }
}
