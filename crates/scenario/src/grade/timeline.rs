//! Requests and events side by side, in the order of time. What repeats itself is told once, with how often.

use std::time::Duration;

use super::{Ending, Record, Trial};
use crate::StepKind;

/// The lines; of a long row those in the middle are left out.
pub(super) fn lines(trial: &Trial<'_>) -> Vec<String> {
    let mut entries: Vec<(Duration, u8, String)> = Vec::new();
    for step in trial.plan.steps.iter().filter(|step| step.at <= trial.lived) {
        let mark = if step.kind == StepKind::Ends { '<' } else { '>' };
        entries.push((step.at, 0, format!("{mark} {}", trial.plan.told(step))));
    }
    entries.extend(trial.records.iter().map(|record| (record.arrived, 1, format!("  {}", told(record)))));
    entries.push((trial.lived, 2, format!("< the client ended: {}", trial.ended)));
    entries.sort_by_key(|(at, order, _)| (*at, *order));
    let entries: Vec<Entry> = entries.into_iter().map(|(at, _, text)| Entry { at, text }).collect();
    shortened(folded(&entries))
}

struct Entry {
    at: Duration,
    text: String,
}

/// Rounds of the same few entries become one round and a count.
fn folded(entries: &[Entry]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut at = 0;
    while at < entries.len() {
        let (period, rounds) = repetition(&entries[at..]);
        let end = at + period * rounds;
        lines.extend(entries[at..at + period].iter().map(|entry| line(entry.at, &entry.text)));
        if rounds > 1 {
            let last = &entries[end - period];
            let more = match (period, rounds - 1) {
                (1, 1) => "  … the same once more".to_owned(),
                (1, more) => format!("  … the same {more} times more"),
                (lines, more) => format!("  … these {lines} lines {more} times more"),
            };
            lines.push(line(last.at, &more));
        }
        at = end;
    }
    lines
}

/// How many entries from the first on repeat themselves at once, and how often they are there: the repetition that covers
/// most. Two rounds of several lines are not worth a word.
fn repetition(entries: &[Entry]) -> (usize, usize) {
    let periods = 1..=LONGEST_ROUND.min(entries.len());
    let counted = periods.map(|period| {
        let first = &entries[..period];
        let same = |round: &&[Entry]| round.iter().zip(first).all(|(one, other)| one.text == other.text);
        (period, entries.chunks_exact(period).take_while(same).count())
    });
    let worth = counted.filter(|(period, rounds)| *rounds > 2 || *rounds == 2 && *period == 1);
    worth.max_by_key(|(period, rounds)| (period * rounds, usize::MAX - period)).unwrap_or((1, 1))
}

fn line(at: Duration, text: &str) -> String {
    format!("{:>9.3}  {text}", at.as_secs_f64())
}

fn told(record: &Record) -> String {
    let by = match (record.by_token, record.method) {
        (true, "PUT") => "",
        (true, _) => " v2",
        (false, _) => " v1",
    };
    let ending = match record.ending {
        Ending::Answered(status) => status.to_string(),
        Ending::Reset => "reset".to_owned(),
        Ending::Unanswered => "no answer".to_owned(),
    };
    let mut notes = Vec::new();
    if record.token_lost {
        notes.push("token lost".to_owned());
    }
    if record.packets_dropped > 0 {
        notes.push("packets dropped".to_owned());
    }
    if let Some(grant) = &record.grant {
        notes.push(format!("{} until {:.1}", grant.access_key_id, grant.ends_millis as f64 / 1000.0));
    }
    let notes = if notes.is_empty() { String::new() } else { format!("  [{}]", notes.join(", ")) };
    format!("{}{by} {}  {ending}{notes}", record.method, record.path)
}

fn shortened(mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > MOST {
        let left_out = lines.len() - MOST;
        lines.splice(MOST / 2..MOST / 2 + left_out, [format!("           … {left_out} lines left out")]);
    }
    lines
}

/// Requests in one round of an SDK's: token, role, credentials, and another three of a second provider.
const LONGEST_ROUND: usize = 6;
const MOST: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_told_once() {
        let entries = |text: &str| -> Vec<Entry> {
            let each = text.chars().zip(0..);
            each.map(|(c, at)| Entry { at: Duration::from_secs(at), text: c.to_string() }).collect()
        };
        for (text, expected) in [
            ("ab", "a|b"),
            ("aa", "a|  … the same once more"),
            ("aaab", "a|  … the same 2 times more|b"),
            ("abab", "a|b|a|b"),
            ("abcabcabcd", "a|b|c|  … these 3 lines 2 times more|d"),
            ("aabaabaab", "a|a|b|  … these 3 lines 2 times more"),
            ("", ""),
        ] {
            let lines = folded(&entries(text));
            let lines: Vec<&str> = lines.iter().map(|line| &line[11..]).collect();
            assert_eq!(lines.join("|"), expected, "{text}");
        }
    }
}
