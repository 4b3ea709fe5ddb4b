//! Declarations against the instances they make. What files can get wrong is data of the binary's configuration.

use proptest::prelude::*;
use serde_json::json;
use types::{Instance, Timestamp};

use super::{Declaration, DeclarationError, Ipv4Block};
use crate::identifier::Seed;

const NOW: Timestamp = Timestamp::from_secs(1_795_249_320);

fn declaration(value: serde_json::Value) -> Declaration {
    serde_json::from_value(value).unwrap()
}

fn resolve(value: serde_json::Value) -> Result<Instance, DeclarationError> {
    declaration(value).resolve(&Declaration::default(), &Seed::from_text("test"), 0, NOW)
}

#[test]
fn same_seed_same_instance() {
    let make = |seed: &str, index| {
        Declaration::believable()
            .resolve(&Declaration::default(), &Seed::from_text(seed), index, NOW)
            .unwrap()
    };
    let (one, other) = (make("a", 0), make("a", 1));
    assert_eq!(one, make("a", 0));
    assert_ne!(one.account_id, make("b", 0).account_id);
    assert_ne!(one.instance_id, other.instance_id);
    let network = |i: &Instance| {
        let interface = &i.network_interfaces[0];
        (interface.vpc_id.clone(), interface.subnet_id.clone(), interface.security_groups.clone())
    };
    assert_eq!(network(&one), network(&other), "instances of one account share their network");
    assert_eq!((&one.image_id, &one.key_pair), (&other.image_id, &other.key_pair));
    assert_ne!(
        one.network_interfaces[0].private_ip_addresses,
        other.network_interfaces[0].private_ip_addresses
    );
}

#[test]
fn ids_follow_a_declared_instance_id_wherever_it_stands() {
    let pinned = declaration(json!({ "instance-id": "i-0123456789abcdef0" }));
    let at = |index| pinned.resolve(&Declaration::default(), &Seed::from_text("test"), index, NOW).unwrap();
    let (first, later) = (at(0), at(7));
    assert_eq!(first.reservation_id, later.reservation_id);
    assert_eq!(first.network_interfaces[0].mac_address, later.network_interfaces[0].mac_address);
}

#[test]
fn every_attribute_survives_json() {
    let full = json!({
        "count": 2, "image-id": "ami-12345678", "instance-type": "t3.nano", "architecture": "x86_64",
        "account-id": "111122223333", "region": "us-east-1", "availability-zone": "us-east-1b",
        "availability-zone-id": "use1-az1", "placement": { "group-name": "g", "host-id": "h-12345678", "partition-number": 1 },
        "launch-time": "2026-11-21T08:22:00Z", "reservation-id": "r-12345678", "ami-launch-index": 3,
        "ancestor-ami-ids": ["ami-12345678"], "kernel-id": "aki-12345678", "product-codes": ["p"],
        "profile": "default-paravirtual", "system": "xen", "instance-life-cycle": "spot", "instance-action": "shutdown",
        "dns": { "hostname-type": "resource-name", "enable-dns-hostnames": false },
        "block-devices": { "root": "sda1", "ebs": ["/dev/sdb"] }, "key-pair": { "name": "k" },
        "iam-instance-profile": { "name": "p", "exists": false }, "role": false, "tags": { "a": "b" },
        "user-data-base64": "YQ==", "monitoring": true, "hibernation-configured": false,
        "metadata-options": { "http-tokens": "required", "http-put-response-hop-limit": 64 },
        "metadata-version": "2021-03-23", "security-groups": ["a", { "group-name": "b", "group-id": "sg-12345678" }],
        "vpc-cidr-blocks": ["10.0.0.0/16"], "network-interfaces": [{ "subnet-cidr-block": "10.0.1.0/24" }],
        "events": { "maintenance": [{ "code": "system-reboot", "not-before": "2026-11-21T08:22:00Z", "state": "canceled" }] },
        "managed-ssh-keys": { "active-keys": { "ec2-user": "ssh-rsa A" } },
        "elastic-inference": { "eia-1": "{}" },
        "endpoints": ["127.0.0.1:2000-2001"], "sources": ["10.0.0.1-10.0.0.2"]
    });
    let read = declaration(full);
    let again = declaration(serde_json::to_value(&read).unwrap());
    assert_eq!(read, again);
    let made = |d: &Declaration| {
        let all = d.resolve_all(&Declaration::default(), &Seed::from_text("test"), 0, NOW).unwrap();
        all.collect::<Result<Vec<_>, _>>().unwrap()
    };
    assert_eq!(made(&read), made(&again));
    assert_eq!(made(&read).len(), 2);
}

#[test]
fn changes_what_is_declared_and_nothing_else() {
    let seed = Seed::from_text("test");
    let mut instance = Declaration::believable().resolve(&Declaration::default(), &seed, 0, NOW).unwrap();
    let before = instance.clone();
    let change =
        declaration(json!({ "instance-type": "m5.large", "tags": { "a": "b" }, "sources": ["10.0.0.1"] }));
    change.apply_to(&mut instance, &seed, NOW).unwrap();
    let mut expected = before.clone();
    expected.instance_type = "m5.large".to_owned();
    expected.tags.insert("a".to_owned(), "b".to_owned());
    expected.binding.sources = vec!["10.0.0.1".parse().unwrap()];
    assert_eq!(instance, expected);
    Declaration::default().apply_to(&mut instance, &seed, NOW).unwrap();
    assert_eq!(instance, expected);
}

#[test]
fn a_changed_network_takes_its_address_along() {
    let seed = Seed::from_text("test");
    let mut instance = Declaration::believable().resolve(&Declaration::default(), &seed, 0, NOW).unwrap();
    declaration(json!({ "subnet-cidr-block": "10.3.4.0/24", "region": "eu-west-1" }))
        .apply_to(&mut instance, &seed, NOW)
        .unwrap();
    let interface = &instance.network_interfaces[0];
    let subnet: Ipv4Block = "10.3.4.0/24".parse().unwrap();
    assert!(subnet.contains(interface.primary_ipv4().unwrap()));
    assert_eq!(interface.vpc_ipv4_cidr_blocks, ["10.3.0.0/16"]);
    assert_eq!(interface.ipv4_associations, [], "the public address was mapped to the old private one");
    assert_eq!(instance.placement.availability_zone, "eu-west-1a");
}

#[test]
fn a_refused_change_leaves_the_instance_as_it_was() {
    let seed = Seed::from_text("test");
    let mut instance = Declaration::believable().resolve(&Declaration::default(), &seed, 0, NOW).unwrap();
    let before = instance.clone();
    let refused = [
        (json!({ "instance-id": "i-00000000000000000" }), "instance-id"),
        (json!({ "account-id": "000000000000" }), "account-id"),
        (json!({ "count": 2 }), "count"),
        (
            json!({ "instance-type": "m5.large", "private-ip": "10.0.0.1", "subnet-cidr-block": "10.1.0.0/24" }),
            "private-ip",
        ),
        (json!({ "availability-zone": "eu-west-1a", "region": "us-east-1" }), "availability-zone"),
        (json!({ "user-data-file": "x" }), "user-data-file"),
    ];
    for (change, key) in refused {
        let error = declaration(change).apply_to(&mut instance, &seed, NOW).unwrap_err();
        assert_eq!((error.key(), &instance), (key, &before), "{error}");
    }
}

#[test]
fn role_and_profile_of_one_name_keep_their_ids() {
    let account = json!("111122223333");
    let by_role = resolve(json!({ "account-id": account, "role": "app" })).unwrap();
    let by_profile = resolve(json!({ "account-id": account, "iam-instance-profile": "app" })).unwrap();
    assert_eq!(by_role.iam_instance_profile, by_profile.iam_instance_profile);
    let china = resolve(json!({ "account-id": account, "role": "app", "region": "cn-north-1" })).unwrap();
    let arn = china.iam_instance_profile.unwrap().arn;
    assert_eq!(arn.as_str(), "arn:aws-cn:iam::111122223333:instance-profile/app");
}

#[test]
fn unknown_keys_are_refused_in_json_too() {
    for value in [
        json!({ "colour": 1 }),
        json!({ "dns": { "colour": 1 } }),
        json!({ "role": { "name": "a", "colour": 1 } }),
    ] {
        assert!(serde_json::from_value::<Declaration>(value.clone()).is_err(), "{value}");
    }
}

proptest! {
    /// Whatever network is declared: an instance whose addresses lie in its subnet and its subnet in its VPC, or an error.
    #[test]
    fn networks_hold_together(
        address in proptest::option::of(any::<u32>()),
        subnet in proptest::option::of((any::<u32>(), 0u8..=32)),
        vpc in proptest::option::of((any::<u32>(), 0u8..=32)),
        index in any::<u32>(),
    ) {
        let block = |(first, length): (u32, u8)| Ipv4Block::around(first.into(), length);
        let declared = Declaration {
            private_ip: address.map(Into::into),
            subnet_cidr_block: subnet.map(block),
            vpc_cidr_blocks: vpc.map(|vpc| vec![block(vpc)]),
            ..Declaration::default()
        };
        if let Ok(instance) = declared.resolve(&Declaration::default(), &Seed::from_text("net"), index, NOW) {
            let interface = &instance.network_interfaces[0];
            let subnet: Ipv4Block = interface.subnet_ipv4_cidr_block.parse().unwrap();
            let vpc: Ipv4Block = interface.vpc_ipv4_cidr_blocks[0].parse().unwrap();
            prop_assert!(vpc.covers(&subnet) && subnet.contains(interface.primary_ipv4().unwrap()));
        }
    }

    #[test]
    fn blocks_survive_the_round_trip(first: u32, length in 0u8..=32) {
        let block = Ipv4Block::around(first.into(), length);
        prop_assert_eq!(block.to_string().parse::<Ipv4Block>(), Ok(block));
    }
}
