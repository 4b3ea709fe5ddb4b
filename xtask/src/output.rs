//! The only place that prints. A closed pipe is no error: `cargo xtask | head` is fine.

use std::io::{self, Write};

/// A line of the result, on stdout.
pub(crate) fn say(line: &str) {
    ignore_closed_pipe(writeln!(io::stdout().lock(), "{line}"));
}

/// A line about the work, on stderr.
pub(crate) fn talk(line: &str) {
    ignore_closed_pipe(writeln!(io::stderr().lock(), "{line}"));
}

fn ignore_closed_pipe(written: io::Result<()>) {
    // Whatever else is wrong with the terminal, there is nowhere left to say it.
    drop(written);
}
