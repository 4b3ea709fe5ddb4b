//! `cargo xtask lint`: everything that can be held without running the product.

use crate::chore::ChoreError;
use crate::{deps, process, promises};

pub(crate) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    if let Some(unknown) = arguments.first() {
        return Err(ChoreError::usage(format!("lint takes no arguments, not {unknown:?}")));
    }
    process::step(&mut process::cargo(&["fmt", "--all", "--check"]))?;
    process::step(&mut process::cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    deps::run(&[])?;
    process::step(
        process::cargo(&["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    promises::check()
}
