//! What this side knows of the exchange.

use std::fmt;

use types::{Secret, Timestamp};

use crate::{AmzDate, Payload, Request, Scope, ServiceRules};

/// The request and what it was, or should have been, signed with. Begin with [`Ours::sent`] or [`Ours::received`].
#[derive(Clone, Copy)]
pub struct Ours<'a> {
    /// Who signed.
    pub side: Side,
    /// With its signature where it bears one. `None` where only the other side's answer is at hand.
    pub request: Option<Request<'a>>,
    /// The body, or what stands for it where the body is not known.
    pub payload: Option<Payload<'a>>,
    /// The first is the one that is meant; the others are tried where it fails. At most [`Ours::MAX_KEYS`] are looked at.
    pub keys: &'a [Key<'a>],
    /// Of a request that bears no credential scope.
    pub scope: Option<Scope<'a>>,
    /// Of a request that bears no date.
    pub date: Option<AmzDate>,
    /// The rules of the service that the request is for.
    pub rules: &'a ServiceRules,
    /// Whoever asks, asks at this time; where known, dates are compared with it.
    pub now: Option<Timestamp>,
}

/// Which side of the exchange this one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// This side signed, the other one refused.
    Signer,
    /// The other side signed, this one holds the secret and came to another signature.
    Verifier,
}

/// An access key as it was configured: white space and quotes around it are part of what is looked into.
#[derive(Clone, Copy)]
pub struct Key<'a> {
    pub access_key_id: &'a str,
    pub secret: &'a Secret<String>,
    pub session_token: Option<&'a Secret<String>>,
}

impl<'a> Ours<'a> {
    pub const MAX_KEYS: usize = 16;

    /// A request that this side signed and the other one refused.
    pub fn sent(
        request: Request<'a>,
        payload: Payload<'a>,
        keys: &'a [Key<'a>],
        rules: &'a ServiceRules,
    ) -> Self {
        Self {
            side: Side::Signer,
            request: Some(request),
            payload: Some(payload),
            keys,
            scope: None,
            date: None,
            rules,
            now: None,
        }
    }

    /// A signed request that came in; [`answer::Theirs::default`](super::Theirs) goes with it.
    pub fn received(
        request: Request<'a>,
        payload: Payload<'a>,
        keys: &'a [Key<'a>],
        rules: &'a ServiceRules,
    ) -> Self {
        Self { side: Side::Verifier, ..Self::sent(request, payload, keys, rules) }
    }
}

/// Without body, key and values.
impl fmt::Debug for Ours<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ours")
            .field("side", &self.side)
            .field("keys", &self.keys.len())
            .field("scope", &self.scope)
            .field("date", &self.date)
            .finish_non_exhaustive()
    }
}

/// Not even the id: a swapped pair has the secret there.
impl fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(***)")
    }
}
