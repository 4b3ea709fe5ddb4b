//! The metadata service: from a request's head to its answer.
//!
//! Rule: nothing here waits. What a request needs is in memory; what it does not find there is made on the spot. The one
//! exception is the first read of a signature, which is answered later while others are served.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use hyper::body::{Body as _, Incoming};
use metadata::{Access, Answer, Content, Field, Fleet, Live, SignatureKind, Status, TokenKeys};
use net::{Connections, Limits, Link, Listener, Payload, Shutdown};
use sys::{Clock, Entropy};
use types::Timestamp;

use crate::date::DateCache;
use crate::head::{self, Fields};
use crate::metrics::Metrics;
use crate::response::{self, Layout, Reply};
use crate::roster::{Entry, Roster};
use crate::source::{CredentialSource, DocumentSigner, RoleDelivery, SignDocumentError};

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
    connections: Arc<Connections>,
    /// Whether a request that no instance answers has been logged.
    stray_seen: AtomicBool,
}

impl Service {
    pub fn new(settings: Settings) -> Arc<Self> {
        let connections = Connections::new(settings.limits);
        Arc::new(Self {
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

    /// The open connections.
    pub fn connections(&self) -> &Arc<Connections> {
        &self.connections
    }

    /// Answers one request.
    fn handle(self: &Arc<Self>, request: Request<Incoming>, link: &Link<()>, now: Timestamp) -> net::Answer {
        let has_body = !request.body().is_end_stream();
        let (parts, _) = request.into_parts();
        let fields = Fields::read(&parts.headers);
        let close = !fields.keep_alive || has_body || link.is_draining();
        let reply = self.reply(&parts, &fields, link, now);
        let headers = parts.headers;
        match reply {
            Ok(reply) => net::Answer::Ready(self.response(reply, headers, close, now)),
            Err(unsigned) => {
                let service = Arc::clone(self);
                net::Answer::Later(Box::pin(async move {
                    let reply = unsigned.reply(Arc::clone(&service.settings.signer)).await;
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
        now: Timestamp,
    ) -> Response<Payload> {
        self.metrics.count_status(reply.status);
        headers.clear();
        headers.reserve(Layout::MAX_LINES);
        reply.into_response(headers, self.dates.at(now), close)
    }

    fn reply(
        &self,
        parts: &Parts,
        fields: &Fields<'_>,
        link: &Link<()>,
        now: Timestamp,
    ) -> Result<Reply, Unsigned> {
        if fields.hosts_differ {
            return Ok(Reply::empty(StatusCode::BAD_REQUEST));
        }
        let view = self.settings.roster.view();
        let Some(entry) = view.find(link.peer()) else { return Ok(self.reply_to_stray(link)) };
        let request = metadata::Request {
            method: head::method(&parts.method),
            target: head::target(&parts.uri),
            token: fields.token,
            token_ttl: fields.token_ttl,
            forwarded: fields.forwarded,
            over_ipv6: link.peer().local.is_ipv6(),
        };
        let Settings { token_keys, fleet, .. } = &self.settings;
        let answer = metadata::respond(&request, &entry.rendered, token_keys, fleet, now, || self.random());
        self.metrics.count_access(answer.access);
        if request.method == metadata::Method::Put {
            self.metrics.count_token_request(matches!(answer.content, Content::Token(..)));
        }
        if let Field::One(token) = fields.token {
            link.lift_hop_limit(token);
        }
        self.fill(answer, entry, link, now)
    }

    /// Turns what `metadata` decided into what is sent.
    fn fill(
        &self,
        answer: Answer,
        entry: &Arc<Entry>,
        link: &Link<()>,
        now: Timestamp,
    ) -> Result<Reply, Unsigned> {
        let Answer { status, token_ttl, content, access } = answer;
        let value = |content_type, body| Reply::value(&entry.last_modified, token_ttl, content_type, body);
        let empty = || Reply { token_ttl, ..Reply::empty(status_code(status)) };
        Ok(match content {
            Content::Text(body) => value(response::TEXT, body),
            Content::UserData(body) => value(response::BINARY, body),
            Content::Empty => empty(),
            Content::Allow(methods) => Reply { allow: Some(HeaderValue::from_static(methods)), ..empty() },
            Content::Token(token, hops) => {
                link.limit_hops(hops.get(), &token);
                Reply { layout: Layout::Token, body: Bytes::copy_from_slice(&token), ..empty() }
            }
            Content::NotFoundPage => Reply::not_found(),
            Content::Live(Live::Signature(kind)) => match entry.signatures.made(kind) {
                Some(body) => value(response::TEXT, body),
                None => return Err(Unsigned { entry: Arc::clone(entry), kind, token_ttl }),
            },
            Content::Live(live) => match self.live(live, access, entry, now) {
                Some(body) => value(response::TEXT, body),
                None => Reply::not_found(),
            },
        })
    }

    fn live(&self, live: Live, access: Access, entry: &Entry, now: Timestamp) -> Option<Bytes> {
        let delivery = if access == Access::V2 { RoleDelivery::V2 } else { RoleDelivery::V1 };
        let source = &*self.settings.credentials;
        let document = entry.live.document(live, delivery, &entry.rendered, source, now)?;
        if document.is_grant {
            self.metrics.count_granted(delivery);
        }
        Some(document.body)
    }

    /// To a client that no instance is bound to, nothing exists.
    fn reply_to_stray(&self, link: &Link<()>) -> Reply {
        if !self.stray_seen.swap(true, Relaxed) {
            let net::Peer { local, remote } = link.peer();
            tracing::warn!(
                %local, %remote,
                "no instance answers this client (bind one to its address, or leave exactly one unbound); \
                 said once"
            );
        }
        Reply::not_found()
    }

    /// Random bytes set tokens apart that were made in the same millisecond; what keeps them from being forged is their
    /// key. So a system without entropy still gets tokens.
    fn random(&self) -> [u8; 13] {
        self.settings.entropy.bytes().unwrap_or_default()
    }
}

/// A request for a signature that nobody has asked for before.
struct Unsigned {
    entry: Arc<Entry>,
    kind: SignatureKind,
    token_ttl: Option<u32>,
}

impl Unsigned {
    async fn reply(self, signer: Arc<dyn DocumentSigner>) -> Reply {
        let Self { entry, kind, token_ttl } = self;
        let of = Arc::clone(&entry);
        let signing = tokio::task::spawn_blocking(move || {
            of.signatures.make(&of.rendered.tree().identity_document(), &*signer, kind)
        });
        match signing.await.unwrap_or_else(|error| Err(SignDocumentError(error.to_string()))) {
            Ok(body) => Reply::value(&entry.last_modified, token_ttl, response::TEXT, body),
            Err(error) => {
                tracing::error!(instance = %entry.rendered.instance_id(), %error, "answered 500");
                Reply::empty(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

impl net::Service for Service {
    type Memory = ();

    fn answer(self: &Arc<Self>, request: Request<Incoming>, link: &Arc<Link<()>>) -> net::Answer {
        self.handle(request, link, self.settings.clock.now())
    }

    fn refuse(&self, status: StatusCode) -> Bytes {
        self.metrics.count_status(status);
        response::refusal(status, self.dates.at(self.settings.clock.now()))
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

fn status_code(status: Status) -> StatusCode {
    match status {
        Status::Ok => StatusCode::OK,
        Status::BadRequest => StatusCode::BAD_REQUEST,
        Status::Unauthorized => StatusCode::UNAUTHORIZED,
        Status::Forbidden => StatusCode::FORBIDDEN,
        Status::NotFound => StatusCode::NOT_FOUND,
        Status::NotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Status::UriTooLong => StatusCode::URI_TOO_LONG,
    }
}
