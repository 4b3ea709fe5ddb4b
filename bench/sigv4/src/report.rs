//! The tables, in Markdown.

use std::fmt::Write as _;

use crate::contest::{Outcome, Row, Times};

/// What each row cost each candidate.
pub(crate) fn costs(outcomes: &[Outcome]) -> String {
    let mut table = String::from(
        "| operation | by | CPU ns, median | from – to | allocations |\n|---|---|---|---|---|\n",
    );
    for outcome in outcomes {
        for times in &outcome.candidates {
            let sorted = sorted(&times.nanoseconds);
            let (first, last) = (sorted[0], sorted[sorted.len() - 1]);
            let median = middle(&sorted);
            writeln!(
                table,
                "| {} | {} | {median:.0} | {first:.0} – {last:.0} | {} |",
                outcome.row.name(),
                times.name,
                times.allocations
            )
            .expect("a String takes everything");
        }
    }
    table
}

/// Ratios, taken round by round, against the goals.
pub(crate) fn goals(outcomes: &[Outcome]) -> String {
    let mut table =
        String::from("| operation | against | ratio, median | from – to | goal |\n|---|---|---|---|---|\n");
    for outcome in outcomes {
        let Some((peer, goal)) = goal(outcome.row) else { continue };
        let Some(theirs) = outcome.candidates.iter().find(|times| times.name == peer) else { continue };
        let ratios = ratios(&outcome.candidates[0], theirs);
        line(&mut table, outcome.row.name(), peer, &ratios, goal);
    }
    let find = |row| outcomes.iter().find(|outcome| outcome.row == row).expect("every row ran");
    let unknown = &find(Row::VerifyUnknownKey).candidates[0];
    let ratios = ratios(unknown, &find(Row::VerifyWrongSignature).candidates[0]);
    let (first, last) = (ratios[0], ratios[ratios.len() - 1]);
    let median = middle(&ratios);
    writeln!(
        table,
        "| unknown key | wrong signature, ours | {median:.3} | {first:.3} – {last:.3} | about 1 |"
    )
    .expect("a String takes everything");
    table
}

fn line(table: &mut String, row: &str, peer: &str, ratios: &[f64], goal: f64) {
    let (first, last) = (ratios[0], ratios[ratios.len() - 1]);
    let median = middle(ratios);
    let verdict = if median <= goal { "met" } else { "**missed**" };
    writeln!(table, "| {row} | {peer} | {median:.3} | {first:.3} – {last:.3} | ≤ {goal} {verdict} |")
        .expect("a String takes everything");
}

/// Who is to be beaten, and the ratio that was promised.
fn goal(row: Row) -> Option<(&'static str, f64)> {
    match row {
        Row::Get => Some(("aws-sigv4", 0.2)),
        Row::Presign => Some(("aws-sigv4", 0.25)),
        Row::Post => Some(("aws-sigv4", 0.33)),
        Row::VerifyHeader => Some(("s3s-sigv4, cached key", 1.0)),
        _ => None,
    }
}

fn ratios(ours: &Times, theirs: &Times) -> Vec<f64> {
    let each: Vec<f64> = ours.nanoseconds.iter().zip(&theirs.nanoseconds).map(|(a, b)| a / b).collect();
    sorted(&each)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

/// Of sorted values.
fn middle(values: &[f64]) -> f64 {
    values[values.len() / 2]
}
