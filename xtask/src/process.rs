//! Runs other programs in the workspace root and says which.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::chore::ChoreError;
use crate::output;

/// The workspace root: where every chore works, wherever it was called from.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace root")
}

/// The directory that cargo builds into.
pub(crate) fn target_dir() -> PathBuf {
    let asked = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    root().join(asked.unwrap_or_else(|| PathBuf::from("target")))
}

pub(crate) fn cargo(arguments: &[&str]) -> Command {
    program(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()), arguments)
}

pub(crate) fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root());
    command
}

/// Runs a step to its end, its output going where ours goes.
pub(crate) fn step(command: &mut Command) -> Result<(), ChoreError> {
    let shown = show(command);
    output::talk(&format!("$ {shown}"));
    let started = Instant::now();
    let status = command.status().map_err(ChoreError::io(format!("starting `{shown}`")))?;
    if status.success() {
        output::talk(&format!("  ok, {:.1} s", started.elapsed().as_secs_f64()));
        return Ok(());
    }
    Err(ChoreError::failed(format!("`{shown}` failed ({status})")))
}

/// Runs a step beside others: what it says is shown in one piece when it is done.
pub(crate) fn quiet_step(command: &mut Command) -> Result<(), ChoreError> {
    let shown = show(command);
    let started = Instant::now();
    let output =
        command.stdin(Stdio::null()).output().map_err(ChoreError::io(format!("starting `{shown}`")))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let took = started.elapsed().as_secs_f64();
    if output.status.success() {
        output::talk(&format!("$ {shown}\n{said}  ok, {took:.1} s"));
        return Ok(());
    }
    output::talk(&format!("$ {shown}\n{said}"));
    Err(ChoreError::failed(format!("`{shown}` failed ({}) after {took:.1} s", output.status)))
}

/// Runs a program for its output.
pub(crate) fn capture(command: &mut Command) -> Result<String, ChoreError> {
    let shown = show(command);
    let output =
        command.stdin(Stdio::null()).output().map_err(ChoreError::io(format!("starting `{shown}`")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(ChoreError::failed(format!("`{shown}` failed ({}): {}", output.status, said.trim())));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| ChoreError::failed(format!("`{shown}` printed what is not UTF-8")))
}

/// Whether a program can be started and is content.
pub(crate) fn works(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn show(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or_else(|| command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
