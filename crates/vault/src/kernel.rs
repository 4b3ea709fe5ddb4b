//! The Linux kernel's keys (keyrings(7), persistent-keyring(7)): in the kernel's own memory, which is not swapped, seen by this
//! user's processes alone, gone with a restart, and three days after the last use.
//!
//! Rule: names are in the kernel's list of keys, which this user may read; secrets are not.

use std::time::Duration;

use linux_keyutils::{KeyError, KeyRing, KeyRingIdentifier, LinkNode};
use types::Secret;

use crate::backend::Backend;
use crate::error::VaultError;
use crate::name::{Kind, Name};

#[derive(Debug)]
pub(crate) struct KernelKeyring(KeyRing);

impl KernelKeyring {
    /// The user's persistent keyring, which outlives logins; on a kernel without, the user's keyring, which lives as long as a
    /// process of the user.
    ///
    /// # Errors
    /// The kernel has no keys, or a container may not use them.
    pub(crate) fn open() -> Result<Self, KeyError> {
        // Linked to this process's own keyring, without which its keys could be listed and not read.
        let process = KeyRingIdentifier::Process;
        let persistent = KeyRing::get_persistent(process);
        let ring = persistent.or_else(|_| {
            let user = KeyRing::from_special_id(KeyRingIdentifier::User, true)?;
            KeyRing::from_special_id(process, true)?.link_keyring(user)?;
            Ok(user)
        })?;
        ring.get_links(MAX_KEYS)?;
        Ok(Self(ring))
    }

    pub(crate) fn get(&self, name: &Name) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        match self.0.search(&description(name)).and_then(|key| key.read_to_vec()) {
            Ok(bytes) => Ok(Some(Secret::new(bytes))),
            Err(error) if is_absent(error) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    pub(crate) fn put(&self, name: &Name, value: &Secret<Vec<u8>>) -> Result<(), VaultError> {
        self.0.add_key(&description(name), value.expose()).map(drop).map_err(failed)
    }

    pub(crate) fn remove(&self, name: &Name) -> Result<bool, VaultError> {
        match self.0.search(&description(name)).and_then(|key| key.invalidate()) {
            Ok(()) => Ok(true),
            Err(error) if is_absent(error) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    /// Keeps something of this program's own for a while; it is no secret by name, and in no listing.
    pub(crate) fn remember(&self, id: &str, value: &Secret<Vec<u8>>, time: Duration) -> Result<(), KeyError> {
        let key = self.0.add_key(&format!("{PREFIX}{id}"), value.expose())?;
        let timed = key.set_timeout(usize::try_from(time.as_secs()).unwrap_or(usize::MAX));
        // Better nothing than what would be remembered for ever.
        timed.inspect_err(|_| {
            let _ = key.invalidate();
        })
    }

    pub(crate) fn recall(&self, id: &str) -> Option<Secret<Vec<u8>>> {
        let key = self.0.search(&format!("{PREFIX}{id}")).ok()?;
        key.read_to_vec().ok().map(Secret::new)
    }

    pub(crate) fn list(&self) -> Result<Vec<Name>, VaultError> {
        let links = self.0.get_links(MAX_KEYS).map_err(failed)?;
        let name = |link: &LinkNode| {
            // Keys that have just gone are none.
            let metadata = link.as_key()?.metadata().ok()?;
            let (tag, id) = metadata.get_description().strip_prefix(PREFIX)?.split_once(':')?;
            Name::new(Kind::of_tag(tag)?, id).ok()
        };
        let mut names: Vec<Name> = links.iter().filter_map(name).collect();
        names.sort();
        Ok(names)
    }
}

fn description(name: &Name) -> String {
    format!("{PREFIX}{}:{}", name.kind().tag(), name.id())
}

fn is_absent(error: KeyError) -> bool {
    use KeyError::{KeyDoesNotExist, KeyExpired, KeyRevoked};
    matches!(error, KeyDoesNotExist | KeyExpired | KeyRevoked)
}

fn failed(error: KeyError) -> VaultError {
    let remedy = match error {
        KeyError::QuotaExceeded => {
            "this user's keys take all the room that /proc/sys/kernel/keys/maxbytes gives; remove some, or choose --vault file"
        }
        _ => "choose another place with --vault",
    };
    VaultError::Keyring { backend: Backend::Kernel, remedy, source: Box::new(error) }
}

const PREFIX: &str = "linklocal:";
/// More than the kernel lets a user have (/proc/sys/kernel/keys/maxkeys), root included by default: the library has room for so
/// many and no more.
const MAX_KEYS: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    /// Containers often may not use the kernel's keys; the fall-back is tested elsewhere.
    #[test]
    fn what_is_put_is_got_until_it_is_removed() {
        let Ok(keyring) = KernelKeyring::open() else {
            eprintln!("skipped: the kernel's keys cannot be used here");
            return;
        };
        let id = format!("test of process {}", std::process::id());
        let name = Name::new(Kind::MfaSeed, &id).unwrap();
        let value = |text: &str| Secret::new(text.as_bytes().to_vec());
        assert_eq!(keyring.get(&name).unwrap(), None);
        for text in ["one", "two, longer"] {
            keyring.put(&name, &value(text)).unwrap();
            assert_eq!(KernelKeyring::open().unwrap().get(&name).unwrap(), Some(value(text)));
        }
        assert!(keyring.list().unwrap().contains(&name));
        assert!(keyring.remove(&name).unwrap());
        assert!(!keyring.remove(&name).unwrap());
        assert_eq!(keyring.get(&name).unwrap(), None);
    }
}
