//! Dates: which field, which clock, which time zone, which calendar.

use std::time::Duration;

use types::Timestamp;

use super::{Change, Hypotheses, Place, ScopePart};
use crate::explain::{Cause, clock};

pub(super) fn add(made: &mut Hypotheses<'_>) {
    fields(made);
    days(made);
    moments(made);
    algorithm(made);
}

/// The texts of the two fields that may hold the date.
fn fields(made: &mut Hypotheses<'_>) {
    let Some(request) = made.grounds.request else {
        return;
    };
    for name in ["date", "x-amz-date"] {
        let Some(text) = request.header(name).and_then(|value| std::str::from_utf8(value).ok()) else {
            continue;
        };
        let said = format!("took the text of the field {name} for the date of the string to sign");
        made.common(Cause::DateHeader, said, Change::Date(text.to_owned()));
        if let Some(time) = clock::read(text) {
            let basic = String::from_utf8_lossy(&time.basic()).into_owned();
            let said = format!("took the time of the field {name} for the date of the string to sign");
            made.common(Cause::DateHeader, said.clone(), Change::Date(basic.clone()));
            let day = basic.chars().take(8).collect::<String>();
            let changes = vec![Change::Date(basic), Change::Scope(ScopePart::Day, Place::Everywhere, day)];
            made.push(Cause::DateHeader, said, changes, false);
        }
    }
}

fn days(made: &mut Hypotheses<'_>) {
    let Some(time) = clock::read(made.view.date) else {
        return;
    };
    let day = Duration::from_secs(86_400);
    let text = |time: Timestamp| String::from_utf8_lossy(&time.basic()).chars().take(8).collect::<String>();
    let own = text(time);
    let (year, rest) = own.split_at(4);
    let year: i64 = year.parse().unwrap_or_default();
    let dashed = format!("{}-{}-{}", &own[..4], &own[4..6], &own[6..]);
    for (value, said) in [
        (own.clone(), "took the day of x-amz-date".to_owned()),
        (text(time + day), format!("took the next day, {} (local time east of UTC?)", text(time + day))),
        (
            text(time - day),
            format!(
                "took the day before, {} (a key kept since yesterday, local time west of UTC?)",
                text(time - day)
            ),
        ),
        (format!("{:04}{rest}", year + 1), "took the year of the week, not of the calendar".to_owned()),
        (format!("{:04}{rest}", year - 1), "took the year of the week, not of the calendar".to_owned()),
        (made.view.date.to_owned(), "took the whole date for the day of the scope".to_owned()),
        (dashed, "wrote the day of the scope with hyphens".to_owned()),
    ] {
        for (place, of) in PLACES {
            let said = format!("{said}{of}");
            let change = Change::Scope(ScopePart::Day, place, value.clone());
            made.push(Cause::ScopeDay, said, vec![change], place != Place::StringToSign);
        }
    }
}

pub(super) const PLACES: [(Place, &str); 3] = [
    (Place::Everywhere, ""),
    (Place::Key, " when deriving the key"),
    (Place::StringToSign, " in the string to sign, not for the key"),
];

/// Another moment in the string to sign than in the request: a clock that was read twice, or local time.
fn moments(made: &mut Hypotheses<'_>) {
    let Some(time) = clock::read(made.view.date) else {
        return;
    };
    let basic = |time: Timestamp| String::from_utf8_lossy(&time.basic()).into_owned();
    for seconds in 1..=5 {
        let span = Duration::from_secs(seconds);
        for (moment, word) in [(time + span, "later"), (time - span, "earlier")] {
            let said = format!("took a date {seconds} s {word} in the string to sign than in the request");
            made.rare(Cause::ClockReadTwice, said, Change::Date(basic(moment)));
        }
    }
    // Quarters of an hour from -12:00 to +14:00: all offsets in use.
    for quarters in 1..=56 {
        let span = Duration::from_secs(quarters * 900);
        let (hours, minutes) = (quarters / 4, quarters % 4 * 15);
        for (moment, sign) in [(time + span, '+'), (time - span, '-')] {
            let date = basic(moment);
            let day = date.chars().take(8).collect::<String>();
            let said = format!(
                "took local time (UTC{sign}{hours:02}:{minutes:02}) for the date of the string to sign"
            );
            made.rare(Cause::LocalTime, said.clone(), Change::Date(date.clone()));
            let changes = vec![Change::Date(date), Change::Scope(ScopePart::Day, Place::Everywhere, day)];
            made.push(Cause::LocalTime, said, changes, false);
        }
    }
}

fn algorithm(made: &mut Hypotheses<'_>) {
    for text in ["AWS4-HMAC-SHA256", "aws4-hmac-sha256", "AWS4-HMAC-SHA1", "AWS4", "HmacSHA256", ""] {
        let said = format!("wrote the algorithm as `{text}`");
        made.rare(Cause::SignatureForm, said, Change::Algorithm(text.to_owned()));
    }
}
