//! The table of allowed arrows: plain text, a line per crate.

use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Table {
    pub(super) crates: BTreeMap<String, Row>,
    pub(super) never_in_pure: BTreeSet<String>,
    pub(super) licences: BTreeSet<String>,
}

pub(super) struct Row {
    pub(super) kind: Kind,
    pub(super) may: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Pure,
    Seam,
    Domain,
    Io,
    Engine,
    Binary,
    Test,
}

impl Table {
    /// The error starts with the line number.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut table =
            Self { crates: BTreeMap::new(), never_in_pure: BTreeSet::new(), licences: BTreeSet::new() };
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            table.take(line).map_err(|error| format!("{}: {error}", index + 1))?;
        }
        Ok(table)
    }

    fn take(&mut self, line: &str) -> Result<(), String> {
        if let Some(names) = line.strip_prefix("never in pure:") {
            self.never_in_pure.extend(words(names));
        } else if let Some(names) = line.strip_prefix("licences:") {
            self.licences.extend(words(names));
        } else if let Some(row) = line.strip_prefix("crate ") {
            self.take_crate(row)?;
        } else {
            return Err(format!("{line:?} starts with none of `crate`, `never in pure:`, `licences:`"));
        }
        Ok(())
    }

    fn take_crate(&mut self, row: &str) -> Result<(), String> {
        let mut cells = row.split_whitespace();
        let (Some(name), Some(kind)) = (cells.next(), cells.next()) else {
            return Err("a crate's row is `crate NAME KIND CRATES…`".to_owned());
        };
        let kind = Kind::parse(kind).ok_or_else(|| format!("{kind:?} is no kind of crate"))?;
        let may = cells.filter(|cell| *cell != "-").map(str::to_owned).collect();
        match self.crates.insert(name.to_owned(), Row { kind, may }) {
            None => Ok(()),
            Some(_) => Err(format!("{name} has two rows")),
        }
    }
}

impl Kind {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "pure" => Self::Pure,
            "seam" => Self::Seam,
            "domain" => Self::Domain,
            "io" => Self::Io,
            "engine" => Self::Engine,
            "binary" => Self::Binary,
            "test" => Self::Test,
            _ => return None,
        })
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rows_and_lists() {
        let table =
            Table::parse("# c\ncrate a pure -\ncrate b io a\nnever in pure: tokio\nlicences: MIT\n").unwrap();
        assert_eq!(table.crates["a"].kind, Kind::Pure);
        assert!(table.crates["a"].may.is_empty());
        assert!(table.crates["b"].may.contains("a"));
        assert!(table.never_in_pure.contains("tokio"));
    }

    #[test]
    fn names_the_line_at_fault() {
        for (text, line) in
            [("crate a", "1:"), ("\ncrate a odd -", "2:"), ("crate a io -\ncrate a io -", "2:"), ("x", "1:")]
        {
            let error = Table::parse(text).map(|_| ()).unwrap_err();
            assert!(error.starts_with(line), "{text:?}: {error}");
        }
    }
}
