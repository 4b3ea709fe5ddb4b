//! HTTP requests as people have them: captured bytes, curl command lines, a method and a URL.
//!
//! Rule: what is read is kept as it would be on the wire; nothing is decoded, sorted or mended in silence. Values of fields and
//! bodies are in no error and in no `Debug`: they bear signatures, tokens and passwords. Sources: RFC 9110, RFC 9112,
//! RFC 3986, RFC 7578, and curl as it is observed.
//!
//! ```
//! use std::collections::BTreeMap;
//! use request_source::curl;
//!
//! let command = curl::read_line("curl -H 'X-A: 1' -d name=value https://example.com/path?q=%20")?;
//! let message = command.message(&BTreeMap::new())?;
//! assert_eq!(message.method, "POST");
//! assert_eq!(message.header("x-a"), Some(&b"1"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod curl;
pub mod form;
mod message;
mod place;
pub mod raw;
pub mod url;

pub use message::{Message, Scheme, Version};
pub use place::Place;
