//! Documents byte for byte (facts/imds.md sections 2.1 to 2.3).

use metadata::{Profile, Rendered, Shapes, document};
use types::{Credentials, Secret, Timestamp};

use crate::instances::{body, instance, tree};

const HELP: &str = "Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/\
    troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn credentials() -> Credentials {
    Credentials {
        access_key_id: "ASIAQNZGKIQY56JQ7WML".parse().unwrap(),
        secret_access_key: Secret::new("sec/ret+\"key\"".to_owned()),
        session_token: Some(Secret::new("to\\ken=".to_owned())),
        expiration: Some(time("2026-09-26T22:24:15Z")),
    }
}

fn profile() -> Profile {
    let captured = instance("captured");
    Rendered::new(&captured, &mut Shapes::default()).profile().unwrap().clone()
}

#[test]
fn credentials_have_seven_members_and_the_extended_ones_eight() {
    let expected = r#"{
  "Code" : "Success",
  "LastUpdated" : "2026-09-26T15:49:18Z",
  "Type" : "AWS-HMAC",
  "AccessKeyId" : "ASIAQNZGKIQY56JQ7WML",
  "SecretAccessKey" : "sec/ret+\"key\"",
  "Token" : "to\\ken=",
  "Expiration" : "2026-09-26T22:24:15Z"
}"#;
    let updated = time("2026-09-26T15:49:18.9Z");
    assert_eq!(document::credentials(&credentials(), updated), expected);
    let extended = expected.replace("15Z\"\n}", "15Z\",\n  \"AccountId\" : \"000000000012\"\n}");
    let account = "000000000012".parse().unwrap();
    assert_eq!(document::credentials_extended(&credentials(), account, updated), extended);
}

#[test]
fn long_term_keys_leave_out_token_and_expiration() {
    let credentials = Credentials { session_token: None, expiration: None, ..credentials() };
    let document = document::credentials(&credentials, Timestamp::EPOCH);
    assert!(document.ends_with(b"\"SecretAccessKey\" : \"sec/ret+\\\"key\\\"\"\n}"), "{document:?}");
}

#[test]
fn profile_info_in_its_three_states() {
    let updated = time("2026-09-26T15:49:02Z");
    let expected = r#"{
  "Code" : "Success",
  "LastUpdated" : "2026-09-26T15:49:02Z",
  "InstanceProfileArn" : "arn:aws:iam::111122223333:instance-profile/p",
  "InstanceProfileId" : "AIPAQNZGKIQY56JQ7WML2"
}"#;
    let mut profile = profile();
    assert_eq!(document::profile_info(&profile, updated), expected);

    profile.role = None;
    let message =
        format!("\n  \"Message\" : \"Instance Profile does not contain a role. {HELP}\",\n  \"Last");
    assert_eq!(document::profile_info(&profile, updated), expected.replace("\n  \"Last", &message));

    profile.exists = false;
    let expected = format!(
        "{{\n  \"Code\" : \"InstanceProfileNotFound\",\n  \"Message\" : \"Instance Profile with id \
         AIPAQNZGKIQY56JQ7WML2 cannot be found. {HELP}\",\n  \"LastUpdated\" : \"2026-09-26T15:49:02Z\"\n}}"
    );
    assert_eq!(document::profile_info(&profile, updated), expected);
}

#[test]
fn a_role_that_does_not_trust_ec2_has_an_error_document() {
    let expected = format!(
        "{{\n  \"Code\" : \"AssumeRoleUnauthorizedAccess\",\n  \"Message\" : \"EC2 cannot assume the role app. \
         {HELP}\",\n  \"LastUpdated\" : \"2026-09-26T15:49:02Z\"\n}}"
    );
    assert_eq!(document::role_not_assumable("app", time("2026-09-26T15:49:02Z")), expected);
}

#[test]
fn identity_info_names_the_account() {
    let expected = r#"{
  "Code" : "Success",
  "LastUpdated" : "2026-09-26T15:49:02Z",
  "AccountId" : "111122223333"
}"#;
    let account = "111122223333".parse().unwrap();
    assert_eq!(document::identity_info(account, time("2026-09-26T15:49:02Z")), expected);
}

#[test]
fn identity_document_is_the_captured_474_bytes() {
    let document = tree(&instance("captured")).identity_document();
    let expected = r#"{
  "accountId" : "111122223333",
  "architecture" : "x86_64",
  "availabilityZone" : "us-east-1a",
  "billingProducts" : null,
  "devpayProductCodes" : null,
  "marketplaceProductCodes" : null,
  "imageId" : "ami-0fef201115eefe936",
  "instanceId" : "i-0a1b2c3d4e5f60718",
  "instanceType" : "t3.nano",
  "kernelId" : null,
  "pendingTime" : "2026-09-26T15:48:43Z",
  "privateIp" : "10.0.101.10",
  "ramdiskId" : null,
  "region" : "us-east-1",
  "version" : "2017-09-30"
}"#;
    assert_eq!(document, expected);
    assert_eq!(document.len(), 474);
}

#[test]
fn identity_document_has_arrays_and_nulls() {
    let document = body(&tree(&instance("full")), "/latest/dynamic/instance-identity/document");
    for member in [
        "\n  \"billingProducts\" : [ \"bp-6ba54002\" ],\n",
        "\n  \"marketplaceProductCodes\" : [ \"5iiarfk0tp9p0kd3mz2ux1s8e\", \"774F4FF8\" ],\n",
        "\n  \"kernelId\" : \"aki-01234567\",\n",
    ] {
        assert!(document.contains(member), "{document}");
    }
    let minimal = tree(&instance("minimal")).identity_document();
    assert!(str::from_utf8(&minimal).unwrap().contains("\n  \"privateIp\" : null,\n"));
}

#[test]
fn announcements_are_spelled_as_the_guide_does() {
    let full = tree(&instance("full"));
    let scheduled = r#"[ {
  "NotBefore" : "21 Jan 2019 09:00:43 GMT",
  "Code" : "system-reboot",
  "Description" : "scheduled reboot",
  "EventId" : "instance-event-0d59937288b749b32",
  "NotAfter" : "21 Jan 2019 09:17:23 GMT",
  "State" : "active"
}, {
  "NotBefore" : "1 Feb 2019 00:00:00 GMT",
  "Code" : "instance-stop",
  "Description" : "The \"host\" is degraded",
  "EventId" : "instance-event-0d59937288b749b33",
  "State" : "active",
  "NotBeforeDeadline" : "8 Feb 2019 00:00:00 GMT"
} ]"#;
    assert_eq!(body(&full, "/latest/meta-data/events/maintenance/scheduled"), scheduled);
    let history = body(&full, "/latest/meta-data/events/maintenance/history");
    for description in ["[Canceled] scheduled reboot\"", "[Completed] scheduled reboot\""] {
        assert!(history.contains(description), "{history}");
    }
    assert_eq!(
        body(&full, "/latest/meta-data/events/recommendations/rebalance"),
        r#"{"noticeTime": "2020-11-05T08:22:00Z"}"#
    );
    let quiet = tree(&instance("captured"));
    assert_eq!(body(&quiet, "/latest/meta-data/events/maintenance/scheduled"), "[]");
    assert_eq!(body(&quiet, "/latest/meta-data/events/maintenance/history"), "[]");
}
