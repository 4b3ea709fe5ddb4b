//! What a request says, and what an answer says, whatever the protocol: structures of named values.
//!
//! Names are the members' own in AWS's models (`UserName`), never those on the wire.
//!
//! Rule: what is printed for debugging shows no secret; members whose names speak of one are covered.

use std::borrow::Cow;
use std::fmt;

use types::Timestamp;

/// A value of a shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Boolean(bool),
    Integer(i64),
    Double(f64),
    String(String),
    Blob(Vec<u8>),
    Timestamp(Timestamp),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
    Structure(Structure),
    /// A place in a list, or a key of a map, that has no value.
    Null,
}

/// Members in the order in which they were set.
#[derive(Clone, Default, PartialEq)]
pub struct Structure {
    members: Vec<(Cow<'static, str>, Value)>,
}

impl Structure {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a member. Setting one twice keeps the first place and the last value.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match self.members.iter_mut().find(|(held, _)| *held == name) {
            Some((_, held)) => *held = value,
            None => self.members.push((name, value)),
        }
    }

    /// The same, for building.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a member that may be missing.
    #[must_use]
    pub fn with_some(self, name: impl Into<Cow<'static, str>>, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub fn member(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(held, _)| held == name).map(|(_, value)| value)
    }

    /// `None` where the member is missing, or is no text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.member(name)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.member(name)? {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.member(name)? {
            Value::Boolean(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Empty where the member is missing.
    pub fn list(&self, name: &str) -> &[Value] {
        match self.member(name) {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }

    /// The texts of a list of texts.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.list(name).iter().filter_map(|value| match value {
            Value::String(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The structures of a list of structures.
    pub fn structures(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.list(name).iter().filter_map(|value| match value {
            Value::Structure(structure) => Some(structure),
            _ => None,
        })
    }

    pub fn structure(&self, name: &str) -> Option<&Self> {
        match self.member(name)? {
            Value::Structure(structure) => Some(structure),
            _ => None,
        }
    }

    pub fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members.iter().map(|(name, value)| (name.as_ref(), value))
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl fmt::Debug for Structure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in &self.members {
            if SECRETS.iter().any(|secret| name.contains(secret)) {
                map.entry(name, &format_args!("***"));
            } else {
                map.entry(name, value);
            }
        }
        map.finish()
    }
}

/// What stands in the names of members that hold secrets. Names of texts that are no secret may do so too.
const SECRETS: [&str; 11] = [
    "Secret",
    "Token",
    "Password",
    "Code",
    "Seed",
    "QRCode",
    "Assertion",
    "PrivateKey",
    "KeyMaterial",
    "CustomerKey",
    "UserData",
];

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Timestamp(time)
    }
}

impl From<Structure> for Value {
    fn from(structure: Structure) -> Self {
        Self::Structure(structure)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value
where
    T: NotAByte,
{
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// Keeps a list of numbers apart from a blob.
pub trait NotAByte {}
impl NotAByte for Value {}
impl NotAByte for Structure {}
impl NotAByte for String {}
impl NotAByte for &str {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let keys = Structure::new().with("AccessKeyId", "AKIA").with("SecretAccessKey", "hunter2");
        let output =
            Structure::new().with("AccessKey", keys).with("SessionToken", "hunter2").with("Count", 1);
        assert_eq!(
            format!("{output:?}"),
            "{\"AccessKey\": Structure({\"AccessKeyId\": String(\"AKIA\"), \"SecretAccessKey\": ***}), \"SessionToken\": \
             ***, \"Count\": Integer(1)}"
        );
    }

    #[test]
    fn setting_twice_keeps_the_first_place_and_the_last_value() {
        let structure = Structure::new().with("A", 1).with("B", true).with("A", 2);
        assert_eq!(structure.members().map(|(name, _)| name).collect::<Vec<_>>(), ["A", "B"]);
        assert_eq!((structure.integer("A"), structure.boolean("A")), (Some(2), None));
    }
}
