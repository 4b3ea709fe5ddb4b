//! Requests as tools show them: the lines with `>` of `curl -v`, and the pseudo fields of HTTP/2.

use crate::message::is_token;
use crate::{Scheme, Version};

use super::head::{self, Field, Head, Line, Lines, MOST_HEAD, Target, trimmed};
use super::{RawRequestError, Source};

/// Which kind of trace an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Lines of `curl -v`: `>` before the request, `*` before what curl says, `<` before the answer.
    Verbose,
    /// `:method: GET` and so on, in place of a request line.
    PseudoFields,
}

impl Shown {
    /// Known by the first line that is not empty: no request line begins like this, unless its method is `*`.
    pub(super) fn of(input: &[u8]) -> Option<Self> {
        match input.trim_ascii_start() {
            [b'>', b' ', ..] => Some(Self::Verbose),
            [b'*', b' ', ..] if input.windows(3).any(|three| three == b"\n> ") => Some(Self::Verbose),
            [b':', ..] => Some(Self::PseudoFields),
            _ => None,
        }
    }
}

/// The one request of a trace of `curl -v`.
pub(super) fn verbose<'a>(source: &Source<'a>) -> Result<Lines<'a>, RawRequestError> {
    let (mut lines, mut at, mut length, mut is_ended) = (Vec::new(), 0, 0, false);
    while let Some((line, next)) = source.line(at) {
        at = next;
        let Some(text) = line.text.strip_prefix(b">") else { continue };
        if is_ended {
            let problem = "the trace shows a second request; keep the lines of one, or leave -L out";
            return Err(source.error(line.at, problem));
        }
        let text = text.strip_prefix(b" ").unwrap_or(text);
        is_ended = text.is_empty();
        if !is_ended {
            lines.push(Line { at: next_to(line, text), text });
        }
        length += text.len();
        if length > MOST_HEAD {
            return Err(source.error(line.at, format!("the head is longer than {MOST_HEAD} bytes")));
        }
    }
    if lines.is_empty() {
        return Err(source.error(0, "the trace has no lines that begin with > and show a request"));
    }
    Ok(Lines { lines, end: source.input.len(), is_ended })
}

/// Where the text of a line begins, behind its prefix.
fn next_to(line: Line<'_>, text: &[u8]) -> usize {
    line.at + (line.text.len() - text.len())
}

/// A head whose request line is spread over `:method`, `:path`, `:authority` and `:scheme`.
pub(super) fn pseudo_fields(source: &Source<'_>, lines: &Lines<'_>) -> Result<Head, RawRequestError> {
    let is_pseudo = |line: &&Line<'_>| line.text.starts_with(b":");
    let count = lines.lines.iter().take_while(is_pseudo).count();
    let (pseudo, rest) = lines.lines.split_at(count);
    if let Some(late) = rest.iter().find(is_pseudo) {
        return Err(source.error(late.at, "a pseudo field stands after the fields"));
    }
    let [method, path, authority, scheme] = PSEUDO_FIELDS.map(|name| (name, None));
    let mut found = [method, path, authority, scheme];
    for line in pseudo {
        let (name, field) = pseudo_field(source, *line)?;
        let slot = found.iter_mut().find(|(known, _)| *known == name);
        let slot = slot.ok_or_else(|| source.error(line.at, "a pseudo field that requests do not have"))?;
        if slot.1.replace(field).is_some() {
            return Err(source.error(line.at, format!("{name} stands twice; keep one")));
        }
    }
    let [(_, method), (_, path), (_, authority), (_, scheme)] = found;
    let missing =
        |name: &str| source.error(pseudo.first().map_or(0, |line| line.at), format!("{name} is missing"));
    let method = method.ok_or_else(|| missing(":method"))?;
    let path = path.ok_or_else(|| missing(":path"))?;
    let method = String::from_utf8(method.value)
        .ok()
        .filter(|text| is_token(text.as_bytes()))
        .ok_or_else(|| source.error(method.at, ":method is no method"))?;
    let scheme = scheme
        .map(|field| {
            Scheme::read(&field.value).ok_or_else(|| source.error(field.at, ":scheme must be http or https"))
        })
        .transpose()?;
    let mut target = origin(source, &path, &method)?;
    target.authority = authority.map(|field| named(source, &field, scheme)).transpose()?;
    target.scheme = scheme;
    Head::of(source, method, target, Version::Http2, head::fields(source, rest)?)
}

fn pseudo_field(source: &Source<'_>, line: Line<'_>) -> Result<(String, Field), RawRequestError> {
    let read =
        head::fields(source, &[Line { at: line.at + 1, text: line.text.get(1..).unwrap_or_default() }])?;
    let field = read
        .into_iter()
        .next()
        .ok_or_else(|| source.error(line.at, "a pseudo field must read :name: value"))?;
    Ok((format!(":{}", field.name), field))
}

/// `:path` is in origin form.
fn origin(source: &Source<'_>, path: &Field, method: &str) -> Result<Target, RawRequestError> {
    let target = head::target(source, path.at, method, trimmed(&path.value))?;
    if target.scheme.is_some() {
        return Err(source.error(path.at, ":path must begin with /"));
    }
    Ok(target)
}

fn named(source: &Source<'_>, field: &Field, scheme: Option<Scheme>) -> Result<String, RawRequestError> {
    std::str::from_utf8(&field.value)
        .ok()
        .and_then(|text| head::normal_authority(scheme.unwrap_or(Scheme::Https), text))
        .ok_or_else(|| source.error(field.at, ":authority must be host or host:port"))
}

const PSEUDO_FIELDS: [&str; 4] = [":method", ":path", ":authority", ":scheme"];
