//! The modes by name.

use std::fmt;
use std::str::FromStr;

/// How often and when a call is tried again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    #[default]
    Exponential,
    /// As SDKs had it until 2026.
    Standard,
    /// The revision of 2026.
    Standard21,
    /// `Standard`, and a rate for all calls once the service throttles.
    Adaptive,
    Adaptive21,
    /// botocore's first.
    Legacy,
    /// One attempt, whatever comes of it: nothing is corrected either.
    Off,
}

/// What chance does to a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Jitter {
    /// Waits are what they are: predictable, and the same for all who failed together.
    None,
    /// Anything from nothing to the whole wait.
    Full,
}

/// No mode has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of exponential, standard, standard-2.1, adaptive, adaptive-2.1, legacy, off")]
pub struct ModeError(String);

impl Mode {
    pub const ALL: [Self; 7] = [
        Self::Exponential,
        Self::Standard,
        Self::Standard21,
        Self::Adaptive,
        Self::Adaptive21,
        Self::Legacy,
        Self::Off,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Exponential => "exponential",
            Self::Standard => "standard",
            Self::Standard21 => "standard-2.1",
            Self::Adaptive => "adaptive",
            Self::Adaptive21 => "adaptive-2.1",
            Self::Legacy => "legacy",
            Self::Off => "off",
        }
    }

    /// The mode as `AWS_NEW_RETRIES_2026` makes it.
    pub const fn revised(self) -> Self {
        match self {
            Self::Standard => Self::Standard21,
            Self::Adaptive => Self::Adaptive21,
            other => other,
        }
    }

    pub const fn is_adaptive(self) -> bool {
        matches!(self, Self::Adaptive | Self::Adaptive21)
    }

    pub(super) const fn is_revised(self) -> bool {
        matches!(self, Self::Standard21 | Self::Adaptive21)
    }

    /// Retries are paid for from a quota that all calls share.
    pub(crate) const fn has_quota(self) -> bool {
        matches!(self, Self::Standard | Self::Standard21 | Self::Adaptive | Self::Adaptive21)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// As the AWS CLI and the SDKs read it: in any case.
impl FromStr for Mode {
    type Err = ModeError;

    fn from_str(name: &str) -> Result<Self, ModeError> {
        let found = Self::ALL.into_iter().find(|mode| mode.name().eq_ignore_ascii_case(name.trim()));
        found.ok_or_else(|| ModeError(name.to_owned()))
    }
}

impl fmt::Display for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Full => "full",
        })
    }
}

impl FromStr for Jitter {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, &'static str> {
        match name {
            "none" => Ok(Self::None),
            "full" => Ok(Self::Full),
            _ => Err("jitter is none or full"),
        }
    }
}
