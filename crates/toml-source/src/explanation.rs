//! What the TOML parser and serde say, in the words of the file: which key, what was expected, what was found, and the
//! nearest name that would do.

use std::fmt::Write as _;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::position::{item_at, path_at};
use crate::{Fault, Position};

/// What there is to say of one kind of file.
#[derive(Clone, Copy, Debug)]
pub struct Guide {
    /// Lists of tables, whose entries are named with double brackets however they are written.
    pub lists: &'static [&'static str],
    /// Said in place of a table's keys where they are too many for a line.
    pub reference: &'static str,
}

/// Reads a text into its tables and keys.
pub fn read<T: DeserializeOwned>(path: &Path, text: &str, guide: &Guide) -> Result<T, Fault> {
    toml::from_str(text).map_err(|error| fault(path, text, guide, &error))
}

/// The error of reading a text, at its place.
fn fault(path: &Path, text: &str, guide: &Guide, error: &toml::de::Error) -> Fault {
    let span = error.span().unwrap_or(0..0);
    let keys = path_at(text, &span);
    let start = item_at(text, &span, error.message()).unwrap_or(span.start);
    let Explanation { problem, hint } = guide.explain(error.message(), &keys, text);
    Fault::at(path, Position::of(text, start), problem).with_hint(hint)
}

/// One line that says what is wrong, and perhaps one that helps.
#[derive(Debug, PartialEq, Eq)]
struct Explanation {
    problem: String,
    hint: Option<String>,
}

impl Guide {
    /// Serde's messages are known by how they begin; each of its forms has a case in the testdata of those who read files,
    /// so that a new wording does not pass unseen.
    fn explain(&self, message: &str, keys: &[String], text: &str) -> Explanation {
        let names: Vec<&str> = quoted(message);
        let key = keys.last().map(String::as_str).unwrap_or_default();
        let alone = |problem: String| Explanation { problem, hint: None };
        let subject = if key.is_empty() { String::new() } else { format!("{key}: ") };
        match (message, names.as_slice()) {
            (m, [found, known @ ..]) if m.starts_with("unknown field ") => {
                self.unknown_key(found, known, &self.table_name(&keys[..keys.len().saturating_sub(1)], text))
            }
            (m, [found, known @ ..]) if m.starts_with("unknown variant ") => alone(format!(
                "{subject}{found:?} is not one of {}{}",
                listed(known),
                meant(found, known).map(|name| format!("; did you mean {name:?}?")).unwrap_or_default()
            )),
            (m, [missing]) if m.starts_with("missing field ") => {
                let table = self.table_name(keys, text);
                let table = if table.is_empty() { "the file" } else { &table };
                alone(format!("{table} needs the key {missing:?}"))
            }
            (m, _) if m.starts_with("invalid type: ") || m.starts_with("invalid value: ") => {
                match mismatch(m) {
                    Some((found, expected)) if m.starts_with("invalid type: ") => {
                        alone(format!("{subject}expected {expected}, found {found}"))
                    }
                    Some((found, expected)) => {
                        alone(format!("{subject}expected {expected}, found {found} beyond that"))
                    }
                    None => alone(format!("{subject}{m}")),
                }
            }
            ("invalid IPv4 address syntax", _) => {
                alone(format!("{subject}not an IPv4 address like 10.0.0.10"))
            }
            ("invalid IPv6 address syntax", _) => {
                alone(format!("{subject}not an IPv6 address like 2600:1f18::10"))
            }
            ("invalid socket address syntax", _) => {
                alone(format!("{subject}not an address and a port, like 127.0.0.1:1338 or [::1]:1338"))
            }
            ("duplicate key", _) => alone(format!("{subject}the key stands twice in its table; keep one")),
            (m, _) => alone(format!("{subject}{m}")),
        }
    }

    fn unknown_key(&self, found: &str, known: &[&str], table: &str) -> Explanation {
        let mut problem = format!("unknown key {found:?} {table}", table = place_of(table));
        if let Some(name) = meant(found, known) {
            let _ = write!(problem, "; did you mean {name:?}?");
        }
        let hint = if known.len() <= HINTED_KEYS {
            format!("keys {}: {}", place_of(table), known.join(", "))
        } else {
            self.reference.to_owned()
        };
        Explanation { problem, hint: Some(hint) }
    }

    /// A table as its header is written: `[server]`, `[[instance]]`.
    fn table_name(&self, keys: &[String], text: &str) -> String {
        let path = keys.join(".");
        if path.is_empty() {
            return path;
        }
        let listed = text.contains(&format!("[[{path}]]")) || self.lists.contains(&path.as_str());
        if listed { format!("[[{path}]]") } else { format!("[{path}]") }
    }
}

fn place_of(table: &str) -> String {
    if table.is_empty() { "at the top of the file".to_owned() } else { format!("in {table}") }
}

/// The nearest of the known names, if it is near enough to have been meant.
fn meant<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = |name: &&&str| strsim::damerau_levenshtein(found, name) <= found.chars().count().max(3) / 3;
    let plain = found.replace('_', "-").to_lowercase();
    let exact = known.iter().find(|name| name.to_lowercase() == plain);
    exact
        .or_else(|| known.iter().filter(near).min_by_key(|name| strsim::damerau_levenshtein(found, name)))
        .copied()
}

/// What was found and what was expected, in plain words.
fn mismatch(message: &str) -> Option<(String, String)> {
    let (_, rest) = message.split_once(": ")?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    Some((found_words(found).to_owned(), expected_words(expected)))
}

/// The kind of value, without the value.
fn found_words(found: &str) -> &str {
    match found.split([' ', '`']).next().unwrap_or_default() {
        "integer" => "a whole number",
        "floating" => "a number with a fraction",
        "boolean" => "true or false",
        "string" | "character" => "a text",
        "map" => "a table",
        "sequence" => "a list",
        _ => "another kind of value",
    }
}

fn expected_words(expected: &str) -> String {
    match expected {
        "a string" | "string" => "a text in quotes".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list in brackets".to_owned(),
        "a map" => "a table".to_owned(),
        "u16" => format!("a whole number from 0 to {}", u16::MAX),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "usize" | "u64" => "a whole number from 0".to_owned(),
        "i64" => "a whole number".to_owned(),
        "path string" => "a path in quotes".to_owned(),
        "IPv4 address" | "IPv6 address" | "IP address" | "socket address" => {
            format!("an {expected} in quotes").replace("an socket", "a socket")
        }
        _ if expected.starts_with("struct ") => "a table".to_owned(),
        other => other.to_owned(),
    }
}

/// The names that serde puts between back-quotes.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

/// More keys than this do not fit a line.
const HINTED_KEYS: usize = 16;
