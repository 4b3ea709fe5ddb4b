//! A value with its history: `created (8) | modified (8) | deadline (8) | value`, numbers big-endian.

use store::{Entry, Key, Revision};
use types::Timestamp;

/// The bytes under a key are no entry.
#[derive(Debug, thiserror::Error)]
#[error("value of key {0} is cut short")]
pub(crate) struct FrameError(Key);

pub(crate) fn encode(
    created: Revision,
    modified: Revision,
    deadline: Option<Timestamp>,
    value: &[u8],
) -> Vec<u8> {
    let deadline = deadline.map_or(NO_DEADLINE, Timestamp::millis);
    [&created.0.to_be_bytes(), &modified.0.to_be_bytes(), &deadline.to_be_bytes(), value].concat()
}

pub(crate) fn decode(key: Key, bytes: &[u8]) -> Result<Entry, FrameError> {
    let Some((created, modified, deadline, value)) = parts(bytes) else { return Err(FrameError(key)) };
    let deadline = (deadline != NO_DEADLINE).then(|| Timestamp::from_millis(deadline));
    let (created, modified) = (Revision(created), Revision(modified));
    Ok(Entry { key, value: value.to_vec(), created, modified, deadline })
}

fn parts(bytes: &[u8]) -> Option<(u64, u64, i64, &[u8])> {
    let (created, rest) = bytes.split_first_chunk()?;
    let (modified, rest) = rest.split_first_chunk()?;
    let (deadline, value) = rest.split_first_chunk()?;
    Some((u64::from_be_bytes(*created), u64::from_be_bytes(*modified), i64::from_be_bytes(*deadline), value))
}

/// No time is before 1970.
const NO_DEADLINE: i64 = -1;
