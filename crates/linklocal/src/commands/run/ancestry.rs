//! From a process to those that it came from (proc_pid_stat(5)).

use std::iter;
use std::path::PathBuf;

/// The process and its ancestors, the nearest first. A process that has ended in between ends the row.
pub(super) fn lineage(process_id: u32) -> impl Iterator<Item = u32> {
    iter::successors(Some(process_id), |process_id| parent(*process_id)).take(DEEPEST)
}

fn parent(process_id: u32) -> Option<u32> {
    let path = PathBuf::from(format!("/proc/{process_id}/stat"));
    parent_in(&sys::fs::read(&path, LONGEST).ok()?).filter(|parent| *parent != 0)
}

/// The name of the program stands in parentheses and may hold blanks and parentheses: what counts follows the last one.
fn parent_in(stat: &[u8]) -> Option<u32> {
    let name_ends = stat.iter().rposition(|byte| *byte == b')')?;
    let rest = std::str::from_utf8(&stat[name_ends + 1..]).ok()?;
    rest.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Deeper than any tree of processes that somebody meant.
const DEEPEST: usize = 256;
const LONGEST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_anything() {
        let cases: [(&[u8], Option<u32>); 5] = [
            (b"12 (sh) S 7 12 12 0", Some(7)),
            (b"12 (a) S 9 (b) R 8 12", Some(8)),
            (b"12 (\xff\n)) S 6 1", Some(6)),
            (b"12 (sh) S", None),
            (b"", None),
        ];
        for (stat, expected) in cases {
            assert_eq!(parent_in(stat), expected, "{}", String::from_utf8_lossy(stat));
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn goes_up_to_the_first_process() {
        let lineage: Vec<u32> = lineage(std::process::id()).collect();
        assert_eq!(lineage[0], std::process::id());
        assert_eq!(lineage[1], std::os::unix::process::parent_id());
    }
}
