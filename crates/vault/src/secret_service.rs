//! freedesktop.org's Secret Service over D-Bus (Secret Service API draft 0.2): GNOME Keyring, KWallet, KeePassXC.
//!
//! Rule: secrets cross the bus encrypted; a keyring that is locked is unlocked by its owner, in its own window.

use std::collections::HashMap;
use std::time::Duration;

use secret_service::blocking::{Collection, Item, SecretService as Service};
use secret_service::{EncryptionType, Error};
use types::Secret;
use zbus::blocking::connection::Builder;

use crate::backend::Backend;
use crate::error::VaultError;
use crate::name::{Kind, Name};
use crate::settings::Desktop;

#[derive(Debug)]
pub(crate) struct SecretService {
    bus: String,
}

impl SecretService {
    /// The service on the desktop's bus.
    ///
    /// # Errors
    /// Why it is no place for secrets: nobody answers, there is no keyring to put them into, or it is locked and has no screen
    /// to be unlocked at.
    pub(crate) fn open(desktop: &Desktop) -> Result<Self, String> {
        let bus = desktop.bus.clone().ok_or("there is no D-Bus session bus (DBUS_SESSION_BUS_ADDRESS)")?;
        let service = Self { bus };
        let locked = service.with_collection(|collection| collection.is_locked());
        match locked.map_err(|error| reason(&error))? {
            true if !desktop.screen => Err("it is locked, and there is no screen to unlock it at".to_owned()),
            _ => Ok(service),
        }
    }

    pub(crate) fn get(&self, name: &Name) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        let read = |item: Option<&Item<'_>>| item.map(|item| item.get_secret().map(Secret::new)).transpose();
        self.with_items(&attributes(name), |items| read(items.first())).map_err(failed)
    }

    pub(crate) fn put(&self, name: &Name, value: &Secret<Vec<u8>>) -> Result<(), VaultError> {
        let put = |collection: &Collection<'_>| {
            collection.unlock_if_locked()?;
            let (label, attributes) = (format!("linklocal: {name}"), attributes(name));
            collection.create_item(&label, attributes, value.expose(), true, CONTENT).map(drop)
        };
        self.with_collection(put).map_err(failed)
    }

    pub(crate) fn remove(&self, name: &Name) -> Result<bool, VaultError> {
        let remove = |items: &[Item<'_>]| {
            items.iter().try_for_each(Item::delete)?;
            Ok(!items.is_empty())
        };
        self.with_items(&attributes(name), remove).map_err(failed)
    }

    pub(crate) fn list(&self) -> Result<Vec<Name>, VaultError> {
        let name = |item: &Item<'_>| {
            let attributes = item.get_attributes().ok()?;
            Name::new(Kind::of_tag(attributes.get(KIND)?)?, attributes.get(ID)?).ok()
        };
        let names = |items: &[Item<'_>]| Ok(items.iter().filter_map(name).collect::<Vec<_>>());
        let mut names = self.with_items(&HashMap::from([APPLICATION]), names).map_err(failed)?;
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Runs `work` on the items that have these attributes, unlocked.
    fn with_items<T: Send>(
        &self,
        attributes: &HashMap<&str, &str>,
        work: impl FnOnce(&[Item<'_>]) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        self.with_service(|service| {
            let found = service.search_items(attributes.clone())?;
            if !found.locked.is_empty() {
                service.unlock_all(&found.locked.iter().collect::<Vec<_>>())?;
            }
            let items: Vec<Item<'_>> = found.unlocked.into_iter().chain(found.locked).collect();
            work(&items)
        })
    }

    fn with_collection<T: Send>(
        &self,
        work: impl FnOnce(&Collection<'_>) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        self.with_service(|service| work(&service.get_default_collection()?))
    }

    /// On a thread of its own: the library waits on an event loop, and may be called from within another.
    fn with_service<T: Send>(
        &self,
        work: impl FnOnce(&Service<'_>) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        let call = || {
            let connection = Builder::address(self.bus.as_str())?.method_timeout(PATIENCE).build()?;
            work(&Service::connect_with_existing(EncryptionType::Dh, connection)?)
        };
        std::thread::scope(|scope| scope.spawn(call).join())
            .expect("neither the library nor this module panics")
    }
}

trait Unlock {
    fn unlock_if_locked(&self) -> Result<(), Error>;
}

impl Unlock for Collection<'_> {
    fn unlock_if_locked(&self) -> Result<(), Error> {
        if self.is_locked()? { self.unlock() } else { Ok(()) }
    }
}

fn attributes(name: &Name) -> HashMap<&str, &str> {
    HashMap::from([APPLICATION, (KIND, name.kind().tag()), (ID, name.id())])
}

fn failed(error: Error) -> VaultError {
    let remedy = match error {
        Error::Prompt | Error::PromptDisconnected | Error::Locked => {
            "unlock it in its window and try again, or choose --vault file"
        }
        _ => "see whether its daemon runs, or choose --vault file",
    };
    VaultError::Keyring { backend: Backend::SecretService, remedy, source: Box::new(error) }
}

fn reason(error: &Error) -> String {
    match error {
        Error::NoResult => {
            "it has no default keyring; make one in the desktop's password application".to_owned()
        }
        Error::Unavailable => "nobody answers on the D-Bus session bus".to_owned(),
        error => error.to_string(),
    }
}

const APPLICATION: (&str, &str) = ("application", "linklocal");
const KIND: &str = "kind";
const ID: &str = "id";
const CONTENT: &str = "application/octet-stream";
/// For one call; what a person is asked takes as long as it takes.
const PATIENCE: Duration = Duration::from_secs(10);
