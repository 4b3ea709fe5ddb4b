//! `assume-role --profile-out`: the session as a profile, for every SDK.

use profile::edit::{Edit, Keys, Section, Target};
use profile::{Place, Sdk};
use serde::Serialize;
use sys::Env;
use types::{Secret, Timestamp};

use crate::commands::credentials::identity::end_text;
use crate::commands::credentials::search::Findings;
use crate::commands::credentials::{Receipts, Recipient, Snapshot};
use crate::commands::{configure, mfa};
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    profile: &'a str,
    arn: Option<&'a str>,
    account_id: Option<&'a str>,
    access_key_id: &'a str,
    expiration: Option<Timestamp>,
    region: Option<&'a str>,
    files: Vec<String>,
}

/// Whether a session may be written there: long-term keys and other kinds of credentials are never written over.
pub(super) fn check(snapshot: &Snapshot, name: &str) -> Result<(), Failure> {
    mfa::may_hold_session(&snapshot.ground(Sdk::Linklocal), name)
}

pub(super) fn run(
    env: &Env,
    output: Output,
    receipts: &Receipts,
    name: &str,
    findings: &Findings,
    snapshot: &Snapshot,
) -> Result<(), Failure> {
    let now = snapshot.now;
    let mut edits = edits(name, findings);
    edits.extend(mfa::endpoints(&snapshot.ground(Sdk::Linklocal), &findings.plan.profile.name, name));
    let written = configure::write(env, output, &edits)?;
    written.tell();
    let files = written.files();
    // The config file, where it changes at all, comes first; the keys are in the other.
    let file = files.last().cloned().unwrap_or_default();
    receipts.keep(findings, super::DELIVERY, Recipient::File(file.as_ref()));
    let identity = findings.identity();
    let object = Object {
        profile: name,
        arn: identity.arn.as_deref(),
        account_id: identity.account_id.as_deref(),
        access_key_id: &findings.resolved.access_key_id,
        expiration: identity.expiration,
        region: region(findings),
        files,
    };
    output.result(&object, || {
        let end = identity.expiration.map(|end| format!(", {}", end_text(end, now))).unwrap_or_default();
        let who = identity.arn.as_deref().unwrap_or("the role");
        format!("profile {name} has a session of {who}{end}\n")
    })
}

fn edits(name: &str, findings: &Findings) -> Vec<Edit> {
    let resolved = &findings.resolved;
    let keys = Keys {
        access_key_id: resolved.access_key_id.clone(),
        secret_access_key: resolved.secret_access_key.clone(),
        session_token: resolved.session_token.clone(),
        account_id: None,
        expiration: resolved.expiration,
    };
    let target = |key| Target::new(Section::Profile(name.to_owned()), key);
    let mut edits = vec![Edit::Keys { profile: name.to_owned(), keys }];
    if let Some(region) = region(findings) {
        edits.push(Edit::Set { target: target("region"), value: Secret::new(region.to_owned()) });
    }
    edits
}

/// The region, where somebody names one.
fn region(findings: &Findings) -> Option<&str> {
    let region = findings.plan.region.as_ref().filter(|region| region.place != Place::Default)?;
    Some(&region.value)
}
