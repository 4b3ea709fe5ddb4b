//! Remembers the last request that went out: what a refusal is explained by.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use client::{Body, Client, Exchange, Limits, Opening, Transport};
use http::Request;

/// A way to the network that keeps a copy of each request, until the next one. The copy holds the signature and the session token.
#[derive(Debug)]
pub(super) struct Witness {
    network: Client,
    /// How many redirects of an unsigned request it follows.
    hops: usize,
    last: Mutex<Option<Request<Body>>>,
}

impl Witness {
    /// The witness, and the client whose requests it sees.
    pub(super) fn of(network: Client, follows: bool) -> (Arc<Self>, Client) {
        let hops = if follows { MAX_HOPS } else { 0 };
        let witness = Arc::new(Self { network, hops, last: Mutex::new(None) });
        let seen: Arc<dyn Transport> = Arc::<Self>::clone(&witness);
        (witness, Client::over(seen))
    }

    /// The last request, as it was sent.
    pub(super) fn last(&self) -> Option<Request<Body>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Transport for Witness {
    fn send<'a>(&'a self, request: Request<Bytes>, limits: &'a Limits) -> Exchange<'a> {
        Box::pin(self.network.send(request, limits))
    }

    fn stream<'a>(&'a self, request: Request<Body>, limits: &'a Limits) -> Opening<'a> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(request.clone());
        match self.hops {
            0 => Box::pin(self.network.stream(request, limits)),
            hops => Box::pin(async move { Ok(self.network.follow(request, limits, hops).await?.0) }),
        }
    }
}

/// Whoever needs more goes in a circle.
const MAX_HOPS: usize = 10;
