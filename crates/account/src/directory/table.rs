//! Entities of one kind, by a key that ignores case, and which of them were touched.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
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

/// Entities by their names in lower case. A copy is a pointer until one of the two changes.
#[derive(Clone, Debug)]
pub struct Table<T> {
    entities: Arc<BTreeMap<Arc<str>, Arc<T>>>,
    touched: BTreeSet<Arc<str>>,
}

impl<T: Entity> Table<T> {
    pub fn get(&self, name: &str) -> Option<&Arc<T>> {
        self.entities.get(&*folded(name))
    }

    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The entity for changing. Its name must stay.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        let key = folded(name);
        let (key, _) = self.entities.get_key_value(&*key)?;
        let key = Arc::clone(key);
        self.touched.insert(Arc::clone(&key));
        Arc::make_mut(&mut self.entities).get_mut(&key).map(Arc::make_mut)
    }

    /// Inserts, or takes the place of the one with the same name.
    pub fn insert(&mut self, entity: T) -> Arc<T> {
        let key: Arc<str> = folded(entity.name()).into();
        let entity = Arc::new(entity);
        Arc::make_mut(&mut self.entities).insert(Arc::clone(&key), Arc::clone(&entity));
        self.touched.insert(key);
        entity
    }

    pub fn remove(&mut self, name: &str) -> Option<Arc<T>> {
        let key = folded(name);
        if !self.entities.contains_key(&*key) {
            return None;
        }
        let (key, removed) = Arc::make_mut(&mut self.entities).remove_entry(&*key)?;
        self.touched.insert(key);
        Some(removed)
    }

    /// In the order of their names in lower case.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<T>> {
        self.entities.values()
    }

    /// Those whose names in lower case come after `name` in lower case, in order.
    pub fn iter_after(&self, name: &str) -> impl DoubleEndedIterator<Item = &Arc<T>> {
        let bounds = (Bound::Excluded(folded(name)), Bound::Unbounded);
        let bounds = (bounds.0.as_ref().map(|name| &**name), bounds.1);
        self.entities.range::<str, _>(bounds).map(|(_, entity)| entity)
    }

    pub fn len(&self) -> usize {
        self.entities.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.touched.extend(self.entities.keys().map(Arc::clone));
        self.entities = Arc::default();
    }

    /// The keys touched since the last call, each with what is there now.
    pub(crate) fn take_touched(&mut self) -> Vec<(Arc<str>, Option<Arc<T>>)> {
        let touched = std::mem::take(&mut self.touched);
        let now = |key: Arc<str>| {
            let entity = self.entities.get(&key).cloned();
            (key, entity)
        };
        touched.into_iter().map(now).collect()
    }

    /// As read from the store.
    pub(crate) fn load(&mut self, entity: T) {
        let key = folded(entity.name()).into();
        Arc::make_mut(&mut self.entities).insert(key, Arc::new(entity));
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { entities: Arc::default(), touched: BTreeSet::new() }
    }
}

fn folded(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Named(String, u32);

    impl Entity for Named {
        const KIND: &'static str = "named";

        fn name(&self) -> &str {
            &self.0
        }
    }

    fn table(names: &[&str]) -> Table<Named> {
        let mut table = Table::default();
        names.iter().for_each(|name| table.load(Named((*name).to_owned(), 0)));
        table
    }

    fn touched(table: &mut Table<Named>) -> Vec<(String, Option<u32>)> {
        let taken = table.take_touched();
        taken.into_iter().map(|(key, now)| (key.to_string(), now.map(|named| named.1))).collect()
    }

    #[test]
    fn finds_by_any_case_and_keeps_the_one_given() {
        let mut table = table(&["Ann"]);
        assert_eq!(table.get("aNN").unwrap().0, "Ann");
        table.get_mut("ANN").unwrap().1 = 7;
        assert_eq!(touched(&mut table), [("ann".to_owned(), Some(7))]);
        assert_eq!(table.remove("ann").unwrap().1, 7);
        assert_eq!(touched(&mut table), [("ann".to_owned(), None)]);
        assert!(table.get_mut("ann").is_none() && table.remove("ann").is_none());
        assert!(touched(&mut table).is_empty());
    }

    #[test]
    fn copies_do_not_see_each_other() {
        let first = table(&["a", "b"]);
        let mut second = first.clone();
        second.get_mut("a").unwrap().1 = 1;
        second.insert(Named("c".to_owned(), 2));
        assert_eq!((first.get("a").unwrap().1, first.len()), (0, 2));
        assert!(Arc::ptr_eq(first.get("b").unwrap(), second.get("b").unwrap()));
    }

    #[test]
    fn order_ignores_case() {
        let table = table(&["b", "A", "C"]);
        let names = |found: Vec<&Arc<Named>>| found.iter().map(|named| named.0.clone()).collect::<Vec<_>>();
        assert_eq!(names(table.iter().collect()), ["A", "b", "C"]);
        assert_eq!(names(table.iter_after("a").collect()), ["b", "C"]);
        assert_eq!(names(table.iter_after("AA").collect()), ["b", "C"]);
        assert!(table.iter_after("c").next().is_none());
    }

    #[test]
    fn clearing_touches_all() {
        let mut table = table(&["a", "b"]);
        table.clear();
        table.insert(Named("b".to_owned(), 3));
        assert_eq!(touched(&mut table), [("a".to_owned(), None), ("b".to_owned(), Some(3))]);
    }
}
