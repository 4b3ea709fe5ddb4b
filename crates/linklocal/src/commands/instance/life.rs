//! `instance launch`, `start`, `stop`, `reboot` and `terminate`, with EC2's states (EC2 user guide, "Amazon EC2 instance state changes").

use std::time::Duration;

use types::InstanceId;

use super::{Context, settings};
use crate::admin::{
    Call, InstanceDescription, InstanceStateChange, Reply, StateChangesReply, TerminatedReply,
};
use crate::arguments::{LaunchArguments, LifeArguments, StopArguments};
use crate::commands::foreign;
use crate::failure::Failure;
use crate::output::table;

/// To what instances change, and what they are until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Goal {
    state: &'static str,
    until_then: &'static str,
}

const RUNNING: Goal = Goal { state: "running", until_then: "pending" };
const STOPPED: Goal = Goal { state: "stopped", until_then: "stopping" };
const TERMINATED: Goal = Goal { state: "terminated", until_then: "shutting-down" };

pub(super) async fn launch(context: &Context, arguments: LaunchArguments) -> Result<(), Failure> {
    let wait = arguments.wait;
    let call = Call::LaunchInstance { declaration: Box::new(settings::launch(arguments)?) };
    match context.call(&call).await? {
        Reply::Instance(mut description) => {
            if wait {
                let id = description.instance.instance_id.clone();
                *description = settled(context, id, RUNNING).await?;
            }
            context.output.result(&*description, || format!("{}\n", description.instance.instance_id))
        }
        Reply::Descriptions(mut page) => {
            for description in page.instances.iter_mut().filter(|_| wait) {
                let id = description.instance.instance_id.clone();
                *description = settled(context, id, RUNNING).await?;
            }
            let ids = || page.instances.iter().map(|shown| format!("{}\n", shown.instance.instance_id));
            context.output.result(&page, || ids().collect())
        }
        _ => Err(foreign()),
    }
}

pub(super) async fn start(context: &Context, arguments: LifeArguments) -> Result<(), Failure> {
    let call = Call::StartInstances { instance_ids: ids(&arguments)? };
    changed(context, &call, arguments.wait.then_some(RUNNING)).await
}

pub(super) async fn stop(context: &Context, arguments: StopArguments) -> Result<(), Failure> {
    let StopArguments { life, force, hibernate } = arguments;
    let call = Call::StopInstances { instance_ids: ids(&life)?, force, hibernate };
    changed(context, &call, life.wait.then_some(STOPPED)).await
}

pub(super) async fn reboot(context: &Context, arguments: LifeArguments) -> Result<(), Failure> {
    let call = Call::RebootInstances { instance_ids: ids(&arguments)? };
    changed(context, &call, arguments.wait.then_some(RUNNING)).await
}

pub(super) async fn terminate(context: &Context, arguments: LifeArguments) -> Result<(), Failure> {
    let call = Call::TerminateInstances { instance_ids: ids(&arguments)? };
    let Reply::Terminated(reply) = context.call(&call).await? else { return Err(foreign()) };
    let TerminatedReply { terminating_instances, mut instance_state_changes } = reply;
    if arguments.wait {
        wait(context, &mut instance_state_changes, TERMINATED).await?;
    }
    let text = states(&instance_state_changes);
    context.output.result(&TerminatedReply { terminating_instances, instance_state_changes }, || text)
}

async fn changed(context: &Context, call: &Call, goal: Option<Goal>) -> Result<(), Failure> {
    let Reply::StateChanges(StateChangesReply { mut instance_state_changes }) = context.call(call).await?
    else {
        return Err(foreign());
    };
    if let Some(goal) = goal {
        wait(context, &mut instance_state_changes, goal).await?;
    }
    let text = states(&instance_state_changes);
    context.output.result(&StateChangesReply { instance_state_changes }, || text)
}

/// Returns when all have come to their goal.
async fn wait(context: &Context, changes: &mut [InstanceStateChange], goal: Goal) -> Result<(), Failure> {
    for change in changes {
        change.current_state = settled(context, change.instance_id.clone(), goal).await?.state;
    }
    Ok(())
}

/// The instance once it has come to its goal; whoever turned it elsewhere is not waited for.
async fn settled(context: &Context, id: InstanceId, goal: Goal) -> Result<InstanceDescription, Failure> {
    loop {
        let call = Call::DescribeInstance { instance_id: Some(id.clone()) };
        let Reply::Instance(description) = context.call(&call).await? else { return Err(foreign()) };
        match &*description.state {
            state if state == goal.state => return Ok(*description),
            state if state == goal.until_then => tokio::time::sleep(POLL).await,
            state => {
                let message = format!("instance {id} is {state}, and will not be {}", goal.state);
                return Err(Failure::new(message).hint("somebody else changed it meanwhile"));
            }
        }
    }
}

fn ids(arguments: &LifeArguments) -> Result<Vec<InstanceId>, Failure> {
    let typed = arguments.ids.iter().chain(&arguments.instance_ids);
    typed.map(|id| crate::commands::instance_id(id)).collect()
}

fn states(changes: &[InstanceStateChange]) -> String {
    let row = |change: &InstanceStateChange| {
        let InstanceStateChange { instance_id, previous_state, current_state } = change;
        vec![instance_id.to_string(), current_state.clone(), previous_state.clone()]
    };
    table(&["INSTANCE", "STATE", "BEFORE"], &changes.iter().map(row).collect::<Vec<_>>())
}

/// How often `--wait` asks.
const POLL: Duration = Duration::from_millis(100);
