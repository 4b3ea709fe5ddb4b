//! Sessions with MFA that profiles share, where `linklocal` is told so: one code for all of them.
//!
//! Rule: only `linklocal` has these settings; unless somebody sets them, roles are planned as the AWS CLI plans them.

use super::{Model, fault_of, text};
use crate::Sdk;
use crate::plan::chain::Finding;
use crate::plan::fault::Fault;
use crate::plan::{Look, MfaKeep, MfaSession, MfaSource, Provider, StaticKeys};
use crate::reader::Profile;
use crate::settings;

/// What is set for the device of a profile.
#[derive(Default)]
pub(super) struct Mfa {
    pub(super) source: MfaSource,
    /// Where the session is kept that all share; `None`: nobody shares.
    pub(super) shared: Option<MfaKeep>,
}

impl Model<'_> {
    /// The settings of the profile, else those of the profile that it has its credentials from: a device is a user's.
    pub(super) fn mfa(&self, name: &str, source_profile: Option<&str>) -> Result<Mfa, Fault> {
        let mut mfa = Mfa::default();
        if self.ground.sdk != Sdk::Linklocal {
            return Ok(mfa);
        }
        for profile in [Some(name), source_profile].into_iter().flatten() {
            let scope = self.ground.scope(profile);
            if mfa.source == MfaSource::Any {
                mfa.source = settings::mfa_source(&scope).map_err(|error| fault_of(&error))?;
            }
            if mfa.shared.is_none() {
                mfa.shared = settings::mfa_session(&scope).map_err(|error| fault_of(&error))?;
            }
        }
        Ok(mfa)
    }

    /// The keys of a profile, or the session with MFA that is had with them where the profile says so.
    pub(super) fn keys_or_session(&self, name: &str, look: Look) -> Look {
        let Some(profile) = self.profile(name).filter(|_| matches!(look.finding, Finding::Ready(_))) else {
            return look;
        };
        // What `mfa login` has written is a session, and no session is had with one.
        if profile.settings.contains_key("mfa_source_profile") {
            return look;
        }
        let serial = match text(profile, "mfa_serial") {
            Ok(Some(serial)) => serial,
            Ok(None) => return look,
            Err(fault) => return fault.at(look.places).look(),
        };
        match self.mfa(name, None) {
            Ok(Mfa { source, shared: Some(keep) }) => {
                self.session_look(name, profile, serial, source, keep, look)
            }
            Ok(_) => look,
            Err(fault) => fault.at(look.places).look(),
        }
    }

    fn session_look(
        &self,
        name: &str,
        profile: &Profile,
        serial: &str,
        source: MfaSource,
        keep: MfaKeep,
        mut look: Look,
    ) -> Look {
        let places = look.places.clone();
        look.finding = match look.finding {
            Finding::Ready(base) if is_long_term(&base) => {
                match self.shared_session(name, serial, source, keep, base) {
                    Ok(session) => Finding::Ready(session),
                    Err(fault) => return fault.at(places).look(),
                }
            }
            other => return Look { finding: other, ..look },
        };
        let detail = look.detail.take().unwrap_or_default();
        look.at(profile.place("mfa_serial").cloned())
            .saying(format!("a session with MFA by {serial} and {detail}"))
    }

    /// The session of the user whose long-term keys `base` gives.
    pub(super) fn shared_session(
        &self,
        name: &str,
        serial: &str,
        source: MfaSource,
        keep: MfaKeep,
        base: Provider,
    ) -> Result<Provider, Fault> {
        Ok(Provider::MfaSession(Box::new(MfaSession {
            base,
            profile: name.to_owned(),
            serial: serial.to_owned(),
            source,
            duration_seconds: None,
            keep,
            sts: self.sts()?,
        })))
    }
}

/// Whether the keys may be a user's own: STS gives those alone a session with MFA. Who asks a program learns it then.
pub(super) fn is_long_term(provider: &Provider) -> bool {
    match provider {
        Provider::Static(StaticKeys { session_token, .. }) => {
            session_token.as_ref().is_none_or(|token| token.expose().is_empty())
        }
        Provider::Process(_) => true,
        _ => false,
    }
}
