//! The operation itself, and what is told of it: authorise, run, record, encode.

use account::{Check, ServiceError};
use wire::Structure;

use super::admit::Task;
use super::story::Story;
use crate::answer::Reply;
use crate::claim;
use crate::fault::Fault;
use crate::record::{CallRecord, Outcome, S3Ids, Transferred};
use crate::{Ask, Gateway};

impl<R> Task<R> {
    /// Whether authorising or running it may wait for the store, or take long. A policy's patterns are held against what a client says
    /// of itself, which most do in few words.
    pub(super) fn may_wait(&self) -> bool {
        if self.says_much() {
            return true;
        }
        if self.service.name == "s3" {
            return !OF_DIRECTORY.iter().any(|start| self.model.name.starts_with(start));
        }
        let reads = ["Get", "List", "Decode"].iter().any(|verb| self.model.name.starts_with(verb));
        !reads || LONG.contains(&self.model.name)
    }

    pub(super) fn says_much(&self) -> bool {
        let said = [&self.arrival.user_agent, &self.arrival.referer].into_iter().flatten();
        said.map(String::len).sum::<usize>() > MUCH
    }

    pub(super) fn encode(&self, output: &Structure, request_id: &str) -> wire::Answer {
        wire::encode(self.service, self.model, output, request_id)
    }
}

impl Gateway {
    pub(super) fn perform(&self, story: &Story, task: &Task) -> Reply {
        let ask = self.ask(story, task);
        let allowed = authorise(&ask, task.operation.checks).and_then(|()| not_dry(&ask));
        let result = allowed.and_then(|()| (task.operation.run)(&ask)).map_err(Fault::from);
        match result {
            Ok(output) => self.conclude(story, Some(task), &Ok(output)),
            Err(fault) => self.conclude(story, Some(task), &Err(fault)),
        }
    }

    /// Encodes what came of a request, and tells of it.
    pub(super) fn conclude(
        &self,
        story: &Story,
        task: Option<&Task>,
        result: &Result<Structure, Fault>,
    ) -> Reply {
        let call = &story.call;
        let mut reply = match (task, result) {
            (Some(task), Ok(output)) => {
                Reply::of_output(call, &story.face, task.encode(output, call.request_id.as_str()))
            }
            (None, Ok(_)) => Reply::broken(),
            (_, Err(fault)) => Reply::of_fault(call, &story.face, fault),
        };
        story.place(&mut reply);
        self.record(story, task.map(|task| &task.input), result.as_ref(), &reply);
        reply
    }

    /// Tells of a call, whose answer is made.
    pub(super) fn record(
        &self,
        story: &Story,
        input: Option<&Structure>,
        result: Result<&Structure, &Fault>,
        reply: &Reply,
    ) {
        let (call, fault) = (&story.call, result.err());
        let outcome = fault.map_or(Outcome::Done, Fault::outcome);
        self.metrics.count(&story.face.service, outcome);
        if let Some(inside) = fault.and_then(Fault::inside) {
            tracing::error!(request_id = story.id(), "a call failed: {inside}");
        }
        let is_s3 = story.face.family == sigv4::Family::S3;
        let s3_ids = is_s3.then(|| (call.request_id.s3(), call.request_id.host_id()));
        self.settings.recorder.record(&CallRecord {
            request_id: story.id(),
            time: call.now,
            duration: story.started.elapsed(),
            service: &story.face.service,
            operation: story.operation.as_deref(),
            region: story.region.as_ref().map(|region| region.as_str()),
            caller: story.caller.as_ref(),
            access_key_id: story.claim.access_key_id.as_deref(),
            input,
            output: result.ok(),
            signature: story
                .signing
                .as_ref()
                .map(|signing| signing.form)
                .or_else(|| claim::signature_form(call)),
            transferred: Transferred { received: story.received, sent: reply.length() },
            s3_ids: s3_ids.as_ref().map(|(request_id, host_id)| S3Ids { request_id, host_id }),
            source_address: call.peer.remote.ip(),
            user_agent: call.user_agent(),
            host: call.host(),
            security: call.security.as_ref(),
            program: call.program.as_ref(),
            status: reply.status.as_u16(),
            outcome,
            error: fault.map(Fault::words),
            hint: fault.and_then(Fault::hint),
        });
    }
}

/// All that the operation asks to be allowed.
pub(super) fn authorise(
    ask: &Ask<'_>,
    checks: fn(&Ask<'_>) -> Result<Vec<Check>, ServiceError>,
) -> Result<(), ServiceError> {
    allow(ask, &checks(ask)?)
}

pub(super) fn allow(ask: &Ask<'_>, checks: &[Check]) -> Result<(), ServiceError> {
    checks.iter().try_for_each(|check| ask.authorise(check))
}

/// EC2's operations may be tried: what would have been done is refused in a way of its own.
fn not_dry(ask: &Ask<'_>) -> Result<(), ServiceError> {
    if ask.service != "ec2" || ask.input.boolean("DryRun") != Some(true) {
        return Ok(());
    }
    Err(ServiceError::new("DryRunOperation", 412, "Request would have succeeded, but DryRun flag is set."))
}

/// Bytes. SDKs name themselves in a few hundred.
const MUCH: usize = 1024;

/// Operations of S3 that ask the directory alone, which is in memory.
const OF_DIRECTORY: [&str; 4] = ["GetBucket", "GetPublicAccessBlock", "HeadBucket", "ListBuckets"];

/// Reads by their names that write, or take long.
const LONG: [&str; 4] =
    ["GetSessionToken", "GetAccountAuthorizationDetails", "GetCredentialReport", "GetConsoleOutput"];
