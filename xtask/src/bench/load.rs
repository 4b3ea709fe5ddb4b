//! Runs the load generator against a server, and counts what the server spent.

use std::time::Duration;

use super::Programs;
use super::machine::{self, Core};
use super::server::Server;
use crate::chore::ChoreError;
use crate::process;

/// What the load asks for.
#[derive(Clone, Debug)]
pub(super) struct Load {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) token: Option<String>,
    /// A signed call, in the place of method and path.
    pub(super) call: Option<Call>,
    pub(super) close: bool,
    pub(super) requests: usize,
    pub(super) connections: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Call {
    /// `service:Action`.
    pub(super) action: &'static str,
    /// `ID:SECRET`, of a server that ends with the bench.
    pub(super) keys: String,
}

/// What one turn showed, per request.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turn {
    pub(super) cpu: Duration,
    /// The part of CPU time spent in user mode, from 0 to 1.
    pub(super) user_share: f64,
    /// User and kernel instructions, where the machine counts them.
    pub(super) instructions: Option<(f64, f64)>,
    pub(super) per_second: f64,
    pub(super) p50: f64,
    pub(super) p99: f64,
}

impl Turn {
    /// The figure to judge by: instructions if there are any, else time.
    pub(super) fn cost(&self) -> f64 {
        self.instructions.map_or_else(|| self.cpu.as_secs_f64(), |(user, kernel)| user + kernel)
    }
}

/// Sends all requests and waits for all answers.
pub(super) fn send(programs: &Programs, server: &Server, load: &Load) -> Result<Turn, ChoreError> {
    let before = server.usage()?;
    let (line, counted) = run(programs, server, load)?;
    let used = server.usage()?.since(before);
    let requests = load.requests as f64;
    let seconds = value(&line, "seconds")?;
    Ok(Turn {
        cpu: used.cpu().div_f64(requests),
        user_share: used.user_share(),
        instructions: counted.map(|(user, kernel)| (user / requests, kernel / requests)),
        per_second: requests / seconds,
        p50: value(&line, "p50")?,
        p99: value(&line, "p99")?,
    })
}

/// One request from each of that many addresses, one after another.
pub(super) fn from_sources(programs: &Programs, server: &Server, sources: usize) -> Result<(), ChoreError> {
    let mut command = machine::pinned(Core::Load, &programs.load);
    command.arg(server.address.to_string()).args(["--sources", &sources.to_string()]);
    process::capture(&mut command).map(drop)
}

fn run(
    programs: &Programs,
    server: &Server,
    load: &Load,
) -> Result<(String, Option<(f64, f64)>), ChoreError> {
    let mut words = vec![programs.load.display().to_string(), server.address.to_string()];
    words.extend(["--method", load.method, "--path", load.path].map(str::to_owned));
    words.extend(["--requests".to_owned(), load.requests.to_string()]);
    words.extend(["--connections".to_owned(), load.connections.to_string()]);
    words.extend(load.token.iter().flat_map(|token| ["--token".to_owned(), token.clone()]));
    if let Some(Call { action, keys }) = &load.call {
        words.extend(["--call", action, "--keys", keys].map(str::to_owned));
    }
    words.extend(load.close.then(|| "--close".to_owned()));
    if !counts_instructions() {
        let mut command = machine::pinned(Core::Load, &words[0]);
        return Ok((process::capture(command.args(&words[1..]))?, None));
    }
    let file = std::env::temp_dir().join(format!("linklocal-perf-{}", std::process::id()));
    let mut perf =
        process::program("perf", &["stat", "-x", ",", "-e", EVENTS, "-p", &server.id().to_string()]);
    perf.arg("-o").arg(&file).args(["--", "taskset", "--cpu-list", "1"]).args(&words);
    let line = process::capture(&mut perf)?;
    let text = std::fs::read_to_string(&file).map_err(ChoreError::io("reading what perf counted"))?;
    Ok((line, parse_counts(&text)))
}

/// Whether the kernel and the machine let us count instructions.
pub(super) fn counts_instructions() -> bool {
    static COUNTS: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    *COUNTS.get_or_init(|| {
        let mut probe = process::program("perf", &["stat", "-x", ",", "-e", EVENTS, "--", "true"]);
        let said = probe.output().map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
        machine::cores() > 1 && said.is_ok_and(|text| parse_counts(&text).is_some())
    })
}

/// `perf stat -x ,` prints `count,unit,event,…`; what it cannot count is `<not supported>`.
fn parse_counts(text: &str) -> Option<(f64, f64)> {
    let count = |event: &str| {
        let line = text.lines().find(|line| line.split(',').nth(2) == Some(event))?;
        line.split(',').next()?.parse::<f64>().ok()
    };
    Some((count("instructions:u")?, count("instructions:k")?))
}

pub(super) fn value(line: &str, name: &str) -> Result<f64, ChoreError> {
    let mut words = line.split_whitespace().skip_while(|word| *word != name).skip(1);
    let number = words.next().and_then(|text| text.parse().ok());
    number.ok_or_else(|| ChoreError::failed(format!("the load printed no {name}: {line:?}")))
}

const EVENTS: &str = "instructions:u,instructions:k";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_perf_counted() {
        let counted = "# started\n1200,,instructions:u,5,100.00,,\n3400,,instructions:k,5,100.00,,\n";
        assert_eq!(parse_counts(counted), Some((1200.0, 3400.0)));
        let refused =
            "<not supported>,,instructions:u,0,100.00,,\n<not supported>,,instructions:k,0,100.00,,\n";
        assert_eq!(parse_counts(refused), None);
    }

    #[test]
    fn reads_what_the_load_printed() {
        let line = "requests 10 seconds 0.5 p50 150.1 p99 180.2";
        assert_eq!(value(line, "p99").unwrap(), 180.2);
        assert_eq!(value(line, "p999").ok(), None);
    }
}
