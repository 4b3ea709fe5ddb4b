//! `GetConsoleOutput`: what the instance's scripts wrote when it was booted.

use account::{Check, ServiceError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wire::Structure;

use super::instance_check::{asked_id, found, instance_check};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation { name: "GetConsoleOutput", checks, run: get }];

fn checks(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let id = ask.input.text("InstanceId").unwrap_or_default();
    Ok(vec![instance_check(ask, "ec2:GetConsoleOutput", id)?])
}

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let view = found(ask, &asked_id(ask)?)?;
    let instance = &view.instance;
    let written = ask.host.instances().console_output(&instance.instance_id)?;
    let (output, time) = written.map_or_else(
        || (String::new(), instance.launch_time),
        |written| (STANDARD.encode(written.output), written.time),
    );
    Ok(Structure::new()
        .with("InstanceId", instance.instance_id.as_str())
        .with("Output", output)
        .with("Timestamp", time.trunc_secs()))
}
