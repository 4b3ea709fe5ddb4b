//! `cargo xtask test`: all tests of the workspace.

use std::process::Command;

use crate::chore::ChoreError;
use crate::process;

pub(crate) fn run(filters: &[String]) -> Result<(), ChoreError> {
    process::step(&mut command(filters))
}

/// The test run: nextest where it is installed, else cargo's own, which tells the same truth more slowly.
pub(crate) fn command(filters: &[String]) -> Command {
    let mut command = if process::works(&mut process::cargo(&["nextest", "--version"])) {
        process::cargo(&["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        let mut plain = process::cargo(&["test", "--workspace", "--no-fail-fast"]);
        if !filters.is_empty() {
            plain.arg("--");
        }
        plain
    };
    command.args(filters);
    command
}
