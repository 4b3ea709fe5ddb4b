//! One line of the trail, as it is kept and as `linklocal trail --json` prints it.
//!
//! Rule: a member may be added and none may change; none ever holds a secret.

use std::net::IpAddr;

use imds::{RoleDelivery, TrailEntry, TrailEvent};
use net::Caller;
use serde::{Deserialize, Serialize};
use types::{InstanceId, Timestamp};

/// What happened, when, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Record {
    pub(crate) time: Timestamp,
    #[serde(flatten)]
    pub(crate) event: Event,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) instance_id: Option<InstanceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) caller: Option<CallerRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_agent: Option<String>,
    /// How often, where like ones are counted together; the last of them was at `time`.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub(crate) times: u64,
    /// The first of those that are counted together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "Event", rename_all_fields = "PascalCase")]
pub(crate) enum Event {
    /// Credentials were handed out.
    HandOut {
        /// ARN of the role, or of the instance where its own identity was asked for.
        principal: String,
        access_key_id: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expiration: Option<Timestamp>,
        /// The value of `ec2:RoleDelivery`, `container`, or the command that handed them out: `exec`, `process`, …
        delivery: String,
        /// Where they came from, in words; of commands alone, like the profile.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
    },
    /// A rule turned a request away.
    Denial {
        /// Its key in `[access]`.
        rule: String,
        /// As what the request addressed the service.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<String>,
        /// The origin of the page that caused it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<String>,
    },
    /// So many entries came faster than they could be kept.
    Lost,
}

/// A client, as far as it was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CallerRecord {
    /// `None` for whoever was handed credentials by a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) process_id: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) program: Option<String>,
    /// What an interpreter runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) script: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) container_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) working_directory: Option<String>,
    /// Whether it was started by `linklocal run`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) run: bool,
}

impl Record {
    /// A hand-out by a command of this machine.
    pub(crate) fn hand_out(time: Timestamp, event: Event, caller: CallerRecord) -> Self {
        Self { event, caller: Some(caller), times: 1, ..Self::lost(time, 1) }
    }

    pub(super) fn lost(time: Timestamp, times: u64) -> Self {
        Self {
            time,
            event: Event::Lost,
            instance_id: None,
            caller: None,
            user_agent: None,
            times,
            since: None,
        }
    }

    /// The record as its line.
    pub(super) fn line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("records have text keys and no failing serializer");
        line.push(b'\n');
        line
    }
}

impl From<TrailEntry> for Record {
    fn from(entry: TrailEntry) -> Self {
        let TrailEntry { at, event, instance_id, caller, address, introduced, user_agent } = entry;
        Self {
            time: at,
            event: event.into(),
            instance_id,
            caller: Some(CallerRecord::new(caller.as_deref(), address, introduced)),
            user_agent,
            times: 1,
            since: None,
        }
    }
}

impl From<TrailEvent> for Event {
    fn from(event: TrailEvent) -> Self {
        match event {
            TrailEvent::HandOut(grant) => Self::HandOut {
                principal: grant.principal.to_string(),
                access_key_id: grant.access_key_id.to_string(),
                expiration: grant.expiration,
                delivery: delivery(grant.delivery).to_owned(),
                source: None,
                profile: None,
            },
            TrailEvent::Denial { rule, host, page } => {
                Self::Denial { rule: rule.key().to_owned(), host, page }
            }
        }
    }
}

impl CallerRecord {
    fn new(caller: Option<&Caller>, address: IpAddr, run: bool) -> Self {
        let process = caller.and_then(|caller| caller.process.as_ref());
        let user = caller.and_then(|caller| caller.user.as_ref());
        let program = process.and_then(|process| process.executable.as_ref());
        Self {
            address: Some(address),
            process_id: process.map(|process| process.id),
            program: program.map(|path| path.to_string_lossy().into_owned()),
            script: process.and_then(|process| process.script.clone()),
            user_id: user.map(|user| user.id),
            user_name: user.and_then(|user| user.name.clone()),
            container_id: process.and_then(|process| process.container_id.clone()),
            working_directory: None,
            run,
        }
    }
}

fn delivery(delivery: RoleDelivery) -> &'static str {
    match delivery {
        RoleDelivery::V1 => "1.0",
        RoleDelivery::V2 => "2.0",
        RoleDelivery::Container => "container",
    }
}

fn once() -> u64 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_once(times: &u64) -> bool {
    *times == 1
}
