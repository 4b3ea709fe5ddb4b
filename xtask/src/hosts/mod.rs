//! `cargo xtask hosts`: the table that names service and region of a host, made from published endpoint data.
//!
//! DIR holds two files. `endpoints.json` is botocore's `data/endpoints.json` (Apache-2.0; the name `botocore-endpoints.json` will
//! do). `services.json` is an array with an object per service model of botocore: `endpointPrefix`, `signingName` and
//! `noAuthOperations`, an array of names of operations that take no signature. The same files make the same table, byte for byte.

mod endpoints;
mod json;
mod table;

use std::path::Path;

use crate::chore::ChoreError;
use crate::output;
use json::Value;

pub(crate) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    let [from, directory, version, name] = arguments else { return Err(usage()) };
    if from != "--from" || version != "--version" {
        return Err(usage());
    }
    let directory = Path::new(directory);
    let endpoints = read(directory, &["endpoints.json", "botocore-endpoints.json"])?;
    let services = endpoints::Services::of(&read(directory, &["services.json"])?);
    let hosts = endpoints::hosts(&endpoints, &services).map_err(ChoreError::failed)?;
    let regions = endpoints::regions(&endpoints);
    let text = table::written(name, &regions, &hosts, &services);
    std::fs::write(TABLE, &text).map_err(ChoreError::io(format!("cannot write {TABLE}")))?;
    output::say(&format!("{TABLE}: {} hosts, {} regions, {} bytes", hosts.len(), regions.len(), text.len()));
    Ok(())
}

fn read(directory: &Path, names: &[&str]) -> Result<Value, ChoreError> {
    let path = names.iter().map(|name| directory.join(name)).find(|path| path.exists());
    let path = path.ok_or_else(|| {
        ChoreError::failed(format!("{} holds no {}", directory.display(), names.join(" or ")))
    })?;
    let text =
        std::fs::read_to_string(&path).map_err(ChoreError::io(format!("cannot read {}", path.display())))?;
    json::read(&text).map_err(|error| ChoreError::failed(format!("{}: {error}", path.display())))
}

fn usage() -> ChoreError {
    ChoreError::usage(
        "usage: cargo xtask hosts --from DIR --version COMMIT (of the botocore that DIR is from)",
    )
}

const TABLE: &str = "crates/sigv4/src/hosts/table.rs";
