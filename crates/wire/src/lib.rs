//! What AWS services say on the wire: which error an answer bears, in whichever protocol.
//!
//! Rule: bytes in, data out; an answer that is none of AWS's is `None`, never a guess.

mod error;

pub use error::AwsError;
