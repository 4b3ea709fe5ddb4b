//! Sessions with MFA that are kept in the vault in place of a file.
//!
//! Rule: as in the cache of files: look, wait for your turn, look again, ask, keep. Nobody is refused a session because it could
//! not be kept; everybody hears of it.

use profile::Place;
use profile::plan::MfaSession;
use serde::{Deserialize, Serialize};
use types::{Secret, Timestamp};
use vault::{Kind as Secrets, Name, Settings, Vault, VaultError};

use super::seed::chain;
use crate::cache::{CacheKey, Cached, Entry, Kind};
use crate::flight::Flight;
use crate::{Context, ResolveError, Resolved};

/// What is kept: a session as the cache of files has it, and when it came, which a vault does not say.
#[derive(Deserialize, Serialize)]
struct Kept {
    /// In milliseconds since the epoch.
    written: i64,
    entry: String,
}

/// One session's place in the vault.
#[derive(Clone)]
struct Shelf {
    settings: Settings,
    name: Name,
}

/// The kept session, else what `ask` gives. `ask` is polled by one process at a time.
pub(super) async fn session(
    context: &Context,
    session: &MfaSession,
    ask: impl Future<Output = Result<Resolved, ResolveError>> + Send,
) -> Result<Resolved, ResolveError> {
    let Some(key) = CacheKey::of_mfa_session(session) else { return ask.await };
    let shelf = Shelf::of(context, &key)?;
    if let Some(found) = shelf.fresh(context, session).await? {
        return Ok(found);
    }
    let what = format!("a session with MFA by {}", session.serial);
    let _turn = Flight::board(&context.aws_directory, key.as_str(), &what, context.prompt.as_ref()).await?;
    if let Some(found) = shelf.fresh(context, session).await? {
        return Ok(found);
    }
    let resolved = ask.await?;
    if context.keep.write {
        shelf.keep(context, session, &resolved).await;
    }
    Ok(resolved)
}

impl Shelf {
    fn of(context: &Context, key: &CacheKey) -> Result<Self, ResolveError> {
        let settings = Settings::from_env(&context.env, None).map_err(|error| unusable(chain(&error)))?;
        let name = Name::new(Secrets::Session, key.as_str()).expect("a key is 40 hexadecimal digits");
        Ok(Self { settings, name })
    }

    /// What is kept of the same endpoint and may be used; what cannot be read is passed over, a vault that stays closed is
    /// not: whoever said that it is kept there waits for a person in vain otherwise.
    async fn fresh(&self, context: &Context, session: &MfaSession) -> Result<Option<Resolved>, ResolveError> {
        let rules = context.keep;
        if !rules.read {
            return Ok(None);
        }
        let name = self.name.clone();
        let value = self.with(move |vault| vault.get(&name)).await.map_err(unusable)?;
        let Some(found) = value.and_then(|value| read(&value)) else { return Ok(None) };
        let is_new = rules.not_before.is_none_or(|bound| found.written.is_some_and(|at| at >= bound));
        let usable = is_new
            && found.entry.endpoint == named_endpoint(session)
            && found.is_fresh(context.now(), rules.min_ttl);
        Ok(usable.then_some(found.entry.session))
    }

    async fn keep(&self, context: &Context, session: &MfaSession, resolved: &Resolved) {
        let Some(expiration) = resolved.expiration else { return };
        let endpoint = named_endpoint(session);
        let entry = Entry { kind: Kind::Role, session: resolved.clone(), expiration, endpoint };
        let value = print(&entry, context.clock.now());
        let name = self.name.clone();
        if let Err(error) = self.with(move |vault| vault.put(&name, &value)).await {
            context.prompt.tell(&format!("warning: the session is not kept in the vault: {error}"));
        }
    }

    /// Disks, daemons and persons are slow: another thread waits for them.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(Vault) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, String> {
        let settings = self.settings.clone();
        let done = tokio::task::spawn_blocking(move || Vault::open(&settings).and_then(work));
        done.await.expect("a vault does not panic").map_err(|error| chain(&error))
    }
}

fn print(entry: &Entry, now: Timestamp) -> Secret<Vec<u8>> {
    let text = entry.print();
    let entry = String::from_utf8_lossy(text.expose()).into_owned();
    let kept = Kept { written: now.millis(), entry };
    let bytes = serde_json::to_vec(&kept).expect("a number and a text are JSON");
    drop(Secret::new(kept.entry));
    Secret::new(bytes)
}

fn read(value: &Secret<Vec<u8>>) -> Option<Cached> {
    let kept: Kept = serde_json::from_slice(value.expose()).ok()?;
    let text = Secret::new(kept.entry);
    let entry = Entry::parse(text.expose().as_bytes()).ok()?;
    Some(Cached { path: "vault".into(), entry, written: Some(Timestamp::from_millis(kept.written)) })
}

/// The endpoint, where somebody named another than AWS's own.
fn named_endpoint(session: &MfaSession) -> Option<String> {
    let url = &session.sts.endpoint_url;
    (url.place != Place::Default).then(|| url.value.clone())
}

fn unusable(error: String) -> ResolveError {
    let what = format!("sessions with MFA are kept in the vault (mfa_session = vault): {error}");
    ResolveError::new("vault", what, "see `linklocal mfa list`, or keep them in a file: mfa_session = shared")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_comes_back_with_the_time_when_it_came() {
        let session = Resolved {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: Secret::new("s\"/+".to_owned()),
            session_token: Some(Secret::new("t".to_owned())),
            expiration: Some(Timestamp::from_secs(2_000_000_000)),
            account_id: Some("123456789012".to_owned()),
            arn: None,
        };
        let expiration = Timestamp::from_secs(2_000_000_000);
        let entry = Entry { kind: Kind::Role, session, expiration, endpoint: Some("http://x".to_owned()) };
        let now = Timestamp::from_secs(1_999_999_000);
        let found = read(&print(&entry, now)).unwrap();
        assert_eq!((&found.entry, found.written), (&entry, Some(now)));
        for damaged in [&b""[..], b"{}", b"{\"written\":1,\"entry\":\"x\"}"] {
            assert!(read(&Secret::new(damaged.to_vec())).is_none());
        }
    }
}
