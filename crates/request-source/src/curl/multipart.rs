//! `-F`: forms as curl writes them.

use super::Source;
use super::data::{Content, Contents};

/// A part of a form.
#[derive(Clone)]
pub(super) struct Part {
    name: String,
    pub(super) content: Content,
    filename: Option<String>,
    content_type: Option<String>,
}

impl Part {
    /// `--form-string NAME=TEXT`: nothing in the text has a meaning.
    pub(super) fn string(value: &[u8]) -> Result<Self, &'static str> {
        let (name, text) = named(value)?;
        Ok(Self { name, content: Content::Bytes(text.to_vec()), filename: None, content_type: None })
    }

    /// `-F NAME=TEXT`, `NAME=@FILE`, `NAME=<FILE`, each with `;type=…` and `;filename=…`.
    pub(super) fn read(value: &[u8]) -> Result<Self, &'static str> {
        let (name, text) = named(value)?;
        let mut pieces = pieces(text)?.into_iter();
        let first = pieces.next().unwrap_or_default();
        let mut part = match first.text.split_first() {
            Some((b'@', file)) if !first.is_quoted => Self::file(name, file)?,
            Some((b'<', file)) if !first.is_quoted => {
                let content = Content::From(Source::named(word(file)?.as_bytes())?);
                Self { name, content, filename: None, content_type: None }
            }
            Some((b'(' | b')', _)) if !first.is_quoted => {
                return Err("forms within forms are not built; send the body with --data-binary");
            }
            _ => Self { name, content: Content::Bytes(first.text), filename: None, content_type: None },
        };
        for piece in pieces {
            part.set(&piece)?;
        }
        Ok(part)
    }

    fn file(name: String, file: &[u8]) -> Result<Self, &'static str> {
        let path = word(file)?;
        if path.contains(',') {
            return Err(
                "several files in one part are not built; give each its own -F, or quote a name with a comma",
            );
        }
        let filename = path.rsplit('/').next().unwrap_or_default().to_owned();
        let content_type = content_type(&filename).to_owned();
        let content = Content::From(Source::named(path.as_bytes())?);
        Ok(Self { name, content, filename: Some(filename), content_type: Some(content_type) })
    }

    fn set(&mut self, piece: &Piece) -> Result<(), &'static str> {
        let text = std::str::from_utf8(&piece.text).map_err(|_| NOT_TEXT)?;
        let kept = |value: &str| {
            if value.chars().any(char::is_control) { Err(NOT_TEXT) } else { Ok(value.to_owned()) }
        };
        match (text.split_once('='), &mut self.content_type) {
            (Some(("type", value)), content_type) => *content_type = Some(kept(value)?),
            (Some(("filename", value)), _) => self.filename = Some(word(value.as_bytes())?),
            (Some(("headers" | "encoder", _)), _) => {
                return Err(
                    "headers= and encoder= in a form are not built; send the body with --data-binary",
                );
            }
            // A content type has parameters of its own.
            (Some(_), Some(content_type)) if !piece.is_quoted => {
                content_type.push_str("; ");
                content_type.push_str(&kept(text)?);
            }
            _ => {
                return Err(
                    "a ; in a form begins type= or filename=; use --form-string, or quotes within the value",
                );
            }
        }
        Ok(())
    }

    fn write(&self, content: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(
            format!("Content-Disposition: form-data; name=\"{}\"", escaped(&self.name)).as_bytes(),
        );
        if let Some(filename) = &self.filename {
            out.extend_from_slice(format!("; filename=\"{}\"", escaped(filename)).as_bytes());
        }
        if let Some(content_type) = &self.content_type {
            out.extend_from_slice(format!("\r\nContent-Type: {content_type}").as_bytes());
        }
        out.extend_from_slice(b"\r\n\r\n");
        out.extend_from_slice(content);
        out.extend_from_slice(b"\r\n");
    }
}

/// The body of a form, and the boundary between its parts. The boundary follows from the contents and stands in none of them,
/// so that the same command gives the same request.
pub(super) fn build(parts: &[Part], contents: &Contents) -> Result<(Vec<u8>, String), Source> {
    let bytes: Vec<&[u8]> =
        parts.iter().map(|part| part.content.bytes(contents)).collect::<Result<_, _>>()?;
    let boundary = boundary(&bytes);
    let mut body = Vec::new();
    for (part, content) in parts.iter().zip(bytes) {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        part.write(content, &mut body);
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((body, boundary))
}

/// FNV-1a over the contents. Whoever writes a content that holds the boundary of that content gets another one, in as many
/// rounds as boundaries stand in it.
fn boundary(contents: &[&[u8]]) -> String {
    let mut hash =
        contents.iter().flat_map(|bytes| bytes.iter()).fold(FNV_BASIS, |hash, byte| fnv(hash, *byte));
    loop {
        let boundary = format!("------------------------{hash:016x}");
        let is_within =
            |bytes: &&[u8]| bytes.windows(boundary.len()).any(|window| window == boundary.as_bytes());
        if !contents.iter().any(is_within) {
            return boundary;
        }
        hash = fnv(hash, 1);
    }
}

fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

fn named(value: &[u8]) -> Result<(String, &[u8]), &'static str> {
    let at = value.iter().position(|byte| *byte == b'=').filter(|at| *at > 0);
    let at = at.ok_or("a part of a form must read NAME=VALUE")?;
    let name = String::from_utf8(value[..at].to_vec()).map_err(|_| NOT_TEXT)?;
    Ok((name, &value[at + 1..]))
}

/// What stands between semicolons outside of quotes, without the quotes around it and the blanks.
#[derive(Default)]
struct Piece {
    text: Vec<u8>,
    is_quoted: bool,
}

fn pieces(text: &[u8]) -> Result<Vec<Piece>, &'static str> {
    let (mut pieces, mut start, mut at) = (Vec::new(), 0, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            // A quote has its meaning at the start of a value.
            b'"' if matches!(text[start..at].trim_ascii().last(), None | Some(b'@' | b'<' | b'=')) => {
                at += 1 + quoted(&text[at..]).ok_or("a quote in a form is not closed; use --form-string")?.1;
                continue;
            }
            b';' => {
                pieces.push(piece(&text[start..at]));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    pieces.push(piece(&text[start..]));
    Ok(pieces)
}

fn piece(text: &[u8]) -> Piece {
    let text = text.trim_ascii();
    match quoted(text) {
        Some((inner, end)) if end + 1 == text.len() => Piece { text: inner, is_quoted: true },
        _ => Piece { text: text.to_vec(), is_quoted: false },
    }
}

/// A word, quoted or not.
fn word(text: &[u8]) -> Result<String, &'static str> {
    let Piece { text, .. } = piece(text);
    if text.is_empty() {
        return Err("the name of the file is missing");
    }
    String::from_utf8(text).map_err(|_| NOT_TEXT)
}

/// What stands within the quotes that a text begins with, and where the closing one is. A backslash keeps its quote or
/// backslash from ending them.
fn quoted(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut inner = Vec::new();
    let mut at = 1;
    text.first().filter(|first| **first == b'"')?;
    loop {
        match text.get(at..)? {
            [b'"', ..] => return Some((inner, at)),
            [b'\\', escaped @ (b'"' | b'\\'), ..] => {
                inner.push(*escaped);
                at += 2;
            }
            [byte, ..] => {
                inner.push(*byte);
                at += 1;
            }
            [] => return None,
        }
    }
}

/// A name as browsers put it between quotes.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// What curl makes of the end of a file's name.
fn content_type(filename: &str) -> &'static str {
    let ends = |end: &str| {
        filename.len() >= end.len()
            && filename.as_bytes()[filename.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes())
    };
    CONTENT_TYPES
        .iter()
        .find(|(end, _)| ends(end))
        .map_or("application/octet-stream", |(_, content_type)| content_type)
}

const CONTENT_TYPES: [(&str, &str); 10] = [
    (".gif", "image/gif"),
    (".jpg", "image/jpeg"),
    (".jpeg", "image/jpeg"),
    (".png", "image/png"),
    (".svg", "image/svg+xml"),
    (".txt", "text/plain"),
    (".htm", "text/html"),
    (".html", "text/html"),
    (".pdf", "application/pdf"),
    (".xml", "application/xml"),
];
const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const NOT_TEXT: &str = "names and types in a form must be UTF-8 text without control characters";
