//! Names of users, from `/etc/passwd` (passwd(5)).
//!
//! Users of directory services are not in it and stay numbers: asking for them may take as long as a network does.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use super::User;

/// The names, read again when they are a minute old.
#[derive(Debug, Default)]
pub(super) struct Users {
    names: HashMap<u32, String>,
    read: Option<Instant>,
}

impl Users {
    pub(super) fn user(&mut self, id: u32, now: Instant) -> User {
        if self.read.is_none_or(|read| now.saturating_duration_since(read) > KEPT) {
            self.read = Some(now);
            let file = sys::fs::read(Path::new("/etc/passwd"), LARGEST).unwrap_or_default();
            self.names = names(&String::from_utf8_lossy(&file));
        }
        User { id, name: self.names.get(&id).cloned() }
    }
}

/// Of two users with one number the first is meant.
fn names(text: &str) -> HashMap<u32, String> {
    let mut names = HashMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split(':');
        if let (Some(name), Some(id)) = (fields.next(), fields.nth(1).and_then(|id| id.parse().ok())) {
            names.entry(id).or_insert_with(|| name.to_owned());
        }
    }
    names
}

const KEPT: Duration = Duration::from_secs(60);
const LARGEST: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_number() {
        let names =
            names("# x:y:7\nroot:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:\nbad\na:x:none:1\nbob:x:1000:1\n");
        let mut sorted: Vec<_> = names.into_iter().collect();
        sorted.sort();
        assert_eq!(sorted, [(0, "root".to_owned()), (1000, "bob".to_owned())]);
    }
}
