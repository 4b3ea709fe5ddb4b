//! Which setting is meant: a section, a key, perhaps a key in the block under it.

use std::fmt;

/// A setting of a section.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    pub section: Section,
    pub key: String,
    /// The key in the block that stands under `key`.
    pub nested: Option<String>,
}

/// A section by what it is, however its header is spelled.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// `[profile NAME]` or `[default]` in the config file, `[NAME]` in the credentials file.
    Profile(String),
    /// `[sso-session NAME]`.
    SsoSession(String),
    /// `[services NAME]`.
    Services(String),
    /// `[plugins]` or `[preview]`.
    Other(String),
}

/// A name that means no setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error("{name:?} names no setting; say KEY, KEY.NESTED, profile.NAME.KEY or default.KEY")]
    Incomplete { name: String },
    #[error(
        "{name:?} has too many parts; for a profile say `--profile {first} {rest}` or `profile.{first}.{rest}`"
    )]
    TooDeep { name: String, first: String, rest: String },
}

impl Target {
    pub fn new(section: Section, key: &str) -> Self {
        Self { section, key: key.to_owned(), nested: None }
    }

    /// A setting as the AWS CLI names it: `region`, `s3.addressing_style`, `default.region`, `profile.a.s3.addressing_style`,
    /// `plugins.x`, and beside these `sso-session.NAME.KEY` and `services.NAME.SERVICE.KEY`. Without a profile in it, it is
    /// `profile`'s, or the default one's.
    pub fn parse(name: &str, profile: Option<&str>) -> Result<Self, TargetError> {
        let parts: Vec<&str> = name.split('.').collect();
        let (section, path) = match parts.as_slice() {
            ["default", path @ ..] if !path.is_empty() => (Section::Profile("default".to_owned()), path),
            ["profile", name, path @ ..] => (Section::Profile((*name).to_owned()), path),
            ["sso-session", name, path @ ..] => (Section::SsoSession((*name).to_owned()), path),
            ["services", name, path @ ..] => (Section::Services((*name).to_owned()), path),
            [other @ ("plugins" | "preview"), path @ ..] => (Section::Other((*other).to_owned()), path),
            path => (Section::Profile(profile.unwrap_or("default").to_owned()), path),
        };
        let incomplete = || TargetError::Incomplete { name: name.to_owned() };
        if parts.iter().any(|part| part.is_empty()) {
            return Err(incomplete());
        }
        match path {
            [] => Err(incomplete()),
            [key] => Ok(Self::new(section, key)),
            [key, nested] => Ok(Self { nested: Some((*nested).to_owned()), ..Self::new(section, key) }),
            [first, rest @ ..] => Err(TargetError::TooDeep {
                name: name.to_owned(),
                first: (*first).to_owned(),
                rest: rest.join("."),
            }),
        }
    }

    /// Whether its value is one that goes to the credentials file.
    pub fn is_secret(&self) -> bool {
        self.nested.is_none() && CREDENTIAL_KEYS.iter().any(|key| self.key.eq_ignore_ascii_case(key))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        if let Some(nested) = &self.nested {
            write!(f, ".{nested}")?;
        }
        write!(f, " of {}", self.section)
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(name) => write!(f, "profile {name}"),
            Self::SsoSession(name) => write!(f, "sso-session {name}"),
            Self::Services(name) => write!(f, "services {name}"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

pub(super) const ACCESS_KEY_ID: &str = "aws_access_key_id";

/// What the AWS CLI writes to the credentials file.
pub(super) const CREDENTIAL_KEYS: [&str; 4] =
    [ACCESS_KEY_ID, "aws_secret_access_key", "aws_session_token", "aws_security_token"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_what_they_mean_to_the_cli() {
        let cases = [
            ("region", "region of profile p"),
            ("s3.addressing_style", "s3.addressing_style of profile p"),
            ("default.region", "region of profile default"),
            ("default.s3.x", "s3.x of profile default"),
            ("profile.a.region", "region of profile a"),
            ("profile.a.s3.x", "s3.x of profile a"),
            ("plugins.x", "x of plugins"),
            ("sso-session.s.sso_region", "sso_region of sso-session s"),
            ("services.s.sts.endpoint_url", "sts.endpoint_url of services s"),
            ("default", "default of profile p"),
        ];
        for (name, expected) in cases {
            assert_eq!(Target::parse(name, Some("p")).unwrap().to_string(), expected, "{name}");
        }
        assert_eq!(Target::parse("region", None).unwrap().to_string(), "region of profile default");
    }

    #[test]
    fn a_profile_that_was_meant_is_named() {
        let error = Target::parse("emr-dev.emr.instance_profile", None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"emr-dev.emr.instance_profile\" has too many parts; for a profile say `--profile emr-dev \
             emr.instance_profile` or `profile.emr-dev.emr.instance_profile`"
        );
        for name in ["", ".", "profile.a", "a.", "default..x", "sso-session.x", "plugins"] {
            assert!(matches!(Target::parse(name, None), Err(TargetError::Incomplete { .. })), "{name}");
        }
    }
}
