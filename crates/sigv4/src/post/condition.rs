//! A condition of a policy: how it is read, printed, and met.

use std::fmt;

use super::error::PostError;
use super::form::PostField;
use super::json::Json;

/// One condition. Names compare without case, values with it.
#[derive(Clone, PartialEq, Eq)]
pub enum Condition {
    /// `{"acl": "private"}` or `["eq", "$acl", "private"]`: the field has this value.
    Equals { operation: String, field: String, value: String },
    /// `["starts-with", "$key", "user/"]`: the field is there and its value begins so.
    StartsWith { operation: String, field: String, prefix: String },
    /// `["content-length-range", 1, 1048576]`: the file has so many bytes, both ends included.
    Length { operation: String, least: String, most: String },
}

impl Condition {
    /// A condition written as an object: one name and its value.
    pub(super) fn simple(field: &str, value: impl Into<String>) -> Self {
        Self::Equals { operation: "eq".to_owned(), field: format!("${field}"), value: value.into() }
    }

    /// Reads a condition.
    pub(super) fn read(json: Json) -> Result<Self, PostError> {
        match json {
            Json::Object(members) => Self::read_simple(members),
            Json::List(items) => Self::read_list(items),
            _ => Err(PostError::ConditionType),
        }
    }

    /// The field it is about, as the policy spells it, without the `$`; none where there is no `$`, or it is about the file's
    /// length.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Equals { field, .. } | Self::StartsWith { field, .. } => {
                field.strip_prefix('$').filter(|name| !name.is_empty())
            }
            Self::Length { .. } => None,
        }
    }

    /// What it names, with a `$` or without: S3 finds a field named by a condition that it then takes for failed.
    pub(super) fn named(&self) -> Option<&str> {
        match self {
            Self::Equals { field, .. } | Self::StartsWith { field, .. } => {
                Some(field.strip_prefix('$').unwrap_or(field)).filter(|name| !name.is_empty())
            }
            Self::Length { .. } => None,
        }
    }

    /// The condition as S3 prints it: a list, JSON, a space after each comma.
    pub fn text(&self) -> String {
        let (Self::Equals { operation: a, field: b, value: c }
        | Self::StartsWith { operation: a, field: b, prefix: c }
        | Self::Length { operation: a, least: b, most: c }) = self;
        format!("[{}, {}, {}]", quoted(a), quoted(b), quoted(c))
    }

    /// Fails unless every value that `named` finds for the field meets the condition, and there is one.
    pub(super) fn check<'f>(&self, named: impl Fn(&str) -> Vec<&'f str>) -> Result<(), PostError> {
        let failed = || PostError::ConditionFailed(self.text());
        let meets = |value: &str| match self {
            Self::Equals { value: wanted, .. } => value == wanted,
            Self::StartsWith { field, prefix, .. } => begins(field, value, prefix),
            Self::Length { .. } => true,
        };
        if let Self::Length { .. } = self {
            return self.range().map(|_| ()).ok_or_else(failed);
        }
        let values = named(self.field().ok_or_else(failed)?);
        (!values.is_empty() && values.into_iter().all(meets)).then_some(()).ok_or_else(failed)
    }

    /// Fails unless a file of so many bytes is allowed.
    pub(super) fn check_length(&self, proposed: u64) -> Result<(), PostError> {
        match self.range() {
            Some((_, most)) if proposed > most => Err(PostError::TooLarge { proposed, most }),
            Some((least, _)) if proposed < least => Err(PostError::TooSmall { proposed, least }),
            _ => Ok(()),
        }
    }

    /// The bounds of a length, where this is one and they are numbers.
    fn range(&self) -> Option<(u64, u64)> {
        let Self::Length { least, most, .. } = self else { return None };
        let number =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        Some((number(least)?, number(most)?))
    }

    fn read_simple(members: Vec<(String, Json)>) -> Result<Self, PostError> {
        let [(field, value)]: [_; 1] = members.try_into().map_err(|_| PostError::SimpleCondition)?;
        match value {
            Json::String(value) => Ok(Self::simple(&field, value)),
            Json::Null => Err(PostError::Json),
            _ => Err(PostError::SimpleValue),
        }
    }

    fn read_list(items: Vec<Json>) -> Result<Self, PostError> {
        let mut items = items.into_iter();
        let operation = match items.next() {
            None => return Err(PostError::NoOperation),
            Some(Json::String(operation)) => operation,
            Some(_) => return Err(PostError::Json),
        };
        let kind = operation.to_ascii_lowercase();
        if !["eq", "starts-with", "content-length-range"].contains(&kind.as_str()) {
            return Err(PostError::UnknownOperation(operation));
        }
        let (Some(first), Some(second), None) = (items.next(), items.next(), items.next()) else {
            return Err(PostError::Arguments(operation));
        };
        if kind == "content-length-range" {
            return Ok(Self::Length { operation, least: bound(first)?, most: bound(second)? });
        }
        let (Json::String(field), Json::String(value)) = (first, second) else {
            return Err(PostError::Json);
        };
        Ok(match kind.as_str() {
            "eq" => Self::Equals { operation, field, value },
            _ => Self::StartsWith { operation, field, prefix: value },
        })
    }
}

/// The field only: a condition on the session token bears the token.
impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condition").field("field", &self.field()).finish_non_exhaustive()
    }
}

/// Of a list of content types every one must begin so (S3 API Reference, "POST policy").
fn begins(field: &str, value: &str, prefix: &str) -> bool {
    if field.eq_ignore_ascii_case("$content-type") {
        value.split(',').all(|one| one.trim_ascii().starts_with(prefix))
    } else {
        value.starts_with(prefix)
    }
}

fn bound(json: Json) -> Result<String, PostError> {
    match json {
        Json::Integer(number) => Ok(number.to_string()),
        Json::String(text) => Ok(text),
        _ => Err(PostError::Json),
    }
}

pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// The values of the fields of that name.
pub(super) fn values<'f>(fields: &'f [PostField], name: &str) -> Vec<&'f str> {
    fields
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case(name))
        .map(|field| field.value.as_str())
        .collect()
}
