//! What a gateway is made of, and how it is reached.

use std::sync::Arc;

use account::denial::{self, EncodedMessages};
use account::ec2::InstanceHost;
use account::{Account, DenialRecord, SessionIssuer};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use net::{Connections, DateCache, Limits, Link, Listener, Payload, Shutdown, Tls, Upload};
use objects::Objects;
use sigv4::verify::ReplayCache;
use sys::{Clock, Entropy};
use tokio::sync::Semaphore;
use types::Region;

use crate::acquaintance::Acquaintance;
use crate::answer::{self, Reply};
use crate::authenticate::Authenticator;
use crate::call::Call;
use crate::denials::Denials;
use crate::history::History;
use crate::metrics::Metrics;
use crate::record::Recorder;
use crate::throttle::{LimitSettings, Throttle};

/// What a gateway is made of.
#[derive(Debug)]
pub struct Settings {
    pub account: Arc<Account>,
    pub sessions: SessionIssuer,
    /// Where instances run.
    pub host: Arc<dyn InstanceHost>,
    /// What is in buckets.
    pub objects: Arc<Objects>,
    /// Told of every call.
    pub recorder: Arc<dyn Recorder>,
    /// What it was told before.
    pub history: Arc<dyn History>,
    /// Where denials bear an encoded message.
    pub encoded_messages: EncodedMessages,
    /// Where callers are who sign for no region.
    pub region: Region,
    pub clock: Clock,
    /// Fit for keys: secrets are made of it, and ids.
    pub entropy: Entropy,
    pub limits: Limits,
    /// How often callers may ask.
    pub request_limits: LimitSettings,
}

/// The account's endpoints.
#[derive(Debug)]
pub struct Gateway {
    pub(crate) settings: Settings,
    pub(crate) authenticator: Authenticator,
    pub(crate) denials: Denials<DenialRecord>,
    pub(crate) metrics: Metrics,
    pub(crate) throttle: Arc<Throttle>,
    /// Bytes that long bodies may take together.
    pub(crate) bodies: Semaphore,
    /// Operations that may wait for the store at once.
    pub(crate) turns: Semaphore,
    /// Copies of objects at once: they last as long as the disk takes, and nobody else waits for them.
    pub(crate) copies: Semaphore,
    /// Look-ups in the history of calls at once: they read as much of the trail as they must, and nobody else waits for them.
    pub(crate) look_ups: Semaphore,
    dates: DateCache,
    connections: Arc<Connections>,
}

impl Gateway {
    pub fn new(settings: Settings) -> Arc<Self> {
        Self::with(settings, None)
    }

    /// A gateway that takes each signature once. AWS takes one as often as it is sent within its quarter of an hour, and clients
    /// that ask the same twice in a second sign it alike, so this is for those who know their clients. `remembered` signatures are
    /// kept; where there is no room for one more, a request is refused.
    pub fn refusing_replays(settings: Settings, remembered: usize) -> Arc<Self> {
        Self::with(settings, Some(ReplayCache::new(remembered)))
    }

    fn with(settings: Settings, replays: Option<ReplayCache>) -> Arc<Self> {
        let connections = Connections::new(settings.limits);
        let throttle = Throttle::new(settings.request_limits, settings.clock.now());
        Arc::new(Self {
            settings,
            authenticator: Authenticator::new(replays),
            denials: Denials::new(KEPT_DENIALS),
            metrics: Metrics::new(),
            throttle: Arc::new(throttle),
            bodies: Semaphore::new(BODY_ROOM),
            turns: Semaphore::new(TURNS),
            copies: Semaphore::new(COPIES),
            look_ups: Semaphore::new(LOOK_UPS),
            dates: DateCache::new(),
            connections,
        })
    }

    /// The newest denials, by the ids of their requests.
    pub fn denials(&self) -> &Denials<DenialRecord> {
        &self.denials
    }

    /// A denial by the id of its request while it is among the newest, or by its encoded message.
    pub fn denial(&self, id_or_message: &str) -> Option<DenialRecord> {
        let kept = self.denials.find(id_or_message).map(|kept| kept.as_ref().clone());
        kept.or_else(|| denial::decode(&self.settings.sessions, id_or_message).ok())
    }

    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The buckets that calls take tokens from.
    pub fn throttle(&self) -> &Arc<Throttle> {
        &self.throttle
    }

    /// The open connections.
    pub fn connections(&self) -> &Arc<Connections> {
        &self.connections
    }

    /// The answer to one request. Whatever befalls it, there is one.
    async fn attend(
        self: Arc<Self>,
        request: Request<Incoming>,
        link: Arc<Link<Acquaintance>>,
    ) -> Response<Payload> {
        let (parts, incoming) = request.into_parts();
        let date = self.dates.at(self.settings.clock.now());
        let Ok(call) = Call::new(parts, &link, &self.settings) else {
            return Reply::broken().into_response(date, true, &link);
        };
        let (reply, ends_connection) = self.handle(call, Upload::new(incoming, &link)).await;
        reply.into_response(date, ends_connection || link.is_draining(), &link)
    }
}

impl net::Service for Gateway {
    type Memory = Acquaintance;

    /// S3's clients name an object's metadata as the header is written, and S3 writes it in small letters.
    const TITLE_CASE: bool = false;

    fn answer(self: &Arc<Self>, request: Request<Incoming>, link: &Arc<Link<Acquaintance>>) -> net::Answer {
        net::Answer::Later(Box::pin(Arc::clone(self).attend(request, Arc::clone(link))))
    }

    fn refuse(&self, status: StatusCode) -> Bytes {
        answer::refusal(status, &self.dates.at(self.settings.clock.now()))
    }
}

/// Answers at `listeners` until `shutdown` starts, then drains; where there is `tls`, to clients that speak it as well. Returns when
/// the last connection has ended.
pub async fn serve(listeners: Vec<Listener>, gateway: Arc<Gateway>, tls: Option<Tls>, shutdown: Shutdown) {
    let connections = Arc::clone(&gateway.connections);
    match tls {
        Some(tls) => net::serve_with_tls(listeners, gateway, tls, connections, shutdown).await,
        None => net::serve(listeners, gateway, connections, shutdown).await,
    }
}

/// Denials that can be explained by the id of their request; older ones by their encoded message.
const KEPT_DENIALS: usize = 1024;

/// 64 bodies of the greatest length.
const BODY_ROOM: usize = 64 * 1024 * 1024;

/// Changes are made one after the other; more threads than these would only wait, each with its stack.
const TURNS: usize = 16;

/// More would only share the disk.
const COPIES: usize = 4;

/// Each may keep a core busy.
const LOOK_UPS: usize = 2;
