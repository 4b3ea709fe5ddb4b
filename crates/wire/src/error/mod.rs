//! The error of an answer: code, message, request id, and where the service says so, the right region.
//!
//! The protocols differ in where they put it: `<ErrorResponse><Error>` (query, rest-xml), `<Response><Errors><Error>` (ec2),
//! `<Error>` (S3), `__type` or `code` in JSON, `x-amzn-errortype` in the header (rest-json), CBOR; and services that changed
//! their protocol say the old code in `x-amzn-query-error`. Which one it is shows in the answer itself. Sources:
//! facts/sigv4.md section 2.2; the protocol tests of botocore; the S3 API reference, "Error responses".

mod cbor;
mod document;
#[cfg(test)]
mod tests;

use std::fmt;

use self::document::Document;

/// As the service words it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsError {
    /// Without namespace and URL: `ThrottlingException`. Never empty; one line of at most 128 characters, whatever was said.
    pub code: String,
    pub message: String,
    pub request_id: Option<String>,
    /// The region that the answer says is the right one (S3's `Region`, `x-amz-bucket-region`).
    pub region: Option<String>,
    /// The host that S3 redirects to, as it says; nothing to be trusted with credentials.
    pub endpoint: Option<String>,
    /// S3's second request id, which its support asks for.
    pub host_id: Option<String>,
    /// Whether the fault is the sender's, as far as the answer tells.
    pub is_senders: Option<bool>,
}

impl AwsError {
    /// The error of an answer with this status, or nothing: for a success, for a status without words (every answer to a
    /// HEAD is one), for pages of proxies. `header` gives a field's value by its name in small letters.
    pub fn read<'h>(status: u16, header: &dyn Fn(&str) -> Option<&'h str>, body: &[u8]) -> Option<Self> {
        if status < 300 {
            return None;
        }
        let document = Document::read(header, body);
        Self::of(document, header)
    }

    /// The error in an answer with status 200. S3 begins its answers to CopyObject, UploadPartCopy and
    /// CompleteMultipartUpload before it knows how they end; for other answers a document that looks like an error is
    /// somebody's data, so the caller knows which operation it was.
    pub fn read_in_success<'h>(header: &dyn Fn(&str) -> Option<&'h str>, body: &[u8]) -> Option<Self> {
        let document = Document::of_xml(body).filter(|document| document.is_bare);
        Self::of(document.unwrap_or_default(), header)
    }

    fn of<'h>(document: Document, header: &dyn Fn(&str) -> Option<&'h str>) -> Option<Self> {
        let said = |name| header(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
        let old = header("x-amzn-query-error").and_then(|value| value.split_once(';'));
        let old = old.map(|(code, fault)| (code.trim().to_owned(), fault.trim() == "Sender"));
        let (code, is_senders) = match old.filter(|(code, _)| !code.is_empty()) {
            Some((code, is_senders)) => (Some(code), Some(is_senders)),
            None => (document.code, document.is_senders),
        };
        Some(Self {
            code: code.and_then(|code| name(&code))?,
            message: document.message.unwrap_or_default(),
            request_id: REQUEST_IDS.iter().find_map(|name| said(name)).or(document.request_id),
            region: document.region.or_else(|| said("x-amz-bucket-region")),
            endpoint: document.endpoint,
            host_id: document.host_id.or_else(|| said("x-amz-id-2")),
            is_senders,
        })
    }
}

/// For one line of a terminal.
impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.code))?;
        if !self.message.is_empty() {
            write!(f, ": {}", one_line(&self.message))?;
        }
        match &self.request_id {
            Some(id) => write!(f, " (request {})", one_line(id)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for AwsError {}

/// Codes are counted, compared and printed beside our own words, so none is a text.
fn name(code: &str) -> Option<String> {
    let short: String = code.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_CODE).collect();
    Some(short.trim().to_owned()).filter(|code| !code.is_empty())
}

/// Texts are written by whoever the endpoint is.
fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_SHOWN).collect();
    line.trim_end().to_owned()
}

const REQUEST_IDS: [&str; 3] = ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"];

const MAX_SHOWN: usize = 600;
/// Twice the length of AWS's longest.
const MAX_CODE: usize = 128;
