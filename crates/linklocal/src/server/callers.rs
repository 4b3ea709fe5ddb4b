//! The programs that have called, for `instance callers`.

use imds::{CallerSummary, Callers, Counts, Program};
use net::Place;
use types::InstanceId;

use crate::admin::{AncestorDescription, CallCounts, CallerDescription, CallerList, Reading};

/// The callers of one instance, or of all.
pub(super) fn list(callers: &Callers, instance_id: Option<&InstanceId>) -> CallerList {
    let list = callers.list(instance_id).into_iter().map(description).collect();
    CallerList { since: callers.since(), dropped: callers.dropped(), callers: list }
}

fn description(summary: CallerSummary) -> CallerDescription {
    let caller = &summary.caller;
    let process = caller.process.as_ref();
    let (program, script) = match summary.program {
        Program::Executable { path, script } => (Some(path.to_string_lossy().into_owned()), script),
        Program::Process(name) => (Some(name), None),
        Program::UserAgent(_) | Program::Address(_) => (None, None),
    };
    let ancestors = process.map(|process| process.ancestors.as_slice()).unwrap_or_default();
    let ancestor = |a: &net::Ancestor| AncestorDescription { process_id: a.id, name: a.name.clone() };
    CallerDescription {
        instance_id: summary.instance_id,
        program,
        script,
        process_id: process.map(|process| process.id),
        command_line: process.map(|process| process.command_line.clone()).unwrap_or_default(),
        ancestors: ancestors.iter().map(ancestor).collect(),
        user_id: caller.user.as_ref().map(|user| user.id),
        user_name: caller.user.as_ref().and_then(|user| user.name.clone()),
        cgroup: process.and_then(|process| process.cgroup.clone()),
        container_id: process.and_then(|process| process.container_id.clone()),
        address: caller.address,
        local: caller.place != Place::Elsewhere,
        run_by: summary.run_by,
        user_agent: summary.user_agent,
        first_seen: summary.first_seen,
        last_seen: summary.last_seen,
        counts: counts(&summary.counts),
        version1_reads: summary.v1_reads.into_iter().map(reading).collect(),
    }
}

fn counts(counts: &Counts) -> CallCounts {
    CallCounts {
        version1: counts.v1,
        version1_rejected: counts.v1_rejected,
        version2: counts.v2,
        tokens_issued: counts.tokens,
        tokens_refused: counts.tokens_refused,
        bad_tokens: counts.bad_token,
        errors: counts.errors,
        credentials: counts.credentials,
    }
}

fn reading(reading: imds::Reading) -> Reading {
    match reading {
        imds::Reading::Credentials => Reading::Credentials,
        imds::Reading::UserData => Reading::UserData,
        imds::Reading::IdentityDocument => Reading::IdentityDocument,
        imds::Reading::Tags => Reading::Tags,
        imds::Reading::OtherMetadata => Reading::OtherMetadata,
    }
}
