//! Names with `*` for any characters and `?` for one.

use std::fmt;

/// A name, or the form of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(String);

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Takes time in proportion to both lengths.
    pub(super) fn matches(&self, name: &str) -> bool {
        let (pattern, name): (Vec<char>, Vec<char>) = (self.0.chars().collect(), name.chars().collect());
        let (mut at, mut seen) = (0, 0);
        // Where to go on from when a guess at the last star's length was wrong.
        let mut star: Option<(usize, usize)> = None;
        while seen < name.len() {
            match pattern.get(at) {
                Some('*') => {
                    star = Some((at, seen));
                    at += 1;
                }
                Some(c) if *c == '?' || *c == name[seen] => (at, seen) = (at + 1, seen + 1),
                _ => match star {
                    Some((of, from)) => {
                        star = Some((of, from + 1));
                        (at, seen) = (of + 1, from + 1);
                    }
                    None => return false,
                },
            }
        }
        pattern[at..].iter().all(|c| *c == '*')
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_number_of_characters() {
        for (pattern, yes, no) in [
            ("eu-*", "eu-central-1", "us-east-1"),
            ("*", "", "\0never"),
            ("Dev?", "Dev1", "Dev"),
            ("a*b*c", "aXbYbc", "abX"),
            ("Admin", "Admin", "admin"),
            ("*a*a*a*b", "aaab", "aaaaaaaaaaaaaaaaaaaaaaaaac"),
        ] {
            assert!(Pattern::new(pattern).matches(yes), "{pattern} {yes}");
            assert!(pattern == "*" || !Pattern::new(pattern).matches(no), "{pattern} {no}");
        }
    }
}
