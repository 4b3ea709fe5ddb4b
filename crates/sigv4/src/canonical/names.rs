//! Which fields are signed.

use super::alphabet::TOKEN;

/// Which fields are signed. The first two are a signer's: they refuse what verifiers read in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedNames<'a> {
    /// All that may be.
    All,
    /// All that may be, as far as the caller wants them.
    Chosen(FieldChoice<'a>),
    /// Those of the list, in lower case, in its order: what a verifier does.
    Listed(&'a [&'a str]),
    /// The same, as the list stands on the wire: `host;x-amz-date`.
    Text(&'a str),
}

/// What a caller wants signed beside `host`, `content-md5` and every `x-amz-*`, which must be. Names compare without case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldChoice<'a> {
    /// None of these, such as those that a proxy on the way changes.
    pub never: &'a [&'a str],
    /// Of the fields that need not be signed, these only.
    pub only: Option<&'a [&'a str]>,
    /// Whether `content-length` is signed: proxies write it anew.
    pub content_length: bool,
}

impl SignedNames<'_> {
    /// Whether a signer asks, who is refused what verifiers read in different ways.
    pub(super) fn strict(&self) -> bool {
        matches!(self, Self::All | Self::Chosen(_))
    }
}

impl FieldChoice<'_> {
    /// Whether a field is signed whose name begins with `prefix`.
    pub(super) fn takes(&self, prefix: Prefix, name: &str) -> bool {
        if must_be_signed(prefix, name) {
            return true;
        }
        let never = is_never_signed(prefix, name)
            && !(self.content_length && name.eq_ignore_ascii_case("content-length"));
        let among = |names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(name));
        !never && !among(self.never) && self.only.is_none_or(among)
    }
}

/// The first eight bytes of a name in lower case, as a number that sorts as they do: most names differ in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Prefix(u64);

impl Prefix {
    pub(crate) const fn of(name: &str) -> Self {
        let bytes = match name.as_bytes().first_chunk::<8>() {
            Some(bytes) => u64::from_be_bytes(*bytes),
            None => short(name.as_bytes()),
        };
        // Bit 7 of each byte says whether it is a capital; shifted to bit 5 it makes the letter small.
        let seven = bytes & 0x7f7f_7f7f_7f7f_7f7f;
        let from_a = seven + 0x3f3f_3f3f_3f3f_3f3f;
        let beyond_z = seven + 0x2525_2525_2525_2525;
        let capitals = from_a & !beyond_z & 0x8080_8080_8080_8080;
        Self(bytes | (capitals >> 2))
    }
}

/// Up to seven bytes, zeros behind them. Of four and more the first four and the last four are taken, which may overlap.
const fn short(name: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        let (first, last) = (u32::from_be_bytes(*first) as u64, u32::from_be_bytes(*last) as u64);
        return first << 32 | last << (64 - 8 * name.len());
    }
    let mut bytes = [0; 8];
    let mut at = 0;
    while at < name.len() {
        bytes[at] = name[at];
        at += 1;
    }
    u64::from_be_bytes(bytes)
}

/// Fields that verifiers refuse unsigned: HTTP's and AWS's own (facts/sigv4.md section 2.1).
pub(crate) fn must_be_signed(prefix: Prefix, name: &str) -> bool {
    let md5 = || name.eq_ignore_ascii_case("content-md5");
    prefix == HOST || prefix.0 >> 16 == X_AMZ.0 >> 16 || (prefix == CONTENT && md5())
}

/// The first name that a choice leaves out although it must be signed.
pub(crate) fn left_out_wrongly<'a>(choice: FieldChoice<'a>) -> Option<&'a str> {
    choice.never.iter().copied().find(|name| must_be_signed(Prefix::of(name), name))
}

/// Fields that hops between signer and verifier change, or that the signature itself stands in (facts/sigv4.md section 1.1:
/// the union of what signers skip; those of W3C's tracing by botocore 1.44).
fn is_never_signed(prefix: Prefix, name: &str) -> bool {
    NEVER_SIGNED_PREFIXES.binary_search(&prefix).is_ok()
        && NEVER_SIGNED.iter().any(|never| never.eq_ignore_ascii_case(name))
}

/// Appends a name in lower case; false if it is no token.
pub(super) fn write_name(name: &str, out: &mut Vec<u8>) -> bool {
    let mut token = !name.is_empty();
    out.extend(name.bytes().map(|byte| {
        let lower = TOKEN[usize::from(byte)];
        token &= lower != 0;
        lower
    }));
    token
}

const HOST: Prefix = Prefix::of("host");

const CONTENT: Prefix = Prefix::of("content-md5");

const X_AMZ: Prefix = Prefix::of("x-amz-");

/// Sorted.
const NEVER_SIGNED: [&str; 21] = [
    "authorization",
    "baggage",
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "sec-websocket-extensions",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

const NEVER_SIGNED_PREFIXES: [Prefix; NEVER_SIGNED.len()] = {
    let mut prefixes = [Prefix(0); NEVER_SIGNED.len()];
    let mut at = 0;
    while at < prefixes.len() {
        prefixes[at] = Prefix::of(NEVER_SIGNED[at]);
        at += 1;
    }
    prefixes
};

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(choice: FieldChoice<'_>, name: &str) -> bool {
        choice.takes(Prefix::of(name), name)
    }

    #[test]
    fn prefixes_sort_as_names_do() {
        let names = ["A", "ab", "accept", "Content-MD5", "content-type", "HOST", "x-amz-", "X-Amz-Date", "~"];
        assert!(names.windows(2).all(|pair| Prefix::of(pair[0]) <= Prefix::of(pair[1])));
        let folded = |name: &str| Prefix::of(name) == Prefix::of(&name.to_lowercase());
        assert!((0..=127_u8).all(|byte| folded(&(byte as char).to_string().repeat(8))));
    }

    #[test]
    fn signs_what_it_must_and_never_what_hops_change() {
        let all = FieldChoice::default();
        for name in ["Host", "host", "X-Amz-Date", "x-amz-meta-a", "content-type", "Range", "cookie", "hosts"]
        {
            assert!(takes(all, name), "{name}");
        }
        assert!(NEVER_SIGNED.is_sorted() && NEVER_SIGNED_PREFIXES.is_sorted());
        for name in NEVER_SIGNED {
            assert!(!takes(all, name) && !takes(all, &name.to_uppercase()), "{name}");
        }
    }

    #[test]
    fn follows_the_choice_where_there_is_one() {
        let none = FieldChoice { only: Some(&[]), ..FieldChoice::default() };
        let never = FieldChoice { never: &["Content-Type"], content_length: true, ..FieldChoice::default() };
        let only = FieldChoice { only: Some(&["range"]), ..FieldChoice::default() };
        for (choice, name, taken) in [
            (none, "host", true),
            (none, "x-amz-date", true),
            (none, "Content-MD5", true),
            (none, "content-type", false),
            (never, "content-type", false),
            (never, "CONTENT-LENGTH", true),
            (never, "range", true),
            (only, "Range", true),
            (only, "accept", false),
        ] {
            assert_eq!(takes(choice, name), taken, "{name} {choice:?}");
        }
    }
}
