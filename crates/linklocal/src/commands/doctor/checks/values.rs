//! Values: their form, and whether they agree with each other.

use std::net::Ipv4Addr;

use super::super::check::{Check, Finding, Kind, require, shown};
use super::super::subject::{INSTANCE_ID, Subject};
use super::{CAPTURE, CATEGORIES_GUIDE, CLIENTS};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "values.instance-id",
        title: "instance-id is i- and 8 or 17 hexadecimal digits, nothing around it",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "EC2 Instance Connect refuses another form; a newline ends up in names and tags",
        run: |subject| has_id(subject, INSTANCE_ID, "i-"),
    },
    Check {
        id: "values.ami-id",
        title: "ami-id is ami- and 8 or 17 hexadecimal digits",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "inventory tools look it up",
        run: |subject| has_id(subject, "/latest/meta-data/ami-id", "ami-"),
    },
    Check {
        id: "values.reservation-id",
        title: "reservation-id is r- and 8 or 17 hexadecimal digits",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "tools that group instances look it up",
        run: |subject| has_id(subject, "/latest/meta-data/reservation-id", "r-"),
    },
    Check {
        id: "values.zone",
        title: "the availability zone is the region and a letter",
        kind: Kind::Wire,
        source: CATEGORIES_GUIDE,
        matters: "botocore and others cut the region out of the zone",
        run: |subject| {
            let region = subject.value("/latest/meta-data/placement/region")?;
            let zone = subject.value("/latest/meta-data/placement/availability-zone")?;
            // A local zone or wavelength zone has more behind the region: us-west-2-lax-1a.
            let rest = zone.strip_prefix(&region).unwrap_or_default();
            let fits = region.contains('-') && rest.ends_with(|c: char| c.is_ascii_lowercase());
            require(fits, format!("{region:?} and a letter"), shown(&zone))
        },
    },
    Check {
        id: "values.zone-id",
        title: "placement/availability-zone-id is like use1-az4",
        kind: Kind::Wire,
        source: CATEGORIES_GUIDE,
        matters: "tools that spread over accounts compare zones by it",
        run: |subject| {
            let id = subject.value("/latest/meta-data/placement/availability-zone-id")?;
            let fits = id.split_once("-az").is_some_and(|(region, number)| {
                !region.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
            });
            // Local zones: usw2-lax1-az1.
            require(fits, "like \"use1-az4\"", shown(&id))
        },
    },
    Check {
        id: "values.mac",
        title: "mac is six pairs of lower-case digits with colons",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "it is part of paths below network/interfaces/macs/",
        run: |subject| {
            let mac = subject.value("/latest/meta-data/mac")?;
            let pairs: Vec<&str> = mac.split(':').collect();
            let fits = pairs.len() == 6
                && pairs.iter().all(|pair| pair.len() == 2 && pair.bytes().all(is_lower_hex));
            require(fits, "like \"0e:49:61:0f:c3:11\"", shown(&mac))
        },
    },
    Check {
        id: "values.address",
        title: "local-ipv4 is an address, and the first of its interface",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "programs register themselves under it",
        run: |subject| {
            let address = subject.value("/latest/meta-data/local-ipv4")?;
            require(address.parse::<Ipv4Addr>().is_ok(), "an IPv4 address", shown(&address))?;
            let mac = subject.value("/latest/meta-data/mac")?;
            let path = format!("/latest/meta-data/network/interfaces/macs/{}/local-ipv4s", mac.trim());
            let listed = subject.value(&path)?;
            require(listed.lines().next() == Some(&address), shown(&address), shown(&listed))
        },
    },
    Check {
        id: "values.hostname",
        title: "hostname and local-hostname are the same name with a domain",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "Kubernetes names nodes by it",
        run: |subject| {
            let name = subject.value("/latest/meta-data/hostname")?;
            require(name.contains('.') && !name.contains('\n'), "a name with a domain", shown(&name))?;
            subject.get("/latest/meta-data/local-hostname")?.must_hold(&name)
        },
    },
    Check {
        id: "values.services",
        title: "services/domain and services/partition are AWS's",
        kind: Kind::Wire,
        source: CATEGORIES_GUIDE,
        matters: "agents build their endpoints and ARNs from them",
        run: |subject| {
            let domain = subject.value("/latest/meta-data/services/domain")?;
            require(
                domain.contains('.') && domain.trim() == domain,
                "like \"amazonaws.com\"",
                shown(&domain),
            )?;
            let partition = subject.value("/latest/meta-data/services/partition")?;
            require(
                partition.starts_with("aws") && partition.trim() == partition,
                "like \"aws\"",
                shown(&partition),
            )
        },
    },
    Check {
        id: "values.life-cycle",
        title: "instance-life-cycle is on-demand, spot, scheduled or capacity-block",
        kind: Kind::Wire,
        source: CATEGORIES_GUIDE,
        matters: "schedulers treat spot instances differently",
        run: |subject| {
            let value = subject.value("/latest/meta-data/instance-life-cycle")?;
            let known = ["on-demand", "spot", "scheduled", "capacity-block"];
            require(known.contains(&value.as_str()), known.join(", "), shown(&value))
        },
    },
    Check {
        id: "values.events",
        title: "events/maintenance/scheduled and history are JSON arrays, [] where there are none",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "node termination handlers parse them every few seconds",
        run: |subject| {
            for name in ["scheduled", "history"] {
                let text = subject.value(&format!("/latest/meta-data/events/maintenance/{name}"))?;
                let is_array = serde_json::from_str::<Vec<serde_json::Value>>(&text).is_ok();
                require(is_array, "a JSON array", shown(&text))?;
            }
            Ok(())
        },
    },
    Check {
        id: "values.public-key",
        title: "openssh-key is one line with its newline",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "scripts append it to authorized_keys as it stands",
        run: |subject| {
            if !subject.lists("public-keys/") {
                return Err(Finding::does_not_apply("the instance has no key pair"));
            }
            let key = subject.value("/latest/meta-data/public-keys/0/openssh-key")?;
            let fits = key.starts_with("ssh-") && key.matches('\n').count() == 1 && key.ends_with('\n');
            let last = if key.ends_with('\n') { "a newline" } else { "no newline" };
            require(
                fits,
                "one key and a newline",
                format!("{} lines, {last} at the end", key.lines().count()),
            )
        },
    },
    Check {
        id: "values.tags",
        title: "tags/instance lists the keys of tag-sets/instance, and their values agree",
        kind: Kind::Wire,
        source: CATEGORIES_GUIDE,
        matters: "programs that take their configuration from tags see half of it",
        run: |subject| {
            if !subject.lists("tags/") || !subject.lists("tag-sets/") {
                return Err(Finding::does_not_apply("the instance shows no tags"));
            }
            let keys = subject.value("/latest/meta-data/tags/instance")?;
            let set = subject.value("/latest/meta-data/tag-sets/instance")?;
            let set: serde_json::Value = serde_json::from_str(&set).unwrap_or_default();
            for key in keys.lines() {
                let value = subject.value(&format!("/latest/meta-data/tags/instance/{key}"))?;
                require(
                    set[key] == value.as_str(),
                    format!("{key} = {value}"),
                    format!("{key} = {}", set[key]),
                )?;
            }
            Ok(())
        },
    },
    Check {
        id: "values.stable",
        title: "a value asked for twice is the same",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "a machine whose name changes is taken for a new one",
        run: |subject| {
            for path in [INSTANCE_ID, "/latest/meta-data/mac", "/latest/meta-data/hostname"] {
                let value = subject.value(path)?;
                subject.get(path)?.must_hold(&value)?;
            }
            Ok(())
        },
    },
];

fn has_id(subject: &Subject, path: &str, prefix: &str) -> Result<(), Finding> {
    let id = subject.value(path)?;
    let digits = id.strip_prefix(prefix).unwrap_or_default();
    let fits = matches!(digits.len(), 8 | 17) && digits.bytes().all(is_lower_hex);
    require(fits, format!("{prefix} and 8 or 17 hexadecimal digits"), shown(&id))
}

fn is_lower_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}
