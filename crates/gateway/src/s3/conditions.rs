//! What a request requires of an object as it is.
//!
//! Rule: a condition on the ETag stands before the one on the time that goes with it; times count in whole seconds, and one that is still
//! to come says nothing (RFC 9110 section 13.2.2; S3 API Reference, GetObject, "Overriding response header values").

use account::ServiceError;
use account::s3::refusal;
use objects::{Object, PutCondition};
use types::Timestamp;
use wire::{Structure, Value};

use super::refused;

/// Whether the object is to be given, or is what the client has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Give,
    NotModified,
}

/// Of GET and HEAD.
pub(super) fn of_read(input: &Structure, object: &Object, now: Timestamp) -> Result<Verdict, ServiceError> {
    let time = |member| match input.member(member) {
        Some(Value::Timestamp(time)) => Some(*time),
        _ => None,
    };
    let asked = Asked {
        matches: input.text("IfMatch"),
        unmodified: time("IfUnmodifiedSince"),
        differs: input.text("IfNoneMatch"),
        modified: time("IfModifiedSince"),
    };
    match asked.broken(object, now) {
        None => Ok(Verdict::Give),
        Some("If-None-Match" | "If-Modified-Since") => Ok(Verdict::NotModified),
        Some(condition) => Err(refused::precondition(condition)),
    }
}

/// Of the source of a copy, where all that is broken is refused.
pub(super) fn of_source(input: &Structure, source: &Object, now: Timestamp) -> Result<(), ServiceError> {
    let time = |member| match input.member(member) {
        Some(Value::Timestamp(time)) => Some(*time),
        _ => None,
    };
    let asked = Asked {
        matches: input.text("CopySourceIfMatch"),
        unmodified: time("CopySourceIfUnmodifiedSince"),
        differs: input.text("CopySourceIfNoneMatch"),
        modified: time("CopySourceIfModifiedSince"),
    };
    let broken = asked.broken(source, now);
    broken.map_or(Ok(()), |condition| Err(refused::precondition(&format!("x-amz-copy-source-{condition}"))))
}

/// Of whatever makes an object.
pub(super) fn of_write(input: &Structure) -> Result<PutCondition, ServiceError> {
    let (matches, differs) = (input.text("IfMatch"), input.text("IfNoneMatch"));
    if differs.is_some_and(|value| value != "*") {
        return Err(not_accepted("If-None-Match"));
    }
    if matches.is_some_and(|value| value == "*") || (matches.is_some() && differs.is_some()) {
        return Err(not_accepted("If-Match"));
    }
    Ok(PutCondition { absent: differs.is_some(), etag: matches.map(str::to_owned) })
}

fn not_accepted(header: &str) -> ServiceError {
    refusal::not_implemented(header).with_extra(
        "additionalMessage",
        format!("We don't accept the provided value of {header} header for this API"),
    )
}

struct Asked<'a> {
    matches: Option<&'a str>,
    unmodified: Option<Timestamp>,
    differs: Option<&'a str>,
    modified: Option<Timestamp>,
}

impl Asked<'_> {
    /// The name of the first condition that does not hold.
    fn broken(&self, object: &Object, now: Timestamp) -> Option<&'static str> {
        let modified = object.last_modified.secs();
        match (self.matches, self.unmodified) {
            (Some(etags), _) if !names(etags, &object.etag) => return Some("If-Match"),
            (None, Some(since)) if modified > since.secs() => return Some("If-Unmodified-Since"),
            _ => {}
        }
        match (self.differs, self.modified) {
            (Some(etags), _) if names(etags, &object.etag) => Some("If-None-Match"),
            (None, Some(since)) if since <= now && modified <= since.secs() => Some("If-Modified-Since"),
            _ => None,
        }
    }
}

/// Whether a list of ETags has this one.
fn names(list: &str, etag: &str) -> bool {
    list.split(',').map(str::trim).any(|one| {
        let one = one.strip_prefix("W/").unwrap_or(one);
        one == "*" || one.trim_matches('"') == etag
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODIFIED: Timestamp = Timestamp::from_secs(1_000);
    const NOW: Timestamp = Timestamp::from_secs(5_000);

    fn object() -> Object {
        Object {
            key: "k".to_owned(),
            size: 1,
            etag: "e1".to_owned(),
            last_modified: MODIFIED,
            checksum: None,
            parts: None,
            attributes: objects::Attributes::default(),
        }
    }

    #[test]
    fn tags_stand_before_times() {
        let at = |secs| Value::Timestamp(Timestamp::from_secs(secs));
        let text = |text: &str| Value::String(text.to_owned());
        let give = Ok(Verdict::Give);
        let same = Ok(Verdict::NotModified);
        for (asked, expected) in [
            (vec![], give),
            (vec![("IfMatch", text("\"e1\""))], give),
            (vec![("IfMatch", text("e0, W/\"e1\""))], give),
            (vec![("IfMatch", text("*"))], give),
            (vec![("IfMatch", text("e2"))], Err("If-Match")),
            (vec![("IfMatch", text("e1")), ("IfUnmodifiedSince", at(900))], give),
            (vec![("IfUnmodifiedSince", at(1000))], give),
            (vec![("IfUnmodifiedSince", at(999))], Err("If-Unmodified-Since")),
            (vec![("IfNoneMatch", text("e1"))], same),
            (vec![("IfNoneMatch", text("e2"))], give),
            (vec![("IfNoneMatch", text("e2")), ("IfModifiedSince", at(2000))], give),
            (vec![("IfModifiedSince", at(1000))], same),
            (vec![("IfModifiedSince", at(999))], give),
            (vec![("IfModifiedSince", at(6000))], give),
            (vec![("IfMatch", text("e1")), ("IfNoneMatch", text("e1"))], same),
        ] {
            let input =
                asked.iter().fold(Structure::new(), |input, (name, value)| input.with(*name, value.clone()));
            let found = of_read(&input, &object(), NOW);
            let found = found.map_err(|error| (error.status, error.extras));
            let expected = expected.map_err(|name: &str| (412, vec![("Condition", name.to_owned())]));
            assert_eq!(found, expected, "{asked:?}");
        }
    }

    #[test]
    fn of_writes_only_what_s3_takes_is_taken() {
        let of = |name: &'static str, value: &str| of_write(&Structure::new().with(name, value));
        assert!(of("IfNoneMatch", "*").unwrap().absent);
        assert_eq!(of("IfMatch", "\"e\"").unwrap().etag.as_deref(), Some("\"e\""));
        for (name, value) in [("IfNoneMatch", "e1"), ("IfMatch", "*")] {
            assert_eq!(of(name, value).unwrap_err().status, 501);
        }
    }
}
