//! The programs that call, and how often.
//!
//! Rule: a request adds to plain atomics of a tally that its connection holds; the table's lock is taken when a
//! connection is met, never for a request.

mod calls;
mod program;
mod table;
mod tally;
mod visit;

pub use program::Program;
pub(crate) use table::Arrival;
pub use table::Callers;
pub(crate) use tally::Counted;
pub use tally::{CallerSummary, Counts, Reading, Tally};
pub use visit::Visit;
