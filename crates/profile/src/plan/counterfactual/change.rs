//! One change, as data and as the words that tell somebody to make it.

use std::fmt;

use crate::Place;

/// Something that a user can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// These variables, in one command.
    Unset(Vec<String>),
    Set {
        name: String,
        value: String,
    },
    /// Leave a flag out.
    Drop(String),
    /// `--profile NAME`; in code, the profile of that name.
    NameProfile(String),
    /// Lines of a file.
    Remove(Vec<Place>),
}

impl Change {
    /// Stable, for machines.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Unset(_) => "unset",
            Self::Set { .. } => "set",
            Self::Drop(_) => "drop",
            Self::NameProfile(_) => "name-profile",
            Self::Remove(_) => "remove",
        }
    }
}

/// What to type, where there is something to type.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset(names) => write!(f, "unset {}", names.join(" ")),
            Self::Set { name, value } => write!(f, "export {name}={value}"),
            Self::Drop(flag) => write!(f, "leave {flag} out"),
            Self::NameProfile(name) => write!(f, "pass --profile {name}"),
            Self::Remove(places) => write!(f, "remove {}", by_file(places).join(" and ")),
        }
    }
}

/// `PATH:2, 3` for each file.
fn by_file(places: &[Place]) -> Vec<String> {
    let mut files: Vec<(&str, String)> = Vec::new();
    for place in places {
        let Place::Line { path, line } = place else {
            continue;
        };
        match files.iter_mut().find(|(file, _)| *file == &**path) {
            Some((_, lines)) => lines.push_str(&format!(", {line}")),
            None => files.push((path, line.to_string())),
        }
    }
    files.into_iter().map(|(file, lines)| format!("{file}:{lines}")).collect()
}
