//! The reader of the AWS SDK for Go v2 as of November 2022 (config 1.17.10), before its parser was written anew.
//!
//! Rule: tokens first ([`lexer`]), then a table of states ([`parser`]); neither looks at lines as the others do. The
//! credentials file is laid over the config file for the keys that this SDK knows, and keys come as a pair.

mod lexer;
mod number;
mod parser;

use std::borrow::Cow;
use std::sync::Arc;

use super::input::{Input, shown};
use super::{Dropped, Profile, Profiles, ReadError, Sections, Setting};

pub(super) fn read(config: &Input<'_>, credentials: &Input<'_>) -> Result<Profiles, ReadError> {
    let mut profiles = Profiles::default();
    let sections = file(config, &mut profiles.dropped)?;
    profiles.config = config_sections(config, sections, &mut profiles.dropped);
    let sections = file(credentials, &mut profiles.dropped)?;
    profiles.credentials = credentials_sections(credentials, sections, &mut profiles.dropped);
    let merged = merge(&profiles.config, &profiles.credentials);
    for (name, section) in merged.into_entries() {
        match name.strip_prefix(SSO_PREFIX) {
            Some(session) => profiles.sso_sessions.insert(session.to_owned(), section),
            None => profiles.merged.insert(name, section),
        }
    }
    Ok(profiles)
}

fn file(input: &Input<'_>, dropped: &mut Vec<Dropped>) -> Result<Sections, ReadError> {
    let Some(bytes) = input.bytes(dropped)? else { return Ok(Sections::default()) };
    let text = runes(bytes);
    match lexer::tokens(&text) {
        Ok(tokens) => parser::parse(input, tokens, dropped),
        Err(lexer::LexError { line, what }) => {
            dropped.push(input.dropped(line, format!("{what}: the whole file is taken for empty")));
            Ok(Sections::default())
        }
    }
}

/// Every byte that is not UTF-8 becomes a replacement character of its own.
fn runes(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Cow::Owned(text)
}

/// Profiles without their prefix, `[default]` in any case, and sessions; in the order of names, as that SDK goes.
fn config_sections(input: &Input<'_>, sections: Sections, dropped: &mut Vec<Dropped>) -> Sections {
    let names: Vec<String> = sections.keys().cloned().collect();
    let mut kept = sections;
    let mut renamed = std::collections::BTreeSet::new();
    for name in names {
        if renamed.contains(&name) {
            continue;
        }
        if let Some(short) = name.strip_prefix(PROFILE_PREFIX) {
            let Some(section) = kept.remove(&name) else { continue };
            if let Some(replaced) = kept.remove(short) {
                dropped.push(lost(input, &replaced, format!("is replaced as a whole by [profile {short}]")));
            }
            kept.insert(short.to_owned(), section);
            renamed.insert(short.to_owned());
        } else if !name.starts_with(SSO_PREFIX)
            && !name.eq_ignore_ascii_case("default")
            && let Some(section) = kept.remove(&name)
        {
            let why = format!("{} is no profile: write `profile`, a blank and a name", shown(&name));
            dropped.push(lost(input, &section, why));
        }
    }
    kept
}

fn credentials_sections(input: &Input<'_>, sections: Sections, dropped: &mut Vec<Dropped>) -> Sections {
    let mut kept = Sections::default();
    for (name, section) in sections.into_entries() {
        if name.starts_with(PROFILE_PREFIX) {
            let why = "names in the credentials file have no prefix".to_owned();
            dropped.push(lost(input, &section, why));
        } else {
            kept.insert(name, section);
        }
    }
    kept
}

fn lost(input: &Input<'_>, section: &Profile, why: String) -> Dropped {
    Dropped { place: section.header.clone().unwrap_or_else(|| input.file()), why }
}

fn merge(config: &Sections, credentials: &Sections) -> Sections {
    let mut merged = config.clone();
    for (name, section) in credentials.entries() {
        if !merged.contains_key(name) {
            merged.insert(name.clone(), Arc::clone(section));
            continue;
        }
        let target = merged.entry(name, Profile::default);
        let complete = KEY_PAIR.iter().all(|key| section.settings.contains_key(*key));
        let keys = KEY_PAIR.iter().chain(&[TOKEN]).filter(|_| complete).chain(MERGED_KEYS);
        for key in keys {
            if let (Some(text), Some(place)) = (section.text(key), section.place(key)) {
                // The second trim of a value that was in quotes; and a number comes out of one of these keys.
                let text = match *key {
                    "max_attempts" => text.parse::<i64>().unwrap_or_default().to_string(),
                    _ => text.trim_matches([' ', '\n']).to_owned(),
                };
                let setting = Setting::text(text, place.clone());
                target.settings.insert((*key).to_owned(), setting);
            }
        }
    }
    merged
}

const PROFILE_PREFIX: &str = "profile ";
const SSO_PREFIX: &str = "sso-session ";
const KEY_PAIR: [&str; 2] = ["aws_access_key_id", "aws_secret_access_key"];
const TOKEN: &str = "aws_session_token";

/// What the credentials file may say of a profile that the config file has too; everything else is lost.
const MERGED_KEYS: &[&str] = &[
    "role_arn",
    "source_profile",
    "credential_source",
    "external_id",
    "mfa_serial",
    "role_session_name",
    "region",
    "endpoint_discovery_enabled",
    "credential_process",
    "web_identity_token_file",
    "s3_use_arn_region",
    "s3_disable_multiregion_access_points",
    "ec2_metadata_service_endpoint_mode",
    "ec2_metadata_service_endpoint",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "defaults_mode",
    "retry_mode",
    "ca_bundle",
    "sso_session",
    "sso_account_id",
    "sso_region",
    "sso_role_name",
    "sso_start_url",
    "duration_seconds",
    "max_attempts",
];
