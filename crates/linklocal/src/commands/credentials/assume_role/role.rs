//! Which role is assumed with what: the typed one with whatever the chain gives, or a profile's with what was typed on top.

use std::path::Path;

use ::credentials::Resolved;
use ::credentials::advice::Origin;
use profile::plan::{AssumeRole, MfaSource, Provider, SessionDetails, WebIdentity};
use profile::{Sdk, settings};
use types::Secret;

use super::limits;
use crate::arguments::{AssumeRoleArguments, SessionTag};
use crate::commands::credentials::search::{Desk, Findings};
use crate::failure::Failure;

/// The role of an ARN, with the caller's own credentials.
pub(super) fn typed(desk: &mut Desk<'_>, arguments: &AssumeRoleArguments) -> Result<Provider, Failure> {
    limits::role_arn(&arguments.role)?;
    let details = details(arguments)?;
    if let Some(file) = &arguments.web_identity.web_identity_token_file {
        return web_identity(desk, arguments, file, details);
    }
    let caller = desk.base()?;
    let origin = origin(&caller);
    if origin == Origin::RoleSession {
        limits::chained(arguments.session.duration_seconds, &caller.origin())?;
        if arguments.device.serial_number.is_some() {
            return Err(Failure::usage(format!(
                "{} is a role's session, and has no MFA device",
                caller.origin()
            ))
            .hint("devices are users': leave --serial-number out, or assume the role with a user's keys"));
        }
    }
    let session = &arguments.session;
    let has_mfa = matches!(caller.step().provider, Some(Provider::MfaSession(_)));
    Ok(Provider::AssumeRole(Box::new(AssumeRole {
        profile: caller.plan.profile.name.clone(),
        role_arn: arguments.role.clone(),
        role_session_name: session.role_session_name.clone(),
        external_id: session.external_id.clone(),
        duration_seconds: session.duration_seconds,
        mfa_serial: arguments.device.serial_number.clone().filter(|_| !has_mfa),
        mfa_source: mfa_source(desk, arguments)?,
        details: SessionDetails { assumed_by: Some(assumed_by(&caller.resolved)), ..details },
        sts: desk.sts()?,
        base: base(&caller.resolved),
    })))
}

/// The role that the profile in use names.
pub(super) fn of_profile(desk: &Desk<'_>, arguments: &AssumeRoleArguments) -> Result<Provider, Failure> {
    let plan = desk.snapshot().plan();
    let step = plan.winner().ok_or_else(|| desk.nobody())?;
    match step.provider.clone() {
        Some(Provider::AssumeRole(mut role)) => {
            if arguments.web_identity.web_identity_token_file.is_some() {
                return Err(needs_arn("--web-identity-token-file", &arguments.role));
            }
            change(&mut role, arguments, mfa_source(desk, arguments)?)?;
            if Origin::of(&role.base) == Origin::RoleSession {
                limits::chained(role.duration_seconds, &format!("what profile {:?} assumes it with", role.profile))?;
            }
            Ok(Provider::AssumeRole(role))
        }
        Some(Provider::WebIdentity(identity)) => of_web_identity(identity, arguments),
        _ => Err(Failure::new(format!(
            "profile {:?} names no role: {} comes first",
            plan.profile.name,
            super::super::sourced(step)
        ))
        .hint("give a role's ARN, or name a profile with role_arn; `linklocal credentials explain` shows what is set")),
    }
}

/// What flags change of a profile's role.
fn change(
    role: &mut AssumeRole,
    arguments: &AssumeRoleArguments,
    mfa_source: MfaSource,
) -> Result<(), Failure> {
    let session = &arguments.session;
    let typed = details(arguments)?;
    override_with(&mut role.role_session_name, session.role_session_name.as_ref());
    override_with(&mut role.external_id, session.external_id.as_ref());
    role.duration_seconds = session.duration_seconds.or(role.duration_seconds);
    override_with(&mut role.mfa_serial, arguments.device.serial_number.as_ref());
    if arguments.device.token_code.is_some() {
        if role.mfa_serial.is_none() {
            return Err(Failure::usage("--token-code is one of a device, and none is named")
                .hint("give --serial-number"));
        }
        role.mfa_source = mfa_source;
    }
    let own = std::mem::take(&mut role.details);
    role.details = SessionDetails {
        tags: if typed.tags.is_empty() { own.tags } else { typed.tags },
        transitive_tag_keys: match typed.transitive_tag_keys.is_empty() {
            true => own.transitive_tag_keys,
            false => typed.transitive_tag_keys,
        },
        source_identity: typed.source_identity.or(own.source_identity),
        ..typed
    };
    Ok(())
}

fn override_with(setting: &mut Option<String>, typed: Option<&String>) {
    if let Some(typed) = typed {
        *setting = Some(typed.clone());
    }
}

fn of_web_identity(mut identity: WebIdentity, arguments: &AssumeRoleArguments) -> Result<Provider, Failure> {
    let (session, device) = (&arguments.session, &arguments.device);
    let unfit = [
        ("--external-id", session.external_id.is_some()),
        ("--tags", !session.tags.is_empty()),
        ("--source-identity", session.source_identity.is_some()),
        ("--serial-number", device.serial_number.is_some()),
        ("--token-code", device.token_code.is_some()),
    ];
    if let Some((flag, _)) = unfit.iter().find(|(_, is_there)| *is_there) {
        return Err(Failure::usage(format!("{flag} does not go with profile {:?}", arguments.role))
            .hint("its role is assumed with a web identity's token, which brings such things itself"));
    }
    if let Some(file) = &arguments.web_identity.web_identity_token_file {
        identity.token_file = file.to_string_lossy().into_owned();
    }
    identity.role_session_name = session.role_session_name.clone().or(identity.role_session_name);
    identity.duration_seconds = session.duration_seconds.or(identity.duration_seconds);
    identity.details = details(arguments)?;
    Ok(Provider::WebIdentity(identity))
}

fn web_identity(
    desk: &Desk<'_>,
    arguments: &AssumeRoleArguments,
    file: &Path,
    details: SessionDetails,
) -> Result<Provider, Failure> {
    Ok(Provider::WebIdentity(WebIdentity {
        role_arn: arguments.role.clone(),
        token_file: file.to_string_lossy().into_owned(),
        role_session_name: arguments.session.role_session_name.clone(),
        duration_seconds: arguments.session.duration_seconds,
        details,
        sts: desk.sts()?,
    }))
}

fn details(arguments: &AssumeRoleArguments) -> Result<SessionDetails, Failure> {
    let session = &arguments.session;
    let tag = |SessionTag { key, value }: &SessionTag| (key.clone(), value.clone());
    Ok(SessionDetails {
        policy: session.policy.as_deref().map(policy).transpose()?,
        policy_arns: session.policy_arns.clone(),
        tags: session.tags.iter().map(tag).collect(),
        transitive_tag_keys: session.transitive_tag_keys.clone(),
        source_identity: session.source_identity.clone(),
        provider_id: arguments.web_identity.provider_id.clone(),
        assumed_by: None,
    })
}

/// JSON, or a file with it.
fn policy(typed: &str) -> Result<String, Failure> {
    if typed.trim_start().starts_with(['{', '[']) {
        return limits::policy(typed);
    }
    let path = typed.strip_prefix("file://").unwrap_or(typed);
    let text = sys::fs::read_text(Path::new(path), LARGEST_POLICY);
    limits::policy(&text.map_err(|error| Failure::of(&error).named("--policy"))?)
}

/// Where codes come from: of the flag, else as the settings of the profile in use say.
fn mfa_source(desk: &Desk<'_>, arguments: &AssumeRoleArguments) -> Result<MfaSource, Failure> {
    if let Some(code) = &arguments.device.token_code {
        return Ok(MfaSource::Given(Secret::clone(code)));
    }
    let snapshot = desk.snapshot();
    let ground = snapshot.ground(Sdk::Linklocal);
    let source = settings::mfa_source(&ground.scope(&snapshot.plan().profile.name));
    source.map_err(|error| Failure::new(error.to_string()).hint(error.remedy))
}

/// Whose session the caller has, as far as the way to it and its ARN tell.
fn origin(caller: &Findings) -> Origin {
    let of_step = caller.step().provider.as_ref().map(Origin::of).unwrap_or_default();
    ::credentials::advice::KeysInHand::of(&caller.resolved, of_step).origin
}

/// One caller's sessions are told from another's.
fn assumed_by(caller: &Resolved) -> String {
    caller.arn.clone().unwrap_or_else(|| caller.access_key_id.clone())
}

fn base(caller: &Resolved) -> Provider {
    Provider::Static(profile::plan::StaticKeys {
        access_key_id: caller.access_key_id.clone(),
        secret_access_key: caller.secret_access_key.clone(),
        session_token: caller.session_token.clone(),
        account_id: caller.account_id.clone(),
        expiration: caller.expiration,
    })
}

fn needs_arn(flag: &str, profile: &str) -> Failure {
    Failure::usage(format!("{flag} goes with a role's ARN, and {profile:?} is a profile of another kind"))
        .hint("give the role's ARN in its place")
}

/// Bytes: what STS takes, and white space.
const LARGEST_POLICY: usize = 64 * 1024;
