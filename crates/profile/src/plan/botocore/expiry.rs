//! Times as Python's dateutil reads them.
//!
//! Rule: the forms that programs write are read; of the rest dateutil's guesses are not repeated. A time without a zone
//! is read there, too, and then cannot be compared with the clock, which is an error.

use types::Timestamp;

/// What a text says about a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expiry {
    At(Timestamp),
    WithoutZone,
    Unreadable,
}

impl Expiry {
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        if let Some(time) = written(text) {
            return Self::At(time);
        }
        match written(&format!("{text}Z")).or_else(|| written(&format!("{text}T00:00:00Z"))) {
            Some(_) => Self::WithoutZone,
            None => Self::Unreadable,
        }
    }
}

/// A time with its zone, in one of the forms that programs write.
fn written(text: &str) -> Option<Timestamp> {
    let exact = |text: &str| text.parse::<Timestamp>().ok();
    exact(text).or_else(|| exact(&normal(text)?)).or_else(|| internet(text))
}

/// The same in RFC 3339's form: `UTC` for `Z`, an offset without colon or minutes, digits without signs between them,
/// no seconds.
fn normal(text: &str) -> Option<String> {
    let (rest, zone) = zone(text)?;
    let (date, time) = match rest.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date.to_owned(), time.to_owned()),
        None => return None,
    };
    let date = match date.len() {
        8 if is_digits(&date) => format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]),
        _ => date,
    };
    let time = match time.len() {
        6 if is_digits(&time) => format!("{}:{}:{}", &time[..2], &time[2..4], &time[4..]),
        4 if is_digits(&time) => format!("{}:{}:00", &time[..2], &time[2..]),
        5 => format!("{time}:00"),
        _ => time,
    };
    Some(format!("{date}T{time}{zone}"))
}

fn zone(text: &str) -> Option<(&str, String)> {
    for name in ["UTC", "GMT", "Z", "z"] {
        if let Some(rest) = text.strip_suffix(name) {
            return Some((rest.trim_end(), "Z".to_owned()));
        }
    }
    // A sign in front of the tenth byte belongs to the date.
    let (at, _) = text.char_indices().rev().find(|(at, c)| *at >= 8 && matches!(c, '+' | '-'))?;
    let (rest, offset) = text.split_at(at);
    let digits = offset[1..].replace(':', "");
    let offset = match digits.len() {
        2 if is_digits(&digits) => format!("{}{digits}:00", &offset[..1]),
        4 if is_digits(&digits) => format!("{}{}:{}", &offset[..1], &digits[..2], &digits[2..]),
        _ => return None,
    };
    Some((rest.trim_end(), offset))
}

/// `Sun, 22 Nov 2026 10:00:00 GMT`.
fn internet(text: &str) -> Option<Timestamp> {
    let rest = text.split_once(',').map_or(text, |(_, rest)| rest);
    let words: Vec<&str> = rest.split_whitespace().collect();
    let [day, month, year, time, zone] = words.as_slice() else {
        return None;
    };
    let month = 1 + MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))?;
    let zone = if matches!(*zone, "GMT" | "UTC") { "Z" } else { zone };
    let text = format!("{year}-{month:02}-{day:0>2}T{time}{zone}");
    text.parse().ok().or_else(|| normal(&text)?.parse().ok())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

const MONTHS: &[&str] = &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_programs_write_are_read() {
        let ten = Expiry::At("2037-01-02T10:00:00Z".parse().unwrap());
        for text in [
            "2037-01-02T10:00:00Z",
            "2037-01-02T10:00:00UTC",
            "2037-01-02 10:00:00 UTC",
            "2037-01-02T12:00:00+02:00",
            "2037-01-02T12:00:00+0200",
            "2037-01-02T08:00:00-02",
            "20370102T100000Z",
            "2037-01-02T10:00Z",
            "Fri, 02 Jan 2037 10:00:00 GMT",
            " 2037-01-02T10:00:00Z ",
        ] {
            assert_eq!(Expiry::read(text), ten, "{text}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_none_to_compare_with() {
        for text in ["2037-01-02T10:00:00", "2037-01-02 10:00", "2037-01-02"] {
            assert_eq!(Expiry::read(text), Expiry::WithoutZone, "{text}");
        }
        for text in ["soon", "", "2037-13-02T10:00:00Z", "ä"] {
            assert_eq!(Expiry::read(text), Expiry::Unreadable, "{text}");
        }
    }
}
