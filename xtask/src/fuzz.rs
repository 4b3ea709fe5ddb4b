//! `cargo xtask fuzz`: libFuzzer on the parsers that meet foreign bytes.
//!
//! Coverage for the fuzzer is an unstable compiler flag: the nightly toolchain serves where there is one, else the stable one is
//! told to take it (`RUSTC_BOOTSTRAP=1`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chore::ChoreError;
use crate::{output, process};

pub(crate) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    let (asked, seconds) = parse(arguments)?;
    let known = targets()?;
    if let Some(unknown) = asked.as_ref().filter(|name| !known.contains(name)) {
        return Err(ChoreError::usage(format!("no fuzz target {unknown:?}; there are {}", known.join(", "))));
    }
    let toolchain = Toolchain::find();
    output::talk(&format!("fuzzing with {}", toolchain.name()));
    install(&toolchain)?;
    let built = process::root().join("fuzz/target");
    let mut build = toolchain.cargo();
    // What is fuzzed is safe Rust: a sanitizer of memory would find nothing there, and take half of the time to build.
    build.args(["fuzz", "build", "--sanitizer", "none", "--target-dir"]).arg(&built);
    // All at once: one after the other, each would be linked on a single processor.
    process::step(build.args(&asked))?;
    let programs = built.join(host(&toolchain)?).join("release");
    match asked {
        Some(target) => process::step(&mut fuzz(&programs, &target, seconds)?),
        None => known.chunks(AT_ONCE).try_for_each(|targets| fuzz_together(&programs, targets, seconds)),
    }
}

fn parse(arguments: &[String]) -> Result<(Option<String>, u32), ChoreError> {
    let (mut target, mut seconds) = (None, DEFAULT_SECONDS);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--seconds" {
            seconds = words
                .next()
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| ChoreError::usage("--seconds wants a whole number, such as --seconds 60"))?;
        } else if word.starts_with('-') || target.is_some() {
            return Err(ChoreError::usage(format!("fuzz takes [TARGET] [--seconds N], not {word:?}")));
        } else {
            target = Some(word.clone());
        }
    }
    Ok((target, seconds))
}

/// Every file of `fuzz/fuzz_targets` is one.
fn targets() -> Result<Vec<String>, ChoreError> {
    let directory = process::root().join("fuzz/fuzz_targets");
    let entries =
        fs::read_dir(&directory).map_err(ChoreError::io(format!("reading {}", directory.display())))?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".rs")?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn install(toolchain: &Toolchain) -> Result<(), ChoreError> {
    if process::works(toolchain.cargo().args(["fuzz", "--version"])) {
        return Ok(());
    }
    process::step(process::cargo(&["install", "cargo-fuzz", "--locked", "--version"]).arg(CARGO_FUZZ))
}

/// Runs several targets side by side; what each says comes in one piece. They begin alike each time, so that what is found was made by
/// the change that is tried; a target by itself begins elsewhere each time, and explores.
fn fuzz_together(programs: &Path, targets: &[String], seconds: u32) -> Result<(), ChoreError> {
    let commands =
        targets.iter().map(|target| fuzz(programs, target, seconds)).collect::<Result<Vec<_>, _>>()?;
    std::thread::scope(|scope| {
        let runs: Vec<_> = commands
            .into_iter()
            .map(|mut command| scope.spawn(move || process::quiet_step(command.arg(SEED))))
            .collect();
        runs.into_iter().try_for_each(|run| run.join().expect("a step does not panic"))
    })
}

/// New finds go to `corpus/`, which stays out of the repository; `seeds/` are the inputs worth starting from.
fn fuzz(programs: &Path, target: &str, seconds: u32) -> Result<Command, ChoreError> {
    let root = process::root().join("fuzz");
    let made = |directory: PathBuf| {
        fs::create_dir_all(&directory).map_err(ChoreError::io(format!("making {}", directory.display())))?;
        Ok::<_, ChoreError>(directory)
    };
    let corpus = made(root.join("corpus").join(target))?;
    let artifacts = made(root.join("artifacts").join(target))?;
    let mut command = Command::new(programs.join(target));
    command.current_dir(process::root());
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    command.arg(corpus).arg(root.join("seeds").join(target)).args([
        &format!("-max_total_time={seconds}"),
        "-timeout=5",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        "-print_funcs=0",
        "-verbosity=0",
    ]);
    Ok(command)
}

/// The triple that targets are built for.
fn host(toolchain: &Toolchain) -> Result<String, ChoreError> {
    let version = process::capture(toolchain.cargo().arg("-vV"))?;
    let line = version.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).ok_or_else(|| ChoreError::failed("`cargo -vV` names no host".to_owned()))
}

/// Which compiler builds the targets.
enum Toolchain {
    Nightly(String),
    Bootstrapped,
}

impl Toolchain {
    fn find() -> Self {
        let list = process::capture(&mut process::program("rustup", &["toolchain", "list"]));
        let nightly = list.ok().and_then(|list| {
            list.lines()
                .find(|line| line.starts_with("nightly"))
                .and_then(|line| line.split(' ').next())
                .map(str::to_owned)
        });
        nightly.map_or(Self::Bootstrapped, Self::Nightly)
    }

    fn name(&self) -> String {
        match self {
            Self::Nightly(name) => format!("toolchain {name}"),
            Self::Bootstrapped => {
                "the stable toolchain and RUSTC_BOOTSTRAP=1 (no nightly is installed)".to_owned()
            }
        }
    }

    fn cargo(&self) -> Command {
        match self {
            Self::Nightly(name) => {
                let mut command = process::program("rustup", &["run", name, "cargo"]);
                // Set by the cargo that runs us; it would outrank the toolchain asked for.
                command.env_remove("CARGO").env_remove("RUSTC").env_remove("RUSTDOC");
                command
            }
            Self::Bootstrapped => {
                let mut command = process::cargo(&[]);
                command.env("RUSTC_BOOTSTRAP", "1");
                command
            }
        }
    }
}

const SEED: &str = "-seed=1";

const DEFAULT_SECONDS: u32 = 60;
/// Targets that run side by side.
const AT_ONCE: usize = 2;
const CARGO_FUZZ: &str = "=0.13.2";
