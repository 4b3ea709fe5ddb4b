//! `cargo xtask test`: all tests of the workspace, and the examples of its documentation.

use std::process::Command;

use crate::chore::ChoreError;
use crate::process;

pub(crate) fn run(filters: &[String]) -> Result<(), ChoreError> {
    process::step(&mut command(filters))?;
    // Filters name tests, and nextest runs no examples.
    if !filters.is_empty() {
        return Ok(());
    }
    process::step(&mut process::cargo(&["test", "--workspace", "--doc", "--quiet"]))
}

/// The test run: nextest where it is installed, else cargo's own, which tells the same truth more slowly.
pub(crate) fn command(filters: &[String]) -> Command {
    let mut command = if process::works(&mut process::cargo(&["nextest", "--version"])) {
        process::cargo(&["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        let mut plain = process::cargo(&["test", "--workspace", "--no-fail-fast", "--all-targets"]);
        if !filters.is_empty() {
            plain.arg("--");
        }
        plain
    };
    command.args(filters);
    command
}
