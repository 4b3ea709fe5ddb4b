//! Attachments and permissions boundaries: what counts, what is refused, who uses a policy.

use account::iam::attachment::{self, EntityFilter, EntityKind, ListEntities};
use account::iam::boundary;
use account::iam::policy::{Holder, PolicyUse, Usage, UsageFilter};

use super::*;
use crate::world::told;

const HOLDERS: [Holder<'static>; 3] = [Holder::User("alice"), Holder::Group("team"), Holder::Role("worker")];
const SERVICES_OWN: &str =
    "arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy";

#[test]
fn attaching_twice_is_once_and_ten_are_the_most() {
    for (holder, kind) in HOLDERS.into_iter().zip(["User", "Group", "Role"]) {
        let mut directory = people();
        for number in 0..10 {
            let arn = policy(&mut directory, &format!("p{number}"));
            attachment::attach(&mut directory, holder, &arn).unwrap();
            attachment::attach(&mut directory, holder, &arn).unwrap();
        }
        let refused = told(attachment::attach(&mut directory, holder, READ_ONLY));
        let text = format!("Cannot exceed quota for PoliciesPer{kind}: 10");
        assert_eq!(refused, ("LimitExceeded".to_owned(), 409, text));
        attachment::attach(&mut directory, holder, &arn("p3")).unwrap();
        attachment::detach(&mut directory, holder, &arn("p3")).unwrap();
        attachment::attach(&mut directory, holder, READ_ONLY).unwrap();
        let names: Vec<&str> = attachment::attached(&directory, holder, None)
            .unwrap()
            .iter()
            .map(|policy| policy.name)
            .collect();
        assert_eq!(names, ["p0", "p1", "p2", "p4", "p5", "p6", "p7", "p8", "p9", "ReadOnlyAccess"]);
    }
}

#[test]
fn attachments_are_refused_in_words() {
    let missing = arn("none");
    for holder in HOLDERS {
        let mut directory = people();
        let mut attach = |arn: &str| told(attachment::attach(&mut directory, holder, arn));
        let text = format!("Policy {missing} does not exist or is not attachable.");
        assert_eq!(attach(&missing), ("NoSuchEntity".to_owned(), 404, text));
        let text = "Invalid ARN:  Could not be parsed!".to_owned();
        assert_eq!(attach("none"), ("ValidationError".to_owned(), 400, text));
        let text = "ARN arn:aws:iam::111122223333:role/none is not valid.".to_owned();
        assert_eq!(attach("arn:aws:iam::111122223333:role/none"), ("ValidationError".to_owned(), 400, text));
        let refused = told(attachment::detach(&mut directory, holder, READ_ONLY));
        let text = format!("Policy {READ_ONLY} was not found.");
        assert_eq!(refused, ("NoSuchEntity".to_owned(), 404, text));
    }
    let refused = told(attachment::attach(&mut people(), Holder::User("none"), READ_ONLY));
    assert_eq!(refused.2, "The user with name none cannot be found.");
}

#[test]
fn lists_of_attachments_keep_to_a_path() {
    let mut directory = people();
    let holder = Holder::User("alice");
    for (path, name) in [("/", "c"), ("/a/", "b"), ("/a/b/", "a")] {
        let arn = policy_at(&mut directory, path, name);
        attachment::attach(&mut directory, holder, &arn).unwrap();
    }
    for (prefix, count) in [(None, 3), (Some("/"), 3), (Some("/a/"), 2), (Some("/a/b/"), 1), (Some("/b/"), 0)]
    {
        assert_eq!(attachment::attached(&directory, holder, prefix).unwrap().len(), count, "{prefix:?}");
    }
}

#[test]
fn boundaries_replace_and_are_refused_in_words() {
    for holder in [Holder::User("alice"), Holder::Role("worker")] {
        let mut directory = people();
        let own = policy(&mut directory, "own");
        let refused = told(boundary::delete(&mut directory, holder));
        assert_eq!((&*refused.0, refused.1), ("NoSuchEntity", 404));
        boundary::put(&mut directory, holder, READ_ONLY).unwrap();
        boundary::put(&mut directory, holder, &own).unwrap();
        let held = holder.find(&directory).unwrap().boundary.unwrap().0.to_string();
        assert_eq!(held, own);
        let cases = [
            ("none".to_owned(), "InvalidInput", 400, "ARN none is not valid.".to_owned()),
            (
                arn("none"),
                "NoSuchEntity",
                404,
                format!("Scope ARN: {} does not exist or is not attachable.", arn("none")),
            ),
        ];
        for (arn, code, status, text) in cases {
            let refused = told(boundary::put(&mut directory, holder, &arn));
            assert_eq!(refused, (code.to_owned(), status, text));
        }
        boundary::delete(&mut directory, holder).unwrap();
        assert!(holder.find(&directory).unwrap().boundary.is_none());
    }
}

#[test]
fn uses_are_counted_by_kind() {
    let mut directory = people();
    let arn = policy(&mut directory, "p");
    for holder in HOLDERS {
        attachment::attach(&mut directory, holder, &arn).unwrap();
    }
    boundary::put(&mut directory, Holder::User("alice"), &arn).unwrap();
    boundary::put(&mut directory, Holder::Role("worker"), READ_ONLY).unwrap();
    let usage = Usage::of(&directory);
    assert_eq!(usage.policy(&arn), PolicyUse { attachments: 3, boundaries: 1 });
    assert_eq!(usage.policy(READ_ONLY), PolicyUse { attachments: 0, boundaries: 1 });
    assert_eq!(usage.policies_in_use(), 2);
}

#[test]
fn entities_of_a_policy_are_those_that_filters_leave() {
    use EntityKind::{Group, Role, User};
    let mut directory = people();
    let arn = policy(&mut directory, "p");
    user(&mut directory, "bob");
    for holder in HOLDERS {
        attachment::attach(&mut directory, holder, &arn).unwrap();
    }
    boundary::put(&mut directory, Holder::User("bob"), &arn).unwrap();
    let ask = |entity, usage, path_prefix| -> Vec<(EntityKind, String)> {
        let request = ListEntities { entity, usage, path_prefix };
        let entities = attachment::entities(&directory, &arn, &request).unwrap();
        entities.iter().map(|entity| (entity.kind, entity.name.to_owned())).collect()
    };
    let named = |entities: &[(EntityKind, &str)]| -> Vec<(EntityKind, String)> {
        entities.iter().map(|(kind, name)| (*kind, (*name).to_owned())).collect()
    };
    let all = [(Group, "team"), (Role, "worker"), (User, "alice"), (User, "bob")];
    assert_eq!(ask(EntityFilter::All, None, None), named(&all));
    let permissions = Some(UsageFilter::PermissionsPolicy);
    assert_eq!(ask(EntityFilter::All, permissions, None), named(&all[..3]));
    let boundaries = Some(UsageFilter::PermissionsBoundary);
    assert_eq!(ask(EntityFilter::All, boundaries, None), named(&all[3..]));
    assert_eq!(ask(EntityFilter::User, None, Some("/")), named(&all[2..]));
    assert_eq!(ask(EntityFilter::Role, None, None), named(&all[1..2]));
    assert_eq!(ask(EntityFilter::Group, boundaries, None), named(&[]));
    assert_eq!(ask(EntityFilter::Policy, None, None), named(&[]));
    assert_eq!(ask(EntityFilter::All, None, Some("/far/")), named(&[]));
    let (code, _, text) = told(attachment::entities(&directory, &super::arn("x"), &ListEntities::default()));
    assert_eq!(code, "NoSuchEntity");
    assert_eq!(text, format!("Policy {} does not exist or is not attachable.", super::arn("x")));
}

#[test]
fn policy_of_a_service_is_for_its_role_alone() {
    let mut directory = people();
    for holder in HOLDERS {
        let refused = told(attachment::attach(&mut directory, holder, SERVICES_OWN));
        let text = "Cannot attach a Service Role Policy to a Customer Role.".to_owned();
        assert_eq!(refused, ("PolicyNotAttachable".to_owned(), 400, text));
    }
}
