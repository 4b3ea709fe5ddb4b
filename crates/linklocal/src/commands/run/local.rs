//! A run on an instance of the local account: its role, or that of a task, a pod or a function beside it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sys::Env;
use types::InstanceId;

use super::agent;
use super::desk::{Address, Registration};
use super::fallback::Reserve;
use super::function::Function;
use super::guests::{Host, Party};
use super::surroundings::{Surroundings, other_containers};
use super::workload::{asked, marks};
use super::{Changes, Service, session};
use crate::admin::{AgentAddress, Call, EnvironmentReply, Reply};
use crate::arguments::{ContainerAgent, Global, RunArguments, Workload};
use crate::commands::{Context, entered, foreign};
use crate::failure::Failure;
use crate::output::Output;

/// Finds the server and the instance; the variables that CMD is to have.
pub(super) async fn prepare(
    global: &Global,
    env: Env,
    arguments: &RunArguments,
) -> Result<(Service, Changes), Failure> {
    let named = arguments.instance.as_deref().map(crate::commands::instance_id).transpose()?;
    let place = crate::commands::place(global, &env, arguments.config.as_deref())?;
    let socket = place.run_socket();
    let line = session::open(&place, global, arguments).await?;
    let context = Context::at(Ok(place), env, global.json);
    let host = Host { line, instance_id: entered(&context, named).await?.instance_id };
    let changes = changes(&context, &host, arguments).await?;
    Ok((service(context, host, socket, arguments), changes))
}

fn service(context: Context, host: Host, socket: PathBuf, arguments: &RunArguments) -> Service {
    let workload = arguments.workload;
    let instance_id = host.instance_id.clone();
    let address = Address { instance_id: instance_id.clone(), socket };
    let agent = arguments.container.or_else(|| workload.and_then(Workload::agent));
    Service {
        party: Party { workload, host: Some(host) },
        registration: Registration { workload, host: Some(address), isolated: arguments.isolate },
        reserve: Reserve::Local { context: Box::new(context), instance_id, workload, agent },
        directory: None,
    }
}

/// What CMD's environment is to be, and a word on what is hidden or in the way.
async fn changes(context: &Context, host: &Host, arguments: &RunArguments) -> Result<Changes, Failure> {
    let RunArguments { workload, container, clean_env, .. } = arguments;
    let surroundings = match workload {
        Some(workload) => {
            let whose = format!("{} on {}", workload.a_name(), host.instance_id);
            Surroundings::replaced(&context.env, &whose, asked(Some(*workload)))
        }
        None => Surroundings::of(&context.env, *clean_env, container.is_some()),
    };
    surroundings.notes().iter().for_each(|note| Output::note(note));
    let mut changes = surroundings.changes();
    match workload {
        Some(Workload::Lambda) => changes.extend(of_function(context, host, arguments).await?),
        Some(workload) => changes.extend(marks(*workload)),
        None => {}
    }
    if let Some(agent) = container.or_else(|| workload.and_then(Workload::agent)) {
        changes.extend(of_agent(context, &host.instance_id, agent, AgentAddress::LinkLocal).await?);
    }
    Ok(changes)
}

/// A function has the credentials that a task on the instance would get, as they are now.
async fn of_function(context: &Context, host: &Host, arguments: &RunArguments) -> Result<Changes, Failure> {
    let variables =
        environment(context, &host.instance_id, ContainerAgent::Ecs, AgentAddress::LinkLocal).await?;
    let path = variables.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").ok_or_else(foreign)?;
    let keys = agent::credentials(host, path)?;
    let region = variables.get("AWS_REGION").map(String::as_str);
    Function::of(&context.env, &arguments.command).variables(&keys, region)
}

/// The variables that point SDKs at the credential endpoint of a container, and away from any other.
pub(super) async fn of_agent(
    context: &Context,
    instance_id: &InstanceId,
    agent: ContainerAgent,
    at: AgentAddress,
) -> Result<Changes, Failure> {
    let variables = environment(context, instance_id, agent, at).await?;
    let set = variables.into_iter().map(|(name, value)| (name.into(), Some(value.into())));
    Ok(other_containers().chain(set).collect())
}

async fn environment(
    context: &Context,
    instance_id: &InstanceId,
    kind: ContainerAgent,
    at: AgentAddress,
) -> Result<BTreeMap<String, String>, Failure> {
    let call = Call::ContainerEnvironment { instance_id: Some(instance_id.clone()), kind, at };
    match context.call(&call).await? {
        Reply::Environment(EnvironmentReply(variables)) => Ok(variables),
        _ => Err(foreign()),
    }
}
