//! The proof that a refresh token is in the hands of whoever it was given to (RFC 9449), as AWS Sign-In wants it.
//!
//! Rule: one proof per question: method, URL, time and a random number, signed with the key of the login (ES256). The key
//! is read as the AWS CLI writes it, SEC 1 in PEM, or in PKCS #8.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use types::{Secret, Timestamp};

/// A key for proofs.
pub(super) struct DpopKey(SigningKey);

/// The text is no key on the curve P-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`dpopKey` is no private key on the curve P-256 in PEM")]
pub(super) struct DpopKeyError;

impl DpopKey {
    pub(super) fn from_pem(pem: &str) -> Result<Self, DpopKeyError> {
        let body: String =
            pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect::<Vec<_>>().concat();
        let body = Secret::new(body);
        let der = Secret::new(STANDARD.decode(body.expose()).map_err(|_| DpopKeyError)?);
        let scalar = scalar(der.expose()).ok_or(DpopKeyError)?;
        SigningKey::from_slice(scalar).map(Self).map_err(|_| DpopKeyError)
    }

    /// The proof for a POST to `url` at `now`; `random` is used once.
    pub(super) fn proof(&self, url: &str, now: Timestamp, random: [u8; 16]) -> String {
        let point = self.0.verifying_key().to_sec1_point(false);
        // 0x04, then both coordinates in 32 bytes each (SEC 1 section 2.3.3).
        let (x, y) = point.as_bytes()[1..].split_at(32);
        let header = format!(
            r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{{"kty":"EC","x":"{}","y":"{}","crv":"P-256"}}}}"#,
            URL_SAFE_NO_PAD.encode(x),
            URL_SAFE_NO_PAD.encode(y)
        );
        let url = serde_json::to_string(url).expect("a string is JSON");
        let claims = format!(r#"{{"htm":"POST","htu":{url},"iat":{},"jti":"{}"}}"#, now.secs(), uuid(random));
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature: Signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

/// The private number in `ECPrivateKey` (RFC 5915), or in that within `PrivateKeyInfo` (RFC 5208).
fn scalar(der: &[u8]) -> Option<&[u8]> {
    let (SEQUENCE, key, _) = element(der)? else { return None };
    let (INTEGER, version, rest) = element(key)? else { return None };
    match (version, element(rest)?) {
        ([1], (OCTET_STRING, scalar, _)) => Some(scalar),
        ([0], (SEQUENCE, _algorithm, rest)) => match element(rest)? {
            (OCTET_STRING, inner, _) if inner.len() < der.len() => scalar(inner),
            _ => None,
        },
        _ => None,
    }
}

/// Tag and content of the first element, and what follows it; lengths of up to two bytes.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => rest.split_first().map(|(byte, rest)| (usize::from(*byte), rest))?,
        0x82 => rest
            .split_first_chunk::<2>()
            .map(|(bytes, rest)| (usize::from(u16::from_be_bytes(*bytes)), rest))?,
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// A random UUID (RFC 9562, version 4).
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;

    #[test]
    fn reads_both_forms_of_the_key_and_no_other() {
        let (sec1, pkcs8) = (DpopKey::from_pem(SEC1).unwrap(), DpopKey::from_pem(PKCS8).unwrap());
        assert_eq!(sec1.0, pkcs8.0);
        DpopKey::from_pem(&SEC1.replace('\n', "\r\n")).unwrap();
        for text in
            ["", "no key", "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----", "MIIB"]
        {
            assert!(DpopKey::from_pem(text).is_err(), "{text}");
        }
        let half: String = SEC1.chars().take(SEC1.len() / 2).collect();
        assert!(DpopKey::from_pem(&half).is_err());
    }

    #[test]
    fn proof_is_a_token_that_its_own_key_verifies() {
        let key = DpopKey::from_pem(SEC1).unwrap();
        let proof = key.proof(
            "https://us-east-1.signin.aws.amazon.com/v1/token",
            Timestamp::from_secs(1_763_510_400),
            [7; 16],
        );
        let parts: Vec<&str> = proof.split('.').collect();
        let json = |part: &str| {
            serde_json::from_slice::<serde_json::Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        let (header, claims) = (json(parts[0]), json(parts[1]));
        assert_eq!((&header["typ"], &header["alg"]), (&"dpop+jwt".into(), &"ES256".into()));
        assert_eq!(claims["htu"], "https://us-east-1.signin.aws.amazon.com/v1/token");
        assert_eq!((&claims["htm"], &claims["iat"]), (&"POST".into(), &1_763_510_400.into()));
        assert_eq!(claims["jti"], "07070707-0707-4707-8707-070707070707");

        let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(header["jwk"][name].as_str().unwrap()).unwrap();
        let point = [vec![4], coordinate("x"), coordinate("y")].concat();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(parts[2]).unwrap()).unwrap();
        let verifying = VerifyingKey::from_sec1_bytes(&point).unwrap();
        verifying.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &signature).unwrap();
    }

    /// Made for this test; it opens nothing.
    pub(in crate::login) const SEC1: &str = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIEYOce2UI7KV/C+96z8NVBau6063kMJtjeaadxWk+9VpoAoGCCqGSM49\nAwEHoUQDQgAE9lCXZEShE/7tEXUlHz1zFbKw0V4DKmfY9mPYdH46zCikWPlUqdp6\n5iQsMT8gs+eYug+ue9Uq9VFyC2cBtYB08A==\n-----END EC PRIVATE KEY-----\n";

    const PKCS8: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRg5x7ZQjspX8L73r\nPw1UFq7rTreQwm2N5pp3FaT71WmhRANCAAT2UJdkRKET/u0RdSUfPXMVsrDRXgMq\nZ9j2Y9h0fjrMKKRY+VSp2nrmJCwxPyCz55i6D6571Sr1UXILZwG1gHTw\n-----END PRIVATE KEY-----\n";
}
