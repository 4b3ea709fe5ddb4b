//! Settings at the top level of a section.

use super::draft::{Draft, File};
use super::section::{end_of_content, ensure};
use super::{EditError, Note, Target, nested};
use crate::reader::FileKind;
use crate::syntax::{Kind, Property, trim};

/// Sets `target` in one file, in every spelling of its section. Where it stands several times under one spelling, the last is
/// kept, which is the one that is read where any is.
pub(super) fn set(
    draft: &mut Draft<'_>,
    file: FileKind,
    target: &Target,
    value: &[u8],
) -> Result<(), EditError> {
    let spellings = ensure(draft.file(file), &target.section)?;
    if spellings.len() > 1 {
        draft.note(Note::Spellings { target: target.clone(), file, times: spellings.len() });
    }
    for inside in spellings {
        set_spelled(draft, file, &inside, target, value)?;
    }
    Ok(())
}

/// Takes `target` out of both files.
pub(super) fn unset(draft: &mut Draft<'_>, target: &Target) {
    for kind in [FileKind::Config, FileKind::Credentials] {
        unset_in(draft.file(kind), target);
    }
}

/// Takes `target` out of one file; says whether it was there.
pub(super) fn unset_in(file: &mut File<'_>, target: &Target) -> bool {
    if let Some(key) = &target.nested {
        return nested::unset(file, target, key);
    }
    let mut found = false;
    for inside in file.spellings(&target.section) {
        for at in file.occurrences(&inside, &target.key).into_iter().rev() {
            file.drop_property(at);
            found = true;
        }
    }
    found
}

/// Adds a property behind the last of a section, in the style of its neighbours; the line's index.
pub(super) fn add(file: &mut File<'_>, inside: &[u8], key: &str, value: &[u8]) -> usize {
    let section = file.spelled(inside).pop().expect("a spelling comes from a header of this file");
    let last = end_of_content(file, section.header, section.end) - 1;
    let is_property = |at: &usize| matches!(file.document.lines[*at].kind(), Kind::Property(_));
    let sibling = (section.header..section.end).rev().find(is_property);
    let indent = sibling.map_or(&b""[..], |at| file.document.lines[at].indent());
    let any = sibling.or_else(|| (0..file.document.lines.len()).find(is_property));
    let tight = any.is_some_and(|at| is_tight(file, at));
    let text = [indent, &written(key, tight, value)].concat();
    file.insert(Some(last), text, false)
}

/// `key = value`, or `key=value`.
pub(super) fn written(key: &str, tight: bool, value: &[u8]) -> Vec<u8> {
    let delimiter = match (tight, value.is_empty()) {
        (true, _) => "=",
        (false, true) => " =",
        (false, false) => " = ",
    };
    [key.as_bytes(), delimiter.as_bytes(), value].concat()
}

/// Whether a property is written without blanks around its sign.
pub(super) fn is_tight(file: &File<'_>, at: usize) -> bool {
    let line = &file.document.lines[at];
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    line.property().is_some_and(|property| {
        let behind = blank(line.text().get(property.delimiter + 1));
        line.text()[property.delimiter] == b'=' && property.key.end == property.delimiter && !behind
    })
}

/// Whether the line says just this already.
pub(super) fn is_written(file: &File<'_>, at: usize, key: &str, value: &[u8]) -> bool {
    let line = &file.document.lines[at];
    line.property().is_some_and(|property| {
        let same = line.slice(&property.key) == key.as_bytes() && line.slice(&property.value) == value;
        same && line.text()[property.delimiter] == b'='
    })
}

/// Puts a value in the place of the one on the line, and what stood behind it as a comment above it, since boto3 and the AWS
/// CLI read it as part of the value.
pub(super) fn replace(draft: &mut Draft<'_>, kind: FileKind, at: usize, target: &Target, value: &[u8]) {
    let key = target.nested.as_ref().unwrap_or(&target.key);
    let file = draft.file(kind);
    let line = &file.document.lines[at];
    let Some(property) = line.property() else { return };
    let mut text = line.indent().to_vec();
    if target.nested.is_none() && may_outdent(file, at) {
        text.clear();
    }
    text.extend_from_slice(key.as_bytes());
    text.extend_from_slice(&delimiter(line.text(), property, value));
    text.extend_from_slice(value);
    let comment = comment(line.text(), property).map(<[u8]>::to_vec).filter(|_| !target.is_secret());
    file.document.lines[at].rewrite(text);
    if value.is_empty() {
        file.end_line(at);
    }
    if let Some(comment) = comment {
        file.insert_before(at, comment);
        draft.note(Note::CommentMoved { target: target.clone(), file: kind });
    }
}

fn set_spelled(
    draft: &mut Draft<'_>,
    kind: FileKind,
    inside: &[u8],
    target: &Target,
    value: &[u8],
) -> Result<(), EditError> {
    let file = draft.file(kind);
    let mut found = file.occurrences(inside, &target.key);
    let Some(last) = found.pop() else {
        add(file, inside, &target.key, value);
        return Ok(());
    };
    if nested::first_of_block(file, last).is_some() {
        return Err(EditError::IsBlock { file: kind, line: last + 1, key: target.key.clone() });
    }
    file.drop_value(last);
    if !is_written(file, last, &target.key, value) {
        replace(draft, kind, last, target, value);
    }
    for earlier in found.iter().rev() {
        draft.file(kind).drop_property(*earlier);
    }
    if !found.is_empty() {
        draft.note(Note::Joined { target: target.clone(), file: kind, times: found.len() + 1 });
    }
    Ok(())
}

/// What stands between key and value: as it was, unless that is a colon, which only Python and Go read.
fn delimiter(text: &[u8], property: &Property, value: &[u8]) -> Vec<u8> {
    let before = &text[property.key.end..property.delimiter];
    let after = &text[property.delimiter + 1..property.value.start];
    match (text[property.delimiter], value.is_empty(), property.value.is_empty()) {
        (b'=', false, false) => [before, b"=", after].concat(),
        (b'=', true, _) => [before, b"="].concat(),
        (b'=', false, true) => [before, b"=", before].concat(),
        (_, true, _) => b" =".to_vec(),
        (_, false, _) => b" = ".to_vec(),
    }
}

/// What most SDKs take for a comment behind a value: a sign after a blank.
fn comment<'t>(text: &'t [u8], property: &Property) -> Option<&'t [u8]> {
    let sign = |at: &usize| matches!(text[*at], b'#' | b';') && matches!(text[at - 1], b' ' | b'\t');
    (property.delimiter + 1..text.len()).find(sign).map(|at| trim(&text[at..]))
}

/// Whether an indented property, which the SDKs for Rust and Java refuse, can go to the first column: only where what follows
/// does not become its continuation.
fn may_outdent(file: &File<'_>, at: usize) -> bool {
    let mut below = file.document.lines[at + 1..].iter();
    let next = below.find(|line| !matches!(line.kind(), Kind::Blank | Kind::Comment));
    next.is_none_or(|line| line.indent().is_empty())
}
