//! `credential_process`: a program that prints credentials (facts/credentials.md section 4.3).
//!
//! Rule: neither what it prints nor its command line is repeated: both may hold secrets. What it says on stderr is seen where
//! a person sits at a terminal, because programs ask there; nobody else sees it.

mod child;
mod recursion;
pub(crate) mod words;

use std::process::ExitStatus;

use profile::plan::Process;
use serde_json::Value;
use tokio::process::Command;
use types::Secret;

use self::child::ChildError;
use crate::document::{Document, DocumentError, TokenField};
use crate::kept_keys::{self, KeptKeysLine};
use crate::{Context, ResolveError, Resolved};

/// Runs the command and reads its answer. One that is this program for keys of the vault is not run: they are read here.
pub(crate) async fn resolve(context: &Context, process: &Process) -> Result<Resolved, ResolveError> {
    let source = format!("credential_process at {}", process.place);
    if let Some(line) = KeptKeysLine::parse(&process.command) {
        return kept_keys::resolve(context, &line, process.account_id.clone(), &source).await;
    }
    let printed = output(context, process, &source, &[]).await?;
    read(context, process, &source, printed.expose())
}

/// What the command prints, which must succeed. `source` is what the command is, in sentences; `variables` it gets besides.
pub(crate) async fn output(
    context: &Context,
    process: &Process,
    source: &str,
    variables: &[(&str, &str)],
) -> Result<Secret<Vec<u8>>, ResolveError> {
    let mut command = command(source, process)?;
    command.env_clear().envs(context.env.iter()).envs(variables.iter().copied());
    if let Some(profile) = &context.profile {
        let chain = recursion::enter(context.env.var(recursion::VARIABLE), profile);
        let chain = chain.map_err(|error| {
            ResolveError::new(
                "recursion",
                format!("{source}: {error}"),
                "let the process use another profile",
            )
        })?;
        command.env(recursion::VARIABLE, chain);
    }
    let outcome = child::run(command, context.process_timeout, context.prompt.is_there()).await;
    let (status, printed) = outcome.map_err(|error| failed(source, context, &error))?;
    if !status.success() {
        let own = context.profile.as_deref().filter(|profile| names(process, profile));
        return Err(unsuccessful(source, status, own));
    }
    Ok(printed)
}

fn read(
    context: &Context,
    process: &Process,
    source: &str,
    printed: &[u8],
) -> Result<Resolved, ResolveError> {
    let garbage = |error: String| {
        let remedy = "it must print one JSON object with Version 1, AccessKeyId and SecretAccessKey to stdout, and nothing else";
        ResolveError::new("garbage", format!("{source} {error}"), remedy)
    };
    let document = Document::read(printed).map_err(|error: DocumentError| garbage(error.to_string()))?;
    version(document.version.as_ref()).map_err(|what| garbage(what.to_owned()))?;
    let resolved =
        document.credentials(TokenField::SessionToken).map_err(|error| garbage(error.to_string()))?;
    if let Some(end) = resolved.expiration.filter(|end| *end < context.now()) {
        let what = format!("{source} answers with credentials that ended at {end}");
        return Err(ResolveError::new(
            "expired",
            what,
            "let the process renew them, and check this machine's clock",
        ));
    }
    let account_id = resolved.account_id.clone().or_else(|| process.account_id.clone());
    Ok(Resolved { account_id, ..resolved })
}

/// The number 1; `1.0` is the same number to every SDK.
fn version(version: Option<&Value>) -> Result<(), &'static str> {
    match version {
        None | Some(Value::Null) => Err("answers without Version"),
        Some(Value::Number(number)) if number.as_f64() == Some(1.0) => Ok(()),
        Some(Value::Number(_)) => Err("answers with another Version than 1"),
        Some(_) => Err("answers with a Version that is no number"),
    }
}

fn command(source: &str, process: &Process) -> Result<Command, ResolveError> {
    if process.command.trim().is_empty() {
        return Err(ResolveError::new(
            "process",
            format!("{source} is empty"),
            "name a program, or remove the line",
        ));
    }
    if process.shell {
        let (shell, flag) = if cfg!(windows) { ("cmd.exe", "/C") } else { ("sh", "-c") };
        let mut command = Command::new(shell);
        command.arg(flag).arg(&process.command);
        return Ok(command);
    }
    let split = if cfg!(windows) { words::windows } else { words::posix };
    let words = split(&process.command).map_err(|error| {
        ResolveError::new("process", format!("{source} {error}"), "close the quotation, or escape the mark")
    })?;
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    Ok(command)
}

fn failed(source: &str, context: &Context, error: &ChildError) -> ResolveError {
    let seconds = context.process_timeout.as_secs();
    let (code, what, remedy) = match error {
        ChildError::Start(cause) => (
            "process-not-started",
            format!("{source} cannot be started: {cause}"),
            "name the program with its full path; without a shell neither ~ nor $HOME nor | means anything",
        ),
        ChildError::TimedOut => (
            "timeout",
            format!("{source} did not end within {seconds} s, and was stopped with all it had started"),
            "run the command by hand to see what it waits for",
        ),
        ChildError::TooMuch { limit } => (
            "too-large",
            format!("{source} printed more than {limit} bytes, and was stopped"),
            "it must print one JSON object to stdout, and nothing else",
        ),
        ChildError::Pipe(cause) => {
            ("process-failed", format!("{source} cannot be read: {cause}"), "run the command by hand")
        }
    };
    ResolveError::new(code, what, remedy)
}

/// Whether the command is told to use the profile for which it is run: what it makes of that nobody sees.
fn names(process: &Process, profile: &str) -> bool {
    let words: Vec<&str> = process.command.split_whitespace().collect();
    let joined = |word: &&str| word.strip_prefix("--profile=") == Some(profile);
    words.windows(2).any(|pair| pair == ["--profile", profile]) || words.iter().any(joined)
}

fn unsuccessful(source: &str, status: ExitStatus, own_profile: Option<&str>) -> ResolveError {
    let what = match status.code() {
        Some(127) => format!("{source} ended with status 127: the shell did not find the program"),
        Some(126) => format!("{source} ended with status 126: the shell may not run the program"),
        Some(code) => format!("{source} ended with status {code}"),
        None => format!("{source} was ended by a signal ({status})"),
    };
    let remedy = match own_profile {
        Some(profile) => format!(
            "it is told to use profile {profile:?}, for whose credentials it is run: let it use another profile"
        ),
        None => "run the command by hand to see what it says; what it said here is not repeated, because it may hold secrets"
            .to_owned(),
    };
    ResolveError::new("process-failed", what, remedy)
}
