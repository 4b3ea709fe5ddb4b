//! Which code of a device was used or shown last: AWS takes none twice, and answers a second use as if the code were wrong.
//!
//! Rule: what is remembered is a half minute's number and a salted digest, in a file of mode 0600; never a code or a seed. Of a
//! device nobody remembers anything about, everything is taken for unused: the memory spares waiting, and guards nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sys::fs;
use totp::Step;
use types::{Secret, Timestamp};

use crate::cache::{hex, sha1_hex};

/// The memory of one device, for all processes of a user. Whoever uses a code holds the device's turn meanwhile.
#[derive(Clone, Debug)]
pub struct UsedCodes {
    /// `None` where there is no home of one's own to remember in.
    path: Option<PathBuf>,
}

/// What is remembered.
#[derive(Debug, Deserialize, Serialize)]
struct Memory {
    /// The step of the last code that was sent or shown.
    step: u64,
    /// The last that was sent.
    sent: Option<Sent>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Sent {
    step: u64,
    salt: String,
    digest: String,
}

impl UsedCodes {
    /// Of the device `serial`; `aws_directory` is `~/.aws`.
    pub fn of(aws_directory: &Path, serial: &str) -> Self {
        let directory = aws_directory.join("linklocal").join("mfa");
        let own = aws_directory.is_absolute() && fs::owner(&directory) == Some(fs::user());
        Self { path: own.then(|| directory.join(format!("{}.json", sha1_hex(serial)))) }
    }

    /// The step whose code was used or shown last; `None` where none is known, or the clock was set back far since.
    pub fn last(&self, now: Timestamp) -> Option<Step> {
        let last = Step(self.read()?.step);
        (last.0 <= Step::at(now).0.saturating_add(AHEAD)).then_some(last)
    }

    /// Whether this very code was the last that was sent, and lately: codes repeat once in a million.
    pub fn has(&self, code: &Secret<String>, now: Timestamp) -> bool {
        let Some(last) = self.read().and_then(|memory| memory.sent) else { return false };
        let recent = Step::at(now).0.abs_diff(last.step) <= RECENT;
        recent && digest(last.salt.as_bytes(), code) == last.digest
    }

    /// Remembers that the code was sent to AWS, as that of `step`. `salt` is random.
    pub fn note(&self, code: &Secret<String>, step: Step, salt: [u8; 16]) {
        let salt = hex(&salt);
        let sent = Sent { step: step.0, digest: digest(salt.as_bytes(), code), salt };
        self.write(&Memory { step: step.0, sent: Some(sent) });
    }

    /// The step that `choose` takes, told the last one, and remembers that its code is shown to somebody, who will send it. Of
    /// processes that choose at once, one does after the other.
    pub fn show(&self, now: Timestamp, choose: impl FnOnce(Option<Step>) -> Step) -> Step {
        let _turn = self.turn();
        let step = choose(self.last(now));
        self.write(&Memory { step: step.0, sent: self.read().and_then(|memory| memory.sent) });
        step
    }

    /// Whoever cannot have it goes on without: the memory guards nothing.
    fn turn(&self) -> Option<fs::Lock> {
        let path = self.path.as_deref()?;
        fs::private_directory(path.parent()?).ok()?;
        fs::Lock::wait(&path.with_extension("lock"), PATIENCE).ok()
    }

    fn write(&self, memory: &Memory) {
        let Some(path) = &self.path else { return };
        let directory = path.parent().unwrap_or(path);
        let written = fs::private_directory(directory).map_err(|error| error.to_string()).and_then(|()| {
            let bytes = serde_json::to_vec(memory).map_err(|error| error.to_string())?;
            fs::replace(path, &bytes, 0o600).map_err(|error| error.to_string())
        });
        if let Err(error) = written {
            // A home that is read-only is no news to whoever made it so.
            tracing::debug!("the use of a code is not remembered: {error}");
        }
    }

    fn read(&self) -> Option<Memory> {
        let file = fs::read_owned(self.path.as_deref()?, LARGEST).ok().filter(fs::OwnedFile::is_own)?;
        serde_json::from_slice(&file.bytes).ok()
    }
}

fn digest(salt: &[u8], code: &Secret<String>) -> String {
    hex(&Sha256::new().chain_update(salt).chain_update(code.expose()).finalize())
}

/// Steps by which a device may be ahead of this machine's clock.
const AHEAD: u64 = 3;
/// Steps after which the code of a device has changed for sure.
const RECENT: u64 = 4;
const LARGEST: usize = 1024;
/// A turn takes as long as a small file does to be written.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn code(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_use_is_remembered_without_the_code() {
        let home = tempfile::tempdir().unwrap();
        let used = UsedCodes::of(home.path(), "arn:aws:iam::123456789012:mfa/me");
        let now = Timestamp::from_secs(1_234_567_890);
        assert_eq!(used.last(now), None);
        used.note(&code("123456"), Step::at(now), [7; 16]);
        assert_eq!(used.last(now), Some(Step::at(now)));
        assert!(used.has(&code("123456"), now) && !used.has(&code("123457"), now));
        assert!(!used.has(&code("123456"), now + Duration::from_secs(300)), "it may come again");
        assert_eq!(used.show(now, |last| last.unwrap().next()), Step::at(now).next());
        assert_eq!(used.last(now), Some(Step::at(now).next()));
        assert!(used.has(&code("123456"), now), "what was shown does not make what was sent unused");
        let other = UsedCodes::of(home.path(), "arn:aws:iam::123456789012:mfa/you");
        assert_eq!(other.last(now), None);

        let path = used.path.unwrap();
        let text = fs::read_text(&path, 1000).unwrap();
        assert!(!text.contains("123456"), "{text}");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(path.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn no_two_who_choose_at_once_take_the_same_step() {
        let home = tempfile::tempdir().unwrap();
        let now = Timestamp::from_secs(1_234_567_890);
        let choose = || {
            let used = UsedCodes::of(home.path(), "GAHT12345678");
            (0..5).map(|_| used.show(now, |last| last.map_or(Step(1), Step::next))).collect::<Vec<_>>()
        };
        let mut steps = std::thread::scope(|scope| {
            let choosers: Vec<_> = (0..4).map(|_| scope.spawn(choose)).collect();
            choosers.into_iter().flat_map(|chooser| chooser.join().unwrap()).collect::<Vec<_>>()
        });
        steps.sort();
        assert_eq!(steps, (1..=20).map(Step).collect::<Vec<_>>());
    }

    #[test]
    fn what_cannot_be_is_nothing() {
        let home = tempfile::tempdir().unwrap();
        let used = UsedCodes::of(home.path(), "GAHT12345678");
        let now = Timestamp::from_secs(1_234_567_890);
        used.note(&code("123456"), Step(Step::at(now).0 + 100), [7; 16]);
        assert_eq!(used.last(now), None, "the clock was set back");
        let path = used.path.clone().unwrap();
        fs::replace(&path, b"{", 0o600).unwrap();
        assert_eq!(used.last(now), None);
        used.note(&code("123456"), Step::at(now), [7; 16]);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(used.last(now), None, "somebody else may have written it");
        let nowhere = UsedCodes::of(Path::new(""), "GAHT12345678");
        nowhere.note(&code("123456"), Step::at(now), [7; 16]);
        assert_eq!(nowhere.last(now), None);
    }
}
