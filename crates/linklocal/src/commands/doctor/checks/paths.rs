//! Spellings of a path that EC2 takes for the same.

use super::super::check::{Check, Finding, Kind, require, shown};
use super::super::subject::{INSTANCE_ID, Subject};
use super::{CAPTURE, CLIENTS};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "paths.doubled-slash",
        title: "/latest//meta-data/… is the value",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "ec2-metadata asks so for half of its values and prints nothing on a redirect",
        run: |subject| is_instance_id(subject, "/latest//meta-data/instance-id"),
    },
    Check {
        id: "paths.leading-slashes",
        title: "//latest/meta-data/… is the value",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "@aws-sdk/ec2-metadata-service asks so for every value and fails on a redirect",
        run: |subject| is_instance_id(subject, "//latest/meta-data/instance-id"),
    },
    Check {
        id: "paths.dot",
        title: "/latest/./meta-data/… is the value",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "paths put together by joining parts hold such segments",
        run: |subject| is_instance_id(subject, "/latest/./meta-data/instance-id"),
    },
    Check {
        id: "paths.percent",
        title: "/latest/meta-data/%69nstance-id is the value",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "tag keys and role names come percent-encoded from some clients",
        run: |subject| is_instance_id(subject, "/latest/meta-data/%69nstance-id"),
    },
    Check {
        id: "paths.query",
        title: "a query is ignored",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "clients that add a query against caches get 404",
        run: |subject| is_instance_id(subject, "/latest/meta-data/instance-id?x=1"),
    },
    Check {
        id: "paths.leaf-slash",
        title: "a slash behind a value's name changes nothing",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "botocore asks for placement/availability-zone/, EC2 Instance Connect for instance-id/",
        run: |subject| is_instance_id(subject, "/latest/meta-data/instance-id/"),
    },
    Check {
        id: "paths.directory",
        title: "a directory is listed with and without its slash, never by a redirect",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "clients that follow no redirects find no region and no role",
        run: |subject| {
            is_same(subject, "/latest/meta-data/placement", "/latest/meta-data/placement/")?;
            is_same(subject, "/latest/meta-data", "/latest/meta-data/")
        },
    },
    Check {
        id: "paths.latest",
        title: "/latest and /latest/ are the same listing",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "both are how tools ask whether there is a metadata service",
        run: |subject| is_same(subject, "/latest", "/latest/"),
    },
    Check {
        id: "paths.role-slash",
        title: "a role's document may be asked for with a slash at the end",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a slash behind a value's name changes nothing on EC2, whatever the value",
        run: |subject| {
            let role = super::credentials::role(subject)?;
            subject.get(&format!("{}{role}/", super::super::subject::ROLES))?.must_be(200)
        },
    },
];

fn is_instance_id(subject: &Subject, path: &str) -> Result<(), Finding> {
    let value = subject.value(INSTANCE_ID)?;
    let answer = subject.get(path)?;
    require(
        answer.status == 200 && answer.text() == value,
        shown(&value),
        if answer.status == 200 { shown(&answer.text()) } else { answer.status_line() },
    )
}

fn is_same(subject: &Subject, one: &str, other: &str) -> Result<(), Finding> {
    let (one, other) = (subject.get(one)?, subject.get(other)?);
    one.must_be(200)?;
    other.must_be(200)?;
    require(one.body == other.body, shown(&other.text()), shown(&one.text()))
}
