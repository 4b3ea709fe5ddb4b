//! The ids that an answer bears, made of the request's random bytes.
//!
//! Rule: all services bear a UUID of version 4 (RFC 9562) but S3, which bears 16 of its own symbols and a second id of 76 characters
//! of Base64 (facts/account.md section 1.2, facts/sigv4.md section 2.1).

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A request's id.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId {
    random: [u8; 16],
    text: [u8; 36],
}

impl RequestId {
    pub(crate) fn new(random: [u8; 16]) -> Self {
        let mut bytes = random;
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = [b'-'; 36];
        let mut at = 0;
        for (index, byte) in bytes.iter().enumerate() {
            at += usize::from(matches!(index, 4 | 6 | 8 | 10));
            text[at] = DIGITS[usize::from(byte >> 4)];
            text[at + 1] = DIGITS[usize::from(byte & 15)];
            at += 2;
        }
        Self { random, text }
    }

    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.text).expect("hexadecimal and hyphens are ASCII")
    }

    /// As S3 writes ids: 16 digits and letters, none of them I, L, O or U.
    pub(crate) fn s3(&self) -> String {
        self.random.iter().map(|byte| char::from(SYMBOLS[usize::from(byte & 31)])).collect()
    }

    /// S3's second id, which stands for the host that answered.
    pub(crate) fn host_id(&self) -> String {
        let bytes: [u8; 56] = std::array::from_fn(|index| self.random[index % 16].rotate_left(index as u32));
        STANDARD.encode(bytes)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_forms_of_their_services() {
        let id = RequestId::new([0xff; 16]);
        assert_eq!(id.as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        let id = RequestId::new(std::array::from_fn(|index| index as u8));
        assert_eq!(id.as_str(), "00010203-0405-4607-8809-0a0b0c0d0e0f");
        assert_eq!(id.s3(), "0123456789ABCDEF");
        assert!(id.host_id().len() == 76 && id.host_id().ends_with('='), "{}", id.host_id());
    }
}
