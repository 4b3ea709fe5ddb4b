//! `cargo xtask interop`: real clients, unmodified, against the real binary.
//!
//! The runner is Python (`interop/run.py`), for most of the clients are; this builds the binary and hands over.

use crate::chore::ChoreError;
use crate::process;

pub(crate) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    process::step(&mut process::cargo(&["build", "--package", "linklocal", "--locked"]))?;
    let binary = process::target_dir().join("debug/linklocal");
    let mut command = process::program("python3", &["interop/run.py", "--binary"]);
    process::step(command.arg(binary).args(arguments))
}
