//! `cargo xtask soak`: a mixed load over all services with faults; ends with 1 on any finding.
//!
//! The driver is a program of its own (`bench/soak`). The server is built with optimisation and without the slow link, unless
//! one is named; it lives in a directory of its own, which stays where something was found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chore::ChoreError;
use crate::{output, process};

pub(crate) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    let (linklocal, handed_on) = split(arguments)?;
    let linklocal = match linklocal {
        Some(linklocal) => linklocal,
        None => build()?,
    };
    let driver = ["build", "--release", "--locked", "--manifest-path", "bench/soak/Cargo.toml"];
    process::step(process::cargo(&driver).args(["--target-dir", "bench/target"]))?;
    let home = std::env::temp_dir().join(format!("linklocal-soak-{}", std::process::id()));
    let mut command = Command::new(process::root().join("bench/target/release/soak"));
    command.arg("--linklocal").arg(linklocal).arg("--home").arg(&home).args(handed_on);
    if let Err(error) = process::step(&mut command) {
        output::talk(&format!("what the server left is in {}", home.display()));
        return Err(error);
    }
    remove(&home)
}

/// The server that is named, and all other words, which are the driver's.
fn split(arguments: &[String]) -> Result<(Option<PathBuf>, Vec<String>), ChoreError> {
    let (mut linklocal, mut others) = (None, Vec::new());
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| ChoreError::usage(format!("{word} wants a value")))?;
        match word.as_str() {
            "--linklocal" => linklocal = Some(PathBuf::from(value)),
            "--seconds" | "--seed" => others.extend([word.clone(), value.clone()]),
            _ => return Err(ChoreError::usage(format!("soak does not know {word:?}"))),
        }
    }
    Ok((linklocal, others))
}

fn build() -> Result<PathBuf, ChoreError> {
    let words = ["build", "--profile", "profiling", "--package", "linklocal", "--locked"];
    process::step(&mut process::cargo(&words))?;
    Ok(process::target_dir().join("profiling/linklocal"))
}

fn remove(home: &Path) -> Result<(), ChoreError> {
    fs::remove_dir_all(home).map_err(ChoreError::io(format!("removing {}", home.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_server_and_hands_the_rest_on() {
        let words = ["--seed", "7", "--linklocal", "x", "--seconds", "5"].map(str::to_owned);
        let (linklocal, others) = split(&words).unwrap();
        assert_eq!(linklocal, Some(PathBuf::from("x")));
        assert_eq!(others, ["--seed", "7", "--seconds", "5"]);
        split(&["--fast".to_owned(), "1".to_owned()]).unwrap_err();
        split(&["--seed".to_owned()]).unwrap_err();
    }
}
