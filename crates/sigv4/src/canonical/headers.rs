//! Canonical fields and the list of their names.

use std::cmp::Ordering;
use std::ops::Range;

use super::alphabet::{TOKEN, has};
use super::names::{Prefix, SignedNames, write_name};
use super::{CanonicalError, MAX_BYTES, MAX_SIGNED};
use crate::cut::pieces;
use crate::{ServiceRules, WhiteSpace};

/// A list of fields as a request bears them.
pub(super) type Headers<'a> = &'a [(&'a str, &'a [u8])];

/// The signed fields of a request, sorted by name, in order of arrival within a name; a few that a list names stand as they came.
pub(super) struct Fields<'a> {
    sent: Headers<'a>,
    added: Headers<'a>,
    /// Most requests have few: they are sorted on the stack.
    few: [Field; FEW],
    many: Vec<Field>,
    count: usize,
}

/// A field: the first bytes of its name, and where it stands, those that are added after those that were sent.
#[derive(Clone, Copy, Default)]
struct Field {
    prefix: Prefix,
    index: usize,
}

impl<'a> Fields<'a> {
    /// All of them, none chosen yet. To be filled where it stands: it is large to move.
    pub(super) fn of(sent: Headers<'a>, added: Headers<'a>) -> Self {
        let count = sent.len() + added.len();
        let many = if count > FEW { vec![Field::default(); count] } else { Vec::new() };
        Self { sent, added, few: [Field::default(); FEW], many, count: 0 }
    }

    /// Chooses and sorts the fields that are signed.
    pub(super) fn choose(&mut self, signed: SignedNames<'_>) -> Result<(), CanonicalError> {
        let mut bytes = 0;
        for (index, (name, value)) in self.sent.iter().chain(self.added).enumerate() {
            // A field's line ends in two bytes, and has two between name and value.
            bytes += name.len() + value.len() + 4;
            let prefix = Prefix::of(name);
            let taken = match signed {
                SignedNames::All => super::FieldChoice::default().takes(prefix, name),
                SignedNames::Chosen(choice) => choice.takes(prefix, name),
                SignedNames::Listed(_) | SignedNames::Text(_) => true,
            };
            if taken {
                self.push(Field { prefix, index });
            }
        }
        if bytes > MAX_BYTES {
            return Err(CanonicalError::TooLong { part: "headers", bytes, limit: MAX_BYTES });
        }
        let by_list = matches!(signed, SignedNames::Listed(_) | SignedNames::Text(_));
        // A list is in order, and a few fields are looked through for each of its names faster than they are sorted.
        if !by_list || !self.many.is_empty() {
            self.sort();
        }
        Ok(())
    }

    /// Appends `name:value` lines, an empty line, and the names; returns where the names stand.
    pub(super) fn write(
        &self,
        signed: SignedNames<'_>,
        rules: &ServiceRules,
        out: &mut Vec<u8>,
    ) -> Result<Range<usize>, CanonicalError> {
        match signed {
            SignedNames::All | SignedNames::Chosen(_) => self.write_all(rules, out),
            SignedNames::Listed(names) => {
                self.write_lines(names.iter().copied(), rules, out)?;
                let start = out.len();
                for (index, name) in names.iter().enumerate() {
                    if index > 0 {
                        out.push(b';');
                    }
                    out.extend_from_slice(name.as_bytes());
                }
                Ok(start..out.len())
            }
            SignedNames::Text(names) => {
                self.write_lines(pieces(names, b';'), rules, out)?;
                let start = out.len();
                out.extend_from_slice(names.as_bytes());
                Ok(start..out.len())
            }
        }
    }

    /// Appends the names of all chosen fields: lower case, `;` between them.
    pub(super) fn write_names(&self, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
        let start = out.len();
        let mut count = 0;
        let mut last = None;
        for field in self.chosen() {
            let name = self.name(field);
            if last.is_some_and(|last| self.compare(last, field.prefix, name) == Ordering::Equal) {
                continue;
            }
            if out.len() > start {
                out.push(b';');
            }
            if !write_name(name, out) {
                return Err(CanonicalError::no_token(name));
            }
            last = Some(field);
            count += 1;
        }
        if count > MAX_SIGNED {
            return Err(CanonicalError::TooManySigned(count));
        }
        Ok(())
    }

    fn write_all(&self, rules: &ServiceRules, out: &mut Vec<u8>) -> Result<Range<usize>, CanonicalError> {
        let mut rest = self.chosen();
        while let Some(first) = rest.first() {
            let name = self.name(first);
            let same = 1 + rest[1..].iter().take_while(|f| self.is(f, first.prefix, name)).count();
            if !write_name(name, out) {
                return Err(CanonicalError::no_token(name));
            }
            self.write_values(rest[..same].iter(), true, rules, out)?;
            rest = &rest[same..];
        }
        out.push(b'\n');
        let start = out.len();
        self.write_names(out)?;
        Ok(start..out.len())
    }

    fn write_lines<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
        rules: &ServiceRules,
        out: &mut Vec<u8>,
    ) -> Result<(), CanonicalError> {
        for (index, name) in names.enumerate() {
            if index == MAX_SIGNED {
                return Err(CanonicalError::TooManySigned(index + 1));
            }
            let prefix = Prefix::of(name);
            let mut fields = self.named(prefix, name).peekable();
            if fields.peek().is_none() {
                return Err(CanonicalError::MissingHeader(shown(name)));
            }
            // A list in capitals names nothing: what is signed is the list as it stands.
            if !is_lower_token(name) {
                let error =
                    if is_token(name) { CanonicalError::MissingHeader } else { CanonicalError::NoToken };
                return Err(error(shown(name)));
            }
            out.extend_from_slice(name.as_bytes());
            self.write_values(fields, false, rules, out)?;
        }
        out.push(b'\n');
        Ok(())
    }

    /// The fields of a name in order of arrival, where they were chosen by a list.
    fn named<'f>(&'f self, prefix: Prefix, name: &'f str) -> impl Iterator<Item = &'f Field> {
        let mut fields = self.chosen();
        if !self.many.is_empty() {
            let start = fields.partition_point(|f| self.compare(f, prefix, name) == Ordering::Less);
            let same = fields[start..].iter().take_while(|f| self.is(f, prefix, name)).count();
            fields = &fields[start..start + same];
        }
        fields.iter().filter(move |field| self.is(field, prefix, name))
    }

    /// Appends the rest of a line: the values of fields of one name, joined by commas.
    fn write_values<'f>(
        &self,
        fields: impl Iterator<Item = &'f Field>,
        strict: bool,
        rules: &ServiceRules,
        out: &mut Vec<u8>,
    ) -> Result<(), CanonicalError> {
        for (index, field) in fields.enumerate() {
            let (name, value) = self.field(field);
            out.push(if index > 0 { b',' } else { b':' });
            if is_plain(value) {
                out.extend_from_slice(value);
            } else {
                write_words(name, value, strict, rules, out)?;
            }
        }
        out.push(b'\n');
        Ok(())
    }

    fn push(&mut self, field: Field) {
        let place =
            if self.many.is_empty() { self.few.get_mut(self.count) } else { self.many.get_mut(self.count) };
        *place.expect("there is room for each field") = field;
        self.count += 1;
    }

    fn sort(&mut self) {
        let (sent, added) = (self.sent, self.added);
        let name = |field: &Field| match sent.get(field.index) {
            Some((name, _)) => *name,
            None => added[field.index - sent.len()].0,
        };
        let all =
            if self.many.is_empty() { &mut self.few[..self.count] } else { &mut self.many[..self.count] };
        all.sort_unstable_by(|one, other| {
            let prefixes = one.prefix.cmp(&other.prefix);
            prefixes.then_with(|| compare(name(one), name(other))).then(one.index.cmp(&other.index))
        });
    }

    fn chosen(&self) -> &[Field] {
        if self.many.is_empty() { &self.few[..self.count] } else { &self.many[..self.count] }
    }

    fn field(&self, field: &Field) -> (&'a str, &'a [u8]) {
        match self.sent.get(field.index) {
            Some(field) => *field,
            None => self.added[field.index - self.sent.len()],
        }
    }

    fn name(&self, field: &Field) -> &'a str {
        self.field(field).0
    }

    fn compare(&self, field: &Field, prefix: Prefix, name: &str) -> Ordering {
        field.prefix.cmp(&prefix).then_with(|| compare(self.name(field), name))
    }

    fn is(&self, field: &Field, prefix: Prefix, name: &str) -> bool {
        let is_name = |held: &str| held == name || held.eq_ignore_ascii_case(name);
        field.prefix == prefix && is_name(self.name(field))
    }
}

/// Compares names without case.
fn compare(one: &str, other: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    one.bytes().map(lower).cmp(other.bytes().map(lower))
}

/// Whether a value is canonical as it is: no space around it, no two in a row, no control character.
fn is_plain(value: &[u8]) -> bool {
    // Most values hold no space.
    if !has(value, |byte| byte <= b' ') {
        return true;
    }
    let mut before = b' ';
    let inner = value.iter().all(|byte| {
        let before = std::mem::replace(&mut before, *byte);
        *byte > b' ' || (*byte == b' ' && before != b' ')
    });
    inner && before != b' '
}

/// Appends a value without the white space around it, runs of white space within it as one space.
fn write_words(
    name: &str,
    value: &[u8],
    strict: bool,
    rules: &ServiceRules,
    out: &mut Vec<u8>,
) -> Result<(), CanonicalError> {
    // RFC 9110 section 5.5: blanks around a value are no part of it, whatever service reads it.
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value.iter().position(|byte| !blank(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !blank(byte)).map_or(start, |at| at + 1);
    let value = &value[start..end];
    if value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Err(CanonicalError::ControlInValue(shown(name)));
    }
    if strict && value.iter().any(|byte| matches!(byte, b'\t' | 0x0b | 0x0c)) {
        return Err(CanonicalError::TabInValue(shown(name)));
    }
    let between = |byte: &u8| match rules.white_space {
        WhiteSpace::Space => *byte == b' ',
        WhiteSpace::SpaceAndTab => blank(byte),
    };
    for (index, word) in value.split(between).filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
    Ok(())
}

/// As much of a name as an error shows.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(64).collect()
}

/// Whether a method is a token.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| TOKEN[usize::from(byte)] != 0)
}

/// Whether a name is a token, and stands as canonical requests have it.
fn is_lower_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte != 0 && TOKEN[usize::from(byte)] == byte)
}

const FEW: usize = 16;
