//! `cargo xtask bench account`: what a signed and authorised call costs, beside moto's server with its authentication on.
//!
//! Rule: both servers hold the same user with the same ten policies, get the same calls, and verify and authorise each. They take
//! turns on one core; what counts is CPU time per call, turn by turn. The calls are signed before the clock starts, on the other core.

mod calls;
pub(super) mod ground;
mod report;
mod start;

use std::path::PathBuf;

use self::calls::{Contest, ROWS};
use self::ground::Ground;
use super::{Programs, machine};
use crate::chore::ChoreError;
use crate::output;

/// How much is measured, and of which build.
struct Plan {
    rounds: usize,
    /// Per turn on keep-alive connections; a quarter of it with a connection per call.
    calls: usize,
    /// A binary that is there already.
    linklocal: Option<PathBuf>,
}

pub(super) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    let plan = Plan::parse(arguments)?;
    let programs = match &plan.linklocal {
        None => Programs::build()?,
        Some(linklocal) => Programs { linklocal: linklocal.clone(), ..Programs::beside()? },
    };
    output::say(&machine::describe());
    let ours = Ground::linklocal(&programs, "")?;
    let moto = Ground::moto(&programs);
    if let Err(error) = &moto {
        output::say(&format!("moto is not in the table: {error}\n"));
    }
    let moto = moto.as_ref().ok();
    let contests: Result<Vec<Contest>, ChoreError> =
        ROWS.iter().map(|row| calls::contest(&plan, &programs, row, &ours, moto)).collect();
    let contests = contests?;
    output::say(&report::calls(&contests));
    output::say(&report::ratios(&contests));
    output::say(&report::memory(ours.server.resident()?));
    drop(ours);
    output::say(&start::run(&plan, &programs)?);
    Ok(())
}

impl Plan {
    fn parse(arguments: &[String]) -> Result<Self, ChoreError> {
        let mut plan = Self { rounds: 5, calls: 20_000, linklocal: None };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--quick" => (plan.rounds, plan.calls) = (1, 4_000),
                "--linklocal" => {
                    let file = words.next().ok_or_else(|| ChoreError::usage("--linklocal wants a file"))?;
                    plan.linklocal = Some(PathBuf::from(file));
                }
                _ => return Err(ChoreError::usage(format!("bench account does not know {word:?}"))),
            }
        }
        Ok(plan)
    }
}
