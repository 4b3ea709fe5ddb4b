//! AWS Signature Version 4: signs and verifies as twins, and explains why a signature does not match.
//!
//! Rule: data in, data out. Requests come as they are on the wire, borrowed; time comes as an argument; secrets are never
//! in an error or in `Debug`. Source: IAM User Guide, "Create a signed AWS API request"; facts/sigv4.md.
//!
//! ```
//! use sigv4::{FieldChoice, KeyCache, Payload, Request, Scope, ServiceRules, SigningParams, sign};
//! use types::{Secret, Timestamp};
//!
//! let time: Timestamp = "2015-08-30T12:36:00Z".parse()?;
//! let secret = Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned());
//! let scope = Scope::new(time, "us-east-1", "iam");
//! let keys = KeyCache::default();
//! let params = SigningParams {
//!     access_key_id: "AKIDEXAMPLE",
//!     session_token: None,
//!     key: &keys.key(&secret, &scope),
//!     scope,
//!     time,
//!     rules: &ServiceRules::of("iam"),
//!     fields: FieldChoice::default(),
//! };
//! let request = Request {
//!     method: "GET",
//!     target: b"/?Action=ListUsers&Version=2010-05-08",
//!     headers: &[("host", b"iam.amazonaws.com")],
//! };
//! for (name, value) in sign(&request, Payload::Body(b""), &params)?.headers() {
//!     // Add the header to the request.
//!     # let _ = (name, value);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod canonical;
pub mod chunks;
mod cut;
pub mod events;
pub mod explain;
pub mod hosts;
mod key;
mod payload;
pub mod post;
mod request;
mod rules;
mod scope;
mod sign;
mod time;
pub mod v2;
pub mod v4a;
pub mod verify;

pub use canonical::{CanonicalError, FieldChoice};
pub use key::{KeyCache, KeyError, Signature, SignatureError, SigningKey};
pub use payload::{EMPTY_SHA256, Payload, PayloadKeyword, PayloadText};
pub use request::Request;
pub use rules::{ContentSha256, Family, PathEncoding, ServiceRules, TokenRule, WhiteSpace};
pub use scope::{Scope, ScopeError};
pub use sign::{
    Authorization, MAX_EXPIRES_SECS, PresignError, Presigned, SIGNATURE_HEADERS, Scratch, SignError, Signed,
    SigningParams, Steps, presign, presign_in_steps, presign_with, sign, sign_in_steps, sign_with,
};
pub use time::{AmzDate, DateError, RequestTime};

/// The algorithm of a symmetric signature, as it stands in header and query.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The last element of every scope.
pub const TERMINATOR: &str = "aws4_request";
