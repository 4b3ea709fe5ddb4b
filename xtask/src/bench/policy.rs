//! `cargo xtask bench policy`: what a decision costs for a user with ten policies, by CPU time of one thread.
//!
//! It is a program of its own (`bench/policy`), with the shipping profile's optimisations; arguments are handed on.

use crate::chore::ChoreError;
use crate::{output, process};

pub(super) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    let mut command = process::cargo(&["build", "--release", "--locked", "--manifest-path"]);
    process::step(command.args(["bench/policy/Cargo.toml", "--target-dir", "bench/target"]))?;
    let program = process::root().join("bench/target/release/bench-policy");
    output::say(&super::machine::describe());
    output::say(&process::capture(std::process::Command::new(program).args(arguments))?);
    Ok(())
}
