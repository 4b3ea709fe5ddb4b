//! What is in buckets, kept in step with the buckets that the account has.
//!
//! Rule: a bucket that the account has no more is out of sight before the call that took it is answered, so that one that is made again
//! under its name is empty; its files go in a thread that nobody waits for.

use objects::{ObjectError, Objects};

use super::AccountHouse;

impl AccountHouse {
    /// To be called at the start, and whenever the account was put in the place of another.
    pub(super) fn settle_contents(&self) -> Result<(), ObjectError> {
        let directory = self.account.directory();
        let buckets = directory.buckets.iter().map(|bucket| bucket.bucket_name.clone()).collect();
        self.objects.settle(&buckets)?;
        let objects = Objects::clone(&self.objects);
        let sweep = move || match objects.sweep() {
            Ok(swept) => tracing::debug!(swept.unfinished, swept.strays, "files of objects are swept"),
            Err(error) => tracing::warn!(%error, "files of objects that are gone stay for now"),
        };
        if let Err(error) = std::thread::Builder::new().name("sweep".to_owned()).spawn(sweep) {
            tracing::warn!(%error, "files of objects that are gone stay until the next start");
        }
        Ok(())
    }
}
