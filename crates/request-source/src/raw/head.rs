//! The head: request line and fields.

use crate::message::{byte_name, forbidden_in_value, is_token};
use crate::{Message, Scheme, Version, url};

use super::{RawRequestError, Source};

/// A line without its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Its first byte in the input.
    pub(super) at: usize,
    pub(super) text: &'a [u8],
}

/// The lines of a head.
pub(super) struct Lines<'a> {
    pub(super) lines: Vec<Line<'a>>,
    /// Where the body begins.
    pub(super) end: usize,
    /// Whether an empty line ended them, not the input.
    pub(super) is_ended: bool,
}

/// A field and where it stands.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) at: usize,
    pub(super) name: String,
    pub(super) value: Vec<u8>,
}

/// A head that was read.
pub(super) struct Head {
    pub(super) method: String,
    pub(super) target: Target,
    pub(super) version: Version,
    pub(super) fields: Vec<Field>,
    /// Whether `Host` came from the target.
    pub(super) host_is_new: bool,
}

/// What the request line says of where the request goes.
pub(super) struct Target {
    pub(super) scheme: Option<Scheme>,
    pub(super) authority: Option<String>,
    /// In origin form, or `*`.
    pub(super) origin: Vec<u8>,
}

/// The lines up to the empty one.
pub(super) fn lines<'a>(source: &Source<'a>) -> Result<Lines<'a>, RawRequestError> {
    if source.input.starts_with(b"\xef\xbb\xbf") {
        return Err(source.error(0, "the input begins with a byte order mark; save it without"));
    }
    let (mut lines, mut end) = (Vec::new(), 0);
    while let Some((line, next)) = source.line(end) {
        end = next;
        // Counted over the skipped lines too, so that nothing is read for long.
        if next > MOST_HEAD {
            return Err(source.error(line.at, format!("the head is longer than {MOST_HEAD} bytes")));
        }
        match (line.text.is_empty(), lines.is_empty()) {
            (false, _) => lines.push(line),
            (true, true) => {}
            (true, false) => return Ok(Lines { lines, end, is_ended: true }),
        }
    }
    if lines.is_empty() {
        return Err(
            source.error(0, "the input is empty; give a request such as GET / HTTP/1.1 and its fields")
        );
    }
    Ok(Lines { lines, end, is_ended: false })
}

impl Head {
    /// `traces` lets versions in that have no request line on the wire.
    pub(super) fn read(
        source: &Source<'_>,
        lines: &[Line<'_>],
        traces: bool,
    ) -> Result<Self, RawRequestError> {
        let Some((first, rest)) = lines.split_first() else {
            return Err(source.error(0, "the request line is missing"));
        };
        let (method, target, version) = request_line(source, *first, traces)?;
        Self::of(source, method, target, version, fields(source, rest)?)
    }

    /// Puts the parts together, where target and `Host` agree.
    pub(super) fn of(
        source: &Source<'_>,
        method: String,
        target: Target,
        version: Version,
        fields: Vec<Field>,
    ) -> Result<Self, RawRequestError> {
        let mut head = Self { method, target, version, fields, host_is_new: false };
        let host = head.only(source, "host")?.map(|field| (field.at, field.value.clone()));
        match (&head.target.authority, host) {
            (Some(authority), None) => {
                let host = Field { at: 0, name: "Host".to_owned(), value: authority.clone().into_bytes() };
                head.fields.insert(0, host);
                head.host_is_new = true;
            }
            (Some(authority), Some((at, value))) => {
                let scheme = head.target.scheme.unwrap_or(Scheme::Https);
                let said = std::str::from_utf8(&value).ok();
                let said = said.and_then(|said| normal_authority(scheme, said));
                if !said.is_some_and(|said| said.eq_ignore_ascii_case(authority)) {
                    let problem = "Host is not the authority that the target names; servers differ in which they believe";
                    return Err(source.error(at, problem));
                }
            }
            (None, Some((at, value))) => {
                let text =
                    String::from_utf8(value).map_err(|_| source.error(at, "Host is not UTF-8 text"))?;
                head.target.authority = Some(text).filter(|text| !text.is_empty());
            }
            (None, None) => {}
        }
        Ok(head)
    }

    /// A field that may stand once.
    pub(super) fn only(&self, source: &Source<'_>, name: &str) -> Result<Option<&Field>, RawRequestError> {
        let mut found = self.fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
        let first = found.next();
        match found.next() {
            Some(second) => Err(source.error(second.at, format!("{} stands twice; keep one", second.name))),
            None => Ok(first),
        }
    }

    pub(super) fn into_message(self, body: Vec<u8>) -> Message {
        Message {
            method: self.method,
            scheme: self.target.scheme,
            authority: self.target.authority,
            target: self.target.origin,
            version: self.version,
            headers: self.fields.into_iter().map(|field| (field.name, field.value)).collect(),
            body,
        }
    }
}

/// The method is the first word, the version the last; what stands between is the target, spaces and all.
fn request_line(
    source: &Source<'_>,
    line: Line<'_>,
    traces: bool,
) -> Result<(String, Target, Version), RawRequestError> {
    let text = line.text;
    let form = "the request line must read METHOD TARGET HTTP/1.1";
    let method_end = text.iter().position(|byte| *byte == b' ').unwrap_or(text.len());
    let method = token(&text[..method_end]).ok_or_else(|| source.error(line.at, form))?;
    let version_at = text.iter().rposition(|byte| *byte == b' ').map_or(text.len(), |at| at + 1);
    let version = version(&text[version_at..], traces).ok_or_else(|| {
        source
            .error(line.at + version_at.min(text.len()), format!("{form}; the version is missing or unknown"))
    })?;
    let Some(target) =
        text.get(method_end + 1..version_at.saturating_sub(1)).filter(|target| !target.is_empty())
    else {
        return Err(source.error(line.at, form));
    };
    let at = line.at + method_end + 1;
    let target = self::target(source, at, &method, target)?;
    Ok((method, target, version))
}

fn version(text: &[u8], traces: bool) -> Option<Version> {
    match text {
        b"HTTP/1.0" => Some(Version::Http10),
        b"HTTP/1.1" => Some(Version::Http11),
        b"HTTP/2" | b"HTTP/2.0" if traces => Some(Version::Http2),
        b"HTTP/3" if traces => Some(Version::Http3),
        _ => None,
    }
}

/// A target in one of its forms, except that of CONNECT.
pub(super) fn target(
    source: &Source<'_>,
    at: usize,
    method: &str,
    text: &[u8],
) -> Result<Target, RawRequestError> {
    if let Some(odd) = text.iter().position(u8::is_ascii_control) {
        return Err(source.error(at + odd, format!("{} in the target", byte_name(text[odd]))));
    }
    if text.starts_with(b" ") || text.ends_with(b" ") {
        return Err(source.error(at, "more than one space around the target"));
    }
    let origin = |origin: &[u8]| Target { scheme: None, authority: None, origin: origin.to_vec() };
    match text {
        [b'/', ..] => Ok(origin(text)),
        b"*" if method == "OPTIONS" => Ok(origin(text)),
        _ => absolute(source, at, text),
    }
}

/// `https://host/path`, as proxies are asked.
fn absolute(source: &Source<'_>, at: usize, text: &[u8]) -> Result<Target, RawRequestError> {
    let split = text.windows(3).position(|three| three == b"://");
    let Some((scheme, start)) = split.and_then(|at| Some((Scheme::read(&text[..at])?, at + 3))) else {
        return Err(source.error(at, "the target must begin with / or be a URL of http or https"));
    };
    let rest = &text[start..];
    let (authority, path) =
        rest.split_at(rest.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len()));
    let authority = std::str::from_utf8(authority)
        .ok()
        .and_then(|text| normal_authority(scheme, text))
        .ok_or_else(|| source.error(at + start, "the target's authority must be host or host:port"))?;
    let slash: &[u8] = if path.starts_with(b"/") { b"" } else { b"/" };
    Ok(Target { scheme: Some(scheme), authority: Some(authority), origin: [slash, path].concat() })
}

/// Host and port without the scheme's own port.
pub(crate) fn normal_authority(scheme: Scheme, text: &str) -> Option<String> {
    if text.contains(['/', '?', '#', '@']) {
        return None;
    }
    url::read(&format!("{}://{text}/", scheme.as_str())).ok().map(|url| url.authority)
}

/// Fields in order; a line that begins with white space belongs to the one before, as one space.
pub(super) fn fields(source: &Source<'_>, lines: &[Line<'_>]) -> Result<Vec<Field>, RawRequestError> {
    let mut fields: Vec<Field> = Vec::new();
    for line in lines {
        if let Some(odd) = forbidden_in_value(line.text) {
            let problem = format!("{} within a line of the head", byte_name(line.text[odd]));
            return Err(source.error(line.at + odd, problem));
        }
        match (line.text.first(), fields.last_mut()) {
            (Some(b' ' | b'\t'), Some(field)) => unfold(&mut field.value, line.text),
            (Some(b' ' | b'\t'), None) => {
                return Err(source.error(line.at, "a folded line with no field before it"));
            }
            _ => fields.push(field(source, *line)?),
        }
    }
    Ok(fields)
}

/// A value has no white space around it, and keeps none: a line of nothing else adds nothing.
fn unfold(value: &mut Vec<u8>, line: &[u8]) {
    let more = trimmed(line);
    if !value.is_empty() && !more.is_empty() {
        value.push(b' ');
    }
    value.extend_from_slice(more);
}

fn field(source: &Source<'_>, line: Line<'_>) -> Result<Field, RawRequestError> {
    let Some(colon) = line.text.iter().position(|byte| *byte == b':') else {
        return Err(source.error(line.at, "a field must read Name: value"));
    };
    let Some(name) = token(&line.text[..colon]) else {
        let odd = line.text[..colon].iter().position(|byte| !is_token(&[*byte])).unwrap_or(0);
        let problem = match line.text.get(odd) {
            Some(b' ' | b'\t') => "white space within or after the name of a field",
            Some(b':') => "the name of the field is missing",
            _ => "a byte that no name of a field may hold",
        };
        return Err(source.error(line.at + odd, problem));
    };
    Ok(Field { at: line.at, name, value: trimmed(&line.text[colon + 1..]).to_vec() })
}

fn token(text: &[u8]) -> Option<String> {
    is_token(text).then(|| String::from_utf8(text.to_vec()).ok()).flatten()
}

/// Without spaces and tabs around it: the white space that is no part of a value.
pub(crate) fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// As much as any server takes, and more than most.
pub(super) const MOST_HEAD: usize = 64 * 1024;
