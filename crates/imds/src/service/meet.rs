//! Who calls: found out once per connection, before its first request is answered.
//!
//! Rule: requests for credentials, and requests without a token, wait until their caller is known. Others wait while
//! there is time for it; when connections come faster than that, they are counted as not identified.

use std::sync::Arc;

use http::{Method, StatusCode, header};
use metadata::Access;
use net::{Caller, Identification, Link, Peer, Place};

use super::Service;
use super::call::Call;
use super::reply::Outcome;
use crate::callers::{Arrival, Counted, Visit};
use crate::head;

impl Service {
    /// Begins to find out who calls, where the request has to wait for it.
    pub(super) fn meet(&self, call: &Call, link: &Link<Visit>) -> Option<Identification> {
        let visit = link.memory();
        if visit.caller().is_some() {
            return None;
        }
        let identifier = &self.settings.identifier;
        // A connection that was passed once is passed until it asks for what has to wait.
        let may_pass = visit.tally().is_some() || !identifier.affords();
        if may_pass && self.container_endpoint(link).is_none() && !is_urgent(call) {
            self.pass(call, link);
            return None;
        }
        Some(identifier.identify(link.peer(), link.introduction()))
    }

    /// Counts the connection under its program from now on.
    pub(super) fn greet(&self, caller: Arc<Caller>, call: &Call, link: &Link<Visit>) {
        let known = Arc::clone(&caller);
        let tally = self.arrive(call, link, known, |arrival| self.callers.meet(arrival));
        link.memory().meet(caller, tally);
    }

    /// Counts the connection under what is known without looking.
    fn pass(&self, call: &Call, link: &Link<Visit>) {
        if link.memory().tally().is_none() {
            let Peer { local, remote } = link.peer();
            let is_near = remote.ip().is_loopback() || remote.ip() == local.ip();
            let place = if is_near { Place::ThisMachine } else { Place::Elsewhere };
            let unknown = Arc::new(Caller::unknown(place, remote.ip()));
            let tally = self.arrive(call, link, unknown, |arrival| self.callers.pass(arrival));
            link.memory().count_under(tally);
        }
    }

    /// Counts a request under its caller.
    pub(super) fn note_caller(&self, call: &Call, outcome: &Outcome, link: &Link<Visit>) {
        let Some(tally) = link.memory().tally() else { return };
        let reads_without_token = match outcome.access {
            Access::V1 | Access::V1Rejected => true,
            Access::V2 | Access::BadToken => false,
            // Such as a read of what is not there.
            Access::None => is_read_without_token(call) && self.container_endpoint(link).is_none(),
        };
        tally.count(&Counted {
            access: outcome.access,
            status: outcome.reply.as_ref().map_or(StatusCode::OK, |reply| reply.status),
            token_issued: outcome.token_issued,
            is_grant: outcome.grant.is_some() && call.parts.method != Method::HEAD,
            read_without_token: reads_without_token.then(|| call.parts.uri.path()),
            at: call.now,
        });
    }

    fn arrive<T>(
        &self,
        call: &Call,
        link: &Link<Visit>,
        caller: Arc<Caller>,
        count: impl FnOnce(Arrival<'_>) -> T,
    ) -> T {
        let view = self.settings.roster.view();
        let entry = self.instance(&view, link);
        count(Arrival {
            instance_id: entry.map(|entry| entry.rendered.instance_id()),
            caller,
            user_agent: call.parts.headers.get(header::USER_AGENT).map(|value| value.as_bytes()),
            at: call.now,
        })
    }
}

/// Whether a request may not be answered before its caller is known. What may be another spelling of a path to
/// credentials counts as one.
fn is_urgent(call: &Call) -> bool {
    let path = head::target(&call.parts.uri);
    is_read_without_token(call) || path.contains("credentials") || path.contains('%')
}

fn is_read_without_token(call: &Call) -> bool {
    let is_read = matches!(call.parts.method, Method::GET | Method::HEAD);
    is_read && !call.parts.headers.contains_key(head::TOKEN)
}
