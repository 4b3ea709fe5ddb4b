//! Instances come, stop, start and go at the admin socket.
//!
//! Rule: `account::ec2::operator` decides, as for the account's endpoints; the ids may be of any region here. One turn each.

use std::sync::Arc;

use account::ec2::HostTurn as _;
use account::ec2::operator::Operator;
use account::{Declaration, InstanceError, ServiceError, StateChange, Stop};
use types::{Instance, InstanceId};

use super::turn::Turn;
use super::{Server, view};
use crate::admin::{DescriptionPage, Refusal, Reply, StateChangesReply, TerminatedReply};

/// What is done to instances that are there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Start,
    Stop(Stop),
    Reboot,
    Terminate,
}

impl Server {
    pub(super) async fn launch(&self, declaration: Declaration) -> Result<Reply, Refusal> {
        let (config, account) = (self.config(), Arc::clone(&self.account));
        self.in_turn(move |turn| {
            let delay = config.ec2.transition_delay;
            let mut instances = turn.inventory.plan(&declaration, &config.defaults, delay)?;
            if account.is_served() {
                let merged = declaration.over(&config.defaults);
                let asked = merged.metadata_options.map(|options| options.change()).unwrap_or_default();
                let (inventory, directory) = (&turn.inventory, account.account().directory());
                let operator = Operator {
                    instances: &inventory.instances,
                    seed: &inventory.seed,
                    directory: &directory,
                    now: inventory.now(),
                    delay,
                    holds_to_quotas: true,
                };
                operator.admit(&mut instances, asked).map_err(refusal)?;
            }
            let launched = turn.launch(instances, None)?;
            account.ensure_role(launched.first().expect("at least one was launched"))?;
            shown(turn, &launched, declaration.count.is_some())
        })
        .await
    }

    pub(super) async fn act(&self, act: Act, mut ids: Vec<InstanceId>) -> Result<Reply, Refusal> {
        ids.sort();
        ids.dedup();
        if ids.len() > MOST {
            let message = format!("instance ids: {} are more than {MOST}", ids.len());
            return Err(Refusal::new("InvalidParameterValue", message).hint("name fewer at a time"));
        }
        let (config, account) = (self.config(), Arc::clone(&self.account));
        self.in_turn(move |turn| {
            let (inventory, directory) = (turn.inventory.clone(), account.account().directory());
            let operator = Operator {
                instances: &inventory.instances,
                seed: &inventory.seed,
                directory: &directory,
                now: inventory.now(),
                delay: config.ec2.transition_delay,
                holds_to_quotas: account.is_served(),
            };
            let changes = match act {
                Act::Start => operator.start(turn, &ids),
                Act::Stop(how) => operator.stop(turn, &ids, how),
                Act::Reboot => operator.reboot(turn, &ids),
                Act::Terminate => operator.terminate(turn, &ids),
            };
            Ok(told(act, ids, changes.map_err(refusal)?))
        })
        .await
    }
}

fn told(act: Act, ids: Vec<InstanceId>, changes: Vec<StateChange>) -> Reply {
    let instance_state_changes = changes.into_iter().map(view::state_change).collect();
    match act {
        Act::Terminate => {
            Reply::Terminated(TerminatedReply { terminating_instances: ids, instance_state_changes })
        }
        Act::Start | Act::Stop(_) | Act::Reboot => {
            Reply::StateChanges(StateChangesReply { instance_state_changes })
        }
    }
}

/// One as itself; as many as were counted as a page.
fn shown(turn: &Turn, launched: &[Instance], is_counted: bool) -> Result<Reply, Refusal> {
    let (inventory, now) = (&turn.inventory, turn.inventory.now());
    let views = launched.iter().map(|instance| inventory.instances.describe(&instance.instance_id));
    let mut instances =
        views.map(|view| Ok(view::description(view?, now))).collect::<Result<Vec<_>, InstanceError>>()?;
    if is_counted {
        return Ok(Reply::Descriptions(DescriptionPage { instances, next: None }));
    }
    Ok(Reply::Instance(Box::new(instances.pop().expect("one was launched"))))
}

/// In AWS's words, and what to do about it here.
fn refusal(error: ServiceError) -> Refusal {
    let hint = match &*error.code {
        "VcpuLimitExceeded" => {
            "`linklocal quota list --service ec2` shows the quotas, `linklocal quota set ec2/CODE VALUE` raises one"
        }
        "OperationNotPermitted" => {
            "`aws ec2 modify-instance-attribute` with --no-disable-api-termination or --no-disable-api-stop lifts the protection"
        }
        "IncorrectInstanceState" => "`linklocal instance list` shows the states",
        "InvalidInstanceID.NotFound" => "`linklocal instance list` shows the ids",
        "UnsupportedOperation" => "launch with --http-tokens required",
        _ => return error.into(),
    };
    Refusal::from(error).hint(hint)
}

/// As the account's endpoints have it.
const MOST: usize = 1000;
