//! Where in a text something stands.

use std::fmt;

/// A place in a text, as editors count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters; a byte that is not UTF-8 counts as one.
    pub column: usize,
}

impl Place {
    /// The place of the byte at `offset`; behind the end, the place of the end.
    pub(crate) fn of(text: &[u8], offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        // Continuation bytes belong to the character that is counted already.
        let column = before[start..].iter().filter(|byte| **byte & 0xc0 != 0x80).count() + 1;
        Self { line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        let text = "aé\nü!".as_bytes();
        let places: Vec<_> = [0, 1, 3, 4, 6, 99].map(|at| Place::of(text, at).to_string()).into();
        assert_eq!(
            places,
            [
                "line 1, column 1",
                "line 1, column 2",
                "line 1, column 3",
                "line 2, column 1",
                "line 2, column 2",
                "line 2, column 3"
            ]
        );
    }
}
