//! What a secret is kept under.

use std::fmt;

/// What kind of secret it is, and whose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    kind: Kind,
    id: String,
}

/// Kinds do not meet: two secrets of one id and different kinds are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The seed of a virtual MFA device, under its serial number.
    MfaSeed,
    /// Temporary credentials.
    Session,
    /// An access key of an IAM user, under the name of its profile.
    LongTermKeys,
}

/// A text cannot name a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "name of {bytes} bytes for a secret is empty, has more than {MAX} bytes, or holds a control character; choose another"
)]
pub struct NameError {
    bytes: usize,
}

impl Name {
    /// A name of 1 to 512 bytes without control characters.
    pub fn new(kind: Kind, id: &str) -> Result<Self, NameError> {
        if id.is_empty() || id.len() > MAX || id.chars().any(char::is_control) {
            return Err(NameError { bytes: id.len() });
        }
        Ok(Self { kind, id: id.to_owned() })
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::MfaSeed, Self::Session, Self::LongTermKeys];

    /// How it is spelled where names are stored.
    pub fn tag(self) -> &'static str {
        match self {
            Self::MfaSeed => "mfa-seed",
            Self::Session => "session",
            Self::LongTermKeys => "long-term-keys",
        }
    }

    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.tag() == tag)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::MfaSeed => "seed of device",
            Kind::Session => "session",
            Kind::LongTermKeys => "keys of profile",
        };
        write!(f, "{kind} {}", self.id)
    }
}

/// Bytes: twice the longest serial number of a device.
const MAX: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_bounds_and_kinds_have_tags() {
        for (id, taken) in [("a", true), ("arn:aws:iam::1:mfa/x", true), ("", false), ("a\n", false)] {
            assert_eq!(Name::new(Kind::Session, id).is_ok(), taken, "{id:?}");
        }
        Name::new(Kind::Session, &"x".repeat(MAX)).unwrap();
        Name::new(Kind::Session, &"x".repeat(MAX + 1)).unwrap_err();
        for kind in Kind::ALL {
            assert_eq!(Kind::of_tag(kind.tag()), Some(kind));
        }
    }
}
