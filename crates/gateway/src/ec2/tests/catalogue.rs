//! What holds of every `Describe…` of the catalogue, the network, key pairs and tags.

use account::ServiceError;
use wire::Structure;

use super::world::{Asked, World};

/// The answer to the administrator.
pub(super) fn ask(world: &World, call: &str, with: &[(&str, &str)]) -> Result<Structure, ServiceError> {
    world.ask(&Asked { caller: "admin", service: "ec2", region: "us-east-1", call, with })
}

/// A filter that the operation does not know is refused before anything is looked at.
#[test]
fn unknown_filters_are_refused_everywhere() {
    let world = World::new();
    for call in [
        "DescribeAddresses",
        "DescribeAvailabilityZones",
        "DescribeDhcpOptions",
        "DescribeImages",
        "DescribeInstanceCreditSpecifications",
        "DescribeInstanceTypeOfferings",
        "DescribeInstanceTypes",
        "DescribeInternetGateways",
        "DescribeKeyPairs",
        "DescribeNetworkAcls",
        "DescribeNetworkInterfaces",
        "DescribeRegions",
        "DescribeRouteTables",
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeTags",
        "DescribeVolumeStatus",
        "DescribeVolumes",
        "DescribeVpcs",
    ] {
        let with = [("Filter.1.Name", "colour"), ("Filter.1.Value.1", "blue")];
        let refused = ask(&world, call, &with).unwrap_err();
        assert_eq!(
            (&*refused.code, refused.status, refused.message.as_str()),
            ("InvalidParameterValue", 400, "The filter 'colour' is invalid"),
            "{call}"
        );
        let nobody = Asked { caller: "nobody", service: "ec2", region: "us-east-1", call, with: &[] };
        assert_eq!(&*world.ask(&nobody).unwrap_err().code, "UnauthorizedOperation", "{call}");
    }
}

/// Pages joined are the whole list, whatever their size.
#[test]
fn pages_join_to_the_whole() {
    let world = World::new();
    let keys = ["a", "b", "c", "d", "e", "f"];
    let names: Vec<String> = (1..=keys.len()).map(|number| format!("Tag.{number}.Key")).collect();
    let mut with: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(keys).collect();
    with.push(("ResourceId.1", "i-0123456789abcdef0"));
    ask(&world, "CreateTags", &with).unwrap();
    launch_six(&world);
    for (call, member, size) in [
        ("DescribeInstanceTypes", "InstanceTypes", 30),
        ("DescribeSubnets", "Subnets", 5),
        ("DescribeImages", "Images", 3),
        ("DescribeTags", "Tags", 5),
        ("DescribeVolumes", "Volumes", 6),
        ("DescribeVolumeStatus", "VolumeStatuses", 5),
        ("DescribeNetworkInterfaces", "NetworkInterfaces", 5),
        ("DescribeInstanceCreditSpecifications", "InstanceCreditSpecifications", 7),
    ] {
        let joined = joined(&world, call, member, size);
        assert!(joined.len() > size, "{call}: {}", joined.len());
        if call != "DescribeInstanceTypes" {
            assert_eq!(ask(&world, call, &[]).unwrap().list(member), joined, "{call}");
        }
    }
}

/// Six instances with two volumes each.
fn launch_six(world: &World) {
    let images =
        ask(world, "DescribeImages", &[("Filter.1.Name", "architecture"), ("Filter.1.Value.1", "x86_64")]);
    let image = images.unwrap().structures("Images").next().unwrap().text("ImageId").unwrap().to_owned();
    let with = [
        ("ImageId", &*image),
        ("InstanceType", "t3.micro"),
        ("MinCount", "6"),
        ("MaxCount", "6"),
        ("BlockDeviceMapping.1.DeviceName", "/dev/sdf"),
        ("BlockDeviceMapping.1.Ebs.VolumeSize", "1"),
    ];
    ask(world, "RunInstances", &with).unwrap();
}

fn joined(world: &World, call: &str, member: &str, size: usize) -> Vec<wire::Value> {
    let (mut joined, mut token) = (Vec::new(), None::<String>);
    let size_text = size.to_string();
    loop {
        let mut with = vec![("MaxResults", size_text.as_str())];
        if call == "DescribeInstanceTypes" {
            with.extend([("Filter.1.Name", "instance-type"), ("Filter.1.Value.1", "m5*.*")]);
        }
        with.extend(token.as_deref().map(|token| ("NextToken", token)));
        let answer = ask(world, call, &with).unwrap();
        assert!(answer.list(member).len() <= size, "{call}");
        joined.extend(answer.list(member).to_vec());
        token = answer.text("NextToken").map(str::to_owned);
        if token.is_none() {
            return joined;
        }
    }
}
