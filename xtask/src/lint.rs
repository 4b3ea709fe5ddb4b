//! `cargo xtask lint`: everything that can be held without running the product.

use crate::chore::ChoreError;
use crate::{deps, process, promises};

pub(crate) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    if let Some(unknown) = arguments.first() {
        return Err(ChoreError::usage(format!("lint takes no arguments, not {unknown:?}")));
    }
    process::step(&mut process::cargo(&["fmt", "--all", "--check"]))?;
    for manifest in ASIDE {
        process::step(&mut process::cargo(&["fmt", "--check", "--manifest-path", manifest]))?;
    }
    process::step(&mut process::cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    deps::run(&[])?;
    process::step(
        process::cargo(&["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"])
            .env("RUSTDOCFLAGS", RUSTDOC),
    )?;
    promises::check()
}

/// What has a workspace of its own.
const ASIDE: [&str; 6] = [
    "bench/Cargo.toml",
    "bench/policy/Cargo.toml",
    "bench/sigv4/Cargo.toml",
    "bench/soak/Cargo.toml",
    "fuzz/Cargo.toml",
    "interop/rust/Cargo.toml",
];
/// Our crates are read with their private items: a link to one leads somewhere.
const RUSTDOC: &str = "-D warnings -A rustdoc::private-intra-doc-links";
