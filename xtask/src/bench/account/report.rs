//! The tables, in Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use super::super::load::Turn;
use super::super::report::{median, middle, whole};
use super::calls::Contest;

/// What each call cost each server.
pub(super) fn calls(contests: &[Contest]) -> String {
    let mut table = String::from(
        "| call | server | CPU µs per call | of it user | calls/s on one core | p50 µs | p99 µs |\n|---|---|---|---|---|---|---|\n",
    );
    for contest in contests {
        let servers = [("linklocal", &contest.ours), ("moto (closes every connection)", &contest.moto)];
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

/// moto's CPU time over ours.
pub(super) fn ratios(contests: &[Contest]) -> String {
    let mut table = String::from(
        "| call | moto ÷ linklocal: CPU time per call, median | from – to | goal |\n|---|---|---|---|\n",
    );
    for contest in contests.iter().filter(|contest| !contest.moto.is_empty()) {
        let cost = |turn: &Turn| turn.cpu.as_secs_f64();
        let mut ratios: Vec<f64> =
            contest.moto.iter().zip(&contest.ours).map(|(moto, ours)| cost(moto) / cost(ours)).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        let ratio = median(&ratios);
        let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
        let verdict = met(ratio >= TIMES);
        let name = contest.row.name;
        let _ = writeln!(table, "| {name} | {ratio:.0} | {least:.0} – {most:.0} | ≥ {TIMES:.0} {verdict} |");
    }
    table
}

pub(super) fn memory(kib: u64) -> String {
    let mib = kib as f64 / 1024.0;
    let verdict = met(mib < MIB);
    format!(
        "| memory | resident MiB | goal |\n|---|---|---|\n| after all these calls | {mib:.1} | < {MIB:.0} {verdict} |\n"
    )
}

/// Times from exec to the first answer, in the order of measurement.
pub(super) fn start(first: &mut [Duration], again: &mut [Duration]) -> String {
    let mut table = String::from(
        "| from exec to the first answer to a signed call | median ms | from – to | goal |\n|---|---|---|---|\n",
    );
    for (name, times) in [("new data directory, keys handed over", first), ("restart", again)] {
        times.sort_unstable();
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let middle = times[times.len() / 2];
        let (least, most) = (ms(times[0]), ms(times[times.len() - 1]));
        let verdict = met(middle < START);
        let _ = writeln!(
            table,
            "| {name} | {:.1} | {least:.1} – {most:.1} | < {:.0} {verdict} |",
            ms(middle),
            ms(START)
        );
    }
    table
}

const fn met(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**missed**" }
}

const TIMES: f64 = 20.0;
const MIB: f64 = 20.0;
const START: Duration = Duration::from_millis(30);
