//! What users say about retries, and where.

use std::time::Duration;

use super::{Jitter, Mode, ModeError};

/// How a caller retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub mode: Mode,
    /// At least 1; `None` for the mode's own number, which may be another for another service. [`Mode::Off`] has one.
    pub max_attempts: Option<u32>,
    /// `None` for the mode's own: none in [`Mode::Exponential`], full in all others.
    pub jitter: Option<Jitter>,
    /// No wait is longer, but where the service asks for more.
    pub max_backoff: Duration,
    /// Whether a POST or PATCH that was sent and never answered is sent again. SDKs do; it may have been carried out.
    pub repeat_unanswered: bool,
    /// Whether a request that was refused for its time is signed again by the service's clock.
    pub correct_clock: bool,
}

/// Something that users can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    RetryMode,
    MaxAttempts,
    NewRetries2026,
    DisableClockSkewCorrection,
}

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub value: String,
    /// As the start of a sentence: `AWS_RETRY_MODE`, `/home/a/.aws/config:3:1`.
    pub place: String,
}

/// A value that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("{place}: {source}")]
    Mode {
        place: String,
        #[source]
        source: ModeError,
    },
    #[error("{place}: {value:?} is no number of attempts; write a whole number from 1 to {MOST_ATTEMPTS}")]
    Attempts { place: String, value: String },
    #[error("{place}: {value:?} is neither true nor false")]
    Switch { place: String, value: String },
}

impl Settings {
    /// The mode's own settings.
    pub const fn of(mode: Mode) -> Self {
        Self {
            mode,
            max_attempts: None,
            jitter: None,
            max_backoff: MAX_BACKOFF,
            repeat_unanswered: true,
            correct_clock: true,
        }
    }

    /// As `said` has it for each setting: the flag where there is one, else the variable, else the profile's key.
    pub fn read(said: &dyn Fn(Setting) -> Option<Said>) -> Result<Self, SettingsError> {
        let mode = match said(Setting::RetryMode) {
            Some(Said { value, place }) => {
                value.parse::<Mode>().map_err(|source| SettingsError::Mode { place, source })?
            }
            None => Mode::default(),
        };
        let revised = said(Setting::NewRetries2026).map(switch).transpose()?.unwrap_or(false);
        let skew_is_kept =
            said(Setting::DisableClockSkewCorrection).map(switch).transpose()?.unwrap_or(false);
        Ok(Self {
            max_attempts: said(Setting::MaxAttempts).map(attempts).transpose()?,
            correct_clock: !skew_is_kept,
            ..Self::of(if revised { mode.revised() } else { mode })
        })
    }

    /// How often a call of this service is tried at most. `service` is its signing name.
    pub fn attempts_of(&self, service: &str) -> u32 {
        let own = match self.mode {
            Mode::Off => return 1,
            Mode::Exponential => 6,
            Mode::Legacy if service == "dynamodb" => 10,
            Mode::Legacy => 5,
            mode if mode.is_revised() && service == "dynamodb" => 4,
            _ => 3,
        };
        self.max_attempts.unwrap_or(own).max(1)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::of(Mode::default())
    }
}

impl Setting {
    pub const fn variable(self) -> &'static str {
        match self {
            Self::RetryMode => "AWS_RETRY_MODE",
            Self::MaxAttempts => "AWS_MAX_ATTEMPTS",
            Self::NewRetries2026 => "AWS_NEW_RETRIES_2026",
            Self::DisableClockSkewCorrection => "AWS_DISABLE_CLOCK_SKEW_CORRECTION",
        }
    }

    /// The profile's key, where it has one.
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Self::RetryMode => Some("retry_mode"),
            Self::MaxAttempts => Some("max_attempts"),
            Self::NewRetries2026 | Self::DisableClockSkewCorrection => None,
        }
    }
}

fn attempts(Said { value, place }: Said) -> Result<u32, SettingsError> {
    let number = value.trim().parse().ok().filter(|number| (1..=MOST_ATTEMPTS).contains(number));
    number.ok_or(SettingsError::Attempts { place, value })
}

fn switch(Said { value, place }: Said) -> Result<bool, SettingsError> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        _ => Err(SettingsError::Switch { place, value }),
    }
}

/// As all SDKs have it.
pub(super) const MAX_BACKOFF: Duration = Duration::from_secs(20);

/// More than half an hour of waiting.
const MOST_ATTEMPTS: u32 = 100;
