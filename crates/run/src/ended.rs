//! How the program ended.
//!
//! Rule: whoever waits for this process learns what it would have learned of the program itself.

use crate::platform;

/// How the program itself ended, whatever became of the processes that it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It left with this code.
    Exited(i32),
    /// This signal ended it.
    Killed(i32),
}

impl Ended {
    /// The status as a shell shows it: the code, or 128 and the signal's number.
    pub fn code(self) -> i32 {
        match self {
            Self::Exited(code) => code,
            Self::Killed(signal) => 128 + signal,
        }
    }

    /// Ends this process in the same way: by the same code, or by the same signal without a core of its own.
    pub fn leave(self) -> ! {
        platform::leave(self)
    }
}
