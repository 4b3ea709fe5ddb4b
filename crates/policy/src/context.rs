//! The keys that conditions test.

/// The values of one request's condition keys. Keys compare ignoring case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Sorted by key in lower case.
    entries: Vec<(String, ContextValue)>,
}

/// What a key is worth. A key with many values is another thing than one with a single value, even where it has just one:
/// scalar operators never match it (facts section 2.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextValue {
    One(String),
    Many(Vec<String>),
}

impl Context {
    pub fn new() -> Self {
        Self::default()
    }

    /// With room for so many keys.
    pub fn with_capacity(keys: usize) -> Self {
        Self { entries: Vec::with_capacity(keys) }
    }

    /// Sets a key with a single value.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.put(key, ContextValue::One(value.into()));
    }

    /// Sets a key with many values.
    pub fn set_many(&mut self, key: &str, values: Vec<String>) {
        self.put(key, ContextValue::Many(values));
    }

    pub fn put(&mut self, key: &str, value: ContextValue) {
        self.put_lower(key.to_ascii_lowercase(), value);
    }

    /// Sets all that `other` has.
    pub fn put_all(&mut self, other: &Self) {
        other.entries.iter().for_each(|(key, value)| self.put_lower(key.clone(), value.clone()));
    }

    fn put_lower(&mut self, key: String, value: ContextValue) {
        match self.entries.binary_search_by(|(held, _)| held.as_str().cmp(&key)) {
            Ok(at) => self.entries[at].1 = value,
            Err(at) => self.entries.insert(at, (key, value)),
        }
    }

    /// `key` in lower case.
    pub fn value(&self, key: &str) -> Option<&ContextValue> {
        let at = self.entries.binary_search_by(|(held, _)| held.as_str().cmp(key)).ok()?;
        Some(&self.entries[at].1)
    }

    /// [`value`](Self::value), where there is one: a list without elements is none.
    pub(crate) fn present(&self, key: &str) -> Option<&ContextValue> {
        self.value(key).filter(|value| !matches!(value, ContextValue::Many(values) if values.is_empty()))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }
}
