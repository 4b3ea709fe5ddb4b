//! What each command does: from what was typed to a call, from the reply to text or JSON.

mod env;
mod get;
mod instance;
mod up;

use sys::Env;
use types::InstanceId;

use crate::admin::AdminClient;
use crate::arguments::{Arguments, Command, Global};
use crate::failure::Failure;
use crate::logging;
use crate::output::Output;
use crate::place::Place;

pub(crate) use env::{Variables, url};

/// What every command may use.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) env: Env,
    pub(crate) place: Place,
    pub(crate) admin: AdminClient,
    pub(crate) output: Output,
}

/// Runs the command that was typed.
pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { global, command } = arguments;
    let context = Context::new(&global)?;
    // One thread is enough: waiting for the disk happens on threads of its own.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(format!("no event loop: {error}")))?;
    runtime.block_on(async {
        match command {
            Command::Up(arguments) => up::run(&context, arguments).await,
            Command::Env(arguments) => env::run(&context, arguments).await,
            Command::Get(arguments) => get::run(&context, arguments).await,
            Command::Instance(command) => instance::run(&context, command).await,
        }
    })
}

impl Context {
    fn new(global: &Global) -> Result<Self, Failure> {
        let env = Env::system();
        logging::start(global.log.as_deref(), &env)?;
        let place = Place::find(global.data.as_deref(), &env)?;
        let admin = AdminClient::new(place.path(), place.admin_socket());
        Ok(Self { env, place, admin, output: Output { json: global.json } })
    }
}

/// An instance id as typed.
fn instance_id(text: &str) -> Result<InstanceId, Failure> {
    text.parse().map_err(|error: types::InstanceIdError| {
        Failure::usage(error.to_string()).hint("`linklocal instance list` shows the ids")
    })
}
