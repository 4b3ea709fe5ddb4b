//! `cargo xtask models DIR`: the tables of services' operations, from AWS's service models.
//!
//! DIR is botocore's `botocore/data`. Its models are packed; they are unpacked below the target directory, and `crates/wire` makes the
//! tables of them: what it takes to read one is a codec's business, not a chore's.

use std::fs;
use std::path::{Path, PathBuf};

use crate::chore::ChoreError;
use crate::{output, process};

pub(crate) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    let [directory] = arguments else {
        return Err(ChoreError::usage("models takes a directory: botocore's `botocore/data`"));
    };
    let directory = process::root().join(directory);
    let unpacked = process::target_dir().join("models");
    for model in models()? {
        unpack(&directory.join(&model), &unpacked.join(&model))?;
    }
    let place = unpacked.to_string_lossy();
    process::step(&mut process::cargo(&["run", "-q", "-p", "wire", "--example", "models", "--", &place]))?;
    let changes =
        process::capture(&mut process::program("git", &["diff", "--stat", "--", "crates/wire/models"]))?;
    output::say(if changes.is_empty() { "nothing changed" } else { changes.trim_end() });
    Ok(())
}

/// The files that the list of operations names.
fn models() -> Result<Vec<PathBuf>, ChoreError> {
    let list = process::root().join("crates/wire/models/operations.txt");
    let text = fs::read_to_string(&list).map_err(ChoreError::io(format!("reading {}", list.display())))?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.filter_map(|line| line.split(' ').nth(1)).map(PathBuf::from).collect())
}

/// The model as it lies there, or packed beside that.
fn unpack(from: &Path, to: &Path) -> Result<(), ChoreError> {
    let doing = || ChoreError::io(format!("reading {}", from.display()));
    let model = if from.exists() {
        fs::read_to_string(from).map_err(doing())?
    } else {
        let packed = format!("{}.gz", from.display());
        process::capture(&mut process::program("gzip", &["-dc", &packed]))?
    };
    let parent = to.parent().expect("models lie in a directory of their service");
    fs::create_dir_all(parent).map_err(ChoreError::io(format!("making {}", parent.display())))?;
    fs::write(to, model).map_err(ChoreError::io(format!("writing {}", to.display())))
}
