//! Refusals for the time of a signature: by how much this machine's clock is off, as AWS itself says it.

use types::Timestamp;
use wire::AwsError;

use super::{Advice, Circumstances, says};

pub(super) fn advice(error: &AwsError, about: &Circumstances<'_>) -> Option<Advice> {
    let by_code = CODES.contains(&error.code.as_str());
    let by_words = ["signature expired", "signature not yet current", "request has expired"];
    if !by_code && !by_words.iter().any(|words| says(error, words)) {
        return None;
    }
    // EC2 says this of tokens that have ended, too.
    let ended =
        about.keys.and_then(|keys| keys.expiration).zip(about.now).is_some_and(|(end, now)| end <= now);
    if error.code == "RequestExpired" && ended {
        return None;
    }
    let ahead =
        told(&error.message).or(about.clock_millis).filter(|millis| millis.unsigned_abs() >= NOISE_MS);
    Some(Advice::new("clock", match ahead {
        Some(millis) => {
            let side = if millis > 0 { "behind" } else { "ahead of" };
            format!(
                "this machine's clock is {} {side} AWS's: set it, or switch time synchronisation on",
                span(millis.unsigned_abs() / 1000)
            )
        }
        None => "the request was signed for another time than AWS's: check this machine's clock, and sign just before \
                 sending"
            .to_owned(),
    }))
}

/// Milliseconds by which AWS is ahead: `Signature expired: A is now earlier than B (C - 15 min.)`, where A was signed and C is
/// AWS's time.
fn told(message: &str) -> Option<i64> {
    let mut words = message.split(|c: char| !c.is_ascii_alphanumeric());
    let mut times = words.by_ref().filter_map(time);
    let (signed, _limit, now) = (times.next()?, times.next()?, times.next()?);
    Some(now.millis() - signed.millis())
}

/// `20260101T000000Z`.
fn time(word: &str) -> Option<Timestamp> {
    let digits = |range: std::ops::Range<usize>| word.get(range)?.parse::<i64>().ok();
    if word.len() != 16 || word.as_bytes()[8] != b'T' || !word.ends_with('Z') {
        return None;
    }
    Timestamp::from_utc(
        (digits(0..4)?, digits(4..6)?, digits(6..8)?),
        (digits(9..11)?, digits(11..13)?, digits(13..15)?),
    )
}

/// The two largest units: `2h3m`, `7m5s`, `40s`.
fn span(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m"),
    }
}

const CODES: &[&str] = &["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"];
/// The network takes that long.
const NOISE_MS: u64 = 3_000;
