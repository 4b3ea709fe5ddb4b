//! `instance list` and `instance show`.

use types::instance::InstanceProfile;

use super::{Context, event, options};
use crate::admin::{Call, InstanceDescription, InstancePage, InstanceSummary, Reply};
use crate::arguments::ShowArguments;
use crate::commands::foreign;
use crate::failure::Failure;
use crate::output::table;

/// All pages, one after the other.
pub(super) async fn list(context: &Context) -> Result<(), Failure> {
    let instances = crate::commands::all_instances(context).await?;
    let all = InstancePage { instances, next: None };
    context.output.result(&all, || table(&HEADING, &all.instances.iter().map(row).collect::<Vec<_>>()))
}

pub(super) async fn show(context: &Context, arguments: ShowArguments) -> Result<(), Failure> {
    let typed = arguments.id.as_deref().or(arguments.one.instance_id.as_deref());
    let instance_id = typed.map(crate::commands::instance_id).transpose()?;
    let Reply::Instance(description) = context.call(&Call::DescribeInstance { instance_id }).await? else {
        return Err(foreign());
    };
    context.output.result(&*description, || described(&description))
}

/// An instance for people; everything there is stands in the JSON form.
pub(super) fn described(description: &InstanceDescription) -> String {
    let instance = &description.instance;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("{name:20}  {value}\n"));
        }
    };
    line("instance id", instance.instance_id.as_str());
    line("state", &description.state);
    line("type", &format!("{} ({})", instance.instance_type, instance.architecture));
    line("image", &instance.image_id);
    line("account", &instance.account_id.to_string());
    let placement = &instance.placement;
    line("zone", &format!("{} ({})", placement.availability_zone, placement.availability_zone_id));
    line("launched", &instance.launch_time.iso8601());
    if let Some(interface) = instance.primary_interface() {
        line("private address", &joined(&interface.private_ip_addresses));
        line("public address", &interface.public_ipv4().map(|a| a.to_string()).unwrap_or_default());
        line("IPv6 addresses", &joined(&interface.ipv6_addresses));
        line("MAC address", &interface.mac_address);
        line("subnet", &format!("{} in {}", interface.subnet_id, interface.vpc_id));
        let groups: Vec<&str> = interface.security_groups.iter().map(|g| g.group_name.as_str()).collect();
        line("security groups", &groups.join(", "));
    }
    line("key pair", instance.key_pair.as_ref().map_or("", |pair| &pair.key_name));
    line("profile", &instance.iam_instance_profile.as_ref().map(profile).unwrap_or_default());
    line("user data", &instance.user_data.as_ref().map(|d| format!("{} bytes", d.len())).unwrap_or_default());
    line("reached at", &joined(&instance.binding.endpoints));
    line("reached from", &joined(&instance.binding.sources));
    text.push_str("metadata options\n");
    text.push_str(&options::lines(&instance.metadata_options));
    if let Some(pending) = &description.pending_metadata_options {
        text.push_str(&format!("pending metadata options, applied at {}\n", pending.applies_at));
        text.push_str(&options::lines(&pending.options));
    }
    section(
        &mut text,
        "tags",
        &instance.tags.iter().map(|(k, v)| format!("  {k}={v}\n")).collect::<String>(),
    );
    section(&mut text, "events", &event::lines(&instance.events));
    text
}

/// A profile on one line.
pub(super) fn profile(profile: &InstanceProfile) -> String {
    let state = match &profile.role {
        _ if !profile.exists => "deleted".to_owned(),
        None => "no role".to_owned(),
        Some(role) if !role.trusts_ec2 => format!("role {} does not trust EC2", role.role_name),
        Some(role) => format!("role {}", role.role_name),
    };
    format!("{} ({state})", profile.arn)
}

fn section(text: &mut String, heading: &str, lines: &str) {
    if !lines.is_empty() {
        text.push_str(&format!("{heading}\n{lines}"));
    }
}

fn row(instance: &InstanceSummary) -> Vec<String> {
    // Where one will answer that is stopped is no place to ask now.
    let (endpoints, sources): (&[_], &[_]) = match instance.answers() {
        true => (&instance.endpoints, &instance.sources),
        false => (&[], &[]),
    };
    let (reached, from) = (joined(endpoints), joined(sources));
    vec![
        instance.instance_id.to_string(),
        instance.name.clone().unwrap_or_default(),
        instance.instance_type.clone(),
        instance.state.clone(),
        instance.availability_zone.clone(),
        instance.private_ip_address.map(|address| address.to_string()).unwrap_or_default(),
        instance.role.clone().unwrap_or_default(),
        format!("{:?}", instance.http_tokens).to_lowercase(),
        if from.is_empty() { reached } else { format!("{reached} from {from}").trim_start().to_owned() },
    ]
}

fn joined<T: ToString>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

const HEADING: [&str; 9] =
    ["INSTANCE", "NAME", "TYPE", "STATE", "ZONE", "ADDRESS", "ROLE", "TOKENS", "REACHED"];
