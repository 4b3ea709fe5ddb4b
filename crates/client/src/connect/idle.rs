//! Connections that wait for the next request.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Sender;

/// Kept by route, the youngest taken first.
#[derive(Default)]
pub(super) struct Idle(Mutex<HashMap<String, Vec<(Instant, Sender)>>>);

impl Idle {
    pub(super) fn take(&self, key: &str) -> Option<Sender> {
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = routes.get_mut(key)?;
        while let Some((since, sender)) = kept.pop() {
            if since.elapsed() < MAX_AGE && !sender.is_closed() {
                return Some(sender);
            }
        }
        None
    }

    pub(super) fn put(&self, key: &str, sender: Sender) {
        if sender.is_closed() {
            return;
        }
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = routes.entry(key.to_owned()).or_default();
        if kept.len() < MAX_PER_ROUTE {
            kept.push((Instant::now(), sender));
        }
    }
}

impl fmt::Debug for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Idle")
    }
}

/// AWS's load balancers close after 60 s at the earliest; metadata services sooner, which costs one look.
const MAX_AGE: Duration = Duration::from_secs(20);
const MAX_PER_ROUTE: usize = 8;
