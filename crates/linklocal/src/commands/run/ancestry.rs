//! From a process to those that it came from (proc_pid_stat(5)).

use std::iter;
use std::path::PathBuf;

/// A process that no later one is taken for: numbers are given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Identity {
    process_id: u32,
    /// Clock ticks from boot to its start.
    started: u64,
}

/// The process and its ancestors, the nearest first. A process that has ended in between ends the row.
pub(super) fn lineage(process_id: u32) -> impl Iterator<Item = Identity> {
    iter::successors(generation(process_id), |(_, parent)| generation(*parent))
        .map(|(identity, _)| identity)
        .take(DEEPEST)
}

/// `None` where the process has ended.
pub(super) fn identity(process_id: u32) -> Option<Identity> {
    generation(process_id).map(|(identity, _)| identity)
}

/// The real and the effective user of a process, in this order. The real one is still its starter's where the program has
/// rights that its starter lacks.
pub(super) fn users(process_id: u32) -> Option<[u32; 2]> {
    users_in(&sys::fs::read(&PathBuf::from(format!("/proc/{process_id}/status")), LONGEST_STATUS).ok()?)
}

/// A process and the number of its parent.
fn generation(process_id: u32) -> Option<(Identity, u32)> {
    let path = PathBuf::from(format!("/proc/{process_id}/stat"));
    let (parent, started) = generation_in(&sys::fs::read(&path, LONGEST).ok()?)?;
    Some((Identity { process_id, started }, parent))
}

/// Parent and start. The name of the program stands in parentheses and may hold blanks and parentheses: what counts follows
/// the last one.
fn generation_in(stat: &[u8]) -> Option<(u32, u64)> {
    let name_ends = stat.iter().rposition(|byte| *byte == b')')?;
    let rest = std::str::from_utf8(&stat[name_ends + 1..]).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    let started = fields.nth(17)?.parse().ok()?;
    Some((parent, started))
}

fn users_in(status: &[u8]) -> Option<[u32; 2]> {
    let status = String::from_utf8_lossy(status);
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    let mut users = line.split_ascii_whitespace().map(str::parse);
    Some([users.next()?.ok()?, users.next()?.ok()?])
}

/// Deeper than any tree of processes that somebody meant.
const DEEPEST: usize = 256;
const LONGEST: usize = 4096;
/// Far more than a status has with all groups that a user can be in.
const LONGEST_STATUS: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_anything() {
        let rest = "12 12 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 987654 1";
        for (name, expected) in [("sh", 7), ("a) S 9 (b", 8), ("\n)", 6)] {
            let stat = format!("12 ({name}) S {expected} {rest}");
            assert_eq!(generation_in(stat.as_bytes()), Some((expected, 987_654)), "{name}");
        }
        for stat in [&b"12 (sh) S 7 12 12 0"[..], b"12 (sh) S", b""] {
            assert_eq!(generation_in(stat), None, "{}", String::from_utf8_lossy(stat));
        }
    }

    #[test]
    fn users_are_read_in_their_order() {
        assert_eq!(users_in(b"Name:\tping\nUid:\t1000\t0\t0\t0\nGid:\t5\n"), Some([1000, 0]));
        assert_eq!(users_in(b"Name:\tping\nUid:\t1000\n"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn goes_up_to_the_first_process() {
        let me = std::process::id();
        let lineage: Vec<Identity> = lineage(me).collect();
        assert_eq!(Some(lineage[0]), identity(me));
        assert_eq!(lineage[1].process_id, std::os::unix::process::parent_id());
        let user = rustix::process::geteuid().as_raw();
        assert_eq!(users(me), Some([user, user]));
    }
}
