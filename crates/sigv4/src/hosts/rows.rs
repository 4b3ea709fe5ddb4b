//! Looking things up in the generated table.

use std::borrow::Cow;

use super::partition::{Form, Partition};
use super::{Candidate, How, Signing, table};

/// A line of prefixes.
#[derive(Clone, Copy)]
pub(super) struct PrefixRow {
    /// What stands before region and suffix.
    pub(super) prefix: &'static str,
    pub(super) service: &'static str,
    plain: u128,
    dual_stack: u128,
}

impl PrefixRow {
    /// Whether the data names this prefix in this region, under a suffix of this form.
    pub(super) fn is_known_in(&self, region: &str, form: Form) -> bool {
        let bits = match form {
            Form::Plain => self.plain,
            Form::DualStack => self.dual_stack,
            Form::Resource => 0,
        };
        let number = table::REGIONS.lines().position(|known| known == region);
        number.is_some_and(|number| bits.checked_shr(number as u32).unwrap_or(0) & 1 == 1)
    }

    fn read(line: &'static str) -> Option<Self> {
        let mut words = line.split(' ');
        let prefix = words.next()?;
        let service = words.next()?;
        let mut bits = || words.next().and_then(|word| u128::from_str_radix(word, 16).ok()).unwrap_or(0);
        let (plain, dual_stack) = (bits(), bits());
        Some(Self { prefix, service: if service == "=" { prefix } else { service }, plain, dual_stack })
    }
}

/// All prefixes, sorted.
pub(super) fn prefixes() -> impl Iterator<Item = PrefixRow> {
    table::PREFIXES.lines().filter_map(PrefixRow::read)
}

/// The row of a prefix, found by halving the text.
pub(super) fn prefix(wanted: &str) -> Option<PrefixRow> {
    let mut rest = table::PREFIXES;
    while !rest.is_empty() {
        let middle = rest.floor_char_boundary(rest.len() / 2);
        let start = rest[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = rest[start..].find('\n').map_or(rest.len(), |at| start + at);
        let row = PrefixRow::read(&rest[start..end])?;
        rest = match wanted.cmp(row.prefix) {
            std::cmp::Ordering::Equal => return Some(row),
            std::cmp::Ordering::Less => &rest[..start.saturating_sub(1)],
            std::cmp::Ordering::Greater => rest.get(end + 1..).unwrap_or_default(),
        };
    }
    None
}

/// Signing name and region of hosts that are no prefix, region and suffix.
pub(super) fn exceptions() -> impl Iterator<Item = (&'static str, Candidate)> {
    table::HOSTS.lines().filter_map(triple)
}

/// A host that the data names, as it stands.
pub(super) fn host(name: &str) -> Option<Signing> {
    let exception = exceptions().find(|(host, _)| *host == name).map(|(_, found)| found);
    let (service, region) = match exception {
        Some(found) => (found.service, found.region),
        None => named(name)?,
    };
    let others: Vec<_> = table::OTHERS
        .lines()
        .filter_map(triple)
        .filter(|(host, _)| *host == name)
        .map(|(_, other)| other)
        .collect();
    Some(Signing {
        service: Cow::Borrowed(service),
        region: Cow::Borrowed(region),
        how: if others.is_empty() { How::Table } else { How::Ambiguous },
        others,
    })
}

fn named(name: &str) -> Option<(&'static str, &'static str)> {
    let (stem, form, _) = Partition::split(name)?;
    let (before, label) = stem.rsplit_once('.')?;
    let region = table::REGIONS.lines().find(|known| *known == label)?;
    let suffix = Partition::of_region(region).suffix_of(form)?;
    let row = prefix(before)?;
    let whole = row.is_known_in(region, form) && name.ends_with(suffix);
    whole.then_some((row.service, region))
}

fn triple(line: &'static str) -> Option<(&'static str, Candidate)> {
    let mut words = line.split(' ');
    let host = words.next()?;
    Some((host, Candidate { service: words.next()?, region: words.next()? }))
}
