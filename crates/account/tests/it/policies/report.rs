//! The credential report: states by time, columns, order of keys.

use account::KeyUse;
use account::directory::{AccountRecord, KeyStatus};
use account::iam::report::{ReportState, generate, get};
use types::Timestamp;

use super::*;
use crate::world::{account_id, empty, key, told};

fn later(hours: i64) -> Timestamp {
    Timestamp::from_secs(NOW.secs() + hours * 3600)
}

#[test]
fn report_is_made_once_in_four_hours() {
    let mut directory = people();
    let none = |_: &str| None;
    let missing = ("ReportNotPresent".to_owned(), 410, String::new());
    assert_eq!(told(get(&directory, NOW)), missing);
    let text = "No report exists. Starting a new report generation task";
    let started = ReportState { state: "STARTED", description: Some(text) };
    assert_eq!(generate(&mut directory, &none, NOW), started);
    let first = get(&directory, NOW).unwrap().content.clone();

    user(&mut directory, "bob");
    let complete = ReportState { state: "COMPLETE", description: None };
    assert_eq!(generate(&mut directory, &none, later(3)), complete);
    assert_eq!(get(&directory, later(3)).unwrap().content, first, "it is kept as it was made");
    assert_eq!(told(get(&directory, later(4))), ("ReportExpired".to_owned(), 410, String::new()));

    let again = generate(&mut directory, &none, later(4));
    assert_eq!(again, ReportState { state: "STARTED", description: None });
    let report = get(&directory, later(5)).unwrap();
    assert_eq!(report.generated_at, later(4));
    assert!(report.content.contains("\nbob,"), "{}", report.content);
}

#[test]
fn lines_are_as_captured() {
    let mut directory = empty();
    directory.account.insert(AccountRecord::new(account_id(), NOW));
    user(&mut directory, "alice");
    user(&mut directory, "a,b");
    let idle = key(&mut directory, Some("alice"), 1);
    let active = key(&mut directory, Some("alice"), 2);
    directory.access_keys.get_mut(&idle).unwrap().status = KeyStatus::Inactive;
    let last_use = |id: &str| {
        (id == active).then(|| KeyUse { at: NOW, region: "eu-west-1".to_owned(), service: "s3".to_owned() })
    };
    generate(&mut directory, &last_use, NOW);
    let content = &get(&directory, NOW).unwrap().content;
    let now = NOW.iso8601();
    let no_key = "false,N/A,N/A,N/A,N/A";
    let no_certificates = "false,N/A,false,N/A";
    let lines: Vec<&str> = content.split('\n').collect();
    assert_eq!(lines.len(), 4, "no line end behind the last line");
    assert!(lines[0].starts_with("user,arn,user_creation_time,password_enabled,"));
    let root = format!(
        "<root_account>,arn:aws:iam::111122223333:root,{now},false,N/A,N/A,not_supported,false,{no_key},{no_key},\
         {no_certificates}"
    );
    assert_eq!(lines[1], root);
    let quoted = format!(
        "\"a,b\",\"arn:aws:iam::111122223333:user/a,b\",{now},false,N/A,N/A,N/A,false,{no_key},{no_key},\
         {no_certificates}"
    );
    assert_eq!(lines[2], quoted);
    let alice = format!(
        "alice,arn:aws:iam::111122223333:user/alice,{now},false,N/A,N/A,N/A,false,true,{now},{now},eu-west-1,s3,\
         false,{now},N/A,N/A,N/A,{no_certificates}"
    );
    assert_eq!(lines[3], alice);
}
