//! The signature: two numbers in DER, written in hexadecimal.

use std::fmt;

use p256::ecdsa::{DerSignature, Signature};

use crate::payload::write_hex;

/// The length to which a signature between chunks is filled up: 72 bytes of DER are the most there are.
pub const PADDED_LENGTH: usize = 144;

/// An ECDSA signature in DER: 8 to 72 bytes.
#[derive(Clone, Copy)]
pub struct EcdsaSignature {
    der: [u8; MAX_DER],
    length: usize,
}

/// The text is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EcdsaSignatureError {
    #[error("an ECDSA signature is 16 to 144 hexadecimal digits")]
    NotHex,
    #[error("the signature is no DER sequence of two numbers below the order of P-256")]
    NotDer,
}

impl EcdsaSignature {
    /// Reads hexadecimal digits of either case.
    pub fn read(text: &[u8]) -> Result<Self, EcdsaSignatureError> {
        let digits = text.chunks_exact(2);
        if text.len() > PADDED_LENGTH || !digits.remainder().is_empty() {
            return Err(EcdsaSignatureError::NotHex);
        }
        let digit = |byte: u8| (byte as char).to_digit(16).ok_or(EcdsaSignatureError::NotHex);
        let mut der = Vec::with_capacity(MAX_DER);
        for pair in digits {
            der.push((digit(pair[0])? * 16 + digit(pair[1])?) as u8);
        }
        Self::from_der(&der)
    }

    /// Reads a signature between chunks: what [`read`](Self::read) takes, filled up with `*` to at most 144 characters.
    pub fn read_padded(text: &[u8]) -> Result<Self, EcdsaSignatureError> {
        if text.len() > PADDED_LENGTH {
            return Err(EcdsaSignatureError::NotHex);
        }
        let end = text.iter().rposition(|byte| *byte != b'*').map_or(0, |last| last + 1);
        Self::read(&text[..end])
    }

    /// Reads DER; each number at its shortest, between 1 and the order less one.
    pub fn from_der(der: &[u8]) -> Result<Self, EcdsaSignatureError> {
        let signature = Signature::from_der(der).map_err(|_| EcdsaSignatureError::NotDer)?;
        Ok(Self::from_p256(&signature))
    }

    pub fn as_der(&self) -> &[u8] {
        &self.der[..self.length]
    }

    /// Lower-case hexadecimal: what header and query bear, and what the next chunk calls the previous signature.
    pub fn hex(&self) -> String {
        let mut text = Vec::with_capacity(PADDED_LENGTH);
        write_hex(self.as_der(), &mut text);
        String::from_utf8(text).expect("hexadecimal is ASCII")
    }

    /// [`hex`](Self::hex) filled up with `*` to 144 characters, so that the length of a chunked body is known beforehand.
    pub fn padded_hex(&self) -> String {
        let mut text = self.hex();
        text.extend(std::iter::repeat_n('*', PADDED_LENGTH.saturating_sub(text.len())));
        text
    }

    pub(super) fn from_p256(signature: &Signature) -> Self {
        let written: DerSignature = signature.to_der();
        let mut der = [0; MAX_DER];
        let length = written.len();
        der[..length].copy_from_slice(written.as_bytes());
        Self { der, length }
    }

    pub(super) fn to_p256(self) -> Option<Signature> {
        Signature::from_der(self.as_der()).ok()
    }
}

/// Of what was signed, anybody may check a signature: comparing bytes would be of no use, and takes no care of time.
impl PartialEq for EcdsaSignature {
    fn eq(&self, other: &Self) -> bool {
        self.as_der() == other.as_der()
    }
}

impl Eq for EcdsaSignature {}

/// A signature lets its bearer act for a quarter of an hour: it is not shown.
impl fmt::Debug for EcdsaSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EcdsaSignature(***)")
    }
}

/// Sequence and two integers of 33 bytes, each with tag and length.
const MAX_DER: usize = 72;

#[cfg(test)]
mod tests {
    use super::*;

    /// r = s = 1: the shortest there is.
    const SHORT: &str = "3006020101020101";

    #[test]
    fn reads_either_case_and_padding() {
        let short = EcdsaSignature::read(SHORT.as_bytes()).unwrap();
        assert_eq!(short.hex(), SHORT);
        assert_eq!(short.padded_hex().len(), PADDED_LENGTH);
        assert_eq!(EcdsaSignature::read_padded(short.padded_hex().as_bytes()), Ok(short));
        let upper = "300602017F02017f";
        assert_eq!(EcdsaSignature::read(upper.as_bytes()).unwrap().hex(), upper.to_lowercase());
    }

    #[test]
    fn refuses_what_is_no_signature() {
        use EcdsaSignatureError::{NotDer, NotHex};
        let long = "3".repeat(146);
        let too_large = format!("30260201010221{}", "00".to_owned() + &"ff".repeat(32));
        let cases = [
            ("", NotDer),
            ("*", NotHex),
            ("300", NotHex),
            ("30060201010201zz", NotHex),
            (&long, NotHex),
            ("3006020100020101", NotDer),
            ("300602010102010100", NotDer),
            ("300702020001020101", NotDer),
            ("3006020181020101", NotDer),
            (&too_large, NotDer),
        ];
        for (text, error) in cases {
            assert_eq!(EcdsaSignature::read(text.as_bytes()), Err(error), "{text}");
        }
        assert_eq!(EcdsaSignature::read_padded(b"****"), Err(NotDer));
        assert_eq!(EcdsaSignature::read_padded(&[b'*'; 145]), Err(NotHex));
    }
}
