//! Session tokens that were opened before.
//!
//! Rule: bounded, and readers never wait: a place holds one session, swapped whole. Only tokens that this installation sealed get in, so
//! strangers push nobody out. Whether a session has ended is looked at every time.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use account::{Session, SessionError, SessionIssuer};
use arc_swap::ArcSwapOption;
use types::{AccessKeyId, Secret, Timestamp};

/// The sessions in use.
pub(super) struct OpenedSessions {
    places: Box<[ArcSwapOption<Opened>]>,
    /// Seeded, so that nobody can choose tokens that meet in one place.
    hasher: RandomState,
}

struct Opened {
    access_key_id: AccessKeyId,
    token: Secret<String>,
    session: Arc<Session>,
}

impl OpenedSessions {
    pub(super) fn open(
        &self,
        sessions: &SessionIssuer,
        token: &str,
        id: &AccessKeyId,
        now: Timestamp,
    ) -> Result<Arc<Session>, SessionError> {
        let place = &self.places[self.hasher.hash_one(token) as usize % PLACES];
        let token = Secret::new(token.to_owned());
        if let Some(opened) = place.load().as_deref()
            && opened.access_key_id == *id
            && opened.token == token
        {
            return current(&opened.session, now);
        }
        let session = Arc::new(sessions.open(token.expose(), id, now)?);
        place.store(Some(Arc::new(Opened {
            access_key_id: id.clone(),
            token,
            session: Arc::clone(&session),
        })));
        Ok(session)
    }
}

fn current(session: &Arc<Session>, now: Timestamp) -> Result<Arc<Session>, SessionError> {
    let expired_at = session.claims.expires_at;
    if now >= expired_at { Err(SessionError::Expired { expired_at }) } else { Ok(Arc::clone(session)) }
}

impl Default for OpenedSessions {
    fn default() -> Self {
        Self { places: (0..PLACES).map(|_| ArcSwapOption::empty()).collect(), hasher: RandomState::new() }
    }
}

/// They hold tokens.
impl std::fmt::Debug for OpenedSessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedSessions").finish_non_exhaustive()
    }
}

/// A token has at most 4 KiB, and most have one.
const PLACES: usize = 256;
