//! Trust by unique id, and what is shown of it.

use account::directory::Directory;
use account::iam::{role, user};

use crate::world::{
    ACCOUNT, TRUSTS_EC2, create_role, empty, role as new_role, told, trusts, user as new_user,
};

fn shown(directory: &Directory) -> String {
    role::shown_trust(directory, directory.role("r").unwrap()).into_owned()
}

#[test]
fn principals_of_this_account_must_be_there() {
    let mut directory = empty();
    new_user(&mut directory, "Ann");
    new_role(&mut directory, "Held", TRUSTS_EC2);
    let held = directory.role("Held").unwrap().role_id.to_string();
    let arn = |resource: &str| format!("arn:aws:iam::{ACCOUNT}:{resource}");
    for (principal, there) in [
        (arn("user/Ann"), true),
        (arn("user/ann"), false),
        (arn("user/path/Ann"), false),
        (arn("role/Held"), true),
        (arn("role/None"), false),
        (arn("group/g"), false),
        (arn("user/*"), false),
        (arn("root"), true),
        (ACCOUNT.to_owned(), true),
        ("999988887777".to_owned(), true),
        ("arn:aws:iam::999988887777:user/Whoever".to_owned(), true),
        (format!("arn:aws:sts::{ACCOUNT}:assumed-role/Held/session"), true),
        (format!("arn:aws:sts::{ACCOUNT}:assumed-role/None/session"), false),
        (format!("arn:aws:sts::{ACCOUNT}:federated-user/f"), true),
        (held, true),
        ("AROAJQABLZS4A3QDU576Q".to_owned(), false),
        ("*".to_owned(), true),
        ("Ann".to_owned(), false),
    ] {
        let mut directory = directory.clone();
        let made = create_role(&mut directory, "r", &trusts(&principal));
        if there {
            made.unwrap_or_else(|error| panic!("{principal}: {error}"));
        } else {
            let text = format!("Invalid principal in policy: \"AWS\":\"{principal}\"");
            assert_eq!(told(made), ("MalformedPolicyDocument".to_owned(), 400, text), "{principal}");
        }
    }
}

#[test]
fn services_are_told_by_their_domains() {
    let mut directory = empty();
    for (service, known) in [
        ("lambda.amazonaws.com", true),
        ("ec2.amazonaws.com.cn", true),
        ("spotfleet.ec2.amazonaws.com", true),
        ("lambda.amazon", false),
        ("amazonaws.com", false),
        (".amazonaws.com", false),
    ] {
        let trust = TRUSTS_EC2.replace("ec2.amazonaws.com", service);
        let made = create_role(&mut directory, &service.replace('.', "_"), &trust);
        if known {
            made.unwrap_or_else(|error| panic!("{service}: {error}"));
        } else {
            assert_eq!(told(made).2, format!("Invalid principal in policy: \"SERVICE\":\"{service}\""));
        }
    }
}

#[test]
fn user_made_anew_is_shown_as_the_one_that_is_gone() {
    let mut directory = empty();
    new_user(&mut directory, "Ann");
    let (arn, id) =
        (directory.user_arn("Ann").to_string(), directory.user("Ann").unwrap().user_id.to_string());
    let spaced = trusts(&arn)
        .replace(':', ": ")
        .replace("arn: aws: iam: : ", "arn:aws:iam::")
        .replace("3333: user", "3333:user");
    let spaced = spaced.replace("sts: ", "sts:");
    new_role(&mut directory, "r", &spaced);
    assert_eq!(shown(&directory), spaced);

    user::delete(&mut directory, "Ann").unwrap();
    assert_eq!(shown(&directory), spaced.replace(&arn, &id));
    let again = user::NewUser { user_name: "Ann".to_owned(), ..Default::default() };
    user::create(&mut directory, again, crate::world::NOW, &crate::world::random(12345)).unwrap();
    assert_eq!(shown(&directory), spaced.replace(&arn, &id));

    // Saying it again trusts the new one; repeating what is shown is refused.
    let orphaned = shown(&directory);
    assert_eq!(
        told(role::update_trust(&mut directory, "r", &orphaned)).2,
        format!("Invalid principal in policy: \"AWS\":\"{id}\"")
    );
    role::update_trust(&mut directory, "r", &spaced).unwrap();
    assert_eq!(shown(&directory), spaced);
}

#[test]
fn renamed_user_is_trusted_and_shown_under_his_new_name() {
    let mut directory = empty();
    new_user(&mut directory, "Ann");
    let trust = trusts(directory.user_arn("Ann").as_str());
    new_role(&mut directory, "r", &trust);
    user::update(&mut directory, "Ann", Some("Zoe"), Some("/p/")).unwrap();
    assert_eq!(shown(&directory), trusts(&format!("arn:aws:iam::{ACCOUNT}:user/p/Zoe")));
}

#[test]
fn ids_numbers_and_sessions_are_shown_as_aws_does() {
    let mut directory = empty();
    new_user(&mut directory, "Ann");
    new_role(&mut directory, "Held", TRUSTS_EC2);
    let ann = directory.user("Ann").unwrap().user_id.to_string();
    let held = directory.role("Held").unwrap().role_id.to_string();
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/Held/s");
    for (principal, before, after) in [
        (ann.clone(), directory.user_arn("Ann").to_string(), ann),
        (ACCOUNT.to_owned(), format!("arn:aws:iam::{ACCOUNT}:root"), format!("arn:aws:iam::{ACCOUNT}:root")),
        (session.clone(), session, format!("{held}:s")),
    ] {
        let mut directory = directory.clone();
        new_role(&mut directory, "r", &trusts(&principal));
        assert_eq!(shown(&directory), trusts(&before));
        user::delete(&mut directory, "Ann").unwrap();
        role::delete(&mut directory, "Held").unwrap();
        assert_eq!(shown(&directory), trusts(&after));
    }
}
