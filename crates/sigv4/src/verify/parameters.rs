//! The parameters of a signature in a query.
//!
//! Rule: names compare decoded and with case, values are decoded once, and the first of a name counts, as on AWS.

use super::fields::Fields;
use super::scratch::Piece;
use crate::{Request, ServiceRules, TokenRule};

/// The parameters that speak for a signature, as they stand on the wire. Absent ones are `None`.
#[derive(Default)]
pub(super) struct Parameters<'r> {
    pub(super) algorithm: Option<&'r [u8]>,
    pub(super) credential: Option<&'r [u8]>,
    pub(super) date: Option<&'r [u8]>,
    pub(super) expires: Option<&'r [u8]>,
    pub(super) signed_headers: Option<&'r [u8]>,
    pub(super) signature: Option<&'r [u8]>,
    pub(super) token: Option<&'r [u8]>,
    pub(super) region_set: Option<&'r [u8]>,
    /// Those of version 2.
    pub(super) v2: V2<'r>,
    /// The name of one that is there twice.
    pub(super) twice: Option<&'static str>,
}

/// What a signature in a query says.
pub(super) struct QueryText<'r> {
    pub(super) scheme: Option<&'r str>,
    pub(super) credential: Option<&'r str>,
    pub(super) signature: Option<&'r str>,
    pub(super) signed_headers: Option<&'r str>,
    pub(super) date: Option<&'r str>,
    pub(super) expires: Option<&'r str>,
    /// Of the query, else of the header.
    pub(super) token: Option<&'r str>,
    /// Of the header.
    pub(super) content_sha256: Option<&'r str>,
    pub(super) region_set: Option<&'r str>,
}

#[derive(Default)]
pub(super) struct V2<'r> {
    pub(super) access_key_id: Option<&'r [u8]>,
    pub(super) expires: Option<&'r [u8]>,
    pub(super) signature: Option<&'r [u8]>,
}

impl<'r> Parameters<'r> {
    /// Fills in what the query has. It is filled where it stands: it is large to move.
    pub(super) fn read(&mut self, request: &Request<'r>, rules: &ServiceRules) {
        for part in request.query().split(|byte| *byte == b'&') {
            // All names begin so, unless they are escaped.
            if !matches!(part.first(), Some(b'X' | b'S' | b'E' | b'A' | b'%')) {
                continue;
            }
            let (name, value) = halves(part);
            self.take(name, value, rules);
        }
    }

    /// Whether the query claims a signature of version 2.
    pub(super) fn is_v2(&self) -> bool {
        self.v2.signature.is_some() || self.v2.access_key_id.is_some()
    }

    /// A parameter that no signature covers, though the signature stands in a header.
    pub(super) fn unsigned_beside_header(&self, rules: &ServiceRules) -> Option<&'static str> {
        let token = self.token.is_some() && rules.token == TokenRule::AddedAfter;
        match self.signature {
            Some(_) => Some("X-Amz-Signature"),
            None => token.then_some(rules.token_parameter),
        }
    }

    fn take(&mut self, name: &[u8], value: &'r [u8], rules: &ServiceRules) {
        let slots = [
            ("X-Amz-Algorithm", &mut self.algorithm),
            ("X-Amz-Credential", &mut self.credential),
            ("X-Amz-Date", &mut self.date),
            ("X-Amz-Expires", &mut self.expires),
            ("X-Amz-SignedHeaders", &mut self.signed_headers),
            ("X-Amz-Signature", &mut self.signature),
            (rules.token_parameter, &mut self.token),
            (crate::v4a::REGION_SET_PARAMETER, &mut self.region_set),
            ("AWSAccessKeyId", &mut self.v2.access_key_id),
            ("Expires", &mut self.v2.expires),
            ("Signature", &mut self.v2.signature),
        ];
        for (known, slot) in slots {
            if is(name, known) {
                match slot {
                    Some(_) => self.twice = Some(known),
                    None => *slot = Some(value),
                }
                return;
            }
        }
    }
}

/// The bytes of a name or a value with escapes undone and `+` read as a space. `%` before anything but two digits stands for
/// itself.
pub(super) fn decoded(text: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let mut rest = text.iter();
    std::iter::from_fn(move || match rest.next()? {
        b'+' => Some(b' '),
        b'%' => match rest.as_slice() {
            [high, low, after @ ..] => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    rest = after.iter();
                    Some(high * 16 + low)
                }
                _ => Some(b'%'),
            },
            _ => Some(b'%'),
        },
        byte => Some(*byte),
    })
}

/// What is wrong with the escapes of a query, in the words of the services that refuse it.
pub(super) fn broken_escape(query: &[u8]) -> Option<String> {
    let mut rest = query;
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        match &rest[at + 1..] {
            [high, low, after @ ..] if digit(*high).is_some() && digit(*low).is_some() => rest = after,
            [high, low, ..] => {
                let shown = String::from_utf8_lossy(&[*high, *low]).into_owned();
                return Some(format!("Illegal hex character in escape % pattern: %{shown}"));
            }
            _ => return Some("Incomplete trailing escape % sequence".to_owned()),
        }
    }
    None
}

/// The value, decoded.
impl<'r> Parameters<'r> {
    /// The values as text, and of the headers those that a query has a part in; `text` holds what had to be decoded.
    pub(super) fn text(&self, fields: &Fields<'r>, text: &'r mut Vec<u8>) -> QueryText<'r> {
        let parameters = [
            self.algorithm,
            self.credential,
            self.signature,
            self.signed_headers,
            self.date,
            self.expires,
            self.token,
            self.region_set,
        ]
        .map(|value| value.map(|value| Piece::parameter(value, text)));
        let headers =
            [fields.content_sha256, fields.token].map(|value| value.map(|value| Piece::plain(value, text)));
        let text: &'r [u8] = text;
        let resolve = |piece: Option<Piece<'r>>| piece.map(|piece| piece.resolve(text));
        let [scheme, credential, signature, signed_headers, date, expires, token, region_set] =
            parameters.map(resolve);
        let [content_sha256, header_token] = headers.map(resolve);
        QueryText {
            scheme,
            credential,
            signature,
            signed_headers,
            date,
            expires,
            token: token.or(header_token),
            content_sha256,
            region_set,
        }
    }
}

fn halves(part: &[u8]) -> (&[u8], &[u8]) {
    match part.iter().position(|byte| *byte == b'=') {
        Some(at) => (&part[..at], &part[at + 1..]),
        None => (part, &[]),
    }
}

fn is(name: &[u8], known: &str) -> bool {
    name == known.as_bytes() || (name.contains(&b'%') && decoded(name).eq(known.bytes()))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_parameters_as_they_are_meant() {
        let target =
            b"/?a=b&X-Amz-Date=1&X%2DAmz%2DCredential=a%2Fb&X-Amz-Date=2&x-amz-expires=5&X-Amz-Signature";
        let request = Request { method: "GET", target, headers: &[] };
        let mut read = Parameters::default();
        read.read(&request, &ServiceRules::of("s3"));
        assert_eq!(read.date, Some(&b"1"[..]));
        assert_eq!(read.credential, Some(&b"a%2Fb"[..]));
        assert_eq!((read.twice, read.expires), (Some("X-Amz-Date"), None));
        assert_eq!(read.signature, Some(&b""[..]));
        assert!(!read.is_v2());
    }

    #[test]
    fn undoes_escapes_once() {
        for (text, expected) in
            [("a%2Fb", "a/b"), ("%2525", "%25"), ("a+b", "a b"), ("%", "%"), ("%4", "%4"), ("%zz%41", "%zzA")]
        {
            assert_eq!(decoded(text.as_bytes()).collect::<Vec<_>>(), expected.as_bytes(), "{text}");
        }
    }

    #[test]
    fn names_the_broken_escape() {
        assert_eq!(broken_escape(b"a=%20&b=%7e"), None);
        for text in ["a=%", "a=%2", "%41%"] {
            assert_eq!(
                broken_escape(text.as_bytes()).as_deref(),
                Some("Incomplete trailing escape % sequence"),
                "{text}"
            );
        }
        let illegal = broken_escape(b"a=%20%zzb");
        assert_eq!(illegal.as_deref(), Some("Illegal hex character in escape % pattern: %zz"));
        assert!(broken_escape(b"%\xff\xff").is_some());
    }
}
