//! A file of cases as it is written: TOML, or JSON of the same shape.
//!
//! Rule: unknown keys are refused; what is wrong is said with its place in the file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::{self, DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml_source::{Guide, Position, offset_of};

use crate::failure::Failure;

/// A file and its text, which is kept for places in it.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) path: PathBuf,
    text: String,
    pub(super) raw: RawSuite,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSuite {
    #[serde(default)]
    pub(super) policy: BTreeMap<String, RawPolicy>,
    #[serde(default)]
    defaults: RawCase,
    #[serde(default)]
    case: Vec<RawCase>,
}

/// One of the two.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawPolicy {
    pub(super) file: Option<PathBuf>,
    /// Text, or in a JSON file the document itself.
    pub(super) document: Option<serde_json::Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct RawCase {
    pub(super) name: Option<String>,
    pub(super) principal: Option<String>,
    pub(super) principal_id: Option<String>,
    pub(super) action: Option<Texts>,
    pub(super) resource: Option<Texts>,
    pub(super) resource_account: Option<String>,
    pub(super) identity: Option<Texts>,
    pub(super) boundary: Option<String>,
    pub(super) session: Option<Texts>,
    pub(super) resource_policy: Option<String>,
    pub(super) key_policy: Option<String>,
    pub(super) trust: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) service_control: Option<Vec<Texts>>,
    pub(super) resource_control: Option<Vec<Texts>>,
    pub(super) context: BTreeMap<String, ContextTexts>,
    pub(super) expect: Option<Expectation>,
    pub(super) layer: Option<LayerName>,
    pub(super) statement: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Expectation {
    Allow,
    /// Of either kind.
    Deny,
    ExplicitDeny,
    ImplicitDeny,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LayerName {
    Identity,
    Boundary,
    Session,
    ResourcePolicy,
    Trust,
    Endpoint,
    ServiceControl,
    ResourceControl,
}

/// A case with what it takes from the defaults.
#[derive(Debug)]
pub(super) struct PlacedCase<'a> {
    pub(super) raw: RawCase,
    number: usize,
    suite: &'a Suite,
}

impl Suite {
    pub(super) fn load(path: &Path) -> Result<Self, Failure> {
        let text = sys::fs::read_text(path, MAX_FILE).map_err(|error| Failure::of(&error))?;
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let raw: RawSuite = if is_json { json(path, &text)? } else { toml(path, &text)? };
        let suite = Self { path: path.to_owned(), text, raw };
        match suite.raw.case.is_empty() {
            true => Err(Failure::new(format!("{}: there is no case here", path.display()))
                .hint("a case begins with [[case]]; `linklocal policy test --help` shows one")),
            false => Ok(suite),
        }
    }

    pub(super) fn cases(&self) -> impl Iterator<Item = PlacedCase<'_>> {
        self.raw.case.iter().enumerate().map(|(number, case)| PlacedCase {
            raw: case.clone().over(&self.raw.defaults),
            number,
            suite: self,
        })
    }

    /// `cases.toml:12:1`, or the file alone where the text is not TOML.
    pub(super) fn place(&self, key: &str) -> String {
        let path = self.path.display();
        match offset_of(&self.text, key) {
            (0, false) => path.to_string(),
            (offset, _) => {
                let Position { line, column } = Position::of(&self.text, offset);
                format!("{path}:{line}:{column}")
            }
        }
    }
}

impl PlacedCase<'_> {
    /// As it is named, else by its place among the others.
    pub(super) fn name(&self) -> String {
        self.raw.name.clone().unwrap_or_else(|| format!("case {}", self.number + 1))
    }

    /// Where the case begins.
    pub(super) fn place(&self) -> String {
        self.suite.place(&format!("case[{}]", self.number))
    }

    /// Something is wrong with a key of the case, or of the defaults where the case has none.
    pub(super) fn wrong(&self, key: &str, what: impl fmt::Display) -> Failure {
        let own = format!("case[{}].{key}", self.number);
        let (_, is_own) = offset_of(&self.suite.text, &own);
        let place = if is_own { self.suite.place(&own) } else { self.place() };
        Failure::new(format!("{place}: {}: {key}: {what}", self.name()))
    }
}

impl RawCase {
    /// What the case does not say, the defaults do. Of the context, each key is of its own.
    fn over(self, defaults: &Self) -> Self {
        let mut context = defaults.context.clone();
        context.extend(self.context);
        // A resource has one policy.
        let of_resource = [&self.resource_policy, &self.key_policy, &self.trust];
        let has_own = of_resource.iter().any(|policy| policy.is_some());
        let default_policy = |default: &Option<String>| default.clone().filter(|_| !has_own);
        let or = |own: Option<String>, default: &Option<String>| own.or_else(|| default.clone());
        let texts = |own: Option<Texts>, default: &Option<Texts>| own.or_else(|| default.clone());
        let levels = |own: Option<Vec<Texts>>, default: &Option<Vec<Texts>>| own.or_else(|| default.clone());
        Self {
            name: self.name,
            principal: or(self.principal, &defaults.principal),
            principal_id: or(self.principal_id, &defaults.principal_id),
            action: texts(self.action, &defaults.action),
            resource: texts(self.resource, &defaults.resource),
            resource_account: or(self.resource_account, &defaults.resource_account),
            identity: texts(self.identity, &defaults.identity),
            boundary: or(self.boundary, &defaults.boundary),
            session: texts(self.session, &defaults.session),
            resource_policy: or(self.resource_policy, &default_policy(&defaults.resource_policy)),
            key_policy: or(self.key_policy, &default_policy(&defaults.key_policy)),
            trust: or(self.trust, &default_policy(&defaults.trust)),
            endpoint: or(self.endpoint, &defaults.endpoint),
            service_control: levels(self.service_control, &defaults.service_control),
            resource_control: levels(self.resource_control, &defaults.resource_control),
            context,
            expect: self.expect.or(defaults.expect),
            layer: self.layer.or(defaults.layer),
            statement: or(self.statement, &defaults.statement),
        }
    }
}

fn toml<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, Failure> {
    toml_source::read(path, text, &GUIDE).map_err(|fault| {
        let failure = Failure::of(&fault);
        match fault.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })
}

fn json<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| {
        // serde_json says the place at the end of its message.
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let what = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message);
        Failure::new(format!("{}:{line}:{column}: {what}", path.display()))
    })
}

const GUIDE: Guide = Guide { lists: &["case"], reference: "`linklocal policy test --help` shows the keys" };
const MAX_FILE: usize = 4 * 1024 * 1024;

/// A text, or a list of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Texts(pub(super) Vec<String>);

/// What a key of the context is worth: a list makes a key with many values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ContextTexts {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

impl<'de> Deserialize<'de> for ContextTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalars;
        impl<'de> Visitor<'de> for Scalars {
            type Value = ContextTexts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, true or false, or a list of them")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ContextTexts, E> {
                Ok(ContextTexts::One(text.to_owned()))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<ContextTexts, E> {
                Ok(ContextTexts::One(value.to_string()))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<ContextTexts, E> {
                Ok(ContextTexts::One(value.to_string()))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<ContextTexts, E> {
                Ok(ContextTexts::One(value.to_string()))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<ContextTexts, E> {
                Ok(ContextTexts::One(value.to_string()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ContextTexts, A::Error> {
                let mut texts = Vec::new();
                while let Some(value) = list.next_element()? {
                    match value {
                        ContextTexts::One(text) => texts.push(text),
                        ContextTexts::Many(_) => return Err(de::Error::custom("a list in a list")),
                    }
                }
                Ok(ContextTexts::Many(texts))
            }
        }
        deserializer.deserialize_any(Scalars)
    }
}
