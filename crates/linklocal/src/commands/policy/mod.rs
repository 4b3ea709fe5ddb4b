//! `linklocal policy …`.

mod case;
mod library;
mod principal;
mod report;
mod suite;

use sys::Clock;

use crate::arguments::{PolicyCommand, TestPolicyArguments};
use crate::failure::Failure;
use crate::output::Output;
use case::Case;
use library::Library;
use report::Report;
use suite::Suite;

pub(super) fn run(output: Output, command: &PolicyCommand) -> Result<(), Failure> {
    match command {
        PolicyCommand::Test(arguments) => test(output, arguments),
    }
}

/// A file that cannot be read or understood fails the command before any case is shown.
fn test(output: Output, arguments: &TestPolicyArguments) -> Result<(), Failure> {
    let now = Clock::system().now();
    let mut report = Report::default();
    for file in &arguments.files {
        let suite = Suite::load(file)?;
        let mut library = Library::new(&suite);
        for case in suite.cases() {
            let case = Case::read(&case, &mut library, now)?;
            if is_wanted(&case, arguments.only.as_deref()) {
                report.checks.extend(case.run(&library));
            }
        }
    }
    output.result(&report.object(arguments.trace), || report.text(arguments.trace))?;
    report.verdict()
}

fn is_wanted(case: &Case, only: Option<&str>) -> bool {
    only.is_none_or(|only| case.name.to_lowercase().contains(&only.to_lowercase()))
}
