//! User instructions per request, counted by valgrind: exact where the machine itself does not count.
//!
//! The counters are set to zero when the server has done its work of starting, and read after the last answer.

use std::fs;
use std::path::Path;

use super::Programs;
use super::contest::Row;
use super::load;
use super::server::{self, Server};
use crate::chore::ChoreError;
use crate::process;

#[derive(Clone, Copy)]
pub(super) enum Candidate {
    BareHyper,
    Linklocal,
}

pub(super) fn is_there() -> bool {
    process::works(&mut process::program("valgrind", &["--version"]))
}

pub(super) fn per_request(programs: &Programs, row: &Row, candidate: Candidate) -> Result<f64, ChoreError> {
    let home = server::home()?;
    let server = start(programs, row, candidate, &home)?;
    let token = match candidate {
        Candidate::Linklocal => server.token()?,
        Candidate::BareHyper => FILLER.to_owned(),
    };
    load::send(programs, &server, &row.load(&token, WARM_UP))?;
    control(&server, "--zero")?;
    let load = row.load(&token, REQUESTS);
    load::send(programs, &server, &load)?;
    control(&server, "--dump")?;
    // The first dump of a run; what is written at its end goes to the name without a number.
    let total = total(&home.join(format!("{FILE}.1")))?;
    server.stop()?;
    Ok(total / load.requests as f64)
}

fn start(programs: &Programs, row: &Row, candidate: Candidate, home: &Path) -> Result<Server, ChoreError> {
    let port = server::free_port()?;
    let mut command = process::program("valgrind", &["--tool=callgrind", "--quiet"]);
    command.arg(format!("--callgrind-out-file={}", home.join(FILE).display()));
    match candidate {
        Candidate::BareHyper => command.arg(&programs.bare_hyper).args([&port.to_string(), row.kind]),
        Candidate::Linklocal => {
            // Keys take valgrind minutes: they are made without it.
            Server::linklocal_in(programs, home.to_owned())?.stop_and_keep()?;
            command.arg(&programs.linklocal).args(server::up(home, port))
        }
    };
    let server = Server::start(command, port, Some(home.to_owned()))?;
    if matches!(candidate, Candidate::Linklocal) {
        server.settle()?;
    }
    Ok(server)
}

fn control(server: &Server, order: &str) -> Result<(), ChoreError> {
    process::capture(&mut process::program("callgrind_control", &[order, &server.id().to_string()])).map(drop)
}

/// The instruction count of a dump.
fn total(file: &Path) -> Result<f64, ChoreError> {
    let text = fs::read_to_string(file).map_err(ChoreError::io(format!("reading {}", file.display())))?;
    let line = text.lines().find_map(|line| line.strip_prefix("summary: "));
    line.and_then(|count| count.trim().parse().ok())
        .ok_or_else(|| ChoreError::failed(format!("callgrind wrote no summary to {}", file.display())))
}

const FILE: &str = "callgrind";
const WARM_UP: usize = 500;
const REQUESTS: usize = 4_000;
/// As long as a token, for servers that do not read it.
const FILLER: &str = "AQAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
