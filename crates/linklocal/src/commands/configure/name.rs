//! Which setting a name means (AWS CLI reference, `configure set` and `configure get`).
//!
//! Rule: the AWS CLI's `set` takes `dev.region` for a block named `dev`, its `get` for the region of profile `dev`. Where both
//! could be meant, `set` asks for a name that means one.

use profile::edit::{Section, Target};
use profile::reader::Profiles;

use crate::arguments::SectionArguments;
use crate::failure::Failure;

/// What a name is looked up in.
#[derive(Debug)]
pub(super) struct Names<'a> {
    /// The profile that is meant where the name has none.
    pub(super) profile: &'a str,
    pub(super) profiles: Option<&'a Profiles>,
    pub(super) section: &'a SectionArguments,
}

impl Names<'_> {
    /// The setting to read.
    pub(super) fn to_read(&self, name: &str) -> Result<Target, Failure> {
        self.find(name, |_| true)
    }

    /// The setting to change.
    pub(super) fn to_change(&self, name: &str) -> Result<Target, Failure> {
        if self.section().is_none()
            && let Some((first, rest)) = name.split_once('.')
            && !rest.contains('.')
            && !RESERVED.contains(&first)
            && !is_block(first)
            && self.is_known(first)
        {
            let hint = format!(
                "`profile.{first}.{rest}` is the setting of the profile, `profile.{}.{first}.{rest}` the one in the block",
                self.profile
            );
            return Err(Failure::usage(format!(
                "{name:?} may mean {rest} of profile {first}, or {rest} in a block {first} of profile {}",
                self.profile
            ))
            .hint(hint));
        }
        // With three parts no block can be meant.
        self.find(name, |parts| parts >= 3)
    }

    fn find(&self, name: &str, may_begin_with_profile: impl Fn(usize) -> bool) -> Result<Target, Failure> {
        if let Some(section) = self.section() {
            return in_section(section, name);
        }
        if let Some((profile, path)) = self.longest_profile(name.strip_prefix("profile.")) {
            return in_section(Section::Profile(profile), path);
        }
        let first = name.split('.').next().unwrap_or_default();
        let is_profile = !RESERVED.contains(&first)
            && may_begin_with_profile(name.split('.').count())
            && self.is_known(first);
        if is_profile && let Some((profile, path)) = name.split_once('.') {
            return in_section(Section::Profile(profile.to_owned()), path);
        }
        Target::parse(name, Some(self.profile)).map_err(|error| Failure::usage(error.to_string()))
    }

    fn section(&self) -> Option<Section> {
        let sso_session = self.section.sso_session.clone().map(Section::SsoSession);
        sso_session.or_else(|| self.section.services.clone().map(Section::Services))
    }

    fn is_known(&self, profile: &str) -> bool {
        self.profiles.is_some_and(|profiles| profiles.merged.contains_key(profile))
    }

    /// A profile whose name has dots, as `profile.my.dev.region` means it: the longest one that there is.
    fn longest_profile<'n>(&self, rest: Option<&'n str>) -> Option<(String, &'n str)> {
        let rest = rest?;
        let dots = rest.match_indices('.').map(|(at, _)| at).rev();
        dots.map(|at| (&rest[..at], &rest[at + 1..]))
            .find(|(name, path)| name.contains('.') && !path.is_empty() && self.is_known(name))
            .map(|(name, path)| (name.to_owned(), path))
    }
}

fn in_section(section: Section, path: &str) -> Result<Target, Failure> {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        [key] if !key.is_empty() => Ok(Target::new(section, key)),
        [key, nested] if !key.is_empty() && !nested.is_empty() => {
            Ok(Target { nested: Some((*nested).to_owned()), ..Target::new(section, key) })
        }
        _ => Err(Failure::usage(format!("{path:?} names no setting of {section}"))
            .hint("blocks hold settings, and no further blocks: say KEY or BLOCK.KEY")),
    }
}

/// Blocks that the AWS CLI itself reads.
fn is_block(name: &str) -> bool {
    matches!(name, "s3" | "emr" | "proxies_config")
}

const RESERVED: [&str; 6] = ["default", "profile", "sso-session", "services", "plugins", "preview"];

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles() -> Profiles {
        let names = ["default", "dev", "my.dev", "s3"];
        Profiles {
            merged: names.iter().map(|name| ((*name).to_owned(), Default::default())).collect(),
            ..Profiles::default()
        }
    }

    fn meant(name: &str, change: bool) -> Result<String, String> {
        let profiles = profiles();
        let section = SectionArguments { sso_session: None, services: None };
        let names = Names { profile: "p", profiles: Some(&profiles), section: &section };
        let target = if change { names.to_change(name) } else { names.to_read(name) };
        target.map(|target| target.to_string()).map_err(|failure| failure.message)
    }

    #[test]
    fn names_mean_what_the_cli_means() {
        let cases = [
            ("region", "region of profile p"),
            ("default.region", "region of profile default"),
            ("profile.new.region", "region of profile new"),
            ("profile.my.dev.region", "region of profile my.dev"),
            ("dev.s3.addressing_style", "s3.addressing_style of profile dev"),
            ("s3.addressing_style", "s3.addressing_style of profile p"),
            ("block.key", "block.key of profile p"),
        ];
        for (name, expected) in cases {
            assert_eq!(meant(name, true).as_deref(), Ok(expected), "{name}");
        }
        assert_eq!(meant("dev.region", false).as_deref(), Ok("region of profile dev"));
        assert_eq!(meant("s3.addressing_style", false).as_deref(), Ok("addressing_style of profile s3"));
    }

    #[test]
    fn a_change_that_could_mean_two_things_is_refused() {
        let said = meant("dev.region", true).unwrap_err();
        assert!(said.contains("profile dev") && said.contains("profile p"), "{said}");
        meant("dev.a.b.c", true).unwrap_err();
        meant("", true).unwrap_err();
    }
}
