//! Points of time: ISO 8601 with anything left out from the end, or seconds since 1970.
//!
//! Rule: what IAM stores is read. Numbers may lack leading zeros, `t` and `z` are letters of either case, a time without a zone is
//! in UTC. Milliseconds count; further digits are cut off.

/// Milliseconds since 1970-01-01T00:00:00Z.
pub(crate) fn read(text: &str) -> Option<i64> {
    match text.parse::<i64>() {
        Ok(seconds) => seconds.checked_mul(1000),
        Err(_) => iso8601(text),
    }
}

/// `2030-01-01`, and what may stand behind `T`.
fn iso8601(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't']).unwrap_or((text, ""));
    let (sign, date) = date.strip_prefix('-').map_or((1, date), |date| (-1, date));
    let mut parts = date.split('-');
    let year = sign * number(parts.next()?, 9)?;
    let month = parts.next().map_or(Some(1), |part| number(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| number(part, 2))?;
    let exists = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    if parts.next().is_some() || !exists {
        return None;
    }
    let milliseconds = if time.is_empty() { 0 } else { milliseconds(time)? };
    days(year, month, day).checked_mul(86_400_000)?.checked_add(milliseconds)
}

/// `hh`, `hh:mm`, `hh:mm:ss` or with a fraction, then perhaps a zone.
fn milliseconds(text: &str) -> Option<i64> {
    let at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(at);
    let mut parts = clock.split(':');
    let hour = number(parts.next()?, 2)?;
    let minute = parts.next().map_or(Some(0), |part| number(part, 2))?;
    let (second, fraction) =
        parts.next().map_or(("0", "0"), |part| part.split_once('.').unwrap_or((part, "0")));
    let (second, milli) = (number(second, 2)?, thousandths(fraction)?);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some((hour * 3600 + minute * 60 + second) * 1000 + milli - offset(zone)?)
}

fn thousandths(fraction: &str) -> Option<i64> {
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let mut figures = fraction.bytes().chain(*b"000");
    digits.then(|| figures.by_ref().take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

/// `Z`, `+hh`, `+hhmm` or `+hh:mm`, or nothing.
fn offset(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = zone.split_at_checked(1)?;
    let (hours, minutes) = rest.split_at_checked(2)?;
    let minutes = minutes.strip_prefix(':').unwrap_or(minutes);
    let hours = number(hours, 2)?;
    let minutes = if minutes.is_empty() && rest.len() == 2 { 0 } else { number(minutes, 2)? };
    let size = (hours * 60 + minutes) * 60_000;
    match sign {
        _ if hours > 23 || minutes > 59 => None,
        "+" => Some(size),
        "-" => Some(-size),
        _ => None,
    }
}

/// Digits alone, at most so many.
fn number(text: &str, most: usize) -> Option<i64> {
    let plain = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar: a year begun in March has its leap day last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let since_march = (month + 9) % 12;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (since_march * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_many_forms() {
        for text in [
            "2030-01-01T00:00:00Z",
            "2030-01-01",
            "2030-01",
            "1893456000",
            "+1893456000",
            "2030-01-01T00:00:00",
            "2030-01-01T00:00Z",
            "2030-01-01T00:00:00.0001Z",
            "2030-01-01T02:00:00+02:00",
            "2029-12-31T22:30-01:30",
            "2030-01-01T02:00:00.000+0200",
            "2030-01-01t00:00:00z",
            "2030-1-1T0",
            "2030-01-01T",
            "2030-01T00:00",
            "2030-01-01T2:00+02",
        ] {
            assert_eq!(read(text), Some(1_893_456_000_000), "{text}");
        }
        assert_eq!(read("2030-01-01T00:00:00.1231Z"), read("2030-01-01T00:00:00.1239Z"));
        assert_eq!(read("2030-01-01T00:00:00.1Z"), Some(1_893_456_000_100));
        assert_eq!(read("1970-01-01"), Some(0));
        assert_eq!(read("1969-12-31T23:59:59.999Z"), Some(-1));
        assert_eq!(read("2000-02-29"), Some(951_782_400_000));
        assert_eq!(read("0000-03-01"), Some(-719_468 * 86_400_000));
        assert_eq!(read("-1"), Some(-1000));
        assert_eq!(read("01T"), Some((-719_162) * 86_400_000));
        assert_eq!(read("-0001-01-01"), Some(-719_893 * 86_400_000));
        assert!(read("292278995-01").is_none() && read("292278000-01").is_some());
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "not-a-date",
            "2030-13-01",
            "T",
            "-",
            "2030-",
            "2030-01-01T:00",
            "2030-001-01",
            "1234567890-01",
            "2030-01-01T00+",
            "2030-01-01T00+2:00",
            "2030-02-29",
            "2030-01-01T24:00:00Z",
            "2030-01-01T00:60:00Z",
            "2030-01-01T00:00:00.Z",
            "2030-01-01T00:00:00ZZ",
            "2030-01-01T00:00:00+2",
            "2030-01-01 00:00:00",
            "2030-01-01T00:00:00+24:00",
            "9223372036854775807",
            "99999999999999999999",
            "2030-01-01-01",
            "2030-01-01T00:00:00:00Z",
            "1.5",
            "２０３０-01-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
