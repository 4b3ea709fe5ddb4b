//! One value of a filter, wildcards and all.
//!
//! Rule: matching is linear in the text for each `*`, so no pattern is slow: a pattern is runs of characters between stars, each
//! found at its first place.

/// A value that a filter is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What stands between the stars; one run where there is no star.
    runs: Vec<Vec<Symbol>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Symbol {
    /// `?`
    Any,
    One(char),
}

impl Pattern {
    /// `*` is any text, `?` any character; `\` takes what is special from the character behind it.
    pub fn new(text: &str) -> Self {
        let mut runs = vec![Vec::new()];
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            let symbol = match character {
                '*' => {
                    runs.push(Vec::new());
                    continue;
                }
                '?' => Symbol::Any,
                '\\' => Symbol::One(characters.next().unwrap_or('\\')),
                plain => Symbol::One(plain),
            };
            runs.last_mut().expect("begins with one run").push(symbol);
        }
        Self { runs }
    }

    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (first, rest) = self.runs.split_first().expect("at least one run");
        let Some((last, middle)) = rest.split_last() else {
            return first.len() == text.len() && begins(&text, first);
        };
        if !begins(&text, first) {
            return false;
        }
        let mut rest = &text[first.len()..];
        for run in middle {
            let Some(at) = find(rest, run) else { return false };
            rest = &rest[at + run.len()..];
        }
        rest.len() >= last.len() && begins(&rest[rest.len() - last.len()..], last)
    }
}

fn begins(text: &[char], run: &[Symbol]) -> bool {
    text.len() >= run.len()
        && run.iter().zip(text).all(|(symbol, character)| match symbol {
            Symbol::Any => true,
            Symbol::One(one) => one == character,
        })
}

/// The first place of a run. A value has at most 255 characters, which bounds the product of both lengths.
fn find(text: &[char], run: &[Symbol]) -> Option<usize> {
    (0..=text.len().checked_sub(run.len())?).find(|at| begins(&text[*at..], run))
}
