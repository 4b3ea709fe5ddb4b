//! Listings, and whether they tell the truth.

use super::super::check::{Check, Finding, Kind, require, shown};
use super::super::crawl::Crawl;
use super::super::subject::Subject;
use super::{CAPTURE, CATEGORIES_GUIDE, CLIENTS};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "listings.no-newline",
        title: "no listing ends in a newline",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "aws-config 1.13 panics on a newline behind the role's name; loops in shells see an empty entry",
        run: |subject| {
            for path in ["/", "/latest/"] {
                let answer = subject.get(path)?;
                is_unended(path, if answer.status == 200 { &answer.body } else { b"" })?;
            }
            let mut listings = listings(subject.crawl()?).peekable();
            if listings.peek().is_none() {
                return Err(Finding::does_not_apply("nothing is listed"));
            }
            listings.try_for_each(|(path, listing)| is_unended(path, listing.as_bytes()))
        },
    },
    Check {
        id: "listings.sorted",
        title: "entries are in the order of their bytes",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "tools that compare two listings see changes where there are none",
        run: |subject| {
            let menu: Vec<&str> = subject.menu.iter().map(String::as_str).collect();
            let first = menu.windows(2).find(|pair| pair[0] >= pair[1]);
            let got = first.map(|pair| format!("{} before {}", pair[0], pair[1])).unwrap_or_default();
            require(!menu.is_empty() && first.is_none(), "entries in order", got)
        },
    },
    Check {
        id: "listings.latest",
        title: "/latest lists dynamic, meta-data and perhaps user-data, without slashes",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "tools that walk the tree from its top find nothing",
        run: |subject| {
            let listing = subject.value("/latest/")?;
            let known = ["dynamic\nmeta-data\nuser-data", "dynamic\nmeta-data"];
            require(known.contains(&listing.trim_end()), shown(known[0]), shown(&listing))
        },
    },
    Check {
        id: "listings.categories",
        title: "categories that every instance of today has are listed",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "cloud-init, agents and SDKs ask for these without looking first",
        run: |subject| {
            let absent: Vec<&str> = ALWAYS.into_iter().filter(|entry| !subject.lists(entry)).collect();
            require(absent.is_empty(), "all of them", format!("without {}", absent.join(" ")))
        },
    },
    Check {
        id: "listings.crawl",
        title: "whatever is listed answers",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "cloud-init throws away all metadata for one listed child that is 404",
        run: |subject| {
            let listed = subject.crawl()?.listed();
            if listed.is_empty() {
                return Err(Finding::does_not_apply("nothing is listed"));
            }
            let dead: Vec<&str> =
                listed.iter().filter(|entry| entry.status != 200).map(|entry| entry.path.as_str()).collect();
            let more = dead.len().saturating_sub(3);
            let got = dead.iter().take(3).copied().collect::<Vec<_>>().join(" ");
            let got = if more > 0 { format!("{got} and {more} more") } else { got };
            require(dead.is_empty(), "200 for every entry", format!("listed and not there: {got}"))
        },
    },
    Check {
        id: "listings.bounded",
        title: "the tree has an end",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "clients that walk the tree never come back",
        run: |subject| {
            let crawl = subject.crawl()?;
            require(!crawl.is_cut, "a tree", format!("more than {} entries", crawl.entries.len()))
        },
    },
    Check {
        id: "listings.slashes",
        title: "directories are listed with a slash and nothing else is",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "cloud-init descends into what ends in a slash and takes all else for values",
        run: slashes_tell_directories,
    },
    Check {
        id: "listings.dynamic",
        title: "dynamic/ lists instance-identity/",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "cloud-init reads the identity document from there",
        run: |subject| {
            let listing = subject.value("/latest/dynamic/")?;
            require(
                listing.lines().any(|entry| entry == "instance-identity/"),
                "instance-identity/",
                shown(&listing),
            )
        },
    },
    Check {
        id: "listings.macs",
        title: "network/interfaces/macs/ lists the instance's own MAC address with a slash",
        kind: Kind::Wire,
        source: CATEGORIES_GUIDE,
        matters: "amazon-ec2-net-utils, the ECS agent and VPC plugins configure interfaces from it",
        run: |subject| {
            let mac = subject.value("/latest/meta-data/mac")?;
            let listing = subject.value("/latest/meta-data/network/interfaces/macs/")?;
            let entry = format!("{}/", mac.trim());
            require(listing.lines().any(|line| line == entry), shown(&entry), shown(&listing))
        },
    },
    Check {
        id: "listings.public-keys",
        title: "public-keys/ lists a number, =, and the key pair's name",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "cloud-init and ec2-metadata split there to find the key",
        run: |subject| {
            if !subject.lists("public-keys/") {
                return Err(Finding::does_not_apply("the instance has no key pair"));
            }
            let listing = subject.value("/latest/meta-data/public-keys/")?;
            let fits = |entry: &str| {
                entry.split_once('=').is_some_and(|(n, name)| n.parse::<u32>().is_ok() && !name.is_empty())
            };
            require(!listing.is_empty() && listing.lines().all(fits), "like \"0=my-key\"", shown(&listing))
        },
    },
];

/// On every instance of the Nitro system that has an IPv4 address.
const ALWAYS: [&str; 17] = [
    "ami-id",
    "ami-launch-index",
    "block-device-mapping/",
    "events/",
    "hostname",
    "identity-credentials/",
    "instance-action",
    "instance-id",
    "instance-life-cycle",
    "instance-type",
    "local-hostname",
    "mac",
    "network/",
    "placement/",
    "reservation-id",
    "security-groups",
    "services/",
];

fn listings(crawl: &Crawl) -> impl Iterator<Item = (&str, &str)> {
    crawl.entries.iter().filter_map(|entry| Some((entry.path.as_str(), entry.listing.as_deref()?)))
}

fn is_unended(path: &str, listing: &[u8]) -> Result<(), Finding> {
    require(!listing.ends_with(b"\n"), "no newline at the end", format!("{path} ends in a newline"))
}

/// An entry without a slash is asked for with one: a value answers the same, a directory lists what is below.
fn slashes_tell_directories(subject: &Subject) -> Result<(), Finding> {
    if subject.menu.is_empty() {
        return Err(Finding::does_not_apply("/latest/meta-data/ lists nothing"));
    }
    for directory in DIRECTORIES {
        let entry = subject.menu.iter().find(|entry| entry.trim_end_matches('/') == directory);
        let got = entry.map(|entry| format!("{entry:?} without one")).unwrap_or_default();
        require(entry.is_none_or(|entry| entry.ends_with('/')), format!("{directory:?} with a slash"), got)?;
    }
    for entry in subject.menu.iter().filter(|entry| entry.contains('/') && !entry.ends_with('/')) {
        require(false, "entries of this directory alone", format!("{entry:?}"))?;
    }
    for leaf in ["ami-id/", "instance-id/", "mac/", "hostname/"] {
        require(!subject.lists(leaf), "values without a slash", format!("{leaf:?}"))?;
    }
    Ok(())
}

const DIRECTORIES: [&str; 9] = [
    "block-device-mapping",
    "events",
    "iam",
    "identity-credentials",
    "metrics",
    "network",
    "placement",
    "public-keys",
    "services",
];
