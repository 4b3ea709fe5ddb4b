//! TOML files as people write them: read whole, or refused with the place, what is wrong there and what would do.
//!
//! Rule: values are not repeated in what is said, except names out of a closed set: a file holds user data.
//!
//! ```
//! use std::path::Path;
//! use toml_source::Position;
//!
//! let bytes = "name = \"café\"".as_bytes();
//! let text = toml_source::decode(Path::new("a.toml"), bytes)?;
//! let (offset, is_there) = toml_source::offset_of(text, "name");
//! assert!(is_there);
//! assert_eq!(Position::of(text, offset), Position { line: 1, column: 8 });
//! let fault = toml_source::decode(Path::new("a.toml"), b"a = \"\xff\"").unwrap_err();
//! assert!(fault.to_string().starts_with("a.toml:1:6"));
//! # Ok::<(), toml_source::Fault>(())
//! ```

mod decode;
mod explanation;
mod fault;
mod position;
mod span;

pub use decode::decode;
pub use explanation::{Guide, read};
pub use fault::{Fault, Place};
pub use position::{Position, offset_of};
pub use span::{Span, SpanError};
