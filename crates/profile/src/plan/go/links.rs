//! The profile in use and those that its `source_profile` leads to, as the SDK for Go loads them.
//!
//! Rule: everything is checked when it is loaded (shared_config.go), and every fault ends the search.

use super::{Model, checks, has_credentials, static_keys};
use crate::plan::fault::{self, Fault};
use crate::plan::merged::{self, Merged};
use crate::plan::sources;
use crate::plan::visited::Visited;

/// One profile of a chain of sources.
#[derive(Clone, Copy)]
pub(super) struct Link<'a> {
    pub(super) profile: Merged<'a>,
    /// It was there before, and is read again without its role.
    pub(super) again: bool,
    /// Its credentials are those of the next link.
    pub(super) sourced: bool,
}

impl<'a> Model<'a, '_> {
    /// The profile and the sources that it leads to; nothing where the profile in use is in no file.
    pub(super) fn load(&self, root: &'a str) -> Result<Vec<Link<'a>>, Fault> {
        if let Some(fault) = fault::unreadable(self.ground) {
            return Err(fault);
        }
        let mut links: Vec<Link<'a>> = Vec::new();
        let mut visited = Visited::default();
        let mut name = root;
        loop {
            let Some(profile) = Merged::of(self.ground, name) else {
                let from = links.last().map(|link| link.profile);
                return from.map_or(Ok(Vec::new()), |from| Err(fault::missing_source(from, name).ending()));
            };
            let again = !visited.insert(profile.name);
            let link = self.link(profile, again, links.is_empty())?;
            links.push(link);
            match profile.filled("source_profile").filter(|_| link.sourced) {
                Some(next) => name = next,
                None if links.len() > 1 && !has_credentials(profile) => {
                    return Err(fault::no_credentials(profile).ending());
                }
                None => return Ok(links),
            }
        }
    }

    /// Checks one profile as the SDK does when it loads it.
    fn link(&self, profile: Merged<'a>, again: bool, first: bool) -> Result<Link<'a>, Fault> {
        self.has_no_half_of_keys(profile)?;
        checks::profile(self.ground, profile)?;
        if !again {
            needs_role(profile)?;
        }
        if !first && static_keys(profile).is_some() {
            return Ok(Link { profile, again, sourced: false });
        }
        let sourced = !again && profile.filled("source_profile").is_some();
        one_kind(profile, sourced)?;
        if let Some(name) = profile.filled("sso_session") {
            let section = sources::sso_session(self.ground, profile, name.trim())?;
            let keys = ["sso_region", "sso_start_url"];
            if keys.iter().any(|key| section.filled(key).is_none()) {
                return Err(fault::missing_keys(section, &keys).ending());
            }
        }
        Ok(Link { profile, again, sourced })
    }

    /// One key without the other in the same file is an error, unless the other file has the profile, too.
    fn has_no_half_of_keys(&self, profile: Merged<'a>) -> Result<(), Fault> {
        let section = self.ground.profiles().and_then(|profiles| {
            let (config, credentials) =
                (profiles.config.get(profile.name), profiles.credentials.get(profile.name));
            credentials.or(config)
        });
        let keys = [merged::KEY_ID, merged::SECRET_KEY];
        let missing = section.and_then(|section| match keys.map(|key| section.text(key).is_some()) {
            [true, false] => Some(merged::SECRET_KEY),
            [false, true] => Some(merged::KEY_ID),
            _ => None,
        });
        let Some(missing) = missing else {
            return Ok(());
        };
        let why = format!("profile {:?} lacks {missing} in the file that has the other key", profile.name);
        Err(Fault::fatal(why, "keep both keys of a profile in one file").at(profile.places(&keys)))
    }
}

/// What names a source for a role needs the role.
fn needs_role(profile: Merged<'_>) -> Result<(), Fault> {
    let kinds = ["source_profile", "credential_source", "web_identity_token_file"];
    let kind = kinds.into_iter().find(|key| profile.filled(key).is_some());
    match kind.filter(|_| profile.filled("role_arn").is_none()) {
        None => Ok(()),
        Some(kind) => {
            let why = format!("profile {:?} has {kind} but no role_arn", profile.name);
            Err(Fault::fatal(why, format!("add role_arn, or remove {kind}")).at(profile.place(kind)))
        }
    }
}

fn one_kind(profile: Merged<'_>, sourced: bool) -> Result<(), Fault> {
    let kinds = ["source_profile", "credential_source", "credential_process", "web_identity_token_file"];
    let counts = |key: &&str| profile.filled(key).is_some() && (*key != "source_profile" || sourced);
    let there: Vec<&str> = kinds.into_iter().filter(counts).collect();
    if there.len() < 2 {
        return Ok(());
    }
    let why = format!("profile {:?} has {}, of which the SDK accepts one", profile.name, there.join(" and "));
    Err(Fault::fatal(why, "keep one of them").at(profile.places(&there)))
}
