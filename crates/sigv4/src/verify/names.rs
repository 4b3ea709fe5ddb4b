//! The list of signed names, and what of the request it covers.

use crate::Request;

/// The signed names, in order, each once. Usual lists need no allocation.
pub(super) struct Names<'t> {
    few: [&'t str; FEW],
    many: Vec<&'t str>,
    count: usize,
}

/// The list is too long.
#[derive(Debug)]
pub(super) struct TooManyNames;

/// How a list agrees with the fields of a request.
pub(super) struct Coverage<'r> {
    /// Names in lower case of fields that must be signed and are not, each once, as they came.
    pub(super) unsigned: Vec<String>,
    /// The first of them as it was sent.
    pub(super) first_unsigned: Option<&'r str>,
    missing: [u64; MAX_NAMES / 64],
}

impl<'t> Names<'t> {
    /// Reads `host;x-amz-date`. The flag says whether the list was in order, in lower case and without a name twice.
    pub(super) fn read(text: &'t str) -> Result<(Self, bool), TooManyNames> {
        let mut names = Self { few: [""; FEW], many: Vec::new(), count: 0 };
        let mut in_order = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        let mut last = "";
        for name in text.split(';') {
            in_order &= last < name;
            last = name;
            if !name.is_empty() {
                names.push(name)?;
            }
        }
        if !in_order {
            names.bring_in_order();
        }
        Ok((names, in_order))
    }

    pub(super) fn as_slice(&self) -> &[&'t str] {
        if self.many.is_empty() { &self.few[..self.count] } else { &self.many }
    }

    pub(super) fn holds(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Compares the list with the fields. `exempt` are in lower case.
    pub(super) fn cover<'r>(&self, request: &Request<'r>, exempt: &[&str]) -> Coverage<'r> {
        let mut seen = [0; MAX_NAMES / 64];
        let mut unsigned: Vec<String> = Vec::new();
        let mut first_unsigned = None;
        for (name, _) in request.headers {
            match self.place(name) {
                Some(place) => seen[place / 64] |= 1 << (place % 64),
                None if must_be_signed(name) && !exempt.iter().any(|e| name.eq_ignore_ascii_case(e)) => {
                    first_unsigned = first_unsigned.or(Some(*name));
                    unsigned.push(name.to_ascii_lowercase());
                }
                None => {}
            }
        }
        keep_first_of_each(&mut unsigned);
        let missing = std::array::from_fn(|word| {
            let wanted = self.as_slice().len().saturating_sub(word * 64).min(64);
            let all = u64::MAX.checked_shr(64 - wanted as u32).unwrap_or(0);
            all & !seen[word]
        });
        Coverage { unsigned, first_unsigned, missing }
    }

    /// The names that no field of the request has.
    pub(super) fn missing<'a>(&'a self, coverage: &'a Coverage<'_>) -> impl Iterator<Item = &'t str> + 'a {
        let is_missing = |at: usize| coverage.missing[at / 64] >> (at % 64) & 1 == 1;
        self.as_slice().iter().enumerate().filter(move |(at, _)| is_missing(*at)).map(|(_, name)| *name)
    }

    fn push(&mut self, name: &'t str) -> Result<(), TooManyNames> {
        if self.count == MAX_NAMES {
            return Err(TooManyNames);
        }
        match self.few.get_mut(self.count) {
            Some(place) => *place = name,
            None => {
                if self.many.is_empty() {
                    self.many.extend_from_slice(&self.few);
                }
                self.many.push(name);
            }
        }
        self.count += 1;
        Ok(())
    }

    fn bring_in_order(&mut self) {
        let mut all = self.as_slice().to_vec();
        all.sort_unstable();
        all.dedup();
        self.count = all.len();
        self.many = all;
    }

    /// Where a field of this name, in whatever case, stands in the list.
    fn place(&self, name: &str) -> Option<usize> {
        let lower = |byte: &u8| byte.to_ascii_lowercase();
        let sought = || name.as_bytes().iter().map(lower);
        self.as_slice().binary_search_by(|held| held.bytes().cmp(sought())).ok()
    }
}

impl Coverage<'_> {
    pub(super) fn misses_any(&self) -> bool {
        self.missing.iter().any(|word| *word != 0)
    }
}

/// `host`, `content-md5` and all `x-amz-*`.
fn must_be_signed(name: &str) -> bool {
    let begins = |prefix: &str| name.get(..prefix.len()).is_some_and(|n| n.eq_ignore_ascii_case(prefix));
    begins("x-amz-") || name.eq_ignore_ascii_case("host") || name.eq_ignore_ascii_case("content-md5")
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
/// No SDK signs more.
const FEW: usize = 24;
