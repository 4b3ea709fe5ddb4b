//! What is counted as one program.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use net::{Caller, Place, Process};

/// A program: what runs, or what is known in its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Program {
    /// An executable, and what it interprets.
    Executable { path: PathBuf, script: Option<String> },
    /// The name of a process whose executable may not be seen.
    Process(String),
    /// What a client calls itself whose process is not known.
    UserAgent(String),
    /// A client of which nothing else is known.
    Address(IpAddr),
}

impl Program {
    pub(super) fn of(caller: &Caller, user_agent: Option<&str>) -> Self {
        match (&caller.process, user_agent) {
            (Some(process), _) => Self::of_process(process),
            (None, Some(user_agent)) => Self::UserAgent(user_agent.to_owned()),
            (None, None) => Self::Address(caller.address),
        }
    }

    fn of_process(process: &Process) -> Self {
        match &process.executable {
            Some(path) => Self::Executable { path: path.clone(), script: process.script.clone() },
            None => Self::Process(process.name.clone()),
        }
    }

    /// The file that runs: the script where an interpreter runs one.
    pub fn file_name(&self) -> Option<&str> {
        match self {
            Self::Executable { path, script } => {
                let path = script.as_deref().map_or(path.as_path(), Path::new);
                path.file_name().and_then(|name| name.to_str())
            }
            Self::Process(name) => Some(name),
            Self::UserAgent(_) | Self::Address(_) => None,
        }
    }

    /// Its name as the value of a metric's label: short, and of few characters.
    pub(super) fn label(&self, place: Place) -> String {
        let Some(name) = self.file_name() else {
            return match place {
                Place::ThisMachine | Place::Container => UNKNOWN.to_owned(),
                Place::Elsewhere => ELSEWHERE.to_owned(),
            };
        };
        let plain = |c: char| if c.is_ascii_alphanumeric() || "._+-".contains(c) { c } else { '_' };
        let label: String = name.chars().take(LABEL).map(plain).collect();
        // Names with a meaning of their own are not for programs to take.
        if [UNKNOWN, ELSEWHERE, super::calls::OTHER].contains(&label.as_str()) {
            format!("{label}_")
        } else {
            label
        }
    }
}

/// A client's header as it may be printed: at most 256 bytes of it, control characters escaped.
pub(super) fn user_agent(value: &[u8]) -> String {
    let cut = &value[..value.len().min(USER_AGENT)];
    let text = String::from_utf8_lossy(cut);
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { printable.extend(c.escape_default()) } else { printable.push(c) }
    }
    printable
}

/// The label of processes that could not be found.
const UNKNOWN: &str = "unknown";
/// Of other machines and guests.
const ELSEWHERE: &str = "elsewhere";
const LABEL: usize = 64;
const USER_AGENT: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn executable(path: &str, script: Option<&str>) -> Program {
        Program::Executable { path: path.into(), script: script.map(str::to_owned) }
    }

    #[test]
    fn labels_are_short_and_plain() {
        let long = format!("/{}", "x".repeat(300));
        for (program, expected) in [
            (executable("/usr/bin/curl", None), "curl".to_owned()),
            (executable("/usr/bin/python3.11", Some("/usr/bin/aws")), "aws".to_owned()),
            (executable("/opt/my app\"{\n", None), "my_app___".to_owned()),
            (executable(&long, None), "x".repeat(64)),
            (executable("/bin/other", None), "other_".to_owned()),
            (Program::Process("s3fs".to_owned()), "s3fs".to_owned()),
            (Program::UserAgent("curl/8".to_owned()), "unknown".to_owned()),
        ] {
            assert_eq!(program.label(Place::ThisMachine), expected);
        }
        assert_eq!(Program::Address([10, 0, 0, 9].into()).label(Place::Elsewhere), "elsewhere");
    }

    #[test]
    fn user_agents_are_cut_and_escaped() {
        assert_eq!(user_agent(b"curl/8.5.0"), "curl/8.5.0");
        assert_eq!(user_agent(b"a\x1b[31mb\tc\xff"), "a\\u{1b}[31mb\\tc\u{fffd}");
        assert_eq!(user_agent(&[b'x'; 1000]).len(), 256);
    }
}
