//! Taking out of a text what nobody else may see.
//!
//! Rule: names first (a session token is taken out of every header, query, XML or JSON text by the name beside it), then
//! values that are known. What is not recognised by either is left. Source: facts/sigv4.md section 8, security point 9.

use zeroize::Zeroizing;

/// What stands where something was taken out.
pub const MASK: &str = "***";

/// Values that must not show, in the forms in which texts bear them.
#[derive(Default)]
pub struct Known(Vec<Zeroizing<String>>);

/// Names of fields and parameters whose values are taken out, in lower case.
const NAMES: [&str; 21] = [
    "authorization",
    "chunk-signature",
    "cookie",
    "proxy-authorization",
    "secret_access_key",
    "secretaccesskey",
    "session_token",
    "sessiontoken",
    "set-cookie",
    "signature",
    "signatureprovided",
    "token-0",
    "x-amz-copy-source-server-side-encryption-customer-key",
    "x-amz-copy-source-server-side-encryption-customer-key-md5",
    "x-amz-s3session-token",
    "x-amz-security-token",
    "x-amz-server-side-encryption-customer-key",
    "x-amz-server-side-encryption-customer-key-md5",
    "x-amz-signature",
    "x-amz-trailer-signature",
    "x-aws-ec2-metadata-token",
];

/// Shorter values are not looked for: they would be found in every word.
const SHORTEST: usize = 8;

impl Known {
    /// Values shorter than eight bytes are not looked for.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut forms: Vec<Zeroizing<String>> = Vec::new();
        for value in values {
            for bare in
                [value, value.trim(), value.trim_matches(|c: char| c.is_whitespace() || "\"'".contains(c))]
            {
                if bare.len() >= SHORTEST {
                    forms.extend(written_forms(bare));
                }
            }
        }
        forms.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        forms.dedup();
        Self(forms)
    }

    /// The text without what its names or its values give away.
    pub fn text(&self, text: &str) -> String {
        self.values(&self::text(&self.values(text)))
    }

    /// The text without the known values.
    pub fn values(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for form in &self.0 {
            if out.contains(form.as_str()) {
                out = out.replace(form.as_str(), MASK);
            }
        }
        out
    }
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Known({})", self.0.len())
    }
}

/// Whether the value of this field, parameter or element is never shown.
pub fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str())
}

/// The value of a field as it may be shown. Of an `Authorization` of AWS only the signature is taken out.
pub fn header(name: &str, value: &str) -> String {
    match name {
        _ if !is_sensitive(name) => text(value),
        _ if value.trim_start().starts_with("AWS4-") => text(value),
        _ => MASK.to_owned(),
    }
}

/// An access key id as it may be shown: one that has another form may be a secret in the wrong place.
pub fn access_key_id(id: &str) -> String {
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let capital = id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if (id.len() <= 32 && plain) || (id.len() <= 128 && capital) { id.to_owned() } else { MASK.to_owned() }
}

/// A text of any kind (canonical request, URL, field, XML, JSON) without what the names in it give away. Linear in its
/// length.
pub fn text(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut at, mut copied) = (0, 0);
    while at < bytes.len() {
        match name_at(bytes, at).and_then(|(name, end)| Some((name, value_after(bytes, end)?))) {
            // Of a value that is kept the end is not looked for: a line of such names would be read once for each of them.
            Some((name, (start, whole_line))) if !keeps(name, &bytes[start..]) => {
                let end = end_of_value(bytes, name, start, whole_line);
                out.push_str(text.get(copied..start).unwrap_or_default());
                if end > start {
                    out.push_str(MASK);
                }
                (at, copied) = (end.max(at + 1), end);
            }
            Some((_, (start, _))) => at = start.max(at + 1),
            None => at += 1,
        }
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

/// An `Authorization` of AWS goes on, to its signature.
fn keeps(name: &str, value: &[u8]) -> bool {
    name == "authorization" && value.starts_with(b"AWS4-")
}

/// The name that begins here, and where it ends.
fn name_at(bytes: &[u8], at: usize) -> Option<(&'static str, usize)> {
    let first = bytes.get(at)?.to_ascii_lowercase();
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    if !matches!(first, b'a' | b'c' | b'p' | b's' | b't' | b'x') || before.is_some_and(|b| part_of_name(*b)) {
        return None;
    }
    let length = bytes[at..].iter().take(64).take_while(|b| part_of_name(**b)).count();
    let word = &bytes[at..at + length];
    let name = NAMES.into_iter().find(|name| name.as_bytes().eq_ignore_ascii_case(word))?;
    Some((name, at + length))
}

const fn part_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Where the value of a name begins that ends at `at`, and whether it takes the whole line; `None` where no value follows.
fn value_after(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    let skip = |from: usize, what: &[u8]| {
        from + bytes.get(from..).unwrap_or_default().iter().take(8).take_while(|b| what.contains(b)).count()
    };
    let separator = skip(at, b"\"'\\ ");
    let (start, whole_line) = match bytes.get(separator)? {
        b'=' => (separator + 1, false),
        b'%' if bytes.get(separator + 1..separator + 3)?.eq_ignore_ascii_case(b"3d") => {
            (separator + 3, false)
        }
        b':' => (separator + 1, true),
        b'>' => (separator + 1, true),
        _ => return None,
    };
    Some((skip(start, b" \t\"'\\"), whole_line))
}

fn end_of_value(bytes: &[u8], name: &str, start: usize, whole_line: bool) -> usize {
    let value = bytes.get(start..).unwrap_or_default();
    let end = start + value.iter().take_while(|b| !ends(**b, whole_line)).count();
    if whole_line && name.contains("token") { end_of_wrapped(bytes, end) } else { end }
}

const fn ends(byte: u8, whole_line: bool) -> bool {
    match byte {
        b'\n' | b'\r' | b'"' | b'\'' | b'<' | b'\\' => true,
        b'&' | b' ' | b'\t' | b',' | b';' => !whole_line,
        _ => false,
    }
}

/// A token that a mail program or a terminal broke goes on in the next lines.
fn end_of_wrapped(bytes: &[u8], mut end: usize) -> usize {
    while let Some(after) = bytes.get(end..).and_then(|rest| rest.strip_prefix(b"\n")) {
        let line = after.iter().take_while(|b| !ends(**b, true)).count();
        let hash = line == 64 && after[..line].iter().all(u8::is_ascii_hexdigit);
        let token =
            |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'%' | b'_' | b'-');
        if line < 12 || hash || !after[..line].iter().all(token) {
            break;
        }
        end += 1 + line;
    }
    end
}

/// The ways in which URLs, forms and JSON write a value.
fn written_forms(value: &str) -> Vec<Zeroizing<String>> {
    let encoded = |text: &str| {
        let mut out = Vec::new();
        crate::canonical::write_encoded(text.as_bytes(), false, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    };
    let once = encoded(value);
    let twice = encoded(&once);
    let lower = lower_escapes(&once);
    let forms = [value.to_owned(), value.replace('/', "\\/"), value.replace('+', " "), once, twice, lower];
    forms.into_iter().map(Zeroizing::new).collect()
}

fn lower_escapes(text: &str) -> String {
    let mut digits = 0;
    let lower = |c: char| {
        if c == '%' {
            digits = 2;
            return c;
        }
        let escape = digits > 0;
        digits = i32::max(digits - 1, 0);
        if escape { c.to_ascii_lowercase() } else { c }
    };
    text.chars().map(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_values_out_by_their_names() {
        for (raw, shown) in [
            ("x-amz-security-token:IQoJ/b+==\nx-a:b", "x-amz-security-token:***\nx-a:b"),
            (
                "/?X-Amz-Security-Token=IQoJ%2F&X-Amz-Signature=ab12&a=b",
                "/?X-Amz-Security-Token=***&X-Amz-Signature=***&a=b",
            ),
            ("host;x-amz-security-token\nabc", "host;x-amz-security-token\nabc"),
            ("Authorization: Bearer abc def\r\nHost: h", "Authorization: ***\r\nHost: h"),
            (
                "Authorization: AWS4-HMAC-SHA256 Credential=AKID/x, SignedHeaders=host;x-amz-security-token, Signature=ab12",
                "Authorization: AWS4-HMAC-SHA256 Credential=AKID/x, SignedHeaders=host;x-amz-security-token, Signature=***",
            ),
            ("<Token-0>IQoJ</Token-0>", "<Token-0>***</Token-0>"),
            ("{\"SessionToken\": \"IQoJ\", \"a\":1}", "{\"SessionToken\": \"***\", \"a\":1}"),
            ("'x-amz-security-token:IQoJ\\nx-a:b'", "'x-amz-security-token:***\\nx-a:b'"),
            ("signature mismatch", "signature mismatch"),
            ("Cookie: a=b; c=d", "Cookie: ***"),
        ] {
            assert_eq!(text(raw), shown);
        }
        let wrapped = format!("x-amz-security-token:{}\n{}\n\nhost", "A".repeat(76), "B".repeat(30));
        assert_eq!(text(&wrapped), "x-amz-security-token:***\n\nhost");
    }

    /// Read once for each name, this would take minutes.
    #[test]
    fn reads_a_line_of_names_once() {
        let line = "authorization:AWS4- ".repeat(1 << 16);
        assert_eq!(text(&line), line);
    }

    #[test]
    fn takes_known_values_out_in_every_form() {
        let known = Known::new([" wJalr/+Key= \n"]);
        for raw in ["a wJalr/+Key= b", "a wJalr%2F%2BKey%3D b", "a wJalr%2f%2bKey%3d b", "a wJalr\\/+Key= b"]
        {
            assert_eq!(known.text(raw), "a *** b", "{raw}");
        }
        assert!(!format!("{known:?}").contains("wJalr"));
    }
}
