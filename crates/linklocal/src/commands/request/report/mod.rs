//! A time line of attempts and waits: for a terminal, and as a picture.
//!
//! Rule: drawn from numbers alone; the same attempts give the same bytes.

mod history;
mod svg;
mod text;

use std::path::Path;
use std::time::Duration;

pub(super) use self::history::{row_of_request, rows_of_attempts};
use crate::failure::Failure;

/// Rows under one scale of time, which begins at 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimeLine {
    /// What was asked, and how attempts follow each other.
    pub(super) title: String,
    pub(super) rows: Vec<Row>,
    /// Rows that are not shown, because there are too many.
    pub(super) left_out: usize,
}

/// An attempt, or a request with its attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) label: String,
    /// What came of it in the end.
    pub(super) note: String,
    pub(super) spans: Vec<Span>,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) kind: Kind,
    pub(super) from: Duration,
    pub(super) until: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An attempt that was answered for good.
    Answered,
    /// An attempt that did not help.
    Failed,
    /// Nothing is done until the next attempt.
    Wait,
}

impl TimeLine {
    /// The most rows of a picture.
    pub(super) const MAX_ROWS: usize = 200;

    pub(super) fn text(&self) -> String {
        text::draw(self)
    }

    pub(super) fn svg(&self) -> String {
        svg::draw(self)
    }

    /// Writes it to a file in the form that the name says.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let drawn = match path.extension().and_then(|end| end.to_str()) {
            Some("svg") => self.svg(),
            _ => self.text(),
        };
        sys::fs::replace(path, drawn.as_bytes(), 0o644)
            .map_err(|error| Failure::of(&error).named("--retry-report"))
    }

    /// Where the last span ends.
    fn end(&self) -> Duration {
        let ends = self.rows.iter().flat_map(|row| &row.spans).map(|span| span.until);
        ends.max().unwrap_or_default()
    }
}

/// A span of time as people say it: `0.4 ms`, `12 ms`, `1.25 s`, `2 min 5 s`.
pub(super) fn said(span: Duration) -> String {
    let micros = span.as_micros();
    match micros {
        0 => "0 s".to_owned(),
        1..9_950 => format!("{:.1} ms", micros as f64 / 1e3),
        9_950..999_500 => format!("{:.0} ms", micros as f64 / 1e3),
        999_500..59_995_000 => {
            let text = format!("{:.2}", micros as f64 / 1e6);
            format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => {
            let secs = (micros + 500_000) / 1_000_000;
            match secs % 60 {
                0 => format!("{} min", secs / 60),
                rest => format!("{} min {rest} s", secs / 60),
            }
        }
    }
}

#[cfg(test)]
mod tests;
