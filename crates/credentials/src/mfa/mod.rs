//! MFA: the codes of devices, and sessions that are had with one.
//!
//! Rule: one code for all processes of a user. Whoever needs one waits for his turn at the device, and takes the session that
//! came meanwhile where there is one; a code that was used is not sent again.

mod code;
mod iam;
mod seed;
mod serial;
mod session;
#[cfg(test)]
mod tests;
mod used;
mod vault_shelf;

use std::fmt;

use profile::plan::{MfaSource, StsTarget};
use types::Secret;

pub use self::iam::{Iam, VirtualDevice};
pub(crate) use self::seed::chain;
pub use self::seed::seed_name;
pub use self::serial::{Serial, SerialError};
pub(crate) use self::session::ask;
pub use self::session::{NewSession, new_session};
pub use self::used::UsedCodes;

use self::code::Codes;
use crate::cache::sha1_hex;
use crate::flight::Flight;
use crate::sts::{Question, StsError};
use crate::{Context, ResolveError, Resolved};

/// A device, and for whom its code is needed.
pub(crate) struct Device<'a> {
    pub(crate) serial: &'a str,
    pub(crate) source: &'a MfaSource,
    /// Whoever asks, in sentences: `role x of profile y`.
    pub(crate) asker: &'a str,
    pub(crate) sts: &'a StsTarget,
}

/// Asks STS with a code of the device, one process of the user at a time, until it takes one. `question` adds the code to
/// what is asked.
pub(crate) async fn with_code<'q>(
    context: &Context,
    device: &Device<'_>,
    question: &(dyn Fn(&Secret<String>) -> Question<'q> + Sync),
) -> Result<Resolved, ResolveError> {
    let name = format!("mfa-{}", sha1_hex(device.serial));
    let what = format!("a code of {}", device.serial);
    let _turn = Flight::board(&context.aws_directory, &name, &what, context.prompt.as_ref()).await?;
    let mut codes = Codes::of(context, device).await?;
    loop {
        let (code, step) = codes.next().await?;
        let answer = question(&code).ask(context).await;
        // A question that nobody answered may have arrived all the same.
        if matches!(answer, Ok(_) | Err(StsError::Unanswered(_))) {
            codes.used.note(&code, step, context.entropy.bytes().unwrap_or_default());
        }
        let error = match answer.and_then(|answer| answer.credentials()) {
            Ok(resolved) => return Ok(resolved),
            Err(error) => error,
        };
        let wrong = error.refusal().is_some_and(|refusal| refusal.is_wrong_mfa_code());
        if !wrong || !codes.has_another() {
            let told = error.tell(device.asker, device.sts);
            let remedy = codes.remedy().filter(|_| wrong).unwrap_or_else(|| told.remedy.clone());
            return Err(ResolveError { remedy, ..told });
        }
    }
}

impl Device<'_> {
    fn refused(&self, what: impl fmt::Display, remedy: impl Into<String>) -> ResolveError {
        let what = format!("{} needs a code of MFA device {}: {what}", self.asker, self.serial);
        ResolveError::new("mfa", what, remedy)
    }
}
