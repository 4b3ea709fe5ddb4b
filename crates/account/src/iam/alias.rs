//! The account's alias, of which there is at most one.

use types::Timestamp;

use super::refusal;
use crate::ServiceError;
use crate::directory::{AccountRecord, Directory};

/// Gives the account an alias, in place of the one it has.
pub fn create(directory: &mut Directory, alias: &str, now: Timestamp) -> Result<(), ServiceError> {
    if !is_alias(alias) {
        return Err(refusal::validation_error(format!(
            "1 validation error detected: Value '{alias}' at 'accountAlias' failed to satisfy constraint: Member must satisfy regular \
             expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){{1,61}}[a-z0-9]$"
        )));
    }
    record(directory, now).alias = Some(alias.to_owned());
    Ok(())
}

pub fn delete(directory: &mut Directory, alias: &str) -> Result<(), ServiceError> {
    if get(directory) != Some(alias) {
        return Err(refusal::no_such_entity(format!("The account alias {alias} cannot be found.")));
    }
    if let Some(account) = directory.account.get_mut(ACCOUNT) {
        account.alias = None;
    }
    Ok(())
}

pub fn get(directory: &Directory) -> Option<&str> {
    directory.account.get(ACCOUNT)?.alias.as_deref()
}

/// The account's record, made where there is none yet.
pub(super) fn record(directory: &mut Directory, now: Timestamp) -> &mut AccountRecord {
    if !directory.account.contains(ACCOUNT) {
        directory.account.insert(AccountRecord::new(directory.account_id(), now.trunc_secs()));
    }
    directory.account.get_mut(ACCOUNT).expect("it is there since the lines above")
}

/// 3 to 63 lower-case letters, digits and hyphens, none of them first, last or beside another.
fn is_alias(alias: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let framed = alias.bytes().next().is_some_and(plain) && alias.bytes().last().is_some_and(plain);
    (3..=63).contains(&alias.len())
        && framed
        && !alias.contains("--")
        && alias.bytes().all(|byte| plain(byte) || byte == b'-')
}

/// The one name in the table of accounts.
const ACCOUNT: &str = "account";
