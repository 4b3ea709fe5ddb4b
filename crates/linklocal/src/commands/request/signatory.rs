//! Who signs: the keys that were found first, and newer ones once those have ended.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use client::{Identity, IdentityError, Keys as Signing, KeysAsked};
use credentials::{Resolved, SharedCredentials};
use sys::Clock;
use types::{AccessKeyId, Timestamp};

use crate::arguments::RequestArguments;
use crate::commands::credentials::{Snapshot, admit, context};
use crate::commands::signing::{Keys, Origin, Reach};
use crate::failure::Failure;

/// One identity for all attempts of all requests.
pub(super) struct Signatory {
    held: Mutex<Held>,
    /// Whoever gives newer keys of the same identity; nobody where the set does not end.
    source: Option<Arc<dyn Identity>>,
    clock: Clock,
}

#[derive(Debug)]
struct Held {
    keys: Signing,
    expiration: Option<Timestamp>,
    /// A service said that they have.
    has_ended: bool,
}

impl Signatory {
    /// As the other commands that sign find keys; where they are what is expected here. With a warning, if there is one.
    pub(super) fn find(
        arguments: &RequestArguments,
        region: &str,
        snapshot: &Snapshot,
    ) -> Result<(Self, Option<&'static str>), Failure> {
        let keys = Keys::find(&arguments.keys, snapshot, Reach::Anybody)?;
        admit(snapshot, &arguments.guard, &resolved(&keys), keys.origin.text(), region)?;
        let warning = keys.warning();
        let from_chain = matches!(keys.origin, Origin::Chain(_)) && keys.session_token.is_some();
        let source = if from_chain { renewed(snapshot) } else { None };
        let Keys { access_key_id, secret_access_key, session_token, expiration, .. } = keys;
        let keys = Signing { access_key_id, secret_access_key, session_token };
        let held = Mutex::new(Held { keys, expiration, has_ended: false });
        Ok((Self { held, source, clock: Clock::system() }, warning))
    }

    /// The set that the last attempt was signed with.
    pub(super) fn last(&self) -> Signing {
        self.held().keys.clone()
    }

    fn is_good(&self, held: &Held) -> bool {
        let ends = held.expiration.is_some_and(|end| end <= self.clock.now() + MARGIN);
        self.source.is_none() || !(held.has_ended || ends)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // A set is put there whole.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Identity for Signatory {
    fn keys(&self) -> KeysAsked<'_> {
        Box::pin(async {
            {
                let held = self.held();
                if self.is_good(&held) {
                    return Ok(held.keys.clone());
                }
            }
            let Some(source) = &self.source else { return Ok(self.last()) };
            let keys = source.keys().await?;
            check_account(&self.last(), &keys)?;
            // From now on its source knows when it ends.
            *self.held() = Held { keys: keys.clone(), expiration: None, has_ended: true };
            Ok(keys)
        })
    }

    fn expired(&self, keys: &Signing) {
        self.held().has_ended = true;
        if let Some(source) = &self.source {
            source.expired(keys);
        }
    }
}

fn resolved(keys: &Keys) -> Resolved {
    Resolved {
        access_key_id: keys.access_key_id.clone(),
        secret_access_key: keys.secret_access_key.clone(),
        session_token: keys.session_token.clone(),
        expiration: keys.expiration,
        account_id: None,
        arn: None,
    }
}

/// What was expected of the first keys holds for those that follow, where their ids tell the account.
fn check_account(first: &Signing, newer: &Signing) -> Result<(), IdentityError> {
    let account = |keys: &Signing| keys.access_key_id.parse::<AccessKeyId>().ok()?.account();
    match (account(first), account(newer)) {
        (Some(first), Some(newer)) if first != newer => Err(IdentityError {
            code: "another-account",
            what: format!("the new credentials are of account {newer}, and those that have ended of {first}"),
            hint: "send the request again, if the other account is meant".to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Newer keys of whoever gave the first.
fn renewed(snapshot: &Snapshot) -> Option<Arc<dyn Identity>> {
    let provider = snapshot.plan().winner()?.provider.clone()?;
    let credentials = Arc::new(SharedCredentials::of(context(snapshot), provider, MARGIN));
    Some(credentials.identity(Clock::system()))
}

impl fmt::Debug for Signatory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signatory")
    }
}

/// A request takes less, with most of its attempts.
const MARGIN: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use types::Secret;

    use super::*;

    fn keys(id: &str) -> Signing {
        Signing {
            access_key_id: id.to_owned(),
            secret_access_key: Secret::new("s".to_owned()),
            session_token: Some(Secret::new("t".to_owned())),
        }
    }

    /// A set that has ended, and whoever gives the next.
    fn ended(newer: &str) -> Signatory {
        let held = Held { keys: keys("ASIAWO645SY5ATEMPKE1"), expiration: None, has_ended: true };
        let source: Arc<dyn Identity> = Arc::new(keys(newer));
        Signatory { held: Mutex::new(held), source: Some(source), clock: Clock::system() }
    }

    #[tokio::test]
    async fn newer_keys_are_taken_of_the_same_account_alone() {
        for id in ["ASIAWO645SY5ATEMPKE2", "ASIAIOSFODNN7EXAMPLE"] {
            assert_eq!(ended(id).keys().await.unwrap(), keys(id));
        }
        let error = ended("ASIARTX3GSDSQTEMPKE2").keys().await.unwrap_err();
        assert!(
            error.what.contains("account 111122223333, and those that have ended of 444455556666"),
            "{error}"
        );
    }
}
