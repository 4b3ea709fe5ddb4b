//! The signals that whoever waits for a program takes in its place.

/// What ends, stops or informs a program, but for the signals of faults and those that a terminal sends to whole groups in
/// the background: these stop whoever waits as they stop the program.
pub(crate) const PASSED: [libc::c_int; 10] = [
    libc::SIGCHLD,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTERM,
    libc::SIGHUP,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGWINCH,
    libc::SIGTSTP,
    libc::SIGCONT,
];
