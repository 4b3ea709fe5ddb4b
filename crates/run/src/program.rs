//! What to start, and what it may reach.
//!
//! Rule: whatever is not said here, the program inherits: directory, descriptors, limits, signals, terminal.

use std::ffi::OsString;

/// A program to start.
#[derive(Clone, Default)]
pub struct Program {
    /// A path, or a name that is looked up in `PATH` as the program would see it.
    pub name: OsString,
    /// What follows the name.
    pub arguments: Vec<OsString>,
    /// Variables set, or removed (`None`), in the environment that this process has; the last of a name counts.
    pub environment: Vec<(OsString, Option<OsString>)>,
    pub isolation: Isolation,
}

/// What happens to link-local destinations that nobody answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// As if nobody were there to answer.
    #[default]
    Off,
    /// They are unreachable, by TCP and by UDP, so that the real service of a real instance cannot be met by mistake.
    /// It holds against every honest program, threads that race included, not against one that sets out to break it.
    On,
}

/// Without arguments and values: both often hold secrets.
impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program")
            .field("name", &self.name)
            .field("isolation", &self.isolation)
            .finish_non_exhaustive()
    }
}
