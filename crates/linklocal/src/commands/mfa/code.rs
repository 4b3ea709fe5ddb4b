//! `linklocal mfa code`: the code of a device that lives here, for another program or a browser.
//!
//! Rule: AWS takes a code once, so none is given out twice, and one that a session was had with is not given out.

use std::time::Duration;

use credentials::mfa::UsedCodes;
use serde::Serialize;
use sys::{Clock, Env};
use totp::Step;
use types::{Secret, Timestamp};

use super::device;
use crate::arguments::MfaCodeArguments;
use crate::commands::{vault, waiting};
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    serial: &'a str,
    code: &'a str,
    /// From when on AWS's clock asks for another.
    expiration: Timestamp,
    seconds_left: u64,
}

pub(super) fn run(env: &Env, output: Output, arguments: &MfaCodeArguments) -> Result<(), Failure> {
    let vault = vault::open(env, &arguments.vault)?;
    let name = device::find(&vault, arguments.device.as_deref())?;
    let seed = device::seed(&vault, &name)?;
    let used = UsedCodes::of(&env.home().unwrap_or_default().join(".aws"), name.id());
    let clock = Clock::system();
    let now = clock.now();
    let step = used.show(now, |last| step(last, now, arguments.wait));
    let ahead = step.start().since(clock.now());
    if !ahead.is_zero() {
        let why = if arguments.wait { "" } else { "the code of this half minute was given out already; " };
        Output::note(&format!("{why}the next comes in {} s", whole_seconds(ahead)));
        waiting(async {
            tokio::time::sleep(ahead).await;
            Ok(())
        })?;
    }
    let code = seed.code_at(step);
    say(output, name.id(), &code, step, clock.now())
}

/// The step to give: this one, or the next where this one's code was given out or a whole half minute is wanted.
fn step(last: Option<Step>, now: Timestamp, whole: bool) -> Step {
    let current = Step::at(now);
    let unused = last.map_or(current, |last| last.next().max(current));
    if whole { unused.max(current.next()) } else { unused }
}

fn say(
    output: Output,
    serial: &str,
    code: &Secret<String>,
    step: Step,
    now: Timestamp,
) -> Result<(), Failure> {
    let left = whole_seconds(step.left(now));
    if output.json {
        let (code, expiration) = (code.expose().as_str(), step.end());
        return Output::object(&Object { serial, code, expiration, seconds_left: left });
    }
    Output::text(&format!("{}\n", code.expose()))?;
    Output::note(&format!("good for {left} s"));
    Ok(())
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_millis().div_ceil(1000) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_step_is_given_twice() {
        let home = tempfile::tempdir().unwrap();
        let used = UsedCodes::of(home.path(), "arn:aws:iam::123456789012:mfa/me");
        let now = Timestamp::from_secs(1_234_567_890);
        let current = Step::at(now);
        assert_eq!((step(None, now, false), step(None, now, true)), (current, current.next()));
        for expected in [current, current.next()] {
            assert_eq!(used.show(now, |last| step(last, now, false)), expected);
        }
        let last = used.last(now);
        assert_eq!(step(last, now, false), current.next().next());
        assert_eq!(step(last, now + Duration::from_secs(300), false), Step(current.0 + 10));
    }
}
