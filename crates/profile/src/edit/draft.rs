//! Both files while they are being edited.

use super::change::compare;
use super::{Change, EditError, Edited, Intent, Note, Section, Texts, name};
use crate::reader::FileKind;
use crate::syntax::{self, Document, Kind, Line, LineEnd};

/// Both files, and what is to be told.
pub(super) struct Draft<'a> {
    pub(super) config: File<'a>,
    pub(super) credentials: File<'a>,
    pub(super) notes: Vec<Note>,
}

/// One file's lines.
pub(super) struct File<'a> {
    pub(super) kind: FileKind,
    before: Option<&'a [u8]>,
    pub(super) document: Document<'a>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(before: Texts<'a>) -> Self {
        let file = |kind, before: Option<&'a [u8]>| File {
            kind,
            before,
            document: Document::parse(before.unwrap_or_default()),
        };
        Self {
            config: file(FileKind::Config, before.config),
            credentials: file(FileKind::Credentials, before.credentials),
            notes: Vec::new(),
        }
    }

    pub(super) fn file(&mut self, kind: FileKind) -> &mut File<'a> {
        match kind {
            FileKind::Config => &mut self.config,
            FileKind::Credentials => &mut self.credentials,
        }
    }

    /// The files in which `key` stands for `section`.
    pub(super) fn files_with(&self, section: &Section, key: &str) -> Vec<FileKind> {
        let files = [&self.config, &self.credentials];
        files.into_iter().filter(|file| file.has(section, key)).map(|file| file.kind).collect()
    }

    pub(super) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn finish(self, intents: Vec<Intent>) -> Result<Edited, EditError> {
        let (config, mut changes) = self.config.finish()?;
        let (credentials, more) = self.credentials.finish()?;
        changes.extend(more);
        Ok(Edited { config, credentials, changes, notes: self.notes, intents })
    }
}

impl File<'_> {
    /// The spellings under which `section` has headers, each once, in order.
    pub(super) fn spellings(&self, section: &Section) -> Vec<Vec<u8>> {
        let mut spellings: Vec<Vec<u8>> = Vec::new();
        for line in &self.document.lines {
            let Kind::Header(header) = line.kind() else { continue };
            let inside = line.slice(&header.inside);
            if name::matches(self.kind, inside, section) && !spellings.iter().any(|known| known == inside) {
                spellings.push(inside.to_vec());
            }
        }
        spellings
    }

    /// The sections whose header has exactly `inside` between its brackets.
    pub(super) fn spelled(&self, inside: &[u8]) -> Vec<syntax::Section> {
        let is = |section: &syntax::Section| {
            let line = &self.document.lines[section.header];
            matches!(line.kind(), Kind::Header(header) if line.slice(&header.inside) == inside)
        };
        self.document.sections().filter(is).collect()
    }

    /// The lines, in sections of one spelling, that hold `key` at their top level.
    pub(super) fn occurrences(&self, inside: &[u8], key: &str) -> Vec<usize> {
        let sections = self.spelled(inside).into_iter();
        sections.flat_map(|section| section.header..section.end).filter(|at| self.is_key(*at, key)).collect()
    }

    pub(super) fn has(&self, section: &Section, key: &str) -> bool {
        self.spellings(section).iter().any(|inside| !self.occurrences(inside, key).is_empty())
    }

    /// The texts that `key` has for `section`.
    pub(super) fn values(&self, section: &Section, key: &str) -> Vec<Vec<u8>> {
        let spellings = self.spellings(section).into_iter();
        let lines = spellings.flat_map(|inside| self.occurrences(&inside, key));
        lines.filter_map(|at| self.value(at).map(<[u8]>::to_vec)).collect()
    }

    pub(super) fn value(&self, at: usize) -> Option<&[u8]> {
        let line = &self.document.lines[at];
        line.property().map(|property| line.slice(&property.value))
    }

    /// Puts a line after the line `after`, or first. It ends as its neighbour does.
    pub(super) fn insert(&mut self, after: Option<usize>, text: Vec<u8>, in_block: bool) -> usize {
        let usual = self.line_end();
        let lines = &mut self.document.lines;
        let end = match after.map(|after| &mut lines[after]) {
            Some(neighbour) if neighbour.end == LineEnd::None => {
                neighbour.end = usual;
                usual
            }
            Some(neighbour) => neighbour.end,
            None => usual,
        };
        let at = after.map_or(0, |after| after + 1);
        lines.insert(at, Line::new(text, end, in_block));
        at
    }

    /// Puts a line before the line `at`, ending as that one does.
    pub(super) fn insert_before(&mut self, at: usize, text: Vec<u8>) {
        let end = match self.document.lines[at].end {
            LineEnd::None => self.line_end(),
            end => end,
        };
        self.document.lines.insert(at, Line::new(text, end, false));
    }

    /// Gives the file's last line an end: the SDK for Go refuses a file that stops behind `=`.
    pub(super) fn end_line(&mut self, at: usize) {
        let usual = self.line_end();
        let line = &mut self.document.lines[at];
        if line.end == LineEnd::None {
            line.end = usual;
        }
    }

    /// Takes away what continues the property at `at`: not the comments in between, which are brought to the first column, as
    /// the SDKs for Rust and Java take an indented comment for a part of the value above.
    pub(super) fn drop_value(&mut self, at: usize) {
        let end = self.document.end_of_value(at);
        let lines = &mut self.document.lines;
        let kept: Vec<Line<'_>> = lines
            .drain(at + 1..end)
            .filter(|line| matches!(line.kind(), Kind::Blank | Kind::Comment))
            .collect();
        lines.splice(at + 1..at + 1, kept);
        let comments = lines[at + 1..].iter_mut();
        for line in comments.take_while(|line| matches!(line.kind(), Kind::Blank | Kind::Comment)) {
            if *line.kind() == Kind::Comment && !line.indent().is_empty() {
                line.rewrite(syntax::trim(line.text()).to_vec());
            }
        }
    }

    /// Takes away the property at `at` with all that continues it.
    pub(super) fn drop_property(&mut self, at: usize) {
        self.drop_value(at);
        self.document.lines.remove(at);
    }

    /// How lines of this file end.
    fn line_end(&self) -> LineEnd {
        let mut ends = self.document.lines.iter().map(|line| line.end);
        ends.find(|end| *end != LineEnd::None).unwrap_or(LineEnd::Lf)
    }

    fn is_key(&self, at: usize, key: &str) -> bool {
        let line = &self.document.lines[at];
        let Kind::Property(property) = line.kind() else { return false };
        line.slice(&property.key).eq_ignore_ascii_case(key.as_bytes())
    }

    fn finish(self) -> Result<(Option<Vec<u8>>, Vec<Change>), EditError> {
        let after = self.document.print();
        if self.before.unwrap_or_default() == after {
            return Ok((None, Vec::new()));
        }
        if let Some(line) = self.misread(&after) {
            return Err(EditError::Misread { file: self.kind, line });
        }
        let before = Document::parse(self.before.unwrap_or_default());
        let changes = compare(self.kind, &before, &self.document);
        Ok((Some(after), changes))
    }

    /// The first line, by its number before the edit, that is something else once the file is read again: an indented header
    /// below a line of nothing is one, and below a new property it continues that.
    fn misread(&self, after: &[u8]) -> Option<usize> {
        let read = Document::parse(after);
        let pairs = self.document.lines.iter().zip(&read.lines);
        let number = |(at, line): (usize, &Line<'_>)| if line.number > 0 { line.number } else { at + 1 };
        let mut other = pairs.enumerate().filter(|(_, (meant, read))| meant.kind() != read.kind());
        other.next().map(|(at, (meant, _))| number((at, meant)))
    }
}
