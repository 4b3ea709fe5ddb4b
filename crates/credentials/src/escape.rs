//! Text in URLs and forms (RFC 3986 section 2.1).

/// Adds `text` with every byte escaped that is not unreserved.
pub(crate) fn percent(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_unreserved_characters_stay() {
        let mut out = String::new();
        super::percent("aZ0-._~ +/=:é", &mut out);
        assert_eq!(out, "aZ0-._~%20%2B%2F%3D%3A%C3%A9");
    }
}
