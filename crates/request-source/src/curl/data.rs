//! Data of `-d` and its relatives: pieces that are put together once files are read.

use std::collections::BTreeMap;

use super::Source;

/// A piece of a body or of a query.
#[derive(Clone)]
pub(super) struct Piece {
    /// Whether `&` goes in front, where something stands before it.
    pub(super) is_joined: bool,
    pub(super) content: Content,
    pub(super) form: Form,
}

/// Where bytes come from.
#[derive(Clone)]
pub(super) enum Content {
    Bytes(Vec<u8>),
    From(Source),
}

/// What is done with them.
#[derive(Clone)]
pub(super) enum Form {
    AsIs,
    /// Line ends and NUL bytes are dropped, as `-d @file` does.
    Stripped,
    /// Percent-encoded, behind a name and `=` where there is a name.
    Encoded(Vec<u8>),
}

/// The bytes of every source that a command names.
pub(super) type Contents = BTreeMap<Source, Vec<u8>>;

impl Piece {
    /// `-d TEXT`, `-d @FILE`.
    pub(super) fn data(value: Vec<u8>) -> Result<Self, &'static str> {
        match Source::behind_at(&value)? {
            Some(source) => Ok(Self::of(Content::From(source), Form::Stripped)),
            None => Ok(Self::raw(value)),
        }
    }

    /// `--data-binary`, `--json`.
    pub(super) fn binary(value: Vec<u8>) -> Result<Self, &'static str> {
        match Source::behind_at(&value)? {
            Some(source) => Ok(Self::of(Content::From(source), Form::AsIs)),
            None => Ok(Self::raw(value)),
        }
    }

    /// `--data-raw`: `@` has no meaning.
    pub(super) fn raw(value: Vec<u8>) -> Self {
        Self::of(Content::Bytes(value), Form::AsIs)
    }

    /// `--data-urlencode`: TEXT, `=TEXT`, `NAME=TEXT`, `@FILE`, `NAME@FILE`.
    pub(super) fn encoded(value: &[u8]) -> Result<Self, &'static str> {
        let split = value
            .iter()
            .position(|byte| *byte == b'=')
            .or_else(|| value.iter().position(|byte| *byte == b'@'));
        let Some(at) = split else {
            return Ok(Self::of(Content::Bytes(value.to_vec()), Form::Encoded(Vec::new())));
        };
        let form = Form::Encoded(value[..at].to_vec());
        Ok(match Source::behind_at(&value[at..])? {
            Some(source) => Self::of(Content::From(source), form),
            None => Self::of(Content::Bytes(value[at + 1..].to_vec()), form),
        })
    }

    /// `--url-query`: like `--data-urlencode`, or as it is behind `+`.
    pub(super) fn query(value: &[u8]) -> Result<Self, &'static str> {
        match value.strip_prefix(b"+") {
            Some(raw) => Ok(Self::raw(raw.to_vec())),
            None => Self::encoded(value),
        }
    }

    /// The same, put behind others without `&`.
    pub(super) fn unjoined(mut self) -> Self {
        self.is_joined = false;
        self
    }

    fn of(content: Content, form: Form) -> Self {
        Self { is_joined: true, content, form }
    }

    fn write(&self, contents: &Contents, out: &mut Vec<u8>) -> Result<(), Source> {
        let bytes = self.content.bytes(contents)?;
        match &self.form {
            Form::AsIs => out.extend_from_slice(bytes),
            Form::Stripped => out.extend(bytes.iter().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0))),
            Form::Encoded(name) => {
                out.extend_from_slice(name);
                out.extend_from_slice(if name.is_empty() { b"" } else { b"=" });
                encode(bytes, b"+", out);
            }
        }
        Ok(())
    }
}

impl Content {
    /// The bytes, or the source that nobody read.
    pub(super) fn bytes<'a>(&'a self, contents: &'a Contents) -> Result<&'a [u8], Source> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::From(source) => contents.get(source).map(Vec::as_slice).ok_or_else(|| source.clone()),
        }
    }

    pub(super) fn source(&self) -> Option<&Source> {
        match self {
            Self::Bytes(_) => None,
            Self::From(source) => Some(source),
        }
    }
}

/// Pieces put together.
pub(super) fn join(pieces: &[Piece], contents: &Contents) -> Result<Vec<u8>, Source> {
    let mut out = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if at > 0 && piece.is_joined {
            out.push(b'&');
        }
        piece.write(contents, &mut out)?;
    }
    Ok(out)
}

/// Percent-encodes all but the unreserved characters of RFC 3986; what stands for a space differs from use to use.
pub(super) fn encode(bytes: &[u8], space: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        match byte {
            b' ' => out.extend_from_slice(space),
            b'-' | b'.' | b'_' | b'~' => out.push(*byte),
            _ if byte.is_ascii_alphanumeric() => out.push(*byte),
            _ => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
}
