//! `cargo xtask bench request`: what a request costs as a whole process, beside curl; and how many signed ones go over one
//! connection in a second, beside awscurl.
//!
//! Method: the programs take turns (A B A B …), each many times per turn; what counts is CPU time, which the kernel sums up for
//! ended children; ratios are taken turn by turn, their median counts. The server is the bare one, on the other core.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::machine::{self, Core};
use super::server::{self, Server};
use super::{Programs, moto};
use crate::chore::ChoreError;
use crate::{output, process};

/// One way to ask.
struct Row {
    name: &'static str,
    command: Command,
    /// What its turns took, per process.
    taken: Vec<Duration>,
}

/// One program's CPU time against another's.
struct Ratio {
    ours: usize,
    theirs: usize,
    goal: Option<f64>,
}

pub(super) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    let (mut rounds, mut processes) = (ROUNDS, PROCESSES);
    for word in arguments {
        match word.as_str() {
            "--quick" => (rounds, processes) = (3, 30),
            _ => return Err(ChoreError::usage(format!("bench request does not know {word:?}"))),
        }
    }
    let programs = Programs::build()?;
    let home = server::home()?;
    let done = measure(&programs, &home, rounds, processes);
    fs::remove_dir_all(&home).map_err(ChoreError::io(format!("removing {}", home.display())))?;
    output::say(&machine::describe());
    output::say(&done?);
    Ok(())
}

fn measure(programs: &Programs, home: &Path, rounds: usize, processes: usize) -> Result<String, ChoreError> {
    let server = Server::bare_hyper(programs, "get")?;
    let url = format!("http://{}/latest/meta-data/instance-id", server.address);
    let mut rows = rows(&programs.linklocal, &url, home)?;
    take_turns(&mut rows, rounds, processes)?;
    let text = format!("{}\n{}\n{}", table(&rows), ratios(&rows), rates(&programs.linklocal, &url, home)?);
    server.stop()?;
    Ok(text)
}

/// Ours twice and curl's twice, in the order that `RATIOS` counts on.
fn rows(program: &Path, url: &str, home: &Path) -> Result<Vec<Row>, ChoreError> {
    if !process::works(&mut process::program("curl", &["--version"])) {
        return Err(ChoreError::failed("there is no curl to compare with: install it"));
    }
    let scope = format!("aws:amz:{REGION}:{SERVICE}");
    let row = |name, program: &Path, words: &[&str]| {
        let mut command = asking(program, home);
        command.args(words).arg(url);
        Row { name, command, taken: Vec::new() }
    };
    let ours = |name, words: &[&str]| row(name, program, &[&["request"], words].concat());
    let curl = |name, words: &[&str]| row(name, Path::new("curl"), &[&["--silent"], words].concat());
    let user = format!("{KEY}:{SECRET}");
    Ok(vec![
        ours("`linklocal request`, signed", &["--service", SERVICE, "--region", REGION]),
        curl("`curl --aws-sigv4`", &["--aws-sigv4", &scope, "--user", &user]),
        ours("`linklocal request --unsigned`", &["--unsigned"]),
        curl("`curl`", &[]),
    ])
}

fn take_turns(rows: &mut [Row], rounds: usize, processes: usize) -> Result<(), ChoreError> {
    for round in 0..=rounds {
        for row in &mut *rows {
            let before = children()?;
            for _ in 0..processes {
                start(row.name, &mut row.command)?;
            }
            let share = u32::try_from(processes).unwrap_or(u32::MAX);
            // The first round fills caches.
            if round > 0 {
                row.taken.push(children()?.saturating_sub(before) / share);
            }
        }
    }
    Ok(())
}

/// The median of each row.
fn table(rows: &[Row]) -> String {
    let mut table = String::from("| whole process | CPU ms, median | from – to |\n|---|---|---|\n");
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    for row in rows {
        let mut taken = row.taken.clone();
        taken.sort_unstable();
        let (first, last) = (taken[0], taken[taken.len() - 1]);
        let median = ms(taken[taken.len() / 2]);
        let _ = writeln!(table, "| {} | {median:.2} | {:.2} – {:.2} |", row.name, ms(first), ms(last));
    }
    table
}

fn ratios(rows: &[Row]) -> String {
    let mut table = String::from("| whole process | against | ratio, median | goal |\n|---|---|---|---|\n");
    for Ratio { ours, theirs, goal } in RATIOS {
        let turns = rows[ours].taken.iter().zip(&rows[theirs].taken);
        let mut ratios: Vec<f64> =
            turns.map(|(one, other)| one.as_secs_f64() / other.as_secs_f64()).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        let median = ratios[ratios.len() / 2];
        let goal = goal.map_or_else(|| "–".to_owned(), |goal| format!("≤ {goal} {}", met(median <= goal)));
        let (ours, theirs) = (rows[ours].name, rows[theirs].name);
        let _ = writeln!(table, "| {ours} | {theirs} | {median:.2} | {goal} |");
    }
    table
}

/// Signed requests in a second: ours over one connection, awscurl's as its users have them, one process each.
fn rates(program: &Path, url: &str, home: &Path) -> Result<String, ChoreError> {
    let mut ours = asking(program, home);
    ours.args(["request", "--service", SERVICE, "--region", REGION]);
    ours.args(["--count", &COUNT.to_string(), url]);
    let ours = rate("linklocal", &mut ours, 1)? * f64::from(COUNT);
    let mut table = String::from("| signed requests | per second | goal |\n|---|---|---|\n");
    let Some(awscurl) = awscurl() else {
        let _ = writeln!(table, "| `linklocal request --count {COUNT}` | {ours:.0} | – (no awscurl here) |");
        return Ok(table);
    };
    let mut theirs = asking(&awscurl, home);
    theirs.args(["--service", SERVICE, "--region", REGION, url]);
    let theirs = rate("awscurl", &mut theirs, AWSCURLS)?;
    let times = ours / theirs;
    let goal = format!("≥ {TIMES} times awscurl's: {times:.0}, {}", met(times >= TIMES));
    let _ = writeln!(table, "| `linklocal request --count {COUNT}` | {ours:.0} | {goal} |");
    let _ = writeln!(table, "| awscurl | {theirs:.2} | – |");
    Ok(table)
}

/// Processes in a second, by the wall, after one that fills caches.
fn rate(name: &str, command: &mut Command, processes: u32) -> Result<f64, ChoreError> {
    start(name, command)?;
    let started = Instant::now();
    for _ in 0..processes {
        start(name, command)?;
    }
    Ok(f64::from(processes) / started.elapsed().as_secs_f64())
}

fn start(name: &str, command: &mut Command) -> Result<(), ChoreError> {
    let status = command.status().map_err(ChoreError::io(format!("starting {name}")))?;
    if status.success() { Ok(()) } else { Err(ChoreError::failed(format!("{name} left with {status}"))) }
}

/// A program on the load's core that finds keys in its environment and no other settings.
fn asking(program: &Path, home: &Path) -> Command {
    let mut command = machine::pinned(Core::Load, program);
    command.env_clear().env("HOME", home).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", SECRET);
    command.current_dir(home).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The CPU time of all children that have ended and were waited for.
fn children() -> Result<Duration, ChoreError> {
    let file = "/proc/self/stat";
    let text = fs::read_to_string(file).map_err(ChoreError::io(format!("reading {file}")))?;
    // After the name, which may hold anything, come fields 3 and up; 16 and 17 are cutime and cstime.
    let rest = text.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks = rest.split_whitespace().skip(13).take(2).map(|field| field.parse().unwrap_or(0));
    Ok(Duration::from_millis(10) * ticks.sum::<u32>())
}

/// awscurl in the benches' own directory; nothing where it cannot be had.
fn awscurl() -> Option<PathBuf> {
    let home = moto::environment("awscurl", "awscurl", AWSCURL);
    Some(home.map_err(|error| output::talk(&error.to_string())).ok()?.join("bin/awscurl"))
}

const fn met(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**missed**" }
}

const RATIOS: [Ratio; 2] =
    [Ratio { ours: 0, theirs: 1, goal: Some(1.2) }, Ratio { ours: 2, theirs: 3, goal: Some(1.2) }];
const ROUNDS: usize = 9;
/// Of each program, in each turn: ended children are counted in hundredths of a second.
const PROCESSES: usize = 100;
const COUNT: u32 = 1000;
const AWSCURLS: u32 = 10;
const TIMES: f64 = 20.0;
const AWSCURL: &str = "awscurl==0.44";
const SERVICE: &str = "execute-api";
const REGION: &str = "us-east-1";
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
