//! `cargo xtask bench run`: what it costs a program to be started by `linklocal run`, and to connect under it.
//!
//! Method: with and without take turns (A B A B …) and the medians are compared, so that a busy neighbour hits both. Times
//! are of the wall: start-up and connections are waited for.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::server::{self, Server};
use super::{Plan, Programs};
use crate::chore::ChoreError;
use crate::{output, process};

/// Two Markdown tables.
pub(super) fn run(plan: &Plan, programs: &Programs) -> Result<String, ChoreError> {
    output::talk("measuring: run");
    let home = server::home()?;
    let data = home.join("data").display().to_string();
    let tables = starts(plan, programs, &data).and_then(|starts| {
        let connections = connections(plan, programs)?;
        Ok(format!("{starts}\n{connections}"))
    });
    fs::remove_dir_all(&home).map_err(ChoreError::io(format!("removing {}", home.display())))?;
    tables
}

/// `true`, started by itself and by `linklocal run`.
fn starts(plan: &Plan, programs: &Programs, data: &str) -> Result<String, ChoreError> {
    let count = plan.rounds * STARTS;
    let through = || under_run(programs, data, Path::new("true"));
    // The first run makes the data directory, which no later one does again.
    timed(&mut through())?;
    let without_server = in_turns(count, &mut || process::program("true", &[]), &mut || through())?;
    let port = server::free_port()?;
    let mut up = Command::new(&programs.linklocal);
    up.args(["up", "--no-api", "--data", data, "--imds", &format!("127.0.0.1:{port}")]);
    let serving = Server::start(up, port, None)?;
    let with_server = in_turns(count, &mut || process::program("true", &[]), &mut || through())?;
    serving.stop()?;
    let mut table = String::from(
        "| start of `true` | by itself ms | by `run` ms | more | goal |\n|---|---|---|---|---|\n",
    );
    for (name, Pair { bare, under }) in
        [("no server running: `run` starts one", without_server), ("a server is running", with_server)]
    {
        let more = under.saturating_sub(bare);
        table.push_str(&format!(
            "| {name} | {:.2} | {:.2} | {:.2} | < {} {} |\n",
            milliseconds(bare),
            milliseconds(under),
            milliseconds(more),
            milliseconds(START_GOAL),
            verdict(more < START_GOAL)
        ));
    }
    Ok(table)
}

/// A connection, a request and its answer, one after the other: to the server's own address, and to the link-local one.
fn connections(plan: &Plan, programs: &Programs) -> Result<String, ChoreError> {
    let home = server::home()?;
    let data = home.join("data").display().to_string();
    let server = Server::linklocal_in(programs, home)?;
    let token = server.token()?;
    let mut table = String::from(
        "| connection, GET and answer | direct µs | under `run` µs | more | goal |\n|---|---|---|---|---|\n",
    );
    // Without a token a caller is looked for before it is answered; with one, and as fast as this, it is not.
    for (name, token) in [("without token", None), ("with token", Some(token.as_str()))] {
        let (mut direct, mut through) = (Vec::new(), Vec::new());
        for _ in 0..plan.rounds.max(5) {
            let mut command = Command::new(&programs.load);
            direct.push(latency(command.arg(server.address.to_string()), token)?);
            let mut command = under_run(programs, &data, &programs.load);
            through.push(latency(command.arg("169.254.169.254:80"), token)?);
        }
        let (direct, through) = (middle(&mut direct), middle(&mut through));
        let more = through - direct;
        table.push_str(&format!(
            "| {name} | {direct:.0} | {through:.0} | {more:.0} | < {CONNECTION_GOAL:.0} {} |\n",
            verdict(more < CONNECTION_GOAL)
        ));
    }
    server.stop()?;
    Ok(table)
}

fn under_run(programs: &Programs, data: &str, program: &Path) -> Command {
    let mut command = Command::new(&programs.linklocal);
    command.args(["run", "--data", data, "--"]).arg(program);
    command
}

/// Medians of two commands that took turns.
struct Pair {
    bare: Duration,
    under: Duration,
}

fn in_turns(
    count: usize,
    bare: &mut dyn FnMut() -> Command,
    under: &mut dyn FnMut() -> Command,
) -> Result<Pair, ChoreError> {
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..count {
        without.push(timed(&mut bare())?);
        with.push(timed(&mut under())?);
    }
    Ok(Pair { bare: middle_time(&mut without), under: middle_time(&mut with) })
}

/// From the start to the end.
fn timed(command: &mut Command) -> Result<Duration, ChoreError> {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = quiet.status().map_err(ChoreError::io(format!("starting {quiet:?}")))?;
    let time = started.elapsed();
    if status.success() { Ok(time) } else { Err(ChoreError::failed(format!("{quiet:?} left with {status}"))) }
}

/// The load's median latency in microseconds, connecting included.
fn latency(command: &mut Command, token: Option<&str>) -> Result<f64, ChoreError> {
    let path = "/latest/meta-data/instance-id";
    if let Some(token) = token {
        command.args(["--token", token]);
    }
    command.args(["--close", "--connections", "1", "--path", path, "--requests", &REQUESTS.to_string()]);
    super::load::value(&process::capture(command)?, "p50")
}

fn middle_time(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn middle(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}

/// Starts per round.
const STARTS: usize = 20;
const START_GOAL: Duration = Duration::from_millis(15);
/// Connections per turn.
const REQUESTS: usize = 2_000;
/// Microseconds.
const CONNECTION_GOAL: f64 = 100.0;
