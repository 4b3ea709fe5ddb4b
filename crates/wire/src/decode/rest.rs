//! The rest-xml protocol: members in the path, the query, headers and the body.

use std::borrow::Cow;

use super::error::DecodeError;
use super::{Request, scalar, tree, xml};
use crate::model::{Member, Operation, Place, Service, Shape, TimestampFormat};
use crate::value::{Structure, Value};

/// Reads the input from all parts of the request.
pub(super) fn read(
    service: &Service,
    operation: &Operation,
    input: &Member,
    request: &Request<'_>,
) -> Result<Structure, DecodeError> {
    let labels =
        labels(operation.uri, request.path).ok_or_else(|| refusal("The path is not the operation's"))?;
    let parameters = parameters(operation.uri, request.query)?;
    let rest = Rest { service, members: service.members(input.shape), parameters };
    let mut structure = Structure::new();
    for member in rest.members {
        let value = match member.place {
            Place::Uri => rest.label(member, &labels)?,
            Place::Query => rest.query(member)?,
            Place::Header => rest.header(member, request.headers)?,
            Place::Headers => Some(rest.headers(member, request.headers)),
            Place::Payload => rest.payload(member, request)?,
            Place::Body | Place::Status | Place::Root => None,
        };
        if let Some(value) = value {
            structure.set(member.name, value);
        }
    }
    let has_payload = rest.members.iter().any(|member| member.place == Place::Payload);
    let has_body = rest.members.iter().any(|member| member.place == Place::Body);
    if has_body && !has_payload && !request.body.is_empty() {
        let element = element(request.body, input.location_name)?;
        xml::read_into(service, input.shape, &element, &mut structure)?;
    }
    Ok(structure)
}

/// A parameter: name and value.
type Pair<'r> = (Cow<'r, str>, Cow<'r, str>);

struct Rest<'s, 'r> {
    service: &'s Service,
    members: &'s [Member],
    /// Without the template's own.
    parameters: Vec<Pair<'r>>,
}

impl Rest<'_, '_> {
    fn label(&self, member: &Member, labels: &[(&str, String)]) -> Result<Option<Value>, DecodeError> {
        match labels.iter().find(|(name, _)| *name == member.wire_name()) {
            Some((_, text)) => self.scalar(member, text, TimestampFormat::Iso8601).map(Some),
            None => Ok(None),
        }
    }

    fn query(&self, member: &Member) -> Result<Option<Value>, DecodeError> {
        let mut named = self.parameters.iter().filter(|(name, _)| name == member.wire_name());
        match self.service.shape(member.shape) {
            Shape::List { item, .. } => {
                let item = self.service.member(item);
                let read = |(_, text): &(_, Cow<'_, str>)| self.scalar(item, text, TimestampFormat::Iso8601);
                let values = named.map(read).collect::<Result<Vec<_>, _>>()?;
                Ok(Some(Value::List(values)).filter(|list| *list != Value::List(Vec::new())))
            }
            Shape::Map { key, .. } => self.query_map(key + 1),
            _ => match named.next() {
                Some((_, text)) => self.scalar(member, text, TimestampFormat::Iso8601).map(Some),
                None => Ok(None),
            },
        }
    }

    /// All parameters that no other member has.
    fn query_map(&self, value: u16) -> Result<Option<Value>, DecodeError> {
        let value = self.service.member(value);
        let of_others = |name: &str| {
            self.members.iter().any(|other| other.place == Place::Query && other.wire_name() == name)
        };
        let mut entries: Vec<(String, Value)> = Vec::new();
        let mut parameters: Vec<_> = self.parameters.iter().filter(|(name, _)| !of_others(name)).collect();
        parameters.sort_by(|one, other| one.0.cmp(&other.0));
        for (name, text) in parameters {
            let is_list = matches!(self.service.shape(value.shape), Shape::List { .. });
            let read = match self.service.shape(value.shape) {
                Shape::List { item, .. } => {
                    self.scalar(self.service.member(item), text, TimestampFormat::Iso8601)?
                }
                _ => self.scalar(value, text, TimestampFormat::Iso8601)?,
            };
            match entries.last_mut().filter(|(held, _)| held == name) {
                Some((_, Value::List(items))) => items.push(read),
                Some(_) => {}
                None if is_list => entries.push((name.to_string(), Value::List(vec![read]))),
                None => entries.push((name.to_string(), read)),
            }
        }
        Ok(Some(Value::Map(entries)))
    }

    fn header(&self, member: &Member, headers: &[(&str, &str)]) -> Result<Option<Value>, DecodeError> {
        let name = member.wire_name();
        let mut texts =
            headers.iter().filter(|(held, _)| held.eq_ignore_ascii_case(name)).map(|(_, text)| *text);
        let Some(first) = texts.next() else { return Ok(None) };
        let Shape::List { item, .. } = self.service.shape(member.shape) else {
            return self.scalar(member, first.trim(), TimestampFormat::HttpDate).map(Some);
        };
        let item = self.service.member(item);
        let is_time = matches!(
            (self.service.shape(item.shape), item.format),
            (
                Shape::Timestamp(None | Some(TimestampFormat::HttpDate)),
                None | Some(TimestampFormat::HttpDate)
            )
        );
        let parts = std::iter::once(first).chain(texts).flat_map(|text| parts(text, is_time));
        let read = |text: String| self.scalar(item, &text, TimestampFormat::HttpDate);
        parts.map(read).collect::<Result<_, _>>().map(|list| Some(Value::List(list)))
    }

    fn headers(&self, member: &Member, headers: &[(&str, &str)]) -> Value {
        let prefix = member.location_name;
        let entries = headers.iter().filter_map(|(name, text)| {
            let (start, rest) = name.split_at_checked(prefix.len())?;
            let named = start.eq_ignore_ascii_case(prefix);
            named.then(|| (rest.to_owned(), Value::String((*text).to_owned())))
        });
        Value::Map(entries.collect())
    }

    fn payload(&self, member: &Member, request: &Request<'_>) -> Result<Option<Value>, DecodeError> {
        if request.body.is_empty() {
            return Ok(None);
        }
        Ok(Some(match self.service.shape(member.shape) {
            Shape::Blob { .. } => Value::Blob(request.body.to_vec()),
            Shape::String(_) => {
                let text = std::str::from_utf8(request.body).map_err(|_| refusal("The body is not UTF-8"))?;
                Value::String(text.to_owned())
            }
            _ => {
                let element = element(request.body, member.location_name)?;
                xml::read(self.service, member, &element, 0)?
            }
        }))
    }

    fn scalar(&self, member: &Member, text: &str, default: TimestampFormat) -> Result<Value, DecodeError> {
        let format = member.format.unwrap_or(default);
        scalar::read(self.service.shape(member.shape), text, format)
            .map_err(|_| refusal(&format!("Provided value for {} is not valid", member.wire_name())))
    }
}

fn refusal(message: &str) -> DecodeError {
    DecodeError::new("InvalidArgument", message)
}

/// The body's element, which must have this name where there is one.
fn element(body: &[u8], name: &str) -> Result<tree::Element, DecodeError> {
    let element = tree::Element::read(body).ok_or_else(DecodeError::xml)?;
    if name.is_empty() || element.is_named(name) { Ok(element) } else { Err(DecodeError::xml()) }
}

/// The template's labels with what stands in their place; none where the path is another.
pub(crate) fn labels<'t>(template: &'t str, path: &str) -> Option<Vec<(&'t str, String)>> {
    let template = template.split('?').next().unwrap_or_default();
    let mut labels = Vec::new();
    let mut rest = Some(path.strip_prefix('/')?);
    for segment in template.strip_prefix('/')?.split('/') {
        let label = segment.strip_prefix('{').and_then(|label| label.strip_suffix('}'));
        let text = rest?;
        if let Some(name) = label.and_then(|label| label.strip_suffix('+')) {
            labels.push((name, percent_decoded(text)?.into_owned()));
            return (!text.is_empty()).then_some(labels);
        }
        let (here, after) = text.split_once('/').map_or((text, None), |(here, after)| (here, Some(after)));
        match label {
            Some(name) if !here.is_empty() => labels.push((name, percent_decoded(here)?.into_owned())),
            None if segment == here => {}
            _ => return None,
        }
        rest = after;
    }
    // A bucket's path may end in a slash.
    rest.is_none_or(str::is_empty).then_some(labels)
}

/// The query's parameters without those of the template.
fn parameters<'q>(template: &str, query: &'q str) -> Result<Vec<Pair<'q>>, DecodeError> {
    let (_, fixed) = template.split_once('?').unwrap_or_default();
    let mut fixed: Vec<&str> = fixed.split('&').filter(|pair| !pair.is_empty()).collect();
    let mut parameters = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let own = fixed.iter().position(|own| *own == pair || pair.strip_suffix('=') == Some(own));
        if let Some(own) = own {
            fixed.remove(own);
            continue;
        }
        if parameters.len() == MAX_PARAMETERS {
            return Err(refusal("The query has too many parameters"));
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text| form_decoded(text).ok_or_else(|| refusal("The query is not well formed"));
        parameters.push((decode(name)?, decode(value)?));
    }
    Ok(parameters)
}

/// The values of a header that is a list: between commas, some in quotes; a date has a comma of its own.
fn parts(text: &str, is_time: bool) -> Vec<String> {
    if is_time {
        let words: Vec<&str> = text.split(',').collect();
        return words.chunks(2).map(|pair| pair.join(",").trim().to_owned()).collect();
    }
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut quoted, mut characters) = (false, text.chars());
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            '\\' if quoted => part.extend(characters.next()),
            ',' if !quoted => parts.push(std::mem::take(&mut part).trim().to_owned()),
            other => part.push(other),
        }
    }
    parts.push(part.trim().to_owned());
    parts
}

/// `%41` as `A`; none where an escape is no number, or the bytes no text.
pub(crate) fn percent_decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digit = |digit: u8| char::from(digit).to_digit(16);
        bytes.push((digit(digits[0])? * 16 + digit(digits[1])?) as u8);
        rest = after;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// The same where `+` is a blank.
pub(super) fn form_decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('+') {
        return percent_decoded(text);
    }
    percent_decoded(&text.replace('+', " ")).map(|text| Cow::Owned(text.into_owned()))
}

const MAX_PARAMETERS: usize = 1024;
