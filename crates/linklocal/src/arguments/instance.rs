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
    /// Launch another instance
    #[command(after_help = LAUNCH)]
    Launch(Box<LaunchArguments>),
    /// Run the instance's user data in its view, once, as cloud-init does at the first boot
    #[command(after_help = super::boot::EXAMPLES)]
    Boot(BootArguments),
    /// End an instance
    #[command(after_help = TERMINATE)]
    Terminate(TerminateArguments),
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

#[derive(Clone, Debug, Args)]
#[group(id = "change", multiple = true)]
pub(crate) struct OptionsArguments {
    #[command(flatten)]
    pub(crate) one: OneInstance,
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
}

#[derive(Clone, Debug, Args)]
pub(crate) struct TerminateArguments {
    /// Instance id
    #[arg(value_name = "ID", required_unless_present = "instance_ids")]
    pub(crate) ids: Vec<String>,
    /// Instance id, in the AWS CLI's form
    #[arg(long, visible_alias = "instance-id", value_name = "ID", num_args = 1..)]
    pub(crate) instance_ids: Vec<String>,
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
Example:
  $ linklocal instance launch --instance-type m7i.large --role worker --endpoint 127.0.0.1:1339
  $ linklocal instance launch --set monitoring=true --tag Name=web-2";

const TERMINATE: &str = "\
Example:
  $ linklocal instance terminate i-0123456789abcdef0";
