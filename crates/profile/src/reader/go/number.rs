//! What that SDK takes for a number: it looks at the text up to the next blank or line end, in two passes that do not
//! agree with each other.

/// A number in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// In bytes.
    pub length: usize,
    /// Nothing for a number with a point or an exponent.
    pub integer: Option<i64>,
}

/// Whether the first pass takes the text for a number.
pub(super) fn begins_number(text: &str) -> bool {
    let mut form = Form::default();
    let mut wants_digit = false;
    // Counts from the start, and again from an exponent.
    let mut since = 0;
    for (at, letter) in text.char_indices() {
        since += 1;
        match letter {
            '-' if form.negative || since != 1 => return false,
            '-' => form.sign(),
            'b' if form.base == Some(Base::Hex) => {
                wants_digit = false;
                continue;
            }
            'b' | 'o' | 'x' if at == 0 => return false,
            'e' | 'E' | 'b' | 'o' | 'x' | '.' => {
                if !form.determine(letter) {
                    return false;
                }
                if matches!(letter, 'e' | 'E') {
                    since = 0;
                }
            }
            _ if at > 0 && ends(&text[at..]) => return !wants_digit,
            digit if form.allows(digit) => {
                wants_digit = false;
                continue;
            }
            _ => return false,
        }
        wants_digit = true;
    }
    !wants_digit
}

/// The number that the second pass finds; nothing where it fails on what the first one accepted.
pub(super) fn number(text: &str) -> Option<Number> {
    let length = text.char_indices().find(|(at, _)| ends(&text[*at..])).map_or(text.len(), |(at, _)| at);
    let digits = &text[..length];
    if !digits.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    // A letter for the base stands second or not at all.
    let hex = digits.as_bytes().get(1) == Some(&b'x');
    let base_letter = digits.bytes().position(|byte| matches!(byte, b'o' | b'x') || (byte == b'b' && !hex));
    if base_letter.is_some_and(|at| at != 1) {
        return None;
    }
    let decimal = digits.contains(['.', 'e', 'E']);
    // What is too large to be kept is kept as the largest.
    let whole = |digits: &str, base| i64::from_str_radix(digits, base).unwrap_or(i64::MAX);
    let integer = match digits.as_bytes().get(1) {
        _ if decimal => None,
        Some(b'x') => Some(whole(&digits[2..], 16)),
        Some(b'o') => Some(whole(&digits[2..], 8)),
        Some(b'b') => Some(whole(&digits[2..], 2)),
        _ => Some(whole(digits, 10)),
    };
    Some(Number { length, integer })
}

fn ends(text: &str) -> bool {
    let blank = |letter: char| letter.is_whitespace() && letter != '\r';
    text.starts_with("\r\n") || text.starts_with(blank)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    Binary,
    Octal,
    Hex,
    Decimal,
    Exponent,
}

#[derive(Default)]
struct Form {
    base: Option<Base>,
    negative: bool,
}

impl Form {
    fn sign(&mut self) {
        // Once a form is known, a sign is read and forgotten.
        self.negative |= self.base.is_none();
    }

    fn determine(&mut self, letter: char) -> bool {
        let known = self.base.is_some();
        self.base = self.base.or(Some(match letter {
            'b' => Base::Binary,
            'o' => Base::Octal,
            'x' => Base::Hex,
            '.' => Base::Decimal,
            _ => Base::Exponent,
        }));
        !known
    }

    fn allows(&self, letter: char) -> bool {
        match self.base {
            Some(Base::Binary) => matches!(letter, '0' | '1'),
            Some(Base::Octal) => matches!(letter, '0'..='7'),
            Some(Base::Hex) => letter.is_ascii_hexdigit(),
            Some(Base::Decimal | Base::Exponent) | None => letter.is_ascii_digit(),
        }
    }
}
