//! Dates as signatures bear them.

use std::fmt;

use types::Timestamp;

/// `20261121T082200Z`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AmzDate([u8; 16]);

impl AmzDate {
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("it is written in digits")
    }

    /// The date that a scope bears.
    pub fn day(self) -> [u8; 8] {
        *self.0.first_chunk().expect("sixteen bytes hold eight")
    }
}

impl From<Timestamp> for AmzDate {
    fn from(time: Timestamp) -> Self {
        Self(time.basic())
    }
}

impl fmt::Debug for AmzDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for AmzDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
