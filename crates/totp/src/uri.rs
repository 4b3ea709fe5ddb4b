//! The `otpauth` URI in a device's QR code (Google Authenticator's "Key URI Format"), as AWS writes it.
//!
//! Rule: what these codes cannot honour is refused with words: another kind, another hash, other digits, another period.

use types::Secret;

use crate::seed::{Seed, SeedError};

/// Who gives the seed, in the URIs of AWS.
pub const ISSUER: &str = "Amazon Web Services";

/// What a QR code tells an authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUri {
    pub issuer: Option<String>,
    /// Whose device: AWS writes `USER@ACCOUNT`.
    pub account: String,
    pub seed: Seed,
}

/// A text is no URI of a device that AWS knows. Nothing of the seed is in the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyUriError {
    #[error("text is not an otpauth URI; one begins with otpauth://totp/")]
    Scheme,
    #[error(
        "otpauth-migration URI holds what one app exports to itself; show the key of this device alone and use its Base32 text"
    )]
    Migration,
    #[error("otpauth URI of kind {kind:?} is none of AWS's devices, whose codes are of the time: totp")]
    Kind { kind: String },
    #[error("otpauth URI has no parameter {name:?}; copy it again")]
    Missing { name: &'static str },
    #[error("otpauth URI has parameter {name:?} twice; copy it again")]
    Twice { name: String },
    #[error(
        "otpauth URI has {name}={value}, and AWS's devices have {name}={known}; a code would not be taken"
    )]
    Unsupported { name: &'static str, value: String, known: &'static str },
    #[error(
        "otpauth URI has a percent sign without two hexadecimal digits, or bytes that are not UTF-8; copy it again"
    )]
    Escape,
    #[error("otpauth URI holds no seed")]
    Seed(#[source] SeedError),
}

impl KeyUri {
    /// As AWS would write it for this device.
    pub fn of_aws(account: &str, seed: Seed) -> Self {
        Self { issuer: Some(ISSUER.to_owned()), account: account.to_owned(), seed }
    }

    /// Reads a URI, at whose ends blanks do not count.
    pub fn parse(text: &str) -> Result<Self, KeyUriError> {
        let (kind, rest) = split_kind(text.trim())?;
        if !kind.eq_ignore_ascii_case("totp") {
            return Err(KeyUriError::Kind { kind: kind.chars().take(20).collect() });
        }
        let (label, query) = rest.split_once('?').unwrap_or((rest, ""));
        let query = Query::parse(query.split('#').next().unwrap_or_default())?;
        for (name, known) in [("algorithm", "SHA1"), ("digits", "6"), ("period", "30")] {
            query.must_be(name, known)?;
        }
        let label = unescape(label)?;
        let (of_label, account) = match label.split_once(':') {
            Some((issuer, account)) => (Some(issuer.to_owned()), account.trim_start()),
            None => (None, label.as_str()),
        };
        let secret = query.value("secret").ok_or(KeyUriError::Missing { name: "secret" })?;
        Ok(Self {
            issuer: query.value("issuer").map(str::to_owned).or(of_label),
            account: account.to_owned(),
            seed: Seed::from_base32(secret).map_err(KeyUriError::Seed)?,
        })
    }

    /// The URI, which holds the seed.
    pub fn write(&self) -> Secret<String> {
        let secret = self.seed.base32();
        let issuer = self.issuer.as_deref().map(escape);
        // Room for all, so that no copy of the secret is left behind in growing.
        let room =
            3 * self.account.len() + secret.expose().len() + 2 * issuer.as_ref().map_or(0, String::len) + 64;
        let mut text = String::with_capacity(room);
        text.push_str("otpauth://totp/");
        if let Some(issuer) = &issuer {
            text.push_str(issuer);
            text.push(':');
        }
        text.push_str(&escape(&self.account));
        text.push_str("?secret=");
        text.push_str(secret.expose());
        if let Some(issuer) = &issuer {
            text.push_str("&issuer=");
            text.push_str(issuer);
        }
        Secret::new(text)
    }
}

/// The parameters, unescaped.
struct Query(Vec<(String, Secret<String>)>);

impl Query {
    fn parse(text: &str) -> Result<Self, KeyUriError> {
        let mut all: Vec<(String, Secret<String>)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (unescape(name)?.to_ascii_lowercase(), Secret::new(unescape(value)?));
            if all.iter().any(|(known, _)| *known == name) {
                return Err(KeyUriError::Twice { name: name.chars().take(20).collect() });
            }
            all.push((name, value));
        }
        Ok(Self(all))
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.expose().as_str())
    }

    fn must_be(&self, name: &'static str, known: &'static str) -> Result<(), KeyUriError> {
        match self.value(name) {
            Some(value) if !value.eq_ignore_ascii_case(known) => {
                Err(KeyUriError::Unsupported { name, value: value.chars().take(20).collect(), known })
            }
            _ => Ok(()),
        }
    }
}

fn split_kind(text: &str) -> Result<(&str, &str), KeyUriError> {
    let (scheme, rest) = text.split_once("://").ok_or(KeyUriError::Scheme)?;
    if scheme.eq_ignore_ascii_case("otpauth-migration") {
        return Err(KeyUriError::Migration);
    }
    if !scheme.eq_ignore_ascii_case("otpauth") {
        return Err(KeyUriError::Scheme);
    }
    rest.split_once('/').ok_or(KeyUriError::Scheme)
}

/// `+` stays: only forms write a blank so, and an account may have one in its name.
fn unescape(text: &str) -> Result<String, KeyUriError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit =
            || rest.next().and_then(|byte| char::from(byte).to_digit(16)).ok_or(KeyUriError::Escape);
        bytes.push((digit()? << 4 | digit()?) as u8);
    }
    String::from_utf8(bytes).map_err(|_| KeyUriError::Escape)
}

/// Everything but the unreserved characters of RFC 3986 and `@`, which AWS leaves.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(3 * text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn reads_and_writes_as_aws_does() {
        let text = format!(
            "otpauth://totp/Amazon%20Web%20Services:alice@123456789012?secret={SEED}&issuer=Amazon%20Web%20Services"
        );
        let read = KeyUri::parse(&text).unwrap();
        assert_eq!(read, KeyUri::of_aws("alice@123456789012", Seed::from_base32(SEED).unwrap()));
        assert_eq!(read.write().expose(), &text);
        assert!(!format!("{read:?}").contains("GEZD"));
    }

    #[test]
    fn reads_what_others_write() {
        let read = |text: &str| {
            let uri = KeyUri::parse(&text.replace("SEED", SEED)).unwrap();
            (uri.issuer, uri.account)
        };
        let both = |issuer: &str, account: &str| (Some(issuer.to_owned()), account.to_owned());
        assert_eq!(read("otpauth://totp/bob?secret=SEED"), (None, "bob".to_owned()));
        assert_eq!(read(" OTPAUTH://TOTP/A%3A%20bob?Secret=SEED&digits=6\n"), both("A", "bob"));
        assert_eq!(
            read("otpauth://totp/A:b+c?period=30&algorithm=sha1&secret=SEED&issuer=I&image=x"),
            both("I", "b+c")
        );
    }

    #[test]
    fn refuses_what_it_cannot_honour() {
        let said = |text: &str| KeyUri::parse(&text.replace("SEED", SEED)).unwrap_err().to_string();
        assert!(said("GEZDGNBV").starts_with("text is not an otpauth URI"));
        assert!(said("https://totp/x?secret=SEED").starts_with("text is not an otpauth URI"));
        assert!(said("otpauth-migration://offline?data=CjE").starts_with("otpauth-migration URI"));
        assert!(said("otpauth://hotp/x?secret=SEED&counter=1").contains("of kind \"hotp\""));
        assert!(said("otpauth://totp/x?issuer=A").contains("no parameter \"secret\""));
        assert!(said("otpauth://totp/x?secret=SEED&secret=SEED").contains("\"secret\" twice"));
        assert!(
            said("otpauth://totp/x?secret=SEED&digits=8")
                .contains("digits=8, and AWS's devices have digits=6")
        );
        assert!(said("otpauth://totp/x?secret=SEED&period=60").contains("period=30"));
        assert!(said("otpauth://totp/x?secret=SEED&algorithm=SHA256").contains("algorithm=SHA1"));
        assert!(said("otpauth://totp/x%2?secret=SEED").contains("percent sign"));
        let bad = KeyUri::parse("otpauth://totp/x?secret=GEZD1").unwrap_err();
        assert_eq!(bad, KeyUriError::Seed(SeedError::Character { at: 5 }));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            account in "[^:]{0,40}", issuer in proptest::option::of("[^:]{1,20}"),
            bytes in proptest::collection::vec(any::<u8>(), 10..64),
        ) {
            let uri = KeyUri {
                issuer, account: account.trim_start().to_owned(), seed: Seed::from_bytes(Secret::new(bytes)).unwrap(),
            };
            prop_assert_eq!(KeyUri::parse(uri.write().expose()).unwrap(), uri);
        }

        #[test]
        fn no_text_is_too_odd(text in "(otpauth://)?(totp/)?[a-z%:?&=0-9\u{e9}]{0,60}") {
            let _ = KeyUri::parse(&text);
        }
    }
}
