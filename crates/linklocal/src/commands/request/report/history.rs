//! From what became of attempts to rows of a time line.

use std::time::Duration;

use client::retry::{Attempt, History, Outcome};

use super::{Kind, Row, Span};

/// A row for each attempt, with the wait behind it.
pub(in crate::commands::request) fn rows_of_attempts(history: &History) -> Vec<Row> {
    let row = |attempt: &Attempt| Row {
        label: format!("attempt {}", attempt.number),
        note: note(attempt),
        spans: spans(attempt, Duration::ZERO),
    };
    history.attempts.iter().map(row).collect()
}

/// One row for all attempts of a request that began at `begun`.
pub(in crate::commands::request) fn row_of_request(label: String, history: &History, begun: Duration) -> Row {
    let spans = history.attempts.iter().flat_map(|attempt| spans(attempt, begun)).collect();
    let note = match history.attempts.as_slice() {
        [] => String::new(),
        [one] => one.outcome.to_string(),
        [.., last] => format!("{} after {} attempts", last.outcome, history.attempts.len()),
    };
    Row { label, note, spans }
}

fn spans(attempt: &Attempt, begun: Duration) -> Vec<Span> {
    let sent = begun + attempt.at;
    let answered = sent + attempt.took;
    let good = matches!(attempt.outcome, Outcome::Answer { status: ..400, .. });
    let kind = if good { Kind::Answered } else { Kind::Failed };
    let mut spans = Vec::new();
    if !attempt.held.is_zero() {
        spans.push(Span { kind: Kind::Wait, from: sent.saturating_sub(attempt.held), until: sent });
    }
    spans.push(Span { kind, from: sent, until: answered });
    if let Some(wait) = attempt.wait.filter(|wait| !wait.is_zero()) {
        spans.push(Span { kind: Kind::Wait, from: answered, until: answered + wait });
    }
    spans
}

fn note(attempt: &Attempt) -> String {
    match (&attempt.correction, attempt.asked_for) {
        (Some(correction), _) => format!("{}; {correction}", attempt.outcome),
        (None, Some(_)) if attempt.wait.is_some() => format!("{}; it asked for the wait", attempt.outcome),
        _ => attempt.outcome.to_string(),
    }
}
