//! Dated versions and what they hold.

use super::super::check::{Check, Finding, Kind, require, shown};
use super::super::subject::{INSTANCE_ID, Subject};
use super::{CAPTURE, CLIENTS};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "versions.listed",
        title: "/ lists versions from 1.0 over dates in order to latest",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "tools choose a version from this list",
        run: |subject| {
            let list = versions(subject)?;
            require(is_list_of_versions(&list), "1.0, dates, latest", shown(&list.join(" ")))
        },
    },
    Check {
        id: "versions.known",
        title: "the versions that clients ask for are listed",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "cloud-init asks for 2021-03-23, then 2018-09-24, 2016-09-02 and 2009-04-04",
        run: |subject| {
            let list = versions(subject)?;
            let wanted = ["2009-04-04", "2014-02-25", "2016-09-02", "2018-09-24", "2021-03-23"];
            let absent: Vec<&str> =
                wanted.into_iter().filter(|date| !list.iter().any(|v| v == date)).collect();
            require(absent.is_empty(), "all of them", format!("without {}", absent.join(" ")))
        },
    },
    Check {
        id: "versions.answer",
        title: "every listed version answers, with and without a slash",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a client that takes a version from the list gets nothing",
        run: |subject| {
            let list = versions(subject)?;
            if !is_list_of_versions(&list) {
                return Err(Finding::does_not_apply("/ lists no versions"));
            }
            for version in list.iter().take(MAX_VERSIONS) {
                for path in [format!("/{version}"), format!("/{version}/meta-data/")] {
                    let answer = subject.get(&path)?;
                    let got = format!("{} for {path}", answer.status_line());
                    require(answer.status == 200, "200 for each", got)?;
                }
            }
            Ok(())
        },
    },
    Check {
        id: "versions.dated",
        title: "a dated path has the value of latest",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "cloud-init finds no metadata at all where dated paths are 404",
        run: |subject| {
            let value = subject.value(INSTANCE_ID)?;
            subject.get("/2021-03-23/meta-data/instance-id")?.must_hold(&value)?;
            subject.get("/2009-04-04/meta-data/instance-id")?.must_hold(&value)
        },
    },
    Check {
        id: "versions.unknown",
        title: "a version that never was is 404",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "clients that try versions downwards stop at the first",
        run: |subject| {
            subject.get("/0000-00-00/")?.must_be(404)?;
            subject.get("/2021-03-24/meta-data/instance-id")?.must_be(404)
        },
    },
    Check {
        id: "versions.documented-only",
        title: "dates that stand in the documentation alone are 404",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a program that takes its date from the table of categories fails on EC2 and not here",
        run: |subject| {
            subject.get("/2020-08-24/meta-data/instance-id")?.must_be(404)?;
            subject.get("/2018-05-23/meta-data/instance-id")?.must_be(404)
        },
    },
    Check {
        id: "versions.gated-categories",
        title: "a category is not there in versions before its own",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a program that asks an old version for a new category fails on EC2 and not here",
        run: |subject| {
            is_gated(subject, "/1.0/meta-data/", "mac")?;
            is_gated(subject, "/2009-04-04/meta-data/", "iam/")?;
            is_gated(subject, "/2016-09-02/meta-data/", "events/")
        },
    },
    Check {
        id: "versions.gated-leaves",
        title: "a leaf is not there in versions before its own",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "region lookups that use an old version fail on EC2 and not here",
        run: |subject| {
            subject.value_if_any("/2018-08-17/meta-data/placement/availability-zone")?;
            subject.get("/2018-08-17/meta-data/placement/region")?.must_be(404)
        },
    },
    Check {
        id: "versions.gated-dynamic",
        title: "dynamic/ is not there before 2009-04-04",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a program that asks an old version for the identity document fails on EC2 and not here",
        run: |subject| {
            subject.value_if_any("/2009-04-04/dynamic/instance-identity/document")?;
            subject.get("/2008-09-01/dynamic/instance-identity/document")?.must_be(404)
        },
    },
];

fn versions(subject: &Subject) -> Result<Vec<String>, Finding> {
    Ok(subject.value("/")?.lines().map(str::to_owned).collect())
}

fn is_list_of_versions(list: &[String]) -> bool {
    let is_date = |text: &String| text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let [first, dates @ .., last] = list else { return false };
    first == "1.0"
        && last == "latest"
        && dates.len() > 1
        && dates.iter().all(is_date)
        && dates.windows(2).all(|pair| pair[0] < pair[1])
}

fn is_gated(subject: &Subject, menu: &str, entry: &str) -> Result<(), Finding> {
    let listing = subject.value_if_any(menu)?;
    let listed = listing.lines().any(|line| line == entry);
    require(!listed, format!("{menu} without {entry}"), format!("{menu} with {entry}"))?;
    let path = format!("{menu}{entry}");
    let answer = subject.get(&path)?;
    require(answer.status == 404, format!("404 for {path}"), format!("{} for {path}", answer.status_line()))
}

/// EC2 listed 31 in 2026.
const MAX_VERSIONS: usize = 60;
