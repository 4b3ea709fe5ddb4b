//! Files: bounded reads, durable replacement, private directories, a lock.
//!
//! Rule: a read says how much it will hold, a write is on the disk when it returns, and every error names the path and
//! what to do.

mod directory;
mod lock;
mod read;
mod replace;

pub use directory::{DirectoryError, private_directory};
pub use lock::{Lock, LockError};
pub use read::{ReadError, read, read_text};
pub use replace::{ReplaceError, create, remove, replace};
