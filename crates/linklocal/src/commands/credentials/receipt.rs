//! Receipts: each hand-out of a command stands in the trail, beside those of the metadata service.
//!
//! Rule: no secret is in any, and nothing fails or waits because one could not be kept.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use sys::{Clock, Env, Proc};

use super::search::Findings;
use crate::arguments::Global;
use crate::commands::place;
use crate::server::trail::{self, CallerRecord, Event, Record};

/// Where receipts are kept; nowhere without a place for data.
#[derive(Clone, Debug)]
pub(in crate::commands) struct Receipts(Option<PathBuf>);

/// Who is given credentials.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) enum Recipient<'a> {
    /// Whoever started this process and reads what it prints.
    Parent,
    /// The program that takes this process's place, or is started by it.
    Program(&'a OsStr),
    /// The file that they are written to.
    File(&'a Path),
}

impl Receipts {
    pub(in crate::commands) fn of(global: &Global, env: &Env) -> Self {
        Self(place(global, env, None).ok().map(|place| place.trail()))
    }

    /// Keeps one. `delivery` is the name of the command.
    pub(in crate::commands) fn keep(&self, findings: &Findings, delivery: &str, to: Recipient<'_>) {
        let Some(directory) = &self.0 else { return };
        let record = Record::hand_out(Clock::system().now(), event(findings, delivery), caller(to));
        if let Err(error) = trail::keep(directory.clone(), &record) {
            tracing::debug!("a hand-out is not in the trail: {error}");
        }
    }
}

fn event(findings: &Findings, delivery: &str) -> Event {
    let identity = findings.identity();
    let account = || identity.account_id.as_ref().map(|account| format!("account {account}"));
    Event::HandOut {
        principal: identity.arn.clone().or_else(account).unwrap_or_else(|| "an unknown account".to_owned()),
        access_key_id: findings.resolved.access_key_id.clone(),
        expiration: identity.expiration,
        delivery: delivery.to_owned(),
        source: Some(findings.origin()),
        profile: Some(findings.plan.profile.name.clone()),
    }
}

fn caller(to: Recipient<'_>) -> CallerRecord {
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let (process_id, program) = match to {
        Recipient::Parent => {
            let parent = rustix::process::getppid().and_then(|id| id.as_raw_nonzero().get().try_into().ok());
            (parent, parent.and_then(|id: u32| Proc::system().link(&format!("{id}/exe"))).map(text))
        }
        Recipient::Program(name) => (Some(std::process::id()), Some(name.to_string_lossy().into_owned())),
        Recipient::File(path) => (None, Some(text(path.to_owned()))),
    };
    CallerRecord {
        address: None,
        process_id,
        program,
        script: None,
        user_id: Some(sys::fs::user()),
        user_name: None,
        container_id: None,
        working_directory: Some(text(sys::fs::resolved(Path::new(".")))),
        run: false,
    }
}
