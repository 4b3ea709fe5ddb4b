//! Forms that browsers post: their parts as they come (RFC 7578; S3 API Reference, "POST Object").
//!
//! Rule: fields are few and stand before the file, which is given on as it comes; what follows the file is not looked at. What is held is
//! bounded, and every byte is looked at a bounded number of times.

use sigv4::post::{FormFile, PostError, ReceivedForm};

/// Reads the parts of a form before its file.
#[derive(Debug)]
pub(crate) struct FormHead {
    /// `--` and the boundary.
    dashes: Vec<u8>,
    buffer: Vec<u8>,
    /// What was read of it, and how far the next end was looked for.
    at: usize,
    searched: usize,
    stage: Stage,
    fields: Vec<(String, Vec<u8>)>,
    file: Option<String>,
}

/// Reads the file, up to the boundary behind it.
#[derive(Debug)]
pub(crate) struct FormFileReader {
    delimiter: Vec<u8>,
    held: Vec<u8>,
    is_over: bool,
}

#[derive(Debug)]
enum Stage {
    /// Before the first boundary.
    Preamble,
    /// Behind a boundary: line end and fields, or the end.
    Headers,
    /// In a field of this name.
    Value(String),
    /// At the file's first byte, or behind the last part.
    Over { has_file: bool },
}

/// A form that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormError {
    /// It is not of parts.
    NotMultipart,
    /// Its parts cannot be told from each other.
    Malformed,
    /// There is too much before the file.
    TooLong,
}

impl FormHead {
    /// `content_type` is the whole form's.
    pub(crate) fn new(content_type: &str) -> Result<Self, FormError> {
        let boundary = boundary(content_type).ok_or(FormError::NotMultipart)?;
        Ok(Self {
            dashes: [b"--", boundary.as_bytes()].concat(),
            buffer: Vec::new(),
            at: 0,
            searched: 0,
            stage: Stage::Preamble,
            fields: Vec::new(),
            file: None,
        })
    }

    /// Takes the next bytes; whether all before the file is there.
    pub(crate) fn push(&mut self, input: &[u8]) -> Result<bool, FormError> {
        self.buffer.extend_from_slice(input);
        loop {
            if let Stage::Over { .. } = self.stage {
                return Ok(true);
            }
            if !self.step()? {
                // The last lump may bring much of the file.
                let before = self.buffer.len() - input.len();
                return if before > MOST { Err(FormError::TooLong) } else { Ok(false) };
            }
        }
    }

    /// The fields, and what there is of the file.
    pub(crate) fn form(&self) -> (Vec<(&str, &[u8])>, Option<FormFile<'_>>) {
        let fields = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let has_file = matches!(self.stage, Stage::Over { has_file: true });
        let file = has_file.then_some(FormFile { name: self.file.as_deref(), length: None });
        (fields, file)
    }

    /// The reader of the file, with what came of it already.
    pub(crate) fn into_file(self) -> FormFileReader {
        let mut held = self.buffer;
        held.drain(..self.at);
        FormFileReader { delimiter: [b"\r\n", self.dashes.as_slice()].concat(), held, is_over: false }
    }

    /// One step on; whether there was enough for it.
    fn step(&mut self) -> Result<bool, FormError> {
        match &self.stage {
            Stage::Preamble => {
                let dashes = self.dashes.clone();
                let Some(found) = self.find(&dashes) else { return Ok(false) };
                self.turn(found + dashes.len(), Stage::Headers);
            }
            Stage::Headers => {
                if self.buffer[self.at..].starts_with(b"--") {
                    self.turn(self.at, Stage::Over { has_file: false });
                    return Ok(true);
                }
                let Some(found) = self.find(b"\r\n\r\n") else {
                    let long = self.buffer.len() - self.at > MOST;
                    return if long { Err(FormError::TooLong) } else { Ok(false) };
                };
                let head = String::from_utf8_lossy(&self.buffer[self.at..found]).into_owned();
                let (name, file) = disposition(&head).ok_or(FormError::Malformed)?;
                if name.eq_ignore_ascii_case("file") {
                    self.file = file;
                    self.turn(found + 4, Stage::Over { has_file: true });
                } else {
                    self.turn(found + 4, Stage::Value(name));
                }
            }
            Stage::Value(name) => {
                let name = name.clone();
                let delimiter = [b"\r\n", self.dashes.as_slice()].concat();
                let Some(found) = self.find(&delimiter) else {
                    let long = self.buffer.len() - self.at > MOST;
                    return if long { Err(FormError::TooLong) } else { Ok(false) };
                };
                if self.fields.len() == MOST_FIELDS {
                    return Err(FormError::TooLong);
                }
                self.fields.push((name, self.buffer[self.at..found].to_vec()));
                self.turn(found + delimiter.len(), Stage::Headers);
            }
            Stage::Over { .. } => {}
        }
        Ok(true)
    }

    fn turn(&mut self, at: usize, stage: Stage) {
        self.at = at;
        self.searched = at;
        self.stage = stage;
    }

    /// Where `wanted` stands next; what was searched in vain is not searched again.
    fn find(&mut self, wanted: &[u8]) -> Option<usize> {
        let found = find(&self.buffer, wanted, self.searched.max(self.at));
        if found.is_none() {
            self.searched = self.buffer.len().saturating_sub(wanted.len() - 1).max(self.at);
        }
        found
    }
}

impl FormFileReader {
    /// Takes the next bytes of the body; gives what is the file's.
    pub(crate) fn push(&mut self, input: &[u8]) -> Vec<u8> {
        if self.is_over {
            return Vec::new();
        }
        self.held.extend_from_slice(input);
        if let Some(end) = find(&self.held, &self.delimiter, 0) {
            self.is_over = true;
            let mut file = std::mem::take(&mut self.held);
            file.truncate(end);
            return file;
        }
        let kept = self.held.len().saturating_sub(self.delimiter.len() - 1);
        let tail = self.held.split_off(kept);
        std::mem::replace(&mut self.held, tail)
    }

    /// Whether the boundary behind the file was seen.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }
}

impl FormError {
    /// What S3 says of it.
    pub(crate) fn answer(self) -> account::ServiceError {
        match self {
            Self::NotMultipart => {
                super::refused::precondition("Bucket POST must be of the enclosure-type multipart/form-data")
            }
            Self::Malformed => account::ServiceError::new(
                "MalformedPOSTRequest",
                400,
                "The body of your POST request is not well-formed multipart/form-data.",
            ),
            Self::TooLong => {
                let error = PostError::PreDataTooLong;
                let refused = account::ServiceError::new(error.code(), error.status(), error.message());
                error
                    .fields()
                    .into_iter()
                    .fold(refused, |refused, (name, value)| refused.with_extra(name, value))
            }
        }
    }
}

/// What verifies a form borrows from its head.
pub(crate) fn received<'a>(
    fields: &'a [(&'a str, &'a [u8])],
    file: Option<FormFile<'a>>,
) -> ReceivedForm<'a> {
    ReceivedForm { fields, file }
}

fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(parameters, "boundary")?;
    (1..=MOST_BOUNDARY).contains(&boundary.len()).then_some(boundary)
}

/// The name of a part, and what its file is called.
fn disposition(head: &str) -> Option<(String, Option<String>)> {
    let line = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let (kind, parameters) = line.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return None;
    }
    Some((parameter(parameters, "name")?, parameter(parameters, "filename")))
}

/// The value of a parameter, in quotes or not; browsers write a quote in it as `%22`, some as `\"`.
fn parameter(parameters: &str, wanted: &str) -> Option<String> {
    let mut rest = parameters;
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let (value, next) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), next)
            }
        };
        if name.trim().trim_start_matches(';').trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = next.trim_start().trim_start_matches(';');
    }
    None
}

/// Up to the closing quote, and what follows it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' if text[at + 1..].starts_with('"') => {
                characters.next();
                value.push('"');
            }
            other => value.push(other),
        }
    }
    None
}

fn find(within: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = from;
    while let Some(rest) = within.get(at..) {
        at += rest.iter().position(|byte| *byte == first)?;
        if within[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Bytes before a file: what S3 takes of values, and room for what frames them.
const MOST: usize = 64 << 10;

/// As many as are verified.
const MOST_FIELDS: usize = 257;

/// RFC 2046 has 70.
const MOST_BOUNDARY: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = concat!(
        "preamble\r\n--bound\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nuser/${filename}\r\n",
        "--bound\r\nContent-Disposition: form-data; name=\"acl\"\r\nContent-Type: text/plain\r\n\r\n\r\n",
        "--bound\r\ncontent-disposition: form-data; name=file; filename=\"a \\\"b\\\".txt\"\r\n",
        "Content-Type: text/plain\r\n\r\nhello\r\n--boun\r\n-\r\n--bound\r\n",
        "Content-Disposition: form-data; name=\"later\"\r\n\r\nx\r\n--bound--\r\n"
    );

    /// Name and value of each field, the file's name, its bytes.
    type Read = (Vec<(String, Vec<u8>)>, Option<String>, Vec<u8>, bool);

    fn read(form: &[u8], lump: usize) -> Result<Read, FormError> {
        let mut head = FormHead::new("multipart/form-data; charset=utf-8; boundary=\"bound\"")?;
        let mut lumps = form.chunks(lump);
        for input in lumps.by_ref() {
            if head.push(input)? {
                break;
            }
        }
        let (fields, name) = (head.fields.clone(), head.file.clone());
        let mut reader = head.into_file();
        let mut file = reader.push(&[]);
        lumps.for_each(|input| file.extend(reader.push(input)));
        Ok((fields, name, file, reader.is_over()))
    }

    #[test]
    fn forms_are_read_in_whatever_pieces_they_come() {
        for lump in [1, 2, 3, 7, 64, FORM.len()] {
            let (fields, name, file, over) = read(FORM.as_bytes(), lump).unwrap();
            let expected =
                vec![("key".to_owned(), b"user/${filename}".to_vec()), ("acl".to_owned(), Vec::new())];
            assert_eq!((fields, name.as_deref()), (expected, Some("a \"b\".txt")), "{lump}");
            assert_eq!((file.as_slice(), over), (&b"hello\r\n--boun\r\n-"[..], true), "{lump}");
        }
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for kind in [
            "",
            "text/plain",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/mixed; boundary=b",
        ] {
            assert_eq!(FormHead::new(kind).err(), Some(FormError::NotMultipart), "{kind}");
        }
        let broken = b"--bound\r\nContent-Type: text/plain\r\n\r\nx\r\n--bound--";
        assert_eq!(read(broken, 5).err(), Some(FormError::Malformed));
        let long =
            [&b"--bound\r\nContent-Disposition: form-data; name=key\r\n\r\n"[..], &[b'x'; 3 * MOST]].concat();
        for lump in [1, 1000, 3 * MOST] {
            assert_eq!(read(&long, lump).err(), Some(FormError::TooLong), "{lump}");
        }
        let (_, _, _, over) = read(&FORM.as_bytes()[..FORM.len() / 2], 9).unwrap();
        assert!(!over);
    }
}
