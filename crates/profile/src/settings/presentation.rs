//! How the AWS CLI, and we, show results: output format and pager (facts/credentials.md 1.5).

use super::{Found, Scope};
use crate::Platform;

/// What longer output goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pager {
    Command(String),
    /// Switched off by an empty value.
    Off,
}

/// The format of output: `--output`, `AWS_DEFAULT_OUTPUT`, `output` of the profile, `json`.
pub fn output(scope: &Scope<'_>) -> Found<String> {
    let named = scope.flag("--output", scope.view.arguments.output.as_ref());
    let found = named.or_else(|| scope.variable("AWS_DEFAULT_OUTPUT")).or_else(|| scope.setting("output"));
    found.map_or_else(|| Found::by_default("json".to_owned()), Found::from)
}

/// The pager: `AWS_PAGER`, `cli_pager` of the profile, `PAGER`, the platform's own.
pub fn pager(scope: &Scope<'_>) -> Found<Pager> {
    let own = scope.variable("AWS_PAGER").or_else(|| scope.setting("cli_pager"));
    let found = own.or_else(|| scope.variable("PAGER"));
    match found {
        Some(found) if found.value.is_empty() => found.map(|_| Pager::Off),
        Some(found) => found.map(|command| Pager::Command(command.to_owned())),
        None => Found::by_default(Pager::Command(platform_pager(scope.view.platform).to_owned())),
    }
}

const fn platform_pager(platform: Platform) -> &'static str {
    match platform {
        Platform::Unix => "less",
        Platform::Windows => "more",
    }
}
