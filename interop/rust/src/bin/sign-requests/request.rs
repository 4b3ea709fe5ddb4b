//! A request before it is signed, and as it is sent.

use serde::Deserialize;

/// A request as the wire will have it, and by whom it is to be signed.
#[derive(Deserialize)]
pub struct Unsigned {
    pub method: String,
    pub host: String,
    /// Path and query.
    pub target: String,
    pub headers: Vec<(String, String)>,
    /// A character up to U+00FF for each byte.
    body: String,
    pub service: String,
    pub region: String,
    /// Seconds since 1970.
    pub time: i64,
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: Option<String>,
    /// Seconds that a URL lives; by header without.
    pub expires: Option<u32>,
}

/// A signed request.
#[derive(Deserialize)]
pub struct Sent {
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub signature: String,
}

impl Unsigned {
    pub fn body(&self) -> Vec<u8> {
        self.body.chars().map(|byte| u8::try_from(byte).expect("the generator writes bytes")).collect()
    }

    /// As sent, the host first.
    pub fn fields(&self) -> Vec<(String, String)> {
        let mut fields = vec![("Host".to_owned(), self.host.clone())];
        fields.extend(self.headers.iter().cloned());
        fields
    }
}
