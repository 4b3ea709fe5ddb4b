//! Requests and events side by side, in the order of time. Requests that came to the same one after another share a line.

use std::time::Duration;

use super::{Ending, Record, Trial};
use crate::StepKind;

/// The lines; of a long row those in the middle are left out.
pub(super) fn lines(trial: &Trial<'_>) -> Vec<String> {
    let mut lines: Vec<(Duration, usize, String)> = Vec::new();
    for step in trial.plan.steps.iter().filter(|step| step.at <= trial.lived) {
        let mark = if step.kind == StepKind::Ends { '<' } else { '>' };
        lines.push((step.at, 0, format!("{mark} {}", trial.plan.told(step))));
    }
    let runs = trial.records.chunk_by(|one, other| told(one) == told(other));
    for run in runs {
        let count = if run.len() > 1 { format!(" ({} times)", run.len()) } else { String::new() };
        lines.push((run[0].arrived, 1, format!("  {}{count}", told(&run[0]))));
    }
    lines.push((trial.lived, 2, format!("< the client ended: {}", trial.ended)));
    lines.sort_by_key(|(at, order, _)| (*at, *order));
    let all = lines.into_iter().map(|(at, _, line)| format!("{:>9.3}  {line}", at.as_secs_f64()));
    shortened(all.collect())
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

const MOST: usize = 200;
