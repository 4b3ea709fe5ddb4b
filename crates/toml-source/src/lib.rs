//! TOML files as people write them: read whole, or refused with the place, what is wrong there and what would do.
//!
//! Rule: values are not repeated in what is said, except names out of a closed set: a file holds user data.

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
