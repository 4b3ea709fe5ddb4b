//! Session tags, and those that go from session to session along a chain of roles.

use std::collections::HashSet;

use super::refusal;
use crate::sessions::{SessionClaims, SessionTag};
use crate::{Check, ServiceError};

/// Tags that a session is to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionTags {
    /// Asked for in this request.
    pub requested: Vec<SessionTag>,
    /// Of the requested ones, the keys that are to be handed on.
    pub transitive_keys: Vec<String>,
    /// Handed on by the session that asks.
    pub inherited: Vec<SessionTag>,
}

impl SessionTags {
    /// Checks what is asked for against itself and against what the asking session hands on.
    pub fn checked(
        requested: Vec<SessionTag>,
        transitive_keys: Vec<String>,
        asking: Option<&SessionClaims>,
    ) -> Result<Self, ServiceError> {
        let keys: HashSet<String> = requested.iter().map(|tag| tag.key.to_lowercase()).collect();
        if keys.len() < requested.len() {
            return Err(refusal::invalid_parameter_value(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        if keys.iter().any(|key| key.starts_with("aws:")) {
            return Err(refusal::invalid_parameter_value(
                "Caller is not an internal service and cannot create tags that start with aws:",
            ));
        }
        if !transitive_keys.iter().all(|key| keys.contains(&key.to_lowercase())) {
            return Err(refusal::invalid_parameter_value(
                "The specified transitive tag key must be included in the requested tags.",
            ));
        }
        let inherited = asking.map(handed_on).unwrap_or_default();
        if inherited.iter().any(|tag| keys.contains(&tag.key.to_lowercase())) {
            return Err(refusal::invalid_parameter_value(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling \
                 session.",
            ));
        }
        Ok(Self { requested, transitive_keys, inherited })
    }

    /// Whether the session has tags, so that `sts:TagSession` must be allowed.
    pub fn any(&self) -> bool {
        !self.requested.is_empty() || !self.inherited.is_empty()
    }

    /// Tells a check what is asked for.
    pub fn describe(&self, check: &mut Check) {
        if !self.requested.is_empty() {
            for tag in &self.requested {
                check.context.set(&format!("aws:RequestTag/{}", tag.key), &*tag.value);
            }
            let keys = self.requested.iter().map(|tag| tag.key.clone());
            check.context.set_many("aws:TagKeys", keys.collect());
        }
        if !self.transitive_keys.is_empty() {
            check.context.set_many("sts:TransitiveTagKeys", self.transitive_keys.clone());
        }
    }

    /// Writes the tags into a session's claims.
    pub fn grant(self, claims: &mut SessionClaims) {
        claims.transitive_tag_keys = self.inherited.iter().map(|tag| tag.key.clone()).collect();
        claims.transitive_tag_keys.extend(self.transitive_keys);
        claims.tags = self.inherited;
        claims.tags.extend(self.requested);
    }
}

fn handed_on(claims: &SessionClaims) -> Vec<SessionTag> {
    let keys: HashSet<String> = claims.transitive_tag_keys.iter().map(|key| key.to_lowercase()).collect();
    claims.tags.iter().filter(|tag| keys.contains(&tag.key.to_lowercase())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use types::Timestamp;

    use super::*;
    use crate::sessions::SessionPrincipal;

    fn tag(key: &str, value: &str) -> SessionTag {
        SessionTag { key: key.to_owned(), value: value.to_owned() }
    }

    /// Case is that of all letters: a tag is handed on, and cannot be given anew, by whatever spelling of its key.
    #[test]
    fn keys_of_tags_that_are_handed_on_know_no_case() {
        let account = "111122223333".parse().unwrap();
        let epoch = Timestamp::EPOCH;
        let mut claims = SessionClaims::new(account, SessionPrincipal::Root, "", epoch, epoch);
        for (key, transitive) in [("Team", "tEAM"), ("Équipe", "éQUIPE")] {
            let tags = SessionTags::checked(vec![tag(key, "a")], vec![transitive.to_owned()], None).unwrap();
            tags.grant(&mut claims);
            let next = SessionTags::checked(Vec::new(), Vec::new(), Some(&claims)).unwrap();
            assert_eq!(next.inherited, [tag(key, "a")]);
            SessionTags::checked(vec![tag(transitive, "b")], Vec::new(), Some(&claims)).unwrap_err();
        }
    }
}
