//! Settings in the block under a key: `s3.addressing_style`, and an endpoint in a `services` section.

use super::draft::{Draft, File};
use super::property::{add, is_tight, is_written, replace, written};
use super::section::ensure;
use super::{EditError, Target};
use crate::reader::FileKind;
use crate::syntax::Kind;

/// Sets `target` in one file, in every spelling of its section.
pub(super) fn set(
    draft: &mut Draft<'_>,
    kind: FileKind,
    target: &Target,
    nested: &str,
    value: &[u8],
) -> Result<(), EditError> {
    for inside in ensure(draft.file(kind), &target.section)? {
        set_spelled(draft, kind, &inside, target, nested, value)?;
    }
    Ok(())
}

/// Takes `target` out of one file, and with its last setting the block; says whether it was there.
pub(super) fn unset(file: &mut File<'_>, target: &Target, nested: &str) -> bool {
    let mut found = false;
    for inside in file.spellings(&target.section) {
        for block in file.occurrences(&inside, &target.key).into_iter().rev() {
            let inner = lines(file, block, Some(nested));
            for at in inner.iter().rev() {
                file.document.lines.remove(*at);
            }
            if !inner.is_empty() && first_of_block(file, block).is_none() {
                file.drop_property(block);
            }
            found |= !inner.is_empty();
        }
    }
    found
}

/// The first setting of the block under the property at `at`.
pub(super) fn first_of_block(file: &File<'_>, at: usize) -> Option<usize> {
    lines(file, at, None).first().copied()
}

fn set_spelled(
    draft: &mut Draft<'_>,
    kind: FileKind,
    inside: &[u8],
    target: &Target,
    nested: &str,
    value: &[u8],
) -> Result<(), EditError> {
    let file = draft.file(kind);
    let block = file.occurrences(inside, &target.key).pop();
    let block = block.unwrap_or_else(|| add(file, inside, &target.key, b""));
    if file.value(block).is_some_and(|value| !value.is_empty()) {
        return Err(EditError::NoBlock { file: kind, line: block + 1, key: target.key.clone() });
    }
    let mut found = lines(file, block, Some(nested));
    match found.pop() {
        Some(last) => {
            if !is_written(file, last, nested, value) {
                replace(draft, kind, last, target, value);
            }
            for earlier in found.iter().rev() {
                draft.file(kind).document.lines.remove(*earlier);
            }
        }
        None => insert(file, block, nested, value),
    }
    Ok(())
}

/// Adds a setting at the block's end, indented as its first one is.
fn insert(file: &mut File<'_>, block: usize, nested: &str, value: &[u8]) {
    let first = first_of_block(file, block);
    let model = first.or_else(|| {
        let any = |at: &usize| matches!(file.document.lines[*at].kind(), Kind::Nested(_));
        (0..file.document.lines.len()).find(any)
    });
    let own = file.document.lines[block].indent();
    let deeper = model.map(|at| file.document.lines[at].indent()).filter(|indent| indent.len() > own.len());
    let indent = deeper.map_or_else(|| [own, INDENT].concat(), <[u8]>::to_vec);
    let tight = is_tight(file, model.unwrap_or(block)) && model.is_some();
    let text = [indent, written(nested, tight, value)].concat();
    let last = file.document.end_of_value(block) - 1;
    file.insert(Some(last), text, true);
}

/// The settings in the block under the property at `at`, or those of one name. Names are told apart by case, as botocore and the
/// SDK for JavaScript do.
fn lines(file: &File<'_>, at: usize, nested: Option<&str>) -> Vec<usize> {
    let lines = &file.document.lines;
    let wanted = |at: &usize| match lines[*at].kind() {
        Kind::Nested(property) => {
            nested.is_none_or(|name| lines[*at].slice(&property.key) == name.as_bytes())
        }
        _ => false,
    };
    (at + 1..file.document.end_of_value(at)).filter(wanted).collect()
}

/// As the AWS CLI does.
const INDENT: &[u8] = b"    ";
