//! linklocal: the identity plane that a program sees on an EC2 instance, on any machine.
//!
//! Rule: the binary names engines and wires crates; what they do stands in them.

mod admin;
mod arguments;
mod commands;
mod exchange;
mod failure;
mod guard;
mod identity;
mod introductions;
mod logging;
mod output;
mod place;
mod server;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // Ends the process with 2 on wrong usage, with 0 on --help and --version.
    let arguments = arguments::Arguments::parse();
    match commands::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::Output::failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}
