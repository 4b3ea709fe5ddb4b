//! What linklocal knows of a call and CloudTrail has no member for.
//!
//! Rule: a member may be added and none may change; none ever holds a secret.

use std::net::{IpAddr, Ipv4Addr};

use account::Caller;
use net::Place;
use serde::{Deserialize, Serialize};
use types::Timestamp;

use super::Resource;
use crate::call::Call;

/// Beside an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Aside {
    /// To the millisecond; `eventTime` has whole seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// As LookupEvents names who called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// What the call was about, as LookupEvents finds it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touched: Vec<Resource>,
    /// Where the credentials were fetched, as they say themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Who is at the other end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<Program>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_micros: Option<u64>,
    /// How the request is signed: `SigV4`, `AuthHeader`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_method: Option<String>,
    /// What is behind a refusal where AWS's words do not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// So many calls came too fast and were not kept; the event is then none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost: u64,
}

/// What credentials of an instance say of their origin, and no thief can change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    pub instance_arn: String,
    pub vpc: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_ipv4: Option<Ipv4Addr>,
    /// `1.0`, `2.0`; none for a container's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_delivery: Option<String>,
    pub issued_at: Timestamp,
}

/// A calling program, as far as this machine can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Program {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_this_machine: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_id: Option<u32>,
    /// Its executable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// What an interpreter runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ancestors: Vec<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container_id: Option<String>,
}

impl Aside {
    pub(crate) fn of(call: &Call, touched: Vec<Resource>) -> Self {
        Self {
            time: Some(call.time),
            user_name: call.caller.as_ref().and_then(user_name),
            touched,
            origin: call.caller.as_ref().and_then(origin),
            program: call.program.as_ref().and_then(|found| found.get()).map(|caller| Program::of(caller)),
            status: Some(call.status),
            duration_micros: u64::try_from(call.duration.as_micros()).ok(),
            signature_version: call.signature.map(|form| form.version.as_str().to_owned()),
            authentication_method: call.signature.map(|form| form.method.as_str().to_owned()),
            hint: call.hint.map(str::to_owned),
            lost: 0,
        }
    }
}

impl Program {
    /// What is kept of who was found at the other end.
    pub fn of(caller: &net::Caller) -> Self {
        let process = caller.process.as_ref();
        let named = |process: &net::Process| {
            let executable = process.executable.as_ref().map(|path| path.to_string_lossy().into_owned());
            executable.unwrap_or_else(|| process.name.clone())
        };
        Self {
            address: Some(caller.address),
            on_this_machine: caller.place == Place::ThisMachine,
            process_id: process.map(|process| process.id),
            program: process.map(named),
            script: process.and_then(|process| process.script.clone()),
            ancestors: process.iter().flat_map(|process| &process.ancestors).map(|each| each.id).collect(),
            user_id: caller.user.as_ref().map(|user| user.id),
            user_name: caller.user.as_ref().and_then(|user| user.name.clone()),
            container_id: process.and_then(|process| process.container_id.clone()),
        }
    }
}

impl Program {
    /// The program as people know it.
    pub fn name(&self) -> Option<&str> {
        self.script.as_deref().or(self.program.as_deref())
    }
}

/// As LookupEvents names him: a user by name, a session of a role by the session's.
fn user_name(caller: &Caller) -> Option<String> {
    match caller {
        Caller::Root { .. } => Some("root".to_owned()),
        Caller::User { user, .. } => Some(user.user_name.clone()),
        Caller::Role { session, .. }
        | Caller::Federated { session, .. }
        | Caller::InstanceIdentity { session, .. } => Some(session.claims.session_name.clone()),
        Caller::WebIdentity(_) | Caller::Anonymous => None,
    }
}

fn origin(caller: &Caller) -> Option<Origin> {
    let claims = &caller.session()?.claims;
    let origin = claims.origin.as_ref()?;
    Some(Origin {
        instance_arn: origin.source_instance_arn.to_string(),
        vpc: origin.source_vpc.clone(),
        private_ipv4: origin.source_private_ipv4,
        role_delivery: origin.role_delivery.map(|delivery| delivery.as_str().to_owned()),
        issued_at: claims.issued_at,
    })
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
