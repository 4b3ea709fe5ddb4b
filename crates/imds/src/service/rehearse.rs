//! Requests while faults are switched on or somebody watches.
//!
//! Rule: what no fault befalls is answered to the byte as it would be without any. Here, and only here, a request may be
//! kept waiting, left without an answer or reset.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use metadata::{Access, Field};
use net::{Link, Payload, http_date};

use super::Service;
use super::call::Call;
use super::reply::Outcome;
use crate::callers::Visit;
use crate::faults::{Active, ClockOffset, FaultEffect, FaultStatus, Faults, ResetMoment, repetition};
use crate::head::{self, Fields};
use crate::observation::{
    Befallen, Ending, Observation, ObservedGrant, Observer, RequestKind, TokenMark, bounded, shown_path,
};
use crate::rehearsal::Scene;
use crate::response::Reply;

impl Service {
    /// What is wrong from now on; `None` for nothing. Requests that are being kept waiting go on waiting.
    pub fn set_faults(&self, faults: Option<Faults>) {
        self.connections.watch_clients(faults.is_some());
        self.rehearsal.set_faults(faults);
    }

    /// Who is told of each request from now on; `None` for nobody.
    pub fn set_observer(&self, observer: Option<Arc<dyn Observer>>) {
        self.rehearsal.set_observer(observer);
    }

    /// Has the credential source asked again for all that it gave, whatever it said of how long that stays the same.
    pub fn forget_documents(&self) {
        self.rehearsal.next_edition();
    }

    /// Answers a request in a scene: wait for room, befall, settle, respond, report.
    pub(super) fn rehearse(
        self: &Arc<Self>,
        scene: Arc<Scene>,
        call: Call,
        link: &Arc<Link<Visit>>,
    ) -> net::Answer {
        let seen = self.sighted(&call, link);
        let attempt = Attempt { service: Arc::clone(self), scene, link: Arc::clone(link), seen };
        net::Answer::Later(Box::pin(attempt.run(call)))
    }

    /// What there is to see of a request before it is answered.
    fn sighted(&self, call: &Call, link: &Link<Visit>) -> Observation {
        let fields = Fields::read(&call.parts.headers);
        let method = head::method(&call.parts.method);
        let is_container = self.container_endpoint(link).is_some();
        let path = head::target(&call.parts.uri);
        let view = self.settings.roster.view();
        let caller = link.memory().caller().and_then(|caller| caller.process.as_ref());
        let introduced = link.introduction().map(|by| by.process_id).filter(|id| *id != 0);
        let user_agent = call.parts.headers.get(header::USER_AGENT);
        Observation {
            arrived: call.now,
            settled: call.now,
            connection: link.number(),
            request: link.requests(),
            process_id: introduced.or_else(|| caller.map(|process| process.id)),
            user_agent: user_agent.map(|value| bounded(&String::from_utf8_lossy(value.as_bytes()))),
            instance_id: self.instance(&view, link).map(|entry| entry.rendered.instance_id().clone()),
            method,
            path: shown_path(path, is_container),
            kind: RequestKind::of(method, path, is_container),
            access: Access::None,
            token: mark(fields.token),
            ending: Ending::Unanswered,
            befallen: Befallen::default(),
            grant: None,
        }
    }
}

/// A request on its way through a scene.
struct Attempt {
    service: Arc<Service>,
    scene: Arc<Scene>,
    link: Arc<Link<Visit>>,
    seen: Observation,
}

impl Attempt {
    async fn run(mut self, mut call: Call) -> Response<Payload> {
        let effect = self.befall(&mut call).await;
        // What follows is of the moment of the answer.
        call.now = self.service.settings.clock.now();
        let (outcome, close) = match &effect {
            Some(FaultEffect::Status { status, .. }) => self.failed(*status, &call),
            _ => self.service.settled(&call, &self.link),
        };
        self.note(&outcome);
        let now = call.now;
        let mut response = match self.service.respond(outcome, call, close, &self.link) {
            net::Answer::Ready(response) => response,
            net::Answer::Later(later) => later.await,
        };
        let offset = self.service.rehearsal.offset(self.seen.instance_id.as_ref());
        if offset != ClockOffset::None {
            self.shift(&mut response, offset, now);
        }
        if let Some(FaultEffect::Status { retry_after: Some(secs), .. }) = effect {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        self.end(&response, effect.as_ref());
        response
    }

    /// What becomes of the request, as far as it does not end here.
    async fn befall(&mut self, call: &mut Call) -> Option<FaultEffect> {
        let faults = self.wait_for_room().await?;
        let chosen = faults.rule(&self.seen.subject());
        self.seen.befallen.rule = chosen.as_ref().map(|(rule, _)| *rule);
        let effect = chosen.map(|(_, effect)| effect);
        match effect {
            Some(FaultEffect::Hang) => self.leave_unanswered().await,
            Some(FaultEffect::Reset(ResetMoment::BeforeAnswer)) => self.reset().await,
            Some(FaultEffect::Slow(by)) => self.wait(by).await,
            Some(FaultEffect::RejectToken) => self.spoil_token(call),
            _ if self.is_token_lost(&faults, call) => {
                self.seen.befallen.token_lost = true;
                self.spoil_token(call);
            }
            _ => {}
        }
        effect
    }

    /// Waits as TCP does for a packet to come through. Returns the faults in force when one does; the budget may be
    /// lifted meanwhile, and all else with it.
    async fn wait_for_room(&mut self) -> Option<Arc<Active>> {
        let mut waited = Duration::ZERO;
        let opens = self.link.requests() <= 1;
        loop {
            let faults = self.service.rehearsal.scene()?.faults.clone()?;
            if faults.has_room(&self.seen.subject(), opens, self.service.settings.clock.now()) {
                return Some(faults);
            }
            let pause = repetition(self.seen.befallen.packets_dropped);
            waited += pause;
            if waited > FaultEffect::LONGEST_HOLD {
                self.leave_unanswered().await;
            }
            self.seen.befallen.packets_dropped += 1;
            self.wait(pause).await;
        }
    }

    /// Returns when the time is over, and not at all if the client goes first.
    async fn wait(&mut self, by: Duration) {
        self.link.hold();
        let mut left = by.min(FaultEffect::LONGEST_HOLD);
        while !left.is_zero() {
            let pause = left.min(GLANCE);
            tokio::time::sleep(pause).await;
            left -= pause;
            if self.link.has_client_left() {
                self.leave_unanswered().await;
            }
        }
        self.link.resume();
    }

    /// Does not return: the connection goes on without this.
    async fn leave_unanswered(&mut self) {
        self.link.silence();
        self.report(Ending::Unanswered);
        pending().await
    }

    /// Does not return: the connection ends.
    async fn reset(&mut self) {
        self.link.reset();
        self.report(Ending::Reset);
        pending().await
    }

    fn is_token_lost(&self, faults: &Active, call: &Call) -> bool {
        let Some(before) = faults.tokens_lost_before() else { return false };
        let (Some(id), Field::One(token)) = (&self.seen.instance_id, Fields::read(&call.parts.headers).token)
        else {
            return false;
        };
        let issued = self.service.settings.token_keys.issued_at(token, id);
        faults.concerns(Some(id)) && issued.is_ok_and(|issued| issued < before)
    }

    /// Puts what cannot be a token in the place of the token. That the client has it still proves what it proves.
    fn spoil_token(&self, call: &mut Call) {
        if let Field::One(token) = Fields::read(&call.parts.headers).token {
            self.link.lift_hop_limit(token);
        }
        call.parts.headers.insert(head::TOKEN, HeaderValue::from_static("rejected"));
    }

    /// An error in the form of who would have answered.
    fn failed(&self, status: FaultStatus, call: &Call) -> (Outcome, bool) {
        let close = self.service.closes(call, &Fields::read(&call.parts.headers), &self.link);
        let reply = match (status.code(), self.seen.kind) {
            (code, RequestKind::Container) => Reply::agent(code, false, reason(status).into()),
            (404, _) => Reply::not_found(),
            (code, _) => Reply::empty(status_code(code)),
        };
        let outcome = Outcome::of(reply);
        self.service.note(call, &outcome, &self.link);
        (outcome, close)
    }

    fn note(&mut self, outcome: &Outcome) {
        self.seen.access = outcome.access;
        self.seen.grant = outcome.grant.as_ref().map(|grant| ObservedGrant {
            access_key_id: grant.access_key_id.clone(),
            expiration: grant.expiration,
        });
        if let (Some(true), Ok(reply)) = (outcome.token_issued, &outcome.reply) {
            self.seen.token = Some(TokenMark::of(&reply.body));
        }
    }

    /// Moves the times of the answer's head.
    fn shift(&self, response: &mut Response<Payload>, offset: ClockOffset, now: types::Timestamp) {
        let view = self.service.settings.roster.view();
        let entry = self.seen.instance_id.as_ref().and_then(|id| view.named(id));
        let headers = response.headers_mut();
        headers.insert(header::DATE, http_date(offset.apply(now)));
        if let (Some(entry), Some(modified)) = (entry, headers.get_mut(header::LAST_MODIFIED)) {
            *modified = http_date(offset.apply(entry.changed));
        }
    }

    fn end(&mut self, response: &Response<Payload>, effect: Option<&FaultEffect>) {
        if effect == Some(&FaultEffect::Reset(ResetMoment::AfterHead)) {
            self.link.reset_after_head();
            self.seen.grant = None;
            self.report(Ending::Reset);
        } else {
            self.report(Ending::Answered(response.status().as_u16()));
        }
    }

    fn report(&mut self, ending: Ending) {
        if let Some(observer) = &self.scene.observer {
            let settled = self.service.settings.clock.now();
            observer.observe(Observation { ending, settled, ..self.seen.clone() });
        }
    }
}

fn mark(token: Field<'_>) -> Option<TokenMark> {
    match token {
        Field::Absent | Field::One(b"") => None,
        Field::One(token) => Some(TokenMark::of(token)),
        Field::Repeated => Some(TokenMark::of(b"")),
    }
}

fn status_code(code: u16) -> StatusCode {
    StatusCode::from_u16(code).expect("a fault's status has three digits")
}

/// What Go's server, which the agents are, says beside a status.
fn reason(status: FaultStatus) -> String {
    format!("{}\n", status_code(status.code()).canonical_reason().unwrap_or_default())
}

/// How often a client that waits is looked after.
const GLANCE: Duration = Duration::from_millis(50);
