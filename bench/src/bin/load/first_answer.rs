//! The time from starting a server to its first answer to a signed call.
//!
//! A server that makes an account at its start hands the keys over on the first line of its output: until then nobody can sign.

use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::arguments::Arguments;
use crate::connection::{Connection, Progress};
use crate::signed::{self, Keys};

/// One line: `milliseconds N keys ID:SECRET`.
pub(crate) fn measure(arguments: &Arguments) -> io::Result<String> {
    let (program, words) = arguments.program.split_first().ok_or_else(|| io::Error::other("no program"))?;
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn()?;
    let answered = answered(arguments, &mut child, started);
    let time = started.elapsed();
    stop(child)?;
    let keys = answered?;
    Ok(format!("milliseconds {:.3} keys {keys}", time.as_secs_f64() * 1e3))
}

/// The keys that a call was answered to.
fn answered(arguments: &Arguments, child: &mut Child, started: Instant) -> io::Result<String> {
    let handed;
    let keys = match &arguments.keys {
        Some(keys) => keys,
        None => {
            handed = handed_over(child)?;
            &handed
        }
    };
    let request = signed::once(arguments, CALL, keys)?;
    // A refused connection costs microseconds.
    while ask(arguments, &request).is_err() {
        if started.elapsed() > PATIENCE || child.try_wait()?.is_some() {
            return Err(io::Error::other("the server did not answer after its start"));
        }
    }
    Ok(format!("{}:{}", keys.id, keys.secret.expose()))
}

/// The keys on the first line that the server prints.
fn handed_over(child: &mut Child) -> io::Result<Keys> {
    let mut line = String::new();
    let stdout = child.stdout.as_mut().ok_or_else(|| io::Error::other("no output"))?;
    BufReader::new(stdout).read_line(&mut line)?;
    let member = |name: &str| {
        let (_, rest) = line.split_once(&format!("\"{name}\":"))?;
        rest.trim_start().strip_prefix('"')?.split('"').next()
    };
    let keys = member("AccessKeyId").zip(member("SecretAccessKey"));
    let (id, secret) = keys.ok_or_else(|| io::Error::other(format!("no keys in {line:?}")))?;
    Ok(Keys { id: id.to_owned(), secret: types::Secret::new(secret.to_owned()) })
}

fn ask(arguments: &Arguments, request: &[u8]) -> io::Result<()> {
    let mut connection = Connection::open(arguments.address, None)?;
    connection.stream().set_nonblocking(false)?;
    connection.send(request)?;
    loop {
        if let Progress::Answered(_) = connection.advance(false)? {
            return Ok(());
        }
    }
}

/// As an operator would: what it leaves is in order.
fn stop(mut child: Child) -> io::Result<()> {
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(id) = id {
        // It may have ended by itself.
        let _ = kill_process(id, Signal::TERM);
    }
    child.wait().map(drop)
}

const CALL: &str = "sts:GetCallerIdentity";
const PATIENCE: Duration = Duration::from_secs(30);
