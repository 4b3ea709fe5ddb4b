//! Which file a setting goes to, and what a new key takes with it.
//!
//! Rule: key id, secret, token and account are of one key. They are written to every file that holds any of them for the profile,
//! since boto3 takes them from one file and other SDKs mix both; a token of an older key never stays.

use types::{AccessKeyId, Secret, Timestamp};

use super::draft::Draft;
use super::target::{ACCESS_KEY_ID, CREDENTIAL_KEYS};
use super::{EditError, Intent, Keys, Note, Section, Target, intend, nested, property, value};
use crate::plan::SESSION_END as EXPIRATION;
use crate::reader::FileKind;

/// Sets one setting where it stands, else in the file to which the AWS CLI writes it.
pub(super) fn set_one(
    draft: &mut Draft<'_>,
    asked: &Target,
    secret: &Secret<String>,
    intents: &mut Vec<Intent>,
) -> Result<(), EditError> {
    let target = value::key(asked, &mut draft.notes)?;
    let text = value::value(&target, secret, &mut draft.notes)?;
    let files = files(draft, &target);
    if target.key == ACCESS_KEY_ID && target.is_secret() && is_other_key(draft, &target, &text) {
        let account = account(&text);
        for key in [SESSION_TOKEN, SECURITY_TOKEN] {
            outdate(draft, &target.section, key, None, intents);
        }
        outdate(draft, &target.section, ACCOUNT, account.as_deref(), intents);
        outdate(draft, &target.section, EXPIRATION, None, intents);
    }
    if target.key == SESSION_TOKEN && target.is_secret() {
        outdate(draft, &target.section, SECURITY_TOKEN, None, intents);
    }
    match &target.nested {
        Some(key) => {
            for file in files {
                nested::set(draft, file, &target, key, &text)?;
            }
        }
        None => set_part(draft, &files, &target, &text)?,
    }
    intend(intents, intent(&target, Some(&text)));
    Ok(())
}

/// Sets a whole key.
pub(super) fn set_all(
    draft: &mut Draft<'_>,
    profile: &str,
    keys: &Keys,
    intents: &mut Vec<Intent>,
) -> Result<(), EditError> {
    let section = Section::Profile(profile.to_owned());
    let id = Secret::new(keys.access_key_id.clone());
    let settings = [
        (ACCESS_KEY_ID, Some(&id)),
        (SECRET, Some(&keys.secret_access_key)),
        (SESSION_TOKEN, keys.session_token.as_ref()),
    ];
    let files = files(draft, &Target::new(section.clone(), ACCESS_KEY_ID));
    for (key, secret) in settings {
        let target = Target::new(section.clone(), key);
        let Some(secret) = secret else {
            outdate(draft, &section, key, None, intents);
            continue;
        };
        let text = value::value(&target, secret, &mut draft.notes)?;
        set_part(draft, &files, &target, &text)?;
        intend(intents, intent(&target, Some(&text)));
    }
    outdate(draft, &section, SECURITY_TOKEN, None, intents);
    let expiration = keys.expiration.map(Timestamp::iso8601);
    set_companion(draft, &section, (EXPIRATION, expiration), &files, intents)?;
    set_account(draft, &section, keys, &files, intents)
}

/// Takes all key settings of a profile out of both files.
pub(super) fn forget(draft: &mut Draft<'_>, profile: &str, intents: &mut Vec<Intent>) {
    let section = Section::Profile(profile.to_owned());
    for key in CREDENTIAL_KEYS.into_iter().chain([ACCOUNT, EXPIRATION]) {
        let target = Target::new(section.clone(), key);
        property::unset(draft, &target);
        intend(intents, intent(&target, None));
    }
}

/// The account that is given is written; one that is not this key's goes.
fn set_account(
    draft: &mut Draft<'_>,
    section: &Section,
    keys: &Keys,
    files: &[FileKind],
    intents: &mut Vec<Intent>,
) -> Result<(), EditError> {
    if keys.account_id.is_none() {
        let account = account(keys.access_key_id.trim().as_bytes());
        outdate(draft, section, ACCOUNT, account.as_deref(), intents);
        return Ok(());
    }
    set_companion(draft, section, (ACCOUNT, keys.account_id.clone()), files, intents)
}

/// What goes with a key is written beside it, or goes with the older one.
fn set_companion(
    draft: &mut Draft<'_>,
    section: &Section,
    (key, value): (&str, Option<String>),
    files: &[FileKind],
    intents: &mut Vec<Intent>,
) -> Result<(), EditError> {
    let Some(value) = value else {
        outdate(draft, section, key, None, intents);
        return Ok(());
    };
    let target = Target::new(section.clone(), key);
    let text = value::value(&target, &Secret::new(value), &mut draft.notes)?;
    set_part(draft, files, &target, &text)?;
    intend(intents, intent(&target, Some(&text)));
    Ok(())
}

/// Where the setting is written. One that stands in both files is changed in both: whichever is read says the same.
fn files(draft: &mut Draft<'_>, target: &Target) -> Vec<FileKind> {
    let secret = target.is_secret();
    let mut found = if secret { homes(draft, &target.section) } else { Vec::new() };
    if found.is_empty() {
        found = draft.files_with(&target.section, &target.key);
    }
    match (found.as_slice(), secret, &target.section) {
        ([], true, Section::Profile(_)) => vec![FileKind::Credentials],
        ([], ..) => vec![FileKind::Config],
        ([FileKind::Config], true, Section::Profile(profile)) => {
            draft.note(Note::KeysInConfig { profile: profile.clone() });
            found
        }
        ([FileKind::Credentials], false, _) => {
            draft.note(Note::InCredentials { target: target.clone() });
            found
        }
        _ => found,
    }
}

/// The files that hold a key of the profile, or half of one. A token alone is none.
fn homes(draft: &Draft<'_>, section: &Section) -> Vec<FileKind> {
    let mut found: Vec<FileKind> =
        [ACCESS_KEY_ID, SECRET].iter().flat_map(|key| draft.files_with(section, key)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Sets a part of a key in the files where the key is, and takes it out of the other: some SDKs would mix both.
fn set_part(
    draft: &mut Draft<'_>,
    files: &[FileKind],
    target: &Target,
    text: &[u8],
) -> Result<(), EditError> {
    for file in files {
        property::set(draft, *file, target, text)?;
    }
    for kind in draft.files_with(&target.section, &target.key) {
        if !files.contains(&kind) && property::unset_in(draft.file(kind), target) {
            draft.note(Note::Outdated { target: target.clone(), file: kind });
        }
    }
    Ok(())
}

/// Whether the profile has another key's id, or settings of a key without one.
fn is_other_key(draft: &Draft<'_>, target: &Target, id: &[u8]) -> bool {
    let files = [&draft.config, &draft.credentials];
    let held: Vec<Vec<u8>> =
        files.iter().flat_map(|file| file.values(&target.section, ACCESS_KEY_ID)).collect();
    held.is_empty() || held.iter().any(|held| held != id)
}

/// Takes a setting of the older key out of both files, unless it is the new key's too.
fn outdate(
    draft: &mut Draft<'_>,
    section: &Section,
    key: &str,
    kept: Option<&str>,
    intents: &mut Vec<Intent>,
) {
    let target = Target::new(section.clone(), key);
    for kind in draft.files_with(section, key) {
        let file = draft.file(kind);
        if kept.is_some_and(|kept| file.values(section, key).iter().all(|value| value == kept.as_bytes())) {
            continue;
        }
        property::unset_in(file, &target);
        draft.note(Note::Outdated { target: target.clone(), file: kind });
        intend(intents, intent(&target, None));
    }
}

/// The account that is encoded in a key id, as it is written in files.
fn account(id: &[u8]) -> Option<String> {
    let id: AccessKeyId = std::str::from_utf8(id).ok()?.parse().ok()?;
    id.account().map(|account| account.to_string())
}

fn intent(target: &Target, value: Option<&[u8]>) -> Intent {
    let value = value.map(|value| Secret::new(String::from_utf8_lossy(value).into_owned()));
    Intent { target: target.clone(), value, whole_section: false }
}

const SECRET: &str = "aws_secret_access_key";
const SESSION_TOKEN: &str = "aws_session_token";
const SECURITY_TOKEN: &str = "aws_security_token";
const ACCOUNT: &str = "aws_account_id";
