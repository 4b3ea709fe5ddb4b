//! Starts a program that is nobody's child, so that nobody has to wait for it.
//!
//! Rule: a detached one outlives whoever started it, in a session of its own, without a terminal: no signal of a terminal
//! reaches it. One that is started beside a program shares that program's terminal and its signals.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{ChildStdout, Command};

/// Starts `command` in a session of its own; its standard output, where that is piped. An error is that of the start itself,
/// as with [`Command::spawn`].
pub fn spawn_detached(command: &mut Command) -> io::Result<Option<ChildStdout>> {
    // SAFETY: the closure runs between fork and exec, where only async-signal-safe functions may be called; it calls
    // such ones alone.
    unsafe { command.pre_exec(step_out) };
    orphaned(command)
}

/// The same in the session and process group of this process: it can ask at the terminal.
pub fn spawn_beside(command: &mut Command) -> io::Result<Option<ChildStdout>> {
    // SAFETY: as above.
    unsafe { command.pre_exec(step_aside) };
    orphaned(command)
}

fn orphaned(command: &mut Command) -> io::Result<Option<ChildStdout>> {
    let mut child = command.spawn()?;
    let stdout = child.stdout.take();
    // It has left already, or is about to: the program is its child, and an orphan from then on.
    child.wait()?;
    Ok(stdout)
}

fn step_out() -> io::Result<()> {
    step_aside()?;
    // SAFETY: takes no pointers. It cannot fail: a child that was just forked leads no group.
    unsafe { libc::setsid() };
    Ok(())
}

/// Lets a child of this child go on.
fn step_aside() -> io::Result<()> {
    // SAFETY: no other thread exists in a child that was just forked, so this child is as whole as the first.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(()),
        // SAFETY: ends this process without running what others registered for its end.
        _ => unsafe { libc::_exit(0) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use std::path::Path;
    use std::process::Stdio;

    /// Process, parent, group and session of what was started.
    fn relations(start: fn(&mut Command) -> io::Result<Option<ChildStdout>>) -> [u32; 4] {
        let mut command = Command::new("sh");
        command.args(["-c", "cat /proc/$$/stat"]).stdout(Stdio::piped());
        let mut said = String::new();
        start(&mut command).unwrap().unwrap().read_to_string(&mut said).unwrap();
        relations_in(&said)
    }

    /// The same from a process's `stat`. A group or session is 0 whose leader is outside this namespace of processes.
    fn relations_in(stat: &str) -> [u32; 4] {
        let (process, rest) = stat.split_once(" (").unwrap();
        let after_name = rest.rsplit_once(") ").unwrap().1;
        let mut fields = after_name.split(' ').skip(1).map(|field| field.parse().unwrap());
        [process.parse().unwrap(), fields.next().unwrap(), fields.next().unwrap(), fields.next().unwrap()]
    }

    #[test]
    fn is_an_orphan_that_leads_its_own_session() {
        let [process, parent, _, session] = relations(spawn_detached);
        assert_ne!(parent, std::process::id());
        assert_eq!(session, process);
    }

    #[test]
    fn is_an_orphan_in_the_session_and_group_of_whoever_started_it() {
        let [_, parent, group, session] = relations(spawn_beside);
        assert_ne!(parent, std::process::id());
        let [_, _, own_group, own_session] =
            relations_in(&sys::fs::read_text(Path::new("/proc/self/stat"), 4096).unwrap());
        assert_eq!([group, session], [own_group, own_session]);
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let error = spawn_detached(&mut Command::new("/nonexistent/program")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
