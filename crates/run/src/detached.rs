//! Starts a program that outlives whoever started it.
//!
//! Rule: it is nobody's child, in a session of its own, without a terminal: no signal of a terminal reaches it, and
//! nobody has to wait for it.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{ChildStdout, Command};

/// Starts `command`; its standard output, where that is piped. An error is that of the start itself, as with
/// [`Command::spawn`].
pub fn spawn_detached(command: &mut Command) -> io::Result<Option<ChildStdout>> {
    // SAFETY: the closure runs between fork and exec, where only async-signal-safe functions may be called; it calls
    // such ones alone.
    unsafe { command.pre_exec(step_aside) };
    let mut child = command.spawn()?;
    let stdout = child.stdout.take();
    // It has left already, or is about to: the program is its child, and an orphan from then on.
    child.wait()?;
    Ok(stdout)
}

/// Lets a child of this child go on.
fn step_aside() -> io::Result<()> {
    // SAFETY: no other thread exists in a child that was just forked, so this child is as whole as the first.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            // SAFETY: takes no pointers. It cannot fail: a child that was just forked leads no group.
            unsafe { libc::setsid() };
            Ok(())
        }
        // SAFETY: ends this process without running what others registered for its end.
        _ => unsafe { libc::_exit(0) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use std::process::Stdio;

    #[test]
    fn is_an_orphan_that_leads_its_own_session() {
        let mut command = Command::new("sh");
        command.args(["-c", "cat /proc/$$/stat"]).stdout(Stdio::piped());
        let mut said = String::new();
        spawn_detached(&mut command).unwrap().unwrap().read_to_string(&mut said).unwrap();
        let fields: Vec<u32> = said.split(' ').filter_map(|field| field.parse().ok()).collect();
        let (process, parent, session) = (fields[0], fields[1], fields[3]);
        assert_ne!(parent, std::process::id(), "{said}");
        assert_eq!(session, process, "{said}");
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let error = spawn_detached(&mut Command::new("/nonexistent/program")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
