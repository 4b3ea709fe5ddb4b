//! Bodies of `multipart/form-data`: fields in order, values by range.
//!
//! Rule: a boundary is where every reader finds one; what one reader would take for a value and another for a boundary is
//! refused. Sources: RFC 7578, RFC 2046 section 5.1.1.

mod disposition;

use std::ops::Range;

use crate::raw::trimmed;

/// A form. Values stay in the body, which can be large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// In order of appearance; names can stand more than once.
    pub fields: Vec<FormField>,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// As sent, without the quotes.
    pub name: String,
    /// Present where the field is a file.
    pub filename: Option<String>,
    /// As sent; text where it is absent.
    pub content_type: Option<String>,
    /// Where in the body the value stands.
    pub value: Range<usize>,
}

/// Why a body is no form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("form, byte {offset}: {problem}")]
pub struct FormError {
    /// From 0, in the body.
    pub offset: usize,
    /// What is wrong there and what would do. Holds names of fields, never values.
    pub problem: String,
}

/// Reads a body by the value of its `Content-Type`: at most 1,000 fields, each with a head of at most 16 KiB.
pub fn read(content_type: &[u8], body: &[u8]) -> Result<Form, FormError> {
    let boundary = boundary(content_type)?;
    let reader = Reader { body, delimiter: [b"--", boundary.as_slice()].concat() };
    let mut fields = Vec::new();
    let mut next = reader.opening()?;
    while let Some(start) = next {
        if fields.len() == MOST_FIELDS {
            return Err(error(start, format!("the form has more than {MOST_FIELDS} fields")));
        }
        let (field, behind) = reader.field(start)?;
        fields.push(field);
        next = behind;
    }
    Ok(Form { fields })
}

impl Form {
    /// The first field with a name; names compare without case, as S3 compares them.
    pub fn field(&self, name: &str) -> Option<&FormField> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}

impl FormField {
    /// The value, out of the body that was read.
    pub fn value<'a>(&self, body: &'a [u8]) -> &'a [u8] {
        body.get(self.value.clone()).unwrap_or_default()
    }
}

struct Reader<'a> {
    body: &'a [u8],
    /// Two dashes and the boundary.
    delimiter: Vec<u8>,
}

impl Reader<'_> {
    fn rest(&self, at: usize) -> &[u8] {
        self.body.get(at..).unwrap_or_default()
    }

    /// Where the first field begins; none in an empty form.
    fn opening(&self) -> Result<Option<usize>, FormError> {
        // An empty line in front is an empty preamble.
        let start = if self.body.starts_with(b"\r\n") { 2 } else { 0 };
        if !self.rest(start).starts_with(&self.delimiter) {
            return Err(error(start, "the body does not begin with the boundary of its Content-Type"));
        }
        self.behind_delimiter(start + self.delimiter.len())
    }

    /// What follows a boundary: a field, or two dashes and the end.
    fn behind_delimiter(&self, at: usize) -> Result<Option<usize>, FormError> {
        let rest = self.rest(at);
        if let Some(epilogue) = rest.strip_prefix(b"--") {
            return match epilogue {
                b"" | b"\r\n" => Ok(None),
                _ => Err(error(at + 2, format!("{} bytes stand behind the end of the form", epilogue.len()))),
            };
        }
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        match rest.get(blanks..) {
            Some([b'\r', b'\n', ..]) => Ok(Some(at + blanks + 2)),
            Some([b'\n', ..]) => {
                Err(error(at, "lines of a form end in CRLF; the body was changed by an editor"))
            }
            Some([]) | None => Err(error(at, "the form ends without its last boundary")),
            Some(_) => Err(error(at, "other bytes follow the boundary; choose one that stands in no value")),
        }
    }

    /// The field that begins at `start`, and where the next one does.
    fn field(&self, start: usize) -> Result<(FormField, Option<usize>), FormError> {
        let head = self.head(start)?;
        let content = head.end;
        let (disposition, content_type) = self.head_fields(head)?;
        let end = self.delimiter_from(content)?;
        let next = self.behind_delimiter(end + 2 + self.delimiter.len())?;
        let disposition::Disposition { name, filename } = disposition;
        Ok((FormField { name, filename, content_type, value: content..end }, next))
    }

    /// The head of a field with its empty line.
    fn head(&self, start: usize) -> Result<Range<usize>, FormError> {
        let rest = self.rest(start);
        let rest = &rest[..rest.len().min(MOST_HEAD)];
        if rest.starts_with(b"\r\n") {
            return Err(error(start, "a field has no Content-Disposition"));
        }
        let end = rest.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or_else(|| {
            error(
                start,
                format!("the head of a field does not end within {MOST_HEAD} bytes with an empty line"),
            )
        })?;
        Ok(start..start + end + 4)
    }

    fn head_fields(
        &self,
        head: Range<usize>,
    ) -> Result<(disposition::Disposition, Option<String>), FormError> {
        let (mut disposition, mut content_type, mut at) = (None, None, head.start);
        let lines = self.body.get(head).unwrap_or_default();
        for line in lines.split(|byte| *byte == b'\n') {
            let text = line.strip_suffix(b"\r").unwrap_or(line);
            let (name, value) = match text.iter().position(|byte| *byte == b':') {
                Some(colon) => (&text[..colon], trimmed(&text[colon + 1..])),
                None if text.is_empty() => (text, text),
                None => return Err(error(at, "a line in the head of a field must read Name: value")),
            };
            let is_second = if name.eq_ignore_ascii_case(b"content-disposition") {
                let read = disposition::read(value).map_err(|problem| error(at, problem))?;
                disposition.replace(read).is_some()
            } else if name.eq_ignore_ascii_case(b"content-type") {
                let read = String::from_utf8(value.to_vec());
                content_type.replace(read.map_err(|_| error(at, "Content-Type is not UTF-8 text"))?).is_some()
            } else {
                false
            };
            if is_second {
                return Err(error(
                    at,
                    "Content-Disposition and Content-Type stand once in the head of a field",
                ));
            }
            at += line.len() + 1;
        }
        let disposition = disposition.ok_or_else(|| error(at, "a field has no Content-Disposition"))?;
        Ok((disposition, content_type))
    }

    /// Where the next line end with the boundary behind it is.
    fn delimiter_from(&self, start: usize) -> Result<usize, FormError> {
        let mut at = start;
        while let Some(found) = self.rest(at).iter().position(|byte| *byte == b'\r') {
            at += found;
            if self.rest(at + 1).first() == Some(&b'\n') && self.rest(at + 2).starts_with(&self.delimiter) {
                return Ok(at);
            }
            at += 1;
        }
        Err(error(start, "the form ends within a value, without its last boundary"))
    }
}

/// The boundary that a content type names.
fn boundary(content_type: &[u8]) -> Result<Vec<u8>, FormError> {
    let mut parameters = content_type.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    if !parameters.next().is_some_and(|kind| kind.eq_ignore_ascii_case(b"multipart/form-data")) {
        return Err(error(0, "the Content-Type must be multipart/form-data"));
    }
    let mut named = parameters.filter_map(|parameter| {
        let at = parameter.iter().position(|byte| *byte == b'=')?;
        parameter[..at]
            .trim_ascii()
            .eq_ignore_ascii_case(b"boundary")
            .then(|| parameter[at + 1..].trim_ascii())
    });
    let boundary = named.next().ok_or_else(|| error(0, "the Content-Type names no boundary"))?;
    if named.next().is_some() {
        return Err(error(0, "the Content-Type names two boundaries"));
    }
    let boundary = match boundary {
        [b'"', inner @ .., b'"'] => inner,
        plain => plain,
    };
    let is_known = |byte: &u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(byte);
    if boundary.is_empty() || boundary.len() > MOST_BOUNDARY || !boundary.iter().all(is_known) {
        return Err(error(0, "a boundary has 1 to 70 letters, digits or '()+_,-./:=?"));
    }
    Ok(boundary.to_vec())
}

fn error(offset: usize, problem: impl Into<String>) -> FormError {
    FormError { offset, problem: problem.into() }
}

const MOST_FIELDS: usize = 1000;
const MOST_HEAD: usize = 16 * 1024;
const MOST_BOUNDARY: usize = 70;

#[cfg(test)]
mod tests;
