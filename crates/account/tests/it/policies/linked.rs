//! Roles of services: what follows from the service, and what AWS answered to every wrong wish.

use account::iam::linked_role::{self, CreateServiceLinkedRole, spelled_at_creation};
use account::iam::policy::Holder;
use account::iam::{attachment, boundary, inline};

use super::*;
use crate::world::{empty, told};

fn ask<'a>(service_name: &'a str, custom_suffix: Option<&'a str>) -> CreateServiceLinkedRole<'a> {
    CreateServiceLinkedRole { service_name, custom_suffix, description: None }
}

#[test]
fn everything_follows_from_the_service() {
    let mut directory = empty();
    let role =
        linked_role::create(&mut directory, ask("elasticloadbalancing.amazonaws.com", None), NOW, [1; 10])
            .unwrap();
    let name = "AWSServiceRoleForElasticLoadBalancing";
    let path = "/aws-service-role/elasticloadbalancing.amazonaws.com/";
    assert_eq!((role.role_name.as_str(), role.path.as_str()), (name, path));
    assert_eq!(role.arn.as_str(), format!("arn:aws:iam::111122223333:role{path}{name}"));
    assert_eq!(role.max_session_duration, 3600);
    let attached = attachment::attached(&directory, Holder::Role(name), None).unwrap();
    assert_eq!(attached[0].name, "AWSElasticLoadBalancingServiceRolePolicy");
    let expected = linked_role::resource_arn(&directory, "elasticloadbalancing.amazonaws.com", None);
    assert_eq!(role.arn, expected);

    let spelled: serde_json::Value =
        serde_json::from_str(&spelled_at_creation("elasticloadbalancing.amazonaws.com")).unwrap();
    assert_eq!(spelled["Statement"][0]["Principal"]["Service"][0], "elasticloadbalancing.amazonaws.com");
}

#[test]
fn suffixes_make_several() {
    let mut directory = empty();
    let plain = "AWSServiceRoleForAutoScaling";
    let cases = [
        (None, plain.to_owned()),
        (Some("one"), format!("{plain}_one")),
        (Some("two"), format!("{plain}_two")),
    ];
    for (suffix, expected) in cases {
        let role =
            linked_role::create(&mut directory, ask("autoscaling.amazonaws.com", suffix), NOW, [1; 10])
                .unwrap();
        assert_eq!(role.role_name, expected);
    }
    let refused = told(linked_role::create(
        &mut directory,
        ask("autoscaling.amazonaws.com", Some("two")),
        NOW,
        [1; 10],
    ));
    let text = "Service role name AWSServiceRoleForAutoScaling_two has been taken in this account, please try a \
                different suffix.";
    assert_eq!(refused, ("InvalidInput".to_owned(), 400, text.to_owned()));
    let (code, ..) = told(linked_role::create(&mut directory, ask("none.amazonaws.com", None), NOW, [1; 10]));
    assert_eq!(code, "InvalidInput");
}

#[test]
fn nobody_but_the_service_changes_its_role() {
    let mut directory = empty();
    linked_role::create(&mut directory, ask("ecs.amazonaws.com", None), NOW, [1; 10]).unwrap();
    let name = "AWSServiceRoleForECS";
    let role = Holder::Role(name);
    let text = format!(
        "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
    );
    let refused = ("UnmodifiableEntity".to_owned(), 400, text);
    let all = [
        told(attachment::attach(&mut directory, role, READ_ONLY)),
        told(attachment::detach(&mut directory, role, READ_ONLY)),
        told(inline::put(&mut directory, role, "p", DOCUMENT)),
        told(inline::delete(&mut directory, role, "p")),
        told(boundary::put(&mut directory, role, READ_ONLY)),
        told(boundary::delete(&mut directory, role)),
    ];
    assert!(all.iter().all(|answer| *answer == refused), "{all:#?}");
}
