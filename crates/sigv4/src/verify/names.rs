//! The list of signed names, and what of the request it covers.

use crate::Request;
use crate::canonical::{Prefix, SignedNames, has, is_token, must_be_signed};
use crate::cut::pieces;

/// A list of signed names, compared with the fields of its request. Usual ones need no allocation.
pub(super) struct SignedList<'t> {
    text: &'t str,
    /// The names in order and each once, where the text has them otherwise.
    reordered: Option<Vec<&'t str>>,
    pub(super) has_host: bool,
    /// Names that no field has. Those in capitals are among them, as names are signed in lower case.
    pub(super) missing: Vec<&'t str>,
    /// Names in lower case of fields that must be signed and are not, each once, as they came.
    pub(super) unsigned: Vec<String>,
    /// The first of them as it was sent.
    pub(super) first_unsigned: Option<&'t str>,
    /// A field that is not signed and need not be, but that readers which know no `_` take for one that must be.
    pub(super) look_alike: Option<&'t str>,
    /// Whether each name that is not signed is a token. The others are looked at when they are written to be signed.
    pub(super) tokens: bool,
}

/// The list is too long.
#[derive(Debug)]
pub(super) struct TooManyNames;

/// The names of a list that a field may have.
struct Names<'t> {
    few: [(Prefix, &'t str); FEW],
    many: Vec<(Prefix, &'t str)>,
    count: usize,
}

impl<'t> SignedList<'t> {
    /// Reads `host;x-amz-date`, and compares it with the fields. `exempt` need not be signed: a name in lower case.
    pub(super) fn read(text: &'t str, request: &Request<'t>, exempt: &str) -> Result<Self, TooManyNames> {
        let mut list = Self {
            text,
            reordered: None,
            has_host: false,
            missing: Vec::new(),
            unsigned: Vec::new(),
            first_unsigned: None,
            look_alike: None,
            tokens: true,
        };
        let mut names = Names { few: [(Prefix::of(""), ""); FEW], many: Vec::new(), count: 0 };
        let capitals = has(text.as_bytes(), |byte| byte.is_ascii_uppercase());
        let (mut in_order, mut last) = (!capitals, None);
        for name in pieces(text, b';') {
            let entry = (Prefix::of(name), name);
            in_order &= last < Some(entry) && !name.is_empty();
            last = Some(entry);
            if capitals && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                list.missing.push(name);
            } else if !name.is_empty() {
                names.push(entry)?;
            }
            if names.count + list.missing.len() > MAX_NAMES {
                return Err(TooManyNames);
            }
        }
        if !in_order {
            list.reordered = Some(names.bring_in_order());
        }
        list.compare(&names, request, exempt);
        Ok(list)
    }

    /// Whether it stands as it must: in order, in lower case, each name once.
    pub(super) fn is_in_order(&self) -> bool {
        self.reordered.is_none()
    }

    /// What is signed.
    pub(super) fn signed(&self) -> SignedNames<'_> {
        match &self.reordered {
            Some(names) => SignedNames::Listed(names),
            None => SignedNames::Text(self.text),
        }
    }

    /// The list as it was sent.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    fn compare(&mut self, names: &Names<'t>, request: &Request<'t>, exempt: &str) {
        let mut seen = [0_u64; MAX_NAMES / 64];
        for (name, _) in request.headers {
            let prefix = Prefix::of(name);
            match names.place(prefix, name) {
                Some(place) => seen[place / 64] |= 1 << (place % 64),
                None if must_be_signed(prefix, name) && !name.eq_ignore_ascii_case(exempt) => {
                    self.first_unsigned = self.first_unsigned.or(Some(*name));
                    self.unsigned.push(name.to_ascii_lowercase());
                }
                None => {
                    self.tokens &= is_token(name);
                    self.look_alike = self.look_alike.or_else(|| looks_signed(name).then_some(*name));
                }
            }
        }
        keep_first_of_each(&mut self.unsigned);
        for (place, (_, name)) in names.as_slice().iter().enumerate() {
            self.has_host |= *name == "host";
            if seen[place / 64] >> (place % 64) & 1 == 0 {
                self.missing.push(name);
            }
        }
    }
}

impl<'t> Names<'t> {
    fn as_slice(&self) -> &[(Prefix, &'t str)] {
        if self.many.is_empty() { &self.few[..self.count] } else { &self.many }
    }

    fn push(&mut self, entry: (Prefix, &'t str)) -> Result<(), TooManyNames> {
        if self.count == MAX_NAMES {
            return Err(TooManyNames);
        }
        match self.few.get_mut(self.count) {
            Some(place) => *place = entry,
            None => {
                if self.many.is_empty() {
                    self.many.extend_from_slice(&self.few);
                }
                self.many.push(entry);
            }
        }
        self.count += 1;
        Ok(())
    }

    fn bring_in_order(&mut self) -> Vec<&'t str> {
        let mut all = self.as_slice().to_vec();
        all.sort_unstable();
        all.dedup();
        let names = all.iter().map(|(_, name)| *name).collect();
        self.count = all.len();
        self.many = all;
        names
    }

    /// Where a field of this name, in whatever case, stands among them.
    fn place(&self, prefix: Prefix, name: &str) -> Option<usize> {
        let names = self.as_slice();
        if names.len() <= FEW {
            return names.iter().position(|(p, held)| *p == prefix && is_name(held, name));
        }
        let lower = |byte: u8| byte.to_ascii_lowercase();
        let compare = |(p, held): &(Prefix, &str)| {
            p.cmp(&prefix).then_with(|| held.bytes().cmp(name.bytes().map(lower)))
        };
        names.binary_search_by(compare).ok()
    }
}

/// Whether `_` stands in a name where `-` would make it one that must be signed: gateways to programs (CGI, WSGI) make one name
/// of both.
fn looks_signed(name: &str) -> bool {
    name.contains('_') && {
        let other = name.replace('_', "-");
        must_be_signed(Prefix::of(&other), &other)
    }
}

/// Whether this is the name, without case. Most names come in lower case.
fn is_name(held: &str, name: &str) -> bool {
    held == name || held.eq_ignore_ascii_case(name)
}

/// Drops later ones of a name, and keeps the order of the first ones.
fn keep_first_of_each(names: &mut Vec<String>) {
    if names.len() < 2 {
        return;
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
}

const MAX_NAMES: usize = 256;
/// SDKs seldom sign more.
const FEW: usize = 16;
