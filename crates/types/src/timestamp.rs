//! Points of time, and the four ways AWS writes them.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted; from year 0 to year 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// The text is not a time in RFC 3339's form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("time {0:?} is not like 2026-11-21T08:22:00Z")]
pub struct TimestampError(String);

impl Timestamp {
    /// 9999-12-31T23:59:59.999Z, the last time that the written forms can hold.
    pub const MAX: Self = Self(253_402_300_799_999);
    pub const EPOCH: Self = Self(0);

    /// The time so many milliseconds after the epoch, cut to what the written forms can hold.
    pub const fn from_millis(millis: i64) -> Self {
        if millis > Self::MAX.0 {
            Self::MAX
        } else if millis < 0 {
            Self::EPOCH
        } else {
            Self(millis)
        }
    }

    pub const fn from_secs(secs: i64) -> Self {
        Self::from_millis(secs.saturating_mul(1000))
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This time without its fraction of a second.
    pub const fn trunc_secs(self) -> Self {
        Self::from_secs(self.secs())
    }

    /// Time passed since `earlier`; zero where `earlier` lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// `2026-11-21T08:22:00Z`: the form of metadata documents (ISO 8601 basic profile, no fraction).
    pub fn iso8601(self) -> String {
        let t = Civil::from(self);
        format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", t.year, t.month, t.day, t.hour, t.minute, t.second)
    }

    /// `20261121T082200Z`: ISO 8601's basic form, as `X-Amz-Date` bears it; the first eight bytes are the date of a scope.
    pub fn basic(self) -> [u8; 16] {
        let t = Civil::from(self);
        let mut text = *b"00000000T000000Z";
        let mut put = |at: usize, mut number: i64, width: usize| {
            for byte in text[at..at + width].iter_mut().rev() {
                *byte = b'0' + (number % 10) as u8;
                number /= 10;
            }
        };
        put(0, t.year, 4);
        for (at, number) in [(4, t.month), (6, t.day), (9, t.hour), (11, t.minute), (13, t.second)] {
            put(at, number, 2);
        }
        text
    }

    /// The time of a date and a time of day in UTC; `None` where there is no such date, or it lies outside of 1970 to 9999.
    pub fn from_utc(date: (i64, i64, i64), time: (i64, i64, i64)) -> Option<Self> {
        let ((year, month, day), (hour, minute, second)) = (date, time);
        let valid = (1970..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..60).contains(&second);
        let secs = || days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
        valid.then(|| Self::from_secs(secs()))
    }

    /// `Sat, 21 Nov 2026 08:22:00 GMT`: the form of HTTP headers (RFC 9110 section 5.6.7).
    pub fn http_date(self) -> String {
        let t = Civil::from(self);
        format!(
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
            t.weekday(),
            t.day,
            t.month_name(),
            t.year,
            t.hour,
            t.minute,
            t.second
        )
    }

    /// `21 Nov 2026 08:22:00 GMT`: the form of scheduled events (EC2 user guide, "Scheduled events for your instances").
    pub fn event_date(self) -> String {
        let t = Civil::from(self);
        format!(
            "{} {} {:04} {:02}:{:02}:{:02} GMT",
            t.day,
            t.month_name(),
            t.year,
            t.hour,
            t.minute,
            t.second
        )
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self::from_millis(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.iso8601();
        match self.0.rem_euclid(1000) {
            0 => f.write_str(&whole),
            millis => write!(f, "{}.{millis:03}Z", &whole[..whole.len() - 1]),
        }
    }
}

/// Reads RFC 3339: `T` or a space between date and time, up to nine digits of fraction (cut to milliseconds), `Z` or an
/// offset.
impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| TimestampError(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = bytes.get(from..to)?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| digits.iter().fold(0, |n, d| n * 10 + i64::from(d - b'0')))
    };
    let mark = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|b| allowed.contains(b)).then_some(());

    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    mark(4, b"-")?;
    mark(7, b"-")?;
    mark(10, b"Tt ")?;
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    mark(13, b":")?;
    mark(16, b":")?;
    let valid = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !valid {
        return None;
    }

    let mut at = 19;
    let mut millis = 0;
    if bytes.get(at) == Some(&b'.') {
        let digits = bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=9).contains(&digits) {
            return None;
        }
        let shown = number(at + 1, at + 1 + digits.min(3))?;
        millis = shown * 10_i64.pow(3 - digits.min(3) as u32);
        at += 1 + digits;
    }
    let offset_minutes = match &bytes[at..] {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (number(at + 1, at + 3)?, number(at + 4, at + 6)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let span = hours * 60 + minutes;
            if *sign == b'+' { span } else { -span }
        }
        _ => return None,
    };
    let days = days_from_civil(year, month, day);
    let secs = days * 86_400 + hour * 3600 + (minute - offset_minutes) * 60 + second;
    let total = secs * 1000 + millis;
    (0..=Timestamp::MAX.0).contains(&total).then_some(Timestamp(total))
}

/// A date of the proleptic Gregorian calendar.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    days: i64,
}

impl From<Timestamp> for Civil {
    fn from(time: Timestamp) -> Self {
        let secs = time.secs();
        let (days, rest) = (secs.div_euclid(86_400), secs.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        Self { year, month, day, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60, days }
    }
}

impl Civil {
    fn weekday(&self) -> &'static str {
        // Day 0 of the epoch was a Thursday.
        ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][self.days.rem_euclid(7) as usize]
    }

    fn month_name(&self) -> &'static str {
        const NAMES: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        NAMES[(self.month - 1) as usize]
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since the epoch of a date. Years are counted from March, so that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_the_forms_seen_on_the_wire() {
        let time: Timestamp = "2019-01-21T09:00:43Z".parse().unwrap();
        assert_eq!(time.secs(), 1_548_061_243);
        assert_eq!(time.iso8601(), "2019-01-21T09:00:43Z");
        assert_eq!(time.event_date(), "21 Jan 2019 09:00:43 GMT");
        assert_eq!(time.http_date(), "Mon, 21 Jan 2019 09:00:43 GMT");
        assert_eq!(&time.basic(), b"20190121T090043Z");
        assert_eq!(&Timestamp::MAX.basic(), b"99991231T235959Z");
        assert_eq!(Timestamp::from_utc((2019, 1, 21), (9, 0, 43)), Some(time));
        assert_eq!(Timestamp::from_utc((2019, 2, 29), (9, 0, 43)), None);
    }

    #[test]
    fn reads_fractions_and_offsets() {
        let utc: Timestamp = "2026-11-21T08:22:00.123456789Z".parse().unwrap();
        let offset: Timestamp = "2026-11-21 09:52:00.123+01:30".parse().unwrap();
        assert_eq!((utc, utc.to_string().as_str()), (offset, "2026-11-21T08:22:00.123Z"));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "2026-11-21",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00+25:00",
            "2026-01-01T00:00:00Zx",
            "１026-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_survives_the_round_trip(millis in 0..=Timestamp::MAX.millis()) {
            let time = Timestamp::from_millis(millis);
            prop_assert_eq!(time.to_string().parse::<Timestamp>(), Ok(time));
        }
    }
}
