//! Time from starting the program to its first answer.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::machine::{self, Core};
use super::{Plan, Programs, memory, server};
use crate::chore::ChoreError;
use crate::{output, process};

/// A Markdown table.
pub(super) fn run(plan: &Plan, programs: &Programs) -> Result<String, ChoreError> {
    output::talk("measuring: start");
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds.max(3) * 2 {
        let home = server::home()?;
        first.push(until_answer(programs, &home, None)?);
        again.push(until_answer(programs, &home, None)?);
        fs::remove_dir_all(&home).map_err(ChoreError::io(format!("removing {}", home.display())))?;
    }
    let home = server::home()?;
    let config = home.join("linklocal.toml");
    fs::write(&config, memory::alike()).map_err(ChoreError::io(format!("writing {}", config.display())))?;
    let many = [(); 3].map(|()| until_answer(programs, &home, Some(&config)));
    fs::remove_dir_all(&home).map_err(ChoreError::io(format!("removing {}", home.display())))?;
    let [many_first, many_again, _] = many;
    Ok(format!(
        "| from exec to first answer | median ms | goal |\n|---|---|---|\n\
         | new data directory, 1 instance | {} |\n| restart, 1 instance | {} |\n\
         | new data directory, 10,000 instances | {:.1} | – |\n| restart, 10,000 instances | {:.1} | – |\n",
        judged(&mut first),
        judged(&mut again),
        milliseconds(many_first?),
        milliseconds(many_again?),
    ))
}

fn judged(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let median = times[times.len() / 2];
    let verdict = if median < GOAL { "met" } else { "**missed**" };
    format!("{:.1} | < {:.0} {verdict}", milliseconds(median), milliseconds(GOAL))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Asks over and over from the moment of exec; a refused connection costs microseconds.
fn until_answer(programs: &Programs, home: &Path, config: Option<&Path>) -> Result<Duration, ChoreError> {
    let port = server::free_port()?;
    let mut command = machine::pinned(Core::Server, &programs.linklocal);
    command.args(server::up(home, port)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(config) = config {
        command.arg("--config").arg(config);
    }
    let started = Instant::now();
    let mut child = command.spawn().map_err(ChoreError::io("starting the product"))?;
    let mut answered = false;
    while !answered && started.elapsed() < PATIENCE {
        answered = ask(port).is_ok();
    }
    let time = started.elapsed();
    process::capture(&mut process::program("kill", &[&child.id().to_string()]))?;
    child.wait().map_err(ChoreError::io("waiting for the product to end"))?;
    if answered { Ok(time) } else { Err(ChoreError::failed("the product did not answer after its start")) }
}

fn ask(port: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply)?;
    if reply.starts_with(b"HTTP/1.1 200") { Ok(()) } else { Err(io::Error::other("another answer")) }
}

const GOAL: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(60);
