//! The credential of a signature: who signed, and for what.

use crate::canonical::has_control;
use crate::cut::cut;

/// `AKID/20261121/us-east-1/s3/aws4_request`, cut at its slashes and not checked any further.
#[derive(Clone, Copy)]
pub(super) struct Credential<'t> {
    pub(super) access_key_id: &'t str,
    pub(super) date: &'t str,
    /// None in SigV4a.
    pub(super) region: Option<&'t str>,
    pub(super) service: &'t str,
    pub(super) terminator: &'t str,
}

impl<'t> Credential<'t> {
    /// Cuts the text into exactly five parts, or four for SigV4a. A control character makes it none.
    pub(super) fn read(text: &'t str, ecdsa: bool) -> Option<Self> {
        if has_control(text.as_bytes()) {
            return None;
        }
        let (access_key_id, rest) = cut(text, b'/')?;
        let (date, rest) = cut(rest, b'/')?;
        let (region, rest) =
            if ecdsa { (None, rest) } else { cut(rest, b'/').map(|(region, rest)| (Some(region), rest))? };
        let (service, terminator) = cut(rest, b'/')?;
        let is_whole = cut(terminator, b'/').is_none();
        is_whole.then_some(Self { access_key_id, date, region, service, terminator })
    }

    /// The date as eight digits, where it is the day of the request.
    pub(super) fn is_of(&self, day: [u8; 8]) -> bool {
        self.date.as_bytes() == day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_exactly_its_parts() {
        let read =
            |text, ecdsa| Credential::read(text, ecdsa).map(|c| (c.access_key_id, c.region, c.terminator));
        assert_eq!(read("a/b/c/d/e", false), Some(("a", Some("c"), "e")));
        assert_eq!(read("a/b/d/e", true), Some(("a", None, "e")));
        assert_eq!(read("////", false), Some(("", Some(""), "")));
        for text in ["", "a", "a/b/c/d", "a/b/c/d/e/", "a/b/c/d/e/f", "a/b/c\n/d/e", "a\0/b/c/d/e"] {
            assert_eq!(read(text, false), None, "{text:?}");
        }
    }
}
