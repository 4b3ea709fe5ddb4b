//! `/proc/<pid>/stat` (proc_pid_stat(5)).
//!
//! Rule: the name is whatever the process chose, blanks and brackets included; it ends at the last bracket.

/// What is wanted of a process's status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    /// The name of its main thread, 15 bytes at most.
    pub(super) name: String,
    pub(super) parent: u32,
    /// Clock ticks after boot.
    pub(super) started: u64,
    /// Where its arguments lie in its memory: another place after each exec, as the kernel draws it. 0 where that may
    /// not be seen.
    pub(super) arguments_at: u64,
}

impl Stat {
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let opens = line.iter().position(|byte| *byte == b'(')?;
        let closes = line.iter().rposition(|byte| *byte == b')')?;
        let name = String::from_utf8_lossy(line.get(opens + 1..closes)?).into_owned();
        // From here on fields are plain: the third, the state, comes first.
        let fields = std::str::from_utf8(line.get(closes + 1..)?).ok()?;
        let mut fields = fields.split_ascii_whitespace();
        let parent = fields.nth(PARENT - THIRD)?.parse().ok()?;
        let started = fields.nth(STARTED - PARENT - 1)?.parse().ok()?;
        let arguments_at = fields.nth(ARGUMENTS - STARTED - 1).and_then(|at| at.parse().ok()).unwrap_or(0);
        Some(Self { name, parent, started, arguments_at })
    }
}

// Fields as the manual numbers them.
const THIRD: usize = 3;
const PARENT: usize = 4;
const STARTED: usize = 22;
const ARGUMENTS: usize = 48;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(name: &str) -> String {
        format!(
            "4711 ({name}) S 42 4711 42 34816 4711 4194304 1 0 0 0 0 0 0 0 20 0 1 0 987654 {} 140 3\n",
            "1 ".repeat(25)
        )
    }

    #[test]
    fn names_may_hold_anything() {
        for name in ["curl", "a b", "a) S 1 (b", ")", "(", "", "tab\tnew\nline"] {
            let expected = Stat { name: name.to_owned(), parent: 42, started: 987_654, arguments_at: 140 };
            assert_eq!(Stat::parse(line(name).as_bytes()), Some(expected), "{name:?}");
        }
    }

    #[test]
    fn what_is_cut_off_is_nothing() {
        let whole = line("curl");
        let end = whole.find("987654").unwrap();
        for cut in 0..end {
            assert_eq!(Stat::parse(&whole.as_bytes()[..cut]), None, "{cut}");
        }
        assert_eq!(Stat::parse(b") ("), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Stat::parse(&bytes);
        }
    }
}
