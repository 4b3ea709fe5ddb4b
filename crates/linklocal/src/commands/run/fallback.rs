//! Where programs cannot be served: the variables that SDKs honour.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use run::{Isolation, Program, Unsupported};
use types::InstanceId;

use super::super::env::Variables;
use super::{Changes, alongside, local};
use crate::admin::{AgentAddress, Call, InstanceSummary, Reply};
use crate::arguments::{ContainerAgent, Workload};
use crate::commands::{Context, foreign};
use crate::failure::Failure;
use crate::output::Output;

/// How CMD finds its credentials where its connections are not answered.
#[derive(Debug)]
pub(super) enum Reserve {
    /// An instance of the local account, and whose variables are to lead to it.
    Local {
        context: Box<Context>,
        instance_id: InstanceId,
        workload: Option<Workload>,
        agent: Option<ContainerAgent>,
    },
    /// By these variables; the one that leads there comes first.
    Variables(Changes),
    /// It has them.
    Nothing,
}

/// Runs CMD with the variables, and says so.
pub(super) fn run<T>(
    reserve: Reserve,
    mut program: Program,
    why: &Unsupported,
    keep: T,
) -> Result<(), Failure> {
    let why_not = Failure::of(why).message;
    if program.isolation == Isolation::On {
        let failure = Failure::new(format!("CMD cannot be isolated here: {why_not}"));
        return Err(match why.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        });
    }
    let changes = crate::commands::event_loop()?.block_on(reserve.changes())?;
    match changes.first() {
        Some((name, _)) => {
            let name = name.to_string_lossy();
            Output::note(&format!("note: {why_not}; only programs that honour {name} are served"));
        }
        None => Output::note(&format!(
            "note: {why_not}; the metadata service of this machine is not kept from CMD"
        )),
    }
    program.environment.extend(changes);
    alongside(&program, keep)
}

impl Reserve {
    async fn changes(self) -> Result<Changes, Failure> {
        match self {
            Self::Local { workload: Some(Workload::Lambda), .. } | Self::Nothing => Ok(Vec::new()),
            Self::Local { context, instance_id, workload: Some(_), agent } => {
                let mut changes = of_agent(&context, &instance_id, agent).await?;
                changes.push(no_metadata());
                Ok(changes)
            }
            Self::Local { context, instance_id, workload: None, agent } => {
                let mut changes = of_instance(endpoint(&context, &instance_id).await?);
                changes.extend(of_agent(&context, &instance_id, agent).await?);
                Ok(changes)
            }
            Self::Variables(changes) => Ok(changes),
        }
    }
}

/// Keeps SDKs from the metadata service of the machine that this is.
pub(super) fn no_metadata() -> (OsString, Option<OsString>) {
    ("AWS_EC2_METADATA_DISABLED".into(), Some("true".into()))
}

/// What points SDKs at a metadata service.
pub(super) fn of_instance(endpoint: SocketAddr) -> Changes {
    let own = Variables::for_endpoint(endpoint);
    let mut changes: Changes = own.pairs().map(|(name, value)| (name.into(), Some(value.into()))).collect();
    // A mode left from elsewhere would win over the endpoint in some SDKs.
    if !changes.iter().any(|(name, _)| name == MODE) {
        changes.push((MODE.into(), None));
    }
    changes
}

async fn of_agent(
    context: &Context,
    instance_id: &InstanceId,
    agent: Option<ContainerAgent>,
) -> Result<Changes, Failure> {
    let Some(agent) = agent else { return Ok(Vec::new()) };
    let changes = local::of_agent(context, instance_id, agent, AgentAddress::Listener).await?;
    let (mut set, mut removed): (Changes, Changes) =
        changes.into_iter().partition(|(_, value)| value.is_some());
    removed.retain(|(name, _)| !set.iter().any(|(other, _)| other == name));
    // The one that leads there comes first.
    set.sort_by_key(|(name, _)| name != FULL_URI);
    set.extend(removed);
    Ok(set)
}

/// Where the instance answers programs of this machine that are not told apart.
async fn endpoint(context: &Context, instance_id: &InstanceId) -> Result<SocketAddr, Failure> {
    let Reply::Server(server) = context.call(&Call::DescribeServer).await? else { return Err(foreign()) };
    let mut instances = super::super::all_instances(context).await?;
    instances.retain(InstanceSummary::answers);
    reached(&instances, instance_id, &server.endpoints).ok_or_else(|| {
        Failure::new(format!("{instance_id} has no address of its own that {NAME} could hold")).hint(format!(
            "give it one: linklocal instance set --instance-id {instance_id} 'endpoints=[\"127.0.0.1:1339\"]'"
        ))
    })
}

/// As the roster picks: an address of the instance's own, else a shared one where it answers this machine or everybody.
fn reached(instances: &[InstanceSummary], id: &InstanceId, shared: &[SocketAddr]) -> Option<SocketAddr> {
    let of = |instance: &&InstanceSummary| instance.instance_id == *id;
    let instance = instances.iter().find(of)?;
    if let Some(own) = instance.endpoints.first() {
        return Some(*own);
    }
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let of_here = instances.iter().find(|instance| instance.sources.contains(&here));
    let mut unbound =
        instances.iter().filter(|instance| instance.endpoints.is_empty() && instance.sources.is_empty());
    let only = unbound.next().filter(|_| unbound.next().is_none());
    let answers = of_here.or(only).as_ref().is_some_and(of);
    let is_loopback = |endpoint: &&SocketAddr| endpoint.ip() == here;
    shared.iter().find(is_loopback).or_else(|| shared.first()).copied().filter(|_| answers)
}

const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const NAME: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
const MODE: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(id: &str, endpoints: &[&str], sources: &[&str]) -> InstanceSummary {
        let object = serde_json::json!({
            "InstanceId": id, "InstanceType": "t3.micro", "AvailabilityZone": "us-east-1a",
            "HttpTokens": "optional", "Endpoints": endpoints, "Sources": sources,
        });
        serde_json::from_value(object).unwrap()
    }

    #[test]
    fn an_instance_is_reached_as_the_roster_would_pick_it() {
        let (a, b) = ("i-0000000000000000a", "i-0000000000000000b");
        let shared = "127.0.0.1:1338";
        let own = "127.0.0.1:1339";
        let cases = [
            (vec![instance(a, &[], &[])], Some(shared)),
            (vec![instance(a, &[own], &[]), instance(b, &[], &[])], Some(own)),
            (vec![instance(a, &[], &[]), instance(b, &[own], &[])], Some(shared)),
            (vec![instance(a, &[], &[]), instance(b, &[], &[])], None),
            (vec![instance(a, &[], &["127.0.0.1"]), instance(b, &[], &[])], Some(shared)),
            (vec![instance(a, &[], &[]), instance(b, &[], &["127.0.0.1"])], None),
            (vec![instance(a, &[], &["10.0.0.1"])], None),
            (vec![instance(b, &[], &[])], None),
        ];
        for (instances, expected) in cases {
            let found = reached(&instances, &a.parse().unwrap(), &[shared.parse().unwrap()]);
            assert_eq!(found, expected.map(|endpoint| endpoint.parse().unwrap()), "{instances:?}");
        }
    }
}
