//! User instructions per request, counted by valgrind: exact where the machine itself does not count.
//!
//! A server runs twice, for few and for many requests; the difference is what the requests cost, start-up cancels out.

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
    let few = instructions(programs, row, candidate, FEW)?;
    let many = instructions(programs, row, candidate, MANY)?;
    let load = |requests| row.load("", requests).requests;
    Ok((many - few) / (load(MANY) - load(FEW)) as f64)
}

fn instructions(
    programs: &Programs,
    row: &Row,
    candidate: Candidate,
    requests: usize,
) -> Result<f64, ChoreError> {
    let (home, port) = (server::home()?, server::free_port()?);
    let file = home.join("callgrind.out");
    let mut command = process::program("valgrind", &["--tool=callgrind", "--quiet"]);
    command.arg(format!("--callgrind-out-file={}", file.display()));
    match candidate {
        Candidate::BareHyper => command.arg(&programs.bare_hyper).args([&port.to_string(), row.kind]),
        Candidate::Linklocal => command.arg(&programs.linklocal).args(server::up(&home, port)),
    };
    let server = Server::start(command, port, None)?;
    let token = if matches!(candidate, Candidate::Linklocal) { server.token()? } else { FILLER.to_owned() };
    load::send(programs, &server, &row.load(&token, requests))?;
    server.stop()?;
    let total = total(&file);
    fs::remove_dir_all(&home).map_err(ChoreError::io(format!("removing {}", home.display())))?;
    total
}

/// The instruction count that callgrind wrote when the server ended.
fn total(file: &Path) -> Result<f64, ChoreError> {
    let text = fs::read_to_string(file).map_err(ChoreError::io(format!("reading {}", file.display())))?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
    line.and_then(|count| count.trim().parse().ok())
        .ok_or_else(|| ChoreError::failed("callgrind wrote no total: the server did not end by itself"))
}

const FEW: usize = 1_000;
const MANY: usize = 5_000;
/// As long as a token, for servers that do not read it.
const FILLER: &str = "AQAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
