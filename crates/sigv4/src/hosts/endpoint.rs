//! The host of a service in a region, for callers who name no URL.

use std::borrow::Cow;

use super::name::is_region;
use super::partition::{Form, Partition};
use super::rows::{self, PrefixRow};

/// The host of a service in a region, by the first part of its hosts (`email`) or by its signing name (`ses`).
///
/// A host under the partition's plain suffix if the endpoint data has one, else one for dual stack; global services have the host
/// of their partition. For a known service in a region that the data does not have, the host by the usual pattern. Nothing where
/// neither name is known, where the signing name stands for several hosts (`lex`), and where the region is no region's name.
pub fn endpoint_of(service: &str, region: &str) -> Option<Cow<'static, str>> {
    if !is_region(region) {
        return None;
    }
    let partition = Partition::of_region(region);
    let row = rows::prefix(service);
    let named = |form| row.filter(|row| row.is_known_in(region, form));
    let host = |row: PrefixRow, suffix| Cow::Owned(format!("{}.{region}.{suffix}", row.prefix));
    if let Some(row) = named(Form::Plain) {
        return Some(host(row, partition.suffix));
    }
    if let Some(host) = global(service, partition) {
        return Some(Cow::Borrowed(host));
    }
    if let Some(row) = only_prefix(service, region, Form::Plain) {
        return Some(host(row, partition.suffix));
    }
    match named(Form::DualStack).or_else(|| only_prefix(service, region, Form::DualStack)) {
        Some(row) => Some(host(row, partition.dual_stack)),
        None => row.map(|row| host(row, partition.suffix)),
    }
}

/// The host of a service for a whole partition: not that of FIPS, nor one of dual stack.
fn global(service: &str, partition: &Partition) -> Option<&'static str> {
    let plain = |host: &str| {
        let stem = host.strip_suffix(partition.suffix).and_then(|stem| stem.strip_suffix('.'));
        stem.is_some_and(|stem| {
            !stem.contains("-fips") && !stem.contains("dualstack") && !stem.contains("external")
        })
    };
    let mut hosts = rows::exceptions().filter(|(host, found)| {
        found.service == service && plain(host) && Partition::of_region(found.region) == partition
    });
    hosts.next().map(|(host, _)| host)
}

/// The prefix of a signing name, where it has but one in the region.
fn only_prefix(service: &str, region: &str, form: Form) -> Option<PrefixRow> {
    let mut rows = rows::prefixes().filter(|row| {
        let special = row.prefix.contains("-fips") || row.prefix.contains("dualstack");
        row.service == service && !special && row.is_known_in(region, form)
    });
    let first = rows.next()?;
    rows.next().is_none().then_some(first)
}
