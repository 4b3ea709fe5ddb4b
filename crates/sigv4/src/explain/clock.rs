//! Dates in answers and requests, and what the distance of two clocks suggests.

use std::time::Duration;

use types::Timestamp;

use crate::RequestTime;

/// Reads every form of a date that requests and answers bear.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let other = || text.parse::<Timestamp>().ok();
    RequestTime::read_any(text.as_bytes()).ok().map(|read| read.time).or_else(other)
}

/// How far the first clock is from the second, in words, and what that points to.
pub(super) fn distance(ours: Timestamp, theirs: Timestamp) -> (String, &'static str) {
    let (span, word) = match ours >= theirs {
        true => (ours.since(theirs), "ahead of"),
        false => (theirs.since(ours), "behind"),
    };
    (format!("{} {word}", words(span)), hint(span))
}

pub(super) fn words(span: Duration) -> String {
    let seconds = span.as_secs();
    match (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, seconds) => format!("{seconds} s"),
        (0, 0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (0, hours, minutes, _) => format!("{hours} h {minutes} min"),
        (days, hours, _, _) => format!("{days} d {hours} h"),
    }
}

/// Offsets of time zones are multiples of a quarter of an hour; a signature takes some seconds to arrive.
fn hint(span: Duration) -> &'static str {
    const QUARTER: u64 = 900;
    let seconds = span.as_secs();
    let rest = seconds % QUARTER;
    let near = rest <= 45 || rest >= QUARTER - 45;
    match seconds {
        0..=60 => "too little to matter: an answer of a cache, or a request that waited",
        _ if near && (3600 - 60..=14 * 3600 + 60).contains(&seconds) => {
            "a multiple of a quarter of an hour: local time was taken for UTC, or the hardware clock runs on local time"
        }
        61..=86_400 => {
            "the clock drifted or stood still: a machine, container or function that slept keeps the old time until NTP sets it"
        }
        _ => "days: the clock was never set, or the request was signed long before it was sent",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_time_zones_from_sleep() {
        let at = |text: &str| read(text).unwrap();
        let server = at("20261121T082200Z");
        for (ours, said, hinted) in [
            ("20261121T102203Z", "2 h 0 min ahead of", "quarter"),
            ("Sat, 21 Nov 2026 08:02:00 GMT", "20 min 0 s behind", "slept"),
            ("2026-11-01T08:22:00Z", "20 d 0 h behind", "days"),
            ("20261121T082203Z", "3 s ahead of", "little"),
        ] {
            let (words, hint) = distance(at(ours), server);
            assert_eq!(words, said);
            assert!(hint.contains(hinted), "{ours}: {hint}");
        }
    }
}
