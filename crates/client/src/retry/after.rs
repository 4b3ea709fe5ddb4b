//! How long the service asks to be left alone: `Retry-After` (RFC 9110 section 10.2.3) in seconds or as a date, and
//! `x-amz-retry-after` in milliseconds, which is the more precise and comes first.

use std::time::Duration;

use types::Timestamp;

use crate::response::http_date;

/// A wish of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

impl RetryAfter {
    /// The wish in an answer's header. A date is compared with the answer's own, else with `now`. What cannot be read is
    /// none.
    pub fn read<'h>(header: &dyn Fn(&str) -> Option<&'h str>, now: Timestamp) -> Option<Self> {
        if let Some(value) = header("x-amz-retry-after") {
            return value.trim().parse().ok().map(Duration::from_millis).map(Self);
        }
        let value = header("retry-after")?.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Self(Duration::from_secs(seconds)));
        }
        let now = header("date").and_then(http_date).unwrap_or(now);
        http_date(value).map(|then| Self(then.since(now)))
    }

    /// The wait between `own` and `longest`, as near to the wish as these allow.
    pub(super) fn within(self, own: Duration, longest: Duration) -> Duration {
        self.0.min(longest).max(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&str, &'static str)]) -> Option<Duration> {
        let header = |name: &str| fields.iter().find(|field| field.0 == name).map(|field| field.1);
        let now = Timestamp::from_utc((2026, 11, 22), (12, 0, 0)).unwrap();
        RetryAfter::read(&header, now).map(|after| after.0)
    }

    #[test]
    fn seconds_milliseconds_and_dates_are_read() {
        let date = "Sun, 22 Nov 2026 12:00:07 GMT";
        assert_eq!(read(&[("retry-after", "3")]), Some(Duration::from_secs(3)));
        assert_eq!(read(&[("retry-after", date)]), Some(Duration::from_secs(7)));
        let own = ("date", "Sun, 22 Nov 2026 12:00:05 GMT");
        assert_eq!(read(&[("retry-after", date), own]), Some(Duration::from_secs(2)), "by its own clock");
        assert_eq!(read(&[("retry-after", own.1)]), Some(Duration::from_secs(5)));
        assert_eq!(read(&[("retry-after", own.1), ("date", date)]), Some(Duration::ZERO), "in the past");
        let both = [("retry-after", "3"), ("x-amz-retry-after", "1500")];
        assert_eq!(read(&both), Some(Duration::from_millis(1500)));
    }

    #[test]
    fn what_cannot_be_read_is_no_wish() {
        for value in ["invalid", "-100", "", "1e9", "99999999999999999999999"] {
            assert_eq!(read(&[("x-amz-retry-after", value)]), None, "{value}");
            assert_eq!(read(&[("retry-after", value)]), None, "{value}");
        }
        assert_eq!(read(&[]), None);
    }
}
