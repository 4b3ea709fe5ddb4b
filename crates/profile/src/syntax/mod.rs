//! The lossless syntax tree of a config or credentials file.
//!
//! Rule: `print(parse(bytes)) == bytes` for any bytes. What a line means to which SDK is `reader`'s matter; the tree takes the
//! widest meaning that any of them gives to it, so that whoever edits finds what any of them reads.

mod encoding;
mod line;

pub use encoding::{Foreign, foreign};
pub use line::{Header, Kind, Line, LineEnd, Property, trim};

use line::Context;

/// A file as lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document<'a> {
    /// Whether a UTF-8 byte order mark stands before the first line.
    pub byte_order_mark: bool,
    pub lines: Vec<Line<'a>>,
}

/// A header and what stands under it, as indices into [`Document::lines`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    pub header: usize,
    /// One past the last line before the next header.
    pub end: usize,
}

impl<'a> Document<'a> {
    /// Any bytes are lines of some kind. One pass; lines borrow from `bytes`.
    pub fn parse(bytes: &'a [u8]) -> Self {
        let text = bytes.strip_prefix(BYTE_ORDER_MARK);
        let mut rest = text.unwrap_or(bytes);
        let mut context = Context::default();
        let mut lines = Vec::with_capacity(rest.len() / MEAN_LINE);
        while !rest.is_empty() {
            let (text, end, behind) = line::split(rest);
            lines.push(Line::parse(text, end, lines.len() + 1, &mut context));
            rest = behind;
        }
        Self { byte_order_mark: text.is_some(), lines }
    }

    /// The bytes of the file.
    pub fn print(&self) -> Vec<u8> {
        let length =
            self.lines.iter().map(|line| line.text().len() + 2).sum::<usize>() + BYTE_ORDER_MARK.len();
        let mut bytes = Vec::with_capacity(length);
        if self.byte_order_mark {
            bytes.extend_from_slice(BYTE_ORDER_MARK);
        }
        for line in &self.lines {
            bytes.extend_from_slice(line.text());
            bytes.extend_from_slice(line.end.bytes());
        }
        bytes
    }

    /// The sections in their order; what stands before the first header is in none.
    pub fn sections(&self) -> impl Iterator<Item = Section> + '_ {
        let mut headers = self.headers().peekable();
        std::iter::from_fn(move || {
            let header = headers.next()?;
            let end = headers.peek().copied().unwrap_or(self.lines.len());
            Some(Section { header, end })
        })
    }

    /// The line after the last one that belongs to the property at `index`: its continuation or its block, and no comment or
    /// blank line behind that.
    pub fn end_of_value(&self, index: usize) -> usize {
        let mut end = index + 1;
        for (at, line) in self.lines.iter().enumerate().skip(index + 1) {
            match line.kind() {
                Kind::Continuation | Kind::Nested(_) => end = at + 1,
                Kind::Blank | Kind::Comment => {}
                _ => break,
            }
        }
        end
    }

    fn headers(&self) -> impl Iterator<Item = usize> + '_ {
        let numbered = self.lines.iter().enumerate();
        numbered.filter(|(_, line)| matches!(line.kind(), Kind::Header(_))).map(|(index, _)| index)
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// A guess at the length of a line, to make room once.
const MEAN_LINE: usize = 24;

#[cfg(test)]
mod tests;
