//! What a body says of an error, whichever way it is written.

use serde_json::Value;

use super::cbor;
use crate::Leaves;

/// The parts that were found.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) region: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) host_id: Option<String>,
    pub(super) is_senders: Option<bool>,
    /// The document's own element is `Error`, as S3 has it.
    pub(super) is_bare: bool,
}

impl Document {
    /// The form shows in the first byte that is no blank. The header's code is taken before the body's: where both stand,
    /// the body's `code` may be a member of the error itself.
    pub(super) fn read<'h>(header: &dyn Fn(&str) -> Option<&'h str>, body: &[u8]) -> Self {
        let is_cbor = |value: &str| value.starts_with("application/cbor");
        let found = match body.trim_ascii_start().first() {
            _ if header("content-type").is_some_and(is_cbor) => cbor::members(body).map(Self::of_members),
            Some(b'<') => Self::of_xml(body),
            Some(b'{') => json_members(body).map(Self::of_members),
            _ => None,
        };
        let mut document = found.unwrap_or_default();
        if let Some(code) = header("x-amzn-errortype").and_then(bare) {
            document.code = Some(code);
        }
        document
    }

    pub(super) fn of_xml(body: &[u8]) -> Option<Self> {
        let leaves = Leaves::read(body.trim_ascii_start()).ok()?;
        let of_error = |name| leaves.get_in("Error", name).map(str::to_owned);
        let request_id = ["RequestId", "RequestID"].into_iter().find_map(|name| leaves.get(name));
        let request_id = request_id.map(str::to_owned);
        let Some(code) = of_error("Code") else { return Self::of_named_root(&leaves, request_id) };
        Some(Self {
            code: Some(code),
            message: of_error("Message"),
            request_id,
            region: of_error("Region"),
            endpoint: of_error("Endpoint"),
            host_id: of_error("HostId"),
            is_senders: of_error("Type").map(|fault| fault == "Sender"),
            is_bare: leaves.root() == "Error",
        })
    }

    /// Route 53 names some errors in the document's own element: `<InvalidChangeBatch><Messages><Message>`.
    fn of_named_root(leaves: &Leaves, request_id: Option<String>) -> Option<Self> {
        let message = leaves.get("Message")?.to_owned();
        leaves.get_in(leaves.root(), "RequestId")?;
        let code = leaves.root().to_owned();
        Some(Self { code: Some(code), message: Some(message), request_id, ..Self::default() })
    }

    fn of_members(members: Members) -> Self {
        let code = [members.kind, members.code].into_iter().flatten().find_map(|code| bare(&code));
        Self { code, message: members.message, ..Self::default() }
    }
}

/// The members of an error that every service has.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// `__type`.
    pub(super) kind: Option<String>,
    pub(super) code: Option<String>,
    /// Services disagree on its first letter.
    pub(super) message: Option<String>,
}

impl Members {
    pub(super) fn put(&mut self, name: &str, text: String) {
        match name {
            "__type" => self.kind = Some(text),
            "code" | "Code" => self.code = Some(text),
            "message" | "Message" | "errorMessage" => self.message = Some(text),
            _ => {}
        }
    }
}

fn json_members(body: &[u8]) -> Option<Members> {
    let Ok(Value::Object(object)) = serde_json::from_slice(body) else { return None };
    let mut members = Members::default();
    for (name, value) in object {
        if let Value::String(text) = value {
            members.put(&name, text);
        }
    }
    Some(members)
}

/// A code without its name space and without the URL that may follow it: `com.amazonaws.x#Code:http://…`.
fn bare(code: &str) -> Option<String> {
    let code = code.split(':').next().unwrap_or(code);
    let code = code.rsplit('#').next().unwrap_or(code).trim();
    (!code.is_empty()).then(|| code.to_owned())
}
