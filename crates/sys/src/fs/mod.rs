//! Files: bounded reads, durable replacement, growing files, private directories, temporary ones, a lock.
//!
//! Rule: a read says how much it will hold, a write is on the disk when it returns (of a growing file, when it is
//! synced), and every error names the path and what to do.

mod append;
mod arriving;
mod bodies;
mod directory;
mod held;
mod inode;
mod lock;
mod log;
mod owned;
mod read;
mod replace;
mod temporary;
mod user;

pub use append::{AppendError, Appender, names, read_from};
pub use arriving::ArrivingFile;
pub use bodies::{Bodies, Body, BodyError, BodyName, BodyNameError, NewBody};
pub use directory::{DirectoryError, private_directory};
pub use held::{HeldFile, Opened, SpoolError, Spooled, spool};
pub use inode::{Inode, ModeError, inode, resolved, set_mode};
pub use lock::{Lock, LockError};
pub use log::{LogError, log};
pub use owned::{OwnedFile, make_directory, owner, read_owned, user};
pub use read::{ReadError, read, read_text};
pub use replace::{ReplaceError, create, remove, replace};
pub use temporary::{TemporaryDirectory, TemporaryDirectoryError, remove_empty};
pub use user::{Backup, Content, Saved, UserFileError, UserFiles};
