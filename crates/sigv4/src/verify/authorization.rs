//! The authorization header: a scheme, a space, and parts between commas (facts/sigv4.md section 1.3).
//!
//! Rule: the header is cut, and nothing in it believed or mended. The last part of a name counts, as on AWS.

use crate::cut::{cut, pieces};

/// The header, cut. Absent parts are `None`.
#[derive(Default)]
pub(super) struct Authorization<'t> {
    pub(super) credential: Option<&'t str>,
    pub(super) signed_headers: Option<&'t str>,
    pub(super) signature: Option<&'t str>,
    /// The first part without an equals sign.
    pub(super) no_pair: Option<&'t str>,
    /// A part that came before, or that has no place here.
    pub(super) surplus: Option<&'t str>,
}

impl<'t> Authorization<'t> {
    /// Reads what follows the scheme.
    pub(super) fn read(parts: &'t str) -> Self {
        let mut read = Self::default();
        // A scheme alone lacks its parts; it has none that is malformed.
        let parts = Some(parts.trim_ascii()).filter(|parts| !parts.is_empty());
        for part in parts.into_iter().flat_map(|parts| pieces(parts, b',')) {
            let part = part.trim_ascii();
            let Some((name, value)) = cut(part, b'=') else {
                read.no_pair = read.no_pair.or(Some(part));
                continue;
            };
            let slot = match name {
                "Credential" => &mut read.credential,
                "SignedHeaders" => &mut read.signed_headers,
                "Signature" => &mut read.signature,
                _ => {
                    read.surplus = Some(name);
                    continue;
                }
            };
            if slot.replace(value).is_some() {
                read.surplus = Some(name);
            }
        }
        read
    }
}

/// Scheme and the rest, at the first space.
pub(super) fn split(header: &str) -> Option<(&str, &str)> {
    cut(header, b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_with_and_without_spaces() {
        for text in [
            "Credential=c/d, SignedHeaders=host;x, Signature=s=",
            "Credential=c/d,SignedHeaders=host;x,Signature=s=",
            " Signature=s= ,\tCredential=c/d  ,SignedHeaders=host;x",
        ] {
            let read = Authorization::read(text);
            assert_eq!(read.credential, Some("c/d"), "{text}");
            assert_eq!(read.signed_headers, Some("host;x"), "{text}");
            assert_eq!(read.signature, Some("s="), "{text}");
            assert_eq!((read.no_pair, read.surplus), (None, None), "{text}");
        }
    }

    #[test]
    fn the_last_of_a_name_counts() {
        let read = Authorization::read("Signature=a, Signature=b");
        assert_eq!((read.signature, read.surplus), (Some("b"), Some("Signature")));
        assert_eq!(Authorization::read("Signature=a, Other=b").surplus, Some("Other"));
    }

    #[test]
    fn garbage_is_no_pair() {
        assert_eq!(Authorization::read("Signature=a,").no_pair, Some(""));
        assert_eq!(Authorization::read(",").no_pair, Some(""));
        assert_eq!(Authorization::read(" ").no_pair, None);
        assert_eq!(Authorization::read("a, b").no_pair, Some("a"));
    }
}
