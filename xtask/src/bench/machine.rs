//! The machine that measures.

use std::fs;
use std::process::Command;

use crate::process;

/// Two lines on where the figures come from.
pub(super) fn describe() -> String {
    let cpu = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let rustc = process::capture(&mut process::program("rustc", &["--version"])).unwrap_or_default();
    format!("{} × {cpu}, Linux {}, {}, release build.\n", cores(), kernel.trim(), rustc.trim())
}

/// A program held to one core: servers on the first, the load on the second.
pub(super) fn pinned(core: Core, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command =
        process::program("taskset", &["--cpu-list", if core == Core::Server { "0" } else { "1" }]);
    if cores() < 2 {
        command = process::program("taskset", &["--cpu-list", "0"]);
    }
    command.arg(program);
    command
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Core {
    Server,
    Load,
}

pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The value of `name : value` in a file of the kernel's.
pub(super) fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.split(':').next().is_some_and(|key| key.trim() == name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
