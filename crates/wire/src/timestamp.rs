//! Times as the protocols write them.

use types::Timestamp;

use crate::model::TimestampFormat;

/// Whatever of the three forms it is, the one that is expected first: services take them all.
pub(crate) fn read(text: &str, expected: TimestampFormat) -> Option<Timestamp> {
    match expected {
        TimestampFormat::Epoch => epoch(text).or_else(|| text.parse().ok()),
        _ => text.parse().ok().or_else(|| http_date(text)).or_else(|| epoch(text)),
    }
}

/// Seconds, with or without a fraction.
fn epoch(text: &str) -> Option<Timestamp> {
    let known = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    from_seconds(text.parse().ok().filter(|_| known)?)
}

/// The time so many seconds after the epoch; none where years have more than four digits, or before the epoch.
pub(crate) fn from_seconds(seconds: f64) -> Option<Timestamp> {
    let millis = (seconds * 1000.0).round();
    ((0.0..=Timestamp::MAX.millis() as f64).contains(&millis)).then(|| Timestamp::from_millis(millis as i64))
}

/// `Sat, 21 Nov 2026 08:22:00 GMT`, with or without a fraction of the second.
fn http_date(text: &str) -> Option<Timestamp> {
    let (_, rest) = text.split_once(", ")?;
    let mut words = rest.split(' ');
    let (day, month, year) = (number(words.next()?)?, words.next()?, number(words.next()?)?);
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let clock = words.next()?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':').map(number);
    let time = (parts.next()??, parts.next()??, parts.next()??);
    if words.next() != Some("GMT") || words.next().is_some() || parts.next().is_some() {
        return None;
    }
    let millis: i64 = number(&format!("{fraction:0<3}")[..3])?;
    let whole = Timestamp::from_utc((year, month, day), time)?;
    Some(Timestamp::from_millis(whole.millis() + millis))
}

fn number(text: &str) -> Option<i64> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

/// Seconds since the epoch, with a fraction where there is one.
pub(crate) fn write_epoch(time: Timestamp) -> String {
    match time.millis().rem_euclid(1000) {
        0 => time.secs().to_string(),
        millis => {
            let text = format!("{}.{millis:03}", time.secs());
            text.trim_end_matches('0').to_owned()
        }
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_written() {
        let time: Timestamp = "2026-11-21T08:22:00.500Z".parse().unwrap();
        for text in ["2026-11-21T08:22:00.500Z", "Sat, 21 Nov 2026 08:22:00.5 GMT", "1795249320.5"] {
            assert_eq!(read(text, TimestampFormat::Iso8601), Some(time), "{text}");
        }
        assert_eq!(write_epoch(time), "1795249320.5");
        assert_eq!(write_epoch(time.trunc_secs()), "1795249320");
        for text in
            ["", "x", "-1", "Sat, 31 Feb 2026 08:22:00 GMT", "Sat, 21 Nov 2026 08:22 GMT", "1e300", "NaN"]
        {
            assert_eq!(read(text, TimestampFormat::HttpDate), None, "{text}");
        }
    }
}
