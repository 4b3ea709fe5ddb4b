//! `cargo xtask deps`: arrows between our crates, what pure crates may not see, and licences.
//!
//! The table is `xtask/deps.txt`; what is real comes from `cargo tree`. Rule: a difference is an error that names the
//! arrow and the file.

mod licence;
mod real;
mod table;

use std::collections::BTreeSet;
use std::fs;

use crate::chore::ChoreError;
use crate::{output, process};
use real::{Edges, Package};
use table::{Kind, Table};

pub(crate) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    match arguments {
        [] => check(),
        [flag, from, to] if flag == "--why" => why(from, to),
        _ => Err(ChoreError::usage("deps takes nothing, or --why FROM TO")),
    }
}

fn check() -> Result<(), ChoreError> {
    let path = process::root().join(TABLE);
    let text = fs::read_to_string(&path).map_err(ChoreError::io(format!("reading {TABLE}")))?;
    let table = Table::parse(&text).map_err(|error| ChoreError::failed(format!("{TABLE}:{error}")))?;
    let normal = real::arrows(Edges::Normal)?;
    let mut wrong = rows(&table, &normal);
    wrong.extend(arrows(&table, &normal, &real::arrows(Edges::Dev)?));
    wrong.extend(impure(&table)?);
    wrong.extend(unlicensed(&table)?);
    if wrong.is_empty() {
        output::say(&format!("deps: {} crates, every arrow is in {TABLE}", table.crates.len()));
        return Ok(());
    }
    Err(ChoreError::failed(format!("{} differences from {TABLE}:\n  {}", wrong.len(), wrong.join("\n  "))))
}

/// Crates without a row, and rows without a crate.
fn rows(table: &Table, real: &[Package]) -> Vec<String> {
    let ours: BTreeSet<&str> = real.iter().map(|package| package.name.as_str()).collect();
    let missing = ours.iter().filter(|name| !table.crates.contains_key(**name));
    let stale = table.crates.keys().filter(|name| !ours.contains(name.as_str()));
    missing
        .map(|name| format!("crate {name} has no row"))
        .chain(stale.map(|name| format!("the row of {name} names a crate that does not exist")))
        .collect()
}

/// Arrows that the table does not allow. Tests may also use the test crates, and what their crate may use.
fn arrows(table: &Table, normal: &[Package], dev: &[Package]) -> Vec<String> {
    let allowed = |from: &str, to: &str| table.crates.get(from).is_some_and(|row| row.may.contains(to));
    let is_test = |name: &str| table.crates.get(name).is_some_and(|row| row.kind == Kind::Test);
    let mut wrong = Vec::new();
    for package in normal {
        let bad = package.ours.iter().filter(|to| !allowed(&package.name, to));
        wrong.extend(bad.map(|to| format!("{} -> {to} is not allowed", package.name)));
    }
    for package in dev {
        let bad = package
            .ours
            .iter()
            .filter(|to| **to != package.name && !allowed(&package.name, to) && !is_test(to));
        wrong.extend(bad.map(|to| format!("{} -> {to} is not allowed, in tests either", package.name)));
    }
    wrong
}

/// Forbidden crates in the trees of pure ones.
fn impure(table: &Table) -> Result<Vec<String>, ChoreError> {
    let mut wrong = Vec::new();
    for (name, _) in table.crates.iter().filter(|(_, row)| row.kind == Kind::Pure) {
        let seen = real::tree(name)?;
        let bad = table.never_in_pure.iter().filter(|banned| seen.contains(*banned));
        wrong.extend(bad.map(|banned| {
            format!("{name} is pure but sees {banned}; `cargo xtask deps --why {name} {banned}` shows how")
        }));
    }
    Ok(wrong)
}

fn unlicensed(table: &Table) -> Result<Vec<String>, ChoreError> {
    let licences = real::licences()?;
    let bad = licences.iter().filter(|(_, expression)| !licence::allows(expression, &table.licences));
    Ok(bad
        .map(|(package, expression)| format!("{package} is under {expression:?}, which is not listed"))
        .collect())
}

fn why(from: &str, to: &str) -> Result<(), ChoreError> {
    match real::path(from, to)? {
        Some(path) => output::say(&path.join(" -> ")),
        None => output::say(&format!("{from} does not depend on {to}")),
    }
    Ok(())
}

const TABLE: &str = "xtask/deps.txt";
