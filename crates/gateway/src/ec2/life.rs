//! `StartInstances`, `StopInstances`, `RebootInstances`, `TerminateInstances`.

use account::ec2::life::{self, Door};
use account::{Check, ServiceError, StateChange, Stop};
use wire::Structure;

use super::instance_check::instance_check;
use super::instances::state_shown;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "RebootInstances", checks: |ask| each(ask, "ec2:RebootInstances"), run: reboot },
    Operation { name: "StartInstances", checks: |ask| each(ask, "ec2:StartInstances"), run: start },
    Operation { name: "StopInstances", checks: |ask| each(ask, "ec2:StopInstances"), run: stop },
    Operation {
        name: "TerminateInstances",
        checks: |ask| each(ask, "ec2:TerminateInstances"),
        run: terminate,
    },
];

/// On each of the instances.
fn each(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    let ids = ids(ask);
    if ids.len() > MAX_INSTANCES {
        let text = format!("The maximum number of instance IDs in a request is {MAX_INSTANCES}");
        return Err(ServiceError::new("InvalidParameterValue", 400, text));
    }
    ids.into_iter().map(|id| instance_check(ask, action, id)).collect()
}

fn start(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    Ok(Structure::new().with("StartingInstances", shown(life::start(door(ask), &ids(ask))?)))
}

fn stop(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let flag = |name| ask.input.boolean(name) == Some(true);
    let how = Stop { force: flag("Force"), hibernate: flag("Hibernate") };
    Ok(Structure::new().with("StoppingInstances", shown(life::stop(door(ask), &ids(ask), how)?)))
}

fn terminate(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    Ok(Structure::new().with("TerminatingInstances", shown(life::terminate(door(ask), &ids(ask))?)))
}

fn reboot(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    life::reboot(door(ask), &ids(ask))?;
    Ok(Structure::new())
}

fn door<'a>(ask: &Ask<'a>) -> Door<'a> {
    Door { host: ask.host, directory: ask.directory, region: ask.region, now: ask.now }
}

fn ids<'a>(ask: &Ask<'a>) -> Vec<&'a str> {
    ask.input.texts("InstanceIds").collect()
}

fn shown(changes: Vec<StateChange>) -> Vec<Structure> {
    let shown = |change: StateChange| {
        Structure::new()
            .with("InstanceId", change.instance_id.as_str())
            .with("CurrentState", state_shown(change.current))
            .with("PreviousState", state_shown(change.previous))
    };
    changes.into_iter().map(shown).collect()
}

/// One transaction each: EC2 advises no more at once (EC2 API reference, `TerminateInstances`).
const MAX_INSTANCES: usize = 1000;
