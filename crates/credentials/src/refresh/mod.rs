//! One set of credentials for a whole program, renewed before it ends.
//!
//! Rule: renewed from a quarter of its life before its end, fifteen minutes at most, a little earlier or later in each
//! process; by one task, while the others go on with the old set. What fails is reported and tried again, and the old set
//! is served while more than the promised time is left of it. Nobody is ever given less than that.

mod ahead;
mod identity;
#[cfg(test)]
mod tests;

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use profile::plan::Provider;
use sys::Entropy;
use types::Timestamp;

use crate::{Context, Keep, ResolveError, Resolved, Skew, expiry, resolve};

/// Gives a new set, however long it takes.
pub trait Source: Send + Sync {
    fn ask(&self) -> Asked<'_>;

    /// What it gave last has ended, whatever was said of its end: what is kept of it is not to be given again.
    fn doubt(&self) {}
}

/// A question under way.
pub type Asked<'a> = Pin<Box<dyn Future<Output = Result<Resolved, ResolveError>> + Send + 'a>>;

/// Hands out credentials; every task of a program shares one.
pub struct SharedCredentials {
    source: Box<dyn Source>,
    min_ttl: Duration,
    entropy: Entropy,
    skew: Skew,
    held: RwLock<Option<Arc<Held>>>,
    failure: Mutex<Option<Failure>>,
    /// Whoever has it asks.
    turn: tokio::sync::Mutex<()>,
}

/// How things stand, for health checks and logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub access_key_id: Option<String>,
    /// `None` where nothing is held, or where it does not end.
    pub expiration: Option<Timestamp>,
    /// When it is renewed, if all goes well.
    pub renewal: Option<Timestamp>,
    /// The last attempt, where it failed.
    pub failure: Option<Failure>,
    /// What is wrong with this machine's clock.
    pub clock: Option<String>,
}

/// An attempt that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub at: Timestamp,
    pub error: ResolveError,
    /// How many failed one after the other.
    pub count: u32,
}

/// A set, and when to renew it.
#[derive(Debug)]
struct Held {
    resolved: Arc<Resolved>,
    /// `None`: it does not end.
    times: Option<Times>,
}

#[derive(Clone, Copy, Debug)]
struct Times {
    renewal: Timestamp,
    expiration: Timestamp,
}

/// What is to be done with the set that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Hand it out.
    Fresh,
    /// One renews it; it is handed out meanwhile.
    Renewable,
    /// Nobody gets it.
    Spent,
}

impl SharedCredentials {
    /// Credentials of which at least `min_ttl` is left whenever they are handed out.
    pub fn new(source: impl Source + 'static, min_ttl: Duration, entropy: Entropy, skew: Skew) -> Self {
        Self {
            source: Box::new(source),
            min_ttl,
            entropy,
            skew,
            held: RwLock::default(),
            failure: Mutex::default(),
            turn: tokio::sync::Mutex::new(()),
        }
    }

    /// Credentials of `provider`, asked by way of the cache.
    pub fn of(mut context: Context, provider: Provider, min_ttl: Duration) -> Self {
        context.keep = Keep { min_ttl, last_good: false, ..context.keep };
        let (entropy, skew) = (context.entropy.clone(), context.skew.clone());
        Self::new(ProviderSource { context, provider }, min_ttl, entropy, skew)
    }

    /// A set for use at `now`, which is this machine's time.
    pub async fn get(&self, now: Timestamp) -> Result<Arc<Resolved>, ResolveError> {
        let held = self.held();
        match (self.phase(held.as_deref(), now), held) {
            (Phase::Fresh, Some(held)) => Ok(Arc::clone(&held.resolved)),
            (Phase::Renewable, Some(held)) => Ok(self.renewed_or(held, now).await),
            _ => self.new_set(now).await,
        }
    }

    pub fn status(&self, now: Timestamp) -> Status {
        let held = self.held().filter(|held| self.phase(Some(held), now) != Phase::Spent);
        let times = held.as_ref().and_then(|held| held.times);
        Status {
            access_key_id: held.map(|held| held.resolved.access_key_id.clone()),
            expiration: times.map(|times| times.expiration),
            renewal: times.map(|times| times.renewal),
            failure: self.failure(),
            clock: self.skew.warning(),
        }
    }

    /// A service says that this set has ended: the next one who comes waits for another.
    pub fn doubt(&self, access_key_id: &str) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|held| held.resolved.access_key_id == access_key_id) {
            *held = None;
            self.source.doubt();
        }
    }

    /// The held set, renewed first if nobody else is at it and the last failure was not just now.
    async fn renewed_or(&self, held: Arc<Held>, now: Timestamp) -> Arc<Resolved> {
        if self.failure().is_some_and(|failure| now < failure.at + pause(failure.count)) {
            return Arc::clone(&held.resolved);
        }
        let Ok(_turn) = self.turn.try_lock() else { return Arc::clone(&held.resolved) };
        match self.ask(now).await {
            Ok(new) => new,
            Err(error) => {
                tracing::warn!("credentials are not renewed yet: {error}");
                Arc::clone(&held.resolved)
            }
        }
    }

    /// A set in place of one that is spent; all wait for it.
    async fn new_set(&self, now: Timestamp) -> Result<Arc<Resolved>, ResolveError> {
        let _turn = self.turn.lock().await;
        match self.held() {
            Some(held) if self.phase(Some(&held), now) != Phase::Spent => Ok(Arc::clone(&held.resolved)),
            _ => self.ask(now).await,
        }
    }

    async fn ask(&self, now: Timestamp) -> Result<Arc<Resolved>, ResolveError> {
        let answer = self.source.ask().await.and_then(|resolved| self.long_enough(resolved, now));
        match answer {
            Ok(resolved) => {
                let held = Arc::new(self.hold(resolved, now));
                let resolved = Arc::clone(&held.resolved);
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
                self.note(None);
                Ok(resolved)
            }
            Err(error) => {
                let count = self.failure().map_or(1, |failure| failure.count.saturating_add(1));
                self.note(Some(Failure { at: now, error: error.clone(), count }));
                Err(error)
            }
        }
    }

    fn long_enough(&self, resolved: Resolved, now: Timestamp) -> Result<Resolved, ResolveError> {
        let now = self.skew.at_aws(now);
        match resolved.expiration.map(|end| expiry::left(end, now)) {
            Some(left) if left.is_zero() || left < self.min_ttl => {
                let (left, min) = (left.as_secs(), self.min_ttl.as_secs());
                let what = format!("the credentials that came end in {left} s; {min} s are asked for");
                let remedy = self.skew.warning().unwrap_or_else(|| {
                    "ask for less, or for sessions that last longer (duration_seconds)".to_owned()
                });
                Err(ResolveError::new("too-short", what, remedy))
            }
            _ => Ok(resolved),
        }
    }

    fn hold(&self, resolved: Resolved, now: Timestamp) -> Held {
        let now = self.skew.at_aws(now);
        let times = resolved.expiration.map(|expiration| {
            let early = expiry::early(expiry::left(expiration, now));
            Times { renewal: expiration - self.jittered(early), expiration }
        });
        Held { resolved: Arc::new(resolved), times }
    }

    /// Up to a tenth less, so that programs that began together do not ask together.
    fn jittered(&self, early: Duration) -> Duration {
        let random = self.entropy.bytes::<1>().map_or(0, |[byte]| u32::from(byte));
        early - early / 10 * random / 255
    }

    fn phase(&self, held: Option<&Held>, now: Timestamp) -> Phase {
        let now = self.skew.at_aws(now);
        match held {
            None => Phase::Spent,
            Some(Held { times: None, .. }) => Phase::Fresh,
            Some(Held { times: Some(times), .. }) => {
                let left = expiry::left(times.expiration, now);
                if left.is_zero() || left < self.min_ttl {
                    Phase::Spent
                } else if now < times.renewal {
                    Phase::Fresh
                } else {
                    Phase::Renewable
                }
            }
        }
    }

    fn held(&self) -> Option<Arc<Held>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn failure(&self) -> Option<Failure> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, failure: Option<Failure>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }
}

impl fmt::Debug for SharedCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedCredentials").field("held", &self.held()).finish_non_exhaustive()
    }
}

/// Asks a provider, or takes what another process has kept since.
struct ProviderSource {
    context: Context,
    provider: Provider,
}

impl Source for ProviderSource {
    fn ask(&self) -> Asked<'_> {
        Box::pin(resolve(&self.context, &self.provider))
    }
}

/// After so many failures in a row: 5 s, 10 s, … five minutes.
fn pause(failures: u32) -> Duration {
    (FIRST_PAUSE * 2_u32.saturating_pow(failures.saturating_sub(1).min(10))).min(LONGEST_PAUSE)
}

const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
