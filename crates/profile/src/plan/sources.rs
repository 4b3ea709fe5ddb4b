//! Sources that Rust, JavaScript, Java and Go make alike: container agents, instance metadata, token files, IAM Identity
//! Center, keys of the environment.
//!
//! Rule: what differs by SDK is decided in `settings`; what happens at a fault is decided by the model.

use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::chain::{Finding, Look};
use super::fault::{self, Fault};
use super::merged::Merged;
use super::{AssumeRole, ContainerToken, Ground, Login, Provider, Sso, StsTarget};
use crate::settings::container::hosts_file;
use crate::settings::rules::Service;
use crate::settings::{self, Found, Scope};
use crate::{FileState, Place};

/// Those of the variables that are set.
pub(super) fn variables(ground: &Ground<'_>, names: &[&str]) -> Vec<Place> {
    names.iter().filter(|name| ground.variable(name).is_some()).map(|name| Place::variable(name)).collect()
}

/// The container agent; a URI that the SDK refuses is a fault that passes.
pub(super) fn container(scope: &Scope<'_>) -> Look {
    let names = ["RELATIVE_URI", "FULL_URI"].map(|end| format!("AWS_CONTAINER_CREDENTIALS_{end}"));
    let set = names.iter().filter(|name| scope.view.environment.get(name).is_some());
    let places: Vec<Place> = set.map(|name| Place::variable(name)).collect();
    // The hosts file is read where a name is to be resolved, and not before.
    match settings::container::container(scope, &|name| hosts_file(scope.view)(name)) {
        Ok(None) => Look::not_set().at(places),
        Ok(Some(container)) => provider_look(Provider::Container(container)).at(places),
        Err(error) => fault::setting(error).look(),
    }
}

/// What is named to go into `Authorization` cannot.
pub(super) fn authorization_fault(scope: &Scope<'_>) -> Option<Fault> {
    let named = settings::container::token(scope)?;
    let why = match &named.value {
        ContainerToken::Value(token) if is_header(token.expose().as_bytes()) => return None,
        ContainerToken::Value(_) => {
            format!("the value of {} holds a character that no header may hold", named.place)
        }
        ContainerToken::File(path) => match scope.view.files.read(path) {
            FileState::Bytes(bytes) if is_header(&bytes) => return None,
            FileState::Bytes(bytes) if bytes.ends_with(b"\n") => {
                format!("the token in {path} ends with a new line")
            }
            FileState::Bytes(_) => format!("the token in {path} holds a character that no header may hold"),
            _ => format!("the file {path} cannot be read"),
        },
    };
    Some(Fault::passing(why, format!("write the bare token, or unset {}", named.place)).at([named.place]))
}

/// The same look, where the SDK stops at a fault.
pub(super) fn ending(mut look: Look) -> Look {
    if let Finding::Broken { fatal, .. } = &mut look.finding {
        *fatal = true;
    }
    look
}

/// The instance metadata service, which nobody needs to name.
pub(super) fn imds(scope: &Scope<'_>) -> Look {
    match settings::imds::imds(scope) {
        Ok(found) => match &found.disabled {
            Some(place) => Look::skipped(format!("{place} switches the instance metadata service off"))
                .at([place.clone()]),
            None => {
                let place = found.endpoint.place.clone();
                let named = (place != Place::Default).then_some(place);
                provider_look(Provider::Imds(found.provider())).at(named)
            }
        },
        Err(error) => fault::setting(error).look(),
    }
}

/// A source and one line about it.
pub(super) fn provider_look(provider: Provider) -> Look {
    let detail = provider_detail(&provider);
    Look::ready(provider).saying(detail)
}

/// One line for people about what would be asked of whom.
pub(super) fn provider_detail(provider: &Provider) -> String {
    match provider {
        Provider::Static(keys) => super::merged::keys_detail(keys),
        Provider::AssumeRole(role) => role_detail(role),
        Provider::WebIdentity(role) => {
            format!("role {} with the token in {}", role.role_arn, role.token_file)
        }
        Provider::MfaSession(session) => {
            format!("a session with MFA by {} and {}", session.serial, provider_detail(&session.base))
        }
        Provider::Sso(sso) => {
            format!("role {} in account {} of {}", sso.role_name, sso.account_id, sso.start_url)
        }
        Provider::Login(login) => format!("the session of {}", login.session),
        // Arguments of the command may be secrets.
        Provider::Process(process) => {
            format!("what {} prints", process.command.split_whitespace().next().unwrap_or("an empty command"))
        }
        Provider::Container(container) => format!("what {} answers", without_query(&container.url.value)),
        Provider::Imds(imds) => format!("the role of the instance, from {}", imds.endpoint.value),
    }
}

/// The token file must be there and be text; its content is not looked at.
pub(super) fn token_file(ground: &Ground<'_>, path: &str) -> Result<(), Fault> {
    let what = match ground.view.files.read(path) {
        FileState::Bytes(bytes) if std::str::from_utf8(&bytes).is_ok() => return Ok(()),
        FileState::Bytes(_) => "is not UTF-8".to_owned(),
        FileState::Absent => "is not there".to_owned(),
        FileState::Directory => "is a directory".to_owned(),
        FileState::Unreadable(why) => format!("cannot be read: {why}"),
        FileState::TooLarge { limit } => format!("is larger than {limit} bytes"),
    };
    let remedy = "name the file in which the platform writes the token, or remove the setting";
    Err(Fault::fatal(format!("the web identity token file {path:?} {what}"), remedy)
        .at([Place::File(path.into())]))
}

/// The token file must be there; what is in it is sent as it is.
pub(super) fn token_file_exists(ground: &Ground<'_>, path: &str) -> Result<(), Fault> {
    match ground.view.files.read(path) {
        FileState::Bytes(_) => Ok(()),
        _ => token_file(ground, path),
    }
}

/// Where STS is called. Without a region that of the instance counts, which nobody knows yet: another region's STS gives
/// the same credentials meanwhile. Where the instance is not asked there is no call.
pub(super) fn sts(scope: &Scope<'_>, region: Option<&Found<String>>) -> Result<StsTarget, Fault> {
    let any = Found::by_default(ANY_REGION.to_owned());
    let region = region.or_else(|| instance_is_asked(scope).then_some(&any));
    settings::sts_target(scope, region).map_err(fault::setting)
}

/// Whether the SDK would ask the instance for the region.
pub(super) fn instance_is_asked(scope: &Scope<'_>) -> bool {
    let on = || settings::imds::imds(scope).is_ok_and(|imds| imds.disabled.is_none());
    settings::asks_imds_for_region(scope.sdk) && on()
}

/// Where an unsigned call goes: with an endpoint that somebody named it needs no region.
pub(super) fn unsigned_sts(scope: &Scope<'_>, region: Option<&Found<String>>) -> Result<StsTarget, Fault> {
    let named = settings::configured_endpoint_url(scope, "STS").map_err(fault::setting)?;
    if region.is_some() || named.is_none() {
        return sts(scope, region);
    }
    // The rules may still refuse the endpoint, whatever the region.
    let any = Found::by_default(ANY_REGION.to_owned());
    let target = settings::sts_target(scope, Some(&any)).map_err(fault::setting)?;
    Ok(StsTarget { region: Found::by_default(String::new()), ..target })
}

/// The section that `sso_session` names, as keys.
pub(super) fn sso_session<'a>(
    ground: &'a Ground<'_>,
    profile: Merged<'a>,
    name: &'a str,
) -> Result<Merged<'a>, Fault> {
    let section = ground.profiles().and_then(|profiles| profiles.sso_sessions.get(name));
    section.map(|section| Merged::new(name, section)).ok_or_else(|| {
        let why =
            format!("profile {:?} names sso_session {name:?}, which is not in the config file", profile.name);
        Fault::fatal(why, format!("add [sso-session {name}], or write the name of one that is there"))
            .at(profile.place("sso_session"))
    })
}

/// Whose credentials are asked of which portal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portal<'a> {
    pub(super) session: Option<&'a str>,
    pub(super) start_url: &'a str,
    pub(super) region: &'a str,
    pub(super) account_id: &'a str,
    pub(super) role_name: &'a str,
}

/// Says where the token lies and where the portal is; without a token there are no credentials.
pub(super) fn sso(ground: &Ground<'_>, scope: &Scope<'_>, portal: Portal<'_>) -> Result<Provider, Fault> {
    let identifier = portal.session.unwrap_or(portal.start_url);
    let name = format!("{}.json", hexadecimal(&Sha1::digest(identifier.as_bytes())));
    let token_file = ground.below_home(&[".aws", "sso", "cache", &name]).ok_or_else(homeless)?;
    if let FileState::Absent = scope.view.files.read(&token_file) {
        let why = format!("nobody is logged in to {}: {token_file} is not there", portal.start_url);
        let remedy = format!("log in: aws sso login --profile {}", scope.profile);
        return Err(Fault::fatal(why, remedy).at([Place::File(token_file.as_str().into())]));
    }
    let endpoint = |service| settings::sso_endpoint(scope, service, portal.region).map_err(fault::setting);
    let (endpoint_url, oidc_endpoint_url) = (endpoint(Service::Sso)?, endpoint(Service::SsoOidc)?);
    Ok(Provider::Sso(Sso {
        session: portal.session.map(str::to_owned),
        start_url: portal.start_url.to_owned(),
        region: portal.region.to_owned(),
        account_id: portal.account_id.to_owned(),
        role_name: portal.role_name.to_owned(),
        registration_scopes: Vec::new(),
        token_file,
        endpoint_url,
        oidc_endpoint_url,
    }))
}

/// The session of `aws login`, whose credentials lie in a file.
pub(super) fn login(
    ground: &Ground<'_>,
    scope: &Scope<'_>,
    session: &str,
    region: Option<Found<String>>,
) -> Result<Provider, Fault> {
    let directory = ground.variable("AWS_LOGIN_CACHE_DIRECTORY").map(str::to_owned);
    let directory =
        directory.or_else(|| ground.below_home(&[".aws", "login", "cache"])).ok_or_else(homeless)?;
    let token_file = format!("{directory}/{}.json", hexadecimal(&Sha256::digest(session.as_bytes())));
    if let FileState::Absent = scope.view.files.read(&token_file) {
        let why = format!("nobody is logged in as {session}: {token_file} is not there");
        let remedy = format!("log in: aws login --profile {}", scope.profile);
        return Err(Fault::fatal(why, remedy).at([Place::File(token_file.as_str().into())]));
    }
    let endpoint_url = settings::configured_endpoint_url(scope, "signin").map_err(fault::setting)?;
    Ok(Provider::Login(Login { session: session.to_owned(), token_file, region, endpoint_url }))
}

/// A provider, or why there is none.
pub(super) fn result_look(result: Result<Provider, Fault>, places: Vec<Place>) -> Look {
    match result {
        Ok(provider) => provider_look(provider).at(places),
        Err(fault) => {
            let others: Vec<Place> =
                places.into_iter().filter(|place| !fault.places.contains(place)).collect();
            fault.at(others).look()
        }
    }
}

/// Whether the look found a source.
pub(super) fn is_ready(look: &Look) -> bool {
    matches!(look.finding, Finding::Ready(_))
}

/// What `credential_process` of the profile prints, where it has one.
pub(super) fn process_look(profile: Merged<'_>) -> Option<Look> {
    let process = profile.process()?;
    Some(provider_look(Provider::Process(process)).at(profile.place("credential_process")))
}

/// The last role, how many are assumed on the way to it, and what the first is assumed with.
fn role_detail(role: &AssumeRole) -> String {
    let mut between = 0;
    let mut base = &role.base;
    while let Provider::AssumeRole(next) = base {
        between += 1;
        base = &next.base;
    }
    let way = match between {
        0 => String::new(),
        1 => " by way of another role,".to_owned(),
        _ => format!(" by way of {between} other roles,"),
    };
    let credentials = if matches!(base, Provider::Static(_)) { "" } else { "the credentials of " };
    format!("role {}{way} with {credentials}{}", role.role_arn, provider_detail(base))
}

/// A query may hold a secret.
fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

fn homeless() -> Fault {
    Fault::fatal("there is no home directory, where sessions are kept", "set HOME")
}

fn is_header(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const ANY_REGION: &str = "us-east-1";
