//! Writes ASN.1 in its distinguished encoding (ITU-T X.690), and the one indefinite form that PKCS #7 bodies need.
//!
//! A value is its bytes, tag and length included; larger values are made by joining smaller ones.

use types::Timestamp;

/// Tag of `[number]` where the field replaces the tag of a primitive value.
pub(super) const fn context(number: u8) -> u8 {
    0x80 | number
}

/// Tag of `[number]` around other values.
pub(super) const fn context_constructed(number: u8) -> u8 {
    0xa0 | number
}

pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OCTET_STRING_CONSTRUCTED: u8 = 0x24;
pub(super) const NULL: &[u8] = &[0x05, 0x00];
pub(super) const TRUE: &[u8] = &[0x01, 0x01, 0xff];

/// Tag, length and content.
pub(super) fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut value = vec![tag];
    match content.len() {
        short @ 0..0x80 => value.push(short as u8),
        long => {
            let length = long.to_be_bytes();
            let length = without_leading_zeros(&length);
            value.push(0x80 | length.len() as u8);
            value.extend_from_slice(length);
        }
    }
    value.extend_from_slice(content);
    value
}

/// Tag, content and end mark (X.690 section 8.1.3.6).
pub(super) fn indefinite(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], content, &[0x00, 0x00]].concat()
}

pub(super) fn sequence(values: &[&[u8]]) -> Vec<u8> {
    tagged(SEQUENCE, &values.concat())
}

/// `SET OF`, its members in the order that X.690 section 11.6 asks for.
pub(super) fn set_of(tag: u8, mut members: Vec<Vec<u8>>) -> Vec<u8> {
    members.sort();
    tagged(tag, &members.concat())
}

/// A whole number that is not negative, from its big-endian bytes.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let digits = without_leading_zeros(bytes);
    // A set top bit would read as a minus sign.
    let padded = digits.first().is_none_or(|first| first & 0x80 != 0);
    let content = if padded { [&[0], digits].concat() } else { digits.to_vec() };
    tagged(0x02, &content)
}

/// An object identifier; its first arc is 0 to 2, its second below 40.
pub(super) fn oid(arcs: &[u64]) -> Vec<u8> {
    let mut content = vec![(arcs[0] * 40 + arcs[1]) as u8];
    for arc in &arcs[2..] {
        let septets = (u64::BITS - arc.leading_zeros()).div_ceil(7).max(1);
        content.extend((0..septets).rev().map(|i| {
            let more = if i == 0 { 0 } else { 0x80 };
            more | (arc >> (7 * i)) as u8 & 0x7f
        }));
    }
    tagged(0x06, &content)
}

/// A bit string of whole bytes.
pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tagged(0x03, &[&[0], bytes].concat())
}

pub(super) fn printable_string(text: &str) -> Vec<u8> {
    tagged(0x13, text.as_bytes())
}

/// `UTCTime` to the end of 2049, `GeneralizedTime` from then on (RFC 5280 section 4.1.2.5, RFC 5652 section 11.3).
pub(super) fn time(time: Timestamp) -> Vec<u8> {
    let digits: String = time.iso8601().chars().filter(char::is_ascii_digit).collect();
    if digits.as_str() < "2050" {
        tagged(0x17, format!("{}Z", &digits[2..]).as_bytes())
    } else {
        tagged(0x18, format!("{digits}Z").as_bytes())
    }
}

fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|b| **b == 0).count();
    &bytes[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_examples_of_x_690() {
        assert_eq!(oid(&[1, 2, 840, 113_549]), [0x06, 0x06, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]);
        assert_eq!(oid(&[2, 5, 4, 3]), [0x06, 0x03, 0x55, 0x04, 0x03]);
        assert_eq!(oid(&[1, 3, 14, 3, 2, 0]), [0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x00]);
        assert_eq!(integer(&[]), [0x02, 0x01, 0x00]);
        assert_eq!(integer(&[0, 0x7f]), [0x02, 0x01, 0x7f]);
        assert_eq!(integer(&[0x80]), [0x02, 0x02, 0x00, 0x80]);
        assert_eq!(tagged(OCTET_STRING, &[7; 0x7f])[..2], [0x04, 0x7f]);
        assert_eq!(tagged(OCTET_STRING, &[7; 0x80])[..3], [0x04, 0x81, 0x80]);
        assert_eq!(tagged(OCTET_STRING, &[7; 0x100])[..4], [0x04, 0x82, 0x01, 0x00]);
        assert_eq!(set_of(SET, vec![vec![5, 0], vec![1, 1, 0]]), [0x31, 0x05, 0x01, 0x01, 0x00, 0x05, 0x00]);
    }

    #[test]
    fn changes_the_form_of_time_in_2050() {
        let utc = time("2049-12-31T23:59:59Z".parse().unwrap());
        let generalized = time("2050-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(utc, [&[0x17, 0x0d], b"491231235959Z".as_slice()].concat());
        assert_eq!(generalized, [&[0x18, 0x0f], b"20500101000000Z".as_slice()].concat());
    }
}
