//! The tables, in Markdown.

use std::fmt::Write as _;

use super::contest::Contest;
use super::load::{self, Turn};

/// What each kind of request cost each server.
pub(super) fn requests(contests: &[Contest]) -> String {
    let mut table = String::from(
        "| request | server | CPU µs | of it user | user instr. | kernel instr. | requests/s | p50 µs | p99 µs |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for contest in contests {
        let user = contest.user_instructions;
        let rows = [
            ("bare hyper", Some(middle(&contest.bare)), user.map(|(bare, _)| bare)),
            ("linklocal", Some(middle(&contest.ours)), user.map(|(_, ours)| ours)),
            ("moto (closes every connection)", contest.moto, None),
        ];
        for (server, turn, callgrind) in rows {
            let Some(turn) = turn else { continue };
            writeln!(table, "| {} | {server} | {}", contest.row.name, cells(&turn, callgrind))
                .expect("a String takes everything");
        }
    }
    table
}

fn cells(turn: &Turn, callgrind: Option<f64>) -> String {
    let (user, kernel) = match (turn.instructions, callgrind) {
        (Some((user, kernel)), _) => (whole(user), whole(kernel)),
        (None, Some(user)) => (format!("{} (callgrind)", whole(user)), "–".to_owned()),
        (None, None) => ("–".to_owned(), "–".to_owned()),
    };
    format!(
        "{:.2} | {:.0} % | {user} | {kernel} | {} | {:.0} | {:.0} |",
        turn.cpu.as_secs_f64() * 1e6,
        turn.user_share * 100.0,
        whole(turn.per_second),
        turn.p50,
        turn.p99
    )
}

/// Ratios to the bare server, against the goals.
pub(super) fn goals(contests: &[Contest]) -> String {
    let judged = if load::counts_instructions() { "instructions, user + kernel" } else { "CPU time" };
    let mut table = format!(
        "| request | linklocal ÷ bare hyper: {judged} | from – to | user instr. (callgrind) | goal |\n\
         |---|---|---|---|---|\n"
    );
    for contest in contests {
        let mut ratios: Vec<f64> =
            contest.ours.iter().zip(&contest.bare).map(|(ours, bare)| ours.cost() / bare.cost()).collect();
        ratios.sort_by(f64::total_cmp);
        let ratio = median(&ratios);
        let user = contest
            .user_instructions
            .map_or_else(|| "–".to_owned(), |(bare, ours)| format!("{:.2}", ours / bare));
        let verdict = if ratio <= contest.row.goal { "met" } else { "**missed**" };
        writeln!(
            table,
            "| {} | {ratio:.3} | {:.3} – {:.3} | {user} | ≤ {:.2} {verdict} |",
            contest.row.name,
            ratios[0],
            ratios[ratios.len() - 1],
            contest.row.goal
        )
        .expect("a String takes everything");
    }
    if contests.iter().any(|contest| contest.user_instructions.is_some()) {
        table.push_str(CALLGRIND_NOTE);
    }
    table
}

/// The turn in the middle, by each figure for itself.
pub(super) fn middle(turns: &[Turn]) -> Turn {
    let pick = |figure: fn(&Turn) -> f64| {
        let mut values: Vec<f64> = turns.iter().map(figure).collect();
        values.sort_by(f64::total_cmp);
        median(&values)
    };
    let counted = turns.iter().all(|turn| turn.instructions.is_some());
    let instructions = counted.then(|| {
        let user = pick(|turn| turn.instructions.unwrap_or_default().0);
        (user, pick(|turn| turn.instructions.unwrap_or_default().1))
    });
    Turn {
        cpu: std::time::Duration::from_secs_f64(pick(|turn| turn.cpu.as_secs_f64())),
        user_share: pick(|turn| turn.user_share),
        instructions,
        per_second: pick(|turn| turn.per_second),
        p50: pick(|turn| turn.p50),
        p99: pick(|turn| turn.p99),
    }
}

/// Of sorted values.
pub(super) fn median(values: &[f64]) -> f64 {
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { f64::midpoint(values[half - 1], values[half]) }
}

/// With a comma every three digits.
pub(super) fn whole(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

const CALLGRIND_NOTE: &str = "\nCallgrind's processor has no SHA instructions: where a token is checked or issued it \
     counts some 9,000 instructions of software hashing, which the machine does in a few hundred.\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_numbers_as_people_read_them() {
        for (value, text) in [(7.4, "7"), (999.0, "999"), (1000.0, "1,000"), (1_234_567.0, "1,234,567")] {
            assert_eq!(whole(value), text);
        }
    }

    #[test]
    fn takes_the_middle() {
        assert_eq!(median(&[1.0]), 1.0);
        assert_eq!(median(&[1.0, 3.0]), 2.0);
        assert_eq!(median(&[1.0, 2.0, 9.0]), 2.0);
    }
}
