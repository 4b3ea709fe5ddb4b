//! `linklocal credentials resolve`: which credentials are found here, without their secrets.

use serde::Serialize;
use sys::Env;
use types::Timestamp;

use super::Snapshot;
use super::identity::Identity;
use super::search::Findings;
use crate::arguments::ResolveArguments;
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`, with the members of `explain`'s.
#[derive(Serialize)]
struct Object<'a> {
    access_key_id: &'a str,
    session_token: bool,
    account_id: Option<&'a str>,
    arn: Option<&'a str>,
    expiration: Option<Timestamp>,
    source: &'static str,
    places: Vec<String>,
    profile: &'a str,
    region: Option<&'a str>,
    region_from: Option<String>,
}

pub(super) fn run(env: &Env, output: Output, arguments: &ResolveArguments) -> Result<(), Failure> {
    let snapshot = Snapshot::take(env, &arguments.chain);
    let findings = Findings::search(&snapshot)?;
    let identity = findings.identity();
    output.result(&object(&findings, &identity), || text(&findings, &identity, snapshot.now))
}

fn object<'a>(findings: &'a Findings, identity: &'a Identity) -> Object<'a> {
    let region = findings.plan.region.as_ref();
    Object {
        access_key_id: &findings.resolved.access_key_id,
        session_token: findings.resolved.session_token.is_some(),
        account_id: identity.account_id.as_deref(),
        arn: identity.arn.as_deref(),
        expiration: identity.expiration,
        source: findings.step().source.name(),
        places: findings.step().places.iter().map(ToString::to_string).collect(),
        profile: &findings.plan.profile.name,
        region: region.map(|region| region.value.as_str()),
        region_from: region.map(|region| region.place.to_string()),
    }
}

fn text(findings: &Findings, identity: &Identity, now: Timestamp) -> String {
    let mut rows = vec![("key", identity.masked().unwrap_or_default())];
    let token = if findings.resolved.session_token.is_some() { "there is one" } else { "none" };
    rows.push(("token", token.to_owned()));
    rows.extend(identity.account_id.clone().map(|account| ("account", account)));
    rows.extend(identity.arn.clone().map(|arn| ("arn", arn)));
    let end = identity.expiration.map(|end| super::identity::end_text(end, now));
    rows.push(("expiry", end.unwrap_or_else(|| "none is known".to_owned())));
    rows.push(("source", super::sourced(findings.step())));
    rows.push(("profile", findings.plan.profile.name.clone()));
    rows.extend(findings.plan.region.as_ref().map(|region| ("region", super::region_text(region))));
    rows.iter().map(|(name, value)| format!("{name:8}  {value}\n")).collect()
}
