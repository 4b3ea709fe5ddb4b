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
    let start = out.len();
    let mut pairs =
        Pairs { start, few: [Pair::default(); FEW], count: 0, sorted: true, left_out, strict, out };
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
    /// The first ones; of those beyond only the last is kept, in the last place, and they are looked for again to be sorted.
    few: [Pair; FEW],
    count: usize,
    sorted: bool,
    left_out: &'a [&'a str],
    strict: bool,
    out: &'a mut Vec<u8>,
}

/// Where a name begins and ends, and where its value ends, from the start of the query.
#[derive(Clone, Copy, Default)]
struct Pair {
    start: usize,
    equals: usize,
    end: usize,
}

impl Pair {
    /// Name, and value with the `=` before it.
    fn halves<'t>(&self, query: &'t [u8]) -> (&'t [u8], &'t [u8]) {
        (&query[self.start..self.equals], &query[self.equals..self.end])
    }
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
            let start = self.out.len() - self.start;
            rest = self.text(rest, true)?;
            let equals = self.out.len() - self.start;
            self.out.push(b'=');
            if let [b'=', value @ ..] = rest {
                rest = self.text(value, false)?;
            }
            self.end(Pair { start, equals, end: self.out.len() - self.start });
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
        let query = &self.out[self.start..];
        let this = pair.halves(query);
        if self.left_out.iter().any(|left_out| left_out.as_bytes() == this.0) {
            // The `&` before it goes as well.
            self.out.truncate(self.start + pair.start.saturating_sub(1));
            return;
        }
        if let Some(last) = self.count.checked_sub(1) {
            self.sorted &= self.few[last.min(FEW - 1)].halves(query) <= this;
        }
        self.few[self.count.min(FEW - 1)] = pair;
        self.count += 1;
    }

    /// Sorts pair by pair: as joined texts `a-b=` would come before `a=`.
    fn sort(&mut self) {
        let text = self.out[self.start..].to_vec();
        self.out.truncate(self.start);
        if let Some(few) = self.few.get_mut(..self.count) {
            few.sort_unstable_by(|one, other| one.halves(&text).cmp(&other.halves(&text)));
            rewrite(few.iter().map(|pair| pair.halves(&text)), self.out);
            return;
        }
        let equals = |pair: &[u8]| pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let mut many: Vec<(&[u8], &[u8])> =
            text.split(|byte| *byte == b'&').map(|pair| pair.split_at(equals(pair))).collect();
        many.sort_unstable();
        rewrite(many.into_iter(), self.out);
    }
}

/// Appends names and values, `&` between them.
fn rewrite<'t>(pairs: impl Iterator<Item = (&'t [u8], &'t [u8])>, out: &mut Vec<u8>) {
    for (index, (name, value)) in pairs.enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.extend_from_slice(value);
    }
}

const FEW: usize = 16;

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
    fn sorts_many_as_it_sorts_few() {
        for count in 1..40 {
            let names: Vec<String> =
                (0..count).map(|number| format!("n-{:02}", number * 7 % count)).collect();
            let mut sorted: Vec<String> = names.iter().map(|name| format!("{name}=")).collect();
            sorted.sort_unstable();
            assert_eq!(canonical(&names.join("&"), ""), sorted.join("&"));
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
