//! A shadow in words: what was seen, why it is so, what to do.

use super::super::{Finding, KeyPlace, Severity};
use super::choice::Choice;
use super::reason::{Displaced, Reason};
use super::{Caller, Group, KeySource, Maker, product};

pub(super) fn told(
    group: Group,
    severity: Severity,
    displaced: &Displaced,
    choice: Choice,
    places: &[&KeyPlace],
) -> Finding {
    let Group { maker, tally, caller } = group;
    let title = title(displaced, &maker, &caller);
    let calls = format!("{}: {}", tally.calls(), tally.operations());
    let evidence = evidence(&calls, displaced, &maker, &caller, places);
    let why = maker.source.map_or(IN_GENERAL, KeySource::why).to_owned();
    let advice = advice(choice, &maker, &caller);
    Finding { evidence, why, advice, ..tally.finding("shadowed-role", severity, title) }
}

fn title(displaced: &Displaced, maker: &Maker, caller: &Caller) -> String {
    let whose = match (&caller.user_name, caller.is_root) {
        (_, true) => "the root user's keys".to_owned(),
        (Some(name), false) => format!("long-term keys of {name}"),
        (None, false) => "long-term keys".to_owned(),
    };
    let role = displaced.role.rsplit('/').next().unwrap_or(&displaced.role);
    let of = displaced.instance_id.as_ref().map(|id| format!(" of {id}")).unwrap_or_default();
    match displaced.reason {
        Reason::Beside => format!("{whose} ({}) are used beside the role {role}{of}", maker.access_key_id),
        _ => format!("{whose} ({}) shadow the role {role}{of}", maker.access_key_id),
    }
}

fn evidence(
    calls: &str,
    displaced: &Displaced,
    maker: &Maker,
    caller: &Caller,
    places: &[&KeyPlace],
) -> Vec<String> {
    let by = caller
        .program
        .name()
        .map_or_else(|| maker.address.clone(), |program| format!("{program} at {}", maker.address));
    let mut evidence = vec![format!("{by} signed as {}, {calls}", caller.arn), displaced.told.clone()];
    if caller.untraced > 0 && maker.program.is_some() {
        let untraced = caller.untraced;
        evidence.push(format!(
            "{untraced} of the calls came from programs that ended before they could be looked up"
        ));
    }
    match (maker.source, &caller.user_agent) {
        (Some(source), _) => evidence.push(source.said().to_owned()),
        (None, Some(agent)) => {
            evidence.push(format!("its user agent does not say where it has its keys: {agent}"));
        }
        (None, None) => {}
    }
    // Who has keys from his environment has them from no file.
    if maker.source.is_none_or(|source| source == KeySource::Profile) {
        evidence.extend(places.iter().map(|place| place.told.clone()));
    }
    evidence
}

fn advice(choice: Choice, maker: &Maker, caller: &Caller) -> Vec<String> {
    let mut advice = Vec::new();
    if choice.is_deliberate() {
        advice.push(MEANT.to_owned());
    }
    match (maker.source, choice) {
        (_, Choice::Named) => {}
        (Some(source), _) => advice.push(source.cure().to_owned()),
        (None, _) => advice.extend(search(product(caller.user_agent.as_ref()))),
    }
    advice.push(
        "see which source wins, and which would be next: `linklocal credentials explain --as all`".to_owned(),
    );
    match (&caller.user_name, caller.is_root) {
        // A key that somebody uses on purpose is not one to switch off.
        _ if choice.is_deliberate() => {}
        (Some(user), false) => advice.push(format!(
            "when the program runs on the role, switch the key off: `aws iam update-access-key --user-name {user} --access-key-id {} \
             --status Inactive`",
            maker.access_key_id
        )),
        _ => advice.push(format!("delete the key {}: the root user should have none", maker.access_key_id)),
    }
    advice
}

/// How to find out from where a program has its keys that does not say it.
fn search(product: &str) -> Vec<String> {
    let own = match product.starts_with("aws-cli/") {
        true => "flags (--profile)",
        false => "code",
    };
    vec![
        format!(
            "find out where the program has its keys; it takes the first of: its own {own}, AWS_ACCESS_KEY_ID in its environment, the \
             profile that AWS_PROFILE names or else [default] in ~/.aws/credentials and ~/.aws/config, and the role last"
        ),
        "where it is started, `aws configure list` shows what the AWS CLI takes, and from where".to_owned(),
    ]
}

/// Where the program does not say from where it has its keys.
const IN_GENERAL: &str = "Every SDK looks for keys in code, then in its environment, then in profiles, and asks the metadata service last. Keys were \
                          found before, so the role was never asked for.";

const MEANT: &str = "if the profile was named on purpose, there is nothing to do; else leave --profile out, and unset AWS_PROFILE where \
                     the program is started";
