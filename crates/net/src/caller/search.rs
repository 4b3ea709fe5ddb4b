//! From a socket's number to the process that holds it.
//!
//! Rule: bounded in time and in processes. Who called lately is looked at first, then who was started last, then the
//! rest: one program calls often, and most others call when they start.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use sys::Proc;
use tokio::time::Instant;

use super::describe;
use super::sockets::{self, Sighting};
use crate::Peer;

/// Looks through processes, and remembers where it found somebody.
#[derive(Debug)]
pub(super) struct Search {
    proc: Proc,
    /// Latest first.
    recent: VecDeque<Holder>,
    /// The user whose processes may be looked into; `None` where it is everybody's.
    limited_to: Option<u32>,
}

/// A process and the number of its descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Holder {
    process_id: u32,
    descriptor: u32,
}

/// What other network namespaces hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nowhere,
    Socket(Sighting),
    /// Namespaces may have the same addresses; which of them calls cannot be told.
    Several,
}

impl Search {
    pub(super) fn new(proc: Proc) -> Self {
        let limited_to = limited_to(&proc);
        Self { proc, recent: VecDeque::new(), limited_to }
    }

    pub(super) fn proc(&self) -> &Proc {
        &self.proc
    }

    /// The process that holds the socket. Where several do, because one inherited it from the other, the eldest of the
    /// line: that is the one that connected.
    pub(super) fn holder(&mut self, sighting: Sighting, until: Instant) -> Option<u32> {
        if self.limited_to.is_some_and(|user| user != sighting.user) {
            return None;
        }
        let target = format!("socket:[{}]", sighting.inode);
        let found = self.find(&target, sighting.user, until)?;
        let eldest = self.eldest(found, &target);
        self.remember(eldest);
        Some(eldest.process_id)
    }

    /// The client's socket in other network namespaces of this machine.
    pub(super) fn elsewhere(&self, peer: Peer, until: Instant) -> Found {
        let mut seen = self.namespace("self").into_iter().collect::<Vec<_>>();
        let mut found = Found::Nowhere;
        for id in self.by_age() {
            if seen.len() > NAMESPACES || Instant::now() > until {
                break;
            }
            let Some(namespace) = self.namespace(&id.to_string()) else { continue };
            if seen.contains(&namespace) {
                continue;
            }
            seen.push(namespace);
            match (self.in_namespace_of(id, peer), found) {
                (None, _) => {}
                (Some(sighting), Found::Nowhere) => found = Found::Socket(sighting),
                (Some(_), _) => return Found::Several,
            }
        }
        found
    }

    fn find(&self, target: &str, user: u32, until: Instant) -> Option<Holder> {
        let holder = |id: u32| {
            let descriptor = self.proc.descriptor(id, target, DESCRIPTORS)?;
            Some(Holder { process_id: id, descriptor })
        };
        // A program that connects again tends to get the same number again.
        let again = self.recent.iter().copied().find(|recent| self.is_holder(*recent, target));
        if let Some(found) = again.or_else(|| self.youngest(holder)) {
            return Some(found);
        }
        if let Some(found) = self.recent.iter().find_map(|recent| holder(recent.process_id)) {
            return Some(found);
        }
        let (likely, rest): (Vec<u32>, Vec<u32>) =
            self.by_age().into_iter().partition(|id| self.proc.owner(&id.to_string()) == Some(user));
        likely.into_iter().chain(rest).take_while(|_| Instant::now() < until).find_map(holder)
    }

    /// Most programs call when they start. Threads have numbers of the same kind.
    fn youngest(&self, holder: impl Fn(u32) -> Option<Holder>) -> Option<Holder> {
        let newest = self.newest();
        let found = (newest.saturating_sub(YOUNGEST).max(1)..=newest).rev().find_map(holder)?;
        Some(Holder { process_id: self.leader(found.process_id)?, ..found })
    }

    fn is_holder(&self, Holder { process_id, descriptor }: Holder, target: &str) -> bool {
        let link = self.proc.link(&format!("{process_id}/fd/{descriptor}"));
        link.is_some_and(|link| link.as_os_str() == target)
    }

    /// The forebear that holds the socket, too: under the same number, as it was inherited, or under another one of its
    /// first, as shells do.
    fn eldest(&self, found: Holder, target: &str) -> Holder {
        let parent = |child: &Holder| {
            let process_id = describe::stat(&self.proc, child.process_id)?.parent;
            let same = Some(Holder { process_id, ..*child }).filter(|parent| self.is_holder(*parent, target));
            let other = || {
                let descriptor = self.proc.descriptor(process_id, target, FIRST_DESCRIPTORS)?;
                Some(Holder { process_id, descriptor })
            };
            if process_id == 0 { None } else { same.or_else(other) }
        };
        std::iter::successors(Some(found), parent).take(GENERATIONS).last().unwrap_or(found)
    }

    /// The process that a thread belongs to.
    fn leader(&self, id: u32) -> Option<u32> {
        let status = self.proc.glance(&format!("{id}/status"), 1024)?;
        let status = String::from_utf8_lossy(&status);
        status.lines().find_map(|line| line.strip_prefix("Tgid:"))?.trim().parse().ok()
    }

    fn remember(&mut self, holder: Holder) {
        self.recent.retain(|known| known.process_id != holder.process_id);
        self.recent.push_front(holder);
        self.recent.truncate(RECENT);
    }

    /// The number that was given to a process last: the fifth field of `/proc/loadavg`.
    fn newest(&self) -> u32 {
        let text = self.proc.glance("loadavg", 128).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        text.split_ascii_whitespace().nth(4).and_then(|id| id.parse().ok()).unwrap_or(0)
    }

    /// All processes, the youngest first. Numbers start again at the bottom when they have reached the top.
    fn by_age(&self) -> Vec<u32> {
        let newest = self.newest();
        let mut ids = self.proc.process_ids();
        ids.sort_unstable_by_key(|id| newest.wrapping_sub(*id));
        ids.truncate(PROCESSES);
        ids
    }

    fn namespace(&self, process: &str) -> Option<PathBuf> {
        self.proc.link(&format!("{process}/ns/net"))
    }

    fn in_namespace_of(&self, id: u32, peer: Peer) -> Option<Sighting> {
        ["tcp", "tcp6"].iter().find_map(|table| {
            let text = self.proc.read(&format!("{id}/net/{table}"), TABLE)?;
            sockets::find(&text, peer)
        })
    }
}

/// Whose processes this one may look into: everybody's with CAP_SYS_PTRACE (capabilities(7)), else its own user's.
fn limited_to(proc: &Proc) -> Option<u32> {
    let status = proc.glance("self/status", 8192).unwrap_or_default();
    let status = String::from_utf8_lossy(&status);
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let effective = effective.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok()).unwrap_or(0);
    let may_look = effective & (1 << CAP_SYS_PTRACE) != 0;
    (!may_look).then(|| rustix::process::geteuid().as_raw())
}

/// How long one search may take.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);

/// Processes that are looked at first.
const RECENT: usize = 8;
/// Numbers below the last one that are tried without reading the list of processes.
const YOUNGEST: u32 = 24;
const PROCESSES: usize = 32_768;
/// Of one process.
const DESCRIPTORS: usize = 16_384;
/// Of a parent, which may be a server with thousands.
const FIRST_DESCRIPTORS: usize = 32;
const GENERATIONS: usize = 8;
const NAMESPACES: usize = 256;
/// Of a socket table: 150 bytes are one socket.
const TABLE: usize = 4 * 1024 * 1024;
const CAP_SYS_PTRACE: u32 = 19;
