//! Key id, secret and session token: whether they belong together, and stand together.

use super::mend::Mend;
use super::{Finding, Fix};
use crate::reader::{FileKind, Profile, Profiles};
use crate::{Place, Sdk};

pub(super) fn check(profiles: &Profiles, findings: &mut Vec<Finding>) {
    for (name, merged) in &profiles.merged {
        let config = profiles.config.get(name);
        let credentials = profiles.credentials.get(name);
        empty(merged, findings);
        partial(merged, findings);
        split(config, credentials, findings);
        for (kind, own) in [(FileKind::Config, config), (FileKind::Credentials, credentials)] {
            let Some(own) = own else { continue };
            two_tokens(own, findings);
            tokens(kind, own, merged, findings);
        }
        in_config(config, findings);
    }
}

fn empty(profile: &Profile, findings: &mut Vec<Finding>) {
    for key in [ID, SECRET] {
        if let (Some(""), Some(place)) = (profile.text(key), profile.place(key)) {
            let text = format!(
                "{key} is empty: boto3, the AWS CLI and the SDK for Rust sign with it, the others go on"
            );
            findings.push(Finding::new("empty-key", place.clone(), text, "fill it in, or remove the line"));
        }
    }
}

fn partial(profile: &Profile, findings: &mut Vec<Finding>) {
    let (there, missing) = match (profile.place(ID), profile.place(SECRET)) {
        (Some(place), None) => (place, SECRET),
        (None, Some(place)) => (place, ID),
        _ => return,
    };
    let text = format!(
        "{missing} is missing: most SDKs fail, and that for JavaScript goes on to other sources, even the instance's role"
    );
    findings.push(Finding::new(
        "partial-keys",
        there.clone(),
        text,
        format!("add {missing} beside it, or remove this line"),
    ));
}

fn split(config: Option<&Profile>, credentials: Option<&Profile>, findings: &mut Vec<Finding>) {
    let (Some(config), Some(credentials)) = (config, credentials) else { return };
    for (one, other) in [(ID, SECRET), (SECRET, ID)] {
        let alone = |profile: &Profile, there: &str, absent: &str| {
            profile.place(there).is_some() && profile.place(absent).is_none()
        };
        if alone(credentials, one, other) && alone(config, other, one) {
            let place = credentials.place(one).cloned().unwrap_or(Place::Default);
            let text = format!(
                "{other} stands in the config file: boto3, the AWS CLI and the SDK for Go fail, the others put both together"
            );
            findings.push(Finding::new("keys-split", place, text, "put both into the credentials file"));
        }
    }
    let keys = credentials.place(ID).is_some() && credentials.place(SECRET).is_some();
    if let (true, Some(token), None) = (keys, config.place(TOKEN), credentials.place(TOKEN)) {
        let text = "the key of this profile stands in the credentials file: the SDKs for Rust, JavaScript, Java and Go take this token with it, boto3 and the AWS CLI take none";
        findings.push(Finding::new(
            "token-split",
            token.clone(),
            text,
            "move the token to its key, or remove it",
        ));
    }
}

fn two_tokens(own: &Profile, findings: &mut Vec<Finding>) {
    if let (Some(legacy), Some(token), Some(place)) =
        (own.text(LEGACY_TOKEN), own.text(TOKEN), own.place(LEGACY_TOKEN))
        && legacy != token
    {
        let text =
            "boto3 and the AWS CLI take aws_security_token, all others aws_session_token, and the two differ";
        findings.push(Finding::new("two-tokens", place.clone(), text, "remove aws_security_token"));
    }
}

fn tokens(kind: FileKind, own: &Profile, merged: &Profile, findings: &mut Vec<Finding>) {
    let (Some(id), Some(place)) = (own.text(ID), own.place(ID)) else { return };
    let token = own.place(TOKEN).or_else(|| own.place(LEGACY_TOKEN));
    if id.starts_with("ASIA") && token.is_none() {
        let elsewhere = merged.place(TOKEN);
        let text = match elsewhere {
            Some(_) => "the key is temporary and its token does not stand beside it",
            None => "the key is temporary and has no session token: every request will be refused",
        };
        let finding = Finding::new(
            "token-missing",
            place.clone(),
            text,
            "add aws_session_token beside it, or get new keys",
        );
        findings.push(match elsewhere {
            Some(_) => finding.biting(&[Sdk::Cli2, Sdk::Boto3]),
            None => finding,
        });
    }
    if let (true, Some(token)) = (id.starts_with("AKIA"), token) {
        let text = "the key is a long-term one and has no session token: this one belongs to an older key, and requests with it are refused";
        let finding = Finding::new("token-stale", token.clone(), text, "remove the token");
        findings.push(match token {
            Place::Line { line, .. } => finding.fixed_by(Fix::Text(kind, Mend::RemoveValue(*line))),
            _ => finding,
        });
    }
}

fn in_config(config: Option<&Profile>, findings: &mut Vec<Finding>) {
    let places = config.into_iter().flat_map(|config| [SECRET, TOKEN].map(|key| config.place(key)));
    for place in places.flatten() {
        let text =
            "a secret in the config file, which people copy and share more readily than the credentials file";
        findings.push(Finding::new(
            "secret-in-config",
            place.clone(),
            text,
            "move the keys to the credentials file",
        ));
    }
}

const ID: &str = "aws_access_key_id";
const SECRET: &str = "aws_secret_access_key";
const TOKEN: &str = "aws_session_token";
const LEGACY_TOKEN: &str = "aws_security_token";
