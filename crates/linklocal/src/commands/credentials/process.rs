//! `linklocal credentials process`: the contract of `credential_process` (AWS SDKs and Tools Reference Guide, "Process credential
//! provider").
//!
//! Rule: one object on stdout and nothing else; whoever started this reads no talk.

use serde::Serialize;
use sys::Env;
use types::Timestamp;

use super::Snapshot;
use super::search::Findings;
use crate::arguments::ProcessArguments;
use crate::failure::Failure;
use crate::output::Output;

/// What the SDK reads. The expiration is whole seconds: not every SDK takes a fraction.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Document<'a> {
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

pub(super) fn run(env: &Env, arguments: &ProcessArguments) -> Result<(), Failure> {
    let snapshot = Snapshot::take(env, &arguments.chain);
    let findings = Findings::search(&snapshot)?;
    Output::object(&Document::of(&findings))
}

impl<'a> Document<'a> {
    pub(super) fn of(findings: &'a Findings) -> Self {
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
