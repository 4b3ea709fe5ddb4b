//! How an SDK finds the instance metadata service (facts/credentials.md 1.5, 4.2).
//!
//! Rule: all settings or none: Python's tools read them before the first source is looked at, so that a bad one ends
//! their whole search, even where the service would never be asked.

use super::boolean::{self, Switch};
use super::url::{Url, has_only_uri_characters};
use super::{Found, Scope, SettingError};
use crate::plan::Imds;
use crate::{Place, Sdk};

/// Everything that is set about the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImdsSettings {
    /// Who switched the service off; nothing where nobody did.
    pub disabled: Option<Place>,
    /// Without a path.
    pub endpoint: Found<String>,
    /// Whether version 1 is asked where version 2 is not served.
    pub v1_fallback: Found<bool>,
    /// Whether the extended path of credentials is asked first.
    pub extended: bool,
    pub instance_profile_name: Option<Found<String>>,
    pub timeout_ms: Found<u64>,
    pub attempts: Found<u32>,
}

/// What code, or a flag, says before any setting is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides<'a> {
    pub endpoint: Option<&'a str>,
    pub mode: Option<EndpointMode>,
}

/// Which of the two addresses the service has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointMode {
    Ipv4,
    Ipv6,
}

/// What this SDK has of the service.
///
/// # Errors
/// An endpoint, a mode, a switch or a number that this SDK refuses.
pub fn imds(scope: &Scope<'_>) -> Result<ImdsSettings, SettingError> {
    imds_with(scope, &Overrides::default())
}

/// As [`imds`], where code names an endpoint or a mode.
pub fn imds_with(scope: &Scope<'_>, overrides: &Overrides<'_>) -> Result<ImdsSettings, SettingError> {
    Ok(ImdsSettings {
        disabled: disabled(scope)?,
        endpoint: endpoint(scope, overrides)?,
        v1_fallback: v1_fallback(scope)?,
        extended: matches!(scope.sdk, Sdk::Linklocal | Sdk::Java),
        instance_profile_name: instance_profile_name(scope),
        timeout_ms: timeout_ms(scope)?,
        attempts: attempts(scope)?,
    })
}

impl ImdsSettings {
    /// As a source of a plan.
    pub fn provider(&self) -> Imds {
        let endpoint = self.endpoint.clone().map(|url| url.trim_end_matches('/').to_owned());
        Imds {
            endpoint,
            v1_fallback: self.v1_fallback.value,
            extended: self.extended,
            instance_profile_name: self.instance_profile_name.clone().map(|name| name.value),
            timeout_ms: self.timeout_ms.value,
            attempts: self.attempts.value,
        }
    }
}

impl EndpointMode {
    /// The service's address in this mode.
    pub const fn endpoint(self) -> &'static str {
        match self {
            Self::Ipv4 => "http://169.254.169.254",
            Self::Ipv6 => "http://[fd00:ec2::254]",
        }
    }
}

fn disabled(scope: &Scope<'_>) -> Result<Option<Place>, SettingError> {
    let property = match scope.sdk {
        Sdk::Java => scope.property("aws.disableEc2Metadata"),
        _ => None,
    };
    let Some(found) = property.or_else(|| scope.variable("AWS_EC2_METADATA_DISABLED")) else {
        return Ok(None);
    };
    let is_true = found.value.eq_ignore_ascii_case("true");
    let off = match scope.sdk {
        // Whatever is there and not this word switches it off.
        Sdk::Js => !matches!(found.value, "" | "false"),
        Sdk::Java if !is_true && !found.value.eq_ignore_ascii_case("false") => {
            let what = format!("{:?} is neither true nor false, and Java fails on it", found.value);
            return Err(SettingError::new(found.place, what, "set it to true or false, or unset it"));
        }
        _ => is_true,
    };
    Ok(off.then_some(found.place))
}

fn endpoint(scope: &Scope<'_>, overrides: &Overrides<'_>) -> Result<Found<String>, SettingError> {
    let explicit = overrides.endpoint.map(|url| Found::by_default(url.to_owned()));
    let named = explicit.or_else(|| named_endpoint(scope).map(Found::from));
    if is_python(scope.sdk) || scope.sdk == Sdk::Go {
        // A bad mode is an error there even beside an endpoint.
        mode(scope, overrides)?;
    }
    match named {
        Some(found) => check_endpoint(scope.sdk, &found).map(|()| found),
        None => Ok(mode(scope, overrides)?.map(|mode| mode.endpoint().to_owned())),
    }
}

fn named_endpoint<'a>(scope: &Scope<'a>) -> Option<Found<&'a str>> {
    let property = match scope.sdk {
        Sdk::Java => scope.property("aws.ec2MetadataServiceEndpoint"),
        _ => None,
    };
    let found = property
        .or_else(|| variable(scope, "AWS_EC2_METADATA_SERVICE_ENDPOINT"))
        .or_else(|| scope.setting("ec2_metadata_service_endpoint"));
    match scope.sdk {
        // To them an empty one is an endpoint, and a wrong one.
        Sdk::Rust | Sdk::Java => found,
        _ => found.filter(|found| !found.value.is_empty()),
    }
}

fn check_endpoint(sdk: Sdk, found: &Found<String>) -> Result<(), SettingError> {
    let text = found.value.as_str();
    let url = Url::parse(text);
    let good = match sdk {
        Sdk::Boto3 | Sdk::Cli2 => is_valid_for_python(text, &url),
        Sdk::Rust => has_only_uri_characters(text),
        // They find out when they connect.
        Sdk::Go => true,
        Sdk::Js | Sdk::Java => url.host.is_some() && has_only_uri_characters(text),
        Sdk::Linklocal => {
            (url.is_http() || url.is_https()) && url.host.is_some() && has_only_uri_characters(text)
        }
    };
    if good {
        return Ok(());
    }
    let what = format!("the endpoint of the instance metadata service, {text:?}, is no URL with a host");
    Err(SettingError::new(found.place.clone(), what, "write it like http://169.254.169.254"))
}

fn is_valid_for_python(text: &str, url: &Url<'_>) -> bool {
    let Some(host) = url.host else {
        return false;
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_name = host.len() <= 255 && name.split('.').all(label);
    !text.contains(['\t', '\r', '\n']) && (is_name || url.address().is_some())
}

fn mode(scope: &Scope<'_>, overrides: &Overrides<'_>) -> Result<Found<EndpointMode>, SettingError> {
    if let Some(mode) = overrides.mode {
        return Ok(Found::by_default(mode));
    }
    let property = match scope.sdk {
        Sdk::Java => scope.property("aws.ec2MetadataServiceEndpointMode"),
        _ => None,
    };
    let found = property
        .or_else(|| variable(scope, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"))
        .or_else(|| scope.setting("ec2_metadata_service_endpoint_mode"));
    let found = match scope.sdk {
        Sdk::Go | Sdk::Linklocal => found.filter(|found| !found.value.is_empty()),
        _ => found,
    };
    let Some(found) = found else {
        return Ok(older_mode(scope));
    };
    let is = |word: &str| match scope.sdk {
        Sdk::Js => found.value == word,
        _ => found.value.eq_ignore_ascii_case(word),
    };
    if is("IPv4") {
        return Ok(found.map(|_| EndpointMode::Ipv4));
    }
    if is("IPv6") {
        return Ok(found.map(|_| EndpointMode::Ipv6));
    }
    let what = format!("{:?} is no endpoint mode of the instance metadata service", found.value);
    Err(SettingError::new(found.place, what, "set it to IPv4 or IPv6"))
}

/// `AWS_IMDS_USE_IPV6` of Python's tools.
fn older_mode(scope: &Scope<'_>) -> Found<EndpointMode> {
    if !is_python(scope.sdk) && scope.sdk != Sdk::Linklocal {
        return Found::by_default(EndpointMode::Ipv4);
    }
    let found = scope.variable("AWS_IMDS_USE_IPV6").or_else(|| scope.setting("imds_use_ipv6"));
    match found.filter(|found| found.value.eq_ignore_ascii_case("true")) {
        Some(found) => found.map(|_| EndpointMode::Ipv6),
        None => Found::by_default(EndpointMode::Ipv4),
    }
}

fn v1_fallback(scope: &Scope<'_>) -> Result<Found<bool>, SettingError> {
    let found = match scope.sdk {
        // Version 2 only.
        Sdk::Rust => return Ok(Found::by_default(false)),
        // The release of 2022 has no switch.
        Sdk::Go => return Ok(Found::by_default(true)),
        Sdk::Js => {
            let found = scope.variable(V1_DISABLED.variable).or_else(|| scope.setting(V1_DISABLED.key));
            found.map(|found| found.map(|value| !matches!(value, "" | "false")))
        }
        _ => boolean::switch(scope, &V1_DISABLED)?,
    };
    Ok(found.map_or_else(|| Found::by_default(true), |found| found.map(|disabled| !disabled)))
}

fn instance_profile_name(scope: &Scope<'_>) -> Option<Found<String>> {
    let property = match scope.sdk {
        Sdk::Java => scope.property("aws.ec2InstanceProfileName"),
        Sdk::Linklocal => None,
        _ => return None,
    };
    let found = property
        .or_else(|| scope.filled("AWS_EC2_INSTANCE_PROFILE_NAME"))
        .or_else(|| scope.setting("ec2_instance_profile_name"));
    found.filter(|found| !found.value.is_empty()).map(Found::from)
}

/// For each request: Python's tools and we take whole seconds from outside, Java a number with a fraction.
fn timeout_ms(scope: &Scope<'_>) -> Result<Found<u64>, SettingError> {
    let by_default = Found::by_default(match scope.sdk {
        Sdk::Go => 500,
        _ => 1000,
    });
    let Some(found) = number(scope, "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout") else {
        return Ok(by_default);
    };
    let seconds = match scope.sdk {
        Sdk::Java => found.value.parse::<f64>().ok().filter(|seconds| (0.0..1e6).contains(seconds)),
        _ => whole(scope.sdk, found.value).map(f64::from),
    };
    let Some(seconds) = seconds else {
        return Err(not_a_number(&found, "seconds"));
    };
    // A million seconds at most, and not below zero.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let milliseconds = (seconds * 1000.0) as u64;
    Ok(found.map(|_| milliseconds))
}

fn attempts(scope: &Scope<'_>) -> Result<Found<u32>, SettingError> {
    let by_default = Found::by_default(match scope.sdk {
        Sdk::Rust => 4,
        Sdk::Go => 3,
        _ => 1,
    });
    if scope.sdk == Sdk::Java {
        return Ok(by_default);
    }
    let name = ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts");
    let Some(found) = number(scope, name.0, name.1) else {
        return Ok(by_default);
    };
    match whole(scope.sdk, found.value) {
        Some(attempts) => Ok(found.map(|_| attempts)),
        None => Err(not_a_number(&found, "attempts")),
    }
}

/// A number from outside, for those SDKs that take one.
fn number<'a>(scope: &Scope<'a>, variable: &str, key: &str) -> Option<Found<&'a str>> {
    match scope.sdk {
        Sdk::Boto3 | Sdk::Cli2 => scope.variable(variable).or_else(|| scope.setting(key)),
        Sdk::Linklocal => scope.filled(variable).or_else(|| scope.setting(key)),
        Sdk::Java => {
            let property = scope.property("aws.ec2MetadataServiceTimeout");
            property.or_else(|| scope.variable(variable)).or_else(|| scope.setting(key))
        }
        Sdk::Rust | Sdk::Js | Sdk::Go => None,
    }
}

/// Python's `int` forgives blanks, a sign and single underscores. Below zero it takes numbers that nothing can be done with: the
/// service is then asked for no time, or never.
fn whole(sdk: Sdk, text: &str) -> Option<u32> {
    let text = text.trim();
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'+' | b'-') => text.split_at(1),
        _ => ("", text),
    };
    let grouped = digits.split('_').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let number = grouped.then(|| digits.replace('_', "").parse().ok()).flatten()?;
    match sign {
        "-" if is_python(sdk) => Some(0),
        "-" => None,
        _ => Some(number).filter(|number| *number <= 1_000_000),
    }
}

fn not_a_number(found: &Found<&str>, of: &str) -> SettingError {
    let what = format!("{:?} is no number of {of}", found.value);
    SettingError::new(found.place.clone(), what, "write a whole number, or remove it")
}

/// An empty variable is as none to those who say so.
fn variable<'a>(scope: &Scope<'a>, name: &str) -> Option<Found<&'a str>> {
    match scope.sdk {
        Sdk::Go | Sdk::Linklocal => scope.filled(name),
        _ => scope.variable(name),
    }
}

fn is_python(sdk: Sdk) -> bool {
    matches!(sdk, Sdk::Boto3 | Sdk::Cli2)
}

const V1_DISABLED: Switch = Switch {
    variable: "AWS_EC2_METADATA_V1_DISABLED",
    key: "ec2_metadata_v1_disabled",
    property: "aws.disableEc2MetadataV1",
};
