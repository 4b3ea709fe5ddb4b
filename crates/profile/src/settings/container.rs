//! Which container agent an SDK asks, and with what in `Authorization` (facts/credentials.md 4.1).
//!
//! Rule: a full URI over plain HTTP must name an address that cannot leave the machine or its link, by each SDK's own
//! idea of that. Names are resolved by whoever calls, and where nobody resolves, by the hosts file alone.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use types::Secret;

use super::url::{Url, has_only_uri_characters, older_ipv4};
use super::{Found, Scope, SettingError};
use crate::plan::{Container, ContainerToken};
use crate::{Place, Platform, Sdk, View};

/// Addresses of a name; none where it has none.
pub type Resolver<'a> = dyn Fn(&str) -> Vec<IpAddr> + 'a;

/// The agent that this SDK asks; nothing where no variable names one.
///
/// # Errors
/// A URI that this SDK refuses. Python's tools stop at it; what the others do is in their plans.
pub fn container(scope: &Scope<'_>, resolve: &Resolver<'_>) -> Result<Option<Container>, SettingError> {
    let Some(uri) = uri(scope) else {
        return Ok(None);
    };
    let url = match uri {
        Uri::Relative(path) => relative(scope, &path)?,
        Uri::Full(url) => {
            check(scope, &url, resolve)?;
            url.into()
        }
    };
    Ok(Some(Container { url, token: token(scope).map(|found| found.value) }))
}

/// What goes into `Authorization`, and who named it: the file before the value, in Java the value before the file.
pub fn token(scope: &Scope<'_>) -> Option<Found<ContainerToken>> {
    let value = || {
        let found = setting(scope, TOKEN);
        found.map(|found| found.map(|token| ContainerToken::Value(Secret::new(token.to_owned()))))
    };
    let file = || {
        let found = setting(scope, TOKEN_FILE);
        found.map(|found| found.map(|path| ContainerToken::File(path.to_owned())))
    };
    match scope.sdk {
        Sdk::Java => value().or_else(file),
        // The release of 2022 does not know the file.
        Sdk::Go => value(),
        _ => file().or_else(value),
    }
}

/// A resolver that asks nobody: `localhost`, and what the hosts file of the view says.
pub fn hosts_file(view: &View<'_>) -> impl Fn(&str) -> Vec<IpAddr> + use<> {
    let path = match view.platform {
        Platform::Unix => "/etc/hosts",
        Platform::Windows => r"C:\Windows\System32\drivers\etc\hosts",
    };
    let state = view.files.read(path);
    let text = state.bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
    move |name| {
        let mut addresses: Vec<IpAddr> = text.lines().filter_map(|line| address_of(line, name)).collect();
        if addresses.is_empty() && name.eq_ignore_ascii_case("localhost") {
            addresses.push(Ipv4Addr::LOCALHOST.into());
        }
        // What looks like an address is never looked up.
        addresses.extend(older_ipv4(name).map(IpAddr::from));
        addresses
    }
}

/// Which of the two variables counts.
enum Uri<'a> {
    Relative(Found<&'a str>),
    Full(Found<&'a str>),
}

fn uri<'a>(scope: &Scope<'a>) -> Option<Uri<'a>> {
    let relative = || setting(scope, RELATIVE).map(Uri::Relative);
    let full = || setting(scope, FULL).map(Uri::Full);
    match scope.sdk {
        Sdk::Go => full().or_else(relative),
        _ => relative().or_else(full),
    }
}

/// A variable, or a property of Java. Python, Rust and Java take an empty one for a URI, and an empty one.
fn setting<'a>(scope: &Scope<'a>, name: Name) -> Option<Found<&'a str>> {
    match scope.sdk {
        Sdk::Java => scope.property(name.property).or_else(|| scope.variable(name.variable)),
        Sdk::Boto3 | Sdk::Cli2 | Sdk::Rust => scope.variable(name.variable),
        Sdk::Js | Sdk::Go | Sdk::Linklocal => scope.filled(name.variable),
    }
}

fn relative(scope: &Scope<'_>, path: &Found<&str>) -> Result<Found<String>, SettingError> {
    let base = match scope.sdk {
        Sdk::Java => java_base(scope)?,
        _ => ECS_BASE.to_owned(),
    };
    let slash = path.value.starts_with('/');
    let refused = match scope.sdk {
        Sdk::Rust => !has_only_uri_characters(path.value),
        // The path goes straight behind the address and would become a part of the host.
        Sdk::Js | Sdk::Linklocal => !slash,
        _ => false,
    };
    if refused {
        let what = format!("the relative URI {:?} is no path", path.value);
        return Err(SettingError::new(path.place.clone(), what, "begin it with a slash"));
    }
    let url = match scope.sdk {
        // Without a slash it is read as a host, and the path of a host is empty.
        Sdk::Rust if !slash => format!("{base}/"),
        _ => format!("{base}{}", path.value),
    };
    if matches!(scope.sdk, Sdk::Boto3 | Sdk::Cli2) {
        // They look at the host of the whole, which a path without a slash is a part of.
        check(scope, &Found::new(url.as_str(), path.place.clone()), &|_| Vec::new())?;
    }
    Ok(Found::new(url, path.place.clone()))
}

/// Java looks at the host of a relative URI, too, and by the mode of another service.
fn java_base(scope: &Scope<'_>) -> Result<String, SettingError> {
    let name = Name { variable: "AWS_CONTAINER_SERVICE_ENDPOINT", property: "aws.containerServiceEndpoint" };
    match setting(scope, name) {
        None if java_mode_is_ipv6(scope) => Err(SettingError::new(
            Place::variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"),
            "with the mode IPv6, Java refuses the container agent at 169.254.170.2",
            "unset the mode, or name the agent by its full URI",
        )),
        None => Ok(ECS_BASE.to_owned()),
        Some(base) => Ok(base.value.to_owned()),
    }
}

fn check(scope: &Scope<'_>, full: &Found<&str>, resolve: &Resolver<'_>) -> Result<(), SettingError> {
    let url = Url::parse(full.value);
    if matches!(scope.sdk, Sdk::Rust | Sdk::Linklocal) && !has_only_uri_characters(full.value) {
        return Err(refusal(full, "holds a character that no URI has", "write it percent-encoded"));
    }
    if url.is_https() && scope.sdk != Sdk::Go {
        return Ok(());
    }
    let Some(host) = url.host else {
        return Err(refusal(
            full,
            "names no host",
            "write a whole URI, like http://127.0.0.1:9911/credentials",
        ));
    };
    if scope.sdk == Sdk::Linklocal && !url.is_http() {
        return Err(refusal(full, "is neither http nor https", "write http:// or https://"));
    }
    if is_allowed(scope, &url, host, resolve) {
        return Ok(());
    }
    let what = format!(
        "names the host {host:?}, which {} does not ask over plain HTTP: it is neither a loopback address nor that of a known agent",
        scope.sdk.title()
    );
    Err(refusal(
        full,
        &what,
        "use https, a loopback address, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]",
    ))
}

fn is_allowed(scope: &Scope<'_>, url: &Url<'_>, host: &str, resolve: &Resolver<'_>) -> bool {
    let all = |is_good: fn(&IpAddr) -> bool| match url.address() {
        Some(address) => is_good(&address),
        None => {
            let addresses = resolve(host);
            !addresses.is_empty() && addresses.iter().all(is_good)
        }
    };
    match scope.sdk {
        Sdk::Boto3 | Sdk::Cli2 => {
            let lower = host.to_ascii_lowercase();
            url.address().is_some_and(|address| address.is_loopback())
                || PYTHON_HOSTS.contains(&lower.as_str())
        }
        Sdk::Js => is_allowed_by_javascript(url, host),
        Sdk::Go => all(IpAddr::is_loopback),
        Sdk::Java if java_mode_is_ipv6(scope) => {
            all(IpAddr::is_loopback) || (url.bracketed && host == "fd00:ec2::23")
        }
        Sdk::Java => all(IpAddr::is_loopback) || matches!(host, "169.254.170.2" | "169.254.170.23"),
        Sdk::Rust | Sdk::Linklocal => all(is_loopback_or_agent),
    }
}

/// By the text of the host, which the URL parser wrote anew.
fn is_allowed_by_javascript(url: &Url<'_>, host: &str) -> bool {
    match url.address() {
        Some(IpAddr::V6(address)) => address == Ipv6Addr::LOCALHOST || address == EKS_V6,
        Some(IpAddr::V4(address)) => address.is_loopback() || AGENTS_V4.contains(&address),
        None => match older_ipv4(host) {
            Some(address) => address.is_loopback() || AGENTS_V4.contains(&address),
            None => host.eq_ignore_ascii_case("localhost"),
        },
    }
}

fn is_loopback_or_agent(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || AGENTS_V4.contains(address),
        IpAddr::V6(address) => address.is_loopback() || *address == EKS_V6,
    }
}

fn java_mode_is_ipv6(scope: &Scope<'_>) -> bool {
    let name = Name {
        variable: "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        property: "aws.ec2MetadataServiceEndpointMode",
    };
    setting(scope, name).is_some_and(|mode| mode.value.eq_ignore_ascii_case("ipv6"))
}

fn refusal(full: &Found<&str>, what: &str, remedy: &str) -> SettingError {
    SettingError::new(full.place.clone(), format!("the full URI of the container agent {what}"), remedy)
}

/// The address of a line of a hosts file, if the line is about that name.
fn address_of(line: &str, name: &str) -> Option<IpAddr> {
    let line = line.split('#').next()?;
    let mut words = line.split_whitespace();
    let address = words.next()?.parse().ok()?;
    words.any(|word| word.eq_ignore_ascii_case(name)).then_some(address)
}

/// A setting's two names.
#[derive(Clone, Copy)]
struct Name {
    variable: &'static str,
    property: &'static str,
}

const RELATIVE: Name =
    Name { variable: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", property: "aws.containerCredentialsPath" };
const FULL: Name =
    Name { variable: "AWS_CONTAINER_CREDENTIALS_FULL_URI", property: "aws.containerCredentialsFullUri" };
const TOKEN: Name =
    Name { variable: "AWS_CONTAINER_AUTHORIZATION_TOKEN", property: "aws.containerAuthorizationToken" };
const TOKEN_FILE: Name = Name {
    variable: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    property: "aws.containerAuthorizationTokenFile",
};

const ECS_BASE: &str = "http://169.254.170.2";
const PYTHON_HOSTS: &[&str] = &["169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost"];
const AGENTS_V4: &[Ipv4Addr] = &[Ipv4Addr::new(169, 254, 170, 2), Ipv4Addr::new(169, 254, 170, 23)];
const EKS_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x23);
