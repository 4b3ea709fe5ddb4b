//! `cargo xtask bench imds`: what a request costs, beside a bare hyper server and moto. `cargo xtask bench run`: what a
//! program pays for being served at the link-local addresses. `cargo xtask bench sigv4`: what a signature costs. `cargo xtask bench
//! credentials`: what it costs to find out whose credentials are in use. `cargo xtask bench request`: what a request costs.
//! `cargo xtask bench policy`: what a decision on policies costs. `cargo xtask bench account`: what a signed call costs.
//!
//! Method: server and load on different cores; the servers take turns within a round (A B A B …), ratios are taken round by
//! round and their median counts; instructions where the machine counts them, else CPU time, and user instructions by
//! callgrind. Prints Markdown for `docs/performance.md`, goals and misses included.

mod account;
mod callgrind;
mod contest;
mod credentials;
mod load;
mod machine;
mod memory;
mod moto;
mod policy;
mod report;
mod request;
mod run;
mod s3;
mod server;
mod sigv4;
mod start;

use std::path::PathBuf;

use crate::chore::ChoreError;
use crate::{output, process};

pub(crate) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    match arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        Some(("sigv4", rest)) => return sigv4::run(rest),
        Some(("credentials", rest)) => return credentials::run(rest),
        Some(("request", rest)) => return request::run(rest),
        Some(("policy", rest)) => return policy::run(rest),
        Some(("account", rest)) => return account::run(rest),
        Some(("s3", rest)) => return s3::run(rest),
        _ => {}
    }
    let plan = Plan::parse(arguments)?;
    let programs = Programs::build()?;
    output::say(&machine::describe());
    if plan.subject == Subject::Run {
        output::say(&run::run(&plan, &programs)?);
        return Ok(());
    }
    let contests = contest::run(&plan, &programs)?;
    output::say(&report::requests(&contests));
    output::say(&report::goals(&contests));
    output::say(&memory::run(&programs)?);
    output::say(&start::run(&plan, &programs)?);
    Ok(())
}

/// What is measured, and how much.
struct Plan {
    subject: Subject,
    rounds: usize,
    /// Requests per turn on keep-alive connections; a quarter of it with a connection per request.
    requests: usize,
    callgrind: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Imds,
    Run,
}

/// What is measured with.
struct Programs {
    linklocal: PathBuf,
    bare_hyper: PathBuf,
    file_server: PathBuf,
    load: PathBuf,
}

impl Plan {
    fn parse(arguments: &[String]) -> Result<Self, ChoreError> {
        let (subject, flags) = match arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
            Some(("imds", flags)) => (Subject::Imds, flags),
            Some(("run", flags)) => (Subject::Run, flags),
            _ => {
                return Err(ChoreError::usage(
                    "say what to measure: `cargo xtask bench imds`, `run`, `sigv4`, `credentials`, `request`, `policy`, \
                     `account` or `s3`",
                ));
            }
        };
        let mut plan = Self { subject, rounds: 5, requests: 400_000, callgrind: true };
        let mut flags = flags.iter();
        while let Some(flag) = flags.next() {
            let mut number = || {
                let value = flags.next().and_then(|text| text.parse().ok()).filter(|count| *count > 0);
                value.ok_or_else(|| ChoreError::usage(format!("{flag} wants a positive number")))
            };
            match flag.as_str() {
                "--rounds" => plan.rounds = number()?,
                "--requests" => plan.requests = number()?,
                "--quick" => plan = Self { subject, rounds: 1, requests: 20_000, callgrind: false },
                _ => return Err(ChoreError::usage(format!("bench does not know {flag:?}"))),
            }
        }
        Ok(plan)
    }
}

impl Programs {
    /// The shipping profile: what is published is what users run.
    fn build() -> Result<Self, ChoreError> {
        process::step(&mut process::cargo(&["build", "--release", "--package", "linklocal", "--locked"]))?;
        Self::beside()
    }

    /// What it is measured with; the product itself as it was built last.
    fn beside() -> Result<Self, ChoreError> {
        process::step(&mut process::cargo(&[
            "build",
            "--release",
            "--manifest-path",
            "bench/Cargo.toml",
            "--locked",
            "--target-dir",
            "bench/target",
        ]))?;
        let beside = process::root().join("bench/target/release");
        Ok(Self {
            linklocal: process::target_dir().join("release/linklocal"),
            bare_hyper: beside.join("bare-hyper"),
            file_server: beside.join("file-server"),
            load: beside.join("load"),
        })
    }
}
