//! The operation itself, and what is told of it: authorise, run, record, encode.

use account::ServiceError;
use wire::Structure;

use super::admit::Task;
use super::story::Story;
use crate::answer::Reply;
use crate::claim;
use crate::fault::Fault;
use crate::record::{CallRecord, Outcome, S3Ids, Transferred};
use crate::{Ask, Gateway};

impl Task {
    /// Whether authorising or running it may wait for the store, or take long. A policy's patterns are held against what a client says
    /// of itself, which most do in few words.
    pub(super) fn may_wait(&self) -> bool {
        let said = [&self.arrival.user_agent, &self.arrival.referer].into_iter().flatten();
        if said.map(String::len).sum::<usize>() > MUCH {
            return true;
        }
        let reads = ["Get", "List", "Decode"].iter().any(|verb| self.model.name.starts_with(verb));
        !reads || LONG.contains(&self.model.name)
    }

    fn encode(&self, output: &Structure, request_id: &str) -> wire::Answer {
        wire::encode(self.service, self.model, output, request_id)
    }
}

impl Gateway {
    pub(super) fn perform(&self, story: &Story, task: &Task) -> Reply {
        let ask = self.ask(story, task);
        let allowed = authorise(&ask, task).and_then(|()| not_dry(&ask));
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
        let reply = match (task, result) {
            (Some(task), Ok(output)) => Reply::of_output(call, task.encode(output, call.request_id.as_str())),
            (None, Ok(_)) => Reply::broken(),
            (_, Err(fault)) => Reply::of_fault(call, &story.face, fault),
        };
        self.record(story, task, result, &reply);
        reply
    }

    fn record(&self, story: &Story, task: Option<&Task>, result: &Result<Structure, Fault>, reply: &Reply) {
        let (call, fault) = (&story.call, result.as_ref().err());
        let outcome = fault.map_or(Outcome::Done, Fault::outcome);
        self.metrics.count(&story.face.service, outcome);
        if let Some(inside) = fault.and_then(Fault::inside) {
            tracing::error!(request_id = call.request_id.as_str(), "a call failed: {inside}");
        }
        let is_s3 = story.face.family == sigv4::Family::S3;
        let s3_ids = is_s3.then(|| (call.request_id.s3(), call.request_id.host_id()));
        self.settings.recorder.record(&CallRecord {
            request_id: call.request_id.as_str(),
            time: call.now,
            duration: story.started.elapsed(),
            service: &story.face.service,
            operation: story.operation.as_deref(),
            region: story.region.as_ref().map(|region| region.as_str()),
            caller: story.caller.as_ref(),
            access_key_id: story.claim.access_key_id.as_deref(),
            input: task.map(|task| &task.input),
            output: result.as_ref().ok(),
            signature: claim::signature_form(call),
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
fn authorise(ask: &Ask<'_>, task: &Task) -> Result<(), ServiceError> {
    (task.operation.checks)(ask)?.iter().try_for_each(|check| ask.authorise(check))
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

/// Reads by their names that write, or take long.
const LONG: [&str; 3] = ["GetSessionToken", "GetAccountAuthorizationDetails", "GetCredentialReport"];
