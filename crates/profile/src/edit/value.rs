//! What may be written as a value, a key or a name.

use types::Secret;

use super::{EditError, Note, Target};

/// The value without the blanks that came along when it was pasted; all SDKs would cut them off.
pub(super) fn value(
    target: &Target,
    value: &Secret<String>,
    notes: &mut Vec<Note>,
) -> Result<Vec<u8>, EditError> {
    let text = value.expose();
    let kept = text.trim();
    let refuse = |what| EditError::Value { key: target.key.clone(), what };
    if kept.contains(['\n', '\r']) {
        return Err(refuse("a line break"));
    }
    if kept.chars().any(|character| character.is_control() && character != '\t') {
        return Err(refuse("a control character"));
    }
    if kept.len() != text.len() {
        notes.push(Note::Trimmed { target: target.clone() });
    }
    Ok(kept.as_bytes().to_vec())
}

/// A key that every SDK takes for a key: those that botocore lowers are written so, because the SDK for JavaScript reads no
/// other.
pub(super) fn key(target: &Target, notes: &mut Vec<Note>) -> Result<Target, EditError> {
    for part in [Some(&target.key), target.nested.as_ref()].into_iter().flatten() {
        let refuse = |what| Err(EditError::Key { key: part.clone(), what });
        match part.chars().find(|character| character.is_control() || FORBIDDEN_IN_KEYS.contains(character)) {
            Some('\n' | '\r') => return refuse("a line break"),
            Some(character) if character.is_control() => return refuse("a control character"),
            Some(_) => return refuse("a character that separates keys, sections or comments"),
            None if part.trim() != part || part.is_empty() => return refuse("blanks at an end, or nothing"),
            None => {}
        }
    }
    let lower = target.key.to_ascii_lowercase();
    if lower != target.key {
        notes.push(Note::Lowered { target: target.clone() });
    }
    Ok(Target { key: lower, ..target.clone() })
}

const FORBIDDEN_IN_KEYS: [char; 6] = ['=', ':', '[', ']', '#', ';'];
