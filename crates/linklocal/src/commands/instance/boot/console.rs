//! A program whose output is shown and kept: the console.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::failure::Failure;
use crate::output::Output;

/// Runs a program, shows what it writes as it comes and adds it to `kept`, as much as a console holds. Its exit code, 128 and the
/// signal's number where one ended it.
pub(super) fn watched(command: &mut Command, kept: &mut Vec<u8>) -> Result<i32, Failure> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::new(format!("user data cannot be run: {error}")))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let all = Mutex::new(std::mem::take(kept));
    std::thread::scope(|scope| {
        if let Some(stderr) = stderr {
            scope.spawn(|| shown(stderr, &all, Output::aside));
        }
        if let Some(stdout) = stdout {
            shown(stdout, &all, |bytes| Output::piece(bytes).is_ok_and(|read| read));
        }
    });
    *kept = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    let status = child.wait().map_err(|error| Failure::new(format!("user data was lost: {error}")))?;
    Ok(code(status))
}

/// Goes on reading when nobody looks any more: the program is not to end for that.
fn shown(mut from: impl Read, all: &Mutex<Vec<u8>>, show: impl Fn(&[u8]) -> bool) {
    let (mut part, mut is_watched) = ([0; 4096], true);
    while let Ok(count @ 1..) = from.read(&mut part) {
        is_watched = is_watched && show(&part[..count]);
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(&part[..count]);
        let surplus = all.len().saturating_sub(MOST);
        if surplus > MOST {
            all.drain(..surplus);
        }
    }
}

fn code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1)
}

/// Bytes of the console's end that are kept.
const MOST: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> (i32, Vec<u8>) {
        let mut kept = b"before\n".to_vec();
        let code = watched(Command::new("/bin/sh").args(["-c", script]), &mut kept).unwrap();
        (code, kept)
    }

    #[test]
    fn both_outputs_and_the_code_are_kept() {
        assert_eq!(sh("echo out; exit 3"), (3, b"before\nout\n".to_vec()));
        assert_eq!(sh("echo err >&2"), (0, b"before\nerr\n".to_vec()));
        assert_eq!(sh("kill -9 $$").0, 137);
    }

    #[test]
    fn the_end_of_much_is_kept() {
        let (code, kept) = sh("head -c 400000 /dev/zero | tr '\\0' x; echo end");
        assert_eq!(code, 0);
        assert!(kept.ends_with(b"xend\n") && (MOST..=3 * MOST).contains(&kept.len()), "{}", kept.len());
    }
}
