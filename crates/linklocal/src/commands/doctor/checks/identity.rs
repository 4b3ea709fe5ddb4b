//! The identity document and its signatures.

use super::super::check::{Check, Finding, Kind, require, shown};
use super::super::probe::Request;
use super::super::subject::{DOCUMENT, INSTANCE_ID, Subject};
use super::credentials::{json, member, names};
use super::{CAPTURE, IDENTITY_GUIDE};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "identity.served",
        title: "there is an identity document",
        kind: Kind::Wire,
        source: IDENTITY_GUIDE,
        matters: "the Go SDKs find no region; agents and Vault cannot say who they are",
        run: |subject| subject.get(DOCUMENT)?.must_be(200),
    },
    Check {
        id: "identity.members",
        title: "the document's members are EC2's, in EC2's order",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "Vault, Consul and Teleport check a signature over exactly these bytes",
        run: |subject| {
            let got = names(&document(subject)?);
            require(got == MEMBERS, MEMBERS.join(", "), got.join(", "))
        },
    },
    Check {
        id: "identity.layout",
        title: "it is written as EC2 writes it: two blanks, \"name\" : value, no newline at the end",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "shell scripts cut it with sed, grep and awk",
        run: |subject| {
            let text = document(subject)?;
            let inner =
                text.strip_prefix("{\n").and_then(|text| text.strip_suffix("\n}")).unwrap_or_default();
            let fits = |line: &str| line.strip_prefix("  \"").is_some_and(|rest| rest.contains("\" : "));
            let wrong = inner.lines().find(|line| !fits(line));
            let got = wrong.map_or_else(|| "other braces".to_owned(), shown);
            require(!inner.is_empty() && wrong.is_none(), "a line each, in braces", got)
        },
    },
    Check {
        id: "identity.instance",
        title: "instanceId, imageId, instanceType and privateIp are those of the metadata",
        kind: Kind::Wire,
        source: IDENTITY_GUIDE,
        matters: "servers that check identities let in another machine than the one that asks",
        run: |subject| {
            let text = document(subject)?;
            for (name, path) in [
                ("instanceId", INSTANCE_ID),
                ("imageId", "/latest/meta-data/ami-id"),
                ("instanceType", "/latest/meta-data/instance-type"),
                ("privateIp", "/latest/meta-data/local-ipv4"),
            ] {
                let (value, listed) = (member(&text, name)?, subject.value(path)?);
                require(value == listed, format!("{name} {listed}"), format!("{name} {value}"))?;
            }
            Ok(())
        },
    },
    Check {
        id: "identity.region",
        title: "region and availabilityZone are those of placement/",
        kind: Kind::Wire,
        source: IDENTITY_GUIDE,
        matters: "the Go SDKs take the region from here, botocore from placement/",
        run: |subject| {
            let text = document(subject)?;
            for (name, path) in [("region", "region"), ("availabilityZone", "availability-zone")] {
                let value = member(&text, name)?;
                let listed = subject.value(&format!("/latest/meta-data/placement/{path}"))?;
                require(value == listed, format!("{name} {listed}"), format!("{name} {value}"))?;
            }
            Ok(())
        },
    },
    Check {
        id: "identity.account",
        title: "accountId has twelve digits and owns the network interface",
        kind: Kind::Wire,
        source: IDENTITY_GUIDE,
        matters: "programs build ARNs from it",
        run: |subject| {
            let account = member(&document(subject)?, "accountId")?;
            let fits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
            require(fits, "twelve digits", shown(&account))?;
            let mac = subject.value("/latest/meta-data/mac")?;
            let path = format!("/latest/meta-data/network/interfaces/macs/{}/owner-id", mac.trim());
            subject.get(&path)?.must_hold(&account)
        },
    },
    Check {
        id: "identity.values",
        title: "version is 2017-09-30, pendingTime a time, architecture one of EC2's",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "verifiers refuse versions and times that they cannot read",
        run: |subject| {
            let text = document(subject)?;
            let version = member(&text, "version")?;
            require(version == "2017-09-30", "2017-09-30", shown(&version))?;
            let time = member(&text, "pendingTime")?;
            let at: Option<types::Timestamp> = time.parse().ok();
            require(at.is_some_and(|at| at.iso8601() == time), "like 2026-11-22T00:53:34Z", shown(&time))?;
            let architecture = member(&text, "architecture")?;
            let known = ["x86_64", "arm64", "i386", "x86_64_mac", "arm64_mac"];
            require(known.contains(&architecture.as_str()), known.join(", "), shown(&architecture))
        },
    },
    Check {
        id: "identity.nulls",
        title: "what there is not is null, not left out and not empty",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "typed readers of the document fail on missing or empty members",
        run: |subject| {
            let document = json(&document(subject)?)?;
            for name in
                ["billingProducts", "devpayProductCodes", "marketplaceProductCodes", "kernelId", "ramdiskId"]
            {
                let value = document.get(name);
                let fits = value.is_some_and(|value| {
                    value.is_null() || value.is_array() || value.as_str().is_some_and(|t| !t.is_empty())
                });
                let got = value.map_or_else(|| format!("no {name}"), |value| format!("{name} {value}"));
                require(fits, format!("{name} null"), got)?;
            }
            Ok(())
        },
    },
    Check {
        id: "identity.stable",
        title: "the document is the same bytes on every read",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "a signature fetched after the document belongs to another",
        run: |subject| {
            let (one, two) = (document(subject)?, document(subject)?);
            require(one == two, "the same bytes", "other bytes")
        },
    },
    Check {
        id: "identity.signature",
        title: "signature is 128 bytes in lines of 76 characters of Base64",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "AWS's openssl commands for verifying it fail",
        run: |subject| is_base64(subject, "signature", |n| n == 174, "174"),
    },
    Check {
        id: "identity.pkcs7",
        title: "pkcs7 is Base64 in lines of 76 characters, without a PEM header",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "Vault and AWS's openssl commands put the header around it themselves",
        run: |subject| is_base64(subject, "pkcs7", |n| n >= 800, "800 or more"),
    },
    Check {
        id: "identity.rsa2048",
        title: "rsa2048 is Base64 in lines of 76 characters, without a PEM header",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "Vault and AWS's openssl commands put the header around it themselves",
        run: |subject| is_base64(subject, "rsa2048", |n| n >= 1000, "1000 or more"),
    },
];

const MEMBERS: [&str; 15] = [
    "accountId",
    "architecture",
    "availabilityZone",
    "billingProducts",
    "devpayProductCodes",
    "marketplaceProductCodes",
    "imageId",
    "instanceId",
    "instanceType",
    "kernelId",
    "pendingTime",
    "privateIp",
    "ramdiskId",
    "region",
    "version",
];

fn document(subject: &Subject) -> Result<String, Finding> {
    subject.value_if_any(DOCUMENT)
}

fn is_base64(subject: &Subject, name: &str, fits: fn(usize) -> bool, length: &str) -> Result<(), Finding> {
    let path = format!("/latest/dynamic/instance-identity/{name}");
    let answer = subject.ask(subject.admitted(Request::get(path))?.patient())?;
    answer.must_be(200)?;
    let text = answer.text();
    require(fits(text.len()), format!("{length} bytes"), format!("{} bytes", text.len()))?;
    let letters = |line: &str| line.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    let lines: Vec<&str> = text.split('\n').collect();
    let whole = lines[..lines.len() - 1].iter().all(|line| line.len() == 76);
    let last = lines.last().is_some_and(|line| (1..=76).contains(&line.len()));
    let got = lines.iter().map(|line| line.len().to_string()).collect::<Vec<_>>().join(", ");
    require(
        whole && last && lines.iter().all(|line| letters(line)),
        "lines of 76 characters of Base64, no newline at the end",
        format!("lines of {got} characters"),
    )
}
