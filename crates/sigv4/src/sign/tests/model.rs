//! Signing as the documentation words it, slowly: what the fast signer is compared with.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::{PathEncoding, ServiceRules};

/// A request of texts. Values hold no control characters.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) payload: String,
}

impl Plain {
    pub(super) fn canonical(&self, rules: &ServiceRules) -> String {
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in &self.headers {
            let value = value.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            fields.entry(name.to_lowercase()).or_default().push(value);
        }
        let unsigned = ["user-agent", "connection", "expect", "te", "content-length", "x-amzn-trace-id"];
        fields.retain(|name, _| !unsigned.contains(&name.as_str()));
        let lines: String =
            fields.iter().map(|(name, values)| format!("{name}:{}\n", values.join(","))).collect();
        let names = fields.keys().cloned().collect::<Vec<_>>().join(";");
        let (path, query) = (self.canonical_path(rules), self.canonical_query());
        format!("{}\n{path}\n{query}\n{lines}\n{names}\n{}", self.method, self.payload)
    }

    fn canonical_path(&self, rules: &ServiceRules) -> String {
        let mut path = self.path.clone();
        if rules.normalize_path {
            let mut kept: Vec<&str> = Vec::new();
            for segment in path.split('/') {
                match segment {
                    "" | "." => {}
                    ".." => drop(kept.pop()),
                    other => kept.push(other),
                }
            }
            let open = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end)) && !kept.is_empty();
            path = format!("/{}{}", kept.join("/"), if open { "/" } else { "" });
        }
        match rules.path {
            PathEncoding::AsSent => path,
            PathEncoding::Again => {
                path.split('/').map(|s| encode(s.as_bytes())).collect::<Vec<_>>().join("/")
            }
        }
    }

    fn canonical_query(&self) -> String {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for part in self.query.iter().flat_map(|query| query.split('&')).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            pairs.push((encode(&decode(name)), encode(&decode(value))));
        }
        pairs.sort();
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

pub(super) fn signature(secret: &str, date: &str, scope: &str, canonical: &str) -> String {
    let string_to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", sha256(canonical.as_bytes()));
    let key = scope.split('/').fold(format!("AWS4{secret}").into_bytes(), |key, part| hmac(&key, part));
    hex(&hmac(&key, &string_to_sign))
}

pub(super) fn sha256(text: &[u8]) -> String {
    hex(&Sha256::digest(text))
}

pub(super) fn encode(bytes: &[u8]) -> String {
    let unreserved = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    bytes.iter().map(|b| if unreserved(b) { (*b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Every percent sign begins an escape.
fn decode(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            b'+' => b' ',
            other => other,
        });
    }
    out
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
