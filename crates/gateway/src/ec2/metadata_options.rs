//! Metadata options of instances: as requests ask for them and answers show them; `ModifyInstanceMetadataOptions` (EC2 API
//! reference; facts/imds.md section 1.8).

use account::ec2::{metadata_defaults, refusal};
use account::{Check, InstanceView, MetadataOptionsChange, ServiceError};
use types::instance::{Endpoint, HopLimit, MetadataOptions, Switch, Tokens};
use wire::Structure;

use super::instance_check::{asked_id, found, instance_check, with_options};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "ModifyInstanceMetadataOptions", checks, run: modify }];

/// The options that a structure asks for: that of this operation, or `MetadataOptions` of RunInstances.
///
/// # Errors
/// `InvalidParameterValue`; `InvalidParameterCombination` for options of a service that is to be off.
pub(super) fn asked(options: &Structure) -> Result<MetadataOptionsChange, ServiceError> {
    let change = MetadataOptionsChange {
        http_endpoint: options.text("HttpEndpoint").map(endpoint).transpose()?,
        http_tokens: options.text("HttpTokens").map(tokens).transpose()?,
        http_put_response_hop_limit: options.integer("HttpPutResponseHopLimit").map(hops).transpose()?,
        http_protocol_ipv6: switch(options, "HttpProtocolIpv6")?,
        instance_metadata_tags: switch(options, "InstanceMetadataTags")?,
    };
    let off = change.http_endpoint == Some(Endpoint::Disabled);
    let mut given = ["HttpTokens", "HttpPutResponseHopLimit", "HttpProtocolIpv6"].into_iter();
    match given.find(|name| off && options.member(name).is_some()) {
        Some(name) => Err(refusal::invalid_combination(format!(
            "The parameter {name} cannot be specified when the parameter HttpEndpoint is disabled"
        ))),
        None => Ok(change),
    }
}

/// `InstanceMetadataOptionsResponse` of an instance as it stands. `is_running`: the options of one that does not run are in force
/// nowhere (seen on AWS: they are `pending` until it runs).
pub(super) fn shown(view: &InstanceView, is_running: bool) -> Structure {
    match view.pending_metadata_options {
        Some(pending) => stated(pending.options, "pending"),
        None if is_running => stated(view.instance.metadata_options, "applied"),
        None => stated(view.instance.metadata_options, "pending"),
    }
}

/// Options in a state of EC2's: `pending` or `applied`.
pub(super) fn stated(options: MetadataOptions, state: &'static str) -> Structure {
    Structure::new()
        .with("State", state)
        .with("HttpTokens", options.http_tokens.as_str())
        .with("HttpPutResponseHopLimit", i64::from(options.http_put_response_hop_limit))
        .with("HttpEndpoint", options.http_endpoint.as_str())
        .with("HttpProtocolIpv6", options.http_protocol_ipv6.as_str())
        .with("InstanceMetadataTags", options.instance_metadata_tags.as_str())
}

/// The keys are those of the options as they are to be (seen on AWS), and `ec2:Attribute` names what is asked for.
fn checks(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let change = asked(ask.input)?;
    let id = asked_id(ask)?;
    let check = instance_check(ask, "ec2:ModifyInstanceMetadataOptions", id.as_str())?;
    let check = named(check, ask.input);
    match found(ask, &id) {
        Ok(view) => Ok(vec![with_options(check, change.applied_to(newest(&view)))]),
        Err(_) => Ok(vec![check]),
    }
}

/// What is asked for, under the keys that policies tell changes apart by.
fn named(check: Check, input: &Structure) -> Check {
    let given: Vec<&str> = MEMBERS.into_iter().filter(|name| input.member(name).is_some()).collect();
    let with_values = given.iter().fold(check, |check, name| {
        let value = input.text(name).map(str::to_owned);
        let value = value.or_else(|| input.integer(name).map(|number| number.to_string()));
        check.with(&format!("ec2:Attribute/{name}"), value.unwrap_or_default())
    });
    with_values.with_many("ec2:Attribute", given.into_iter().map(str::to_owned).collect())
}

fn modify(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (change, id) = (asked(ask.input)?, asked_id(ask)?);
    let view = found(ask, &id)?;
    if view.instance.life.is_terminated() {
        return Err(refusal::not_in_state(&id));
    }
    if change == MetadataOptionsChange::default() {
        return Err(refusal::missing_parameter(&MEMBERS.join(", or ")));
    }
    metadata_defaults::refuse_optional_tokens(&ask.account.directory(), ask.region, &change)?;
    let instances = ask.host.instances();
    let (changed, _) =
        instances.modify_metadata_options(&id, change, ask.now, ask.host.propagation_delay())?;
    ask.host.publish(&changed)?;
    // What is accepted is said to be pending, also where it is so already (seen on AWS).
    let options = stated(newest(&found(ask, &id)?), "pending");
    Ok(Structure::new().with("InstanceId", id.as_str()).with("InstanceMetadataOptions", options))
}

/// The options with those that are on their way.
fn newest(view: &InstanceView) -> MetadataOptions {
    view.pending_metadata_options.map_or(view.instance.metadata_options, |pending| pending.options)
}

pub(super) fn endpoint(text: &str) -> Result<Endpoint, ServiceError> {
    match text {
        "enabled" => Ok(Endpoint::Enabled),
        "disabled" => Ok(Endpoint::Disabled),
        _ => Err(unknown("HttpEndpoint", text)),
    }
}

pub(super) fn tokens(text: &str) -> Result<Tokens, ServiceError> {
    match text {
        "optional" => Ok(Tokens::Optional),
        "required" => Ok(Tokens::Required),
        _ => Err(unknown("HttpTokens", text)),
    }
}

pub(super) fn hops(number: i64) -> Result<HopLimit, ServiceError> {
    HopLimit::try_from(number).map_err(|_| {
        refusal::invalid_value(format!(
            "Value ({number}) for parameter HttpPutResponseHopLimit is invalid. Expecting a value between 1 and 64."
        ))
    })
}

/// A member that is `enabled` or `disabled`.
pub(super) fn switch(options: &Structure, name: &str) -> Result<Option<Switch>, ServiceError> {
    match options.text(name) {
        None => Ok(None),
        Some("enabled") => Ok(Some(Switch::Enabled)),
        Some("disabled") => Ok(Some(Switch::Disabled)),
        Some(other) => Err(unknown(name, other)),
    }
}

fn unknown(name: &str, text: &str) -> ServiceError {
    let shown = &text[..text.floor_char_boundary(MAX_SHOWN)];
    refusal::invalid_value(format!("Value ({shown}) for parameter {name} is invalid."))
}

const MEMBERS: [&str; 5] =
    ["HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "HttpProtocolIpv6", "InstanceMetadataTags"];
const MAX_SHOWN: usize = 100;
