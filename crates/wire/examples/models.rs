//! `models DIR`: writes the tables from service models, which lie unpacked as botocore lays them (`sts/2011-06-15/service-2.json`).
//!
//! Rule: which services and operations have tables stands in `models/operations.txt`.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a chore on the developer's own files")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(directory) = std::env::args_os().nth(1).map(PathBuf::from) else {
        println!("usage: models DIR");
        return ExitCode::from(2);
    };
    match write_tables(&directory) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_tables(directory: &Path) -> Result<(), String> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let list = models.join("operations.txt");
    let list = std::fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split_whitespace().map(str::to_owned);
        let (Some(name), Some(path)) = (words.next(), words.next()) else {
            return Err(format!("{line:?} names no service and model"));
        };
        let operations: Vec<String> = words.collect();
        let file = directory.join(&path);
        let model = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let table = wire::generate::table(&name, &model, Some(&operations))
            .map_err(|error| format!("{}: {error}", file.display()))?;
        std::fs::write(models.join(&name).with_extension("txt"), &table)
            .map_err(|error| error.to_string())?;
        println!("{name}: {} operations, {} bytes", operations.len(), table.len());
    }
    Ok(())
}
