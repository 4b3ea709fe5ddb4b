//! `[trail]`: what is kept of calls of the account, how much of it, and where files of events go.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use toml_source::Span;

use super::error::ConfigError;
use super::source::Source;

/// `[trail]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailConfig {
    /// Whether calls are kept at all.
    pub calls: bool,
    /// What is kept of what is done to objects: all, nothing, or, as `None`, one call of a kind each minute.
    pub data_events: Option<bool>,
    /// Bytes that the journal of calls may take.
    pub max_size: u64,
    /// Whether events are written to files as CloudTrail delivers them.
    pub deliver: bool,
    /// Where; below the data directory where it is not said.
    pub directory: Option<PathBuf>,
    /// How often.
    pub every: Duration,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawTrail {
    calls: Option<bool>,
    data_events: Option<bool>,
    max_size: Option<Size>,
    deliver: Option<bool>,
    directory: Option<PathBuf>,
    every: Option<Span>,
}

/// Bytes, as people write them: `256MiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size(u64);

impl Default for TrailConfig {
    fn default() -> Self {
        Self {
            calls: true,
            data_events: None,
            max_size: 256 * MIB,
            deliver: true,
            directory: None,
            every: Duration::from_secs(300),
        }
    }
}

impl RawTrail {
    pub(super) fn checked(self, source: Source<'_>) -> Result<TrailConfig, ConfigError> {
        let defaults = TrailConfig::default();
        let max_size = self.max_size.map_or(defaults.max_size, |size| size.0);
        if !(MIB..=1024 * 1024 * MIB).contains(&max_size) {
            return Err(source.wrong("trail.max-size", "max-size: take 1MiB to 1TiB"));
        }
        let every = self.every.map_or(defaults.every, |span| span.0);
        if !(1..=86_400).contains(&every.as_secs()) {
            return Err(source.wrong("trail.every", "every: take 1s to 1d"));
        }
        Ok(TrailConfig {
            calls: self.calls.unwrap_or(defaults.calls),
            data_events: self.data_events.or(defaults.data_events),
            max_size,
            deliver: self.deliver.unwrap_or(defaults.deliver),
            directory: self.directory.map(|directory| source.beside(&directory)),
            every,
        })
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let factor = match unit {
            "B" => Some(1),
            "KiB" => Some(1024),
            "MiB" => Some(MIB),
            "GiB" => Some(1024 * MIB),
            _ => None,
        };
        let size = factor.and_then(|factor: u64| number.parse::<u64>().ok()?.checked_mul(factor));
        size.map(Self)
            .ok_or_else(|| format!("{text:?} is no size; write a number with its unit, like 256MiB"))
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

const MIB: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [("1B", 1), ("64KiB", 65_536), ("256MiB", 256 * MIB), ("2GiB", 2048 * MIB)] {
            assert_eq!(text.parse::<Size>(), Ok(Size(bytes)), "{text}");
        }
        for text in ["", "1", "MiB", "1MB", "1.5GiB", "-1B", "99999999999GiB"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
