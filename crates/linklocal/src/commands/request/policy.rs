//! How attempts follow each other: flags, then variables, then the profile.

use client::retry::{Mode, Said, Setting, Settings};
use profile::Sdk;

use crate::arguments::RetryArguments;
use crate::commands::credentials::Snapshot;
use crate::failure::Failure;

/// The settings in force.
pub(super) fn settings(arguments: &RetryArguments, snapshot: &Snapshot) -> Result<Settings, Failure> {
    let ground = snapshot.ground(Sdk::Linklocal);
    let scope = ground.scope(&snapshot.plan().profile.name);
    let mode = arguments.retry_mode.map(Mode::from);
    let said = |setting: Setting| {
        match setting {
            Setting::RetryMode => {
                if let Some(mode) = mode {
                    return Some(Said { value: mode.name().to_owned(), place: "--retry-mode".to_owned() });
                }
            }
            Setting::MaxAttempts => {
                if let Some(number) = arguments.max_attempts {
                    return Some(Said { value: number.to_string(), place: "--max-attempts".to_owned() });
                }
            }
            // A mode that was typed is meant as it was typed.
            Setting::NewRetries2026 if mode.is_some() => return None,
            Setting::NewRetries2026 | Setting::DisableClockSkewCorrection => {}
        }
        let key = || scope.setting(setting.key()?).filter(|found| !found.value.is_empty());
        let found = scope.filled(setting.variable()).or_else(key)?;
        Some(Said { value: found.value.to_owned(), place: found.place.to_string() })
    };
    let settings = Settings::read(&said).map_err(|error| {
        Failure::of(&error).hint("`--retry-mode` and `--max-attempts` beat variables and the profile")
    })?;
    Ok(Settings { jitter: arguments.jitter.map(Into::into).or(settings.jitter), ..settings })
}
