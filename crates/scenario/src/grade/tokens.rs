//! Session tokens: how many, and whether a client shows one again that was refused.

use std::collections::HashSet;

use serde::Serialize;

use super::{Ending, Kind, Record, times};

/// What a client did with session tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tokens {
    /// Tokens that it was given.
    pub given: usize,
    /// Tokens of which it was told, by 401, that they are no good.
    pub rejected: usize,
    /// Requests with a token after that same token had been refused.
    pub repeated: usize,
}

impl Tokens {
    pub(super) fn of(records: &[Record]) -> Self {
        let mut tokens = Self::default();
        let mut rejected = HashSet::new();
        for record in records {
            let Some(token) = record.token else { continue };
            if record.kind == Kind::Token {
                tokens.given += 1;
                continue;
            }
            tokens.repeated += usize::from(rejected.contains(&token));
            if record.ending == Ending::Answered(401) && rejected.insert(token) {
                tokens.rejected += 1;
            }
        }
        tokens
    }

    pub(super) fn told(&self) -> String {
        match (self.rejected, self.repeated) {
            (0, _) => "none was rejected".to_owned(),
            (_, 0) => "no".to_owned(),
            (_, repeated) => format!("yes, {}", times(repeated)),
        }
    }
}
