//! `cargo xtask`: the one door for chores.
//!
//! Rule: the standard library only, so that the first chore on a new machine starts within seconds. Every chore says
//! what it runs, stops at the first failure and leaves with 0 (done), 1 (failed) or 2 (wrong usage).

#![allow(
    clippy::disallowed_methods,
    reason = "chores work on the developer's machine itself: its files, its environment, its clock"
)]

mod bench;
mod bless;
mod chore;
mod deps;
mod fuzz;
mod hosts;
mod interop;
mod lint;
mod models;
mod output;
mod process;
mod promises;
mod soak;
mod test;

use std::process::ExitCode;

use chore::{Chore, ChoreError};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::talk(&format!("error: {error}"));
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(arguments: &[String]) -> Result<(), ChoreError> {
    let Some((name, rest)) = arguments.split_first() else {
        return list();
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        return list();
    }
    let chore = CHORES.iter().find(|chore| chore.name == name).ok_or_else(|| {
        ChoreError::usage(format!("no chore is called {name:?}; `cargo xtask` lists them all"))
    })?;
    if rest.iter().any(|argument| matches!(argument.as_str(), "--help" | "-h")) {
        output::say(&chore.line());
        return Ok(());
    }
    (chore.run)(rest)
}

fn list() -> Result<(), ChoreError> {
    output::say("usage: cargo xtask CHORE\n");
    for chore in CHORES {
        output::say(&chore.line());
    }
    Ok(())
}

const CHORES: &[Chore] = &[
    Chore {
        name: "test",
        arguments: "[FILTER…]",
        purpose: "run all tests (nextest where it is installed)",
        run: test::run,
    },
    Chore {
        name: "lint",
        arguments: "",
        purpose: "formatting, clippy, arrows and licences, documentation, promises",
        run: lint::run,
    },
    Chore {
        name: "deps",
        arguments: "[--why FROM TO]",
        purpose: "hold the real dependencies against xtask/deps.txt, or show how one comes in",
        run: deps::run,
    },
    Chore {
        name: "bless",
        arguments: "[FILTER] [--force]",
        purpose: "rewrite the expected files of tests, then show what changed",
        run: bless::run,
    },
    Chore {
        name: "bench",
        arguments: "imds|run|sigv4|credentials|request|policy|account|s3 [--rounds N] [--requests N] [--quick] | sigv4 --instructions|--bless | credentials --instructions",
        purpose: "measure the metadata service beside a bare server and moto, what `linklocal run` costs, signatures, the search for credentials, or requests, beside others'",
        run: bench::run,
    },
    Chore {
        name: "soak",
        arguments: "[--seconds N] [--seed N] [--linklocal FILE]",
        purpose: "a mixed load with faults for ten minutes: nothing lost, no wrong decision, flat memory",
        run: soak::run,
    },
    Chore {
        name: "fuzz",
        arguments: "[TARGET] [--seconds N]",
        purpose: "feed parsers random input: every target, or one",
        run: fuzz::run,
    },
    Chore {
        name: "hosts",
        arguments: "--from DIR --version COMMIT",
        purpose: "make the table of hosts from botocore's endpoint data",
        run: hosts::run,
    },
    Chore {
        name: "models",
        arguments: "DIR",
        purpose: "make the tables of services' operations from botocore's service models",
        run: models::run,
    },
    Chore {
        name: "interop",
        arguments: "[CLIENT…] [--list]",
        purpose: "install real clients and run them unmodified against a fresh server",
        run: interop::run,
    },
];
