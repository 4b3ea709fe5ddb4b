//! What a decision costs for a user with ten policies.
//!
//! `bench-policy [--rounds N] [--milliseconds N]` prints Markdown: CPU time of this thread per decision, decisions a second on one core,
//! allocations per decision, and the goal. `bench-policy --once ROW COUNT` makes one kind of decision so many times, for counting
//! instructions.

mod allocations;
mod case;
mod user;

use std::fmt::Write as _;
use std::time::Duration;

use case::Row;
use rustix::time::{ClockId, clock_gettime};
use user::User;

/// Decisions a second on one core.
const GOAL: f64 = 200_000.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let user = User::new();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--once", row, count] => repeat(&user, row, count),
        _ => print!("{}", contest(&user, &arguments)),
    }
}

fn repeat(user: &User, row: &str, count: &str) {
    let row = Row::ALL.into_iter().find(|known| known.name() == row).expect("a row as printed");
    let job = row.job(user);
    for _ in 0..count.parse().expect("a count") {
        std::hint::black_box(job());
    }
}

fn contest(user: &User, arguments: &[String]) -> String {
    let number = |flag: &str, otherwise: u64| {
        let at = arguments.iter().position(|argument| argument == flag);
        at.map_or(otherwise, |at| arguments[at + 1].parse().expect("a number behind the flag"))
    };
    let (rounds, turn) = (number("--rounds", 7), Duration::from_millis(number("--milliseconds", 200)));
    let mut times = vec![Vec::new(); Row::ALL.len()];
    for _ in 0..rounds {
        for (row, times) in Row::ALL.into_iter().zip(&mut times) {
            times.push(nanoseconds(&row.job(user), turn));
        }
    }
    let mut text = format!(
        "{} policies, {} statements, {} bytes\n\n| decision | CPU each | a second on one core | allocations |\n|---|---|---|---|\n",
        user.policies.len(),
        user.statements(),
        user.bytes(),
    );
    let mut slowest: f64 = 0.0;
    for (row, times) in Row::ALL.into_iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let median = times[times.len() / 2];
        let job = row.job(user);
        let allocations = allocations::of(&mut || {
            std::hint::black_box(job());
        });
        let rate = 1e9 / median;
        writeln!(text, "| {} | {median:.0} ns | {rate:.0} | {allocations} |", row.name())
            .expect("a String takes all");
        if row.is_decision() {
            slowest = slowest.max(median);
        }
    }
    let rate = 1e9 / slowest;
    let met = if rate >= GOAL { "met" } else { "missed" };
    writeln!(text, "\nGoal: {GOAL} decisions a second on one core, the slowest kind: {rate:.0}, {met}.")
        .expect("a String takes all");
    text
}

/// CPU time of this thread for one run of `job`.
fn nanoseconds(job: &dyn Fn() -> bool, turn: Duration) -> f64 {
    let (start, mut count) = (cpu(), 0u32);
    loop {
        for _ in 0..64 {
            std::hint::black_box(job());
        }
        count += 64;
        let spent = cpu() - start;
        if spent >= turn {
            return spent.as_nanos() as f64 / f64::from(count);
        }
    }
}

fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.try_into().expect("not negative"), now.tv_nsec.try_into().expect("not negative"))
}
