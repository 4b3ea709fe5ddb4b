//! Which bytes of an object are asked for: `Range`, or a part by its number.
//!
//! Rule: one range, as S3 has it: what is no range of bytes, or several, is the whole; one that begins behind the end is refused
//! (RFC 9110 section 14; suites/aws-recorded).

use account::ServiceError;

/// Bytes of an object: from `start` on, so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) length: u64,
}

impl Span {
    /// `bytes 0-4/10`, of an object of `size` bytes.
    pub(super) fn content_range(self, size: u64) -> String {
        let last = (self.start + self.length).saturating_sub(1);
        format!("bytes {}-{last}/{size}", self.start)
    }
}

/// The span that `header` asks for; `None` for the whole.
pub(super) fn read(header: &str, size: u64) -> Result<Option<Span>, ServiceError> {
    let Some((first, last)) = bounds(header) else { return Ok(None) };
    let unsatisfiable = || {
        ServiceError::new("InvalidRange", 416, "The requested range is not satisfiable")
            .with_extra("RangeRequested", header)
            .with_extra("ActualObjectSize", size.to_string())
    };
    let (start, end) = match (first, last) {
        (Some(first), last) => (first, last.map_or(size, |last| last.saturating_add(1).min(size))),
        (None, Some(suffix)) if suffix > 0 => (size.saturating_sub(suffix), size),
        (None, _) => return Err(unsatisfiable()),
    };
    if start >= size {
        return Err(unsatisfiable());
    }
    Ok(Some(Span { start, length: end - start }))
}

/// First and last byte, or the length of the end, of the only range there is.
fn bounds(header: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    match (first, last) {
        (None, None) => None,
        (Some(first), Some(last)) if first > last => None,
        bounds => Some(bounds),
    }
}

/// `Some(None)` where nothing stands.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    // What is too long for a number is behind every end.
    digits.then(|| Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_within_the_object_or_refused() {
        for (header, size, expected) in [
            ("bytes=0-4", 10, Some((0, 5))),
            ("bytes=5-", 10, Some((5, 5))),
            ("bytes=-3", 10, Some((7, 3))),
            ("bytes=-30", 10, Some((0, 10))),
            ("bytes=0-99999999999999999999999", 10, Some((0, 10))),
            ("bytes=9-9", 10, Some((9, 1))),
            ("bytes=5-4", 10, None),
            ("bytes=0-1,3-4", 10, None),
            ("bytes=a-b", 10, None),
            ("items=0-1", 10, None),
            ("bytes=-", 10, None),
        ] {
            let read = read(header, size).unwrap().map(|span| (span.start, span.length));
            assert_eq!(read, expected, "{header}");
        }
        for (header, size) in
            [("bytes=10-", 10), ("bytes=1024-4096", 8), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-5", 0)]
        {
            let error = read(header, size).unwrap_err();
            assert_eq!((&*error.code, error.status), ("InvalidRange", 416), "{header}");
            assert_eq!(
                error.extras,
                [("RangeRequested", header.to_owned()), ("ActualObjectSize", size.to_string())]
            );
        }
        assert_eq!(Span { start: 2, length: 3 }.content_range(9), "bytes 2-4/9");
    }
}
