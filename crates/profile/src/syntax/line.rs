//! One line: what it is, and where in it the parts stand.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A line without its end.
#[derive(Clone, PartialEq, Eq)]
pub struct Line<'a> {
    text: Cow<'a, [u8]>,
    pub end: LineEnd,
    kind: Kind,
    /// Counted from 1 in the file that was parsed; 0 for a line that was made since.
    pub number: usize,
}

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    Lf,
    CrLf,
    /// A carriage return alone, which ends a line for Python only.
    Cr,
    /// The end of the file.
    None,
}

/// What a line is. Ranges are of bytes within the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing but spaces and tabs.
    Blank,
    /// `#` or `;` comes first, perhaps after blanks.
    Comment,
    Header(Header),
    /// `key = value` or `key: value`, indented or not.
    Property(Property),
    /// An indented line under a property that has a value.
    Continuation,
    /// An indented `key = value` under a property without a value.
    Nested(Property),
    /// Nothing of these.
    Garbage,
}

/// `[inside]`, and perhaps something behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Between the brackets, blanks included.
    pub inside: Range<usize>,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Without blanks around it.
    pub key: Range<usize>,
    /// Where `=` or `:` stands.
    pub delimiter: usize,
    /// Without blanks around it, and with whatever some SDKs take for a comment.
    pub value: Range<usize>,
}

/// What came before a line in its section, as far as it decides what the line is.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    owner: Option<Owner>,
}

/// The property that an indented line may belong to.
#[derive(Clone, Debug)]
struct Owner {
    indent: usize,
    /// Without a value of its own.
    block: bool,
}

impl<'a> Line<'a> {
    pub(super) fn parse(text: &'a [u8], end: LineEnd, number: usize, context: &mut Context) -> Self {
        Self { kind: classify(text, context), text: Cow::Borrowed(text), end, number }
    }

    /// A new line. Indented, it belongs to the block above it or is a property of its own, as it is said to be.
    pub fn new(text: Vec<u8>, end: LineEnd, in_block: bool) -> Line<'static> {
        let mut context = Context { owner: in_block.then_some(Owner { indent: 0, block: true }) };
        Line { kind: classify(&text, &mut context), text: Cow::Owned(text), end, number: 0 }
    }

    /// The same line with another text; it keeps its number and its end.
    pub fn rewrite(&mut self, text: Vec<u8>) {
        let in_block = matches!(self.kind, Kind::Nested(_));
        *self = Line { number: self.number, ..Line::new(text, self.end, in_block) };
    }

    pub fn text(&self) -> &[u8] {
        &self.text
    }

    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    pub fn slice(&self, range: &Range<usize>) -> &[u8] {
        &self.text[range.clone()]
    }

    /// Blanks before the first other byte.
    pub fn indent(&self) -> &[u8] {
        &self.text[..blanks(&self.text)]
    }

    /// The property of this line, nested or not.
    pub fn property(&self) -> Option<&Property> {
        match &self.kind {
            Kind::Property(property) | Kind::Nested(property) => Some(property),
            _ => None,
        }
    }

    /// What a header has between its brackets, without blanks around it.
    pub fn header_name(&self) -> Option<&[u8]> {
        match &self.kind {
            Kind::Header(header) => Some(trim(self.slice(&header.inside))),
            _ => None,
        }
    }
}

impl LineEnd {
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
            Self::Cr => b"\r",
            Self::None => b"",
        }
    }
}

/// Values are often secrets: the kind and the place only.
impl fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({}: {:?} {:?})", self.number, self.kind, self.end)
    }
}

/// The first line without its end, the end, and what is behind.
pub(super) fn split(bytes: &[u8]) -> (&[u8], LineEnd, &[u8]) {
    let Some(at) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
        return (bytes, LineEnd::None, b"");
    };
    let end = match (bytes[at], bytes.get(at + 1)) {
        (b'\n', _) => LineEnd::Lf,
        (_, Some(b'\n')) => LineEnd::CrLf,
        _ => LineEnd::Cr,
    };
    (&bytes[..at], end, &bytes[at + end.bytes().len()..])
}

/// `bytes` without spaces and tabs around them.
pub fn trim(bytes: &[u8]) -> &[u8] {
    let start = blanks(bytes);
    let end = bytes.iter().rposition(|byte| !is_blank(*byte)).map_or(start, |last| last + 1);
    &bytes[start..end]
}

/// Python's rule of what is a continuation (deeper than its option), which is also the widest.
fn classify(text: &[u8], context: &mut Context) -> Kind {
    let indent = blanks(text);
    let Some(first) = text.get(indent) else { return Kind::Blank };
    if matches!(first, b'#' | b';') {
        return Kind::Comment;
    }
    if let Some(owner) = context.owner.as_ref().filter(|owner| indent > owner.indent) {
        let nested = owner.block.then(|| property(text, indent, b"=")).flatten();
        return nested.map_or(Kind::Continuation, Kind::Nested);
    }
    context.owner = None;
    if *first == b'[' {
        let close = text.iter().position(|byte| *byte == b']');
        return close.map_or(Kind::Garbage, |close| Kind::Header(Header { inside: indent + 1..close }));
    }
    let Some(property) = property(text, indent, b"=:") else { return Kind::Garbage };
    context.owner = Some(Owner { indent, block: property.value.is_empty() });
    Kind::Property(property)
}

fn property(text: &[u8], indent: usize, delimiters: &[u8]) -> Option<Property> {
    let delimiter = text.iter().position(|byte| delimiters.contains(byte))?;
    let key = indent..indent + trim(&text[indent..delimiter]).len();
    let start = delimiter + 1 + blanks(&text[delimiter + 1..]);
    let value = start..start + trim(&text[start..]).len();
    (!key.is_empty()).then_some(Property { key, delimiter, value })
}

fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_blank(**byte)).count()
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}
