//! `cargo xtask bless`: the one way in which expected files change.
//!
//! Test runners rewrite their expected files instead of comparing when `BLESS=1`; what they wrote is read as a diff.

use crate::chore::ChoreError;
use crate::{output, process, test};

pub(crate) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    let (flags, filters): (Vec<String>, Vec<String>) =
        arguments.iter().cloned().partition(|argument| argument.starts_with("--"));
    if let Some(unknown) = flags.iter().find(|flag| *flag != "--force") {
        return Err(ChoreError::usage(format!("bless does not know {unknown}; it takes [FILTER] [--force]")));
    }
    if flags.is_empty() {
        refuse_dirty_tree()?;
    }
    let blessed = process::step(test::command(&filters).env("BLESS", "1"));
    let changes = process::capture(&mut process::program("git", &["diff", "--stat"]))?;
    output::say(if changes.is_empty() { "nothing changed" } else { changes.trim_end() });
    blessed
}

/// With other changes about, the diff would not show what blessing did.
fn refuse_dirty_tree() -> Result<(), ChoreError> {
    let status = process::capture(&mut process::program("git", &["status", "--porcelain"]))?;
    if status.is_empty() {
        return Ok(());
    }
    Err(ChoreError::failed(format!(
        "the tree has changes, and blessed files would hide among them; commit first, or pass --force\n{}",
        status.trim_end()
    )))
}
