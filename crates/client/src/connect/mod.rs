//! Requests over sockets: a connection found or made, one exchange on it, and the connection kept for the next.

mod addresses;
mod arriving;
mod dial;
mod exchange;
mod http;
mod pool;
mod route;
mod tls;

use std::sync::Arc;

use ::http::Request;
use bytes::Bytes;

pub(crate) use self::arriving::Arriving;
use self::exchange::{Failed, Question};
use self::pool::{Lease, Pool, Turn};
use self::route::Route;
use self::tls::{Protocols, Tls};
pub use self::tls::{Roots, TlsProvider};
use crate::limits::Deadline;
use crate::transport::{Exchange, Opening};
use crate::{Body, ClientError, Direct, Http1, Limits, Options, Proxies, Streaming, Transport, origin};

/// The network of this machine.
#[derive(Debug)]
pub(crate) struct Network {
    proxies: Proxies,
    tls: Tls,
    pool: Arc<Pool>,
}

impl Network {
    pub(crate) fn new(options: Options) -> Self {
        let tls = Tls::new(options.tls, options.roots);
        Self { proxies: options.proxies, tls, pool: Arc::default() }
    }

    async fn exchange(&self, request: Request<Body>, limits: &Limits) -> Result<Streaming, ClientError> {
        let from = origin(request.uri());
        let deadline = Deadline::after(limits.total);
        let (head, arriving) =
            Deadline::hold(deadline, &from, self.unhurried(&request, &from, limits)).await?;
        Ok(Streaming::new(head.into_parts().0, arriving.until(deadline)))
    }

    async fn unhurried(
        &self,
        request: &Request<Body>,
        from: &str,
        limits: &Limits,
    ) -> Result<(::http::Response<()>, Arriving), ClientError> {
        let is_direct = request.extensions().get::<Direct>().is_some();
        let proxy = if is_direct { None } else { self.proxies.of(request.uri())? };
        let is_old = request.extensions().get::<Http1>().is_some();
        let route = Route::new(request.uri(), proxy, if is_old { Protocols::Http1 } else { Protocols::Any });
        let mut question = Question { request, route: &route, from, limits, may_ask: true };
        let mut kept = self.kept(&route).await;
        for _ in 1..CONNECTIONS {
            let was_kept = kept.is_some();
            let lease = match kept.take() {
                Some(lease) => lease,
                None => self.connected(&route, from, limits).await?,
            };
            match question.ask(lease).await {
                Ok(answer) => return Ok(answer),
                Err(Failed::Unserved(_)) => {}
                Err(Failed::Unasked(_)) => question.may_ask = false,
                Err(Failed::Closed(_)) if was_kept => {}
                Err(Failed::Closed(error) | Failed::ForGood(error)) => return Err(error),
            }
        }
        let lease = self.connected(&route, from, limits).await?;
        question.ask(lease).await.map_err(|failed| match failed {
            Failed::Unserved(error) | Failed::Closed(error) => error,
            Failed::Unasked(error) | Failed::ForGood(error) => error,
        })
    }

    /// A connection that was used before and is, as far as can be told, still open.
    async fn kept(&self, route: &Route) -> Option<Lease> {
        while let Some(lease) = self.pool.take(route.key()) {
            // The host may have closed it while nobody looked: whoever drives it looks now. A POST that went there could not be
            // sent again.
            tokio::task::yield_now().await;
            if !lease.is_closed() {
                return Some(lease);
            }
        }
        None
    }

    async fn connected(&self, route: &Route, from: &str, limits: &Limits) -> Result<Lease, ClientError> {
        let turn = match route.protocols {
            Protocols::Any => self.pool.turn(route.key()).await,
            Protocols::Http1 => Turn::Free,
        };
        // Whoever was first may have made a connection to share.
        if let Turn::Later = turn
            && let Some(shared) = self.pool.shared(route.key())
        {
            return Ok(shared);
        }
        let connection = dial::connect(route, &self.tls, from, limits).await?;
        let lease = self.pool.add(route.key(), connection);
        drop(turn);
        Ok(lease)
    }
}

impl Transport for Network {
    fn send<'a>(&'a self, request: Request<Bytes>, limits: &'a Limits) -> Exchange<'a> {
        Box::pin(async move {
            let answer = self.exchange(request.map(Body::from), limits).await?;
            answer.collect(limits.body).await
        })
    }

    fn stream<'a>(&'a self, request: Request<Body>, limits: &'a Limits) -> Opening<'a> {
        Box::pin(self.exchange(request, limits))
    }
}

/// One that was kept, one that is made, and one more where the host was just going away.
const CONNECTIONS: usize = 3;
