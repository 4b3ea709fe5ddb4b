//! Names of buckets (S3 User Guide, "General purpose bucket naming rules").

use std::net::Ipv4Addr;

/// Whether a new bucket may have this name.
pub fn is_valid(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = |byte: Option<u8>| byte.is_some_and(plain);
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| plain(byte) || matches!(byte, b'.' | b'-'))
        && ends(name.bytes().next())
        && ends(name.bytes().next_back())
        && !name.contains("..")
        && name.parse::<Ipv4Addr>().is_err()
        && !RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && !RESERVED_SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

const RESERVED_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];

const RESERVED_SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_hold() {
        for name in ["abc", "my.example.s3.bucket", "1a1", "a-b", "a--b", "123", &"a".repeat(63), "1.2.3.4.5"]
        {
            assert!(is_valid(name), "{name}");
        }
        for name in [
            "",
            "ab",
            &"a".repeat(64),
            "Abc",
            "a_b",
            "a..b",
            "-ab",
            "ab-",
            ".ab",
            "ab.",
            "192.168.5.4",
            "xn--a",
            "sthree-a",
            "sthree-configurator",
            "amzn-s3-demo-a",
            "a-s3alias",
            "a--ol-s3",
            "a.mrap",
            "a--x-s3",
            "a--table-s3",
            "a/b",
            "a b",
            "bücher",
            "a\u{0}b",
        ] {
            assert!(!is_valid(name), "{name}");
        }
    }
}
