//! Paths that two readers may understand in two ways.
//!
//! Rule: the path as sent is looked at, before anything is decoded. Signatures of most services are made of the path with dot
//! segments removed; a router that reads it otherwise would carry out what nobody signed (facts/sigv4.md section 8.10).

/// What makes a path doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathDoubt {
    /// `.` or `..` as a segment, plain or with `%2e`.
    DotSegment,
    /// `//`.
    EmptySegment,
    /// `%2F`.
    EncodedSlash,
    /// `\` or `%5C`.
    Backslash,
    /// `%25` before two digits: encoded twice.
    EncodedPercent,
    /// `%00` to `%1F` and `%7F`.
    EncodedControl,
    /// `%` before anything but two digits.
    BrokenEscape,
}

impl PathDoubt {
    pub const ALL: [Self; 7] = [
        Self::DotSegment,
        Self::EmptySegment,
        Self::EncodedSlash,
        Self::Backslash,
        Self::EncodedPercent,
        Self::EncodedControl,
        Self::BrokenEscape,
    ];

    /// What it is, in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DotSegment => "a dot segment",
            Self::EmptySegment => "an empty segment",
            Self::EncodedSlash => "an encoded slash",
            Self::Backslash => "a backslash",
            Self::EncodedPercent => "an escape that is encoded again",
            Self::EncodedControl => "an encoded control character",
            Self::BrokenEscape => "the percent sign of no escape",
        }
    }
}

/// The first of these doubts that the path gives reason for.
pub(super) fn doubt(path: &[u8], refused: &[PathDoubt]) -> Option<PathDoubt> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~');
    if refused.is_empty() || path.strip_prefix(b"/").is_some_and(|rest| rest.iter().all(plain)) {
        return None;
    }
    let wanted = |doubt: &PathDoubt| refused.contains(doubt);
    let inner = path.strip_prefix(b"/").unwrap_or(path);
    let mut segments = inner.split(|byte| *byte == b'/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        let empty = (segment.is_empty() && !last).then_some(PathDoubt::EmptySegment);
        let dots = is_dots(segment).then_some(PathDoubt::DotSegment);
        let found = [empty, dots].into_iter().flatten().find(wanted);
        if let Some(found) = found.or_else(|| escapes(segment).find(wanted)) {
            return Some(found);
        }
    }
    None
}

/// One or two dots, each of which may be escaped.
fn is_dots(segment: &[u8]) -> bool {
    let mut rest = segment;
    let mut dots = 0;
    while !rest.is_empty() {
        rest = match rest {
            [b'.', after @ ..] | [b'%', b'2', b'e' | b'E', after @ ..] => after,
            _ => return false,
        };
        dots += 1;
    }
    matches!(dots, 1 | 2)
}

/// The doubts within a segment, one for each byte that gives reason for one.
fn escapes(segment: &[u8]) -> impl Iterator<Item = PathDoubt> + '_ {
    segment.iter().enumerate().filter_map(|(at, byte)| match byte {
        b'\\' => Some(PathDoubt::Backslash),
        b'%' => match segment.get(at + 1..at + 3).and_then(escaped) {
            None => Some(PathDoubt::BrokenEscape),
            Some(b'/') => Some(PathDoubt::EncodedSlash),
            Some(b'\\') => Some(PathDoubt::Backslash),
            Some(b'%') => segment.get(at + 3..at + 5).and_then(escaped).map(|_| PathDoubt::EncodedPercent),
            Some(byte) if byte.is_ascii_control() => Some(PathDoubt::EncodedControl),
            Some(_) => None,
        },
        _ => None,
    })
}

fn escaped(digits: &[u8]) -> Option<u8> {
    let [high, low] = digits else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_a_path_may_be_misread_by() {
        for (path, expected) in [
            ("/", None),
            ("", None),
            ("/2015-03-31/functions/f", None),
            ("/a.b/c..d/...", None),
            ("/a/", None),
            ("/a%20b/%7Ec", None),
            ("/100%25", None),
            ("/a/../b", Some(PathDoubt::DotSegment)),
            ("/..", Some(PathDoubt::DotSegment)),
            ("/.", Some(PathDoubt::DotSegment)),
            ("/%2e%2E/b", Some(PathDoubt::DotSegment)),
            ("/.%2e", Some(PathDoubt::DotSegment)),
            ("//a", Some(PathDoubt::EmptySegment)),
            ("/a//b", Some(PathDoubt::EmptySegment)),
            ("/a//", Some(PathDoubt::EmptySegment)),
            ("/a%2fb", Some(PathDoubt::EncodedSlash)),
            ("/a\\b", Some(PathDoubt::Backslash)),
            ("/a%5Cb", Some(PathDoubt::Backslash)),
            ("/%252e%252e/", Some(PathDoubt::EncodedPercent)),
            ("/a%00", Some(PathDoubt::EncodedControl)),
            ("/a%0d%0a", Some(PathDoubt::EncodedControl)),
            ("/a%", Some(PathDoubt::BrokenEscape)),
            ("/a%2", Some(PathDoubt::BrokenEscape)),
            ("/a%zz", Some(PathDoubt::BrokenEscape)),
        ] {
            assert_eq!(doubt(path.as_bytes(), &PathDoubt::ALL), expected, "{path}");
            assert_eq!(doubt(path.as_bytes(), &[]), None, "{path}");
        }
        assert_eq!(doubt(b"/a//..", &[PathDoubt::DotSegment]), Some(PathDoubt::DotSegment));
    }
}
