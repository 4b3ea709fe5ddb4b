//! Sections as a whole: new ones, and those that go.

use super::draft::{Draft, File};
use super::{EditError, Section, name};
use crate::reader::FileKind;
use crate::syntax::{Kind, LineEnd};

/// The spellings of `section`'s headers in the file; where there is none, one is added at the end.
pub(super) fn ensure(file: &mut File<'_>, section: &Section) -> Result<Vec<Vec<u8>>, EditError> {
    let spellings = file.spellings(section);
    if !spellings.is_empty() {
        return Ok(spellings);
    }
    let header = name::header(file.kind, section)?;
    let inside = header[1..header.len() - 1].to_vec();
    let mut last = file.document.lines.len().checked_sub(1);
    if let Some(at) = last.filter(|at| !is_blank(file, *at) && are_apart(file)) {
        last = Some(file.insert(Some(at), Vec::new(), false));
    }
    file.insert(last, header, false);
    Ok(vec![inside])
}

/// Takes `section` out of both files. Comments between its last setting and the next header stay: they may be about that one.
pub(super) fn remove(draft: &mut Draft<'_>, section: &Section) {
    for kind in [FileKind::Config, FileKind::Credentials] {
        let file = draft.file(kind);
        for inside in file.spellings(section) {
            while let Some(found) = file.spelled(&inside).pop() {
                let end = end_of_content(file, found.header, found.end);
                file.document.lines.drain(found.header..end);
                close_gap(file, found.header);
            }
        }
    }
}

/// One past the last line that is neither blank nor a comment in the first column: an indented comment is a part of the value
/// above it to some SDKs.
pub(super) fn end_of_content(file: &File<'_>, header: usize, end: usize) -> usize {
    let lines = &file.document.lines[header..end];
    let last = lines.iter().rposition(|line| match line.kind() {
        Kind::Blank => false,
        Kind::Comment => !line.indent().is_empty(),
        _ => true,
    });
    header + last.map_or(0, |last| last + 1)
}

/// Blank lines that now follow a blank line, or come first, go.
fn close_gap(file: &mut File<'_>, at: usize) {
    if at > 0 && !is_blank(file, at - 1) {
        return;
    }
    let blanks = (at..file.document.lines.len()).take_while(|at| is_blank(file, *at)).count();
    file.document.lines.drain(at..at + blanks);
    let ends = file.document.lines.len() == at;
    if ends && at > 0 && file.document.lines[at - 1].end != LineEnd::None {
        file.document.lines.truncate(at - 1);
    }
}

fn is_blank(file: &File<'_>, at: usize) -> bool {
    *file.document.lines[at].kind() == Kind::Blank
}

/// Whether the file's writer puts blank lines between sections; one who has not had to decide does.
fn are_apart(file: &File<'_>) -> bool {
    let mut headers = file.document.sections().map(|section| section.header).skip(1);
    headers.all(|header| {
        let above = file.document.lines[..header].iter().rev();
        let mut above = above.skip_while(|line| *line.kind() == Kind::Comment);
        above.next().is_none_or(|line| *line.kind() == Kind::Blank)
    })
}
