//! A process by its id: what `/proc` says of it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use sys::Proc;
use tokio::time::Instant;

use super::cgroup::Cgroup;
use super::stat::Stat;
use super::{Ancestor, Process, command_line, script};

/// Descriptions, and those of the last processes that called: most call again.
#[derive(Debug, Default)]
pub(super) struct Descriptions(VecDeque<Kept>);

#[derive(Debug)]
struct Kept {
    process: Process,
    /// It is the same program as long as these are the same.
    stat: Stat,
    at: Instant,
}

impl Descriptions {
    /// Everything about a process; `None` if it is gone.
    pub(super) fn describe(&mut self, proc: &Proc, id: u32, now: Instant) -> Option<Process> {
        let stat = stat(proc, id)?;
        let is_same = |kept: &Kept| kept.process.id == id && kept.stat == stat && stat.arguments_at != 0;
        let is_fresh = |kept: &Kept| now.saturating_duration_since(kept.at) < KEPT_FOR;
        if let Some(kept) = self.0.iter().find(|kept| is_same(kept) && is_fresh(kept)) {
            return Some(kept.process.clone());
        }
        let process = describe(proc, id, &stat)?;
        self.0.retain(|kept| kept.process.id != id);
        self.0.push_front(Kept { process: process.clone(), stat, at: now });
        self.0.truncate(KEPT);
        Some(process)
    }
}

/// `None` if the process is gone, or became another program while it was looked at.
fn describe(proc: &Proc, id: u32, before: &Stat) -> Option<Process> {
    let executable = executable(proc, id);
    let arguments = command_line::arguments(&proc.glance(&format!("{id}/cmdline"), COMMAND_LINE)?);
    let cgroup = Cgroup::parse(&proc.glance(&format!("{id}/cgroup"), CGROUP).unwrap_or_default());
    let ancestors = ancestors(proc, before.parent);
    let after = stat(proc, id)?;
    let interpreter = executable.as_ref().and_then(|path| path.to_str());
    let script = interpreter.and_then(|path| script::script(path, &arguments));
    (after.started == before.started && after.arguments_at == before.arguments_at).then_some(Process {
        id,
        started: after.started,
        name: after.name,
        executable,
        script,
        command_line: command_line::redacted(&arguments),
        cgroup: cgroup.path,
        container_id: cgroup.container_id,
        ancestors,
    })
}

/// The file that a process runs. One that was replaced since has ` (deleted)` behind its name.
fn executable(proc: &Proc, id: u32) -> Option<PathBuf> {
    let path = proc.link(&format!("{id}/exe"))?;
    let kept = path.to_str().and_then(|text| text.strip_suffix(" (deleted)")).map(PathBuf::from);
    Some(kept.unwrap_or(path))
}

pub(super) fn stat(proc: &Proc, id: u32) -> Option<Stat> {
    Stat::parse(&proc.glance(&format!("{id}/stat"), STAT)?)
}

/// The user that a process acts for: `Uid:` in its status, the second of four. The owner of its directory would be root
/// for a process that does not let itself be looked into.
pub(super) fn user(proc: &Proc, id: u32) -> Option<u32> {
    let status = proc.glance(&format!("{id}/status"), STATUS)?;
    let status = String::from_utf8_lossy(&status);
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    ids.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Parent first, without the kernel.
fn ancestors(proc: &Proc, parent: u32) -> Vec<Ancestor> {
    let mut next = parent;
    let generations = std::iter::from_fn(|| {
        let (id, stat) = (next, stat(proc, next).filter(|_| next != 0)?);
        next = stat.parent;
        Some(Ancestor { id, name: program_name(proc, id).unwrap_or(stat.name) })
    });
    generations.take(ANCESTORS).collect()
}

/// The file name of what a process runs: of its script where it is an interpreter.
fn program_name(proc: &Proc, id: u32) -> Option<String> {
    let executable = executable(proc, id)?;
    let arguments = command_line::arguments(&proc.glance(&format!("{id}/cmdline"), COMMAND_LINE)?);
    let script = script::script(executable.to_str()?, &arguments).map(PathBuf::from);
    Some(script.unwrap_or(executable).file_name()?.to_str()?.to_owned())
}

/// A status line has at most 52 numbers and a name.
const STAT: usize = 2048;
/// Identities stand in its first lines.
const STATUS: usize = 1024;
const COMMAND_LINE: usize = 4096;
const CGROUP: usize = 8192;
const ANCESTORS: usize = 3;

const KEPT: usize = 16;
/// A process may be moved to another control group, and orphaned.
const KEPT_FOR: Duration = Duration::from_secs(10);
