//! The hosts as a small table: a line per prefix, with a bit for each region it is known in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::endpoints::{Hosts, Region, Services, ranked};

/// What stands before region and suffix, with what signs it.
#[derive(Default)]
struct Prefix {
    service: String,
    /// A bit per region for hosts under the plain suffix, and under that for dual stack.
    plain: u128,
    dual_stack: u128,
}

/// Signing name and region by host.
type Exceptions<'a> = BTreeMap<&'a str, (&'a str, &'a str)>;

pub(super) fn written(version: &str, regions: &[Region], hosts: &Hosts, services: &Services) -> String {
    let (prefixes, exceptions) = split(regions, hosts, services);
    let mut out = HEAD.replace("VERSION", version);
    section(
        &mut out,
        "REGIONS",
        "Regions in the order of the bits.",
        regions.iter().map(|region| region.name.clone()),
    );
    section(
        &mut out,
        "PREFIXES",
        "Prefix, signing name (`=` for the same), and in hexadecimal the regions in which it is known to have hosts: under the\n\
         /// partition's suffix, then under that for dual stack.",
        prefixes.iter().map(|(prefix, row)| line(prefix, row)),
    );
    section(
        &mut out,
        "HOSTS",
        "Hosts of another form: host, signing name, region.",
        exceptions.iter().map(|(host, (service, region))| format!("{host} {service} {region}")),
    );
    let others = hosts.iter().flat_map(|(host, candidates)| {
        ranked(candidates)
            .into_iter()
            .skip(1)
            .map(move |other| format!("{host} {} {}", other.service, other.region))
    });
    section(&mut out, "OTHERS", "What else the data says of a host: host, signing name, region.", others);
    let unsigned =
        services.unsigned_operations.iter().map(|(service, operation)| format!("{service} {operation}"));
    section(&mut out, "UNSIGNED", "Operations that take no signature: signing name, operation.", unsigned);
    out
}

/// Most hosts are a prefix, a region and a suffix; the rest stand for themselves. Prefixes of models that the endpoint data does not
/// know come without a region.
fn split<'a>(
    regions: &[Region],
    hosts: &'a Hosts,
    services: &Services,
) -> (BTreeMap<String, Prefix>, Exceptions<'a>) {
    let mut prefixes: BTreeMap<String, Prefix> = BTreeMap::new();
    let mut exceptions = Exceptions::new();
    for (host, candidates) in hosts {
        let Some(first) = ranked(candidates).into_iter().next() else { continue };
        let parts = parts(host, &first.region, regions);
        let fits = parts
            .is_some_and(|(prefix, ..)| prefixes.get(prefix).is_none_or(|row| row.service == first.service));
        let Some((prefix, bit, dual_stack)) = parts.filter(|_| fits) else {
            exceptions.insert(host.as_str(), (first.service.as_str(), first.region.as_str()));
            continue;
        };
        let row = prefixes.entry(prefix.to_owned()).or_default();
        row.service.clone_from(&first.service);
        let bits = if dual_stack { &mut row.dual_stack } else { &mut row.plain };
        *bits |= 1 << bit;
    }
    for (prefix, service) in &services.signing_names {
        let row = || Prefix { service: service.clone(), ..Prefix::default() };
        prefixes.entry(prefix.to_ascii_lowercase()).or_insert_with(row);
    }
    (prefixes, exceptions)
}

/// Prefix, number of the region, and whether the suffix is that of dual stack.
fn parts<'a>(host: &'a str, region: &str, regions: &[Region]) -> Option<(&'a str, usize, bool)> {
    let (bit, region) = regions.iter().enumerate().find(|(_, known)| known.name == region)?;
    let before = |suffix: &str| {
        host.strip_suffix(suffix)?.strip_suffix('.')?.strip_suffix(&region.name)?.strip_suffix('.')
    };
    let dual = region.dual_stack_suffix.as_deref().and_then(before);
    match before(&region.suffix) {
        Some(prefix) => Some((prefix, bit, false)),
        None => dual.map(|prefix| (prefix, bit, true)),
    }
}

fn line(prefix: &str, row: &Prefix) -> String {
    let service = if row.service == prefix { "=" } else { &row.service };
    let mut line = format!("{prefix} {service} {:x}", row.plain);
    if row.dual_stack != 0 {
        let _ = write!(line, " {:x}", row.dual_stack);
    }
    line
}

fn section(out: &mut String, name: &str, doc: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    let _ = write!(out, "\n/// {doc}\npub(super) const {name}: &str = \"\\\n{}\";\n", lines.join("\n"));
}

const HEAD: &str = "\
//! Hosts of AWS as endpoint data names them. Made by `cargo xtask hosts`; not to be edited.
//!
//! Source: botocore VERSION, `data/endpoints.json` and the service models (Apache License 2.0, Amazon.com, Inc. or its affiliates).
//! Lines are sorted by their first word, for searching; those of regions are not.
";
