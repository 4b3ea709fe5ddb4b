//! A user's MFA devices at IAM (API version 2010-05-08): listed, made, linked, unlinked, brought back into step.
//!
//! Rule: whose device it is, IAM knows by the key that signs, unless a user is named. A seed comes once, when its device is
//! made, and is nowhere shown.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use profile::plan::StsTarget;
use totp::Seed;
use types::Secret;

use super::{Serial, SerialError};
use crate::sts::{Answer, Question};
use crate::{Context, ResolveError, Resolved};

/// IAM, and whose keys sign.
#[derive(Clone, Debug)]
pub struct Iam {
    context: Context,
    target: StsTarget,
    keys: Resolved,
}

/// A device that was made and is nobody's yet.
#[derive(Clone, Debug)]
pub struct VirtualDevice {
    pub serial: Serial,
    pub seed: Seed,
}

impl Iam {
    /// `target` is where IAM is called, and the region that it signs for.
    pub fn new(context: &Context, target: StsTarget, keys: Resolved) -> Self {
        Self { context: context.clone(), target, keys }
    }

    /// The devices of a user, or of whoever signs: those that show codes, and security keys.
    pub async fn devices(
        &self,
        user: Option<&str>,
    ) -> Result<Vec<Result<Serial, SerialError>>, ResolveError> {
        let question = self.question("ListMFADevices").with_some("UserName", user.map(str::to_owned));
        let answer = self.ask(question).await?;
        Ok(answer.texts("SerialNumber").map(Serial::parse).collect())
    }

    /// Makes a virtual device of this name. Until it is linked it is nobody's, and can be deleted.
    pub async fn create(&self, name: &str) -> Result<VirtualDevice, ResolveError> {
        let answer =
            self.ask(self.question("CreateVirtualMFADevice").with("VirtualMFADeviceName", name)).await?;
        let garbage = |what: &str| {
            let what = format!("CreateVirtualMFADevice: IAM answers without {what}");
            ResolveError::new("garbage", what, "check that the endpoint is one of IAM")
        };
        let serial = answer.text("SerialNumber").and_then(|serial| Serial::parse(serial).ok());
        let seed = answer.text("Base32StringSeed").and_then(seed);
        Ok(VirtualDevice {
            serial: serial.ok_or_else(|| garbage("a serial number"))?,
            seed: seed.ok_or_else(|| garbage("a seed"))?,
        })
    }

    /// Links a device to a user; the codes are two in a row.
    pub async fn enable(
        &self,
        user: &str,
        serial: &Serial,
        codes: &[Secret<String>; 2],
    ) -> Result<(), ResolveError> {
        self.with_codes("EnableMFADevice", user, serial, codes).await
    }

    /// Brings a device whose clock has run away back into step.
    pub async fn resync(
        &self,
        user: &str,
        serial: &Serial,
        codes: &[Secret<String>; 2],
    ) -> Result<(), ResolveError> {
        self.with_codes("ResyncMFADevice", user, serial, codes).await
    }

    /// Takes a device from its user; it stays there.
    pub async fn deactivate(&self, user: &str, serial: &Serial) -> Result<(), ResolveError> {
        let question = self.question("DeactivateMFADevice").with("UserName", user);
        self.ask(question.with("SerialNumber", serial.as_str())).await.map(drop)
    }

    /// Deletes a virtual device that is nobody's.
    pub async fn delete(&self, serial: &Serial) -> Result<(), ResolveError> {
        let question = self.question("DeleteVirtualMFADevice").with("SerialNumber", serial.as_str());
        self.ask(question).await.map(drop)
    }

    async fn with_codes(
        &self,
        action: &'static str,
        user: &str,
        serial: &Serial,
        [first, second]: &[Secret<String>; 2],
    ) -> Result<(), ResolveError> {
        let question = self
            .question(action)
            .with("UserName", user)
            .with("SerialNumber", serial.as_str())
            .with("AuthenticationCode1", first.expose())
            .with("AuthenticationCode2", second.expose());
        self.ask(question).await.map(drop)
    }

    fn question(&self, action: &'static str) -> Question<'_> {
        Question::to_iam(action, &self.target, &self.keys)
    }

    async fn ask(&self, question: Question<'_>) -> Result<Answer, ResolveError> {
        let action = question.action;
        question.ask(&self.context).await.map_err(|error| error.tell(action, &self.target))
    }
}

/// `Base32StringSeed` is a blob, which the query protocol writes in Base64: the Base32 text within. Test servers leave the
/// Base64 out.
fn seed(text: &str) -> Option<Seed> {
    let inner = STANDARD.decode(text).ok().map(Secret::new);
    let base32 = inner.as_ref().and_then(|bytes| std::str::from_utf8(bytes.expose()).ok());
    base32.and_then(|text| Seed::from_base32(text).ok()).or_else(|| Seed::from_base32(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_read_with_their_base64_and_without() {
        let base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for text in [base32.to_owned(), STANDARD.encode(base32)] {
            assert_eq!(seed(&text).unwrap().base32().expose(), base32);
        }
        assert!(seed("").is_none() && seed("!").is_none());
    }
}
