//! What a line of the journal tells as text, before it is read.
//!
//! Rule: a line is as `Kept::line` writes it, without spaces; what a client said stands in it with its quotes escaped, and so is never
//! taken for a member.

use types::Timestamp;

/// The first `eventTime` among these bytes.
pub(crate) fn event_time(bytes: &[u8]) -> Option<Timestamp> {
    let start = find(bytes, EVENT_TIME)? + EVENT_TIME.len();
    let rest = &bytes[start..];
    let end = rest.iter().take(LONGEST_TIME).position(|byte| *byte == b'"')?;
    str::from_utf8(&rest[..end]).ok()?.parse().ok()
}

pub(crate) fn is_management(line: &[u8]) -> bool {
    contains(line, b"\"managementEvent\":true")
}

pub(crate) fn is_of_region(line: &[u8], region: &str) -> bool {
    contains(line, format!("\"awsRegion\":\"{region}\"").as_bytes())
}

pub(crate) fn contains(line: &[u8], text: &[u8]) -> bool {
    find(line, text).is_some()
}

fn find(line: &[u8], text: &[u8]) -> Option<usize> {
    let Some(first) = text.first() else { return Some(0) };
    let mut start = 0;
    while let Some(at) = line[start..].iter().position(|byte| byte == first) {
        start += at;
        if line[start..].starts_with(text) {
            return Some(start);
        }
        start += 1;
    }
    None
}

const EVENT_TIME: &[u8] = b"\"eventTime\":\"";
const LONGEST_TIME: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_and_words_of_clients_are_not() {
        let line = br#"{"userAgent":"\"eventTime\":\"2020-01-01T00:00:00Z\"","eventTime":"2026-11-21T12:00:00Z","awsRegion":"eu-west-1","managementEvent":true}"#;
        assert_eq!(event_time(line), Some("2026-11-21T12:00:00Z".parse().unwrap()));
        assert!(is_of_region(line, "eu-west-1") && !is_of_region(line, "eu-west"));
        assert!(is_management(line) && !is_management(br#"{"a":"\"managementEvent\":true"}"#));
        for none in [&b""[..], b"null\t{}", b"\"eventTime\":\"2026", b"\"eventTime\":\"x\""] {
            assert_eq!(event_time(none), None);
        }
    }

    #[test]
    fn text_is_found_where_it_is() {
        let wanted = [("", Some(0)), ("a", Some(0)), ("ab", Some(1)), ("b", Some(2)), ("ba", None)];
        for (text, at) in wanted {
            assert_eq!(find(b"aab", text.as_bytes()), at, "{text}");
        }
    }
}
