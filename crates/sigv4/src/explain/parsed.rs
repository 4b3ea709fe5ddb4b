//! Canonical requests as text, taken apart.

/// The lines of a canonical request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parsed<'a> {
    pub(super) method: &'a [u8],
    pub(super) path: &'a [u8],
    pub(super) query: &'a [u8],
    pub(super) headers: Vec<(&'a str, &'a [u8])>,
    pub(super) list: &'a [u8],
    pub(super) payload: &'a [u8],
    /// Whether writing the parts again gives the very bytes that were read.
    pub(super) regular: bool,
}

/// Header lines of a text beyond these are not looked at.
const MAX_HEADERS: usize = 1024;

/// Takes a canonical request apart; `None` where it has not even a method, a path and a query line.
///
/// Tolerant: a missing blank line, list or payload (a text that was cut) leaves those parts empty.
pub(super) fn parse(text: &[u8]) -> Option<Parsed<'_>> {
    let mut lines = text.split(|byte| *byte == b'\n');
    let method = lines.next().filter(|line| is_method(line))?;
    let path = lines.next().filter(|line| line.starts_with(b"/"))?;
    let query = lines.next()?;
    let mut rest: Vec<&[u8]> = lines.take(MAX_HEADERS + 4).collect();
    if rest.last() == Some(&&b""[..]) {
        rest.pop();
    }
    let blank = rest.iter().position(|line| line.is_empty());
    let end = blank.unwrap_or_else(|| rest.iter().take_while(|line| field(line).is_some()).count());
    let headers = rest.iter().take(end).filter_map(|line| field(line)).collect();
    let mut tail = rest.iter().skip(end).filter(|line| !line.is_empty());
    let (list, payload) = (tail.next().copied(), tail.next().copied());
    let mut parsed = Parsed {
        method,
        path,
        query,
        headers,
        list: list.unwrap_or_default(),
        payload: payload.unwrap_or_default(),
        regular: false,
    };
    parsed.regular = parsed.write() == text;
    Some(parsed)
}

impl Parsed<'_> {
    fn write(&self) -> Vec<u8> {
        let mut out = [self.method, self.path, self.query].join(&b'\n');
        out.push(b'\n');
        for (name, value) in &self.headers {
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            out.extend_from_slice(value);
            out.push(b'\n');
        }
        out.push(b'\n');
        out.extend_from_slice(self.list);
        out.push(b'\n');
        out.extend_from_slice(self.payload);
        out
    }
}

fn is_method(line: &[u8]) -> bool {
    (1..=32).contains(&line.len())
        && line.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn field(line: &[u8]) -> Option<(&str, &[u8])> {
    let at = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(at);
    let name = std::str::from_utf8(name).ok()?;
    Some((name, value.get(1..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_whole_and_cut_texts_apart() {
        let whole = b"GET\n/a\nb=c\nhost:h\nx-amz-date:d\n\nhost;x-amz-date\nUNSIGNED-PAYLOAD";
        let parsed = parse(whole).unwrap();
        assert!(parsed.regular);
        assert_eq!(parsed.headers, [("host", &b"h"[..]), ("x-amz-date", b"d")]);
        assert_eq!((parsed.list, parsed.payload), (&b"host;x-amz-date"[..], &b"UNSIGNED-PAYLOAD"[..]));
        let unblank = parse(b"GET\n/a\n\nhost:h\nhost\nhash").unwrap();
        assert_eq!((unblank.list, unblank.payload, unblank.regular), (&b"host"[..], &b"hash"[..], false));
        let cut = parse(b"GET\n/a\n\nhost:h\nx-amz-da").unwrap();
        assert_eq!((cut.headers.len(), cut.payload), (1, &b""[..]));
        assert_eq!(parse(b""), None);
        assert_eq!(parse(b"GET\nnot a path\n"), None);
    }
}
