//! `cargo xtask bench sigv4`: what a signature costs, beside others who make and check them; and, by `--instructions`, whether
//! it has come to cost more than it did.
//!
//! The contest is a program of its own (`bench/sigv4`), in which all take turns. Instructions are counted by valgrind, which
//! knows no SHA instructions and has hashing done in software; that share is counted apart and left out of the comparison.
//! The counts are those of one compiler: with another they are shown, not judged.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::chore::ChoreError;
use crate::{output, process};

/// The contest in Markdown, arguments handed on.
pub(super) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    match arguments {
        [flag] if flag == "--instructions" => hold(),
        [flag] if flag == "--bless" => bless(),
        _ => contest(arguments),
    }
}

fn contest(arguments: &[String]) -> Result<(), ChoreError> {
    let program = build(&[])?;
    output::say(&super::machine::describe());
    output::say(&process::capture(std::process::Command::new(program).args(arguments))?);
    Ok(())
}

/// Fails where an operation takes more instructions than the committed table says.
fn hold() -> Result<(), ChoreError> {
    let text = fs::read_to_string(table()).map_err(ChoreError::io("reading bench/sigv4/instructions.txt"))?;
    let (counted_with, expected) = read(&text)?;
    let compiler = compiler()?;
    let found = count()?;
    let mut report =
        String::from("| operation | instructions | in the table | hashing besides |\n|---|---|---|---|\n");
    let mut grown = Vec::new();
    for (row, Count { own, hashing }) in &found {
        let before = expected.get(row).copied();
        let shown = before.map_or_else(|| "–".to_owned(), |before| before.to_string());
        writeln!(report, "| {row} | {own} | {shown} | {hashing} |").expect("a String takes everything");
        if before.is_none_or(|before| *own as f64 > before as f64 * TOLERANCE) {
            grown.push(row.as_str());
        }
    }
    output::say(&report);
    if counted_with != compiler {
        output::say(&format!("not judged: the table was counted with {counted_with}, this is {compiler}"));
        return Ok(());
    }
    if grown.is_empty() {
        return Ok(());
    }
    Err(ChoreError::failed(format!(
        "more instructions than bench/sigv4/instructions.txt says: {}; if it is worth it, run \
         `cargo xtask bench sigv4 --bless` and say why in the commit",
        grown.join(", ")
    )))
}

fn bless() -> Result<(), ChoreError> {
    let mut text = format!("# {}\n", compiler()?);
    for (row, count) in count()? {
        writeln!(text, "{row} = {}", count.own).expect("a String takes everything");
    }
    output::say(&text);
    fs::write(table(), text).map_err(ChoreError::io("writing bench/sigv4/instructions.txt"))
}

/// Instructions of one operation.
struct Count {
    own: u64,
    /// Those of the hash function.
    hashing: u64,
}

fn count() -> Result<Vec<(String, Count)>, ChoreError> {
    let program = build(&["--no-default-features"])?;
    ROWS.iter().map(|row| Ok(((*row).to_owned(), one(&program, row)?))).collect()
}

/// The difference of two runs, so that the program's start does not count.
fn one(program: &Path, row: &str) -> Result<Count, ChoreError> {
    let (few, many) = (profile(program, row, FEW)?, profile(program, row, MANY)?);
    let each = |few: u64, many: u64| many.saturating_sub(few) / (MANY - FEW);
    let (total, hashing) = (each(few.0, many.0), each(few.1, many.1));
    Ok(Count { own: total - hashing, hashing })
}

/// All instructions of a run, and those of hashing.
fn profile(program: &Path, row: &str, count: u64) -> Result<(u64, u64), ChoreError> {
    let home = super::server::home()?;
    let file = home.join("callgrind");
    let mut command = process::program("valgrind", &["--tool=callgrind", "--quiet"]);
    command.arg(format!("--callgrind-out-file={}", file.display()));
    process::capture(command.arg(program).args(["--once", row, &count.to_string()]))?;
    let mut annotate = process::program("callgrind_annotate", &["--threshold=100", "--auto=no"]);
    let text = process::capture(annotate.arg(&file))?;
    fs::remove_dir_all(&home).map_err(ChoreError::io(format!("removing {}", home.display())))?;
    let sum =
        |wanted: &dyn Fn(&str) -> bool| text.lines().filter(|line| wanted(line)).filter_map(figure).sum();
    let total = sum(&|line| line.ends_with("PROGRAM TOTALS"));
    if total == 0 {
        return Err(ChoreError::failed("callgrind_annotate printed no totals"));
    }
    Ok((total, sum(&|line| line.contains(":sha2::"))))
}

/// The number that a line begins with.
fn figure(line: &str) -> Option<u64> {
    line.split_whitespace().next()?.replace(',', "").parse().ok()
}

fn build(features: &[&str]) -> Result<PathBuf, ChoreError> {
    // One of the others asks for a newer compiler than it needs.
    let mut command = process::cargo(&["build", "--release", "--locked", "--ignore-rust-version"]);
    command.args(["--manifest-path", "bench/sigv4/Cargo.toml", "--target-dir", "bench/target"]);
    process::step(command.args(features))?;
    Ok(process::root().join("bench/target/release/bench-sigv4"))
}

fn read(text: &str) -> Result<(String, BTreeMap<String, u64>), ChoreError> {
    let broken = || ChoreError::failed("bench/sigv4/instructions.txt is not as `--bless` writes it");
    let mut lines = text.lines();
    let compiler = lines.next().and_then(|line| line.strip_prefix("# ")).ok_or_else(broken)?;
    let rows = lines.map(|line| {
        let (row, count) = line.split_once(" = ")?;
        Some((row.to_owned(), count.parse().ok()?))
    });
    Ok((compiler.to_owned(), rows.collect::<Option<_>>().ok_or_else(broken)?))
}

fn compiler() -> Result<String, ChoreError> {
    Ok(process::capture(&mut process::program("rustc", &["--version"]))?.trim().to_owned())
}

fn table() -> PathBuf {
    process::root().join("bench/sigv4/instructions.txt")
}

const ROWS: [&str; 6] = [
    "GET, signed",
    "presigned URL, assembled",
    "POST of 1 KiB, signed",
    "verify, header",
    "verify, query",
    "derive a key",
];
const FEW: u64 = 200;
const MANY: u64 = 1_200;
/// The C library copies memory in another way on another processor.
const TOLERANCE: f64 = 1.03;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_table_it_writes() {
        let (compiler, rows) = read("# rustc 1.95.0\nGET, signed = 4000\nderive a key = 12\n").unwrap();
        assert_eq!((compiler.as_str(), rows["GET, signed"], rows.len()), ("rustc 1.95.0", 4000, 2));
        assert!(read("GET, signed = 4000\n").is_err() && read("# rustc\nGET\n").is_err());
        assert_eq!(figure("19,481,020 (35.30%)  file:function"), Some(19_481_020));
    }
}
