//! `linklocal assume-role`: a role's session, printed, written as a profile, or in the environment of a program.
//!
//! Rule: what STS would refuse is refused here, before a code is spent on it; and what the guard does not allow is not even
//! asked for.

mod limits;
mod role;
mod written;

use sys::Env;

use super::search::{Desk, Findings};
use super::{Receipts, Recipient, Snapshot, exec, export};
use crate::arguments::{AssumeRoleArguments, ExportFormat, Global};
use crate::failure::Failure;
use crate::guard::{Guard, Subject};
use crate::output::Output;

pub(in crate::commands) fn run(
    global: &Global,
    env: &Env,
    output: Output,
    arguments: &AssumeRoleArguments,
) -> Result<(), Failure> {
    limits::check(arguments)?;
    let snapshot = snapshot(env, arguments)?;
    if let Some(name) = &arguments.profile_out {
        written::check(&snapshot, name)?;
    }
    let guard = Guard::find(env, &arguments.guard)?;
    let mut desk = Desk::new(&snapshot).lasting(arguments.min_ttl.0).guarded(guard);
    let findings = assume(&mut desk, arguments)?;
    let receipts = Receipts::of(global, env);
    if let Some(name) = &arguments.profile_out {
        return written::run(env, output, &receipts, name, &findings, &snapshot);
    }
    if let Some((program, words)) = arguments.command.split_first() {
        receipts.keep(&findings, DELIVERY, Recipient::Program(program));
        return Err(exec::replace(&findings, program, words));
    }
    receipts.keep(&findings, DELIVERY, Recipient::Parent);
    let usual = if output.json { ExportFormat::Json } else { ExportFormat::Env };
    export::print(&findings, arguments.format.unwrap_or(usual))
}

/// The role's session, where it is what is expected here.
fn assume(desk: &mut Desk<'_>, arguments: &AssumeRoleArguments) -> Result<Findings, Failure> {
    if is_arn(&arguments.role) {
        // Known before anybody is asked, even for the caller's own credentials.
        desk.foresee(&Subject::of_role(&arguments.role))?;
    }
    let provider = match is_arn(&arguments.role) {
        true => role::typed(desk, arguments)?,
        false => role::of_profile(desk, arguments)?,
    };
    desk.assumed(&provider)
}

/// What is seen here, with the profile that was named in place of an ARN.
fn snapshot(env: &Env, arguments: &AssumeRoleArguments) -> Result<Snapshot, Failure> {
    let mut chain = arguments.chain.clone();
    if !is_arn(&arguments.role) {
        if let Some(other) = &chain.keys.profile {
            return Err(Failure::usage(format!(
                "{:?} and --profile {other:?} are two profiles",
                arguments.role
            ))
            .hint("name one of them, or the role by its ARN; ARNs begin with arn:"));
        }
        chain.keys.profile = Some(arguments.role.clone());
    }
    let mut snapshot = Snapshot::take(env, &chain);
    // Nobody has to be asked for a code that was typed.
    snapshot.arguments.terminal |= arguments.device.token_code.is_some();
    Ok(snapshot)
}

fn is_arn(role: &str) -> bool {
    role.starts_with("arn:")
}

const DELIVERY: &str = "assume-role";
