//! `linklocal credentials process`: the contract of `credential_process` (AWS SDKs and Tools Reference Guide, "Process credential
//! provider").
//!
//! Rule: one object on stdout and nothing else; whoever started this reads no talk.

use ::credentials::{KeptKeys, Resolved};
use serde::Serialize;
use sys::Env;
use types::Timestamp;

use super::search::Findings;
use super::{Receipts, Recipient, Snapshot};
use crate::arguments::{Global, ProcessArguments};
use crate::commands::vault;
use crate::failure::Failure;
use crate::output::Output;

/// What the SDK reads. The expiration is whole seconds: not every SDK takes a fraction.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::commands) struct Document<'a> {
    version: u8,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

pub(super) fn run(global: &Global, env: &Env, arguments: &ProcessArguments) -> Result<(), Failure> {
    let snapshot = Snapshot::take(env, &arguments.chain);
    let findings = match &arguments.vault_key {
        Some(id) => Findings::of_vault(&snapshot, &arguments.guard, id, kept(env, arguments, id)?)?,
        None => Findings::guarded(&snapshot, &arguments.guard)?,
    };
    Receipts::of(global, env).keep(&findings, "process", Recipient::Parent);
    Output::object(&Document::of(&findings))
}

/// What `credentials import` has kept.
fn kept(env: &Env, arguments: &ProcessArguments, id: &str) -> Result<Resolved, Failure> {
    let vault = vault::open(env, &arguments.vault)?;
    let name = KeptKeys::name(id).map_err(|error| Failure::of(&error))?;
    let value = vault.get(&name).map_err(|error| vault::failed(&error))?;
    let keys = value.as_ref().and_then(KeptKeys::read).ok_or_else(|| {
        let failure = Failure::new(format!("the vault keeps no keys under the name {id:?}"));
        vault::hint_unreachable(failure, &vault, "`linklocal credentials import` keeps keys")
    })?;
    Ok(keys.resolved(None))
}

impl<'a> Document<'a> {
    pub(in crate::commands) fn of(findings: &'a Findings) -> Self {
        let resolved = &findings.resolved;
        Self {
            version: 1,
            access_key_id: &resolved.access_key_id,
            secret_access_key: resolved.secret_access_key.expose(),
            session_token: resolved.session_token.as_ref().map(|token| token.expose().as_str()),
            expiration: resolved.expiration.map(Timestamp::iso8601),
            account_id: resolved.account_id.as_deref(),
        }
    }
}
