//! The signals that whoever waits for a program takes in its place.

/// What ends, stops or informs a program, but for the signals of faults and of job control.
pub(crate) const PASSED: [libc::c_int; 9] = [
    libc::SIGCHLD,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTERM,
    libc::SIGHUP,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGWINCH,
    libc::SIGCONT,
];
