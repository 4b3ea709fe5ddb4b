//! Events of calls as gateways tell them: who called, what was asked and answered, what is left out.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use account::directory::{AccountRecord, Directory};
use account::iam::user::{self, NewUser};
use account::{Account, Caller, Keyring, MasterKey, SessionClaims, SessionIssuer, SessionPrincipal};
use gateway::{
    AuthenticationMethod, CallRecord, Outcome, S3Ids, SignatureForm, SignatureVersion, Transferred,
};
use serde_json::{Value, json};
use store::MemoryStore;
use types::Timestamp;
use wire::Structure;

use super::*;
use crate::call::Call;

fn record<'a>(service: &'a str, operation: &'a str) -> CallRecord<'a> {
    CallRecord {
        request_id: "c6104cbe-af31-11e0-8154-cbc7ccf896c7",
        time: "2026-11-21T12:00:00.250Z".parse().unwrap(),
        duration: Duration::from_micros(15),
        service,
        operation: Some(operation),
        region: Some("eu-west-1"),
        caller: None,
        access_key_id: None,
        input: None,
        output: None,
        signature: None,
        transferred: Transferred::default(),
        s3_ids: None,
        source_address: IpAddr::from([10, 0, 0, 5]),
        user_agent: Some("sdk/1"),
        host: Some("localhost"),
        security: None,
        program: None,
        status: 200,
        outcome: Outcome::Done,
        error: None,
        hint: None,
    }
}

fn event(record: &CallRecord<'_>) -> Value {
    serde_json::to_value(kept(record).event).unwrap()
}

fn kept(record: &CallRecord<'_>) -> Kept {
    let home = Home {
        account_id: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        partition: types::Partition::Aws,
    };
    made(&Call::of(record).0, &home, "e1".to_owned())
}

/// `alice`, with a long-term key.
fn alice() -> Caller {
    let account_id = "111122223333".parse().unwrap();
    let account = Account::open(Arc::new(MemoryStore::new()), account_id).unwrap();
    let made = account.change(|directory: &mut Directory| {
        directory.account.insert(AccountRecord::new(account_id, Timestamp::EPOCH));
        let new = NewUser { user_name: "alice".to_owned(), ..NewUser::default() };
        user::create(directory, new, Timestamp::EPOCH, &[1; 64])
    });
    made.unwrap();
    let user = Arc::clone(account.directory().user("alice").unwrap());
    Caller::User { account_id, user, access_key_id: "AKIAALICE".to_owned(), session: None }
}

fn root(session: bool) -> Caller {
    let account_id = "111122223333".parse().unwrap();
    let now: Timestamp = "2026-11-21T11:00:00Z".parse().unwrap();
    let mut claims =
        SessionClaims::new(account_id, SessionPrincipal::Root, "", now, now + Duration::from_secs(900 * 60));
    claims.mfa_authenticated_at = Some(now);
    let issuer = SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])));
    let issued = issuer.issue(&claims, 0, [3; 10]).unwrap().credentials;
    let token = issued.session_token.as_ref().unwrap();
    let opened = issuer.open(token.expose(), &issued.access_key_id, now).unwrap();
    let session = session.then(|| Arc::new(opened));
    Caller::Root {
        partition: types::Partition::Aws,
        account_id,
        access_key_id: "AKIAROOT".to_owned(),
        session,
    }
}

#[test]
fn an_event_has_the_members_of_cloudtrail_in_their_order() {
    let alice = alice();
    let record = CallRecord { caller: Some(&alice), ..record("iam", "ListUsers") };
    let text = serde_json::to_string(&kept(&record).event).unwrap();
    let mut at = 0;
    for member in [
        "eventVersion",
        "userIdentity",
        "eventTime",
        "eventSource",
        "eventName",
        "awsRegion",
        "sourceIPAddress",
        "userAgent",
        "requestParameters",
        "responseElements",
        "requestID",
        "eventID",
        "readOnly",
        "eventType",
        "managementEvent",
        "recipientAccountId",
        "eventCategory",
    ] {
        let found = text.find(&format!("\"{member}\":")).unwrap_or_else(|| panic!("{member}: {text}"));
        assert!(found >= at, "{member} stands too early");
        at = found;
    }
    let event: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(event["eventTime"], "2026-11-21T12:00:00Z", "whole seconds");
    assert_eq!(event["awsRegion"], "us-east-1", "IAM is one for all regions");
    assert_eq!(event["userIdentity"]["userName"], "alice");
    assert!(event["userIdentity"]["sessionContext"].is_null());
}

#[test]
fn callers_are_told_by_their_kind() {
    let nobody = CallRecord { access_key_id: Some("AKIANONE"), ..record("sts", "GetCallerIdentity") };
    assert_eq!(
        event(&nobody)["userIdentity"],
        json!({ "type": "Unknown", "principalId": "", "accountId": "", "accessKeyId": "AKIANONE" })
    );
    let anonymous = Caller::Anonymous;
    let anybody = CallRecord { caller: Some(&anonymous), ..record("s3", "GetObject") };
    assert_eq!(
        event(&anybody)["userIdentity"],
        json!({ "type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL" })
    );
    let (key, session) = (root(false), root(true));
    let by_key = event(&CallRecord { caller: Some(&key), ..record("sts", "GetCallerIdentity") });
    assert_eq!(
        by_key["userIdentity"],
        json!({ "type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root",
            "accountId": "111122223333", "accessKeyId": "AKIAROOT" })
    );
    let by_session = event(&CallRecord { caller: Some(&session), ..record("sts", "GetCallerIdentity") });
    assert_eq!(
        by_session["userIdentity"]["sessionContext"],
        json!({ "attributes": { "creationDate": "2026-11-21T11:00:00Z", "mfaAuthenticated": "true" } })
    );
}

#[test]
fn secrets_are_left_out_of_every_record() {
    let secret = "hunter2hunter2";
    let credentials = Structure::new()
        .with("AccessKeyId", "ASIAX")
        .with("SecretAccessKey", secret)
        .with("SessionToken", secret)
        .with("Expiration", "2024-12-12T16:19:32Z".parse::<Timestamp>().unwrap());
    let device =
        Structure::new().with("SerialNumber", "arn:x").with("Base32StringSeed", secret.as_bytes().to_vec());
    for (service, operation, input, output) in [
        (
            "sts",
            "GetSessionToken",
            Structure::new().with("TokenCode", secret),
            Structure::new().with("Credentials", credentials),
        ),
        (
            "sts",
            "AssumeRoleWithWebIdentity",
            Structure::new().with("WebIdentityToken", secret),
            Structure::new(),
        ),
        (
            "iam",
            "CreateAccessKey",
            Structure::new(),
            Structure::new().with("AccessKey", Structure::new().with("SecretAccessKey", secret)),
        ),
        (
            "iam",
            "CreateVirtualMFADevice",
            Structure::new(),
            Structure::new().with("VirtualMFADevice", device),
        ),
        (
            "iam",
            "EnableMFADevice",
            Structure::new().with("AuthenticationCode1", secret).with("AuthenticationCode2", secret),
            Structure::new(),
        ),
        ("iam", "CreateLoginProfile", Structure::new().with("Password", secret), Structure::new()),
        ("ec2", "RunInstances", Structure::new().with("UserData", secret), Structure::new()),
        (
            "ec2",
            "ModifyInstanceAttribute",
            Structure::new().with("UserData", Structure::new().with("Value", secret.as_bytes().to_vec())),
            Structure::new(),
        ),
        ("ec2", "CreateKeyPair", Structure::new(), Structure::new().with("KeyMaterial", secret)),
        (
            "s3",
            "PutObject",
            Structure::new().with("SSECustomerKey", secret).with("Body", secret.as_bytes().to_vec()),
            Structure::new(),
        ),
    ] {
        let record = CallRecord { input: Some(&input), output: Some(&output), ..record(service, operation) };
        let line = String::from_utf8(kept(&record).line()).unwrap();
        assert!(!line.contains("hunter2"), "{operation}: {line}");
    }
}

#[test]
fn what_is_left_out_is_told_as_cloudtrail_tells_it() {
    let user_data = Structure::new().with("UserData", "hunter2");
    let run = event(&CallRecord { input: Some(&user_data), ..record("ec2", "RunInstances") });
    assert_eq!(run["requestParameters"]["userData"], "<sensitiveDataRemoved>");
    for attribute in ["userData", "userdata"] {
        let input = Structure::new().with("Attribute", attribute).with("Value", "aHVudGVyMg==");
        let record = CallRecord { input: Some(&input), ..record("ec2", "ModifyInstanceAttribute") };
        assert_eq!(event(&record)["requestParameters"]["value"], "<sensitiveDataRemoved>");
        assert!(!String::from_utf8(kept(&record).line()).unwrap().contains("aHVudGVyMg"));
    }
}

#[test]
fn reads_show_no_answer_and_assumed_roles_do() {
    let output = Structure::new().with("Arn", "arn:x");
    let read = event(&CallRecord { output: Some(&output), ..record("sts", "GetCallerIdentity") });
    assert_eq!((&read["responseElements"], &read["readOnly"]), (&Value::Null, &json!(true)));
    let input =
        Structure::new().with("RoleArn", "arn:aws:iam::111122223333:role/app").with("RoleSessionName", "s");
    let expiration: Timestamp = "2024-12-12T16:19:32Z".parse().unwrap();
    let output = Structure::new().with("Credentials", Structure::new().with("Expiration", expiration));
    let role = CallRecord { input: Some(&input), output: Some(&output), ..record("sts", "AssumeRole") };
    let event = event(&role);
    assert_eq!(event["responseElements"]["credentials"]["expiration"], "Dec 12, 2024, 4:19:32 PM");
    assert_eq!(
        event["resources"],
        json!([{ "accountId": "111122223333", "type": "AWS::IAM::Role", "ARN": "arn:aws:iam::111122223333:role/app" }])
    );
    let touched: Vec<_> = kept(&role).aside.touched.into_iter().map(|resource| resource.arn).collect();
    assert_eq!(touched, ["arn:aws:iam::111122223333:role/app", "s"]);
}

#[test]
fn ec2_is_told_in_its_own_way() {
    let tag = Structure::new().with("Key", "k").with("Value", "v");
    let specification = Structure::new().with("ResourceType", "instance").with("Tags", vec![tag]);
    let input = Structure::new()
        .with("ImageId", "ami-1")
        .with("MinCount", 1)
        .with("MaxCount", 2)
        .with("SecurityGroupIds", vec!["sg-1"])
        .with("TagSpecifications", vec![specification])
        .with("DryRun", true);
    let refused = CallRecord {
        input: Some(&input),
        status: 412,
        outcome: Outcome::Refused,
        error: Some(("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")),
        ..record("ec2", "RunInstances")
    };
    let event_of_run = event(&refused);
    assert_eq!(event_of_run["errorCode"], "Client.DryRunOperation");
    assert_eq!(
        event_of_run["requestParameters"],
        json!({
            "instancesSet": { "items": [{ "imageId": "ami-1", "minCount": 1, "maxCount": 2 }] },
            "groupSet": { "items": [{ "groupId": "sg-1" }] },
            "tagSpecificationSet": { "items": [{ "resourceType": "instance", "tags": [{ "key": "k", "value": "v" }] }] },
        })
    );
    let filter = Structure::new().with("Name", "tag:x").with("Values", vec!["a", "b"]);
    let input = Structure::new().with("InstanceIds", vec!["i-1"]).with("Filters", vec![filter]);
    let describe = event(&CallRecord { input: Some(&input), ..record("ec2", "DescribeInstances") });
    assert_eq!(
        describe["requestParameters"],
        json!({
            "instancesSet": { "items": [{ "instanceId": "i-1" }] },
            "filterSet": { "items": [{ "name": "tag:x", "valueSet": { "items": [{ "value": "a" }, { "value": "b" }] } }] },
        })
    );
}

/// The names of the older API's sets (public events of CloudTrail).
#[test]
fn ids_that_are_asked_for_stand_in_the_older_sets() {
    for (operation, member, set, item) in [
        ("DescribeVolumes", "VolumeIds", "volumeSet", "volumeId"),
        ("DescribeNetworkInterfaces", "NetworkInterfaceIds", "networkInterfaceIdSet", "networkInterfaceId"),
        ("DescribeInternetGateways", "InternetGatewayIds", "internetGatewayIdSet", "internetGatewayId"),
        ("DescribeRouteTables", "RouteTableIds", "routeTableIdSet", "routeTableId"),
        ("DescribeNetworkAcls", "NetworkAclIds", "networkAclIdSet", "networkAclId"),
        ("DescribeDhcpOptions", "DhcpOptionsIds", "dhcpOptionsSet", "dhcpOptionsId"),
        ("DescribeAddresses", "PublicIps", "publicIpsSet", "publicIp"),
        ("DescribeAddresses", "AllocationIds", "allocationIdsSet", "allocationId"),
    ] {
        let input = Structure::new().with(member, vec!["x-1"]);
        let asked = event(&CallRecord { input: Some(&input), ..record("ec2", operation) });
        assert_eq!(asked["requestParameters"], json!({ set: { "items": [{ item: "x-1" }] } }), "{operation}");
    }
}

#[test]
fn newer_operations_of_ec2_are_told_as_their_xml() {
    let input = Structure::new().with("InstanceIds", vec!["i-1"]);
    let credits = CallRecord { input: Some(&input), ..record("ec2", "DescribeInstanceCreditSpecifications") };
    assert_eq!(
        event(&credits)["requestParameters"],
        json!({ "DescribeInstanceCreditSpecificationsRequest": { "InstanceId": { "tag": 1, "content": "i-1" } } })
    );
    let input = Structure::new().with("InstanceId", "i-1").with("HttpTokens", "required");
    let options = Structure::new().with("State", "pending");
    let output = Structure::new().with("InstanceId", "i-1").with("InstanceMetadataOptions", options);
    let modify = CallRecord {
        input: Some(&input),
        output: Some(&output),
        ..record("ec2", "ModifyInstanceMetadataOptions")
    };
    let modify = event(&modify);
    assert_eq!(
        modify["requestParameters"],
        json!({ "ModifyInstanceMetadataOptionsRequest": { "InstanceId": "i-1", "HttpTokens": "required" } })
    );
    let response = &modify["responseElements"]["ModifyInstanceMetadataOptionsResponse"];
    assert_eq!(response["instanceMetadataOptions"], json!({ "state": "pending" }));
    assert_eq!(response["xmlns"], "http://ec2.amazonaws.com/doc/2016-11-15/");
}

#[test]
fn s3_tells_signature_bytes_and_both_ids() {
    let input = Structure::new().with("Bucket", "b").with("Key", "a/k");
    let record = CallRecord {
        input: Some(&input),
        signature: Some(SignatureForm {
            version: SignatureVersion::SigV2,
            method: AuthenticationMethod::QueryString,
        }),
        transferred: Transferred { received: 0, sent: 7 },
        s3_ids: Some(S3Ids { request_id: "S3ID", host_id: "HOST" }),
        ..record("s3", "GetObject")
    };
    let event = event(&record);
    assert_eq!(
        event["additionalEventData"],
        json!({ "SignatureVersion": "SigV2", "AuthenticationMethod": "QueryString", "bytesTransferredIn": 0,
            "bytesTransferredOut": 7, "x-amz-id-2": "HOST" })
    );
    assert_eq!((&event["requestID"], &event["eventCategory"]), (&json!("S3ID"), &json!("Data")));
    assert_eq!(event["requestParameters"]["bucketName"], "b");
    assert_eq!(event["resources"][0]["ARN"], "arn:aws:s3:::b/a/k");
    assert!(event["resources"][0].get("accountId").is_none());
}

#[test]
fn what_was_too_large_says_so_and_names_of_services_are_no_place_for_words() {
    let input = Structure::new().with("PolicyDocument", "x".repeat(200 * 1024));
    let event_of_large = event(&CallRecord { input: Some(&input), ..record("iam", "PutUserPolicy") });
    assert_eq!(event_of_large["requestParameters"]["omitted"], true);
    assert_eq!(event_of_large["requestParameters"]["reason"], "requestParameters too large");
    let odd = CallRecord { operation: None, ..record("evil\"\n", "") };
    assert_eq!(event(&odd)["eventSource"], "unknown.amazonaws.com");
}

#[test]
fn iam_errors_are_told_by_the_names_of_its_model() {
    let refused = |service, operation, code| {
        event(&CallRecord {
            error: Some((code, "m")),
            status: 404,
            outcome: Outcome::Refused,
            ..record(service, operation)
        })
    };
    assert_eq!(refused("iam", "GetUser", "NoSuchEntity")["errorCode"], "NoSuchEntityException");
    assert_eq!(refused("iam", "GetUser", "AccessDenied")["errorCode"], "AccessDenied");
    assert_eq!(refused("sts", "AssumeRole", "AccessDenied")["responseElements"], Value::Null);
}

#[test]
fn a_line_is_read_as_it_was_written() {
    let record = record("iam", "CreateUser");
    let kept = kept(&record);
    let line = kept.line();
    assert_eq!(Kept::read(&line[..line.len() - 1]).unwrap(), kept);
    for torn in [&line[..line.len() / 2], b"null\t{}", b"", b"{}\t"] {
        assert!(Kept::read(torn).is_none());
    }
}
