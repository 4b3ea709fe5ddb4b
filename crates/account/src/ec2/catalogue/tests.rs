//! The catalogue as clients look at it.

use std::collections::{BTreeMap, BTreeSet};

use types::{Instance, Partition, Region, Timestamp};

use super::super::filter::{Filtered, Filters};
use super::*;
use crate::Declaration;
use crate::directory::{Directory, ResourceTags, Tag};
use crate::identifier::zone_id;

fn region(name: &str) -> Region {
    name.parse().unwrap()
}

fn declared(text: &str, index: u32) -> Instance {
    let declaration: Declaration = serde_json::from_str(text).unwrap();
    let now = Timestamp::from_secs(1_795_000_000);
    declaration.resolve(&Declaration::default(), &Seed::from_text("catalogue"), index, now).unwrap()
}

#[test]
fn types_have_the_figures_of_ec2() {
    for (name, vcpus, memory, interfaces, architecture, class) in [
        ("t3.micro", 2, 1024, (2, 2), "x86_64", QuotaClass::Standard),
        ("t4g.nano", 2, 512, (2, 2), "arm64", QuotaClass::Standard),
        ("m5.24xlarge", 96, 393_216, (15, 50), "x86_64", QuotaClass::Standard),
        ("c7g.medium", 1, 2048, (2, 4), "arm64", QuotaClass::Standard),
        ("i3.metal", 72, 524_288, (15, 50), "x86_64", QuotaClass::Standard),
        ("im4gn.large", 2, 8192, (3, 10), "arm64", QuotaClass::Standard),
        ("p3.2xlarge", 8, 62_464, (4, 15), "x86_64", QuotaClass::P),
        ("p4d.24xlarge", 96, 1_179_648, (60, 50), "x86_64", QuotaClass::P),
        ("g4dn.xlarge", 4, 16_384, (3, 10), "x86_64", QuotaClass::GAndVt),
        ("gr6.4xlarge", 16, 131_072, (8, 30), "x86_64", QuotaClass::GAndVt),
        ("inf1.xlarge", 4, 8192, (4, 10), "x86_64", QuotaClass::Inf),
        ("trn1.2xlarge", 8, 32_768, (4, 15), "x86_64", QuotaClass::Trn),
        ("x2gd.medium", 1, 16_384, (2, 4), "arm64", QuotaClass::X),
        ("u-12tb1.112xlarge", 448, 12_582_912, (15, 50), "x86_64", QuotaClass::HighMemory),
        ("hpc7g.4xlarge", 16, 131_072, (4, 50), "arm64", QuotaClass::Hpc),
    ] {
        let found = instance_type(name).unwrap_or_else(|| panic!("{name}"));
        let figures = (found.vcpus(), found.memory_mib());
        assert_eq!(figures, (vcpus, memory), "{name}");
        assert_eq!((found.max_interfaces(), found.addresses_per_interface()), interfaces, "{name}");
        assert!(found.supports(architecture), "{name}");
        assert_eq!(found.quota_class(), class, "{name}");
    }
    assert!(
        instance_type("t3.huge").is_none() && instance_type("t3").is_none() && instance_type("").is_none()
    );
}

#[test]
fn families_that_people_launch_are_whole() {
    let families: BTreeSet<&str> = instance_types().iter().map(InstanceType::family).collect();
    for family in "a1 c5 c6g c6i c7g d3 h1 i3 i4i m4 m5 m6g m6i m7g m7i r5 r6g r6i t2 t3 t3a t4g x2gd z1d g4dn g5 p3 p4d inf1 trn1 u-6tb1"
        .split(' ')
    {
        assert!(families.contains(family), "{family}");
    }
    let sizes: Vec<&str> = instance_types()
        .iter()
        .filter(|one| one.family() == "t3")
        .filter_map(|one| one.name().split('.').nth(1))
        .collect();
    assert_eq!(sizes, ["2xlarge", "large", "medium", "micro", "nano", "small", "xlarge"]);
}

/// Every row says all that an answer needs.
#[test]
fn every_type_is_whole() {
    let mut names = BTreeSet::new();
    for one in instance_types() {
        let name = one.name();
        assert!(names.insert(name), "{name} is there twice");
        assert!(one.vcpus() > 0 && one.memory_mib() > 0 && one.max_interfaces() > 0, "{name}");
        assert!(one.addresses_per_interface() > 0 && one.number("cards") > 0, "{name}");
        assert!(one.gbps().is_some() && one.attribute("network").is_some(), "{name}");
        assert!(one.architectures().count() > 0 && one.volume_limit().0 > 0, "{name}");
        assert_eq!(one.is_bare_metal(), name.contains(".metal"), "{name}");
        assert_eq!(one.attribute("disks").is_some(), one.device("disks").is_some(), "{name}");
        for kind in ["gpu", "fpga", "inference", "media", "neuron"] {
            assert_eq!(one.attribute(kind).is_some(), one.device(kind).is_some(), "{name} {kind}");
        }
        let cores = i64::from(one.cores());
        assert!(one.valid_cores().last().is_none_or(|last| *last == cores), "{name}");
    }
    assert!(names.len() > 1400);
}

#[test]
fn filters_of_types_find_by_what_they_are() {
    let metal = instance_types().iter().filter(|one| one.is_bare_metal()).count();
    for (given, found) in [
        (&[("instance-type", "t3.*")][..], 7),
        (&[("hypervisor", "*")], instance_types().len() - metal),
        (&[("bare-metal", "true")], metal),
        (&[("instance-storage-info.disk.type", "floppy")], 0),
        (
            &[
                ("instance-type", "t3.*"),
                ("ebs-info.ebs-optimized-info.maximum-throughput-in-mbps", "260.625"),
            ],
            4,
        ),
        (&[("instance-type", "m5.*"), ("vcpu-info.default-vcpus", "96"), ("bare-metal", "false")], 1),
        (&[("instance-type", "c7g.*"), ("vcpu-info.valid-cores", "64")], 1),
        (&[("instance-type", "p4d.*"), ("network-info.efa-info.maximum-efa-interfaces", "4")], 1),
        (&[("instance-type", "m1.small"), ("processor-info.supported-architecture", "i386")], 1),
    ] {
        let filters = given.iter().map(|(name, value)| (Some(*name), vec![*value]));
        let filters = Filters::new::<InstanceType>(filters).unwrap();
        let met = instance_types().iter().filter(|one| filters.hold(*one)).count();
        assert_eq!(met, found, "{given:?}");
    }
}

/// Each filter has something to say of some type.
#[test]
fn no_filter_of_types_is_dead() {
    for name in InstanceType::FILTERS {
        assert!(instance_types().iter().any(|one| !one.values(name).is_empty()), "{name}");
    }
}

#[test]
fn regions_are_those_of_the_partition() {
    let here = region("us-east-1");
    let all = regions(Partition::Aws, &here);
    assert_eq!(all.len(), 34);
    let east = all.iter().find(|entry| entry.name == "us-east-1").unwrap();
    assert_eq!(
        (east.endpoint.as_str(), east.opt_in_status()),
        ("ec2.us-east-1.amazonaws.com", "opt-in-not-required")
    );
    let milan = all.iter().find(|entry| entry.name == "eu-south-1").unwrap();
    assert_eq!(milan.opt_in_status(), "opted-in");
    let china = regions(Partition::AwsCn, &region("cn-north-1"));
    assert_eq!(
        china.iter().map(|entry| &*entry.endpoint).collect::<Vec<_>>(),
        ["ec2.cn-north-1.amazonaws.com.cn", "ec2.cn-northwest-1.amazonaws.com.cn"]
    );
    let new = regions(Partition::Aws, &region("ap-west-9"));
    assert_eq!((new.len(), new.iter().any(|entry| entry.name == "ap-west-9")), (35, true));
}

#[test]
fn zones_have_the_ids_that_instances_show() {
    let account = "111122223333".parse().unwrap();
    for (name, letters, locals) in
        [("us-east-1", "abcdef", 10), ("ap-northeast-1", "acd", 1), ("ap-west-9", "abc", 0)]
    {
        let region = region(name);
        let zones = zones(&region, account);
        let (available, local): (Vec<_>, Vec<_>) =
            zones.iter().partition(|zone| zone.kind == ZoneKind::AvailabilityZone);
        let names: Vec<String> = letters.chars().map(|letter| format!("{name}{letter}")).collect();
        assert_eq!(available.iter().map(|zone| zone.name.clone()).collect::<Vec<_>>(), names);
        assert_eq!(local.len(), locals, "{name}");
        for zone in &zones {
            assert_eq!(zone.id, zone_id(&region, &zone.name, account));
        }
        assert_eq!(zones.iter().map(|zone| &zone.id).collect::<BTreeSet<_>>().len(), zones.len());
    }
}

#[test]
fn images_are_there_and_so_is_what_instances_run() {
    let (seed, account_id) = (Seed::from_text("catalogue"), Seed::from_text("catalogue").account_id());
    let region = region("us-east-1");
    let place = Place { seed: &seed, account_id, region: &region };
    let plain = declared("{}", 0);
    let own = declared(r#"{"image-id": "ami-12345678", "instance-type": "t4g.nano"}"#, 1);
    let images = Image::all(&place, [&plain, &own]);
    let of = |id: &str| images.iter().find(|image| image.image_id == id).unwrap();
    assert!(of(&plain.image_id).name.starts_with("amzn2-ami-"));
    assert_eq!(of(&plain.image_id).root_device_name, plain.block_devices.root);
    let made = of("ami-12345678");
    assert_eq!((made.owner.id(), made.architecture.as_str()), (account_id.to_string(), "arm64"));
    assert_eq!(made.creation_date.len(), "2026-10-13T22:40:31.000Z".len());
    let v2: Vec<&str> =
        images.iter().filter(|image| image.imds_v2).map(|image| image.name.as_str()).collect();
    assert!(v2.len() == 6 && v2.iter().all(|name| name.starts_with("al2023-")), "{v2:?}");
    let other = Place { region: &"eu-west-1".parse().unwrap(), ..place };
    let elsewhere: BTreeSet<String> =
        Image::all(&other, []).into_iter().map(|image| image.image_id).collect();
    assert!(images.iter().all(|image| !elsewhere.contains(&image.image_id)));
    assert_eq!(images.iter().map(|image| &image.name).collect::<BTreeSet<_>>().len(), images.len());
}

#[test]
fn the_network_holds_whatever_instances_name() {
    let (seed, account_id) = (Seed::from_text("catalogue"), Seed::from_text("catalogue").account_id());
    let region = region("us-east-1");
    let place = Place { seed: &seed, account_id, region: &region };
    let mut directory = Directory::new(Partition::Aws, account_id);
    let instances = [
        declared("{}", 0),
        declared(r#"{"availability-zone": "us-east-1c"}"#, 1),
        declared(
            r#"{"vpc-cidr-blocks": ["10.0.0.0/16"], "subnet-cidr-block": "10.0.1.0/24", "security-groups": ["web", "db"]}"#,
            2,
        ),
        declared(r#"{"subnet-id": "subnet-12345678", "vpc-id": "vpc-12345678"}"#, 3),
    ];
    let alone = Network::new(&place, &directory, []);
    assert_eq!((alone.vpcs.len(), alone.subnets.len(), alone.security_groups.len()), (1, 6, 1));
    let vpc_id = alone.default_vpc().unwrap().vpc_id.clone();
    let tags = vec![Tag { key: "Name".to_owned(), value: "main".to_owned() }];
    directory.resource_tags.insert(ResourceTags {
        resource_id: vpc_id,
        region: region.to_string(),
        tags: tags.clone(),
    });

    let network = Network::new(&place, &directory, &instances);
    assert_eq!(network.default_vpc().unwrap().tags, tags);
    let mut taken = BTreeMap::<&str, i64>::new();
    for interface in instances.iter().flat_map(|instance| &instance.network_interfaces) {
        let subnet = network.subnet(&interface.subnet_id).unwrap();
        assert_eq!(subnet.vpc_id, interface.vpc_id);
        assert_eq!(subnet.cidr_block, interface.subnet_ipv4_cidr_block);
        assert_eq!(
            network.vpc(&interface.vpc_id).unwrap().cidr_blocks[0].cidr_block,
            interface.vpc_ipv4_cidr_blocks[0]
        );
        for group in &interface.security_groups {
            assert_eq!(network.security_group(&group.group_id).unwrap().group_name, group.group_name);
        }
        *taken.entry(&interface.subnet_id).or_default() += 1;
    }
    for (zone, taken_there) in [("us-east-1a", 1), ("us-east-1c", 1), ("us-east-1f", 0)] {
        let subnet = network.default_subnet(zone).unwrap();
        assert_eq!(subnet.cidr_block, default_subnet_block(zone).to_string());
        assert_eq!(subnet.available_ip_address_count, 4091 - taken_there, "{zone}");
    }
    for vpc in &network.vpcs {
        assert!(network.security_group_named(&vpc.vpc_id, "default").is_some());
    }
    let blocks: BTreeSet<&str> = alone.subnets.iter().map(|subnet| subnet.cidr_block.as_str()).collect();
    assert_eq!(blocks.len(), 6);
}

#[test]
fn filters_of_the_network_take_names_of_either_spelling() {
    let (seed, account_id) = (Seed::from_text("catalogue"), Seed::from_text("catalogue").account_id());
    let region = region("us-west-2");
    let place = Place { seed: &seed, account_id, region: &region };
    let network = Network::new(&place, &Directory::new(Partition::Aws, account_id), []);
    fn held<T: Filtered>(items: &[T], name: &str, value: &str) -> usize {
        let filters = Filters::new::<T>([(Some(name), vec![value])]).unwrap();
        items.iter().filter(|item| filters.hold(*item)).count()
    }
    for name in ["is-default", "isDefault"] {
        assert_eq!((held(&network.vpcs, name, "true"), held(&network.vpcs, name, "false")), (1, 0));
    }
    assert_eq!(held(&network.subnets, "availabilityZone", "us-west-2b"), 1);
    assert_eq!(held(&network.subnets, "default-for-az", "true"), 4);
    assert_eq!(held(&network.subnets, "cidr-block", "172.31.*"), 4);
    assert_eq!(held(&network.vpcs, "cidr-block-association.state", "associated"), 1);
    assert_eq!(held(&network.security_groups, "group-name", "default"), 1);
    assert_eq!(held(&network.security_groups, "ip-permission.cidr", "*"), 0);
}
