//! Which version of the records a store holds, so that no program misreads what a newer one wrote.

use crate::{Key, Outcome, Store, StoreError, Transaction};

/// The version that this program writes. Raise it with every change that an older program would misread.
pub const SCHEMA: u32 = 1;

/// The store's records are not for this program.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    #[error(
        "store has schema version {found}, this program knows up to {SCHEMA}; use a newer linklocal or another data directory"
    )]
    Newer { found: u32 },
    #[error("store's schema version is not a number; use another data directory")]
    Unreadable,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Claims an unclaimed store for [`SCHEMA`] and refuses one of a newer version.
pub fn ensure(store: &dyn Store) -> Result<(), SchemaError> {
    let key = Key::new(KEY);
    let claim = Transaction::new().require_absent(key.clone()).put(key.clone(), SCHEMA.to_string());
    if let Some(entry) = store.get(&key)? {
        return accept(&entry.value);
    }
    match store.commit(claim)? {
        Outcome::Committed(_) => Ok(()),
        // Another process claimed it just now.
        Outcome::Conflict(_) => {
            store.get(&key)?.map_or(Err(SchemaError::Unreadable), |entry| accept(&entry.value))
        }
    }
}

fn accept(value: &[u8]) -> Result<(), SchemaError> {
    let found: Option<u32> = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
    match found {
        Some(found) if (1..=SCHEMA).contains(&found) => Ok(()),
        Some(found) if found > SCHEMA => Err(SchemaError::Newer { found }),
        _ => Err(SchemaError::Unreadable),
    }
}

const KEY: &str = "schema";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;

    #[test]
    fn claims_a_new_store_and_takes_it_again() {
        let store = MemoryStore::new();
        ensure(&store).unwrap();
        let claimed = store.revision().unwrap();
        ensure(&store).unwrap();
        assert_eq!(store.revision().unwrap(), claimed);
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for (value, newer) in [("2", true), ("0", false), ("x", false), ("", false)] {
            let store = MemoryStore::new();
            let _ = store.commit(Transaction::new().put(Key::new(KEY), value)).unwrap();
            let error = ensure(&store).unwrap_err();
            assert_eq!(matches!(error, SchemaError::Newer { found: 2 }), newer, "{value}");
        }
    }
}
