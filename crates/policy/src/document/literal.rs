//! Values that IAM reads when a policy is stored: dates, numbers and addresses under their operators.
//!
//! Rule: what IAM cannot read "failed legacy parsing". A date is ISO 8601 with anything left out from the end, or seconds since
//! 1970; years are those of 64 bits of milliseconds.

use std::net::IpAddr;

use super::{Condition, operator};

/// Whether every value can be read by the condition's operator.
pub(super) fn is_legible(condition: &Condition) -> bool {
    let name = operator::bare(&condition.operator);
    let is_one = if name.starts_with("Date") {
        is_date
    } else if name.starts_with("Numeric") {
        is_number
    } else if name.starts_with("IpAddress") || name.starts_with("NotIpAddress") {
        is_network
    } else {
        return true;
    };
    condition.values.iter().all(|value| is_one(value))
}

fn is_date(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    if !value.contains(['t', '-']) {
        return value.parse().is_ok_and(|seconds: i64| seconds >= 0);
    }
    let (date, time) = value.split_once('t').unwrap_or((&value, ""));
    is_day(date) && (time.is_empty() || is_time(time))
}

fn is_day(date: &str) -> bool {
    let (sign, date) = match date.strip_prefix('-') {
        Some(date) => (-1, date),
        None => (1, date),
    };
    let mut parts = date.split('-');
    let year = parts.next().and_then(number).map(|year| sign * year);
    let month = parts.next().map_or(Some(1), number);
    let day = parts.next().map_or(Some(1), number);
    parts.next().is_none()
        && year.is_some_and(|year| (-292_275_054..=292_278_993).contains(&year))
        && month.is_some_and(|month| (1..=12).contains(&month))
        && day.is_some_and(|day| (1..=31).contains(&day))
}

fn is_time(time: &str) -> bool {
    let (time, zone) = match time.find(['z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, ""),
    };
    let mut parts = time.splitn(3, ':');
    let (hours, minutes) = (parts.next().and_then(number), parts.next().map_or(Some(0), number));
    let (seconds, fraction) = match parts.next() {
        Some(seconds) => seconds.split_once('.').unwrap_or((seconds, "0")),
        None => ("0", "0"),
    };
    hours.is_some_and(|hours| hours <= 23)
        && minutes.is_some_and(|minutes| minutes <= 59)
        && number(seconds).is_some_and(|seconds| seconds <= 59)
        && (1..=9).contains(&fraction.len())
        && number(fraction).is_some()
        && is_zone(zone)
}

fn is_zone(zone: &str) -> bool {
    let Some(offset) = zone.strip_prefix(['+', '-']) else { return matches!(zone, "" | "z") };
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "00"));
    let within = |text: &str, most| text.len() == 2 && number(text).is_some_and(|number| number <= most);
    within(hours, 23) && within(minutes, 59)
}

/// Digits alone, few enough for a year.
fn number(text: &str) -> Option<i64> {
    let plain = (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn is_number(value: &str) -> bool {
    value.parse().is_ok_and(f64::is_finite)
}

fn is_network(value: &str) -> bool {
    let (address, length) =
        value.split_once('/').map_or((value, None), |(address, length)| (address, Some(length)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| number(length).is_some_and(|length| length <= most))
}
