//! A call as it is taken from the thread that answers it.
//!
//! Rule: taking is copying and nothing else: no time, no text is made of it there. What is too large for a record is left behind and its
//! size told.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use account::Caller;
use gateway::{CallRecord, Outcome, SignatureForm, Transferred};
use types::Timestamp;
use wire::{Structure, Value};

use crate::read_only::is_read_only;

/// Everything that becomes an event.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) request_id: String,
    pub(crate) time: Timestamp,
    pub(crate) duration: Duration,
    pub(crate) service: String,
    pub(crate) operation: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) caller: Option<Caller>,
    pub(crate) access_key_id: Option<String>,
    pub(crate) input: Taken,
    pub(crate) output: Taken,
    pub(crate) signature: Option<SignatureForm>,
    pub(crate) transferred: Transferred,
    /// Of S3: request id and host id.
    pub(crate) s3_ids: Option<(String, String)>,
    pub(crate) source_address: IpAddr,
    pub(crate) user_agent: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) security: Option<net::Security>,
    pub(crate) status: u16,
    pub(crate) outcome: Outcome,
    pub(crate) error: Option<(String, String)>,
    pub(crate) hint: Option<&'static str>,
    /// Who is at the other end of the connection, once that is found out.
    pub(crate) program: Option<Arc<OnceLock<Arc<net::Caller>>>>,
}

/// A structure, or what is left of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Taken {
    Nothing,
    Whole(Structure),
    /// So many bytes, at least.
    TooLarge(usize),
}

impl Call {
    /// What `record` tells, and about how many bytes it holds.
    pub(crate) fn of(record: &CallRecord<'_>) -> (Self, usize) {
        let shows = record.operation.is_some_and(|operation| shows_answer(record.service, operation));
        let (input, first) = taken(record.input);
        let (output, second) = taken(record.output.filter(|_| shows));
        let error = record.error.map(|(code, message)| (code.to_owned(), cut(message, MAX_WORDS).to_owned()));
        let call = Self {
            request_id: record.request_id.to_owned(),
            time: record.time,
            duration: record.duration,
            service: record.service.to_owned(),
            operation: record.operation.map(str::to_owned),
            region: record.region.map(str::to_owned),
            caller: record.caller.cloned(),
            access_key_id: record.access_key_id.map(str::to_owned),
            input,
            output,
            signature: record.signature,
            transferred: record.transferred,
            s3_ids: record.s3_ids.map(|ids| (ids.request_id.to_owned(), ids.host_id.to_owned())),
            source_address: record.source_address,
            user_agent: record.user_agent.map(|agent| cut(agent, MAX_WORDS).to_owned()),
            host: record.host.map(|host| cut(host, MAX_HOST).to_owned()),
            security: record.security.copied(),
            status: record.status,
            outcome: record.outcome,
            error,
            hint: record.hint,
            program: record.program.cloned(),
        };
        (call, FIXED + first + second)
    }

    /// Whether it tells of a refusal to somebody whom no signature proved: anybody can bring about as many as he likes.
    pub(crate) fn is_of_stranger(&self) -> bool {
        let is_proven = !matches!(self.caller, None | Some(Caller::Anonymous));
        match self.outcome {
            Outcome::Done => false,
            Outcome::Unauthenticated => true,
            _ => !is_proven,
        }
    }
}

/// What only reads shows in its event what was asked, and not what was answered; but AssumeRole and its like, which count as reads.
fn shows_answer(service: &str, operation: &str) -> bool {
    !is_read_only(service, operation) || operation.starts_with("AssumeRole")
}

fn taken(structure: Option<&Structure>) -> (Taken, usize) {
    let Some(structure) = structure.filter(|structure| !structure.is_empty()) else {
        return (Taken::Nothing, 0);
    };
    let size = structure_size(structure, MAX_PART);
    if size > MAX_PART { (Taken::TooLarge(size), 0) } else { (Taken::Whole(structure.clone()), size) }
}

/// Bytes of what stands in it, about; counting ends where `most` is passed.
fn structure_size(structure: &Structure, most: usize) -> usize {
    let mut sum = 0;
    for (_, value) in structure.members() {
        sum += MEMBER + value_size(value, most.saturating_sub(sum));
        if sum > most {
            break;
        }
    }
    sum
}

fn value_size(value: &Value, most: usize) -> usize {
    let mut sum = 0;
    match value {
        Value::String(text) => sum = text.len(),
        // Never kept, but copied.
        Value::Blob(bytes) => sum = bytes.len(),
        Value::List(items) => {
            for item in items {
                sum += MEMBER + value_size(item, most.saturating_sub(sum));
                if sum > most {
                    break;
                }
            }
        }
        Value::Map(entries) => {
            for (key, item) in entries {
                sum += MEMBER + key.len() + value_size(item, most.saturating_sub(sum));
                if sum > most {
                    break;
                }
            }
        }
        Value::Structure(structure) => sum = structure_size(structure, most),
        _ => {}
    }
    sum
}

/// At most so many bytes of a text, whole characters.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

/// Of `requestParameters` and of `responseElements` each (CloudTrail User Guide, "CloudTrail record contents").
pub(crate) const MAX_PART: usize = 100 * 1024;

/// Of `userAgent` and of `errorMessage` (the same).
const MAX_WORDS: usize = 1024;

/// Of a DNS name, and a port.
const MAX_HOST: usize = 261;

/// What a call takes beside what was asked and answered.
const FIXED: usize = 2048;

/// What a member takes beside its value.
const MEMBER: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_counted_and_left_behind() {
        let small = Structure::new().with("A", "x".repeat(1000));
        assert_eq!(taken(Some(&small)), (Taken::Whole(small.clone()), 1032));
        let large = Structure::new().with("L", vec!["y".repeat(1024); 200]);
        let (taken_large, size) = taken(Some(&large));
        assert!(matches!(taken_large, Taken::TooLarge(n) if n > MAX_PART) && size == 0);
        assert_eq!(taken(Some(&Structure::new())), (Taken::Nothing, 0));
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!((cut("aé", 2), cut("aé", 3), cut("é", 1)), ("a", "aé", ""));
    }
}
