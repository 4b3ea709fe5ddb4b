//! How the codes of MFA devices are had, and whether profiles share one session: settings that `linklocal` alone has, each
//! with a variable and a key. The SDKs pass the keys over.
//!
//! Rule: what is not set behaves as the AWS CLI: somebody is asked, and each role asks for itself.

use super::{Found, Scope, SettingError};
use crate::Place;
use crate::plan::{MfaCommand, MfaKeep, MfaSource};

/// Where codes come from: `mfa_source` (`LINKLOCAL_MFA_SOURCE`), and `mfa_command` (`LINKLOCAL_MFA_COMMAND`), which
/// suffices alone.
pub fn mfa_source(scope: &Scope<'_>) -> Result<MfaSource, SettingError> {
    let command = || setting(scope, "LINKLOCAL_MFA_COMMAND", "mfa_command");
    let named = setting(scope, "LINKLOCAL_MFA_SOURCE", "mfa_source");
    match (named.as_ref().map(|named| named.value), command()) {
        (None, Some(command)) | (Some("command"), Some(command)) => {
            Ok(MfaSource::Command(MfaCommand { command: command.value.to_owned(), place: command.place }))
        }
        (None, None) => Ok(MfaSource::Any),
        (Some("prompt"), _) => Ok(MfaSource::Prompt),
        (Some("totp"), _) => Ok(MfaSource::Totp),
        (Some(other), _) => {
            let place = named.map(|named| named.place).unwrap_or(Place::Default);
            Err(match other {
                "command" => SettingError::new(
                    place,
                    "codes are to come from a command, and none is named",
                    "set mfa_command to a program that prints the six digits, or LINKLOCAL_MFA_COMMAND",
                ),
                _ => SettingError::new(
                    place,
                    format!("{other:?} is no source of MFA codes"),
                    "write prompt, totp or command",
                ),
            })
        }
    }
}

/// Whether one session serves every profile and role of the user and the device, and where it is kept: `mfa_session`
/// (`LINKLOCAL_MFA_SESSION`).
pub fn mfa_session(scope: &Scope<'_>) -> Result<Option<MfaKeep>, SettingError> {
    let Some(named) = setting(scope, "LINKLOCAL_MFA_SESSION", "mfa_session") else {
        return Ok(None);
    };
    match named.value {
        "off" => Ok(None),
        "shared" => Ok(Some(MfaKeep::File)),
        "vault" => Ok(Some(MfaKeep::Vault)),
        other => Err(SettingError::new(
            named.place,
            format!("{other:?} says nothing about MFA sessions"),
            "write shared (kept beside the AWS CLI's sessions), vault (kept in the keyring) or off",
        )),
    }
}

/// What is set to nothing is not set.
fn setting<'a>(scope: &Scope<'a>, variable: &str, key: &str) -> Option<Found<&'a str>> {
    scope.filled(variable).or_else(|| scope.setting(key).filter(|found| !found.value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Ground;
    use crate::{Arguments, Environment, MemoryFiles, Platform, Sdk, View};
    use types::Timestamp;

    fn read(config: &str, variables: &[(&str, &str)]) -> [String; 2] {
        let variables = [&[("HOME", "/home")], variables].concat();
        let environment: Environment = variables.into_iter().collect();
        let view = View {
            environment: &environment,
            arguments: &Arguments::default(),
            files: &MemoryFiles::default().with("/home/.aws/config", config),
            platform: Platform::Unix,
            now: Timestamp::EPOCH,
        };
        let ground = Ground::new(&view, Sdk::Linklocal);
        let scope = ground.scope("a");
        let text = |result: Result<String, SettingError>| result.unwrap_or_else(|error| error.to_string());
        [
            text(mfa_source(&scope).map(|source| format!("{source:?}"))),
            text(mfa_session(&scope).map(|keep| format!("{keep:?}"))),
        ]
    }

    #[test]
    fn a_variable_beats_the_key_and_a_command_suffices() {
        assert_eq!(read("[profile a]\n", &[]), ["Any", "None"]);
        assert_eq!(
            read("[profile a]\nmfa_source = totp\nmfa_session = shared\n", &[]),
            ["Totp", "Some(File)"]
        );
        let variables = [("LINKLOCAL_MFA_SOURCE", "prompt"), ("LINKLOCAL_MFA_SESSION", "off")];
        assert_eq!(
            read("[profile a]\nmfa_source = totp\nmfa_session = vault\n", &variables),
            ["Prompt", "None"]
        );
        assert_eq!(read("[profile a]\nmfa_command = x secret\n", &[])[0], "Command(/home/.aws/config:2)");
        let variables = [("LINKLOCAL_MFA_COMMAND", "y"), ("LINKLOCAL_MFA_SOURCE", "")];
        assert_eq!(
            read("[profile a]\nmfa_source = command\n", &variables)[0],
            "Command(LINKLOCAL_MFA_COMMAND)"
        );
    }

    #[test]
    fn other_words_are_refused_with_their_place() {
        let [source, session] = read("[profile a]\nmfa_source = phone\nmfa_session = yes\n", &[]);
        assert_eq!(source, "/home/.aws/config:2: \"phone\" is no source of MFA codes");
        assert_eq!(session, "/home/.aws/config:3: \"yes\" says nothing about MFA sessions");
        let [source, _] = read("[profile a]\nmfa_source = command\n", &[]);
        assert_eq!(source, "/home/.aws/config:2: codes are to come from a command, and none is named");
    }
}
