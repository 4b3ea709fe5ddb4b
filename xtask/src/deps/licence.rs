//! Licence expressions (SPDX 2.3 annex D): `OR`, `AND`, `WITH`, parentheses, and the old `/` for `OR`.

use std::collections::BTreeSet;

/// Whether some choice of the expression needs allowed licences alone.
pub(super) fn allows(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, allowed };
    !words.is_empty() && reader.either() && reader.words.is_empty()
}

struct Reader<'a> {
    words: &'a [&'a str],
    allowed: &'a BTreeSet<String>,
}

impl Reader<'_> {
    fn either(&mut self) -> bool {
        let mut holds = self.both();
        while self.skip("OR") {
            holds |= self.both();
        }
        holds
    }

    fn both(&mut self) -> bool {
        let mut holds = self.one();
        while self.skip("AND") {
            holds &= self.one();
        }
        holds
    }

    fn one(&mut self) -> bool {
        if self.skip("(") {
            let holds = self.either();
            return self.skip(")") && holds;
        }
        let Some((licence, rest)) = self.words.split_first() else {
            return false;
        };
        self.words = rest;
        // An exception only ever grants more.
        if self.skip("WITH") {
            self.words = self.words.get(1..).unwrap_or_default();
        }
        self.allowed.contains(*licence)
    }

    fn skip(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_expressions() {
        let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned(), "Apache-2.0".to_owned()]);
        for (expression, holds) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("GPL-3.0 OR MIT", true),
            ("GPL-3.0 AND MIT", false),
            ("MIT/Apache-2.0", true),
            ("(MIT OR GPL-3.0) AND ISC", true),
            ("(MIT OR GPL-3.0) AND NCSA", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("ISC AND (Apache-2.0 OR ISC)", true),
            ("", false),
            ("(MIT", false),
        ] {
            assert_eq!(allows(expression, &allowed), holds, "{expression}");
        }
    }
}
