//! Roles of profiles, by `source_profile` and `credential_source` (facts/credentials.md 3.1).
//!
//! Rule: a profile with a token file is no role profile, a source with static keys is taken for its keys and not for its
//! role, and a profile may name itself only where it has static keys [B credentials.py `AssumeRoleProvider`].

use super::cached::RoleArguments;
use super::mfa::{Mfa, is_long_term};
use super::{Model, keys, places, text};
use crate::plan::chain::Finding;
use crate::plan::fault::{self, Fault};
use crate::plan::merged::{KEY_ID, Merged, ROLE_KEYS, SECRET_KEY, keys_detail};
use crate::plan::{AssumeRole, Look, MfaSource, Provider, SessionDetails};
use crate::reader::Profile;
use crate::{Place, Sdk};

/// On the way from the profile in use to whoever has credentials.
struct Walk {
    visited: Vec<String>,
    /// Whether sources will be asked: where a role is kept, nobody behind it is.
    asked: bool,
}

impl Model<'_> {
    /// The role that the profile in use names; nothing where it names none.
    pub(super) fn role_of(&self, name: &str) -> Look {
        match self.profile(name) {
            Some(profile) if names_role(profile) => {
                let mut walk = Walk { visited: vec![name.to_owned()], asked: true };
                self.role(name, profile, &mut walk).unwrap_or_else(Fault::look)
            }
            Some(profile) => passed_over(profile),
            None => Look::not_set(),
        }
    }

    /// The role of one profile of the chain, with the credentials that it is assumed with.
    fn role(&self, name: &str, profile: &Profile, walk: &mut Walk) -> Result<Look, Fault> {
        let here = places(profile, ROLE_KEYS);
        let wanted = RoleArguments {
            role_arn: text(profile, "role_arn")?.unwrap_or_default(),
            session: text(profile, "role_session_name")?.filter(|session| !session.is_empty()),
            external_id: text(profile, "external_id")?,
            mfa_serial: text(profile, "mfa_serial")?,
            duration: duration(profile)?,
        };
        let details = self.details(profile)?;
        let kept = self.cached_role(&wanted, &details);
        walk.asked &= kept.is_none();
        let asked = walk.asked;
        let base = self.base(name, profile, walk)?;
        let Look { finding: Finding::Ready(provider), places: source, detail, .. } = base else {
            return Ok(base.at(here));
        };
        let mfa = match wanted.mfa_serial {
            Some(_) => self.mfa(name, text(profile, "source_profile")?)?,
            None => Mfa::default(),
        };
        if asked {
            self.check_device(wanted.mfa_serial, &mfa.source, profile)?;
        }
        let role = self
            .request(name, profile, (&wanted, details, mfa), provider)
            .map_err(|fault| fault.at(here.clone()))?;
        let with = match &role.base {
            Provider::Static(keys) => keys_detail(keys),
            _ => detail.unwrap_or_default(),
        };
        let detail = match (&role.mfa_serial, kept) {
            (_, Some(end)) => format!("{}, kept until {end}", role.role_arn),
            (Some(serial), None) => format!("{} with a code of {serial} and {with}", role.role_arn),
            (None, None) => format!("{} with {with}", role.role_arn),
        };
        Ok(Look::ready(Provider::AssumeRole(Box::new(role))).at(here).at(source).saying(detail))
    }

    /// The credentials of the source, or a look that is not ready.
    fn base(&self, name: &str, profile: &Profile, walk: &mut Walk) -> Result<Look, Fault> {
        let merged = || Merged::of(self.ground, name).expect("the profile was found under this name");
        match (text(profile, "source_profile")?, text(profile, "credential_source")?) {
            (Some(_), Some(_)) => Err(fault::two_sources(merged()).ending()),
            (None, None) => {
                let fault = fault::no_source(merged());
                Ok(Look::partial_fatal(&["source_profile or credential_source"], fault.why, fault.remedy)
                    .at(fault.places))
            }
            (None, Some(source)) => self
                .named_source(name, source)
                .map_err(|fault| fault.at(profile.place("credential_source").cloned())),
            (Some(source), None) => self.source_profile(name, source, walk),
        }
    }

    /// `Environment`, `EcsContainer` or `Ec2InstanceMetadata`, spelled so.
    fn named_source(&self, name: &str, source: &str) -> Result<Look, Fault> {
        let look = match source {
            "Environment" => keys::of_environment(self.ground),
            "EcsContainer" => self.container(),
            "Ec2InstanceMetadata" => self.instance_metadata(),
            _ => {
                let merged = Merged::of(self.ground, name).expect("the profile was found under this name");
                return Err(fault::unknown_source(merged, source).ending());
            }
        };
        match look.finding {
            Finding::Ready(_)
            | Finding::Partial { fatal: true, .. }
            | Finding::Broken { fatal: true, .. } => Ok(look),
            Finding::Skipped(ref why) | Finding::Broken { ref why, .. } => Err(Fault::fatal(
                format!("profile {name:?} takes its credentials from {source}, and {why}"),
                "let that source work, or name another credential_source",
            )),
            Finding::NotSet | Finding::Partial { .. } => Err(Fault::fatal(
                format!("profile {name:?} takes its credentials from {source}, which has none"),
                "set the variables of that source, or name another credential_source",
            )),
        }
    }

    fn source_profile(&self, name: &str, source: &str, walk: &mut Walk) -> Result<Look, Fault> {
        let Some(profile) = self.profile(source) else {
            let merged = Merged::of(self.ground, name).expect("the profile was found under this name");
            return Err(fault::missing_source(merged, source).ending());
        };
        let again = walk.visited.iter().any(|visited| visited == source);
        if again && (source != name || !has_static_keys(profile)) {
            let path: Vec<&str> = walk.visited.iter().map(String::as_str).collect();
            return Err(fault::circle(self.ground, &path, source).ending());
        }
        if walk.visited.len() > MOST_SOURCES {
            let why = format!("more than {MOST_SOURCES} profiles name one another by source_profile");
            return Err(Fault::fatal(why, "shorten the chain: STS allows sessions of chained roles an hour"));
        }
        walk.visited.push(source.to_owned());
        if names_role(profile) && !has_static_keys(profile) {
            return self.role(source, profile, walk);
        }
        let sources = self.profile_sources(source, true, walk.asked).into_iter().map(|(_, look)| look);
        let passed = |look: &Look| {
            matches!(
                look.finding,
                Finding::NotSet | Finding::Skipped(_) | Finding::Partial { fatal: false, .. }
            )
        };
        sources.into_iter().find(|look| !passed(look)).ok_or_else(|| without_credentials(source, profile))
    }

    /// What is asked of STS for one profile.
    fn request(
        &self,
        name: &str,
        profile: &Profile,
        (wanted, details, mfa): (&RoleArguments<'_>, SessionDetails, Mfa),
        base: Provider,
    ) -> Result<AssumeRole, Fault> {
        let RoleArguments { role_arn, session, external_id, mfa_serial, duration } = *wanted;
        let sts = self.sts()?;
        self.at_least(20, "role_arn", role_arn, profile.place("role_arn"))?;
        for (length, key, value) in [
            (2, "role_session_name", session),
            (2, "external_id", external_id),
            (9, "mfa_serial", mfa_serial),
        ] {
            value.map_or(Ok(()), |value| self.at_least(length, key, value, profile.place(key)))?;
        }
        let base = match (mfa_serial, mfa.shared) {
            (Some(serial), Some(keep)) if is_long_term(&base) => {
                self.shared_session(name, serial, mfa.source.clone(), keep, base)?
            }
            _ => base,
        };
        Ok(AssumeRole {
            base,
            profile: name.to_owned(),
            role_session_name: session.map(str::to_owned),
            external_id: external_id.map(str::to_owned),
            duration_seconds: checked_duration(duration, profile, self.validates())?,
            mfa_serial: mfa_serial.map(str::to_owned),
            mfa_source: mfa.source,
            details,
            role_arn: role_arn.to_owned(),
            sts,
        })
    }

    /// Tags and source identity, which no tool of AWS's reads from a profile.
    fn details(&self, profile: &Profile) -> Result<SessionDetails, Fault> {
        match self.ground.sdk {
            Sdk::Linklocal => SessionDetails::of(profile),
            _ => Ok(SessionDetails::default()),
        }
    }

    /// Whether somebody can be asked for the device's code. Whether we keep a seed for it is not known here.
    fn check_device(&self, serial: Option<&str>, source: &MfaSource, profile: &Profile) -> Result<(), Fault> {
        let typed = self.ground.sdk != Sdk::Linklocal || *source == MfaSource::Prompt;
        let Some(serial) = serial.filter(|_| typed && !self.ground.view.arguments.terminal) else {
            return Ok(());
        };
        let why = format!("a code of the MFA device {serial} is needed, and there is no terminal to ask on");
        let remedy = match self.ground.sdk {
            Sdk::Linklocal => "run it once on a terminal: the session is kept for later calls",
            _ => "run it on a terminal, or take the role from `linklocal credentials process`",
        };
        Err(Fault::fatal(why, remedy).at(profile.place("mfa_serial").cloned()))
    }
}

/// A role that is not assumed by way of a token.
fn names_role(profile: &Profile) -> bool {
    profile.settings.contains_key("role_arn") && !profile.settings.contains_key("web_identity_token_file")
}

/// A source without a role is nothing to botocore, and worth a word.
fn passed_over(profile: &Profile) -> Look {
    let keys = ["source_profile", "credential_source"];
    let places: Vec<Place> = places(profile, &keys);
    if places.is_empty() || profile.settings.contains_key("role_arn") {
        return Look::not_set();
    }
    Look::partial(&["role_arn"]).at(places)
}

fn has_static_keys(profile: &Profile) -> bool {
    [KEY_ID, SECRET_KEY].iter().any(|key| profile.settings.contains_key(*key))
}

fn without_credentials(source: &str, profile: &Profile) -> Fault {
    let why = format!("the source profile {source:?} has no credentials");
    Fault::fatal(why, "add credentials of any kind to it, or name another source_profile")
        .at(profile.header.clone())
}

/// `duration_seconds` as Python's `int` reads it; what is no number is passed over.
fn duration(profile: &Profile) -> Result<Option<i64>, Fault> {
    Ok(text(profile, "duration_seconds")?.and_then(python_int))
}

fn checked_duration(duration: Option<i64>, profile: &Profile, validates: bool) -> Result<Option<u32>, Fault> {
    let Some(seconds) = duration else {
        return Ok(None);
    };
    match u32::try_from(seconds) {
        Ok(seconds) if seconds >= SHORTEST_DURATION || !validates => Ok(Some(seconds)),
        _ => {
            let place = profile.place("duration_seconds").cloned();
            let at = place.as_ref().map_or_else(String::new, |place| format!("{place}: "));
            let why =
                format!("{at}duration_seconds is {seconds}, and STS takes {SHORTEST_DURATION} to 43200");
            Err(Fault::fatal(why, "write a number of seconds in these bounds").at(place))
        }
    }
}

/// Blanks around it, a sign, and single underscores between digits are allowed there.
pub(super) fn python_int(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let grouped =
        digits.split('_').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let number: i64 = grouped.then(|| digits.replace('_', "").parse().unwrap_or(i64::MAX))?;
    Some(if negative { -number } else { number })
}

/// Bounds the stack. Python's own recursion ends the search between 300 and 330, measured with botocore 1.44.5.
const MOST_SOURCES: usize = 200;
/// In seconds.
const SHORTEST_DURATION: u32 = 900;
