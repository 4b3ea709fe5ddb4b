//! Where a listing goes on: tokens that clients hand back, and keys as listings write them.
//!
//! Rule: a token says where to go on and no more; who may see what comes there is asked again with every page.

use account::ServiceError;
use account::s3::refusal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wire::Structure;

/// The token for what comes behind `last`.
pub(super) fn token(last: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{VERSION}{last}"))
}

/// What stands in a token.
pub(super) fn opened(token: &str) -> Result<String, ServiceError> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let last = text.and_then(|text| text.strip_prefix(VERSION).map(str::to_owned));
    last.ok_or_else(|| {
        let message = "The continuation token provided is incorrect";
        refusal::invalid_argument("continuation-token", None, message)
    })
}

/// How many keys a page may have. More than S3's own bound is that bound.
pub(super) fn limit(input: &Structure, member: &str, parameter: &str) -> Result<usize, ServiceError> {
    let Some(given) = input.integer(member) else { return Ok(MAX_KEYS) };
    match usize::try_from(given) {
        Ok(limit) if given <= i64::from(i32::MAX) => Ok(limit.min(MAX_KEYS)),
        _ => {
            let message = format!("Argument {parameter} must be an integer between 0 and 2147483647");
            Err(refusal::invalid_argument(parameter, Some(&given.to_string()), message))
        }
    }
}

/// How keys are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Plain,
    /// As forms have them, but for slashes.
    Url,
}

impl Encoding {
    pub(super) fn of(input: &Structure) -> Result<Self, ServiceError> {
        match input.text("EncodingType") {
            None => Ok(Self::Plain),
            Some("url") => Ok(Self::Url),
            Some(other) => {
                let message = "Invalid Encoding Method specified in Request";
                Err(refusal::invalid_argument("encoding-type", Some(other), message))
            }
        }
    }

    pub(super) fn name(self) -> Option<&'static str> {
        (self == Self::Url).then_some("url")
    }

    pub(super) fn write(self, text: &str) -> String {
        if self == Self::Plain {
            return text.to_owned();
        }
        let mut written = String::with_capacity(text.len());
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' | b'/' => {
                    written.push(char::from(byte));
                }
                b' ' => written.push('+'),
                _ => {
                    written.push('%');
                    written.push(char::from(DIGITS[usize::from(byte >> 4)]));
                    written.push(char::from(DIGITS[usize::from(byte & 15)]));
                }
            }
        }
        written
    }
}

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// In one page, where the request does not want fewer.
const MAX_KEYS: usize = 1000;

/// What every token begins with.
const VERSION: &str = "1!";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_go_round_and_others_are_refused() {
        for last in ["a", "", "ü/ \u{1}", "1!"] {
            assert_eq!(opened(&token(last)).unwrap(), last);
        }
        for wrong in ["", "a", "!", "YQ", &token("x")[1..]] {
            assert_eq!(
                opened(wrong).unwrap_err().message,
                "The continuation token provided is incorrect",
                "{wrong}"
            );
        }
    }

    #[test]
    fn limits_are_bounded() {
        let of =
            |given: Option<i64>| limit(&Structure::new().with_some("MaxKeys", given), "MaxKeys", "max-keys");
        assert_eq!((of(None).unwrap(), of(Some(0)).unwrap(), of(Some(7)).unwrap()), (1000, 0, 7));
        assert_eq!(of(Some(2_147_483_647)).unwrap(), 1000);
        for wrong in [-1, 2_147_483_648] {
            assert_eq!(&*of(Some(wrong)).unwrap_err().code, "InvalidArgument");
        }
    }

    #[test]
    fn keys_are_written_as_in_forms() {
        assert_eq!(Encoding::Url.write("a b/c+d~ü*&"), "a+b/c%2Bd%7E%C3%BC*%26");
        assert_eq!(Encoding::Plain.write("a b"), "a b");
    }
}
