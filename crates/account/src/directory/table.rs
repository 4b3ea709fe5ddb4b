//! Entities of one kind, by a key that ignores case, and which of them were touched.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something that a directory keeps, one record in the store each.
pub trait Entity: Clone + Serialize + DeserializeOwned {
    /// The segment of its keys in the store.
    const KIND: &'static str;

    /// Its name, id or ARN. Changing it is removing one entity and inserting another.
    fn name(&self) -> &str;
}

/// Entities by their names in lower case.
#[derive(Clone, Debug)]
pub struct Table<T> {
    entities: BTreeMap<String, Arc<T>>,
    touched: BTreeSet<String>,
}

impl<T: Entity> Table<T> {
    pub fn get(&self, name: &str) -> Option<&Arc<T>> {
        self.entities.get(&folded(name))
    }

    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The entity for changing. Its name must stay.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        let key = folded(name);
        let entity = self.entities.get_mut(&key)?;
        self.touched.insert(key);
        Some(Arc::make_mut(entity))
    }

    /// Inserts, or takes the place of the one with the same name.
    pub fn insert(&mut self, entity: T) -> Arc<T> {
        let key = folded(entity.name());
        let entity = Arc::new(entity);
        self.entities.insert(key.clone(), Arc::clone(&entity));
        self.touched.insert(key);
        entity
    }

    pub fn remove(&mut self, name: &str) -> Option<Arc<T>> {
        let key = folded(name);
        let removed = self.entities.remove(&key)?;
        self.touched.insert(key);
        Some(removed)
    }

    /// In the order of their names in lower case.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<T>> {
        self.entities.values()
    }

    pub fn len(&self) -> usize {
        self.entities.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// The keys touched since the last call, each with what is there now.
    pub(crate) fn take_touched(&mut self) -> Vec<(String, Option<Arc<T>>)> {
        let touched = std::mem::take(&mut self.touched);
        touched.into_iter().map(|key| (key.clone(), self.entities.get(&key).cloned())).collect()
    }

    /// As read from the store.
    pub(crate) fn load(&mut self, entity: T) {
        self.entities.insert(folded(entity.name()), Arc::new(entity));
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { entities: BTreeMap::new(), touched: BTreeSet::new() }
    }
}

fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
}
