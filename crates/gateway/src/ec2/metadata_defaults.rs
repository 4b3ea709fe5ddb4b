//! What the account prefers of metadata options, by region (EC2 API reference, `ModifyInstanceMetadataDefaults`).

use account::ec2::metadata_defaults::{self, MetadataDefaultsChange, Preference};
use account::ec2::refusal;
use account::{Check, ServiceError};
use types::instance::{HopLimit, Switch};
use wire::Structure;

use super::metadata_options::{endpoint, hops, switch, tokens};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetInstanceMetadataDefaults",
        checks: |_| Ok(vec![Check::new("ec2:GetInstanceMetadataDefaults", "*")]),
        run: get,
    },
    Operation { name: "ModifyInstanceMetadataDefaults", checks: modification, run: modify },
];

/// What nobody said anything of is left out.
fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let mut level = Structure::new();
    if let Some(defaults) = metadata_defaults::in_region(ask.directory, ask.region) {
        let hops = defaults.http_put_response_hop_limit.map(i64::from);
        level = level
            .with_some("HttpTokens", defaults.http_tokens.map(|tokens| tokens.as_str()))
            .with_some("HttpPutResponseHopLimit", hops)
            .with_some("HttpEndpoint", defaults.http_endpoint.map(|endpoint| endpoint.as_str()))
            .with_some("InstanceMetadataTags", defaults.instance_metadata_tags.map(Switch::as_str))
            .with_some("HttpTokensEnforced", defaults.http_tokens_enforced.map(Switch::as_str));
    }
    Ok(Structure::new().with("AccountLevel", level.with("ManagedBy", "account")))
}

fn modification(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let check = Check::new("ec2:ModifyInstanceMetadataDefaults", "*");
    let given = MEMBERS.into_iter().filter(|name| ask.input.member(name).is_some());
    Ok(vec![given.fold(check, |check, name| {
        let value = ask.input.text(name).map(str::to_owned);
        let value = value.or_else(|| ask.input.integer(name).map(|number| number.to_string()));
        check.with(&format!("ec2:Attribute/{name}"), value.unwrap_or_default())
    })])
}

fn modify(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let change = asked(ask.input)?;
    if change == MetadataDefaultsChange::default() {
        return Err(refusal::missing_parameter(&MEMBERS.join(", or ")));
    }
    ask.account.change(|directory| {
        metadata_defaults::modify(directory, ask.region, &change);
        Ok::<_, ServiceError>(())
    })?;
    Ok(Structure::new().with("Return", true))
}

fn asked(input: &Structure) -> Result<MetadataDefaultsChange, ServiceError> {
    Ok(MetadataDefaultsChange {
        http_endpoint: preference(input, "HttpEndpoint", endpoint)?,
        http_tokens: preference(input, "HttpTokens", tokens)?,
        http_put_response_hop_limit: hop_preference(input)?,
        instance_metadata_tags: switch_preference(input, "InstanceMetadataTags")?,
        http_tokens_enforced: switch_preference(input, "HttpTokensEnforced")?,
    })
}

fn preference<T>(
    input: &Structure,
    name: &str,
    read: impl Fn(&str) -> Result<T, ServiceError>,
) -> Result<Option<Preference<T>>, ServiceError> {
    match input.text(name) {
        None => Ok(None),
        Some(NO_PREFERENCE) => Ok(Some(None)),
        Some(text) => read(text).map(|value| Some(Some(value))),
    }
}

fn switch_preference(input: &Structure, name: &str) -> Result<Option<Preference<Switch>>, ServiceError> {
    if input.text(name) == Some(NO_PREFERENCE) { Ok(Some(None)) } else { Ok(switch(input, name)?.map(Some)) }
}

/// -1 is no preference.
fn hop_preference(input: &Structure) -> Result<Option<Preference<HopLimit>>, ServiceError> {
    match input.integer("HttpPutResponseHopLimit") {
        None => Ok(None),
        Some(-1) => Ok(Some(None)),
        Some(number) => hops(number).map(|hops| Some(Some(hops))),
    }
}

const NO_PREFERENCE: &str = "no-preference";
const MEMBERS: [&str; 5] =
    ["HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "InstanceMetadataTags", "HttpTokensEnforced"];
