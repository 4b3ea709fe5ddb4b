//! `linklocal instance …`.

use std::net::{IpAddr, SocketAddr};

use clap::{Args, Subcommand};
use types::instance::HopLimit;

use super::boot::BootArguments;
use super::event::EventCommand;
use super::one_instance::OneInstance;
use super::value::{Assignment, TagList};

#[derive(Debug, Subcommand)]
pub(crate) enum InstanceCommand {
    /// List instances
    #[command(after_help = "Example:\n  $ linklocal instance list --json")]
    List,
    /// Show one instance in full
    #[command(after_help = "Example:\n  $ linklocal instance show i-0123456789abcdef0 --json")]
    Show(ShowArguments),
    /// Change attributes, by the keys of the configuration file
    #[command(after_help = SET)]
    Set(SetArguments),
    /// Add, change and remove tags
    #[command(after_help = TAG)]
    Tag(TagArguments),
    /// Give the instance a profile with this role
    #[command(after_help = ATTACH)]
    AttachRole(AttachRoleArguments),
    /// Take the instance's role away
    #[command(after_help = DETACH)]
    DetachRole(DetachRoleArguments),
    /// Change how the instance's metadata service behaves
    #[command(after_help = OPTIONS)]
    ModifyMetadataOptions(OptionsArguments),
    /// Announce an event to the instance, or take it back
    #[command(subcommand, after_help = EVENT)]
    Event(EventCommand),
    /// List the programs that call the metadata service
    #[command(after_help = CALLERS)]
    Callers(CallersArguments),
    /// Launch instances
    #[command(after_help = LAUNCH)]
    Launch(Box<LaunchArguments>),
    /// Start instances that are stopped
    #[command(after_help = START)]
    Start(LifeArguments),
    /// Stop instances: none of their metadata is served until they are started
    #[command(after_help = STOP)]
    Stop(StopArguments),
    /// Reboot instances that run
    #[command(after_help = REBOOT)]
    Reboot(LifeArguments),
    /// Run the instance's user data in its view, once, as cloud-init does at the first boot
    #[command(after_help = super::boot::EXAMPLES)]
    Boot(BootArguments),
    /// End instances for good
    #[command(after_help = TERMINATE)]
    Terminate(LifeArguments),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ShowArguments {
    /// Instance id; may be left out where there is only one instance
    #[arg(value_name = "ID", conflicts_with = "instance_id")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) one: OneInstance,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CallersArguments {
    #[command(flatten)]
    pub(crate) one: OneInstance,
    /// Only what would break if tokens were required, one line a program, and what to upgrade
    #[arg(long)]
    pub(crate) v1: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SetArguments {
    #[command(flatten)]
    pub(crate) one: OneInstance,
    /// Attribute and value; the value is read as in linklocal.toml, and as text where it is none
    #[arg(value_name = "KEY=VALUE", required = true)]
    pub(crate) settings: Vec<Assignment>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct TagArguments {
    #[command(flatten)]
    pub(crate) one: OneInstance,
    /// Tag to add or change
    #[arg(value_name = "KEY=VALUE")]
    pub(crate) set: Vec<Assignment>,
    /// Tag to add or change, in the AWS CLI's form
    #[arg(long, value_name = "Key=K,Value=V", num_args = 1..)]
    pub(crate) tags: Vec<TagList>,
    /// Key of a tag to remove
    #[arg(long, value_name = "KEY", num_args = 1..)]
    pub(crate) remove: Vec<String>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct AttachRoleArguments {
    #[command(flatten)]
    pub(crate) one: OneInstance,
    /// Role name, or role ARN
    #[arg(value_name = "ROLE")]
    pub(crate) role: String,
    /// Name of the instance profile that holds the role [default: the role's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) instance_profile_name: Option<String>,
    /// The role does not trust EC2: its credentials are the error document AssumeRoleUnauthorizedAccess
    #[arg(long)]
    pub(crate) untrusted: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DetachRoleArguments {
    #[command(flatten)]
    pub(crate) one: OneInstance,
    /// Remove the role from the profile and keep the profile attached: iam/info says that it has no role
    #[arg(long, conflicts_with = "delete_profile")]
    pub(crate) keep_profile: bool,
    /// Delete the profile while it is attached: iam/info says InstanceProfileNotFound
    #[arg(long)]
    pub(crate) delete_profile: bool,
}

/// Metadata options, by the AWS CLI's names. What is not given stays; at a launch it is what the account or the image says.
#[derive(Clone, Debug, Args)]
pub(crate) struct MetadataOptionFlags {
    /// required refuses requests without a session token (IMDSv1)
    #[arg(long, value_name = "optional|required", value_parser = ["optional", "required"])]
    pub(crate) http_tokens: Option<String>,
    /// How many hops the reply to a token request may travel, 1 to 64
    #[arg(long, value_name = "HOPS")]
    pub(crate) http_put_response_hop_limit: Option<HopLimit>,
    /// disabled answers every request with 403
    #[arg(long, value_name = "enabled|disabled", value_parser = SWITCH)]
    pub(crate) http_endpoint: Option<String>,
    /// Whether the IPv6 address answers
    #[arg(long, value_name = "enabled|disabled", value_parser = SWITCH)]
    pub(crate) http_protocol_ipv6: Option<String>,
    /// Whether tags are part of the metadata
    #[arg(long, value_name = "enabled|disabled", value_parser = SWITCH)]
    pub(crate) instance_metadata_tags: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct OptionsArguments {
    #[command(flatten)]
    pub(crate) one: OneInstance,
    #[command(flatten)]
    pub(crate) options: MetadataOptionFlags,
    /// Return when the change is applied, not when it is accepted
    #[arg(long)]
    pub(crate) wait: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct LaunchArguments {
    /// Instance type [default: t3.micro]
    #[arg(long, value_name = "TYPE")]
    pub(crate) instance_type: Option<String>,
    /// AMI
    #[arg(long, value_name = "AMI")]
    pub(crate) image_id: Option<String>,
    /// Region
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Availability zone
    #[arg(long, value_name = "ZONE")]
    pub(crate) availability_zone: Option<String>,
    /// Primary private address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) private_ip_address: Option<IpAddr>,
    /// Role in the instance's profile
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    /// How many: all of them are launched, or none
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) count: Option<u32>,
    #[command(flatten)]
    pub(crate) options: MetadataOptionFlags,
    /// User data, or file:// and the path of a file that holds it
    #[arg(long, value_name = "TEXT|file://PATH")]
    pub(crate) user_data: Option<String>,
    /// Tag; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) tag: Vec<Assignment>,
    /// Address of the server at which this instance answers; may be repeated
    #[arg(long, value_name = "ADDR", value_parser = super::value::address)]
    pub(crate) endpoint: Vec<SocketAddr>,
    /// Caller address for which this instance answers; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) source: Vec<IpAddr>,
    /// Any other key of an instance in linklocal.toml; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<Assignment>,
    /// Return when the instance runs, not when it is on the way
    #[arg(long)]
    pub(crate) wait: bool,
}

/// Instances, and whether their next state is waited for.
#[derive(Clone, Debug, Args)]
pub(crate) struct LifeArguments {
    /// Instance id
    #[arg(value_name = "ID", required_unless_present = "instance_ids")]
    pub(crate) ids: Vec<String>,
    /// Instance id, in the AWS CLI's form
    #[arg(long, visible_alias = "instance-id", value_name = "ID", num_args = 1..)]
    pub(crate) instance_ids: Vec<String>,
    /// Return when all are in their new state, not when they are on the way
    #[arg(long)]
    pub(crate) wait: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct StopArguments {
    #[command(flatten)]
    pub(crate) life: LifeArguments,
    /// Bring instances that are stopping to their end at once
    #[arg(long)]
    pub(crate) force: bool,
    /// Hibernate, as far as the instance was launched for it
    #[arg(long)]
    pub(crate) hibernate: bool,
}

const SWITCH: [&str; 2] = ["enabled", "disabled"];

const CALLERS: &str = "\
Example:
  $ linklocal instance callers
  $ linklocal instance callers --v1";

const SET: &str = "\
Example:
  $ linklocal instance set instance-type=m7i.large
  $ linklocal instance set user-data='#!/bin/sh' monitoring=true";

const TAG: &str = "\
Example:
  $ linklocal instance tag Name=web-1 Stage=test --remove Owner
  $ linklocal instance tag --tags Key=Name,Value=web-1";

const ATTACH: &str = "\
Example:
  $ linklocal instance attach-role app-role
  $ linklocal instance attach-role arn:aws:iam::111122223333:role/app-role --untrusted";

const DETACH: &str = "\
Without a flag the profile is disassociated: iam/ disappears from the metadata.

Example:
  $ linklocal instance detach-role
  $ linklocal instance detach-role --keep-profile";

const OPTIONS: &str = "\
As on EC2 a change is first pending and applied a little later; --wait returns when it is applied.

Example:
  $ linklocal instance modify-metadata-options --http-tokens required --http-put-response-hop-limit 2
  $ linklocal instance modify-metadata-options --instance-metadata-tags enabled --wait";

const EVENT: &str = "\
Menu entries appear in the metadata when an event is announced, and vanish when it is cancelled.

Example:
  $ linklocal instance event spot-interruption --in 2m
  $ linklocal instance event maintenance --code system-reboot --in 7d
  $ linklocal instance event spot-interruption --cancel";

const LAUNCH: &str = "\
The id of each instance is printed on a line of its own. With --json the instance is one object; with --count they are a list in one.

Example:
  $ linklocal instance launch --instance-type m7i.large --role worker --endpoint 127.0.0.1:1339
  $ linklocal instance launch --http-tokens required --http-put-response-hop-limit 2 --wait
  $ linklocal instance launch --count 3 --set monitoring=true --tag Name=web";

const START: &str = "\
A started instance answers where it did, and has another public address.

Example:
  $ linklocal instance start i-0123456789abcdef0 --wait";

const STOP: &str = "\
A program that runs on the instance goes on running; until the instance is started, all that it asks 169.254.169.254 is answered 404.

Example:
  $ linklocal instance stop i-0123456789abcdef0 --wait
  $ linklocal instance stop i-0123456789abcdef0 --force";

const REBOOT: &str = "\
Nothing of the instance changes; a reboot that was announced is done with. User data is not run again: `linklocal instance boot --again` \
does that.

Example:
  $ linklocal instance reboot i-0123456789abcdef0";

const TERMINATE: &str = "\
A terminated instance is seen for an hour yet, and does not come back.

Example:
  $ linklocal instance terminate i-0123456789abcdef0 --wait";
