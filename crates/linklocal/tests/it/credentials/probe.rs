//! `explain --probe` and `whoami --probe`: the plan carried out.

use serde_json::Value;

use super::services::{Service, document};
use super::{ENDS, Home, SECRET, TEMPORARY, USER};

#[test]
fn a_role_is_assumed_once_for_all_who_would() {
    let sts = Service::sts();
    let home = role(&sts);
    let object = home.json(&["credentials", "explain", "--profile", "dev", "--probe"]);
    assert_eq!((&object["outcome"], &object["probed"]), (&"resolved".into(), &true.into()));
    assert_eq!((&object["access_key_id"], &object["session_token"]), (&TEMPORARY.into(), &true.into()));
    assert_eq!((&object["account_id"], &object["expiration"]), (&"444455556666".into(), &ENDS.into()));
    assert_eq!(object["arn"], "arn:aws:sts::444455556666:assumed-role/one-bucket/s");
    let asked = sts.asked();
    assert!(asked[0].contains("RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fone-bucket"), "{asked:?}");
    let text = home.text(&["credentials", "explain", "--profile", "dev", "--probe"]);
    assert!(text.starts_with("The role of the profile wins: key ****************PKEY, temporary"), "{text}");
}

#[test]
fn each_sdk_asks_whom_it_would() {
    let sts = Service::sts();
    let home = role(&sts);
    // The SDKs for Go and Java of these releases know no such variable and would ask AWS.
    for name in ["boto3", "cli2", "rust", "js"] {
        let object = home.json(&["credentials", "explain", "--as", name, "--profile", "dev", "--probe"]);
        assert_eq!(object["access_key_id"], TEMPORARY, "{name}: {object}");
    }
    let agent = Service::new(|_, _| (200, document()));
    let home = Home::new().and("AWS_CONTAINER_CREDENTIALS_FULL_URI", &agent.url());
    let all = home.json(&["credentials", "explain", "--as", "all", "--probe"]);
    for (name, object) in all.as_object().unwrap() {
        assert_eq!(object["access_key_id"], TEMPORARY, "{name}: {object}");
    }
    assert_eq!(agent.asked().len(), 1, "the same question is asked once: {:?}", agent.asked());
}

#[test]
fn whoever_refuses_is_named_with_what_to_do() {
    let agent = Service::new(|_, _| (404, r#"{"code":"NoTask","message":"no such task"}"#.to_owned()));
    let home = Home::new().and("AWS_CONTAINER_CREDENTIALS_FULL_URI", &agent.url());
    let object = home.json(&["credentials", "explain", "--probe"]);
    let steps = object["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["source"] == "container-role").unwrap();
    assert_eq!(step["state"], "broken", "{step}");
    assert!(step["why"].as_str().unwrap().contains("404"), "{step}");
    assert!(!step["remedy"].as_str().unwrap().is_empty(), "{step}");
    assert_eq!((&object["outcome"], &object["access_key_id"]), (&"error".into(), &Value::Null), "{object}");
}

#[test]
fn a_container_gives_its_role() {
    let agent = Service::new(|_, _| (200, document()));
    let home = Home::new().and("AWS_CONTAINER_CREDENTIALS_FULL_URI", &agent.url());
    let unasked = home.json(&["credentials", "explain"]);
    assert_eq!((&unasked["outcome"], &unasked["access_key_id"]), (&"resolved".into(), &Value::Null));
    let asked = home.json(&["credentials", "explain", "--probe"]);
    assert_eq!((&asked["source"], &asked["access_key_id"]), (&"container-role".into(), &TEMPORARY.into()));
}

#[test]
fn the_role_behind_the_keys_is_looked_at() {
    let agent = Service::new(|_, _| (200, document()));
    let home = Home::new().with_keys().and("AWS_CONTAINER_CREDENTIALS_FULL_URI", &agent.url());
    let object = home.json(&["credentials", "explain", "--probe"]);
    let steps = object["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["source"] == "container-role").unwrap();
    assert_eq!((&step["state"], &step["access_key_id"]), (&"shadowed".into(), &TEMPORARY.into()));
    assert_eq!((&object["source"], &object["access_key_id"]), (&"environment".into(), &USER.into()));
}

#[test]
fn sts_says_who_somebody_is() {
    let sts = Service::sts();
    let home = Home::new().with_keys().and("AWS_ENDPOINT_URL_STS", &sts.url());
    let unasked = home.json(&["whoami"]);
    assert_eq!((&unasked["account_id"], &unasked["arn"]), (&"111122223333".into(), &Value::Null));
    assert_eq!((&unasked["kind"], &unasked["access_key_id"]), (&"long-term".into(), &USER.into()));
    assert!(sts.asked().is_empty());
    let asked = home.json(&["whoami", "--probe"]);
    assert_eq!(
        (&asked["arn"], &asked["user_id"]),
        (&"arn:aws:iam::111122223333:user/me".into(), &"AIDAX".into())
    );
    let text = home.text(&["whoami", "--probe"]);
    assert!(
        text.starts_with("account   111122223333\narn       arn:aws:iam::111122223333:user/me\n"),
        "{text}"
    );
    assert!(!text.contains(USER), "{text}");
}

#[test]
fn a_role_says_its_account_before_anybody_is_asked() {
    let object = role(&Service::sts()).json(&["whoami", "--profile", "dev"]);
    assert_eq!((&object["account_id"], &object["source"]), (&"444455556666".into(), &"assume-role".into()));
    assert_eq!((&object["kind"], &object["access_key_id"]), (&"temporary".into(), &Value::Null));
}

/// A profile with a role, and where STS is asked for it.
fn role(sts: &Service) -> Home {
    let config = "[profile dev]\nrole_arn = arn:aws:iam::444455556666:role/one-bucket\nsource_profile = base\n\
                  region = eu-west-1\n";
    let base = format!("[base]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n");
    Home::new().config(config).credentials(&base).and("AWS_ENDPOINT_URL_STS", &sts.url())
}
