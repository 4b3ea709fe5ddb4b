//! A server of real credentials for one program, beside it: `linklocal credentials serve` for as long as its session lasts.
//!
//! Rule: it is a process of its own, because whoever supervises a program may have neither threads nor children besides; it
//! shares the program's terminal, so that it can ask for codes there; and it serves nobody that this process does not bring,
//! but where it is told to listen.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use sys::Env;
use sys::fs::TemporaryDirectory;

use super::credentials::{Announcement, First};
use crate::arguments::{Global, IdentityArguments};
use crate::failure::Failure;
use crate::introductions::Line;

/// A server that serves, and the session that keeps it.
#[derive(Debug)]
pub(super) struct PrivateServer {
    pub(super) line: Line,
    pub(super) socket: PathBuf,
    pub(super) announcement: Announcement,
    /// Where its socket and its token lie. To be dropped before this process leaves.
    pub(super) directory: TemporaryDirectory,
}

impl PrivateServer {
    /// Returns once the first set of credentials is there and has passed every check. `doors` are the flags of `credentials
    /// serve` that say where it listens besides.
    pub(super) fn start(
        global: &Global,
        env: &Env,
        identity: &IdentityArguments,
        doors: &[&str],
    ) -> Result<Self, Failure> {
        let directory = TemporaryDirectory::new(env).map_err(|error| {
            Failure::of(&error).hint("name a directory that is yours with XDG_RUNTIME_DIR or TMPDIR")
        })?;
        let mut command = command(global, identity, doors)?;
        command.arg("--while-run").arg(directory.path());
        let announcement = announced(&mut command)?;
        let socket = directory.path().join("run.sock");
        let line = Line::open(&socket).map_err(|error| Failure::of(&error))?;
        Ok(Self { line, socket, announcement, directory })
    }
}

fn command(global: &Global, identity: &IdentityArguments, doors: &[&str]) -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe().map_err(unable)?);
    command.args(["credentials", "serve"]).args(doors);
    command.args(flags(identity));
    if let Some(data) = &global.data {
        command.arg("--data").arg(data);
    }
    if let Some(filter) = &global.log {
        command.arg("--log").arg(filter);
    }
    Ok(command)
}

/// What was typed, to be typed again. With an equals sign a value that begins with a dash is none the less a value.
fn flags(identity: &IdentityArguments) -> Vec<String> {
    let IdentityArguments { profile, region, role, role_session_name, external_id, serial_number, .. } =
        identity;
    let IdentityArguments { duration_seconds, no_session, min_ttl, guard, .. } = identity;
    let values = [
        ("profile", profile.clone()),
        ("region", region.clone()),
        ("role", role.clone()),
        ("role-session-name", role_session_name.clone()),
        ("external-id", external_id.clone()),
        ("serial-number", serial_number.clone()),
        ("duration-seconds", duration_seconds.map(|seconds| seconds.to_string())),
        ("min-ttl", Some(min_ttl.to_string())),
    ];
    let typed = values.into_iter().filter_map(|(name, value)| Some(format!("--{name}={}", value?)));
    let expected = guard.expect_account.iter().map(|account| format!("--expect-account={account}"));
    typed.chain(expected).chain(no_session.then(|| "--no-session".to_owned())).collect()
}

/// Starts the server and waits for its word, which takes as long as somebody types a code.
fn announced(command: &mut Command) -> Result<Announcement, Failure> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let stdout = run::spawn_beside(command).map_err(unable)?.expect("its output is piped");
    let mut line = String::new();
    let read = BufReader::new(stdout).take(LONGEST_WORD).read_line(&mut line);
    match (read, serde_json::from_str(&line)) {
        (Ok(_), Ok(First::Serving(announcement))) => Ok(*announcement),
        (Ok(_), Ok(First::Failed { message, hint })) => {
            let failure = Failure::new(message);
            Err(match hint {
                Some(hint) => failure.hint(hint),
                None => failure,
            })
        }
        _ => Err(Failure::new("the server that was started ended before it had credentials")),
    }
}

fn unable(error: std::io::Error) -> Failure {
    Failure::new(format!("no server can be started: {error}"))
}

/// Bytes: many times what an announcement takes.
const LONGEST_WORD: u64 = 1024 * 1024;
