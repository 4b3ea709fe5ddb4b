//! What cargo says depends on what. Read from `cargo tree`, whose lines need no JSON reader.

use std::collections::BTreeSet;

use crate::chore::ChoreError;
use crate::process;

/// One of our crates and those of ours that it names itself.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) ours: Vec<String>,
}

#[derive(Clone, Copy)]
pub(super) enum Edges {
    /// What ships: normal and build dependencies.
    Normal,
    Dev,
}

/// The arrows between our crates, all features on.
pub(super) fn arrows(edges: Edges) -> Result<Vec<Package>, ChoreError> {
    let kinds = match edges {
        Edges::Normal => "normal,build",
        Edges::Dev => "dev",
    };
    let text = cargo_tree(&[
        "--workspace",
        "--all-features",
        "--edges",
        kinds,
        "--depth",
        "1",
        "--prefix",
        "depth",
    ])?;
    Ok(parse_arrows(&text))
}

/// Every crate that ships with this one.
pub(super) fn tree(package: &str) -> Result<BTreeSet<String>, ChoreError> {
    let text = cargo_tree(&["--package", package, "--edges", "normal,build", "--prefix", "none"])?;
    Ok(text.lines().map(|line| name(line).to_owned()).collect())
}

/// The licence expression of every crate that we build with.
pub(super) fn licences() -> Result<BTreeSet<(String, String)>, ChoreError> {
    let text = cargo_tree(&[
        "--workspace",
        "--all-features",
        "--edges",
        "all",
        "--prefix",
        "none",
        "--format",
        "{p}|{l}",
    ])?;
    let rows = text.lines().filter_map(|line| line.rsplit_once('|'));
    Ok(rows.map(|(package, licence)| (name(package).to_owned(), licence.to_owned())).collect())
}

/// One way from a crate of ours to a crate of anybody.
pub(super) fn path(from: &str, to: &str) -> Result<Option<Vec<String>>, ChoreError> {
    let text = cargo_tree(&["--package", from, "--edges", "normal,build", "--prefix", "depth"])?;
    Ok(shortest_path(&text, to))
}

fn cargo_tree(arguments: &[&str]) -> Result<String, ChoreError> {
    process::capture(process::cargo(&["tree", "--locked", "--no-dedupe"]).args(arguments))
}

fn parse_arrows(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    for (depth, rest) in text.lines().filter_map(depth) {
        if depth == 0 {
            packages.push(Package { name: name(rest).to_owned(), ours: Vec::new() });
        } else if is_ours(rest)
            && let Some(package) = packages.last_mut()
        {
            package.ours.push(name(rest).to_owned());
        }
    }
    packages
}

/// Cuts the leading depth off a line of `--prefix depth`. Crate names start with a letter.
fn depth(line: &str) -> Option<(usize, &str)> {
    let end = line.find(|c: char| !c.is_ascii_digit())?;
    Some((line[..end].parse().ok()?, &line[end..]))
}

fn name(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

/// Only crates that come from a directory have one in parentheses.
fn is_ours(line: &str) -> bool {
    line.contains(" (/") || line.contains(":\\")
}

fn shortest_path(tree: &str, to: &str) -> Option<Vec<String>> {
    let (mut trail, mut best): (Vec<String>, Option<Vec<String>>) = (Vec::new(), None);
    for (depth, rest) in tree.lines().filter_map(depth) {
        trail.truncate(depth);
        trail.push(name(rest).to_owned());
        if name(rest) == to && best.as_ref().is_none_or(|best| trail.len() < best.len()) {
            best = Some(trail.clone());
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "0imds v0.1.0 (/r/crates/imds)\n1hyper v1.0.0\n2http v1.0.0\n1http v1.0.0\n\
                        1net v0.1.0 (/r/crates/net)\n\n0net v0.1.0 (/r/crates/net)\n";

    #[test]
    fn tells_our_crates_from_others() {
        let packages = parse_arrows(TREE);
        let found: Vec<_> = packages.iter().map(|p| (p.name.as_str(), p.ours.join(","))).collect();
        assert_eq!(found, [("imds", "net".to_owned()), ("net", String::new())]);
    }

    #[test]
    fn takes_the_shortest_way() {
        assert_eq!(shortest_path(TREE, "http").unwrap(), ["imds", "http"]);
        assert_eq!(shortest_path(TREE, "tokio"), None);
    }
}
