//! Which categories an instance has: path, first build, value (facts/imds.md sections 1.10 and 2).
//!
//! One rule: a category is one row of a table. A row without a value is absent: neither listed nor served. Where the user
//! guide dates a category by a day on which no build came out, the row has the build in force on that day, as the captured
//! ones do (`placement/region`: guide 2020-08-24, found from 2019-10-01 on).

mod instance;
mod interface;

use std::borrow::Cow;

use types::Instance;
use types::instance::NetworkInterface;

use crate::{Live, Version};

/// A category that an instance has.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    /// Below the build. `*` stands for the next of `names`; `0=*` is looked up as `0` and listed as `0=name`; a segment in
    /// parentheses is looked up without them and not listed.
    pub(crate) path: &'static str,
    pub(crate) names: [Option<Cow<'a, str>>; 2],
    pub(crate) since: Version,
    pub(crate) value: Value<'a>,
}

#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    UserData(&'a [u8]),
    Live(Live),
}

pub(crate) const IDENTITY_DOCUMENT: &str = "dynamic/instance-identity/document";

/// All that `instance` has, in no order.
pub(crate) fn entries(instance: &Instance) -> Vec<Entry<'_>> {
    let mut entries = Vec::with_capacity(64);
    for row in instance::CATEGORIES.iter().chain(interface::CATEGORIES) {
        row.collect(instance, &mut entries);
    }
    entries.retain(is_reachable);
    entries
}

type Text<'a> = Option<Cow<'a, str>>;
type Names<'a> = Vec<Cow<'a, str>>;
type Texts<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// A row: one category, or the family of those whose names an instance makes up.
#[derive(Debug)]
struct Category {
    path: &'static str,
    since: Version,
    source: Source,
}

/// Where a row's values come from.
#[derive(Debug)]
enum Source {
    Text(for<'a> fn(&'a Instance) -> Text<'a>),
    Texts(for<'a> fn(&'a Instance) -> Texts<'a>),
    UserData(for<'a> fn(&'a Instance) -> Option<&'a [u8]>),
    Live(Live, fn(&Instance) -> bool),
    Lives(Live, for<'a> fn(&'a Instance) -> Names<'a>),
    /// Once for each interface; its address is the first `*`.
    Interface(for<'a> fn(&'a Instance, &'a NetworkInterface) -> Text<'a>),
    InterfaceTexts(for<'a> fn(&'a NetworkInterface) -> Texts<'a>),
}

impl Category {
    const fn new(path: &'static str, since: &str, source: Source) -> Self {
        Self { path, since: Version::named(since), source }
    }

    fn collect<'a>(&self, instance: &'a Instance, entries: &mut Vec<Entry<'a>>) {
        let mut add = |names, value| {
            entries.push(Entry { path: self.path, names, since: self.since, value });
        };
        match self.source {
            Source::Text(text) => text(instance).into_iter().for_each(|t| add([None, None], Value::Text(t))),
            Source::UserData(data) => {
                data(instance).into_iter().for_each(|d| add([None, None], Value::UserData(d)));
            }
            Source::Live(live, has) if has(instance) => add([None, None], Value::Live(live)),
            Source::Live(..) => {}
            Source::Texts(texts) => {
                texts(instance).into_iter().for_each(|(n, t)| add([Some(n), None], Value::Text(t)));
            }
            Source::Lives(live, names) => {
                names(instance).into_iter().for_each(|n| add([Some(n), None], Value::Live(live)));
            }
            Source::Interface(text) => {
                for interface in &instance.network_interfaces {
                    let mac = Some(Cow::Borrowed(interface.mac_address.as_str()));
                    text(instance, interface)
                        .into_iter()
                        .for_each(|t| add([mac.clone(), None], Value::Text(t)));
                }
            }
            Source::InterfaceTexts(texts) => {
                for interface in &instance.network_interfaces {
                    let mac = Some(Cow::Borrowed(interface.mac_address.as_str()));
                    for (name, text) in texts(interface) {
                        add([mac.clone(), Some(name)], Value::Text(text));
                    }
                }
            }
        }
    }
}

/// Whether paths can hold the entry's names and menus list them. A name that is only a label may have slashes.
fn is_reachable(entry: &Entry<'_>) -> bool {
    let label = entry.path.contains("=*");
    entry.names.iter().flatten().all(|name| {
        let segment = !matches!(name.as_ref(), "" | "." | "..") && !name.contains('/');
        (label || segment) && !name.contains(char::is_control)
    })
}

/// One per line, nothing for none.
fn lines<T: ToString>(items: impl IntoIterator<Item = T>) -> Text<'static> {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    (!items.is_empty()).then(|| Cow::Owned(items.join("\n")))
}

fn borrowed(text: &str) -> Text<'_> {
    (!text.is_empty()).then_some(Cow::Borrowed(text))
}

fn owned(text: impl ToString) -> Text<'static> {
    Some(Cow::Owned(text.to_string()))
}
