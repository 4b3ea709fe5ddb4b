//! A host name as it may be looked up: lower case, without port, valid (RFC 1123 section 2.1; underscores are in old bucket names).

/// At most 253 bytes, held without an allocation.
pub(super) struct HostName {
    bytes: [u8; MAX],
    length: usize,
}

impl HostName {
    /// Reads a name with or without port and final dot. Addresses and whatever else is no name are none.
    pub(super) fn read(host: &str) -> Option<Self> {
        let (name, port) = host.split_once(':').unwrap_or((host, ""));
        if port.len() > 5 || !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let name = name.strip_suffix('.').unwrap_or(name);
        let mut bytes = [0; MAX];
        bytes.get_mut(..name.len())?.copy_from_slice(name.as_bytes());
        bytes.make_ascii_lowercase();
        let read = Self { bytes, length: name.len() };
        read.as_str().split('.').all(is_label).then_some(read)
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length])
            .expect("it was copied from text, and only ASCII changed case")
    }
}

/// Whether a label is shaped as a region's name: letters, one or two more words of letters, a number.
pub(super) fn is_region(label: &str) -> bool {
    let mut words = label.split('-');
    let letters = |word: Option<&str>, most: usize| {
        word.is_some_and(|w| (2..=most).contains(&w.len()) && w.bytes().all(|byte| byte.is_ascii_lowercase()))
    };
    let number = |word: Option<&str>| {
        word.is_some_and(|w| (1..=2).contains(&w.len()) && w.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if !letters(words.next(), 4) || !number(words.next_back()) {
        return false;
    }
    letters(words.next(), 9)
        && words.next().is_none_or(|word| letters(Some(word), 9))
        && words.next().is_none()
}

fn is_label(label: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    (1..=63).contains(&label.len()) && label.bytes().all(allowed)
}

const MAX: usize = 253;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_dress() {
        for (host, name) in [
            ("STS.AmazonAWS.com", Some("sts.amazonaws.com")),
            ("sts.amazonaws.com.", Some("sts.amazonaws.com")),
            ("sts.amazonaws.com:443", Some("sts.amazonaws.com")),
            ("sts.amazonaws.com.:8443", Some("sts.amazonaws.com")),
            ("sts.amazonaws.com..", None),
            ("sts..amazonaws.com", None),
            ("sts.amazonaws.com:", Some("sts.amazonaws.com")),
            ("sts.amazonaws.com:123456", None),
            ("sts.amazonaws.com:80:80", None),
            ("[::1]:443", None),
            ("::1", None),
            ("user@sts.amazonaws.com", None),
            ("https://sts.amazonaws.com", None),
            ("sts.amazonaws.com/", None),
            ("bücher.s3.amazonaws.com", None),
            ("", None),
            (".", None),
        ] {
            assert_eq!(HostName::read(host).as_ref().map(HostName::as_str), name, "{host:?}");
        }
        let long = |length: usize| "a.".repeat(length / 2) + "a";
        assert!(HostName::read(&long(252)).is_some());
        assert!(HostName::read(&long(254)).is_none());
        assert!(HostName::read(&"a".repeat(64)).is_none());
    }

    #[test]
    fn regions_have_a_shape() {
        for region in super::super::regions().chain(["nz-north-1", "us-northeast-12", "ui-us-east-1"]) {
            assert!(is_region(region), "{region}");
        }
        for other in
            ["us-east", "s3-us-east-1-x", "fips-us-east-1a", "use1-az4", "aws-global", "1-us-1", "a-b-1", ""]
        {
            assert!(!is_region(other), "{other}");
        }
    }
}
