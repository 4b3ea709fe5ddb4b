//! The regions a signature is good for.

/// The value of `X-Amz-Region-Set`: entries between commas, each whole and without regard to case, `*` for any run of
/// characters. White space is part of an entry; empty entries name nothing (facts/sigv4.md section 1.7, as measured of S3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RegionSet<'a>(&'a [u8]);

impl<'a> RegionSet<'a> {
    /// The set of this text, as it stands in a header or, decoded, in a query. Any text is a set, if of no region.
    pub fn new(text: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self(text.as_ref())
    }

    /// The text itself.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The text, if a signer may send it: letters, digits, hyphens, commas and `*`, and at least one entry.
    pub(super) fn sendable(&self) -> Option<&'a str> {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b',' | b'*');
        let text = std::str::from_utf8(self.0).ok().filter(|_| self.0.iter().all(allowed));
        text.filter(|text| text.bytes().any(|byte| byte != b','))
    }

    /// Whether the set names the region. Costs the product of both lengths at most.
    pub fn matches(&self, region: &str) -> bool {
        let mut entries = self.0.split(|byte| *byte == b',').filter(|entry| !entry.is_empty());
        entries.any(|entry| is_like(entry, region.as_bytes()))
    }
}

/// Whether the pattern covers the whole text. After a mismatch only the last `*` takes a character more: no earlier one can help.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut last_star = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                last_star = Some((at, read));
                at += 1;
            }
            Some(byte) if byte.eq_ignore_ascii_case(&text[read]) => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((star, taken)) = last_star else { return false };
                last_star = Some((star, taken + 1));
                at = star + 1;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_whole_and_stars_are_runs() {
        for (set, region, named) in [
            ("us-east-1", "us-east-1", true),
            ("us-east-1", "us-east-12", false),
            ("*", "", true),
            ("", "", false),
            ("u*-*-1", "us-gov-east-1", true),
            ("u*-*-1*", "us-gov-east-1", true),
            ("*a*a*b", "aaaaaaaa", false),
            ("*east*", "us-east-1", true),
            ("eu-*,us-*", "us-east-1", true),
            ("us-east-1 ", "us-east-1", false),
        ] {
            assert_eq!(RegionSet::new(set).matches(region), named, "{set:?} {region:?}");
        }
        assert!(!RegionSet::new(&[0xff_u8, b'*'][..]).matches("us-east-1"));
    }
}
