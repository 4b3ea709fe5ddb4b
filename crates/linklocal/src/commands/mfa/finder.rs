//! The user's device, where nobody names it: the only one that IAM lists, or one that somebody agrees to.
//!
//! Rule: a guess is offered and never used unasked. Policies often let a user list devices only with MFA; that is said.

use credentials::mfa::{Iam, Serial, SerialError};
use credentials::{Context, ResolveError, Resolved, caller_identity};
use profile::Sdk;
use profile::settings;
use tokio::runtime::Runtime;

use super::user::{Named, User};
use crate::failure::Failure;
use crate::output::Output;

/// Who is asked, and how.
pub(super) struct Line {
    pub(super) runtime: Runtime,
    pub(super) context: Context,
}

impl Line {
    /// A line on behalf of the user.
    pub(super) fn of(user: &User) -> Result<Self, Failure> {
        let runtime = crate::commands::event_loop()?;
        Ok(Self { runtime, context: crate::commands::credentials::context(&user.snapshot) })
    }

    pub(super) fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, ResolveError>>,
    ) -> Result<T, Failure> {
        self.runtime.block_on(question).map_err(|error| failed(&error))
    }

    /// The keys themselves, which a program may have to be asked for.
    pub(super) fn keys(&self, user: &User) -> Result<Resolved, Failure> {
        self.ask(credentials::resolve(&self.context, &user.keys))
    }

    /// IAM, asked with these keys.
    pub(super) fn iam(&self, user: &User, keys: Resolved) -> Result<Iam, Failure> {
        let ground = user.snapshot.ground(Sdk::Linklocal);
        let target = settings::iam_target(&ground.scope(&user.profile), &user.region.value);
        let target = target.map_err(|error| Failure::new(error.to_string()).hint(error.remedy))?;
        Ok(Iam::new(&self.context, target, keys))
    }
}

/// The device that is configured or typed, else the one that is found.
pub(super) fn device(line: &Line, user: &User) -> Result<(Serial, Named), Failure> {
    if let Some((serial, named)) = &user.serial {
        return Ok((serial.clone(), named.clone()));
    }
    let keys = line.keys(user)?;
    let listed = line.runtime.block_on(line.iam(user, keys.clone())?.devices(None));
    match listed {
        Ok(devices) => only(devices),
        Err(error) => by_name(line, user, &keys, &error),
    }
}

/// One that shows codes, and no second.
fn only(devices: Vec<Result<Serial, SerialError>>) -> Result<(Serial, Named), Failure> {
    let mut shown = Vec::new();
    let mut keys = Vec::new();
    for device in devices {
        match device {
            Ok(serial) => shown.push(serial),
            Err(error) => keys.push(error),
        }
    }
    match (shown.as_slice(), keys.first()) {
        ([only], _) => Ok((only.clone(), Named::Listed)),
        ([], Some(error)) => Err(Failure::new(error.to_string()).hint(error.remedy())),
        ([], None) => Err(Failure::new("the user has no MFA device")
            .hint("make one with `linklocal mfa enable`, or in the console of IAM")),
        (several, _) => {
            let list: Vec<&str> = several.iter().map(Serial::as_str).collect();
            Err(Failure::new(format!("the user has several MFA devices: {}", list.join(", ")))
                .hint("name the one to use: --serial-number, or mfa_serial in the profile"))
        }
    }
}

/// Asks again with the user's name, which test servers want to hear; where a policy refuses, it would refuse that, too.
fn by_name(
    line: &Line,
    user: &User,
    keys: &Resolved,
    error: &ResolveError,
) -> Result<(Serial, Named), Failure> {
    let Ok(caller) = line.runtime.block_on(caller_identity(&line.context, &user.sts, keys)) else {
        return Err(unnamed(error));
    };
    let name = caller.arn.rsplit('/').next().filter(|_| caller.arn.contains(":user/"));
    if let Some(name) = name.filter(|_| error.aws_code.as_deref() != Some("AccessDenied")) {
        let iam = line.iam(user, keys.clone())?;
        if let Ok(devices) = line.runtime.block_on(iam.devices(Some(name))) {
            return only(devices);
        }
    }
    guessed(line, &caller.arn, error)
}

/// What the console would have called the device of this caller.
fn guessed(line: &Line, caller: &str, error: &ResolveError) -> Result<(Serial, Named), Failure> {
    let Some(serial) = Serial::guess(caller) else { return Err(unnamed(error)) };
    Output::note(&format!("note: nothing names the MFA device, and IAM does not say it: {}", error.what));
    let answer = line.context.prompt.ask(&format!("Is it {serial}? [y/N] "));
    match answer.as_ref().map(|answer| answer.expose().trim()) {
        Ok("y" | "Y" | "yes") => Ok((serial, Named::Agreed)),
        Ok(_) => Err(unnamed(error)),
        Err(_) => Err(Failure::new("nothing names the MFA device, and IAM does not say it").hint(format!(
            "if it is this one, give --serial-number {serial}, or set mfa_serial in the profile"
        ))),
    }
}

fn unnamed(error: &ResolveError) -> Failure {
    let what = format!("nothing names the MFA device, and IAM does not say it: {}", error.what);
    Failure::new(what).hint(
        "give --serial-number, or set mfa_serial in the profile; the console shows the device under \"Security credentials\"",
    )
}

pub(super) fn failed(error: &ResolveError) -> Failure {
    let failure = Failure::new(&error.what);
    if error.remedy.is_empty() { failure } else { failure.hint(&error.remedy) }
}
