//! What an instance's scripts wrote: the console's output.

use store::{Key, Transaction};
use types::{InstanceId, Timestamp};

use super::{InstanceError, Instances};

/// The newest output of an instance's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleOutput {
    pub output: Vec<u8>,
    pub time: Timestamp,
}

impl Instances {
    /// Keeps the newest 64 KiB of what was written, as EC2 does, in place of what was kept before.
    ///
    /// # Errors
    /// There is no such instance, or the store cannot be written.
    pub fn write_console(&self, id: &InstanceId, output: &[u8], now: Timestamp) -> Result<(), InstanceError> {
        let (entry, _) = self.entry(id)?;
        let newest = &output[output.len().saturating_sub(MAX_OUTPUT)..];
        let bytes = [&now.millis().to_be_bytes()[..], newest].concat();
        let present = Transaction::new().require_present(entry.key);
        match self.store.commit(present.put(key(id), bytes))?.is_committed() {
            true => Ok(()),
            false => Err(InstanceError::NotFound(id.clone())),
        }
    }

    /// `None` where nothing was written.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn console_output(&self, id: &InstanceId) -> Result<Option<ConsoleOutput>, InstanceError> {
        let Some(entry) = self.store.get(&key(id))? else { return Ok(None) };
        let output = entry.value.split_first_chunk().map(|(millis, output)| ConsoleOutput {
            output: output.to_vec(),
            time: Timestamp::from_millis(i64::from_be_bytes(*millis)),
        });
        Ok(output)
    }
}

pub(super) fn key(id: &InstanceId) -> Key {
    Key::new("console").with(id.as_str())
}

const MAX_OUTPUT: usize = 64 * 1024;
