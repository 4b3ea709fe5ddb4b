//! Requests to be spoilt: a signed request in parts, each of which a test may change before it is put together.
//!
//! What is signed here is computed by a slow model of the rules that shares nothing with the crate but its keys: right for plain
//! paths and values, which is all these requests have.

use sha2::{Digest as _, Sha256};
use sigv4::v4a::EcdsaKey;
use sigv4::verify::Mechanism;
use sigv4::{Request, Scope, SigningKey};
use types::{Secret, Timestamp};

pub(crate) const ACCESS_KEY_ID: &str = "AKIDEXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2026-09-29T05:51:47Z.
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_790_661_107);

/// A request in parts.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) mechanism: Mechanism,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    /// Decoded.
    pub(crate) query: Vec<(String, String)>,
    /// Stands behind the query and is not signed.
    pub(crate) unsigned_query: String,
    /// All but the authorization.
    pub(crate) headers: Vec<(String, String)>,
    /// Not in the list of signed headers.
    pub(crate) unsigned_headers: Vec<(String, String)>,
    /// Stands in the list of signed headers, and nowhere else.
    pub(crate) absent_headers: Vec<String>,
    pub(crate) scheme: String,
    /// Key id and scope.
    pub(crate) credential: Vec<String>,
    pub(crate) date: String,
    pub(crate) expires: String,
    /// Of a query, parameters that are left out when all is signed.
    pub(crate) left_out: Vec<&'static str>,
    pub(crate) secret: String,
    pub(crate) body: Vec<u8>,
    /// What stands for the body where there is no `x-amz-content-sha256`.
    pub(crate) payload: Option<String>,
    /// Done to the authorization header, in this order.
    pub(crate) edits: Vec<fn(String) -> String>,
    /// Done to the signature.
    pub(crate) signature: fn(String) -> String,
}

/// A request as it arrives.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) method: String,
    pub(crate) target: Vec<u8>,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    pub(crate) fn with<T>(&self, act: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> = self.headers.iter().map(|(n, v)| (n.as_str(), &v[..])).collect();
        act(&Request { method: &self.method, target: &self.target, headers: &headers })
    }
}

impl Draft {
    /// A GET that any endpoint of the service takes.
    pub(crate) fn new(service: &str, mechanism: Mechanism) -> Self {
        let date = String::from_utf8(NOW.basic().to_vec()).unwrap();
        let mut headers = vec![("Host".to_owned(), format!("{service}.us-east-1.amazonaws.com"))];
        if mechanism == Mechanism::Header {
            headers.push(("X-Amz-Date".to_owned(), date.clone()));
            if service == "s3" {
                headers.push(("x-amz-content-sha256".to_owned(), "UNSIGNED-PAYLOAD".to_owned()));
            }
        }
        let credential = [ACCESS_KEY_ID, &date[..8], "us-east-1", service, "aws4_request"];
        Self {
            mechanism,
            method: "GET",
            path: if service == "s3" { "/bucket/key".to_owned() } else { "/".to_owned() },
            query: vec![("a".to_owned(), "b".to_owned())],
            unsigned_query: String::new(),
            headers,
            unsigned_headers: Vec::new(),
            absent_headers: Vec::new(),
            scheme: "AWS4-HMAC-SHA256".to_owned(),
            credential: credential.map(str::to_owned).to_vec(),
            date,
            expires: "300".to_owned(),
            left_out: Vec::new(),
            secret: SECRET.to_owned(),
            body: Vec::new(),
            payload: (service == "s3").then(|| "UNSIGNED-PAYLOAD".to_owned()),
            edits: Vec::new(),
            signature: |signature| signature,
        }
    }

    /// The same with SigV4a, good for every region.
    pub(crate) fn asymmetric(mut self) -> Self {
        self.scheme = "AWS4-ECDSA-P256-SHA256".to_owned();
        self.credential.remove(2);
        match self.mechanism {
            Mechanism::Header => self.headers.push(("x-amz-region-set".to_owned(), "*".to_owned())),
            Mechanism::Query => self.query.push(("X-Amz-Region-Set".to_owned(), "*".to_owned())),
        }
        self
    }

    /// Sets the date of the request, and nothing else.
    pub(crate) fn dated(&mut self, date: &str) {
        date.clone_into(&mut self.date);
        self.set_header("x-amz-date", date);
    }

    /// Changes a header that is there.
    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        for (_, held) in self.headers.iter_mut().filter(|(n, _)| n.eq_ignore_ascii_case(name)) {
            value.clone_into(held);
        }
    }

    pub(crate) fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// Signs and writes it.
    pub(crate) fn build(&self) -> Wire {
        let names = self.signed_names();
        let mut query = self.query.clone();
        if self.mechanism == Mechanism::Query {
            for (name, value) in [
                ("X-Amz-Algorithm", &self.scheme),
                ("X-Amz-Credential", &self.credential.join("/")),
                ("X-Amz-Date", &self.date),
                ("X-Amz-Expires", &self.expires),
                ("X-Amz-SignedHeaders", &names.join(";")),
            ] {
                query.push((name.to_owned(), value.clone()));
            }
        }
        query.retain(|(name, _)| !self.left_out.contains(&name.as_str()));
        let signature = (self.signature)(self.sign(&self.canonical_request(&query, &names)));
        let mut headers = self.headers.clone();
        headers.extend(self.unsigned_headers.clone());
        match self.mechanism {
            Mechanism::Header => {
                let authorization = format!(
                    "{} Credential={}, SignedHeaders={}, Signature={signature}",
                    self.scheme,
                    self.credential.join("/"),
                    names.join(";")
                );
                let edited = self.edits.iter().fold(authorization, |text, edit| edit(text));
                headers.push(("Authorization".to_owned(), edited));
            }
            Mechanism::Query => query.push(("X-Amz-Signature".to_owned(), signature)),
        }
        let target = format!("{}?{}{}", self.path, joined(&query), self.unsigned_query);
        Wire {
            method: self.method.to_owned(),
            target: target.into_bytes(),
            headers: headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect(),
            body: self.body.clone(),
        }
    }

    fn signed_names(&self) -> Vec<String> {
        let sent = self.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
        let mut names: Vec<String> = sent.chain(self.absent_headers.iter().cloned()).collect();
        names.sort();
        names.dedup();
        names
    }

    fn canonical_request(&self, query: &[(String, String)], names: &[String]) -> String {
        let mut query = query.to_vec();
        query.sort();
        let mut lines = String::new();
        for name in names {
            let values = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
            let values: Vec<&str> = values.map(|(_, value)| value.trim()).collect();
            lines += &format!("{name}:{}\n", values.join(","));
        }
        let sent = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amz-content-sha256"));
        let payload = match (sent, &self.payload) {
            (Some((_, value)), _) => value.clone(),
            (None, Some(payload)) => payload.clone(),
            (None, None) => hex(&Sha256::digest(&self.body)),
        };
        format!("{}\n{}\n{}\n{lines}\n{}\n{payload}", self.method, self.path, joined(&query), names.join(";"))
    }

    fn sign(&self, canonical_request: &str) -> String {
        let scope = self.credential.get(1..).unwrap_or_default().join("/");
        let hash = hex(&Sha256::digest(canonical_request));
        let text = format!("{}\n{}\n{scope}\n{hash}", self.scheme, self.date);
        let part = |at: usize| self.credential.get(at).map_or("", String::as_str);
        let secret = Secret::new(self.secret.clone());
        if self.scheme.contains("ECDSA") {
            return EcdsaKey::derive(part(0), &secret).sign(text.as_bytes()).hex();
        }
        let date = part(1).as_bytes().try_into().unwrap_or(*b"20260929");
        let scope = Scope { date, region: part(2), service: part(3) };
        SigningKey::derive(&secret, &scope).sign(text.as_bytes()).hex()
    }
}

fn joined(query: &[(String, String)]) -> String {
    let pairs: Vec<String> = query.iter().map(|(n, v)| format!("{}={}", escaped(n), escaped(v))).collect();
    pairs.join("&")
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |out, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            out + &char::from(byte).to_string()
        }
        _ => out + &format!("%{byte:02X}"),
    })
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |out, byte| out + &format!("{byte:02x}"))
}
