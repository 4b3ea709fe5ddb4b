//! The signature that a request bears, read leniently.

use crate::Request;

use super::escape::decode;

/// Where the parts of a signature stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    None,
    Header,
    Query,
    /// Signature version 2, in either place.
    V2,
}

/// The parts of a signature, each as far as it could be read.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) mechanism: Mechanism,
    pub(super) algorithm: String,
    pub(super) access_key_id: String,
    /// Day, region, service, terminator.
    pub(super) scope: Option<[String; 4]>,
    /// In lower case, as listed.
    pub(super) names: Vec<String>,
    pub(super) list: String,
    pub(super) signature: Option<String>,
    /// As sent, trimmed.
    pub(super) date: Option<String>,
    pub(super) token: Option<String>,
    pub(super) expires: Option<u64>,
}

/// Signed names beyond these are not looked at.
const MAX_NAMES: usize = 256;

impl Sent {
    pub(super) fn read(request: &Request<'_>) -> Self {
        let text = |name: &str| request.header(name).map(|value| String::from_utf8_lossy(value).into_owned());
        let mut sent = Self {
            mechanism: Mechanism::None,
            algorithm: crate::ALGORITHM.to_owned(),
            access_key_id: String::new(),
            scope: None,
            names: Vec::new(),
            list: String::new(),
            signature: None,
            date: text("x-amz-date").or_else(|| text("date")),
            token: text("x-amz-security-token").or_else(|| text("x-amz-s3session-token")),
            expires: None,
        };
        match text("authorization").filter(|value| !value.is_empty()) {
            Some(value) => sent.read_header(&value),
            None => sent.read_query(request.query()),
        }
        sent
    }

    /// Whether it was made by a key pair: it can be checked, not recomputed.
    pub(super) fn is_asymmetric(&self) -> bool {
        self.algorithm.contains("ECDSA")
    }

    fn read_header(&mut self, value: &str) {
        let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
        if scheme == "AWS" {
            self.mechanism = Mechanism::V2;
            let (id, signature) = rest.split_once(':').unwrap_or((rest, ""));
            self.access_key_id = id.trim().to_owned();
            self.signature = Some(signature.trim().to_owned());
            return;
        }
        self.mechanism = Mechanism::Header;
        self.algorithm = scheme.to_owned();
        for part in rest.split(',') {
            match part.trim().split_once('=') {
                Some(("Credential", value)) => self.read_credential(value),
                Some(("SignedHeaders", value)) => self.read_names(value),
                Some(("Signature", value)) => self.signature = Some(value.trim().to_owned()),
                _ => {}
            }
        }
    }

    fn read_query(&mut self, query: &[u8]) {
        for part in query.split(|byte| *byte == b'&').take(4096) {
            let at = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
            let (name, value) = part.split_at(at);
            let value =
                || String::from_utf8_lossy(&decode(value.get(1..).unwrap_or_default(), true)).into_owned();
            match name {
                b"X-Amz-Algorithm" => {
                    self.mechanism = Mechanism::Query;
                    self.algorithm = value();
                }
                b"X-Amz-Credential" => self.read_credential(&value()),
                b"X-Amz-SignedHeaders" => self.read_names(&value()),
                b"X-Amz-Signature" => self.signature = Some(value()),
                b"X-Amz-Date" => self.date = Some(value()),
                b"X-Amz-Expires" => self.expires = value().parse().ok(),
                b"X-Amz-Security-Token" | b"X-Amz-S3session-Token" => self.token = Some(value()),
                b"SignatureVersion" if value() == "2" => self.mechanism = Mechanism::V2,
                b"AWSAccessKeyId" => self.access_key_id = value(),
                b"Signature" => {
                    self.mechanism = Mechanism::V2;
                    self.signature = Some(value());
                }
                _ => {}
            }
        }
    }

    /// Read from behind: a secret in the place of the key id may hold slashes.
    fn read_credential(&mut self, text: &str) {
        let parts: Vec<&str> = text.trim().rsplitn(5, '/').collect();
        let (scope, id) = match parts[..] {
            [terminator, service, region, day, id] => (Some([day, region, service, terminator]), id),
            // SigV4a's has no region.
            [terminator, service, day, id] => (Some([day, "", service, terminator]), id),
            _ => (None, text.split('/').next().unwrap_or_default()),
        };
        self.scope = scope.map(|parts| parts.map(str::to_owned));
        self.access_key_id = id.to_owned();
    }

    fn read_names(&mut self, list: &str) {
        self.list = list.trim().to_owned();
        self.names = self.list.split(';').take(MAX_NAMES).map(str::to_ascii_lowercase).collect();
        self.names.retain(|name| !name.is_empty());
    }
}
