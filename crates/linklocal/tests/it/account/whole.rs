//! `linklocal account …`: what it tells, takes out, puts in and makes anew.

use serde_json::Value;

use super::house::{House, Keys};
use crate::world::text_of;

#[test]
fn status_tells_what_is_there() {
    let house = House::new();
    let before = house.world.json(&["account", "status"]);
    house.user("ann");
    let status = house.world.json(&["account", "status"]);
    let count = |status: &Value, name: &str| status[name].as_u64().unwrap();
    for name in ["Users", "AccessKeys"] {
        assert_eq!(count(&status, name), count(&before, name) + 1, "{name}");
    }
    assert_eq!(status["AccountId"], house.server().banner["Account"]["AccountId"]);
    assert_eq!(status["Endpoints"][0], house.api().to_string());
    for rule in ["Signatures", "Policies", "MfaCodes"] {
        assert_eq!(status["Enforcement"][rule], true, "{rule}");
    }
    let text = house.world.done(&["account", "status"]);
    assert!(text.contains("AWS_CA_BUNDLE=") && !text.contains(&house.administrator.secret), "{text}");
}

#[test]
fn an_export_bears_secrets_only_where_they_are_asked_for() {
    let house = House::new();
    let ann = house.user("ann");
    let seed = house.done("iam:CreateVirtualMFADevice", &[("VirtualMFADeviceName", "ann")]);
    let seed = seed.element("Base32StringSeed").to_owned();
    let plain = house.world.done(&["account", "export"]);
    let _: Value = serde_json::from_str(&plain).unwrap();
    assert!(plain.contains(&ann.id));
    for secret in [&ann.secret, &house.administrator.secret, &seed] {
        assert!(!plain.contains(secret.as_str()));
    }
    let whole = house.world.done(&["account", "export", "--with-secrets"]);
    assert!(whole.contains(&ann.secret));
}

#[cfg(unix)]
#[test]
fn an_exported_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::new();
    house.world.done(&["account", "export", "--with-secrets", "-o", "account.json"]);
    let mode = house.world.path("account.json").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_import_brings_back_what_was_exported() {
    let house = House::new();
    let ann = house.user("ann");
    house.world.done(&["account", "export", "--with-secrets", "-o", "account.json"]);
    house.done("iam:DeleteAccessKey", &[("UserName", "ann"), ("AccessKeyId", &ann.id)]);
    house.done("iam:DeleteUser", &[("UserName", "ann")]);
    house.done("iam:CreateUser", &[("UserName", "newer")]);
    assert_eq!(identity(&house, &ann), (403, "InvalidClientTokenId".to_owned()));
    house.world.done(&["account", "import", "account.json", "--yes"]);
    assert_eq!(identity(&house, &ann), (200, String::new()));
    let newer = house.ask(&house.administrator, "iam:GetUser", &[("UserName", "newer")]);
    assert_eq!(newer.refusal(), (404, "NoSuchEntity"));
}

#[test]
fn an_import_without_secrets_tells_that_nobody_has_keys() {
    let house = House::new();
    house.world.done(&["account", "export", "-o", "account.json"]);
    let said = house.world.run(&["account", "import", "account.json", "--yes"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("`linklocal account reset` makes a new administrator"), "{}", said.stderr);
    assert!(
        said.stdout
            .contains("holds 1 user, 0 groups, 1 role, 0 policies, 1 instance profile, 0 access keys,")
    );
}

#[test]
fn an_import_is_all_or_nothing() {
    let house = House::new();
    house.user("ann");
    house.world.done(&["account", "export", "--with-secrets", "-o", "account.json"]);
    let text = text_of(&house.world.path("account.json"));
    let before = house.world.done(&["account", "export", "--with-secrets"]);
    let broken = [
        "{".to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        text[..text.len() / 2].to_owned(),
        text.replace("\"ann\"", "\"a/n/n\""),
    ];
    for document in broken {
        house.world.write("broken.json", &document);
        let said = house.world.run(&["account", "import", "broken.json", "--yes"]);
        assert_eq!(said.code, 1, "{}: {}", document.len(), said.stdout);
        assert!(!said.stderr.contains(&house.administrator.secret), "{}", said.stderr);
        assert_eq!(house.world.done(&["account", "export", "--with-secrets"]), before);
    }
}

#[test]
fn a_reset_makes_new_keys_and_the_old_ones_die() {
    let house = House::new();
    let ann = house.user("ann");
    let session = house.done("sts:GetSessionToken", &[]).keys();
    let said = house.world.run(&["account", "reset"]);
    assert_eq!(said.code, 2, "nobody is there to agree: {}", said.stderr);
    assert_eq!(identity(&house, &ann).0, 200);
    let handed = house.world.json(&["account", "reset", "--yes"]);
    let new = Keys::of(&handed["Administrator"]);
    for old in [&ann, &house.administrator, &session] {
        assert_eq!(identity(&house, old), (403, "InvalidClientTokenId".to_owned()));
    }
    assert_eq!(identity(&house, &new).0, 200);
    let gone = house.ask(&new, "iam:GetUser", &[("UserName", "ann")]);
    assert_eq!(gone.refusal(), (404, "NoSuchEntity"));
    // The profile is ours, and has the new keys.
    let credentials = text_of(&house.world.path(".aws").join("credentials"));
    assert!(credentials.contains(&new.id) && !credentials.contains(&house.administrator.id));
}

/// Status of GetCallerIdentity, and the code where it is refused.
fn identity(house: &House, keys: &Keys) -> (u16, String) {
    let answer = house.ask(keys, "sts:GetCallerIdentity", &[]);
    let code = if answer.status == 200 { "" } else { answer.element("Code") };
    (answer.status, code.to_owned())
}
