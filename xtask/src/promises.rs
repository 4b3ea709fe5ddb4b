//! Holds `SPECIFICATION.md` to its word: a promise may only name tests, files and chores that exist.
//!
//! What is looked at are the spans in backquotes: `imds::wire::…::name_of_a_test` (a crate, then anything, then the test
//! function), `crates/…/file` and other paths of the repository (with `::name` for a test in it), `cargo xtask chore`. A
//! numbered row of a table that names none of them must say *test pending*.

use std::fs;
use std::path::{Path, PathBuf};

use crate::chore::ChoreError;
use crate::{CHORES, output, process};

pub(crate) fn check() -> Result<(), ChoreError> {
    let path = process::root().join(SPECIFICATION);
    let text = fs::read_to_string(&path).map_err(ChoreError::io(format!("reading {SPECIFICATION}")))?;
    let names: Vec<(usize, Holder)> =
        spans(&text).filter_map(|(line, span)| Some((line, holder(span)?))).collect();
    let mut broken = Vec::new();
    for (line, holder) in &names {
        if let Some(problem) = problem(holder)? {
            broken.push(format!("{SPECIFICATION}:{line}: {problem}"));
        }
    }
    broken.extend(unheld(&text).map(|line| {
        format!("{SPECIFICATION}:{line}: nothing holds this promise; name it, or say {PENDING}")
    }));
    if !broken.is_empty() {
        return Err(ChoreError::failed(broken.join("\n")));
    }
    let pending = text.matches(PENDING).count();
    output::say(&format!(
        "promises: {} names in {SPECIFICATION} all exist; {pending} × {PENDING}",
        names.len()
    ));
    Ok(())
}

/// What a promise names as holding it.
#[derive(Debug, PartialEq, Eq)]
enum Holder {
    /// A test function, somewhere in a crate.
    Test {
        krate: String,
        function: String,
    },
    /// A file or directory, and perhaps a test function in it.
    File {
        path: String,
        function: Option<String>,
    },
    Chore(String),
}

/// Spans in backquotes with their line numbers; fenced blocks are examples, not names.
fn spans(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    let lines = text.lines().enumerate().filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fence && !fenced
    });
    lines.flat_map(|(index, line)| line.split('`').skip(1).step_by(2).map(move |span| (index + 1, span)))
}

/// Lines of table rows that start with a number and end with neither a name nor an admission.
fn unheld(text: &str) -> impl Iterator<Item = usize> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let cells: Vec<&str> =
            line.trim().strip_prefix('|')?.trim_end_matches('|').split('|').map(str::trim).collect();
        let (number, held) = (cells.first()?, cells.last()?);
        let digits = number.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let numbered = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        (numbered && !held.contains('`') && !held.contains(PENDING)).then_some(index + 1)
    })
}

fn holder(span: &str) -> Option<Holder> {
    if let Some(rest) = span.strip_prefix("cargo xtask ") {
        return Some(Holder::Chore(rest.split(' ').next()?.to_owned()));
    }
    if span.contains(char::is_whitespace) {
        return None;
    }
    let (first, last) = match span.split_once("::") {
        Some((first, rest)) => (first, Some(rest.rsplit("::").next().unwrap_or(rest).to_owned())),
        None => (span, None),
    };
    if FOLDERS.iter().any(|folder| first.starts_with(folder)) {
        return Some(Holder::File { path: first.to_owned(), function: last });
    }
    let krate = first.replace('_', "-");
    let is_ours = process::root().join("crates").join(&krate).is_dir() || krate == "xtask";
    // A type (`imds::Service`) is named for other reasons than being a test.
    let function = last.filter(|last| is_ours && last.starts_with(|c: char| c.is_ascii_lowercase()))?;
    Some(Holder::Test { krate, function })
}

fn problem(holder: &Holder) -> Result<Option<String>, ChoreError> {
    let root = process::root();
    Ok(match holder {
        Holder::Chore(name) if CHORES.iter().any(|chore| chore.name == name) => None,
        Holder::Chore(name) => Some(format!("no chore is called {name:?}")),
        Holder::Test { krate, function } => {
            let directory = if krate == "xtask" { root.join(krate) } else { root.join("crates").join(krate) };
            let found = holds_function(&directory, function)?;
            (!found).then(|| format!("crate {krate} has no test {function}"))
        }
        Holder::File { path, function } => {
            let file = root.join(path);
            match function {
                _ if !file.exists() => Some(format!("{path} does not exist")),
                Some(function) if !holds_function(&file, function)? => {
                    Some(format!("{path} has no test {function}"))
                }
                _ => None,
            }
        }
    })
}

/// Whether `fn name(` stands in a file, or in any Rust file below a directory.
fn holds_function(place: &Path, name: &str) -> Result<bool, ChoreError> {
    let wanted = format!("fn {name}(");
    for file in rust_files(place)? {
        let text =
            fs::read_to_string(&file).map_err(ChoreError::io(format!("reading {}", file.display())))?;
        if text.contains(&wanted) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn rust_files(place: &Path) -> Result<Vec<PathBuf>, ChoreError> {
    if place.is_file() {
        return Ok(vec![place.to_owned()]);
    }
    let mut files = Vec::new();
    let entries = fs::read_dir(place).map_err(ChoreError::io(format!("reading {}", place.display())))?;
    for entry in entries {
        let path = entry.map_err(ChoreError::io(format!("reading {}", place.display())))?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

const SPECIFICATION: &str = "SPECIFICATION.md";
const PENDING: &str = "test pending";
const FOLDERS: [&str; 6] = ["crates/", "docs/", "fuzz/", "interop/", "bench/", "xtask/"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_a_span_names() {
        let test =
            |krate: &str, function: &str| Holder::Test { krate: krate.into(), function: function.into() };
        let file = |path: &str, function: Option<&str>| Holder::File {
            path: path.into(),
            function: function.map(str::to_owned),
        };
        for (span, wanted) in [
            ("types::arn::tests::reads_arns", Some(test("types", "reads_arns"))),
            ("types::Arn", None),
            ("GET /latest/meta-data", None),
            ("store_redb::it::survives", Some(test("store-redb", "survives"))),
            ("crates/imds/testdata/wire", Some(file("crates/imds/testdata/wire", None))),
            ("crates/a.rs::works", Some(file("crates/a.rs", Some("works")))),
            ("cargo xtask bench imds", Some(Holder::Chore("bench".into()))),
            ("Content-Length: 339", None),
        ] {
            assert_eq!(holder(span), wanted, "{span}");
        }
    }

    #[test]
    fn finds_promises_that_nothing_holds() {
        let text = "| # | promise | held by |\n|---|---|---|\n| 1.1 | a | `x` |\n| M2 | b | test pending |\n| M3 | c | |\n";
        assert_eq!(unheld(text).collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn leaves_examples_alone() {
        let text = "a `b`\n```\n`c`\n```\n`d` and `e`\n";
        assert_eq!(spans(text).collect::<Vec<_>>(), [(1, "b"), (5, "d"), (5, "e")]);
    }
}
