//! A session by way of the cache: the kept one while it is fresh, else a new one that one process asks for.
//!
//! Rule: look, wait for your turn, look again, ask, keep. An old session is better than none while it is valid; nobody
//! is refused because something could not be kept.

use std::time::Duration;

use profile::Place;
use profile::plan::Provider;
use profile::settings::Found;
use types::Timestamp;

use super::{CacheError, CacheKey, Cached, Entry, Kind, SessionCache};
use crate::flight::Flight;
use crate::{Context, ResolveError, Resolved};

/// What a caller asks of kept sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Whether kept sessions are looked for.
    pub read: bool,
    /// Whether new ones are kept.
    pub write: bool,
    /// A kept session with less left than this is asked for anew.
    pub min_ttl: Duration,
    /// Whether an old one that is valid still is good enough where nobody answers.
    pub last_good: bool,
    /// Sessions that were kept before this are asked for anew.
    pub not_before: Option<Timestamp>,
}

impl Default for Keep {
    fn default() -> Self {
        Self { read: true, write: true, min_ttl: Duration::ZERO, last_good: true, not_before: None }
    }
}

/// The session of `provider`: kept, or what `ask` gives. `ask` is polled only where somebody must be asked, by one
/// process at a time.
pub(crate) async fn session(
    context: &Context,
    provider: &Provider,
    ask: impl Future<Output = Result<Resolved, ResolveError>> + Send,
) -> Result<Resolved, ResolveError> {
    let key = CacheKey::of(provider).filter(|_| context.aws_directory.is_absolute());
    let Some(key) = key else { return ask.await };
    let shelf = Shelf { context, provider, key, cache: SessionCache::new(&context.aws_directory) };
    if let Some(found) = shelf.fresh(true) {
        return Ok(found);
    }
    let what = in_words(provider);
    let prompt = context.prompt.as_ref();
    let _turn = Flight::board(&context.aws_directory, shelf.key.as_str(), &what, prompt).await?;
    if let Some(found) = shelf.fresh(false) {
        return Ok(found);
    }
    match ask.await {
        Ok(resolved) => {
            shelf.keep(&resolved);
            Ok(resolved)
        }
        Err(error) => shelf.last_good(error),
    }
}

/// One identity's place in the cache.
struct Shelf<'a> {
    context: &'a Context,
    provider: &'a Provider,
    key: CacheKey,
    cache: SessionCache,
}

impl Shelf<'_> {
    /// `aloud`: whether the user hears of a file that is passed over. Once is enough.
    fn fresh(&self, aloud: bool) -> Option<Resolved> {
        let found = self.look(aloud)?;
        let rules = self.keep_rules();
        let is_new =
            rules.not_before.is_none_or(|bound| found.written.is_some_and(|written| written >= bound));
        (is_new && found.is_fresh(self.now(), rules.min_ttl)).then_some(found.entry.session)
    }

    /// Whatever is kept and may be used: of the same endpoint.
    fn look(&self, aloud: bool) -> Option<Cached> {
        if !self.keep_rules().read {
            return None;
        }
        match self.cache.read(&self.key) {
            Ok(found) => found.filter(|found| is_of(found, self.provider)),
            Err(error) => {
                if aloud {
                    self.warn(&error);
                }
                None
            }
        }
    }

    fn keep(&self, resolved: &Resolved) {
        let Some(expiration) = resolved.expiration.filter(|_| self.keep_rules().write) else { return };
        let kind = if matches!(self.provider, Provider::Sso(_)) { Kind::Sso } else { Kind::Role };
        let endpoint = named_endpoint(self.provider).map(str::to_owned);
        let entry = Entry { kind, session: resolved.clone(), expiration, endpoint };
        if let Err(error) = self.cache.write(&self.key, &entry) {
            // A home that is read-only is no news to whoever made it so.
            tracing::debug!("{error}");
        }
    }

    /// The old session where it is valid still; the user hears why there is no new one.
    fn last_good(&self, error: ResolveError) -> Result<Resolved, ResolveError> {
        let (now, rules) = (self.now(), self.keep_rules());
        let usable = self.look(false).filter(|found| rules.last_good && found.is_valid(now, rules.min_ttl));
        match usable {
            Some(found) => {
                let left = found.left(now).as_secs() / 60;
                self.context.prompt.tell(&format!(
                    "warning: {error}; the kept session is used, which is valid for {left} more minutes"
                ));
                Ok(found.entry.session)
            }
            None => Err(error),
        }
    }

    fn warn(&self, error: &CacheError) {
        self.context.prompt.tell(&format!("warning: {error}"));
    }

    fn keep_rules(&self) -> Keep {
        self.context.keep
    }

    fn now(&self) -> Timestamp {
        self.context.now()
    }
}

/// Whether the entry is of the endpoint that the provider would ask. What the AWS CLI kept names none, and is taken as
/// the CLI itself takes it.
fn is_of(found: &Cached, provider: &Provider) -> bool {
    match &found.entry.endpoint {
        Some(endpoint) => named_endpoint(provider) == Some(endpoint),
        None => true,
    }
}

/// The endpoint, where somebody named another than AWS's own.
fn named_endpoint(provider: &Provider) -> Option<&str> {
    match provider {
        Provider::AssumeRole(role) => named(&role.sts.endpoint_url),
        Provider::WebIdentity(identity) => named(&identity.sts.endpoint_url),
        Provider::MfaSession(session) => named(&session.sts.endpoint_url),
        Provider::Sso(sso) => sso.endpoint_url.as_ref().and_then(named),
        _ => None,
    }
}

/// A variant of AWS's own endpoint is AWS's own too.
fn named(url: &Found<String>) -> Option<&str> {
    (url.place != Place::Default).then_some(url.value.as_str())
}

fn in_words(provider: &Provider) -> String {
    match provider {
        Provider::AssumeRole(role) => format!("role {}", role.role_arn),
        Provider::WebIdentity(identity) => format!("role {}", identity.role_arn),
        Provider::MfaSession(session) => format!("a session with MFA by {}", session.serial),
        Provider::Sso(sso) => format!("role {} in account {}", sso.role_name, sso.account_id),
        _ => "credentials".to_owned(),
    }
}
