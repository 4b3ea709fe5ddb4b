//! A user's session with MFA: `GetSessionToken`, once for all processes and profiles of the user and the device
//! (facts/credentials.md sections 3.2, 3.3 and 9.7).
//!
//! Rule: whatever STS would refuse is refused before anybody is asked for a code.

use profile::plan::{MfaKeep, MfaSession, Provider};
use types::{Secret, Timestamp};

use super::{Device, Serial, vault_shelf, with_code};
use crate::resolve::boxed;
use crate::sts::Question;
use crate::{Context, Keep, ResolveError, Resolved, cache};

/// A session that somebody asks for by a command.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub session: MfaSession,
    /// When the command began: a session that another process has got since is as good.
    pub since: Timestamp,
}

/// The session of the plan: from the vault where it is kept there, else from STS. Files are [`crate::resolve()`]'s.
pub(crate) async fn ask(context: &Context, session: &MfaSession) -> Result<Resolved, ResolveError> {
    match session.keep {
        MfaKeep::File => from_sts(context, session).await,
        MfaKeep::Vault => vault_shelf::session(context, session, from_sts(context, session)).await,
    }
}

/// A new session, which is kept for all profiles that share it. Of processes that ask at once, one asks STS.
pub async fn new_session(context: &Context, new: &NewSession) -> Result<Resolved, ResolveError> {
    let keep = Keep { not_before: Some(new.since), last_good: false, ..context.keep };
    let context = &Context { keep, ..context.clone() };
    let provider = Provider::MfaSession(Box::new(new.session.clone()));
    cache::session(context, &provider, ask(context, &new.session)).await
}

async fn from_sts(context: &Context, session: &MfaSession) -> Result<Resolved, ResolveError> {
    let asker = format!("a session with MFA for profile {}", session.profile);
    let refused = |what: String, remedy: String| ResolveError::new("mfa", format!("{asker}: {what}"), remedy);
    let serial = Serial::parse(&session.serial)
        .map_err(|error| refused(error.to_string(), error.remedy().to_owned()))?;
    let seconds = duration(session.duration_seconds, &serial).map_err(|what| {
        refused(what.to_owned(), "give a number of seconds in these bounds (--duration-seconds)".to_owned())
    })?;
    let base = boxed(context, &session.base).await?;
    if base.session_token.as_ref().is_some_and(|token| !token.expose().is_empty()) {
        let what =
            "its credentials are a session's, and STS gives a session to long-term keys alone".to_owned();
        return Err(refused(what, "name a profile with a user's own keys (--profile)".to_owned()));
    }
    let device =
        Device { serial: serial.as_str(), source: &session.source, asker: &asker, sts: &session.sts };
    let question = |code: &Secret<String>| {
        Question::new("GetSessionToken", &session.sts, Some(&base))
            .with_some("DurationSeconds", seconds.map(|seconds| seconds.to_string()))
            .with("SerialNumber", serial.as_str())
            .with("TokenCode", code.expose())
    };
    let found = with_code(context, &device, &question).await?;
    Ok(Resolved { account_id: base.account_id.clone().or_else(|| serial.account()), ..found })
}

/// What is sent: twelve hours where nobody says, and nothing for the root user, to whom STS gives one.
fn duration(asked: Option<u32>, serial: &Serial) -> Result<Option<u32>, &'static str> {
    match asked {
        None if serial.is_of_root() => Ok(None),
        None => Ok(Some(USUAL)),
        Some(SHORTEST..=LONGEST_OF_ROOT) => Ok(asked),
        Some(_) if serial.is_of_root() => Err("sessions of the account's root user last 900 to 3600 seconds"),
        Some(SHORTEST..=LONGEST) => Ok(asked),
        Some(_) => Err("sessions with MFA last 900 to 129600 seconds"),
    }
}

/// In seconds; API reference, `GetSessionToken`.
const SHORTEST: u32 = 900;
const USUAL: u32 = 43_200;
const LONGEST: u32 = 129_600;
const LONGEST_OF_ROOT: u32 = 3600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_bounds_of_sts() {
        let user = Serial::parse("arn:aws:iam::123456789012:mfa/me").unwrap();
        let root = Serial::parse("arn:aws:iam::123456789012:mfa/root-account-mfa-device").unwrap();
        assert_eq!((duration(None, &user), duration(None, &root)), (Ok(Some(43_200)), Ok(None)));
        for (seconds, user_may, root_may) in [
            (899, false, false),
            (900, true, true),
            (3600, true, true),
            (3601, true, false),
            (129_600, true, false),
            (129_601, false, false),
        ] {
            let may = [&user, &root].map(|serial| duration(Some(seconds), serial).is_ok());
            assert_eq!(may, [user_may, root_may], "{seconds}");
        }
    }
}
