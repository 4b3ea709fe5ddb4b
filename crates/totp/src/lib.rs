//! One-time codes of virtual MFA devices (RFC 4226, RFC 6238), and how a seed travels: Base32 and the otpauth URI.
//!
//! Rule: time is an argument, a seed is a secret, and a code is checked in constant time.
//!
//! Codes are those of AWS's virtual devices: HMAC-SHA-1, six digits, a new one every 30 seconds.
//!
//! ```
//! use totp::{KeyUri, Step};
//! use types::Timestamp;
//!
//! let uri = KeyUri::parse(
//!     "otpauth://totp/Amazon%20Web%20Services:alice@123456789012\
//!      ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Amazon%20Web%20Services",
//! )?;
//! assert_eq!(uri.account, "alice@123456789012");
//!
//! let now = Timestamp::from_secs(59);
//! let code = uri.seed.code(now);
//! assert_eq!(code.expose(), "287082");
//! assert_eq!(Step::at(now).left(now).as_secs(), 1);
//!
//! // The other side: who was given the code finds the step that it is of, and takes none twice.
//! let used = uri.seed.check(code.expose(), now, 1).expect("the code of this step");
//! assert_eq!(used, Step::at(now));
//! # Ok::<(), totp::KeyUriError>(())
//! ```

mod base32;
mod check;
mod seed;
mod step;
mod uri;

pub use seed::{Seed, SeedError};
pub use step::{PERIOD, Step};
pub use uri::{ISSUER, KeyUri, KeyUriError};
