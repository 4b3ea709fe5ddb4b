//! Serial numbers of MFA devices: ARNs of virtual devices and security keys, numbers of hardware tokens.
//!
//! Rule: a serial that STS would refuse, or that no code can be had of, is refused before anybody is asked for a code. Its
//! partition is whatever the ARN says; AWS has more than one.

use types::Arn;

/// The device cannot be used so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SerialError {
    #[error("{0:?} is no serial number of an MFA device: STS takes 9 to 256 letters, digits and _+=/:,.@-")]
    Malformed(String),
    #[error("{0} is the ARN of something else than an MFA device")]
    OtherArn(String),
    #[error("{0} is a security key or passkey (FIDO), and AWS gives no session for one: it shows no code")]
    SecurityKey(String),
}

/// A device that shows codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serial(String);

impl Serial {
    /// Refuses what STS would (API reference, `GetSessionToken`, `SerialNumber`).
    pub fn parse(text: &str) -> Result<Self, SerialError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=/:,.@-".contains(&byte);
        if !(9..=256).contains(&text.len()) || !text.bytes().all(allowed) {
            return Err(SerialError::Malformed(text.to_owned()));
        }
        if !text.starts_with("arn:") {
            return Ok(Self(text.to_owned()));
        }
        match resource(text) {
            Some(resource) if is_security_key(resource) => Err(SerialError::SecurityKey(text.to_owned())),
            Some(resource) if resource.starts_with("mfa/") => Ok(Self(text.to_owned())),
            _ => Err(SerialError::OtherArn(text.to_owned())),
        }
    }

    /// The device that the console makes for a user if nobody names it otherwise: a guess, to be offered and never to be used
    /// unasked. `caller` is the user's ARN as STS gives it.
    pub fn guess(caller: &str) -> Option<Self> {
        let arn: Arn = caller.parse().ok()?;
        let name = match resource(caller)? {
            "root" => "root-account-mfa-device",
            user => user.strip_prefix("user/")?.rsplit('/').next()?,
        };
        let (partition, account) = (caller.split(':').nth(1)?, arn.account()?);
        Self::parse(&format!("arn:{partition}:iam::{account}:mfa/{name}")).ok()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account that an ARN names.
    pub fn account(&self) -> Option<String> {
        self.0.parse::<Arn>().ok()?.account().map(|account| account.to_string())
    }

    /// The name behind the last `/` of an ARN.
    pub fn device_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Whether it is the root user's, whose sessions last an hour at most.
    pub fn is_of_root(&self) -> bool {
        self.0.ends_with(":mfa/root-account-mfa-device")
    }
}

impl SerialError {
    /// What to do.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Malformed(_) => {
                "give the device's ARN (arn:aws:iam::ACCOUNT:mfa/NAME) or the number on the back of a hardware token"
            }
            Self::OtherArn(_) => "give the ARN of a device: arn:aws:iam::ACCOUNT:mfa/NAME",
            Self::SecurityKey(_) => {
                "log in with `aws login` or through IAM Identity Center, which take security keys, or add a virtual device \
                 (`linklocal mfa enable`): a user may have eight devices"
            }
        }
    }
}

impl std::fmt::Display for Serial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands behind the account of an ARN.
fn resource(arn: &str) -> Option<&str> {
    arn.splitn(6, ':').nth(5)
}

/// `u2f/user/NAME/…`, as IAM names FIDO keys and passkeys.
fn is_security_key(resource: &str) -> bool {
    resource.starts_with("u2f/") || resource.starts_with("fido/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_that_show_codes_are_taken_in_every_partition() {
        for serial in [
            "arn:aws:iam::123456789012:mfa/alice",
            "arn:aws-cn:iam::123456789012:mfa/path/alice",
            "arn:aws-us-gov:iam::123456789012:mfa/a.b@c",
            "GAHT12345678",
        ] {
            assert_eq!(Serial::parse(serial).unwrap().as_str(), serial);
        }
        let root = Serial::parse("arn:aws:iam::123456789012:mfa/root-account-mfa-device").unwrap();
        assert!(root.is_of_root() && root.account().as_deref() == Some("123456789012"));
    }

    #[test]
    fn others_are_refused_with_a_way_out() {
        let cases = [
            ("", "no serial number"),
            ("12345678", "no serial number"),
            ("arn:aws:iam::123456789012:mfa/ä", "no serial number"),
            ("arn:aws:iam::123456789012:user/alice", "something else"),
            ("arn:aws:iam", "something else"),
            ("arn:aws:iam::123456789012:u2f/user/alice/default-2BRR", "security key"),
        ];
        for (text, words) in cases {
            let error = Serial::parse(text).unwrap_err();
            assert!(error.to_string().contains(words) && !error.remedy().is_empty(), "{text}: {error}");
        }
        let long = "x".repeat(257);
        assert_eq!(Serial::parse(&long).unwrap_err(), SerialError::Malformed(long));
    }

    #[test]
    fn guesses_are_of_the_callers_partition_and_name() {
        let cases = [
            ("arn:aws:iam::123456789012:user/alice", Some("arn:aws:iam::123456789012:mfa/alice")),
            (
                "arn:aws-us-gov:iam::123456789012:user/a/b/alice",
                Some("arn:aws-us-gov:iam::123456789012:mfa/alice"),
            ),
            (
                "arn:aws-cn:iam::123456789012:root",
                Some("arn:aws-cn:iam::123456789012:mfa/root-account-mfa-device"),
            ),
            ("arn:aws:sts::123456789012:assumed-role/r/s", None),
            ("nonsense", None),
        ];
        for (caller, guess) in cases {
            assert_eq!(Serial::guess(caller).as_ref().map(Serial::as_str), guess, "{caller}");
        }
    }
}
