//! What a gateway is made of, and how it is reached.

use std::sync::Arc;

use account::{Account, SessionIssuer};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use net::{Connections, DateCache, Limits, Link, Listener, Payload, Shutdown, Tls, Upload};
use sys::{Clock, Entropy};
use types::Region;

use crate::answer;
use crate::call::Call;
use crate::metrics::Metrics;
use crate::record::Recorder;

/// What a gateway is made of.
#[derive(Debug)]
pub struct Settings {
    pub account: Arc<Account>,
    pub sessions: SessionIssuer,
    /// Told of every call.
    pub recorder: Arc<dyn Recorder>,
    /// Where callers are who sign for no region.
    pub region: Region,
    pub clock: Clock,
    /// Fit for keys: secrets are made of it, and ids.
    pub entropy: Entropy,
    pub limits: Limits,
}

/// The account's endpoints.
#[derive(Debug)]
pub struct Gateway {
    pub(crate) settings: Settings,
    pub(crate) metrics: Metrics,
    dates: DateCache,
    connections: Arc<Connections>,
}

impl Gateway {
    pub fn new(settings: Settings) -> Arc<Self> {
        let connections = Connections::new(settings.limits);
        Arc::new(Self { settings, metrics: Metrics::new(), dates: DateCache::new(), connections })
    }

    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The open connections.
    pub fn connections(&self) -> &Arc<Connections> {
        &self.connections
    }

    /// The answer to one request. Whatever befalls it, there is one.
    async fn attend(self: Arc<Self>, request: Request<Incoming>, link: Arc<Link<()>>) -> Response<Payload> {
        let (parts, incoming) = request.into_parts();
        let date = self.dates.at(self.settings.clock.now());
        let Ok(call) = Call::new(parts, &link, &self.settings) else { return answer::without_ids(date) };
        let reply = self.handle(&call, Upload::new(incoming, &link)).await;
        answer::response(reply, date, link.is_draining())
    }
}

impl net::Service for Gateway {
    type Memory = ();

    fn answer(self: &Arc<Self>, request: Request<Incoming>, link: &Arc<Link<()>>) -> net::Answer {
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
