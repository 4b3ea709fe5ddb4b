//! What is in buckets: objects and uploads in parts, their bytes in files, their records in the store.
//!
//! Rule: an object is there when its record is committed, and its bytes are durable before that. Whatever ends the process, a half
//! object is never seen; files that no record names are removed at the next start. Memory does not grow with an object.

use std::path::PathBuf;
use std::sync::Arc;

use store::Store;

/// All objects of the account.
#[derive(Debug)]
pub struct Objects {
    #[expect(dead_code, reason = "read once objects are kept")]
    store: Arc<dyn Store>,
    #[expect(dead_code, reason = "read once objects are kept")]
    directory: PathBuf,
}

impl Objects {
    /// The objects whose records are in `store` and whose bytes are below `directory`, which is made when it is needed.
    pub fn new(store: Arc<dyn Store>, directory: PathBuf) -> Self {
        Self { store, directory }
    }
}
