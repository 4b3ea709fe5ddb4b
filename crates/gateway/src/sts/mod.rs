//! STS: from decoded input to `account::sts`, and back.
//!
//! Rule: who may is asked where all is known that decides it. For roles that is after an MFA code or a token of an identity provider
//! was verified, so `run` of those operations asks itself, before anything else comes of them.

mod access_key_info;
mod assume_role;
mod authorization_message;
mod caller_identity;
mod credentials;
mod federation_token;
mod session_token;
mod signature;
#[cfg(test)]
pub(crate) mod tests;
mod web_identity;

use account::ServiceError;
use account::SessionTag;
use wire::Structure;

use crate::{Ask, Operation};

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[
    access_key_info::OPERATIONS,
    assume_role::OPERATIONS,
    authorization_message::OPERATIONS,
    caller_identity::OPERATIONS,
    federation_token::OPERATIONS,
    session_token::OPERATIONS,
    web_identity::OPERATIONS,
];

/// The code that the request shows, checked and taken; whether it shows one.
fn verified_mfa(ask: &Ask<'_>) -> Result<bool, ServiceError> {
    let shown = account::sts::mfa_pair(ask.input.text("SerialNumber"), ask.input.text("TokenCode"))?;
    let Some((serial_number, code)) = shown else { return Ok(false) };
    // A wrong code is written down too, so the refusal is no error of the change.
    ask.account.change(|directory| {
        Ok::<_, ServiceError>(account::sts::verify_mfa(directory, ask.caller, serial_number, code, ask.now))
    })??;
    Ok(true)
}

fn text<'a>(ask: &Ask<'a>, name: &str) -> &'a str {
    ask.input.text(name).unwrap_or_default()
}

fn duration_seconds(ask: &Ask<'_>) -> Option<u32> {
    ask.input.integer("DurationSeconds").and_then(|seconds| u32::try_from(seconds).ok())
}

fn policy_arns<'a>(ask: &Ask<'a>) -> Vec<&'a str> {
    ask.input.structures("PolicyArns").filter_map(|described| described.text("arn")).collect()
}

fn tags(ask: &Ask<'_>) -> Vec<SessionTag> {
    let text = |tag: &Structure, name| tag.text(name).unwrap_or_default().to_owned();
    let tag = |tag| SessionTag { key: text(tag, "Key"), value: text(tag, "Value") };
    ask.input.structures("Tags").map(tag).collect()
}
