//! What the other side answered.
//!
//! Rule: reading never fails. Whatever can be recognised is kept, in XML, JSON, the text of a client or a bare canonical
//! request, behind the head of an HTTP response or without; a text that lost white space on its way is mended where its
//! hash in the string to sign says how. Source: facts/sigv4.md sections 2.1 and 2.2.

mod json;
mod text;
mod xml;

use std::fmt;

use types::Secret;

pub(super) use text::hash_in;

/// What is known of the other side. All parts are as they were read: only `Display` of an explanation redacts.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Theirs {
    /// Such as `SignatureDoesNotMatch`, without a prefix.
    pub code: Option<String>,
    /// The sentence, without the canonical texts that may follow it; at most 2 KiB.
    pub message: Option<String>,
    /// The canonical request of the other side; it bears session tokens.
    pub canonical_request: Option<Secret<Vec<u8>>>,
    /// The string to sign of the other side.
    pub string_to_sign: Option<String>,
    /// The signature that was sent, in the writing of the answer.
    pub signature_provided: Option<Secret<String>>,
    pub access_key_id: Option<String>,
    /// Other elements by name, such as `Region` and `ServerTime`; at most 32, none of them sensitive.
    pub fields: Vec<(String, String)>,
}

/// An answer is looked at up to here.
pub const MAX_ANSWER: usize = 1 << 20;

const MAX_FIELDS: usize = 32;
const MAX_FIELD: usize = 4096;

/// Reads an answer, with or without the head of the HTTP response. Of more than [`MAX_ANSWER`] bytes the rest is ignored.
pub fn read(answer: &[u8]) -> Theirs {
    let answer = answer.get(..MAX_ANSWER).unwrap_or(answer);
    let mut theirs = Theirs::default();
    let body = read_head(answer, &mut theirs);
    let text = String::from_utf8_lossy(body);
    match text.trim_start().bytes().next() {
        Some(b'<') => xml::read(&text, &mut theirs),
        Some(b'{' | b'[') => json::read(&text, &mut theirs),
        _ => text::read(&text, &mut theirs),
    }
    text::mend(&mut theirs);
    theirs
}

impl Theirs {
    /// The other side's canonical request, from a log or a debugger.
    pub fn of_canonical_request(text: &[u8]) -> Self {
        Self { canonical_request: Some(Secret::new(text.to_vec())), ..Self::default() }
    }

    /// A refusal in parts, as a verifier of this crate makes it.
    pub fn of_refusal<'a>(
        code: &str,
        message: &str,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut theirs = Self::default();
        theirs.take("Code", code);
        theirs.take("Message", message);
        for (name, value) in fields {
            theirs.take(name, value);
        }
        text::mend(&mut theirs);
        theirs
    }

    /// Whether nothing was recognised.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Takes one named value of an answer in. The first of a name counts.
    fn take(&mut self, name: &str, value: &str) {
        match name.to_ascii_lowercase().as_str() {
            "code" | "__type" | "errorcode" | "x-amzn-errortype" => {
                self.code.get_or_insert_with(|| bare_code(value));
            }
            "message" | "errormessage" => text::take_message(value, self),
            "awsaccesskeyid" => {
                self.access_key_id.get_or_insert_with(|| cut(value.trim()));
            }
            "stringtosign" => {
                self.string_to_sign.get_or_insert_with(|| text::unwrapped(value));
            }
            "signatureprovided" => {
                self.signature_provided.get_or_insert_with(|| Secret::new(cut(value.trim())));
            }
            "canonicalrequest" => {
                self.canonical_request.get_or_insert_with(|| Secret::new(value.as_bytes().to_vec()));
            }
            // Bytes win over the text: white space at the ends survives in them.
            "canonicalrequestbytes" => {
                self.canonical_request =
                    text::bytes(value).map(Secret::new).or_else(|| self.canonical_request.take());
            }
            "stringtosignbytes" => {
                let exact = text::bytes(value).and_then(|bytes| String::from_utf8(bytes).ok());
                self.string_to_sign = exact.or_else(|| self.string_to_sign.take());
            }
            _ => self.take_field(name, value),
        }
    }

    fn take_field(&mut self, name: &str, value: &str) {
        let wanted = !super::redact::is_sensitive(name) && name.len() <= 64 && self.field(name).is_none();
        if wanted && self.fields.len() < MAX_FIELDS {
            self.fields.push((name.to_owned(), cut(value.trim())));
        }
    }
}

/// Which parts are there; not one value but the code.
impl fmt::Debug for Theirs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Theirs")
            .field("code", &self.code.as_deref().map(super::redact::access_key_id))
            .field("canonical_request", &self.canonical_request.is_some())
            .field("string_to_sign", &self.string_to_sign.is_some())
            .field("signature_provided", &self.signature_provided.is_some())
            .finish_non_exhaustive()
    }
}

/// Takes in what the head of a response says, and gives the body.
fn read_head<'a>(answer: &'a [u8], theirs: &mut Theirs) -> &'a [u8] {
    if !answer.starts_with(b"HTTP/") {
        return answer;
    }
    let mut rest = answer;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = (rest[..end].trim_ascii_end(), &rest[end + 1..]);
        rest = after;
        if line.is_empty() {
            break;
        }
        let line = String::from_utf8_lossy(line);
        match line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim())) {
            Some((name, value)) if name == "x-amzn-errortype" => theirs.take(&name, value),
            Some((name, value)) if name == "date" => theirs.take("Date", value),
            _ => {}
        }
    }
    rest
}

/// `com.amazon.coral.service#X`, `X:http://…` and `aws:X` as `X`.
fn bare_code(text: &str) -> String {
    let text = text.rsplit('#').next().unwrap_or(text).trim();
    let text = text.split([':', ' ']).next().unwrap_or(text);
    cut(text.rsplit('.').next().unwrap_or(text))
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_FIELD).collect()
}
