//! What of Java shows through in S3's answers: the order of a `HashSet`, how a `long` is read, and how a lenient date format
//! reads a date (measured of S3, see facts/sigv4.md section 2.1).

/// Brings distinct names in the order in which `java.util.HashSet` lists them, having taken them in this order.
pub(super) fn order_as_hash_set(names: &mut [&str]) {
    let mut places: usize = 16;
    while names.len() * 4 > places * 3 {
        places *= 2;
    }
    // Names that share a place stay in the order in which they came; the sort is stable.
    names.sort_by_key(|name| {
        let hash = string_hash(name);
        (hash ^ (hash >> 16)) as usize & (places - 1)
    });
}

/// `String.hashCode`, over UTF-16.
fn string_hash(text: &str) -> u32 {
    text.encode_utf16().fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)))
}

/// `Long.parseLong`: an optional sign and digits, within 64 bits.
pub(super) fn parse_long(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if valid { text.parse().ok() } else { None }
}

/// Whether `SimpleDateFormat("yyyyMMdd")` reads a date at the beginning: four digits, two, and then as many as there are.
pub(super) fn is_date(text: &str) -> bool {
    let number = |text: Option<&[u8]>| -> Option<i64> {
        let text = text.filter(|text| text.iter().all(u8::is_ascii_digit))?;
        str::from_utf8(text).ok()?.parse().ok()
    };
    let bytes = text.as_bytes();
    let end = bytes.iter().skip(6).take_while(|byte| byte.is_ascii_digit()).count() + 6;
    let parts = (number(bytes.get(..4)), number(bytes.get(4..6)), number(bytes.get(6..end)));
    match parts {
        (Some(year), Some(month), Some(day)) => {
            types::Timestamp::from_utc((year, month, day), (0, 0, 0)).is_some()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_java_does() {
        // Values that Java's documentation of `hashCode` gives: the empty text is 0, and the formula for others.
        assert_eq!(string_hash(""), 0);
        assert_eq!(string_hash("a"), 97);
        assert_eq!(string_hash("ab"), 97 * 31 + 98);
        assert_eq!(string_hash("host") as i32, 3_208_616);
    }

    #[test]
    fn lists_names_as_s3_was_seen_to() {
        let mut names = ["x-amz-decoded-content-length", "x-amz-date"];
        order_as_hash_set(&mut names);
        assert_eq!(names, ["x-amz-date", "x-amz-decoded-content-length"]);
    }

    #[test]
    fn reads_longs() {
        for (text, number) in [
            ("300", Some(300)),
            ("+300", Some(300)),
            ("0300", Some(300)),
            ("-0", Some(0)),
            ("-1", Some(-1)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("", None),
            ("+", None),
            ("+-1", None),
            (" 300", None),
            ("3e2", None),
            ("\u{663}00", None),
        ] {
            assert_eq!(parse_long(text), number, "{text:?}");
        }
    }

    #[test]
    fn reads_dates_leniently() {
        for text in ["20260929", "2026092", "20260929x"] {
            assert!(is_date(text), "{text}");
        }
        for text in ["", "2026", "20261329", "20260230", "20260900", "2026090", "202609291", "+2026092"] {
            assert!(!is_date(text), "{text}");
        }
    }
}
