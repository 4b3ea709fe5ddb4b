//! The body: by length, out of chunks, or to the end of the input.

use super::framing::Framing;
use super::head::{fields, trimmed};
use super::{Note, RawRequestError, Source};

type Trailers = Vec<(String, Vec<u8>)>;

/// The body that begins at `start`. Nothing but a newline may stand behind it.
pub(super) fn read(
    source: &Source<'_>,
    start: usize,
    framing: Framing,
    most: usize,
    notes: &mut Vec<Note>,
) -> Result<(Vec<u8>, Trailers), RawRequestError> {
    let rest = source.input.get(start..).unwrap_or_default();
    let (body, trailers, end) = match framing {
        Framing::Length(length) => {
            let body = sized(source, start, rest, length, most)?;
            (body.to_vec(), Vec::new(), start + body.len())
        }
        Framing::Chunked => chunks(source, start, most)?,
        Framing::ToEnd => {
            let body = sized(source, start, rest, rest.len() as u64, most)?;
            notes.extend((!body.is_empty()).then_some(Note::BodyToEnd));
            (body.to_vec(), Vec::new(), source.input.len())
        }
    };
    match source.input.get(end..).unwrap_or_default() {
        b"" => {}
        b"\n" | b"\r\n" => notes.push(Note::NewlineAfterBody),
        more => {
            let problem =
                format!("{} bytes stand behind the body; give one request, and its length", more.len());
            return Err(source.error(end, problem));
        }
    }
    Ok((body, trailers))
}

fn sized<'a>(
    source: &Source<'_>,
    start: usize,
    rest: &'a [u8],
    length: u64,
    most: usize,
) -> Result<&'a [u8], RawRequestError> {
    let length = usize::try_from(length).ok().filter(|length| *length <= most);
    let length =
        length.ok_or_else(|| source.error(start, format!("the body is longer than {most} bytes")))?;
    rest.get(..length).ok_or_else(|| {
        let problem = format!("the body has {} bytes where Content-Length says {length}", rest.len());
        source.error(start, problem)
    })
}

/// Chunks put together, the fields behind them, and where they end.
fn chunks(
    source: &Source<'_>,
    start: usize,
    most: usize,
) -> Result<(Vec<u8>, Trailers, usize), RawRequestError> {
    let (mut body, mut at) = (Vec::new(), start);
    loop {
        let (size, data) = chunk_size(source, at)?;
        if size == 0 {
            let (trailers, end) = trailers(source, data)?;
            return Ok((body, trailers, end));
        }
        let size = usize::try_from(size).ok().filter(|size| *size <= most.saturating_sub(body.len()));
        let size = size.ok_or_else(|| source.error(at, format!("the body is longer than {most} bytes")))?;
        let rest = source.input.get(data..).unwrap_or_default();
        let Some(chunk) = rest.get(..size) else {
            let problem = format!("the input ends within a chunk: {} of {size} bytes", rest.len());
            return Err(source.error(data, problem));
        };
        body.extend_from_slice(chunk);
        at = match &rest[size..] {
            [b'\r', b'\n', ..] => data + size + 2,
            [b'\n', ..] => data + size + 1,
            _ => return Err(source.error(data + size, "a chunk must end with a line end after its bytes")),
        };
    }
}

/// The size of the chunk whose line begins at `at`, and where its bytes do.
fn chunk_size(source: &Source<'_>, at: usize) -> Result<(u64, usize), RawRequestError> {
    let malformed = || source.error(at, "a chunk must begin with its size in hexadecimal digits");
    let line = source.line(at);
    let (line, next) =
        line.ok_or_else(|| source.error(at, "the input ends without the last chunk, of size 0"))?;
    if line.text.len() > MOST_CHUNK_LINE {
        return Err(source.error(at, format!("a line of a chunk is longer than {MOST_CHUNK_LINE} bytes")));
    }
    let digits = line.text.split(|byte| *byte == b';').next().map(trimmed).unwrap_or_default();
    if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(malformed());
    }
    let size = std::str::from_utf8(digits).ok().and_then(|digits| u64::from_str_radix(digits, 16).ok());
    Ok((size.ok_or_else(malformed)?, next))
}

/// Fields behind the last chunk, up to an empty line.
fn trailers(source: &Source<'_>, start: usize) -> Result<(Trailers, usize), RawRequestError> {
    let (mut lines, mut at) = (Vec::new(), start);
    loop {
        let Some((line, next)) = source.line(at) else {
            return Err(source.error(at, "the input ends without the empty line after the last chunk"));
        };
        at = next;
        if line.text.is_empty() {
            break;
        }
        if next - start > MOST_TRAILERS {
            return Err(source.error(start, format!("the trailers are longer than {MOST_TRAILERS} bytes")));
        }
        lines.push(line);
    }
    let fields = fields(source, &lines)?;
    Ok((fields.into_iter().map(|field| (field.name, field.value)).collect(), at))
}

const MOST_CHUNK_LINE: usize = 4096;
const MOST_TRAILERS: usize = 64 * 1024;
