//! What programs show an agent of containers for proof: a token in a file, and an id in a path.
//!
//! Rule: both are 32 random bytes. The token is changed now and then; those before are good for a while, so that nobody
//! fails who has just read the file. It is in three parts, as EKS's agent wants of the tokens of its pods.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use metadata::{ContainerForm, ContainerQuestion};
use sys::fs::{DirectoryError, ReadError, ReplaceError};
use sys::{Clock, Entropy, EntropyError};
use types::{Secret, Timestamp};

/// The proofs of one server.
#[derive(Debug)]
pub(crate) struct AgentTokens {
    id: Secret<String>,
    tokens: Mutex<Tokens>,
    clock: Clock,
}

#[derive(Debug)]
struct Tokens {
    current: Secret<String>,
    /// Each good until then, exclusively.
    previous: Vec<(Secret<String>, Timestamp)>,
}

/// Where programs read the token: mode 0600, no newline, replaced whole.
#[derive(Debug)]
pub(crate) struct TokenFile {
    path: PathBuf,
    /// Whether it stays when the server ends, for the next one to go on with.
    stays: bool,
}

/// There is no token, or no file of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// A file that somebody named by mistake is not written over.
    #[error("{} holds something else than a token; name a file that is not there yet", .0.display())]
    Foreign(PathBuf),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Write(#[from] ReplaceError),
}

impl AgentTokens {
    /// New ones, which stand in no file yet.
    pub(crate) fn unwritten(entropy: &Entropy, clock: Clock) -> Result<Self, TokenError> {
        let tokens = Mutex::new(Tokens { current: token(entropy)?, previous: Vec::new() });
        Ok(Self { id: Secret::new(random(entropy)?), tokens, clock })
    }

    /// What stands in the path of `/v2/credentials/`.
    pub(crate) fn id(&self) -> &Secret<String> {
        &self.id
    }

    /// Whether `question` is asked with what was handed out for its form.
    pub(crate) fn admit(&self, question: &ContainerQuestion) -> bool {
        let proof = Secret::new(question.proof.clone());
        match question.form {
            ContainerForm::EcsV1 | ContainerForm::EcsV2 => proof == self.id,
            ContainerForm::PodIdentity | ContainerForm::Own => self.admits(&proof),
        }
    }

    /// Another token from now on, unless it cannot be put into the file.
    pub(crate) fn rotate(&self, entropy: &Entropy, file: &TokenFile) -> Result<(), TokenError> {
        let new = token(entropy)?;
        // Good before anybody can read it; and requests do not wait for the disk.
        let before =
            self.tokens.lock().unwrap_or_else(PoisonError::into_inner).follow(&new, self.clock.now());
        file.write(&new).inspect_err(|_| {
            *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) = before;
        })
    }

    /// Goes on with the token in `file` where one is there that a server has left, else puts its own there.
    pub(crate) fn settle(&self, file: &TokenFile) -> Result<(), TokenError> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        match file.read()? {
            Some(token) => {
                tokens.current = token;
                Ok(())
            }
            None => file.write(&tokens.current),
        }
    }

    fn admits(&self, proof: &Secret<String>) -> bool {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let is_previous = || {
            let now = self.clock.now();
            tokens.previous.iter().any(|(token, until)| now < *until && proof == token)
        };
        *proof == tokens.current || is_previous()
    }
}

impl Tokens {
    /// Lets `new` follow the current one; gives what there was before.
    fn follow(&mut self, new: &Secret<String>, now: Timestamp) -> Self {
        let mut previous = self.previous.clone();
        previous.retain(|(_, until)| now < *until);
        previous.push((self.current.clone(), now + GRACE));
        std::mem::replace(self, Self { current: new.clone(), previous })
    }
}

impl TokenFile {
    /// One of this server's own, in a private directory.
    pub(crate) fn own(path: PathBuf) -> Result<Self, TokenError> {
        if let Some(directory) = path.parent() {
            sys::fs::private_directory(directory)?;
        }
        Ok(Self { path, stays: false })
    }

    /// One that somebody named.
    pub(crate) fn named(path: &Path) -> Self {
        Self { path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()), stays: true }
    }

    /// Whether it lies in a directory of this server's.
    pub(crate) fn is_own(&self) -> bool {
        !self.stays
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes it away, where it is nobody else's.
    pub(crate) fn remove(&self) {
        if !self.stays
            && let Err(error) = sys::fs::remove(&self.path)
        {
            tracing::warn!("{error}");
        }
    }

    /// The token that is there already, where nobody else may have read it. What is no token at all is an error.
    fn read(&self) -> Result<Option<Secret<String>>, TokenError> {
        let file = match sys::fs::read_owned(&self.path, MAX_TOKEN) {
            Ok(file) if file.bytes.is_empty() => return Ok(None),
            Ok(file) => file,
            Err(ReadError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let is_safe = file.is_own() && file.is_private();
        let text = String::from_utf8(file.bytes).map(Secret::new).ok();
        let token = text.filter(|text| is_token(text.expose()));
        let token = token.ok_or_else(|| TokenError::Foreign(self.path.clone()))?;
        Ok(is_safe.then_some(token))
    }

    fn write(&self, token: &Secret<String>) -> Result<(), TokenError> {
        Ok(sys::fs::replace(&self.path, token.expose().as_bytes(), 0o600)?)
    }
}

fn token(entropy: &Entropy) -> Result<Secret<String>, EntropyError> {
    let text = Secret::new(random(entropy)?);
    let (one, rest) = text.expose().split_at(PART);
    let (two, three) = rest.split_at(PART);
    Ok(Secret::new(format!("{one}.{two}.{three}")))
}

fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let parts: Vec<&str> = text.split('.').collect();
    text.len() == LENGTH + 2 && parts.len() == 3 && parts.iter().all(|part| part.bytes().all(fits))
}

fn random(entropy: &Entropy) -> Result<String, EntropyError> {
    Ok(URL_SAFE_NO_PAD.encode(entropy.bytes::<32>()?))
}

/// Of 32 bytes in Base64.
const LENGTH: usize = 43;
const PART: usize = 14;
/// SDKs read the file right before they ask; a container that sees it over a network file system is late by seconds.
const GRACE: Duration = Duration::from_secs(5 * 60);
const MAX_TOKEN: usize = 1024;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use sys::FakeClock;

    use super::*;

    fn asked(form: ContainerForm, proof: &str) -> ContainerQuestion {
        ContainerQuestion { form, proof: proof.to_owned() }
    }

    fn tokens(seed: u64, clock: &FakeClock) -> AgentTokens {
        AgentTokens::unwritten(&Entropy::seeded(seed), clock.clock()).unwrap()
    }

    #[test]
    fn a_token_is_replaced_and_those_before_have_a_while() {
        let dir = tempfile::tempdir().unwrap();
        let clock = FakeClock::new(Timestamp::from_secs(1000));
        let (tokens, entropy) = (tokens(1, &clock), Entropy::seeded(2));
        let file = TokenFile::own(dir.path().join("private/token")).unwrap();
        tokens.settle(&file).unwrap();
        let read = || sys::fs::read_text(file.path(), 1000).unwrap();
        let first = read();
        assert!(is_token(&first), "{} bytes", first.len());
        assert_eq!(file.path().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        for form in [ContainerForm::Own, ContainerForm::PodIdentity] {
            assert!(tokens.admit(&asked(form, &first)) && !tokens.admit(&asked(form, "a.b.c")));
        }
        tokens.rotate(&entropy, &file).unwrap();
        let second = read();
        clock.advance(Duration::from_secs(1));
        tokens.rotate(&entropy, &file).unwrap();
        let third = read();
        assert!(first != second && second != third);
        let admitted =
            || [&first, &second, &third].map(|token| tokens.admit(&asked(ContainerForm::Own, token)));
        clock.advance(GRACE - Duration::from_secs(2));
        assert_eq!(admitted(), [true, true, true]);
        clock.advance(Duration::from_secs(1));
        assert_eq!(admitted(), [false, true, true]);
        clock.advance(Duration::from_secs(1));
        assert_eq!(admitted(), [false, false, true]);
        file.remove();
        assert!(!file.path().exists());
    }

    #[test]
    fn an_id_proves_nothing_where_a_token_is_asked_for() {
        let clock = FakeClock::new(Timestamp::from_secs(1000));
        let tokens = tokens(1, &clock);
        let id = tokens.id().expose().clone();
        assert!(tokens.admit(&asked(ContainerForm::EcsV2, &id)));
        assert!(!tokens.admit(&asked(ContainerForm::Own, &id)));
        assert!(!tokens.admit(&asked(ContainerForm::EcsV2, "")));
    }

    #[test]
    fn a_file_that_was_named_outlives_its_server_and_the_next_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let clock = FakeClock::new(Timestamp::from_secs(1000));
        let path = dir.path().join("token");
        let file = TokenFile::named(&path);
        tokens(1, &clock).settle(&file).unwrap();
        let kept = sys::fs::read_text(&path, 1000).unwrap();
        file.remove();
        let next = tokens(2, &clock);
        next.settle(&file).unwrap();
        assert!(next.admit(&asked(ContainerForm::Own, &kept)));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let careful = tokens(3, &clock);
        careful.settle(&file).unwrap();
        assert!(!careful.admit(&asked(ContainerForm::Own, &kept)), "others may have read it");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_no_token_is_not_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("id_ed25519");
        let clock = FakeClock::new(Timestamp::from_secs(1000));
        for precious in ["-----BEGIN OPENSSH PRIVATE KEY-----\n", &"x".repeat(5000)] {
            sys::fs::replace(&path, precious.as_bytes(), 0o600).unwrap();
            tokens(1, &clock).settle(&TokenFile::named(&path)).unwrap_err();
            assert_eq!(sys::fs::read_text(&path, 10_000).unwrap(), precious);
        }
        sys::fs::replace(&path, b"", 0o600).unwrap();
        tokens(1, &clock).settle(&TokenFile::named(&path)).unwrap();
        assert!(is_token(&sys::fs::read_text(&path, 1000).unwrap()));
    }
}
