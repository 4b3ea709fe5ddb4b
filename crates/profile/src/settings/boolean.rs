//! Switches, by each SDK's own idea of *true*.

use super::{Found, Scope, SettingError};
use crate::Sdk;

/// Where a switch stands.
pub(super) struct Switch {
    pub(super) variable: &'static str,
    pub(super) key: &'static str,
    pub(super) property: &'static str,
}

/// A switch as this SDK reads it; nothing where it is not set, or set to what this SDK passes over.
pub(super) fn switch(scope: &Scope<'_>, names: &Switch) -> Result<Option<Found<bool>>, SettingError> {
    let property = || match scope.sdk {
        Sdk::Java => scope.property(names.property),
        _ => None,
    };
    let named = property().or_else(|| scope.variable(names.variable));
    let named = match scope.sdk {
        // An empty variable is as none there.
        Sdk::Go | Sdk::Linklocal => named.filter(|found| !found.value.is_empty()),
        _ => named,
    };
    // JavaScript passes over a variable that is neither, and looks at the file.
    let named = named.filter(|found| scope.sdk != Sdk::Js || matches!(found.value, "true" | "false"));
    match named.or_else(|| scope.setting(names.key)) {
        Some(found) => read(scope.sdk, found),
        None => Ok(None),
    }
}

pub(super) fn use_fips(scope: &Scope<'_>) -> Result<bool, SettingError> {
    is_on(scope, &FIPS)
}

pub(super) fn use_dual_stack(scope: &Scope<'_>) -> Result<bool, SettingError> {
    is_on(scope, &DUAL_STACK)
}

fn is_on(scope: &Scope<'_>, names: &Switch) -> Result<bool, SettingError> {
    Ok(switch(scope, names)?.is_some_and(|found| found.value))
}

fn read(sdk: Sdk, found: Found<&str>) -> Result<Option<Found<bool>>, SettingError> {
    let is = |word: &str| found.value.eq_ignore_ascii_case(word);
    let value = match sdk {
        // Whatever is not `true` is false.
        Sdk::Boto3 | Sdk::Cli2 => Some(is("true")),
        Sdk::Js if found.value == "true" => Some(true),
        Sdk::Js if found.value == "false" => Some(false),
        Sdk::Js => None,
        _ if is("true") => Some(true),
        _ if is("false") => Some(false),
        _ => None,
    };
    match (value, sdk) {
        (Some(value), _) => Ok(Some(found.map(|_| value))),
        // Logged at most, and passed over.
        (None, Sdk::Rust | Sdk::Js) => Ok(None),
        (None, _) => {
            let what = format!("{:?} is neither true nor false", found.value);
            Err(SettingError::new(found.place, what, "set it to true or false, in lower case"))
        }
    }
}

const FIPS: Switch =
    Switch { variable: "AWS_USE_FIPS_ENDPOINT", key: "use_fips_endpoint", property: "aws.useFipsEndpoint" };
const DUAL_STACK: Switch = Switch {
    variable: "AWS_USE_DUALSTACK_ENDPOINT",
    key: "use_dualstack_endpoint",
    property: "aws.useDualstackEndpoint",
};
