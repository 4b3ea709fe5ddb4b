//! Policy documents as IAM hands them out: percent-encoded (RFC 3986; captured by stackd in GetAccountAuthorizationDetails).

/// `text` with all but letters, digits and `-._~` as `%XX` of its UTF-8.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3 / 2);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => {
                encoded.push('%');
                encoded.push(char::from(DIGITS[usize::from(byte >> 4)]));
                encoded.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
    encoded
}

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_unreserved_is_encoded() {
        let text = "{\"a\": \"s3://b/space + percent%/\u{e9}\"}~";
        let wanted = "%7B%22a%22%3A%20%22s3%3A%2F%2Fb%2Fspace%20%2B%20percent%25%2F%C3%A9%22%7D~";
        assert_eq!(encoded(text), wanted);
    }
}
