//! `modify-metadata-options` (EC2 API reference, `ModifyInstanceMetadataOptions`).

use std::time::Duration;

use account::MetadataOptionsChange;
use serde::de::DeserializeOwned;
use types::InstanceId;
use types::instance::MetadataOptions;

use super::{Context, changed};
use crate::admin::{Call, Change, MetadataOptionsReply, OptionsState, Reply, StatedOptions};
use crate::arguments::OptionsArguments;
use crate::commands::foreign;
use crate::failure::Failure;

pub(super) async fn modify(context: &Context, arguments: OptionsArguments) -> Result<(), Failure> {
    let options = arguments.options;
    let change = MetadataOptionsChange {
        http_endpoint: word(options.http_endpoint),
        http_tokens: word(options.http_tokens),
        http_put_response_hop_limit: options.http_put_response_hop_limit,
        http_protocol_ipv6: word(options.http_protocol_ipv6),
        instance_metadata_tags: word(options.instance_metadata_tags),
    };
    if change == MetadataOptionsChange::default() {
        return Err(Failure::usage("no option to change")
            .hint("linklocal instance modify-metadata-options --http-tokens required"));
    }
    let change = Change::MetadataOptions(change);
    let Reply::MetadataOptions(mut reply) = changed(context, &arguments.one, change).await? else {
        return Err(foreign());
    };
    while arguments.wait && reply.instance_metadata_options.state == OptionsState::Pending {
        tokio::time::sleep(POLL).await;
        reply = state(context, reply.instance_id).await?;
    }
    context.output.result(&reply, || text(&reply))
}

/// Options as `key value` lines.
pub(super) fn lines(options: &MetadataOptions) -> String {
    let object = serde_json::to_value(options).expect("options are plain data");
    let members = object.as_object().into_iter().flatten();
    members
        .map(|(name, value)| {
            format!("  {name:24}  {}\n", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        })
        .collect()
}

/// A word that the argument parser has checked.
fn word<T: DeserializeOwned>(typed: Option<String>) -> Option<T> {
    typed.map(|word| {
        serde_json::from_value(word.into()).expect("the argument parser lets only these words through")
    })
}

async fn state(context: &Context, instance_id: InstanceId) -> Result<MetadataOptionsReply, Failure> {
    let call = Call::DescribeInstance { instance_id: Some(instance_id) };
    let Reply::Instance(description) = context.call(&call).await? else {
        return Err(foreign());
    };
    let (state, options, applies_at) = match description.pending_metadata_options {
        Some(pending) => (OptionsState::Pending, pending.options, Some(pending.applies_at)),
        None => (OptionsState::Applied, description.instance.metadata_options, None),
    };
    let instance_metadata_options = StatedOptions { state, options, applies_at };
    Ok(MetadataOptionsReply { instance_id: description.instance.instance_id, instance_metadata_options })
}

fn text(reply: &MetadataOptionsReply) -> String {
    let stated = &reply.instance_metadata_options;
    let state = match (stated.state, stated.applies_at) {
        (OptionsState::Applied, _) => "applied".to_owned(),
        (OptionsState::Pending, None) => "pending".to_owned(),
        (OptionsState::Pending, Some(time)) => format!("pending, applied at {time}"),
    };
    format!("{}: {state}\n{}", reply.instance_id, lines(&stated.options))
}

/// How often `--wait` asks.
const POLL: Duration = Duration::from_millis(100);
