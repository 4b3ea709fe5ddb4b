//! What each command does: from what was typed to a call, from the reply to text or JSON.

mod account;
mod audit;
mod configure;
mod credentials;
mod doctor;
mod env;
mod explain_denial;
mod exposure;
mod get;
mod instance;
mod limits;
mod mfa;
mod network;
mod policy;
mod presign;
mod private;
mod quota;
mod request;
mod run;
mod scenario;
mod serving;
mod sign;
mod signing;
mod trail;
mod up;
mod vault;
mod verify;

pub(crate) use env::url;

use std::path::Path;

use linklocal::config::Config;
use sys::Env;
use tokio::runtime::Runtime;
use types::{Instance, InstanceId};

use crate::admin::{AdminClient, Call, InstanceSummary, Refusal, Reply};
use crate::arguments::{Arguments, Command, Global};
use crate::failure::Failure;
use crate::logging;
use crate::output::Output;
use crate::place::Place;

/// What commands that talk to a server may use.
#[derive(Debug)]
struct Context {
    env: Env,
    /// Without a place for data there is no server to talk to; some commands can do without.
    admin: Result<AdminClient, Failure>,
    output: Output,
}

/// Runs the command that was typed.
pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { global, command } = arguments;
    let env = Env::system();
    logging::start(global.log.as_deref(), &env)?;
    let output = Output { json: global.json };
    match command {
        Command::Up(arguments) => waiting(up::run(&global, &env, arguments)),
        Command::Env(arguments) => waiting(env::run(&Context::new(&global, env), arguments)),
        Command::Get(arguments) => waiting(get::run(&Context::new(&global, env), arguments)),
        Command::Instance(command) => waiting(instance::run(&Context::new(&global, env), command)),
        // A supervisor has no threads but its own: none of them may take the signals that are meant for CMD.
        Command::Run(arguments) => waiting(run::prepare(&global, env, arguments))?.go(),
        Command::Account(command) => waiting(account::run(&Context::new(&global, env), command)),
        Command::Audit(command) => waiting(audit::run(&Context::new(&global, env), command)),
        Command::Trail(arguments) => waiting(trail::run(&Context::new(&global, env), arguments)),
        Command::Limits(arguments) => waiting(limits::run(&Context::new(&global, env), arguments)),
        Command::Quota(command) => waiting(quota::run(&Context::new(&global, env), command)),
        Command::Scenario(command) => waiting(scenario::run(&Context::new(&global, env), &global, command)),
        Command::Doctor(arguments) => waiting(doctor::run(&Context::new(&global, env), arguments)),
        Command::ExplainDenial(arguments) => {
            waiting(explain_denial::run(&Context::new(&global, env), &arguments))
        }
        Command::Policy(command) => policy::run(output, &command),
        Command::Credentials(command) => credentials::run(&global, &env, output, &command),
        Command::Mfa(command) => mfa::run(&global, &env, output, &command),
        Command::AssumeRole(arguments) => credentials::assume_role(&global, &env, output, &arguments),
        Command::Configure(arguments) => configure::run(&global, &env, output, &arguments),
        Command::Whoami(arguments) => credentials::whoami(&env, output, &arguments),
        Command::Request(arguments) => request::run(&global, &env, output, &arguments),
        Command::Sign(arguments) => sign::run(&global, &env, output, &arguments),
        Command::Presign(arguments) => presign::run(&env, output, &arguments),
        Command::Verify(arguments) => verify::run(&env, output, &arguments),
    }
}

/// Runs what has to wait for somebody. A command that asks nobody pays for no event loop.
fn waiting<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = event_loop()?;
    let done = runtime.block_on(work);
    // Work that nobody waits for any more ends with the process.
    runtime.shutdown_background();
    done
}

/// One thread is enough: waiting for the disk happens on threads of its own.
fn event_loop() -> Result<Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::new(format!("no event loop: {error}")))
}

/// The data directory of the server that is meant. The server says what is wrong with the configuration; here only the
/// word of one that is right counts.
fn place(global: &Global, env: &Env, config: Option<&Path>) -> Result<Place, Failure> {
    let file = config.unwrap_or_else(|| Path::new(CONFIG));
    let configured = if file.exists() { Config::load(file).ok() } else { None };
    Place::find(global.data.as_deref(), env, configured.and_then(|config| config.server.data))
}

impl Context {
    fn new(global: &Global, env: Env) -> Self {
        let place = place(global, &env, None);
        Self::at(place, env, global.json)
    }

    fn at(place: Result<Place, Failure>, env: Env, json: bool) -> Self {
        let admin = place.map(|place| AdminClient::new(place.path(), place.admin_socket()));
        Self { env, admin, output: Output { json } }
    }

    /// Asks the server.
    async fn call(&self, call: &Call) -> Result<Reply, Failure> {
        Ok(self.admin.as_ref().map_err(Clone::clone)?.call(call).await?)
    }
}

/// All instances, page after page.
async fn all_instances(context: &Context) -> Result<Vec<InstanceSummary>, Failure> {
    let mut instances = Vec::new();
    let mut after: Option<InstanceId> = None;
    loop {
        let Reply::Instances(page) = context.call(&Call::ListInstances { after }).await? else {
            return Err(foreign());
        };
        instances.extend(page.instances);
        after = page.next;
        if after.is_none() {
            return Ok(instances);
        }
    }
}

/// An instance that a program is to enter: the one that is named, or the only one. One that does not run is refused.
async fn entered(context: &Context, instance_id: Option<InstanceId>) -> Result<Instance, Failure> {
    let Reply::Instance(description) = context.call(&Call::DescribeInstance { instance_id }).await? else {
        return Err(foreign());
    };
    match description.answers() {
        true => Ok(description.instance),
        false => Err(Refusal::does_not_run(&description.instance.instance_id, &description.state).into()),
    }
}

/// What to say where the reply is of another kind than the call asks for.
fn foreign() -> Failure {
    Failure::new("the server answers in a form that this version does not know")
        .hint("restart the server with this version of linklocal")
}

/// An instance id as typed.
fn instance_id(text: &str) -> Result<InstanceId, Failure> {
    text.parse().map_err(|error: types::InstanceIdError| {
        Failure::usage(error.to_string()).hint("`linklocal instance list` shows the ids")
    })
}

/// Read from the current directory where no other file is named.
const CONFIG: &str = "linklocal.toml";
