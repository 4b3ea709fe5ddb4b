//! Shared credentials as whoever signs calls.

use std::fmt;
use std::sync::Arc;

use client::{Identity, IdentityError, Keys, KeysAsked};
use sys::Clock;

use super::SharedCredentials;

impl SharedCredentials {
    /// Signs with whatever set is good at the time of each attempt.
    pub fn identity(self: &Arc<Self>, clock: Clock) -> Arc<dyn Identity> {
        Arc::new(Shared { credentials: Arc::clone(self), clock })
    }
}

struct Shared {
    credentials: Arc<SharedCredentials>,
    clock: Clock,
}

impl Identity for Shared {
    fn keys(&self) -> KeysAsked<'_> {
        Box::pin(async {
            let set = self.credentials.get(self.clock.now()).await.map_err(|error| IdentityError {
                code: error.code,
                what: error.what,
                hint: error.remedy,
            })?;
            Ok(Keys::from(&*set))
        })
    }

    fn expired(&self, keys: &Keys) {
        self.credentials.doubt(&keys.access_key_id);
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shared").field(&self.credentials).finish()
    }
}
