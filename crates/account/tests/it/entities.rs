//! What operations do where they are not refused.

use account::KeyUses;
use account::directory::KeyStatus;
use account::iam::bootstrap::{InstanceRole, bootstrap, ensure_instance_role};
use account::iam::page::PageRequest;
use account::iam::{access_key, alias, group, instance_profile, role, user};
use account::identifier::{Identifiers, Seed};
use types::instance::{InstanceProfile, ProfileRole};
use types::{AccessKeyId, Arn, Partition};

use crate::world::{
    NOW, TRUSTS_EC2, account_id, empty, group as new_group, key, profile, random, role as new_role, tag,
    user as new_user,
};

#[test]
fn new_user_has_an_id_and_an_arn_of_the_account() {
    let mut directory = empty();
    let new = user::NewUser {
        user_name: "Ann".to_owned(),
        path: Some("/division/team/".to_owned()),
        tags: vec![tag("b", "2"), tag("A", "1")],
        ..Default::default()
    };
    let made = user::create(&mut directory, new, NOW, &random(1)).unwrap();
    assert_eq!(made.arn.as_str(), "arn:aws:iam::111122223333:user/division/team/Ann");
    assert!(made.user_id.as_str().starts_with("AIDA"));
    assert_eq!(made.tags, [tag("A", "1"), tag("b", "2")]);
    assert_eq!(directory.user_arn("ANN"), made.arn);
    assert_eq!(directory.user_arn("eve").as_str(), "arn:aws:iam::111122223333:user/eve");
}

#[test]
fn renamed_user_keeps_his_id_and_all_that_is_his() {
    let mut directory = empty();
    new_user(&mut directory, "Ann");
    new_group(&mut directory, "Staff");
    group::add_user(&mut directory, "staff", "ann").unwrap();
    let id = key(&mut directory, Some("ann"), 5);
    let before = directory.user("Ann").unwrap().clone();

    user::update(&mut directory, "ann", Some("Zoe"), Some("/x/")).unwrap();
    let after = directory.user("zoe").unwrap();
    assert_eq!(after.user_id, before.user_id);
    assert_eq!(after.arn.as_str(), "arn:aws:iam::111122223333:user/x/Zoe");
    assert!(after.groups.contains("Staff") && !directory.users.contains("Ann"));
    assert_eq!(directory.access_keys.get(&id).unwrap().user_name.as_deref(), Some("Zoe"));

    user::update(&mut directory, "zoe", Some("ZOE"), None).unwrap();
    assert_eq!(directory.user("zoe").unwrap().arn.as_str(), "arn:aws:iam::111122223333:user/x/ZOE");
    assert_eq!(directory.access_keys.get(&id).unwrap().user_name.as_deref(), Some("ZOE"));
    directory.check().unwrap();
}

#[test]
fn renamed_group_keeps_its_members() {
    let mut directory = empty();
    new_group(&mut directory, "Staff");
    for name in ["Ann", "Bob", "Cy"] {
        new_user(&mut directory, name);
    }
    group::add_user(&mut directory, "Staff", "Ann").unwrap();
    group::add_user(&mut directory, "Staff", "Cy").unwrap();
    group::update(&mut directory, "staff", Some("Crew"), Some("/c/")).unwrap();
    let members = group::members(&directory, "crew", &PageRequest::default()).unwrap();
    let names: Vec<&str> = members.items.iter().map(|user| &*user.user_name).collect();
    assert_eq!(names, ["Ann", "Cy"]);
    let groups = group::list_for_user(&directory, "ann", &PageRequest::default()).unwrap();
    assert_eq!(groups.items[0].arn.as_str(), "arn:aws:iam::111122223333:group/c/Crew");
    group::remove_user(&mut directory, "CREW", "ann").unwrap();
    group::remove_user(&mut directory, "crew", "cy").unwrap();
    group::delete(&mut directory, "crew").unwrap();
    directory.check().unwrap();
}

#[test]
fn lists_go_by_name_and_path() {
    let mut directory = empty();
    for (name, path) in [("b", "/x/"), ("A", "/"), ("C", "/x/y/"), ("d", "/xy/")] {
        let new =
            user::NewUser { user_name: name.to_owned(), path: Some(path.to_owned()), ..Default::default() };
        user::create(&mut directory, new, NOW, &random(name.len() as u64 + u64::from(name.as_bytes()[0])))
            .unwrap();
    }
    let names = |prefix: Option<&str>, page: &PageRequest<'_>| {
        let page = user::list(&directory, prefix, page).unwrap();
        (page.items.iter().map(|user| user.user_name.clone()).collect::<Vec<_>>(), page.marker)
    };
    assert_eq!(names(None, &PageRequest::default()).0, ["A", "b", "C", "d"]);
    assert_eq!(names(Some("/x/"), &PageRequest::default()).0, ["b", "C"]);
    assert_eq!(names(Some("/x"), &PageRequest::default()).0, ["b", "C", "d"]);
    let (first, marker) = names(None, &PageRequest { marker: None, max_items: Some(3) });
    assert_eq!(first, ["A", "b", "C"]);
    let rest = PageRequest { marker: marker.as_deref(), max_items: None };
    assert_eq!(names(None, &rest), (vec!["d".to_owned()], None));
}

#[test]
fn keys_are_of_aws_form_and_never_shown_by_debug() {
    let mut directory = empty();
    new_user(&mut directory, "Ann");
    let made = access_key::create(&mut directory, Some("ann"), NOW, &random(3)).unwrap();
    let id: AccessKeyId = made.access_key_id.parse().unwrap();
    assert_eq!((id.account(), id.as_str().len()), (Some(account_id()), 20));
    assert_eq!(made.user_name.as_deref(), Some("Ann"));
    let secret = made.secret_access_key.expose();
    assert_eq!(secret.len(), 40);
    assert!(!format!("{directory:?}").contains(secret.as_str()));

    access_key::update(&mut directory, Some("ANN"), id.as_str(), "Inactive").unwrap();
    assert_eq!(directory.access_keys.get(id.as_str()).unwrap().status, KeyStatus::Inactive);
    let uses = KeyUses::default();
    assert_eq!(access_key::last_use(&directory, &uses, id.as_str()).unwrap().last, None);
    uses.note(id.as_str(), "sts", "eu-west-1", NOW);
    let last = access_key::last_use(&directory, &uses, id.as_str()).unwrap();
    assert_eq!(last.user_name.as_deref(), Some("Ann"));
    let last = last.last.unwrap();
    assert_eq!((&*last.service, &*last.region, last.at.secs() % 60), ("sts", "eu-west-1", 0));
    access_key::delete(&mut directory, Some("ann"), id.as_str()).unwrap();
    user::delete(&mut directory, "ann").unwrap();
}

#[test]
fn root_has_keys_of_its_own() {
    let mut directory = empty();
    new_user(&mut directory, "Ann");
    let id = key(&mut directory, None, 4);
    key(&mut directory, Some("Ann"), 5);
    let listed = access_key::list(&directory, None, &PageRequest::default()).unwrap();
    assert_eq!(listed.items.iter().map(|key| &*key.access_key_id).collect::<Vec<_>>(), [&*id]);
    access_key::delete(&mut directory, None, &id).unwrap();
    assert_eq!(directory.access_keys.len(), 1);
}

#[test]
fn profile_takes_a_role_and_gives_it_back() {
    let mut directory = empty();
    new_role(&mut directory, "App", TRUSTS_EC2);
    profile(&mut directory, "web");
    instance_profile::add_role(&mut directory, "WEB", "app").unwrap();
    assert_eq!(directory.instance_profile("web").unwrap().role.as_deref(), Some("App"));
    let held = instance_profile::list_for_role(&directory, "APP", &PageRequest::default()).unwrap();
    assert_eq!(held.items.len(), 1);
    instance_profile::remove_role(&mut directory, "web", "APP").unwrap();
    role::delete(&mut directory, "app").unwrap();
    instance_profile::delete(&mut directory, "web").unwrap();
    directory.check().unwrap();
}

#[test]
fn role_is_updated_member_by_member() {
    let mut directory = empty();
    new_role(&mut directory, "App", TRUSTS_EC2);
    assert_eq!(directory.role("app").unwrap().max_session_duration, 3600);
    role::update(&mut directory, "app", Some("one"), Some(7200)).unwrap();
    role::update(&mut directory, "app", None, Some(43_200)).unwrap();
    role::update(&mut directory, "app", Some("two"), None).unwrap();
    let role = directory.role("app").unwrap();
    assert_eq!((role.description.as_deref(), role.max_session_duration), (Some("two"), 43_200));
}

#[test]
fn alias_takes_the_place_of_the_one_before() {
    let mut directory = empty();
    alias::create(&mut directory, "first-1", NOW).unwrap();
    alias::create(&mut directory, "second", NOW).unwrap();
    assert_eq!(alias::get(&directory), Some("second"));
    assert!(alias::delete(&mut directory, "first-1").is_err());
    alias::delete(&mut directory, "second").unwrap();
    assert_eq!(alias::get(&directory), None);
    for wrong in ["ab", "-ab", "ab-", "Abc", "a_b", &"a".repeat(64), ""] {
        assert!(alias::create(&mut directory, wrong, NOW).is_err(), "{wrong}");
    }
}

#[test]
fn new_account_has_an_administrator_with_one_key() {
    let mut directory = empty();
    let made = bootstrap(&mut directory, NOW, &random(8)).unwrap();
    assert_eq!(made.user.arn.as_str(), "arn:aws:iam::111122223333:user/admin");
    let attached: Vec<&str> = made.user.attached_policies.iter().map(Arn::as_str).collect();
    assert_eq!(attached, ["arn:aws:iam::aws:policy/AdministratorAccess"]);
    assert_eq!(directory.account.iter().next().unwrap().created_at, NOW);
    assert_eq!(directory.access_keys_of(Some("admin")).count(), 1);
    assert_eq!(directory.access_keys_of(None).count(), 0);
    let id = &made.user.user_id.as_str()[4..];
    assert_ne!(&made.access_key.access_key_id[4..], id);
    directory.check().unwrap();
}

#[test]
fn instance_role_has_the_ids_of_its_declaration_and_is_made_once() {
    let seed = Seed::from_text("seed");
    let arn = |resource: &str| Arn::iam(Partition::Aws, account_id(), resource);
    let (role_arn, profile_arn) = (arn("role/service/web-role"), arn("instance-profile/web"));
    let role = ProfileRole {
        role_name: "web-role".to_owned(),
        role_id: Identifiers::role_id(&seed, account_id(), &role_arn),
        arn: role_arn,
        trusts_ec2: true,
    };
    let attached = InstanceProfile {
        id: Identifiers::instance_profile_id(&seed, account_id(), &profile_arn),
        arn: profile_arn,
        associated_at: NOW,
        association_id: None,
        exists: true,
        role: Some(role.clone()),
    };
    let mut directory = empty();
    let instance = InstanceRole { profile: &attached, role: &role, now: NOW };
    ensure_instance_role(&mut directory, &instance);
    let made = directory.role("web-role").unwrap().clone();
    assert_eq!((&made.role_id, &made.arn, &*made.path), (&role.role_id, &role.arn, "/service/"));
    assert_eq!(made.assume_role_policy_document.text(), TRUSTS_EC2);
    let held = directory.instance_profile("web").unwrap().clone();
    assert_eq!((&held.instance_profile_id, held.role.as_deref()), (&attached.id, Some("web-role")));
    directory.check().unwrap();

    // What was changed since stays.
    instance_profile::remove_role(&mut directory, "web", "web-role").unwrap();
    ensure_instance_role(&mut directory, &instance);
    assert_eq!(directory.instance_profile("web").unwrap().role, None);

    // Of another account, it is none of ours.
    let foreign: Arn = "arn:aws:iam::999988887777:role/web".parse().unwrap();
    let other = ProfileRole { arn: foreign, role_name: "web".to_owned(), ..role.clone() };
    let mut directory = empty();
    ensure_instance_role(&mut directory, &InstanceRole { profile: &attached, role: &other, now: NOW });
    assert!(directory.roles.is_empty() && directory.instance_profiles.is_empty());
}
