//! Keys as the account knows them: long-term ones in the directory, those of sessions in their tokens.
//!
//! Rule: who is not known costs what who is known costs. A key is derived in either case (facts/sigv4.md section 8.1).

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use account::directory::{AccessKey, Directory, KeyStatus};
use account::{Caller, Session, SessionError, SessionPrincipal};
use sigv4::verify::{KeyRefusal, Keys, Wanted};
use sigv4::{KeyCache, SigningKey};
use types::{AccessKeyId, KeyKind, Secret};

use super::Register;
use super::opened::OpenedSessions;

/// The keys for one request. It remembers whose key it handed out.
#[derive(Debug)]
pub(super) struct DirectoryKeys<'a> {
    register: Register<'a>,
    derived: &'a KeyCache,
    opened: &'a OpenedSessions,
    found: RefCell<Option<Caller>>,
    hint: Cell<Option<&'static str>>,
}

impl<'a> DirectoryKeys<'a> {
    pub(super) fn new(register: Register<'a>, derived: &'a KeyCache, opened: &'a OpenedSessions) -> Self {
        Self { register, derived, opened, found: RefCell::new(None), hint: Cell::new(None) }
    }

    /// Whose key was handed out last.
    pub(super) fn found(&self) -> Option<Caller> {
        self.found.take()
    }

    /// What is wrong with a key that AWS says nothing of.
    pub(super) fn hint(&self) -> Option<&'static str> {
        self.hint.get()
    }

    fn find(&self, wanted: &Wanted<'_>) -> Result<(Caller, Secret<String>), KeyRefusal> {
        match wanted.session_token {
            Some(token) => self.of_session(wanted, token),
            None => self.of_directory(wanted),
        }
    }

    fn of_directory(&self, wanted: &Wanted<'_>) -> Result<(Caller, Secret<String>), KeyRefusal> {
        let directory = self.register.directory;
        let Some(key) = long_term(directory, wanted.access_key_id) else {
            return self.refuse(KeyRefusal::UnknownKey, unknown_hint(wanted.access_key_id));
        };
        if key.status != KeyStatus::Active {
            return self.refuse(KeyRefusal::UnknownKey, "the access key is inactive");
        }
        let access_key_id = key.access_key_id.clone();
        let caller = match &key.user_name {
            Some(name) => {
                let user = directory.users.get(name).cloned().ok_or(KeyRefusal::UnknownKey)?;
                Caller::User { account_id: directory.account_id(), user, access_key_id, session: None }
            }
            None => Caller::Root {
                partition: directory.partition(),
                account_id: directory.account_id(),
                access_key_id,
                session: None,
            },
        };
        Ok((caller, key.secret_access_key.clone()))
    }

    fn of_session(&self, wanted: &Wanted<'_>, token: &str) -> Result<(Caller, Secret<String>), KeyRefusal> {
        let directory = self.register.directory;
        if long_term(directory, wanted.access_key_id).is_some() {
            return self.refuse(KeyRefusal::InvalidToken, "a session token came with a long-term access key");
        }
        let session = self.open(wanted, token)?;
        if session.claims.account_id != directory.account_id() || outlived(directory, &session) {
            return self.refuse(KeyRefusal::InvalidToken, "the session is of an account that is no more");
        }
        let secret = session.secret_access_key.clone();
        match Caller::of_session(directory, wanted.access_key_id, session) {
            Some(caller) => Ok((caller, secret)),
            None => self.refuse(KeyRefusal::InvalidToken, "the session's user or role was deleted"),
        }
    }

    fn open(&self, wanted: &Wanted<'_>, token: &str) -> Result<Arc<Session>, KeyRefusal> {
        let id: AccessKeyId = match wanted.access_key_id.parse() {
            Ok(id) => id,
            Err(_) => return self.refuse(KeyRefusal::UnknownKey, "no access key has such an id"),
        };
        let opened = self.opened.open(self.register.sessions, token, &id, wanted.now);
        opened.map_err(|error| match error {
            SessionError::Expired { .. } => KeyRefusal::ExpiredToken,
            SessionError::Invalid => {
                self.hint
                    .set(Some("the session token was changed, or belongs to another key or installation"));
                KeyRefusal::InvalidToken
            }
        })
    }

    fn refuse<T>(&self, refusal: KeyRefusal, hint: &'static str) -> Result<T, KeyRefusal> {
        self.hint.set(Some(hint));
        Err(refusal)
    }
}

impl Keys for DirectoryKeys<'_> {
    fn signing_key(&self, wanted: &Wanted<'_>) -> Result<SigningKey, KeyRefusal> {
        match self.find(wanted) {
            Ok((caller, secret)) => {
                self.found.replace(Some(caller));
                Ok(self.derived.key(&secret, &wanted.scope))
            }
            Err(refused) => {
                drop(self.derived.key(&Secret::new(NOBODY.to_owned()), &wanted.scope));
                Err(refused)
            }
        }
    }

    fn secret_access_key(&self, wanted: &Wanted<'_>) -> Result<Secret<String>, KeyRefusal> {
        let (caller, secret) = self.find(wanted)?;
        self.found.replace(Some(caller));
        Ok(secret)
    }
}

/// Ids are compared as they are: tables find names in any case.
fn long_term<'a>(directory: &'a Directory, id: &str) -> Option<&'a Arc<AccessKey>> {
    directory.access_keys.get(id).filter(|key| key.access_key_id == id)
}

/// The root user has no id of his own that a new account would not share.
fn outlived(directory: &Directory, session: &Session) -> bool {
    let of_root =
        matches!(session.claims.principal, SessionPrincipal::Root | SessionPrincipal::Federated(None));
    let record = directory.account.iter().next();
    of_root && record.is_some_and(|record| session.claims.issued_at < record.created_at)
}

fn unknown_hint(id: &str) -> &'static str {
    match id.parse::<AccessKeyId>() {
        Ok(id) if id.kind() == KeyKind::Temporary => "the key of a session came without its session token",
        _ => "the account has no such access key",
    }
}

/// A secret as long as those of AWS, which nobody has.
const NOBODY: &str = "0000000000000000000000000000000000000000";
