//! The secret that a device and AWS share, and its codes: HOTP (RFC 4226 section 5.3) of the time's step.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use types::{Secret, Timestamp};

use crate::base32::{self, Base32Error};
use crate::step::Step;

/// A device's seed: 10 to 128 bytes, of which AWS makes 40.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed(Secret<Vec<u8>>);

/// A text or bytes are no seed. Nothing of them is in the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    #[error(
        "seed's character {at} is not of Base32, which has the letters A to Z and the digits 2 to 7; copy it again"
    )]
    Character { at: usize },
    #[error("seed of {digits} characters is not whole: no Base32 text has so many; copy it again")]
    Cut { digits: usize },
    #[error(
        "seed of {bytes} bytes is none: one has {MIN} to {MAX} bytes, and those of AWS have 64 characters; copy it again"
    )]
    Length { bytes: usize },
}

impl Seed {
    /// A seed of these bytes: 10 to 128 of them.
    pub fn from_bytes(bytes: Secret<Vec<u8>>) -> Result<Self, SeedError> {
        match bytes.expose().len() {
            MIN..=MAX => Ok(Self(bytes)),
            bytes => Err(SeedError::Length { bytes }),
        }
    }

    /// Reads Base32 in either case, with or without blanks, hyphens and padding.
    pub fn from_base32(text: &str) -> Result<Self, SeedError> {
        let bytes = base32::decode(text).map_err(|error| match error {
            Base32Error::Character { at } => SeedError::Character { at },
            Base32Error::Length { digits } => SeedError::Cut { digits },
        })?;
        Self::from_bytes(bytes)
    }

    /// Upper case without padding, as AWS shows it.
    pub fn base32(&self) -> Secret<String> {
        base32::encode(self.bytes())
    }

    pub fn bytes(&self) -> &[u8] {
        self.0.expose()
    }

    /// The six digits in force at `now`.
    pub fn code(&self, now: Timestamp) -> Secret<String> {
        self.code_at(Step::at(now))
    }

    /// The six digits of a step.
    pub fn code_at(&self, step: Step) -> Secret<String> {
        let mut mac = Hmac::<Sha1>::new_from_slice(self.bytes()).expect("HMAC takes keys of any length");
        mac.update(&step.0.to_be_bytes());
        Secret::new(format!("{:06}", truncated(&mac.finalize().into_bytes()) % 1_000_000))
    }
}

/// Dynamic truncation: the last half byte says at which of the 20 bytes the number of 31 bits begins.
fn truncated(mac: &[u8]) -> u32 {
    let at = usize::from(mac[mac.len() - 1] & 15);
    let number = mac[at..at + 4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
    number & 0x7fff_ffff
}

/// RFC 4226 demands 16; devices of other makers are met with 10.
const MIN: usize = 10;
/// More than HMAC-SHA-1 makes any use of.
const MAX: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    fn seed() -> Seed {
        Seed::from_bytes(Secret::new(b"12345678901234567890".to_vec())).unwrap()
    }

    /// RFC 4226 appendix D.
    #[test]
    fn codes_of_counters() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (step, code) in (0..).zip(codes) {
            assert_eq!(seed().code_at(Step(step)).expose(), code, "{step}");
        }
    }

    /// RFC 6238 appendix B, SHA-1: of its eight digits, the last six.
    #[test]
    fn codes_of_times() {
        for (secs, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(seed().code(Timestamp::from_secs(secs)).expose(), &code[2..], "{secs}");
        }
    }

    #[test]
    fn seeds_travel_as_base32() {
        let text = "gezd gnbv gy3t qojq GEZD-GNBV-GY3T-QOJQ====";
        let read = Seed::from_base32(text).unwrap();
        assert_eq!(read, seed());
        assert_eq!(read.base32().expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn refusals_say_nothing_of_the_seed() {
        let said = |text: &str| Seed::from_base32(text).unwrap_err().to_string();
        assert!(said("GEZDGNBV1").starts_with("seed's character 9 is not of Base32"));
        assert!(said("GEZDGNBVG").starts_with("seed of 9 characters is not whole"));
        assert!(said("GEZDGNBV").starts_with("seed of 5 bytes is none"));
        assert!(said(&"A".repeat(208)).starts_with("seed of 130 bytes is none"));
        assert_eq!(format!("{:?}", seed()), "Seed(Secret(***))");
    }
}
