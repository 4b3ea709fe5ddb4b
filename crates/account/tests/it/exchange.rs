//! The whole directory as a document: out, in, and what is not taken in.

use std::sync::Arc;

use account::directory::{Directory, MfaDevice};
use account::iam::{alias, group, instance_profile};
use account::{Account, AccountError};
use serde_json::{Value, json};
use store::MemoryStore;

use crate::world::{
    NOW, TRUSTS_EC2, account_id, empty, group as new_group, key, profile, role, tag, user as new_user,
};

fn directory() -> Directory {
    let mut directory = empty();
    alias::create(&mut directory, "mine", NOW).unwrap();
    new_user(&mut directory, "Ann");
    new_group(&mut directory, "Staff");
    role(&mut directory, "App", TRUSTS_EC2);
    profile(&mut directory, "App");
    key(&mut directory, Some("Ann"), 1);
    key(&mut directory, None, 2);
    group::add_user(&mut directory, "Staff", "Ann").unwrap();
    instance_profile::add_role(&mut directory, "App", "App").unwrap();
    let device = json!({
        "SerialNumber": "arn:aws:iam::111122223333:mfa/ann", "Seed": "SECRETSEED", "UserName": "Ann",
        "CreateDate": NOW, "EnableDate": NOW,
    });
    let mut device: MfaDevice = serde_json::from_value(device).unwrap();
    device.tags = vec![tag("a", "b")];
    directory.mfa_devices.insert(device);
    directory.check().unwrap();
    directory
}

fn import(document: &Value) -> Result<Directory, AccountError> {
    let mut directory = empty();
    directory.import(&document.to_string()).map(|()| directory)
}

#[test]
fn document_with_secrets_is_the_directory() {
    let directory = directory();
    let text = directory.export(true);
    assert!(text.contains("SECRETSEED"));
    let document: Value = serde_json::from_str(&text).unwrap();
    let taken = import(&document).unwrap();
    assert_eq!(taken.export(true), text);
    let key = directory.access_keys.iter().next().unwrap();
    assert_eq!(taken.access_keys.get(&key.access_key_id).unwrap(), key);
}

#[test]
fn document_without_secrets_has_none_and_leaves_keys_out() {
    let directory = directory();
    let text = directory.export(false);
    for key in directory.access_keys.iter() {
        assert!(!text.contains(key.secret_access_key.expose().as_str()) && text.contains(&key.access_key_id));
    }
    assert!(!text.contains("SECRETSEED") && text.contains("mfa/ann"));
    let taken = import(&serde_json::from_str(&text).unwrap()).unwrap();
    assert!(taken.access_keys.is_empty() && taken.mfa_devices.is_empty());
    assert_eq!(taken.users.get("ann"), directory.users.get("ann"));
}

#[test]
fn import_is_all_or_nothing_and_durable() {
    let store = Arc::new(MemoryStore::new());
    let account = Account::open(store.clone(), account_id()).unwrap();
    account
        .change(|directory| {
            new_user(directory, "Old");
            Ok::<_, AccountError>(())
        })
        .unwrap();
    let before = account.directory().export(true);
    let mut broken: Value = serde_json::from_str(&directory().export(true)).unwrap();
    broken["InstanceProfiles"][0]["Role"] = json!("None");
    account.change(|directory| directory.import(&broken.to_string())).unwrap_err();
    assert_eq!(account.directory().export(true), before);

    let whole = directory().export(true);
    account.change(|directory| directory.import(&whole)).unwrap();
    let again = Account::open(store, account_id()).unwrap();
    assert_eq!(again.directory().export(true), whole);
    assert!(!again.directory().users.contains("Old"));
}

#[test]
fn what_is_not_whole_is_refused_in_words() {
    let whole: Value = serde_json::from_str(&directory().export(true)).unwrap();
    type Break = fn(&mut Value);
    let cases: [(Break, &str); 15] = [
        (|d| d["Format"] = json!(9), "document has format 9"),
        (
            |d| d["AccountId"] = json!("999988887777"),
            "document is of account 999988887777, this is 111122223333",
        ),
        (|d| d["Partition"] = json!("aws-cn"), "document is of partition aws-cn"),
        (|d| d["More"] = json!(1), "document is not one that"),
        (|d| drop(d.as_object_mut().unwrap().remove("Users")), "document is not one that"),
        (
            |d| d["Users"][0]["Group"] = json!(["x"]),
            "user number 1 in the document cannot be read: it has no member Group",
        ),
        (|d| d["Users"][0]["CreateDate"] = json!("soon"), "user number 1 in the document cannot be read"),
        (|d| d["Users"][0]["Groups"] = json!(["None"]), "user Ann is in group None, which is not there"),
        (|d| d["Users"][0]["Path"] = json!("/x/"), "user Ann has the ARN"),
        (|d| d["Users"][0]["UserName"] = json!("A nn"), "user A nn has a name that none may have"),
        (
            |d| d["Users"][0]["AttachedPolicies"] = json!(["arn:aws:iam::111122223333:policy/x"]),
            "user Ann names policy arn:aws:iam::111122223333:policy/x, which is not there",
        ),
        (|d| d["AccessKeys"][0]["UserName"] = json!("Eve"), "is of a user who is not there"),
        (|d| d["MfaDevices"][0]["UserName"] = json!("Eve"), "is of a user who is not there"),
        (
            |d| {
                let twin = d["Groups"][0].clone();
                d["Groups"].as_array_mut().unwrap().push(twin);
            },
            "group Staff is in the document twice",
        ),
        (|d| d["Roles"][0]["RoleId"] = d["Users"][0]["UserId"].clone(), "role App has the unique id"),
    ];
    for (number, (break_it, start)) in cases.iter().enumerate() {
        let mut document = whole.clone();
        break_it(&mut document);
        let error = import(&document).unwrap_err().to_string();
        assert!(error.contains(start), "{number}: {error}");
        assert!(!error.contains("SECRETSEED"));
    }
}
