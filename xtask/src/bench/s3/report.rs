//! The tables, in Markdown.

use std::fmt::Write as _;

use super::super::load::Turn;
use super::super::report::{median, middle, whole};
use super::calls::Contest;

/// What each call cost each server.
pub(super) fn calls(contests: &[Contest]) -> String {
    let mut table = String::from(
        "| call | server | CPU µs per call | of it user | calls/s on one core | p50 µs | p99 µs |\n|---|---|---|---|---|---|---|\n",
    );
    for contest in contests {
        let servers = [
            ("linklocal", &contest.ours),
            ("plain file server", &contest.files),
            ("moto (closes every connection)", &contest.moto),
        ];
        for (server, turns) in servers.into_iter().filter(|(_, turns)| !turns.is_empty()) {
            let turn = middle(turns);
            let _ = writeln!(
                table,
                "| {} | {server} | {:.1} | {:.0} % | {} | {:.0} | {:.0} |",
                contest.row.name,
                turn.cpu.as_secs_f64() * 1e6,
                turn.user_share * 100.0,
                whole(turn.per_second),
                turn.p50,
                turn.p99
            );
        }
    }
    table
}

/// CPU time of moto over ours, and of ours over the file server's.
pub(super) fn ratios(contests: &[Contest]) -> String {
    let mut table = String::from(
        "| call | moto ÷ linklocal: CPU time per call, median | from – to | goal | linklocal ÷ plain file server | from – to |\n\
         |---|---|---|---|---|---|\n",
    );
    for contest in contests {
        let ours = spread(&contest.ours, &contest.files);
        let (moto, verdict) = match (contest.moto.is_empty(), contest.row.goal) {
            (true, _) => ("– | –".to_owned(), "–".to_owned()),
            (false, goal) => {
                let (least, ratio, most) = spread(&contest.moto, &contest.ours);
                let verdict = goal.map_or_else(|| "–".to_owned(), |goal| judged(ratio, goal));
                (format!("{ratio:.1} | {least:.1} – {most:.1}"), verdict)
            }
        };
        let (least, ratio, most) = ours;
        let name = contest.row.name;
        let _ = writeln!(table, "| {name} | {moto} | {verdict} | {ratio:.2} | {least:.2} – {most:.2} |");
    }
    table
}

/// Least, middle and largest of the ratios, pair by pair.
fn spread(above: &[Turn], below: &[Turn]) -> (f64, f64, f64) {
    let cost = |turn: &Turn| turn.cpu.as_secs_f64();
    let mut ratios: Vec<f64> =
        above.iter().zip(below).map(|(above, below)| cost(above) / cost(below)).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    (ratios[0], median(&ratios), ratios[ratios.len() - 1])
}

fn judged(ratio: f64, goal: f64) -> String {
    format!("≥ {goal:.0} {}", if ratio >= goal { "met" } else { "**missed**" })
}

pub(super) fn memory(kib: u64) -> String {
    let mib = kib as f64 / 1024.0;
    format!("| memory | resident MiB |\n|---|---|\n| after all these calls | {mib:.1} |\n")
}
