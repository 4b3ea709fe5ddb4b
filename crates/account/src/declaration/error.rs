//! What is wrong with a declaration as a whole.

/// A declaration that gives no instance: which key, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct DeclarationError {
    key: String,
    problem: String,
}

impl DeclarationError {
    pub(super) fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { key: key.into(), problem: problem.into() }
    }

    /// The key in the declaration, such as `network-interfaces[1].mac-address`. It may be one that is not written there
    /// but should be.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong and what to do, without the key.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}
