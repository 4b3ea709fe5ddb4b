//! How a request proves who sent it: what S3's policies may test.
//!
//! Rule: told of signatures that held; who is anonymous has none. Source: Service Authorization Reference, "Condition keys for
//! Amazon S3"; S3 API Reference, "Signature Version 4 policy keys".

use types::Timestamp;

use crate::record::{AuthenticationMethod, SignatureForm, SignatureVersion};

/// A signature that held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    pub form: SignatureForm,
    /// When it was signed; version 2 does not say so in a URL, nor does a form.
    pub signed_at: Option<Timestamp>,
    /// `x-amz-content-sha256` as sent.
    pub content_sha256: Option<String>,
}

impl Signing {
    /// `s3:signatureversion`
    pub fn version_key(&self) -> &'static str {
        match self.form.version {
            SignatureVersion::SigV2 => "AWS",
            SignatureVersion::SigV4 => "AWS4-HMAC-SHA256",
            SignatureVersion::SigV4a => "AWS4-ECDSA-P256-SHA256",
        }
    }

    /// `s3:authType`
    pub fn method_key(&self) -> &'static str {
        match self.form.method {
            AuthenticationMethod::AuthHeader => "REST-HEADER",
            AuthenticationMethod::QueryString => "REST-QUERY-STRING",
            AuthenticationMethod::HtmlForm => "POST",
        }
    }

    /// `s3:signatureAge`, in milliseconds.
    pub fn age_millis(&self, now: Timestamp) -> Option<u128> {
        self.signed_at.map(|signed| now.since(signed).as_millis())
    }
}
