//! GetObject and HeadObject.
//!
//! Rule: the head is the same for both; what is in memory is given at once, all else is read as the client takes it. The record is read
//! once: by the tags that it has there it is given, or not.

use std::io;

use account::s3::refusal;
use account::{Check, ServiceError};
use bytes::Bytes;
use net::Source;
use objects::{Checksum, ChecksumType, Content, Object};
use wire::{Structure, Value};

use super::conditions::{self, Verdict};
use super::range::{self, Span};
use super::{Found, Outlet, Sight, answered, attributes, permission, refused, stored, version};
use crate::Ask;
use crate::answer;

pub(crate) const OUTLETS: &[Outlet] = &[
    Outlet { name: "GetObject", checks: permission::get_object, opens: |_| true, run: get },
    // Where a part begins and ends stands with the content.
    Outlet {
        name: "HeadObject",
        checks: permission::get_object,
        opens: |ask| ask.input.member("PartNumber").is_some(),
        run: head,
    },
];

/// The object that is asked for, if the caller may: what `allow` says of the checks. None where it is not there.
pub(crate) fn sighted(
    ask: &Ask<'_>,
    outlet: &Outlet,
    allow: impl Fn(&[Check]) -> Result<(), ServiceError>,
) -> Result<Option<Sight>, ServiceError> {
    permission::asked_bucket(ask)?;
    let (bucket, key) = (permission::bucket_name(ask), permission::key(ask));
    let may = |found: Option<&Object>| allow(&(outlet.checks)(ask, found)?);
    let found = if (outlet.opens)(ask) {
        let opened = ask.objects.open_if(bucket, key, |object| may(Some(object)));
        let opened = stored::there(bucket, opened)?.transpose()?;
        opened.map(|(object, content)| Sight { object, content: Some(content) })
    } else {
        let found = stored::find(ask, bucket, key)?;
        found.iter().try_for_each(|object| may(Some(object)))?;
        found.map(|object| Sight { object, content: None })
    };
    if found.is_none() {
        may(None)?;
    }
    Ok(found)
}

fn get(ask: &Ask<'_>, sight: Option<Sight>) -> Result<Found, ServiceError> {
    check(ask)?;
    let Sight { object, content } = sight.ok_or_else(|| missing(ask))?;
    if let Some(class) = object.attributes.storage_class.as_deref().filter(|class| is_archived(class)) {
        let message = "The operation is not valid for the object's storage class";
        return Err(ServiceError::new("InvalidObjectState", 403, message).with_extra("StorageClass", class));
    }
    let mut found = heads(ask, &object, content.as_ref())?;
    if let (Some(span), Some(content)) = (found.span, content) {
        found.content = give(content, span);
    }
    Ok(found)
}

fn head(ask: &Ask<'_>, sight: Option<Sight>) -> Result<Found, ServiceError> {
    check(ask)?;
    let Sight { object, content } = sight.ok_or_else(|| missing(ask))?;
    heads(ask, &object, content.as_ref())
}

fn check(ask: &Ask<'_>) -> Result<(), ServiceError> {
    attributes::check_built(ask.input)?;
    version::check(ask)
}

/// What is said of a key that is not there depends on who asks.
fn missing(ask: &Ask<'_>) -> ServiceError {
    permission::missing_key(ask, permission::bucket_name(ask), permission::key(ask))
}

/// Status and head, and which bytes go with them.
fn heads(ask: &Ask<'_>, object: &Object, content: Option<&Content>) -> Result<Found, ServiceError> {
    let verdict = conditions::of_read(ask.input, object, ask.now)?;
    if verdict == Verdict::NotModified {
        let output = Structure::new()
            .with("ETag", answered::quoted(&object.etag))
            .with("LastModified", object.last_modified);
        return Ok(Found { status: Some(304), output, span: None, content: answer::Content::NONE });
    }
    let part = part(ask.input, object, content)?;
    let range = match ask.input.text("Range") {
        Some(_) if part.is_some() => {
            let message = "Cannot specify both Range header and partNumber query parameter";
            return Err(refusal::invalid_request(message));
        }
        Some(range) => range::read(range, object.size)?,
        None => part,
    };
    let whole = range.is_none();
    let mut output = answered::object(object);
    if ask.input.text("ChecksumMode") == Some("ENABLED")
        && let Some(checksum) = checksum(ask.input, object, content, whole)?
    {
        answered::checksum(&mut output, &checksum);
    }
    let span = range.unwrap_or(Span { start: 0, length: object.size });
    output.set("ContentLength", answered::length(span.length));
    if !whole {
        output.set("ContentRange", span.content_range(object.size));
    }
    if part.is_some()
        && let Some(parts) = object.parts
    {
        output.set("PartsCount", i64::from(parts));
    }
    if !object.attributes.tags.is_empty() && permission::may_count_tags(ask, object) {
        output.set("TagCount", answered::length(object.attributes.tags.len() as u64));
    }
    override_fields(ask.input, &mut output)?;
    let status = (!whole).then_some(206);
    Ok(Found { status, output, span: Some(span), content: answer::Content::NONE })
}

/// Of the bytes that are given, if one is kept of just these: of a part among others that is so where the parts' make the object's.
fn checksum(
    input: &Structure,
    object: &Object,
    content: Option<&Content>,
    whole: bool,
) -> Result<Option<Checksum>, ServiceError> {
    let Some(held) = &object.checksum else { return Ok(None) };
    let number = input.integer("PartNumber").and_then(|number| u32::try_from(number).ok());
    match (number, content) {
        (Some(number), Some(content)) if held.kind == ChecksumType::Composite => {
            let of_part = content.part_checksum(number).map_err(refused::objects)?;
            Ok(of_part.map(|checksum| Checksum { kind: held.kind, ..checksum }))
        }
        (Some(_), _) => Ok(object.parts.is_none_or(|parts| parts == 1).then(|| held.clone())),
        (None, _) => Ok(whole.then(|| held.clone())),
    }
}

fn part(input: &Structure, object: &Object, content: Option<&Content>) -> Result<Option<Span>, ServiceError> {
    let Some(number) = input.integer("PartNumber") else { return Ok(None) };
    let valid = u32::try_from(number).ok().filter(|number| (1..=objects::MOST_PARTS).contains(number));
    let number = valid.ok_or_else(|| refused::part_number(&number.to_string()))?;
    let found = content.and_then(|content| content.part(number));
    let span = found.ok_or_else(|| {
        let message = "The requested partnumber is not satisfiable";
        ServiceError::new("InvalidPartNumber", 416, message)
            .with_extra("ActualPartCount", object.parts.unwrap_or(1).to_string())
            .with_extra("PartNumberRequested", number.to_string())
    })?;
    // Nothing is no range.
    Ok((span.size > 0).then_some(Span { start: span.start, length: span.size }))
}

/// What whoever signed the request wants to have said of the object.
fn override_fields(input: &Structure, output: &mut Structure) -> Result<(), ServiceError> {
    for (asked, member, parameter) in OVERRIDES {
        let Some(value) = input.text(asked) else { continue };
        if !value.chars().all(|character| matches!(character, ' '..='~' | '\u{a0}'..='\u{ff}')) {
            let message = "Header value cannot be represented using ISO-8859-1.";
            return Err(refusal::invalid_argument(parameter, Some(value), message));
        }
        output.set(member, value);
    }
    if let Some(Value::Timestamp(time)) = input.member("ResponseExpires") {
        output.set("Expires", time.http_date());
    }
    Ok(())
}

fn give(content: Content, span: Span) -> answer::Content {
    if let Some(bytes) = content.memory() {
        let start = usize::try_from(span.start).unwrap_or(usize::MAX).min(bytes.len());
        let end = start.saturating_add(usize::try_from(span.length).unwrap_or(usize::MAX)).min(bytes.len());
        return answer::Content::Whole(bytes.slice(start..end));
    }
    answer::Content::Streamed(span.length, Box::new(Blocks { content, at: span.start }))
}

/// An object's bytes from somewhere on.
struct Blocks {
    content: Content,
    at: u64,
}

impl Source for Blocks {
    fn next_block(&mut self) -> io::Result<Bytes> {
        let block = self.content.read_at(self.at, BLOCK).map_err(io::Error::other)?;
        self.at += block.len() as u64;
        Ok(block)
    }
}

pub(super) fn is_archived(class: &str) -> bool {
    matches!(class, "GLACIER" | "DEEP_ARCHIVE")
}

const OVERRIDES: [(&str, &str, &str); 5] = [
    ("ResponseCacheControl", "CacheControl", "response-cache-control"),
    ("ResponseContentDisposition", "ContentDisposition", "response-content-disposition"),
    ("ResponseContentEncoding", "ContentEncoding", "response-content-encoding"),
    ("ResponseContentLanguage", "ContentLanguage", "response-content-language"),
    ("ResponseContentType", "ContentType", "response-content-type"),
];

/// Bytes that are read at once: what a client that takes its time has in memory.
const BLOCK: usize = 128 << 10;
