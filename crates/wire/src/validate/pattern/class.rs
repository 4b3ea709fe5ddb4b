//! Sets of characters.

use super::letters::is_letter;

/// A set of characters: ranges, and classes of Unicode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Class {
    ranges: Vec<(char, char)>,
    letters: bool,
    numbers: bool,
    separators: bool,
    negated: bool,
    /// Of the first 128 characters, those that it has: a bit each.
    ascii: u128,
}

impl Class {
    pub(super) fn one(character: char) -> Self {
        Self { ranges: vec![(character, character)], ..Self::default() }
    }

    /// `.`: all but the ends of lines.
    pub(super) fn any() -> Self {
        let ends = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
        Self { ranges: ends.map(|end| (end, end)).to_vec(), negated: true, ..Self::default() }
    }

    pub(super) fn negate(&mut self) {
        self.negated = true;
    }

    pub(super) fn add(&mut self, from: char, to: char) {
        self.ranges.push((from, to));
    }

    /// `\w` and its like; false where the letter names no class.
    pub(super) fn add_named(&mut self, letter: char) -> bool {
        match letter {
            'w' => self.ranges.extend([('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]),
            'd' => self.ranges.push(('0', '9')),
            's' => self.ranges.extend([('\t', '\r'), (' ', ' ')]),
            _ => return false,
        }
        true
    }

    /// `\p{L}` and its like; false where that is not known.
    pub(super) fn add_category(&mut self, name: &str) -> bool {
        match name {
            "L" => self.letters = true,
            "N" => self.numbers = true,
            "Z" => self.separators = true,
            _ => return false,
        }
        true
    }

    /// Ready to be asked.
    pub(super) fn settled(mut self) -> Self {
        let has = |byte: &u8| self.looked_up(char::from(*byte));
        self.ascii = (0..128).filter(has).fold(0, |set, byte| set | 1 << byte);
        self
    }

    pub(crate) fn has(&self, character: char) -> bool {
        match u32::from(character) {
            number @ 0..128 => self.ascii >> number & 1 == 1,
            _ => self.looked_up(character),
        }
    }

    fn looked_up(&self, character: char) -> bool {
        let held = self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&character))
            || (self.letters && is_letter(character))
            || (self.numbers && character.is_numeric())
            || (self.separators && is_separator(character));
        held != self.negated
    }
}

/// Unicode's category Z.
fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}')
        || matches!(character, '\u{202f}' | '\u{205f}' | '\u{3000}')
}
