//! The metadata service: from a request's head to its answer.
//!
//! Rule: what a request needs is in memory; what it does not find there is made on the spot. Two things are answered
//! later while others are served: the first read of a signature, and the first request of a connection whose client is
//! still being identified.

mod call;
mod container;
mod guard;
mod meet;
mod rehearse;
mod reply;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use hyper::body::Incoming;
use metadata::{Fleet, TokenKeys};
use net::{Connections, DateCache, Identifier, Introduction, Limits, Link, Listener, Payload, Shutdown};
use sys::{Clock, Entropy};
use tokio::net::TcpStream;

use crate::access::AccessRules;
use crate::callers::{Callers, Visit};
use crate::head::Fields;
use crate::metrics::Metrics;
use crate::rehearsal::Rehearsal;
use crate::response::{self, Layout, Reply};
use crate::roster::{Entry, Roster, View};
use crate::source::{CredentialSource, DocumentSigner};
use crate::trail::Trail;

use call::Call;
use reply::Outcome;

/// What a service is made of.
#[derive(Debug)]
pub struct Settings {
    pub roster: Arc<Roster>,
    /// Makes and checks session tokens.
    pub token_keys: TokenKeys,
    /// Choices where EC2's fleets differ.
    pub fleet: Fleet,
    pub credentials: Arc<dyn CredentialSource>,
    pub signer: Arc<dyn DocumentSigner>,
    /// Addresses that answer as the agents of containers do, beside the agents' own.
    pub container_endpoints: Vec<SocketAddr>,
    /// Who is served what, until [`Service::set_access`].
    pub access: AccessRules,
    /// Keeps what is handed out and to whom.
    pub trail: Arc<dyn Trail>,
    /// Finds out who calls.
    pub identifier: Identifier,
    pub clock: Clock,
    pub entropy: Entropy,
    pub limits: Limits,
}

/// The metadata service of all instances in a roster.
#[derive(Debug)]
pub struct Service {
    settings: Settings,
    dates: DateCache,
    metrics: Metrics,
    callers: Callers,
    connections: Arc<Connections>,
    access: ArcSwap<AccessRules>,
    warned: guard::Warned,
    rehearsal: Rehearsal,
    /// Whether a request that no instance answers has been logged.
    stray_seen: AtomicBool,
}

impl Service {
    pub fn new(settings: Settings) -> Arc<Self> {
        let connections = Connections::new(settings.limits);
        Arc::new(Self {
            callers: Callers::new(settings.clock.now()),
            access: ArcSwap::from_pointee(settings.access.clone()),
            warned: guard::Warned::default(),
            rehearsal: Rehearsal::default(),
            settings,
            dates: DateCache::new(),
            metrics: Metrics::new(),
            connections,
            stray_seen: AtomicBool::new(false),
        })
    }

    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The programs that have called.
    pub fn callers(&self) -> &Callers {
        &self.callers
    }

    /// The open connections.
    pub fn connections(&self) -> &Arc<Connections> {
        &self.connections
    }

    /// Answers one request: arrive, meet, attend.
    fn handle(self: &Arc<Self>, request: Request<Incoming>, link: &Arc<Link<Visit>>) -> net::Answer {
        let call = Call::new(request, self.settings.clock.now());
        let Some(meeting) = self.meet(&call, link) else { return self.attend(call, link) };
        let (service, link) = (Arc::clone(self), Arc::clone(link));
        net::Answer::Later(Box::pin(async move {
            let met = meeting.await;
            service.greet(met, &call, &link);
            match service.attend(call, &link) {
                net::Answer::Ready(response) => response,
                net::Answer::Later(later) => later.await,
            }
        }))
    }

    /// Answers a request of a client that has been met: rehearse or settle, respond.
    fn attend(self: &Arc<Self>, call: Call, link: &Arc<Link<Visit>>) -> net::Answer {
        if let Some(scene) = self.rehearsal.scene() {
            return self.rehearse(scene, call, link);
        }
        let (outcome, close) = self.settled(&call, link);
        self.respond(outcome, call, close, link)
    }

    /// What a request comes to, and whether its connection ends with it: screen, reply, guard, note.
    fn settled(&self, call: &Call, link: &Arc<Link<Visit>>) -> (Outcome, bool) {
        let view = self.settings.roster.view();
        let fields = Fields::read(&call.parts.headers);
        let agent = self.container_endpoint(link);
        let outcome = self.screened(call, &fields, link).unwrap_or_else(|| {
            let reply = match (agent, self.instance(&view, link)) {
                (Some(endpoint), _) => self.container(endpoint, call, &fields, &view),
                (None, Some(entry)) => self.outcome(call, &fields, entry, link),
                (None, None) => self.stray(link),
            };
            self.guarded(reply, call, &view, link)
        });
        self.note(call, &outcome, link);
        (outcome, self.closes(call, &fields, link))
    }

    /// Whether a connection ends with the answer to a request.
    fn closes(&self, call: &Call, fields: &Fields<'_>, link: &Link<Visit>) -> bool {
        let stays = match self.container_endpoint(link) {
            Some(_) => fields.stays_by_default(call.parts.version),
            None => fields.keep_alive,
        };
        call.has_body || !stays || link.is_draining()
    }

    /// The instance that answers on this connection.
    fn instance<'a>(&self, view: &'a View, link: &Link<Visit>) -> Option<&'a Arc<Entry>> {
        let named = link.introduction().and_then(|introduction| introduction.instance_id.as_ref());
        match named {
            Some(id) => view.named(id),
            None => view.find(link.peer()),
        }
    }

    /// Counts what a request came to.
    fn note(&self, call: &Call, outcome: &Outcome, link: &Link<Visit>) {
        self.metrics.count_access(outcome.access);
        if let Some(issued) = outcome.token_issued {
            self.metrics.count_token_request(issued);
        }
        if let Some(summary) = &outcome.grant {
            self.metrics.count_granted(summary.delivery);
        }
        self.note_caller(call, outcome, link);
    }

    /// Puts the reply on the wire, now or when it is signed.
    fn respond(
        self: &Arc<Self>,
        outcome: Outcome,
        call: Call,
        close: bool,
        link: &Arc<Link<Visit>>,
    ) -> net::Answer {
        let (headers, now) = (call.parts.headers, call.now);
        match outcome.reply {
            Ok(reply) => net::Answer::Ready(self.response(reply, headers, close, now)),
            Err(unsigned) => {
                let (service, link) = (Arc::clone(self), Arc::clone(link));
                net::Answer::Later(Box::pin(async move {
                    let reply = unsigned.reply(Arc::clone(&service.settings.signer)).await;
                    if let (true, Some(tally)) = (reply.status.is_server_error(), link.memory().tally()) {
                        tally.count_failure();
                    }
                    service.response(reply, headers, close, now)
                }))
            }
        }
    }

    /// Lays a reply out in the memory of its request's headers.
    fn response(
        &self,
        reply: Reply,
        mut headers: HeaderMap,
        close: bool,
        now: types::Timestamp,
    ) -> Response<Payload> {
        self.metrics.count_status(reply.status);
        headers.clear();
        headers.reserve(Layout::MAX_LINES);
        reply.into_response(headers, self.dates.at(now), close)
    }

    /// To a client that no instance is bound to, nothing exists.
    fn stray(&self, link: &Link<Visit>) -> Outcome {
        if !self.stray_seen.swap(true, Relaxed) {
            let net::Peer { local, remote } = link.peer();
            tracing::warn!(
                %local, %remote,
                "no instance answers this client (bind one to its address, or leave exactly one unbound); \
                 said once"
            );
        }
        Outcome::of(Reply::not_found())
    }
}

impl net::Service for Service {
    type Memory = Visit;

    fn answer(self: &Arc<Self>, request: Request<Incoming>, link: &Arc<Link<Visit>>) -> net::Answer {
        self.handle(request, link)
    }

    fn refuse(&self, status: StatusCode) -> Bytes {
        self.metrics.count_status(status);
        let now = self.rehearsal.offset(None).apply(self.settings.clock.now());
        response::refusal(status, self.dates.at(now))
    }
}

/// Answers at `listeners` until `shutdown` starts, then drains. Returns when the last connection has ended.
pub async fn serve(listeners: Vec<Listener>, service: Arc<Service>, shutdown: Shutdown) {
    let connections = Arc::clone(&service.connections);
    net::serve(listeners, service, connections, shutdown).await;
}

/// Answers at one more listener, beside a running [`serve`] of the same service, until it is dropped.
pub async fn accept(listener: Listener, service: Arc<Service>) {
    let connections = Arc::clone(&service.connections);
    net::accept(listener, service, connections).await;
}

/// Serves a connection that was handed over, beside a running [`serve`] of the same service.
pub fn adopt(socket: TcpStream, introduction: Introduction, service: &Arc<Service>) -> io::Result<()> {
    net::adopt(socket, introduction, service, &service.connections)
}
