//! `linklocal whoami`: whose credentials are in use here.
//!
//! Rule: without --probe nobody is asked, and what is not sure is not said: the account is that of the key id or of the
//! profile, the name is STS's to tell.

use ::credentials::CallerIdentity;
use serde::Serialize;
use sys::Env;
use types::Timestamp;

use super::Snapshot;
use super::identity::{Identity, end_text};
use super::search::Desk;
use crate::arguments::WhoamiArguments;
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Debug, Serialize)]
struct Object {
    account_id: Option<String>,
    arn: Option<String>,
    /// From STS alone.
    user_id: Option<String>,
    /// Null where somebody must be asked for the credentials first.
    access_key_id: Option<String>,
    /// `long-term` or `temporary`, where that can be told.
    kind: Option<&'static str>,
    expiration: Option<Timestamp>,
    source: &'static str,
    places: Vec<String>,
    profile: String,
    region: Option<String>,
    probed: bool,
}

pub(in crate::commands) fn run(
    env: &Env,
    output: Output,
    arguments: &WhoamiArguments,
) -> Result<(), Failure> {
    let snapshot = Snapshot::take(env, &arguments.chain);
    let mut desk = Desk::new(&snapshot);
    let (object, source) = match arguments.probe {
        true => asked(&mut desk)?,
        false => unasked(&snapshot, &desk)?,
    };
    output.result(&object, || text(&object, &source, snapshot.now))
}

/// What stands here.
fn unasked(snapshot: &Snapshot, desk: &Desk<'_>) -> Result<(Object, String), Failure> {
    let plan = snapshot.plan();
    let step = plan.winner().ok_or_else(|| desk.nobody())?;
    let identity = step.provider.as_ref().map(Identity::of_provider).unwrap_or_default();
    Ok((Object::new(identity, None, snapshot, step), super::sourced(step)))
}

/// What STS says.
fn asked(desk: &mut Desk<'_>) -> Result<(Object, String), Failure> {
    let findings = desk.search()?;
    let caller = desk.caller(&findings.resolved)?;
    let object = Object::new(findings.identity(), Some(caller), desk.snapshot(), findings.step());
    Ok((object, super::sourced(findings.step())))
}

impl Object {
    fn new(
        identity: Identity,
        caller: Option<CallerIdentity>,
        snapshot: &Snapshot,
        step: &profile::plan::Step,
    ) -> Self {
        let plan = snapshot.plan();
        let kind = identity.kind().or_else(|| identity.session_token?.then_some("temporary"));
        let mut object = Self {
            kind,
            account_id: identity.account_id,
            arn: identity.arn,
            user_id: None,
            access_key_id: identity.access_key_id,
            expiration: identity.expiration,
            source: step.source.name(),
            places: step.places.iter().map(ToString::to_string).collect(),
            profile: plan.profile.name.clone(),
            region: plan.region.as_ref().map(|region| region.value.clone()),
            probed: caller.is_some(),
        };
        if let Some(CallerIdentity { account, arn, user_id }) = caller {
            (object.account_id, object.arn, object.user_id) = (Some(account), Some(arn), Some(user_id));
        }
        object
    }
}

fn text(object: &Object, source: &str, now: Timestamp) -> String {
    let unknown = || "known to whoever is asked alone: --probe asks".to_owned();
    let key = object.access_key_id.as_deref().map(super::identity::masked);
    let key = match (key, object.kind) {
        (Some(key), Some(kind)) => format!("{key}, {kind}"),
        (Some(key), None) => key,
        (None, _) => unknown(),
    };
    let mut rows = vec![("account", object.account_id.clone().unwrap_or_else(unknown))];
    rows.extend(object.arn.clone().map(|arn| ("arn", arn)));
    rows.extend(object.user_id.clone().map(|id| ("user id", id)));
    rows.push(("key", key));
    rows.extend(object.expiration.map(|end| ("expiry", end_text(end, now))));
    rows.push(("source", source.to_owned()));
    rows.push(("profile", object.profile.clone()));
    rows.iter().map(|(name, value)| format!("{name:8}  {value}\n")).collect()
}
