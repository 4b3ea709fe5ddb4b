//! What credentials are told about the instance that asks for them.

use metadata::{Rendered, Shapes};

use crate::instances::instance;

#[test]
fn origin_names_the_instance_and_its_place() {
    let captured = instance("captured");
    let rendered = Rendered::new(&captured, &mut Shapes::default());
    let origin = rendered.origin();
    assert_eq!(origin.instance_id, &captured.instance_id);
    assert_eq!(origin.account_id, captured.account_id);
    assert_eq!(
        origin.instance_arn.as_str(),
        "arn:aws:ec2:us-east-1:111122223333:instance/i-0a1b2c3d4e5f60718"
    );
    assert_eq!(origin.vpc_id, "vpc-0123456789abcdef0");
    assert_eq!(origin.private_ipv4, Some([10, 0, 101, 10].into()));
    assert_eq!(
        (origin.launch_time, origin.profile_since),
        (captured.launch_time, Some(captured.launch_time))
    );
    let role = origin.profile.unwrap().role.as_ref().unwrap();
    assert_eq!((role.name.as_str(), role.trusts_ec2), ("app", true));
}

#[test]
fn origin_of_an_instance_without_profile_or_interface() {
    let mut minimal = instance("minimal");
    minimal.network_interfaces.clear();
    let rendered = Rendered::new(&minimal, &mut Shapes::default());
    let origin = rendered.origin();
    assert_eq!(origin.instance_arn.as_str(), "arn:aws-cn:ec2:cn-north-1:000000000012:instance/i-1a2b3c4d");
    assert_eq!((origin.profile, origin.profile_since), (None, None));
    assert_eq!((origin.vpc_id, origin.private_ipv4), ("", None));
}
