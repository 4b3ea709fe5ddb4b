//! Time from starting the program to its first answer to a signed call.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::super::machine::{self, Core};
use super::super::{Programs, load, server};
use super::{Plan, ground, report};
use crate::chore::ChoreError;
use crate::{output, process};

/// A Markdown table.
pub(super) fn run(plan: &Plan, programs: &Programs) -> Result<String, ChoreError> {
    output::talk("measuring: start");
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds.max(3) * 2 {
        let home = server::home()?;
        let (time, keys) = until_answer(programs, &home, None)?;
        first.push(time);
        again.push(until_answer(programs, &home, Some(&keys))?.0);
        fs::remove_dir_all(&home).map_err(ChoreError::io(format!("removing {}", home.display())))?;
    }
    Ok(report::start(&mut first, &mut again))
}

fn until_answer(
    programs: &Programs,
    home: &Path,
    keys: Option<&str>,
) -> Result<(Duration, String), ChoreError> {
    let port = server::free_port()?;
    let mut command = machine::pinned(Core::Load, &programs.load);
    command.env("HOME", home).arg(format!("127.0.0.1:{port}"));
    command.args(keys.iter().flat_map(|keys| ["--keys", keys]));
    let pinned = machine::pinned(Core::Server, &programs.linklocal);
    command.arg("--start").arg(pinned.get_program()).args(pinned.get_args()).arg("--json");
    command.args(ground::up(home, port, server::free_port()?));
    let line = process::capture(&mut command)?;
    let keys = line.split_whitespace().last().unwrap_or_default().to_owned();
    Ok((Duration::from_secs_f64(load::value(&line, "milliseconds")? / 1e3), keys))
}
