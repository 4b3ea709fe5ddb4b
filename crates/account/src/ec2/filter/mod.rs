//! Filters of `Describe…` operations: which resources they hold for.
//!
//! Rule: the values of a filter are alternatives, all filters must hold, and everything is held case-sensitively. A resource says
//! what it has under a filter's name; it never looks at patterns. Source: EC2 user guide, "List and filter using the CLI and API"
//! (wildcards `*` and `?`, `\` before one that is meant); limits and texts as EC2's answers have them.

mod pattern;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::refusal;
use crate::ServiceError;
use crate::directory::Tag;

pub use pattern::Pattern;

/// What a resource is filtered by.
pub trait Filtered {
    /// The names that its operation knows, such as `vpc-id`. `tag` stands for `tag:` and any key.
    const FILTERS: &'static [&'static str];

    /// What it has under a name out of [`Self::FILTERS`]; nothing where it lacks the thing. `tag` and `tag-key` are never asked for.
    fn values(&self, name: &str) -> Vec<Cow<'_, str>>;

    /// Its tags, for `tag:` and `tag-key`.
    fn tags(&self) -> Tags<'_> {
        Tags::None
    }
}

/// Tags as resources keep them.
#[derive(Clone, Copy, Debug)]
pub enum Tags<'a> {
    None,
    Map(&'a BTreeMap<String, String>),
    List(&'a [Tag]),
}

/// The filters of a request, checked.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    filters: Vec<Filter>,
}

#[derive(Clone, Debug)]
struct Filter {
    name: String,
    values: Vec<Pattern>,
}

impl Filters {
    /// The filters that are given for resources `T`: names and values, as they came.
    ///
    /// # Errors
    /// A name that the operation does not know, or more than EC2 takes.
    pub fn new<'a, T: Filtered>(
        given: impl IntoIterator<Item = (Option<&'a str>, Vec<&'a str>)>,
    ) -> Result<Self, ServiceError> {
        let filters = given.into_iter().map(|(name, values)| filter(T::FILTERS, name, &values));
        let filters = filters.collect::<Result<Vec<_>, _>>()?;
        if filters.len() > MAX_FILTERS {
            return Err(refusal::filter_limit(&format!(
                "The maximum number of filters specified on a single call is {MAX_FILTERS}"
            )));
        }
        if filters.iter().map(|filter| filter.values.len()).sum::<usize>() > MAX_VALUES {
            return Err(refusal::filter_limit(&format!(
                "The maximum number of filter values specified on a single call is {MAX_VALUES}"
            )));
        }
        Ok(Self { filters })
    }

    pub fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// Whether all filters hold for the resource. A filter without values holds for none.
    pub fn hold<T: Filtered>(&self, resource: &T) -> bool {
        self.filters.iter().all(|filter| filter.holds(resource))
    }
}

impl Filter {
    fn holds<T: Filtered>(&self, resource: &T) -> bool {
        let meets = |value: &str| self.values.iter().any(|pattern| pattern.matches(value));
        match self.name.strip_prefix("tag:") {
            Some(key) => resource.tags().value(key).is_some_and(meets),
            None if self.name == "tag-key" => resource.tags().keys().any(meets),
            None => resource.values(&self.name).iter().any(|value| meets(value)),
        }
    }
}

impl<'a> Tags<'a> {
    pub fn value(self, key: &str) -> Option<&'a str> {
        self.iter().find(|(held, _)| *held == key).map(|(_, value)| value)
    }

    pub fn keys(self) -> impl Iterator<Item = &'a str> {
        self.iter().map(|(key, _)| key)
    }

    /// Keys and values.
    pub fn iter(self) -> Box<dyn Iterator<Item = (&'a str, &'a str)> + 'a> {
        match self {
            Self::None => Box::new(std::iter::empty()),
            Self::Map(tags) => Box::new(tags.iter().map(|(key, value)| (key.as_str(), value.as_str()))),
            Self::List(tags) => Box::new(tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str()))),
        }
    }
}

fn filter(known: &[&str], name: Option<&str>, values: &[&str]) -> Result<Filter, ServiceError> {
    let name = name.filter(|name| !name.is_empty()).unwrap_or("null");
    let is_known = match name.strip_prefix("tag:") {
        Some(key) => !key.is_empty() && known.contains(&"tag"),
        // It stands for the filters of all keys: by itself it is none.
        None => name != "tag" && known.contains(&name),
    };
    if !is_known {
        return Err(refusal::invalid_value(format!("The filter '{}' is invalid", shown(name))));
    }
    if values.iter().any(|value| value.chars().count() > MAX_LENGTH) {
        return Err(refusal::filter_limit(&format!(
            "The maximum length for a filter value is {MAX_LENGTH} characters"
        )));
    }
    Ok(Filter { name: name.to_owned(), values: values.iter().map(|value| Pattern::new(value)).collect() })
}

/// A name that is no filter's may be of any length.
fn shown(name: &str) -> &str {
    &name[..name.floor_char_boundary(MAX_LENGTH)]
}

/// Of one call, in all its filters.
const MAX_VALUES: usize = 200;
const MAX_FILTERS: usize = 50;

/// Characters of a value.
const MAX_LENGTH: usize = 255;
