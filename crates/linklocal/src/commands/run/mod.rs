//! `linklocal run`: a program as if on an instance, or in a task, a pod or a function.
//!
//! A run's way: who is to serve CMD, which is a server of the local account or one of this run with real credentials → what
//! the environment is to be → CMD under supervision, or as a guest of the supervisor that is there, or by variables alone.

mod agent;
mod ancestry;
mod desk;
mod exchange;
mod fallback;
mod function;
mod guests;
mod local;
mod real;
mod session;
mod start;
mod surroundings;
mod workload;

use std::ffi::OsString;
use std::sync::Arc;

use run::{Isolation, Program, RunError, Unsupported};
use sys::Env;
use sys::fs::TemporaryDirectory;

use crate::arguments::{Global, RunArguments};
use crate::failure::Failure;

use desk::{DeskError, Registration};
use exchange::Exchange;
use fallback::Reserve;
use guests::Party;

pub(super) use start::Started;
pub(in crate::commands) use surroundings::{Surroundings, other_containers};

/// All that is known before CMD starts.
#[derive(Debug)]
pub(super) struct Journey {
    program: Program,
    service: Service,
}

/// How CMD is served.
#[derive(Debug)]
struct Service {
    party: Party,
    /// What a supervisor around this process is told.
    registration: Registration,
    /// What is done where there is no supervision.
    reserve: Reserve,
    /// What goes when CMD has ended.
    directory: Option<TemporaryDirectory>,
}

/// Variables set, or removed.
pub(in crate::commands) type Changes = Vec<(OsString, Option<OsString>)>;

/// Finds or starts who is to serve CMD.
pub(super) async fn prepare(global: &Global, env: Env, arguments: RunArguments) -> Result<Journey, Failure> {
    let identity = &arguments.identity;
    if !arguments.are_real() && (identity.region.is_some() || !identity.guard.expect_account.is_empty()) {
        return Err(Failure::usage("--region and --expect-account say more of --profile or --role")
            .hint("name one of them; an instance of the local account has its own region and account"));
    }
    let (service, environment) = match arguments.are_real() {
        true => real::prepare(global, &env, &arguments)?,
        false => local::prepare(global, env, &arguments).await?,
    };
    let isolation = if arguments.isolate { Isolation::On } else { Isolation::Off };
    let mut command = arguments.command.into_iter();
    let program = Program {
        name: command.next().ok_or_else(|| Failure::usage("there is no CMD to run"))?,
        arguments: command.collect(),
        environment,
        isolation,
    };
    Ok(Journey { program, service })
}

impl Journey {
    /// Runs CMD and leaves as it does. Returns only if CMD was not started.
    pub(super) fn go(self) -> Result<(), Failure> {
        let Self { program, service: Service { party, registration, reserve, directory } } = self;
        let exchange = Arc::new(Exchange::new(party, program.isolation));
        let why = match run::run(&program, Arc::clone(&exchange) as Arc<_>) {
            Ok(ended) => {
                drop(directory);
                ended.leave()
            }
            Err(RunError::Unsupported(why)) => why,
            Err(error) => return Err(refused(error)),
        };
        if let Unsupported::Nested = why {
            match desk::register(&registration) {
                Ok(seat) => return alongside(&program, (seat, directory)),
                Err(DeskError::Foreign) => {}
                Err(error) => return Err(Failure::from(error)),
            }
        }
        fallback::run(reserve, program, &why, directory)
    }
}

/// Runs CMD without a supervisor of its own, while `keep` is kept.
pub(in crate::commands) fn alongside<T>(program: &Program, keep: T) -> Result<(), Failure> {
    let ended = run::run_plainly(program).map_err(refused)?;
    drop(keep);
    ended.leave()
}

/// CMD was not started.
fn refused(error: RunError) -> Failure {
    Failure::of(&error).exit(u8::try_from(error.exit_code()).unwrap_or(1))
}
