//! The canonical query: decoded, encoded, sorted by name and then by value.
//!
//! Most queries are canonical or become so in their order: they are written once, as they are read. The others are sorted
//! where they stand.

use super::CanonicalError;
use super::alphabet::clean;
use super::encode::{Unit, first, push};

/// Appends the canonical form of two queries taken together, without the parameters named in `left_out`. `strict` refuses
/// broken escapes, which else stand for themselves.
pub(super) fn write(
    query: &[u8],
    added: &[u8],
    left_out: &[&str],
    strict: bool,
    out: &mut Vec<u8>,
) -> Result<(), CanonicalError> {
    let mut pairs = Pairs { start: out.len(), last: None, sorted: true, left_out, strict, out };
    // Capitals before `X-Amz-…`, small letters after it: in this order most pairs come sorted.
    let (one, other) = if query.first() < added.first() { (query, added) } else { (added, query) };
    pairs.append(one)?;
    pairs.append(other)?;
    if !pairs.sorted {
        pairs.sort();
    }
    Ok(())
}

/// What was written so far: `name=value`, joined by `&`.
struct Pairs<'a> {
    start: usize,
    last: Option<Pair>,
    sorted: bool,
    left_out: &'a [&'a str],
    strict: bool,
    out: &'a mut Vec<u8>,
}

/// Where a name begins and ends, and where its value ends.
#[derive(Clone, Copy)]
struct Pair {
    start: usize,
    equals: usize,
    end: usize,
}

impl Pairs<'_> {
    fn append(&mut self, query: &[u8]) -> Result<(), CanonicalError> {
        let mut rest = query;
        while !rest.is_empty() {
            if let [b'&', after @ ..] = rest {
                rest = after;
                continue;
            }
            if self.out.len() > self.start {
                self.out.push(b'&');
            }
            let start = self.out.len();
            rest = self.text(rest, true)?;
            let equals = self.out.len();
            self.out.push(b'=');
            if let [b'=', value @ ..] = rest {
                rest = self.text(value, false)?;
            }
            self.end(Pair { start, equals, end: self.out.len() });
        }
        Ok(())
    }

    /// Appends a name or a value, decoded and encoded; what follows begins with the `&` or, for a name, the `=` that ended it.
    fn text<'t>(&mut self, text: &'t [u8], name: bool) -> Result<&'t [u8], CanonicalError> {
        let mut rest = text;
        loop {
            let (same, other) = rest.split_at(clean(rest, false));
            self.out.extend_from_slice(same);
            rest = match first(other) {
                None | Some(Unit::Byte(b'&', _)) => return Ok(other),
                Some(Unit::Byte(b'=', _)) if name => return Ok(other),
                Some(Unit::Byte(b'+', after)) => {
                    push(b' ', self.out);
                    after
                }
                Some(Unit::Byte(byte, after) | Unit::Escaped(byte, after)) => {
                    push(byte, self.out);
                    after
                }
                Some(Unit::Broken(_)) if self.strict => return Err(CanonicalError::BrokenEscape),
                Some(Unit::Broken(after)) => {
                    push(b'%', self.out);
                    after
                }
            };
        }
    }

    /// Takes a pair that was written, or takes it back.
    fn end(&mut self, pair: Pair) {
        let name = &self.out[pair.start..pair.equals];
        if self.left_out.iter().any(|left_out| left_out.as_bytes() == name) {
            // The `&` before it goes as well.
            self.out.truncate(pair.start.saturating_sub(1).max(self.start));
            return;
        }
        if let Some(last) = self.last {
            let value = &self.out[pair.equals + 1..pair.end];
            let before = (&self.out[last.start..last.equals], &self.out[last.equals + 1..last.end]);
            self.sorted &= before <= (name, value);
        }
        self.last = Some(pair);
    }

    /// Sorts pair by pair: as joined texts `a-b=` would come before `a=`.
    fn sort(&mut self) {
        let text = self.out.split_off(self.start);
        let halves = |pair: &'_ [u8]| pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let mut pairs: Vec<(&[u8], &[u8])> =
            text.split(|byte| *byte == b'&').map(|pair| pair.split_at(halves(pair))).collect();
        pairs.sort_unstable();
        for (index, (name, value)) in pairs.into_iter().enumerate() {
            if index > 0 {
                self.out.push(b'&');
            }
            self.out.extend_from_slice(name);
            self.out.extend_from_slice(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(query: &str, added: &str) -> String {
        let mut out = b"/\n".to_vec();
        write(query.as_bytes(), added.as_bytes(), &["X-Amz-Signature"], false, &mut out).unwrap();
        String::from_utf8(out.split_off(2)).unwrap()
    }

    #[test]
    fn writes_pairs_in_their_order() {
        for (query, expected) in [
            ("", ""),
            ("&&", ""),
            ("acl", "acl="),
            ("a=1&&b=2&", "a=1&b=2"),
            ("b=2&a=1", "a=1&b=2"),
            ("a=2&a=1&a=2", "a=1&a=2&a=2"),
            ("a=b=c", "a=b%3Dc"),
            ("=x", "=x"),
            ("=", "="),
            ("a=%aa", "a=%AA"),
            ("a=%41%2d%2F", "a=A-%2F"),
            ("a=x y+z%2B", "a=x%20y%20z%2B"),
            ("a=*/é", "a=%2A%2F%C3%A9"),
            ("a=100%", "a=100%25"),
            ("Param-3=Value3&Param=Value2&%E1%88%B4=Value1", "%E1%88%B4=Value1&Param=Value2&Param-3=Value3"),
            ("b&X-Amz-Signature=0&a", "a=&b="),
            ("X-Amz-Signature=0", ""),
            ("X-Amz-Signature=0&a", "a="),
            ("x-amz-signature=0", "x-amz-signature=0"),
        ] {
            assert_eq!(canonical(query, ""), expected, "{query}");
            assert_eq!(canonical("", query), expected, "{query}");
        }
    }

    #[test]
    fn takes_two_queries_as_one() {
        for query in ["prefix=a", "Action=B&Version=1", "X-Amz-B=1&X-Amz-D=2", "X-Amz-A"] {
            let joined = canonical(&format!("{query}&X-Amz-C=3"), "");
            assert_eq!(canonical(query, "X-Amz-C=3"), joined);
        }
    }

    #[test]
    fn refuses_broken_escapes_to_a_signer() {
        for query in ["a=%", "a=%2", "a=%zz", "%g0=1"] {
            let written = write(query.as_bytes(), b"", &[], true, &mut Vec::new());
            assert_eq!(written, Err(CanonicalError::BrokenEscape), "{query}");
        }
    }
}
