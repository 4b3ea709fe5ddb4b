//! `linklocal run`: a program as if on an instance.
//!
//! A run's way: a session with the server, which is started where none runs → the instance → what the environment is to
//! be → CMD under supervision, or as a guest of the supervisor that is there, or by variables alone.

mod ancestry;
mod desk;
mod exchange;
mod fallback;
mod guests;
mod session;
mod start;
mod surroundings;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use run::{Isolation, Program, RunError, Unsupported};
use sys::Env;
use types::InstanceId;

use super::{Context, foreign};
use crate::admin::{AgentAddress, Call, EnvironmentReply, Reply};
use crate::arguments::{ContainerAgent, Global, RunArguments};
use crate::failure::Failure;
use crate::introductions::Line;
use crate::output::Output;

use desk::DeskError;
use exchange::Exchange;
use guests::Party;
use surroundings::Surroundings;

pub(super) use start::Started;

/// All that is known before CMD starts.
#[derive(Debug)]
pub(super) struct Journey {
    context: Context,
    instance_id: InstanceId,
    socket: PathBuf,
    line: Line,
    program: Program,
    container: Option<ContainerAgent>,
}

/// Finds the server and the instance.
pub(super) async fn prepare(global: &Global, env: Env, arguments: RunArguments) -> Result<Journey, Failure> {
    let named = arguments.instance.as_deref().map(super::instance_id).transpose()?;
    let place = super::place(global, &env, arguments.config.as_deref())?;
    let socket = place.run_socket();
    let line = session::open(&place, global, &arguments).await?;
    let container = arguments.container;
    let surroundings = Surroundings::of(&env, arguments.clean_env, container.is_some());
    let context = Context::at(Ok(place), env, global.json);
    let instance_id = instance(&context, named).await?;
    surroundings.notes().iter().for_each(|note| Output::note(note));
    let mut environment = surroundings.changes();
    if let Some(agent) = container {
        environment.extend(of_container(&context, &instance_id, agent, AgentAddress::LinkLocal).await?);
    }
    let mut command = arguments.command.into_iter();
    let program = Program {
        name: command.next().ok_or_else(|| Failure::usage("there is no CMD to run"))?,
        arguments: command.collect(),
        environment,
        isolation: if arguments.isolate { Isolation::On } else { Isolation::Off },
    };
    Ok(Journey { context, instance_id, socket, line, program, container })
}

impl Journey {
    /// Runs CMD and leaves as it does. Returns only if CMD was not started.
    pub(super) fn go(self) -> Result<(), Failure> {
        let home = Party { line: self.line, instance_id: self.instance_id.clone() };
        let exchange = Arc::new(Exchange::new(home, self.program.isolation));
        let why = match run::run(&self.program, Arc::clone(&exchange) as Arc<_>) {
            Ok(ended) => ended.leave(),
            Err(RunError::Unsupported(why)) => why,
            Err(error) => return Err(refused(error)),
        };
        if let Unsupported::Nested = why {
            let isolated = self.program.isolation == Isolation::On;
            match desk::register(&self.instance_id, &self.socket, isolated) {
                Ok(seat) => return alongside(&self.program, seat),
                Err(DeskError::Foreign) => {}
                Err(error) => return Err(Failure::from(error)),
            }
        }
        fallback::run(&self.context, &self.instance_id, self.program, self.container, &why)
    }
}

/// Runs CMD without a supervisor of its own, while `keep` is kept.
fn alongside<T>(program: &Program, keep: T) -> Result<(), Failure> {
    let ended = run::run_plainly(program).map_err(refused)?;
    drop(keep);
    ended.leave()
}

/// CMD was not started.
fn refused(error: RunError) -> Failure {
    Failure::of(&error).exit(u8::try_from(error.exit_code()).unwrap_or(1))
}

/// The instance that is meant.
async fn instance(context: &Context, named: Option<InstanceId>) -> Result<InstanceId, Failure> {
    match context.call(&Call::DescribeInstance { instance_id: named }).await? {
        Reply::Instance(description) => Ok(description.instance.instance_id),
        _ => Err(foreign()),
    }
}

/// The variables that point SDKs at the credential endpoint of a container, and away from any other.
async fn of_container(
    context: &Context,
    instance_id: &InstanceId,
    kind: ContainerAgent,
    at: AgentAddress,
) -> Result<Vec<(OsString, Option<OsString>)>, Failure> {
    let call = Call::ContainerEnvironment { instance_id: Some(instance_id.clone()), kind, at };
    let Reply::Environment(EnvironmentReply(variables)) = context.call(&call).await? else {
        return Err(foreign());
    };
    let set = variables.into_iter().map(|(name, value)| (name.into(), Some(value.into())));
    Ok(surroundings::other_containers().chain(set).collect())
}
