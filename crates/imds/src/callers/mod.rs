//! The programs that call, and how often.
//!
//! Rule: a request adds to plain atomics of a tally that its connection holds; the table's lock is taken when a
//! connection is met, never for a request.

mod table;
mod tally;
mod visit;

pub use table::Callers;
pub use tally::Tally;
pub use visit::Visit;
