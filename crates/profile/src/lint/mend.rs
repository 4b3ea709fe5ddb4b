//! Changes of a file that mend what was found.
//!
//! Rule: a mend touches the lines that it names, and after all of them no SDK fails that did not before; or nothing is
//! mended.

use super::{Finding, Fix, Subject, Surroundings, lint};
use crate::reader::{self, FileKind, Locations};
use crate::syntax::{Document, Kind, Line, LineEnd, Section};
use crate::{FileState, Sdk};

/// One change. Lines are named by their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mend {
    ByteOrderMark,
    Utf16,
    /// Carriage returns alone become line feeds.
    LineEnds,
    Unindent(usize),
    LowerKey(usize),
    /// `:` becomes `=`.
    Equals(usize),
    Unquote(usize),
    /// A comment behind a value gets a line of its own above.
    MoveComment(usize),
    CommentOut(usize),
    /// What follows a header's bracket becomes a comment.
    HeaderComment(usize),
    /// The text between the brackets.
    Header(usize, String),
    /// A property with the lines that belong to it goes.
    RemoveValue(usize),
    /// The lines of the second section join the first.
    MergeSections {
        first: usize,
        second: usize,
    },
}

/// What mending made of both files.
#[derive(Clone, Debug, Default)]
pub struct Mended {
    /// Nothing where the file stays as it is.
    pub config: Option<Vec<u8>>,
    pub credentials: Option<Vec<u8>>,
    /// What was mended, with the places it had when it was found.
    pub mended: Vec<Finding>,
}

/// Mends everything in the two files that can be mended without asking, again and again until nothing is left.
///
/// # Errors
/// An SDK that read the files would fail on what came out; its name and what it says.
pub fn mend(
    locations: &Locations,
    config: &FileState,
    credentials: &FileState,
) -> Result<Mended, (Sdk, reader::ReadError)> {
    let mut states = [config.clone(), credentials.clone()];
    let mut mended = Vec::new();
    let nothing = Surroundings::default();
    for _ in 0..MOST_ROUNDS {
        let subject =
            Subject { locations, config: &states[0], credentials: &states[1], surroundings: &nothing };
        let found = lint(&subject);
        let round = round(&mut states, found);
        if round.is_empty() {
            break;
        }
        mended.extend(round);
    }
    check(locations, [config, credentials], [&states[0], &states[1]])?;
    let [after_config, after_credentials] = states;
    let new = |before: &FileState, after: FileState| match after {
        FileState::Bytes(bytes) if before.bytes() != Some(&bytes) => Some(bytes.to_vec()),
        _ => None,
    };
    Ok(Mended { config: new(config, after_config), credentials: new(credentials, after_credentials), mended })
}

/// Applies what can be applied at once: sections are merged one at a time, for lines move by it.
fn round(states: &mut [FileState; 2], found: Vec<Finding>) -> Vec<Finding> {
    let mut applied = Vec::new();
    for (kind, state) in [FileKind::Config, FileKind::Credentials].into_iter().zip(states) {
        let FileState::Bytes(bytes) = &*state else { continue };
        let mut text = bytes.to_vec();
        let mends: Vec<&Finding> = found.iter().filter(|finding| of(finding, kind).is_some()).collect();
        let whole = mends.iter().find(|finding| matches!(of(finding, kind), Some(Mend::Utf16)));
        if let Some(finding) = whole {
            text = from_utf16(&text);
            applied.push((**finding).clone());
        } else {
            let mut document = Document::parse(&text);
            for finding in mends {
                if of(finding, kind).is_some_and(|mend| apply(&mut document, mend)) {
                    applied.push(finding.clone());
                }
            }
            text = document.print();
        }
        if text != bytes[..] {
            *state = FileState::Bytes(text.into());
        }
    }
    applied
}

fn of(finding: &Finding, kind: FileKind) -> Option<&Mend> {
    match &finding.fix {
        Some(Fix::Text(of, mend)) if *of == kind => Some(mend),
        _ => None,
    }
}

fn check(
    locations: &Locations,
    before: [&FileState; 2],
    after: [&FileState; 2],
) -> Result<(), (Sdk, reader::ReadError)> {
    let read = |sdk, [config, credentials]: [&FileState; 2]| {
        reader::read(sdk, (&locations.config, config), (&locations.credentials, credentials))
    };
    for sdk in Sdk::OTHERS {
        if let (Ok(_), Err(error)) = (read(sdk, before), read(sdk, after)) {
            return Err((sdk, error));
        }
    }
    Ok(())
}

/// Whether anything came of it.
fn apply(document: &mut Document<'_>, mend: &Mend) -> bool {
    match mend {
        Mend::ByteOrderMark => std::mem::take(&mut document.byte_order_mark),
        Mend::Utf16 => false,
        Mend::LineEnds => {
            let lone = document.lines.iter_mut().filter(|line| line.end == LineEnd::Cr);
            lone.map(|line| line.end = LineEnd::Lf).count() > 0
        }
        Mend::MergeSections { first, second } => merge(document, *first, *second),
        Mend::RemoveValue(number) => {
            let Some(at) = at(document, *number) else { return false };
            let end = document.end_of_value(at);
            document.lines.drain(at..end);
            true
        }
        Mend::MoveComment(number) => move_comment(document, *number),
        Mend::Unindent(number) => {
            rewrite(document, *number, |line| Some(line.text()[line.indent().len()..].to_vec()))
        }
        Mend::LowerKey(number) => rewrite(document, *number, lower_key),
        Mend::Equals(number) => rewrite(document, *number, |line| {
            let property = line.property()?;
            Some([line.indent(), line.slice(&property.key), b" = ", line.slice(&property.value)].concat())
        }),
        Mend::Unquote(number) => rewrite(document, *number, |line| {
            let value = line.property()?.value.clone();
            let bare = line.slice(&value).strip_prefix(b"\"")?.strip_suffix(b"\"")?;
            Some([&line.text()[..value.start], bare, &line.text()[value.end..]].concat())
        }),
        Mend::CommentOut(number) => {
            rewrite(document, *number, |line| Some([b"# ", line.text().trim_ascii_start()].concat()))
        }
        Mend::HeaderComment(number) => rewrite(document, *number, |line| {
            let close = header(line)?.end + 1;
            let behind = line.text()[close..].trim_ascii_start();
            let mark: &[u8] =
                if behind.starts_with(b"#") || behind.starts_with(b";") { b" " } else { b" # " };
            Some([&line.text()[..close], mark, behind].concat())
        }),
        Mend::Header(number, text) => rewrite(document, *number, |line| {
            let inside = header(line)?;
            Some([&line.text()[..inside.start], text.as_bytes(), &line.text()[inside.end..]].concat())
        }),
    }
}

fn at(document: &Document<'_>, number: usize) -> Option<usize> {
    document.lines.iter().position(|line| line.number == number)
}

fn rewrite(
    document: &mut Document<'_>,
    number: usize,
    text: impl FnOnce(&Line<'_>) -> Option<Vec<u8>>,
) -> bool {
    let Some(line) = document.lines.iter_mut().find(|line| line.number == number) else { return false };
    let Some(text) = text(line) else { return false };
    line.rewrite(text);
    true
}

fn header(line: &Line<'_>) -> Option<std::ops::Range<usize>> {
    match line.kind() {
        Kind::Header(header) => Some(header.inside.clone()),
        _ => None,
    }
}

fn lower_key(line: &Line<'_>) -> Option<Vec<u8>> {
    let key = line.property()?.key.clone();
    let lower = String::from_utf8_lossy(line.slice(&key)).to_lowercase();
    Some([&line.text()[..key.start], lower.as_bytes(), &line.text()[key.end..]].concat())
}

fn move_comment(document: &mut Document<'_>, number: usize) -> bool {
    let Some(at) = at(document, number) else { return false };
    let line = &document.lines[at];
    let Some(property) = line.property() else { return false };
    let value = line.slice(&property.value);
    let Some(cut) = value.windows(2).position(|pair| matches!(pair, [b' ' | b'\t', b'#' | b';'])) else {
        return false;
    };
    let start = property.value.start + cut;
    let end = if line.end == LineEnd::None { LineEnd::Lf } else { line.end };
    let comment = Line::new(line.text()[start + 1..].to_vec(), end, false);
    let rest = line.text()[..start].trim_ascii_end().to_vec();
    document.lines[at].rewrite(rest);
    document.lines.insert(at, comment);
    true
}

/// The lines under the second header go behind the last line of the first section that says something.
fn merge(document: &mut Document<'_>, first: usize, second: usize) -> bool {
    let (Some(first), Some(second)) = (at(document, first), at(document, second)) else { return false };
    let sections: Vec<Section> = document.sections().collect();
    let find = |header| sections.iter().find(|section| section.header == header).copied();
    let (Some(first), Some(second)) = (find(first), find(second)) else { return false };
    let mut moved: Vec<Line<'_>> = document.lines.drain(second.header..second.end).skip(1).collect();
    let end = (first.header..first.end).rev().find(|at| !matches!(document.lines[*at].kind(), Kind::Blank));
    let end = end.unwrap_or(first.header) + 1;
    // The last line of a file may have no end; whatever moves may not be glued to its neighbour.
    for line in moved.iter_mut().chain(document.lines.get_mut(end - 1)) {
        if line.end == LineEnd::None {
            line.end = LineEnd::Lf;
        }
    }
    document.lines.splice(end..end, moved);
    true
}

/// Characters that are no pairs become replacement characters, and the byte order mark goes.
fn from_utf16(bytes: &[u8]) -> Vec<u8> {
    let big =
        bytes.starts_with(b"\xFE\xFF") || (bytes.first() == Some(&0) && !bytes.starts_with(b"\xFF\xFE"));
    let units = bytes.chunks_exact(2).map(|pair| match big {
        true => u16::from_be_bytes([pair[0], pair[1]]),
        false => u16::from_le_bytes([pair[0], pair[1]]),
    });
    let text: String =
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.trim_start_matches('\u{feff}').as_bytes().to_vec()
}

/// More than mends that make room for one another ever need; each round mends something.
const MOST_ROUNDS: usize = 100;
