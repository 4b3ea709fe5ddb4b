//! `linklocal instance …`: one call each, printed as EC2 would answer it.

mod boot;
mod callers;
mod event;
mod life;
mod listing;
mod options;
mod settings;

use std::collections::BTreeMap;

use types::InstanceId;

use super::Context;
use crate::admin::{Call, Change, Detachment, Reply, RoleChange};
use crate::arguments::{
    AttachRoleArguments, DetachRoleArguments, InstanceCommand, OneInstance, SetArguments, TagArguments,
};
use crate::commands::foreign;
use crate::failure::Failure;

pub(super) async fn run(context: &Context, command: InstanceCommand) -> Result<(), Failure> {
    match command {
        InstanceCommand::List => listing::list(context).await,
        InstanceCommand::Show(arguments) => listing::show(context, arguments).await,
        InstanceCommand::Set(arguments) => set(context, arguments).await,
        InstanceCommand::Tag(arguments) => tag(context, arguments).await,
        InstanceCommand::AttachRole(arguments) => attach_role(context, arguments).await,
        InstanceCommand::DetachRole(arguments) => detach_role(context, arguments).await,
        InstanceCommand::ModifyMetadataOptions(arguments) => options::modify(context, arguments).await,
        InstanceCommand::Event(command) => event::run(context, command).await,
        InstanceCommand::Callers(arguments) => callers::run(context, arguments).await,
        InstanceCommand::Launch(arguments) => life::launch(context, *arguments).await,
        InstanceCommand::Start(arguments) => life::start(context, arguments).await,
        InstanceCommand::Stop(arguments) => life::stop(context, arguments).await,
        InstanceCommand::Reboot(arguments) => life::reboot(context, arguments).await,
        InstanceCommand::Boot(arguments) => boot::run(context, arguments).await,
        InstanceCommand::Terminate(arguments) => life::terminate(context, arguments).await,
    }
}

/// The instance that was named, if one was.
fn named(one: &OneInstance) -> Result<Option<InstanceId>, Failure> {
    one.instance_id.as_deref().map(super::instance_id).transpose()
}

/// Asks for a change of the instance.
async fn changed(context: &Context, one: &OneInstance, change: Change) -> Result<Reply, Failure> {
    let call = Call::ChangeInstance { instance_id: named(one)?, change };
    context.call(&call).await
}

async fn set(context: &Context, arguments: SetArguments) -> Result<(), Failure> {
    let change = Change::Attributes(Box::new(settings::declaration(&arguments.settings)?));
    let Reply::Instance(description) = changed(context, &arguments.one, change).await? else {
        return Err(foreign());
    };
    context.output.result(&*description, || listing::described(&description))
}

async fn tag(context: &Context, arguments: TagArguments) -> Result<(), Failure> {
    let shorthand = arguments.tags.into_iter().map(|tag| tag.0);
    let set: BTreeMap<String, String> =
        arguments.set.into_iter().chain(shorthand).map(|tag| (tag.key, tag.value)).collect();
    if set.is_empty() && arguments.remove.is_empty() {
        return Err(Failure::usage("no tag to set or remove")
            .hint("linklocal instance tag Name=web-1 --remove Owner"));
    }
    let change = Change::Tags { set, remove: arguments.remove };
    let Reply::Tags(reply) = changed(context, &arguments.one, change).await? else {
        return Err(foreign());
    };
    context
        .output
        .result(&reply, || reply.tags.iter().map(|(key, value)| format!("{key}={value}\n")).collect())
}

async fn attach_role(context: &Context, arguments: AttachRoleArguments) -> Result<(), Failure> {
    let role = RoleChange {
        role: arguments.role,
        instance_profile_name: arguments.instance_profile_name,
        trusts_ec2: !arguments.untrusted,
    };
    change_profile(context, &arguments.one, Change::AttachRole(role)).await
}

async fn detach_role(context: &Context, arguments: DetachRoleArguments) -> Result<(), Failure> {
    let how = match (arguments.keep_profile, arguments.delete_profile) {
        (true, _) => Detachment::KeepProfile,
        (_, true) => Detachment::DeleteProfile,
        _ => Detachment::Disassociate,
    };
    change_profile(context, &arguments.one, Change::DetachRole(how)).await
}

async fn change_profile(context: &Context, one: &OneInstance, change: Change) -> Result<(), Failure> {
    let Reply::Profile(reply) = changed(context, one, change).await? else {
        return Err(foreign());
    };
    context.output.result(&reply, || {
        let profile = match &reply.iam_instance_profile {
            None => "no instance profile".to_owned(),
            Some(profile) => listing::profile(profile),
        };
        format!("{}: {profile}\n", reply.instance_id)
    })
}
