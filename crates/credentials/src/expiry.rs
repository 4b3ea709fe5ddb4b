//! Times of expiry as other programs write them, and how far before one a set counts as old.
//!
//! Rule: a time that cannot be read is no time; nobody guesses when credentials end.

use std::time::Duration;

use types::Timestamp;

/// A time in RFC 3339's form, or with `UTC` or `GMT` for a zone, as the AWS CLI writes it into its cache of role
/// sessions (`strftime("%Y-%m-%dT%H:%M:%S%Z")`).
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    match text.strip_suffix("UTC").or_else(|| text.strip_suffix("GMT")) {
        Some(time) => format!("{}Z", time.trim_end()).parse().ok(),
        None => text.parse().ok(),
    }
}

/// How long before its end a set is renewed: a quarter of its life, at most fifteen minutes. The AWS CLI takes fifteen
/// minutes for all, so that it never uses a session of fifteen minutes twice.
pub(crate) fn early(life: Duration) -> Duration {
    (life / 4).min(EARLIEST)
}

/// What is left at `now`; zero where it has ended.
pub(crate) fn left(end: Timestamp, now: Timestamp) -> Duration {
    end.since(now)
}

/// Fifteen minutes: botocore's advisory window (credentials.py, `DEFAULT_EXPIRY_WINDOW_SECONDS`).
pub(crate) const EARLIEST: Duration = Duration::from_secs(15 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_of_the_cli_and_the_sdks() {
        let time = Some(Timestamp::from_secs(1_795_341_600));
        for text in [
            "2026-11-22T10:00:00UTC",
            "2026-11-22T10:00:00Z",
            "2026-11-22T10:00:00+00:00",
            "2026-11-22T11:00:00+01:00",
            " 2026-11-22 10:00:00 GMT",
            "2026-11-22T10:00:00.000000Z",
        ] {
            assert_eq!(read(text), time, "{text}");
        }
        for text in ["", "UTC", "tomorrow", "1795341600", "2026-11-22T10:00:00"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn short_lives_have_short_windows() {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        assert_eq!(early(minutes(15)), Duration::from_secs(225));
        assert_eq!(early(minutes(60)), minutes(15));
        assert_eq!(early(minutes(720)), minutes(15));
    }
}
