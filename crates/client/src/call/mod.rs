//! Calls: a request signed, sent, and tried again where that helps.
//!
//! Rule: each attempt asks for the keys anew, bears a date and a signature of its own, and sends the same bytes. What can be put
//! right is put right once: the time, the region, keys that have expired. Credentials go to the host that was asked, or to the
//! same service of AWS in another region. Sources: facts/sigv4.md section 6.

mod correct;
mod error;
mod headers;
mod identity;
mod pace;
mod region;
mod run;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use sys::{Clock, Entropy};
use wire::AwsError;

pub use self::error::{CallError, CallFailure};
pub use self::identity::{Identity, IdentityError, Keys, KeysAsked};
use self::pace::RealTime;
pub use self::pace::{Pace, Pausing};
use self::run::Run;
use crate::retry::{History, Observer, Pool, Rate, Settings};
use crate::{Body, Client, Limits, Response, Skew, Streaming, is_redirect, origin, redirect};

/// Makes calls. Clones share connections, the measured clock, and for each service the retry quota and the rate.
#[derive(Clone, Debug)]
pub struct Caller {
    client: Client,
    settings: Settings,
    clock: Clock,
    entropy: Entropy,
    skew: Skew,
    pace: Arc<dyn Pace>,
    pools: Arc<Mutex<HashMap<String, Pool>>>,
}

/// What is called, by whom.
#[derive(Clone)]
pub struct Call {
    /// Complete but for the signature; the URI is absolute.
    pub request: http::Request<Body>,
    /// The name in the signature: `s3`.
    pub service: String,
    pub region: String,
    /// `ReceiveMessage`; where it is not given it is read from `X-Amz-Target`. It matters for operations that wait for work.
    pub operation: Option<String>,
    /// Who signs; `None` sends the request as it is.
    pub identity: Option<Arc<dyn Identity>>,
    pub limits: Limits,
    pub observer: Option<Arc<dyn Observer>>,
    /// Whether the service is told about attempts, as SDKs do.
    pub tells_attempts: bool,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Called {
    pub response: Streaming,
    /// What went wrong, if the service says so in one of AWS's ways.
    pub error: Option<AwsError>,
    pub history: History,
    /// Where it was found, in the end.
    pub region: String,
}

/// How the calls to a service stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// What is left of the quota for retries.
    pub quota: u32,
    pub rate: Rate,
}

impl Caller {
    pub fn new(client: Client, settings: Settings, clock: Clock, entropy: Entropy) -> Self {
        Self {
            client,
            settings,
            clock,
            entropy,
            skew: Skew::default(),
            pace: Arc::new(RealTime::from_now()),
            pools: Arc::default(),
        }
    }

    /// The same with a clock correction that others know of too.
    #[must_use]
    pub fn with_skew(self, skew: Skew) -> Self {
        Self { skew, ..self }
    }

    /// The same where time passes otherwise: simulations.
    #[must_use]
    pub fn with_pace(self, pace: Arc<dyn Pace>) -> Self {
        Self { pace, ..self }
    }

    /// The same with other settings; what is shared stays shared.
    #[must_use]
    pub fn with_settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    pub const fn client(&self) -> &Client {
        &self.client
    }

    pub const fn skew(&self) -> &Skew {
        &self.skew
    }

    /// Calls, until there is an answer that no further attempt would better. Its body is read as it comes; where that
    /// is longer than 1 MiB, or of unknown length, and breaks off, it is the reader's. That of an error is read to its end before it is judged.
    pub async fn call(&self, call: Call) -> Result<Called, CallError> {
        Run::new(self, call, false).finish().await
    }

    /// The same for answers that are documents: the whole body belongs to the attempt, and one that breaks off is tried again. A
    /// redirect that is no error of AWS's is an error here: documents with credentials are not looked for elsewhere.
    pub async fn ask(&self, call: Call) -> Result<Asked, CallError> {
        let (limit, from) = (call.limits.body, origin(call.request.uri()));
        let called = Run::new(self, call, true).finish().await?;
        let Called { response, error, history, region } = called;
        match response.collect(limit).await {
            Ok(response) if is_redirect(response.status()) && error.is_none() => {
                Err(CallError::new(redirect(from, &response), history))
            }
            Ok(response) => Ok(Asked { response, error, history, region }),
            Err(error) => Err(CallError::new(error, history)),
        }
    }

    /// The first attempt of a call, signed and not sent.
    pub async fn signed(&self, call: Call) -> Result<http::Request<Body>, CallError> {
        Run::new(self, call, false).first_request().await
    }

    /// How calls to a service stand; `None` before the first.
    pub fn standing(&self, service: &str) -> Option<Standing> {
        let pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let pool = pools.get(service)?;
        Some(Standing { quota: pool.quota.left(), rate: pool.limiter.rate() })
    }

    fn with_pool<T>(&self, service: &str, work: impl FnOnce(&mut Pool) -> T) -> T {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if !pools.contains_key(service) {
            pools.insert(service.to_owned(), Pool::new(self.pace.now()));
        }
        work(pools.get_mut(service).expect("it was there or was put there"))
    }
}

/// An answer, read to its end, whatever its status.
#[derive(Debug)]
pub struct Asked {
    pub response: Response,
    pub error: Option<AwsError>,
    pub history: History,
    pub region: String,
}

impl Call {
    /// A call that nobody signs yet, with the limits of documents.
    pub fn new(request: http::Request<Body>, service: impl Into<String>, region: impl Into<String>) -> Self {
        Self {
            request,
            service: service.into(),
            region: region.into(),
            operation: None,
            identity: None,
            limits: Limits::default(),
            observer: None,
            tells_attempts: true,
        }
    }

    #[must_use]
    pub fn signed_by(self, identity: Arc<dyn Identity>) -> Self {
        Self { identity: Some(identity), ..self }
    }

    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }
}

/// Headers may be secrets.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("service", &self.service)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}
