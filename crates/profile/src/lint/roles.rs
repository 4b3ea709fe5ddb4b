//! Roles: what assumes them, for how long, and whether anything does.

use super::Finding;
use crate::Sdk;
use crate::reader::{Profile, Profiles};

pub(super) fn check(profiles: &Profiles, findings: &mut Vec<Finding>) {
    for (name, profile) in &profiles.merged {
        role(profile, findings);
        source(profiles, name, profile, findings);
        credential_source(profile, findings);
        duration(profiles, profile, findings);
        mfa(profile, findings);
        session_details(profile, findings);
    }
}

fn role(profile: &Profile, findings: &mut Vec<Finding>) {
    let sources = [SOURCE_PROFILE, CREDENTIAL_SOURCE, "web_identity_token_file"];
    let mut there = sources.iter().filter_map(|key| profile.place(key));
    match (profile.place(ROLE), there.next()) {
        (Some(role), None) => {
            let others = ["aws_access_key_id", "credential_process", "sso_session", "sso_start_url"];
            let text = match others.iter().any(|key| profile.place(key).is_some()) {
                true => {
                    "nothing says whose credentials assume the role: most SDKs fail, and that for JavaScript uses the profile's own credentials WITHOUT assuming it"
                }
                false => "nothing says whose credentials assume the role",
            };
            findings.push(Finding::new(
                "role-without-source",
                role.clone(),
                text,
                "add source_profile or credential_source",
            ));
        }
        (None, Some(source)) => {
            let text = "there is no role_arn: the source means nothing, and the SDK for Go fails";
            findings.push(Finding::new(
                "source-without-role",
                source.clone(),
                text,
                "add role_arn, or remove the line",
            ));
        }
        _ => {}
    }
    if let (Some(place), Some(_)) = (profile.place(CREDENTIAL_SOURCE), profile.place(SOURCE_PROFILE)) {
        let text = "source_profile is there, too: most SDKs fail";
        findings.push(Finding::new("two-sources", place.clone(), text, "keep one of them"));
    }
}

fn source(profiles: &Profiles, name: &str, profile: &Profile, findings: &mut Vec<Finding>) {
    let (Some(source), Some(place)) = (profile.text(SOURCE_PROFILE), profile.place(SOURCE_PROFILE)) else {
        return;
    };
    if !profiles.merged.contains_key(source) {
        let text = format!("no profile is called {source:?}");
        return findings.push(Finding::new(
            "source-missing",
            place.clone(),
            text,
            "write the name of a profile, without `profile` before it",
        ));
    }
    if let Some(path) = loop_from(profiles, name) {
        let text = format!("the profiles lead in a circle: {}", path.join(" → "));
        findings.push(Finding::new(
            "source-loop",
            place.clone(),
            text,
            "let one of them have credentials of its own",
        ));
    }
}

/// The way from a profile back to itself. A profile with keys of its own may name itself.
fn loop_from<'a>(profiles: &'a Profiles, start: &'a str) -> Option<Vec<&'a str>> {
    let mut path = vec![start];
    let mut at = start;
    while path.len() <= LONGEST_CHAIN {
        let profile = profiles.merged.get(at)?;
        if at != start && profile.place("aws_access_key_id").is_some() {
            return None;
        }
        at = profile.text(SOURCE_PROFILE)?;
        path.push(at);
        if at == start {
            let alone = path.len() == 2 && profile.place("aws_access_key_id").is_some();
            return (!alone).then_some(path);
        }
    }
    None
}

fn credential_source(profile: &Profile, findings: &mut Vec<Finding>) {
    let (Some(word), Some(place)) = (profile.text(CREDENTIAL_SOURCE), profile.place(CREDENTIAL_SOURCE))
    else {
        return;
    };
    if WORDS.contains(&word) {
        return;
    }
    let meant = WORDS.iter().find(|known| known.eq_ignore_ascii_case(word));
    let (text, remedy) = match meant {
        Some(meant) => {
            ("only the SDK for Rust does not mind capitals here".to_owned(), format!("write {meant}"))
        }
        None => ("no SDK knows this word".to_owned(), format!("write one of {}", WORDS.join(", "))),
    };
    let finding = Finding::new("credential-source", place.clone(), text, remedy);
    findings.push(match meant {
        Some(_) => finding.biting(&[Sdk::Cli2, Sdk::Boto3, Sdk::Js, Sdk::Java, Sdk::Go]),
        None => finding,
    });
}

fn duration(profiles: &Profiles, profile: &Profile, findings: &mut Vec<Finding>) {
    let (Some(text), Some(place)) = (profile.text(DURATION), profile.place(DURATION)) else { return };
    let Ok(seconds) = text.parse::<u32>() else {
        let text = "this is no number: boto3 and the AWS CLI pass it over, the SDK for JavaScript sends NaN";
        return findings.push(Finding::new(
            "duration",
            place.clone(),
            text,
            "write a number from 900 to 43200",
        ));
    };
    if !(900..=43_200).contains(&seconds) {
        let text = format!("{seconds} seconds: STS takes 900 to 43200");
        return findings.push(Finding::new(
            "duration",
            place.clone(),
            text,
            "write a number from 900 to 43200",
        ));
    }
    let source = profile.text(SOURCE_PROFILE).and_then(|source| profiles.merged.get(source));
    let chained = source
        .is_some_and(|source| source.place(ROLE).is_some() && source.place("aws_access_key_id").is_none());
    if chained && seconds > 3600 {
        let text = format!(
            "{seconds} seconds: the source is itself a role's session, and STS refuses more than 3600"
        );
        findings.push(Finding::new("duration-chained", place.clone(), text, "write 3600 or less"));
    }
}

fn mfa(profile: &Profile, findings: &mut Vec<Finding>) {
    if let (Some(place), Some(_)) = (profile.place("mfa_serial"), profile.place(ROLE)) {
        let text = "the SDK for Rust assumes the role without MFA, whatever stands here";
        findings.push(Finding::new("mfa-ignored", place.clone(), text, REMEDY_PROCESS));
    }
}

/// Keys of our own and of aws-vault.
fn session_details(profile: &Profile, findings: &mut Vec<Finding>) {
    let keys = ["session_tags", "transitive_session_tags", "source_identity"];
    let Some((key, place)) = keys.iter().find_map(|key| Some((key, profile.place(key)?))) else { return };
    if profile.place(ROLE).is_some() {
        let text = format!("SDKs pass {key} over, and a trust policy that wants it refuses them the role");
        findings.push(Finding::new("session-details-ignored", place.clone(), text, REMEDY_PROCESS));
    }
}

const ROLE: &str = "role_arn";
const SOURCE_PROFILE: &str = "source_profile";
const CREDENTIAL_SOURCE: &str = "credential_source";
const DURATION: &str = "duration_seconds";
const WORDS: [&str; 3] = ["Environment", "EcsContainer", "Ec2InstanceMetadata"];
const REMEDY_PROCESS: &str =
    "let programs get credentials by credential_process = linklocal credentials process --profile NAME";
/// Profiles that a chain is followed over: each costs an AssumeRole of an hour at most.
const LONGEST_CHAIN: usize = 100;
