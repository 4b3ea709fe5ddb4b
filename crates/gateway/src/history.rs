//! Calls of the past, for whoever looks them up.

use std::fmt;

/// What a trail of calls can be asked.
pub trait History: fmt::Debug + Send + Sync {}

/// Remembers nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHistory;

impl History for NoHistory {}
