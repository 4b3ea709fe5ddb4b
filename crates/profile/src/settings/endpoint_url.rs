//! The endpoint URL that somebody named for a service (facts/credentials.md 1.5).
//!
//! Rule: program, variable of the service, variable for all, `services` section, key of the profile; the first that
//! holds anything. The switch that ignores all configured ones leaves only what the program itself was told.

use super::boolean::{self, Switch};
use super::{Found, Scope, SettingError};
use crate::Sdk;
use crate::reader::{Profile, Value};

/// The URL for the service with this id, `STS` or `IoT Data Plane`; nothing where AWS's own is used.
///
/// # Errors
/// A profile names a `services` section that is not there, or the ignoring switch is neither on nor off.
pub fn endpoint_url(scope: &Scope<'_>, service_id: &str) -> Result<Option<Found<String>>, SettingError> {
    let named = scope.flag("--endpoint-url", scope.view.arguments.endpoint_url.as_ref());
    if let Some(found) = named.filter(filled) {
        return Ok(Some(found.into()));
    }
    if ignores_configured_endpoints(scope)? {
        return Ok(None);
    }
    configured_endpoint_url(scope, service_id)
}

/// As [`endpoint_url`], without what the program itself was told: that is for the service that it calls, and not for
/// those that are asked for credentials first.
pub fn configured_endpoint_url(
    scope: &Scope<'_>,
    service_id: &str,
) -> Result<Option<Found<String>>, SettingError> {
    // The release of 2022 knows of none; the clients that Rust asks for credentials know of no switch.
    if scope.sdk == Sdk::Go || (scope.sdk != Sdk::Rust && ignores_configured_endpoints(scope)?) {
        return Ok(None);
    }
    if let Some(found) = surroundings(scope, service_id) {
        return Ok(Some(found.into()));
    }
    match services_section(scope, service_id) {
        Ok(None) => Ok(profile_key(scope, service_id).map(Found::from)),
        // JavaScript takes a file that it cannot make sense of for one that names no endpoint.
        Err(_) if scope.sdk == Sdk::Js => Ok(None),
        found => found,
    }
}

/// Whether `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` or its key is on.
pub fn ignores_configured_endpoints(scope: &Scope<'_>) -> Result<bool, SettingError> {
    if let Some(told) = scope.view.arguments.ignore_configured_endpoint_urls {
        return Ok(told);
    }
    // Java has no such switch.
    if scope.sdk == Sdk::Java {
        return Ok(false);
    }
    Ok(boolean::switch(scope, &IGNORE)?.is_some_and(|found| found.value))
}

/// Properties of Java, then variables.
fn surroundings<'a>(scope: &Scope<'a>, service_id: &str) -> Option<Found<&'a str>> {
    let of_java = || {
        let own = format!("aws.endpointUrl{}", camel_case(service_id));
        scope.property(&own).or_else(|| scope.property("aws.endpointUrl"))
    };
    let property = match scope.sdk {
        Sdk::Java => of_java(),
        _ => None,
    };
    let own = format!("AWS_ENDPOINT_URL_{}", service_id.to_uppercase().replace([' ', '-'], "_"));
    property.or_else(|| scope.filled(&own)).or_else(|| scope.filled("AWS_ENDPOINT_URL"))
}

fn services_section(scope: &Scope<'_>, service_id: &str) -> Result<Option<Found<String>>, SettingError> {
    let Some(name) = scope.setting("services") else {
        return Ok(None);
    };
    let section = scope.profiles.and_then(|profiles| profiles.services.get(name.value));
    match section.filter(|section| !section.settings.is_empty()) {
        Some(section) => Ok(nested(scope.sdk, section, service_id).filter(|url| !url.value.is_empty())),
        // The others go on without a word.
        None if matches!(scope.sdk, Sdk::Rust | Sdk::Java) => Ok(None),
        None if name.value.is_empty() && scope.sdk == Sdk::Js => Ok(None),
        None => Err(SettingError::new(
            name.place,
            format!("the profile takes endpoints from [services {}], which is not there", name.value),
            format!("add a section [services {}] to the config file, or remove the key", name.value),
        )),
    }
}

/// `endpoint_url` under the service's key, in whichever form this SDK holds blocks.
fn nested(sdk: Sdk, section: &Profile, service_id: &str) -> Option<Found<String>> {
    let separator = match sdk {
        // The parser of aws-config writes hyphens where all others write underscores.
        Sdk::Rust => "-",
        _ => "_",
    };
    let key = service_id.to_lowercase().replace([' ', '-'], separator);
    let dotted = format!("{key}.endpoint_url");
    if let (Some(url), Some(place)) = (section.text(&dotted), section.place(&dotted)) {
        return Some(Found::new(url.to_owned(), place.clone()));
    }
    let setting = section.settings.get(&key)?;
    match &setting.value {
        Value::Nested(block) => {
            let inner = block.get("endpoint_url")?;
            match &inner.value {
                Value::Text(url) => Some(Found::new(url.clone(), inner.place.clone())),
                Value::Nested(_) => None,
            }
        }
        Value::Text(lines) => {
            let mut pairs = lines.lines().filter_map(|line| line.split_once('='));
            // The last of several counts.
            let (_, url) = pairs.rfind(|(key, _)| key.trim() == "endpoint_url")?;
            Some(Found::new(url.trim().to_owned(), setting.place.clone()))
        }
    }
}

fn profile_key<'a>(scope: &Scope<'a>, service_id: &str) -> Option<Found<&'a str>> {
    let own = || {
        let key = service_id.to_lowercase().replace([' ', '-'], "_");
        scope.setting(&format!("{key}.endpoint_url"))
    };
    let own = match scope.sdk {
        Sdk::Java => own(),
        _ => None,
    };
    own.or_else(|| scope.setting("endpoint_url")).filter(filled)
}

fn camel_case(service_id: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        first + &letters.as_str().to_lowercase()
    };
    service_id.split([' ', '-']).map(word).collect()
}

fn filled(found: &Found<&str>) -> bool {
    !found.value.is_empty()
}

const IGNORE: Switch = Switch {
    variable: "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    key: "ignore_configured_endpoint_urls",
    property: "",
};
