//! What the TOML parser and serde say, in the words of this file: which key, what was expected, what was found, and the
//! nearest name that would do. Values are not repeated, except names out of a closed set: a file holds user data.

use std::fmt::Write as _;
use std::path::Path;

use super::error::ConfigError;
use super::position::{Position, item_at, path_at};

/// The error of reading a text, at its place.
pub(super) fn error(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let span = error.span().unwrap_or(0..0);
    let keys = path_at(text, &span);
    let start = item_at(text, &span, error.message()).unwrap_or(span.start);
    let position = Position::of(text, start);
    let Explanation { problem, hint } = explain(error.message(), &keys, text);
    ConfigError::at(path, position, problem).with_hint(hint)
}

/// One line that says what is wrong, and perhaps one that helps.
#[derive(Debug, PartialEq, Eq)]
struct Explanation {
    problem: String,
    hint: Option<String>,
}

/// Serde's messages are known by how they begin; each of its forms has a case in `testdata/config`, so that a new wording
/// does not pass unseen.
fn explain(message: &str, keys: &[String], text: &str) -> Explanation {
    let names: Vec<&str> = quoted(message);
    let key = keys.last().map(String::as_str).unwrap_or_default();
    let alone = |problem: String| Explanation { problem, hint: None };
    let subject = if key.is_empty() { String::new() } else { format!("{key}: ") };
    match (message, names.as_slice()) {
        (m, [found, known @ ..]) if m.starts_with("unknown field ") => {
            unknown_key(found, known, &table_name(&keys[..keys.len().saturating_sub(1)], text))
        }
        (m, [found, known @ ..]) if m.starts_with("unknown variant ") => alone(format!(
            "{subject}{found:?} is not one of {}{}",
            listed(known),
            meant(found, known).map(|name| format!("; did you mean {name:?}?")).unwrap_or_default()
        )),
        (m, [missing]) if m.starts_with("missing field ") => {
            alone(format!("{} needs the key {missing:?}", table_name(keys, text)))
        }
        (m, _) if m.starts_with("invalid type: ") || m.starts_with("invalid value: ") => match mismatch(m) {
            Some((found, expected)) if m.starts_with("invalid type: ") => {
                alone(format!("{subject}expected {expected}, found {found}"))
            }
            Some((found, expected)) => {
                alone(format!("{subject}expected {expected}, found {found} beyond that"))
            }
            None => alone(format!("{subject}{m}")),
        },
        ("invalid IPv4 address syntax", _) => alone(format!("{subject}not an IPv4 address like 10.0.0.10")),
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

fn unknown_key(found: &str, known: &[&str], table: &str) -> Explanation {
    let mut problem = format!("unknown key {found:?} {table}", table = place_of(table));
    if let Some(name) = meant(found, known) {
        let _ = write!(problem, "; did you mean {name:?}?");
    }
    let hint = if known.len() <= HINTED_KEYS {
        format!("keys {}: {}", place_of(table), known.join(", "))
    } else {
        "docs/configuration.md lists all keys of an instance".to_owned()
    };
    Explanation { problem, hint: Some(hint) }
}

fn place_of(table: &str) -> String {
    if table.is_empty() { "at the top of the file".to_owned() } else { format!("in {table}") }
}

/// A table as its header is written: `[server]`, `[[instance]]`.
fn table_name(keys: &[String], text: &str) -> String {
    let path = keys.join(".");
    if path.is_empty() {
        return path;
    }
    let listed =
        keys == ["instance"] || text.contains(&format!("[[{path}]]")) || LISTS.contains(&path.as_str());
    if listed { format!("[[{path}]]") } else { format!("[{path}]") }
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

/// Lists of tables, whose entries are named with double brackets however they are written.
const LISTS: [&str; 2] = ["instance.network-interfaces", "instance.events.maintenance"];

/// More keys than this do not fit a line.
const HINTED_KEYS: usize = 12;
