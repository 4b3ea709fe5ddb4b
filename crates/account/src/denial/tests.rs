//! Wording, sealing and shortening.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::authorisation::tests::world::{arrival, directory, issuer, now, of_user, root};
use crate::{Caller, Keyring, MasterKey, authorise};

/// What is said to `caller`, who may not, without the encoded message.
fn said(caller: &Caller, service: &str, check: &Check) -> (String, u16, String) {
    let denied = authorise(&directory(), caller, &arrival(), check, now()).unwrap_err();
    let error = wording::error(&denied.record(service, "id"));
    (error.code.into_owned(), error.status, error.message)
}

fn iam(rest: &str) -> String {
    format!("arn:aws:iam::111122223333:{rest}")
}

#[test]
fn each_service_words_it_in_its_own_way() {
    let ann = of_user(&directory(), "ann");
    let user = "User: arn:aws:iam::111122223333:user/ann is not authorized to perform:";
    let because = |action: &str| format!("because no identity-based policy allows the {action} action");
    for (service, action, resource, code, status, expected) in [
        (
            "iam",
            "iam:CreateUser",
            iam("user/new"),
            "AccessDenied",
            403,
            format!("{user} iam:CreateUser on resource: {} {}", iam("user/new"), because("iam:CreateUser")),
        ),
        (
            "iam",
            "iam:DeleteUser",
            iam("user/p/bob"),
            "AccessDenied",
            403,
            format!("{user} iam:DeleteUser on resource: user bob {}", because("iam:DeleteUser")),
        ),
        (
            "iam",
            "iam:GetRole",
            iam("role/svc/web"),
            "AccessDenied",
            403,
            format!("{user} iam:GetRole on resource: role web {}", because("iam:GetRole")),
        ),
        (
            "iam",
            "iam:PassRole",
            iam("role/svc/web"),
            "AccessDenied",
            403,
            format!("{user} iam:PassRole on resource: {} {}", iam("role/svc/web"), because("iam:PassRole")),
        ),
        (
            "iam",
            "iam:GetGroup",
            iam("group/g"),
            "AccessDenied",
            403,
            format!("{user} iam:GetGroup on resource: group g {}", because("iam:GetGroup")),
        ),
        (
            "iam",
            "iam:GetInstanceProfile",
            iam("instance-profile/x"),
            "AccessDenied",
            403,
            format!(
                "{user} iam:GetInstanceProfile on resource: instance profile x {}",
                because("iam:GetInstanceProfile")
            ),
        ),
        (
            "iam",
            "iam:GetPolicy",
            iam("policy/x"),
            "AccessDenied",
            403,
            format!(
                "{user} iam:GetPolicy on resource: policy {} {}",
                iam("policy/x"),
                because("iam:GetPolicy")
            ),
        ),
        (
            "iam",
            "iam:CreatePolicy",
            iam("policy/p/x"),
            "AccessDenied",
            403,
            format!("{user} iam:CreatePolicy on resource: policy x {}", because("iam:CreatePolicy")),
        ),
        (
            "iam",
            "iam:ListPolicies",
            "*".to_owned(),
            "AccessDenied",
            403,
            format!("{user} iam:ListPolicies on resource: policy path / {}", because("iam:ListPolicies")),
        ),
        (
            "iam",
            "iam:ListRoles",
            iam("role/"),
            "AccessDenied",
            403,
            format!("{user} iam:ListRoles on resource: {} {}", iam("role/"), because("iam:ListRoles")),
        ),
        (
            "iam",
            "iam:GetAccountSummary",
            "*".to_owned(),
            "AccessDenied",
            403,
            format!("{user} iam:GetAccountSummary on resource: * {}", because("iam:GetAccountSummary")),
        ),
        (
            "sts",
            "sts:DecodeAuthorizationMessage",
            "*".to_owned(),
            "AccessDenied",
            403,
            format!(
                "{user} sts:DecodeAuthorizationMessage on resource: * {}",
                because("sts:DecodeAuthorizationMessage")
            ),
        ),
        (
            "sts",
            "sts:AssumeRole",
            iam("role/svc/shared"),
            "AccessDenied",
            403,
            format!("{user} sts:AssumeRole on resource: {}", iam("role/svc/shared")),
        ),
        (
            "sts",
            "sts:TagSession",
            iam("role/none"),
            "AccessDenied",
            403,
            format!("{user} sts:TagSession on resource: {}", iam("role/none")),
        ),
        (
            "ec2",
            "ec2:RunInstances",
            "arn:aws:ec2:eu-west-1:111122223333:instance/*".to_owned(),
            "UnauthorizedOperation",
            403,
            format!(
                "You are not authorized to perform this operation. {user} ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:111122223333:instance/* {}.",
                because("ec2:RunInstances")
            ),
        ),
        (
            "ec2",
            "iam:PassRole",
            iam("role/svc/web"),
            "UnauthorizedOperation",
            403,
            format!(
                "You are not authorized to perform this operation. {user} iam:PassRole on resource: {} {}.",
                iam("role/svc/web"),
                because("iam:PassRole")
            ),
        ),
        (
            "s3",
            "s3:GetObject",
            "arn:aws:s3:::b/k".to_owned(),
            "AccessDenied",
            403,
            format!("{user} s3:GetObject on resource: \"arn:aws:s3:::b/k\" {}", because("s3:GetObject")),
        ),
        (
            "cloudtrail",
            "cloudtrail:LookupEvents",
            "*".to_owned(),
            "AccessDeniedException",
            400,
            format!("{user} cloudtrail:LookupEvents on resource: * {}", because("cloudtrail:LookupEvents")),
        ),
    ] {
        let check = Check::new(action, resource);
        assert_eq!(said(&ann, service, &check), (code.to_owned(), status, expected), "{service} {action}");
    }
}

#[test]
fn strangers_learn_less() {
    let (ann, bucket) = (of_user(&directory(), "ann"), Check::new("s3:GetObject", "arn:aws:s3:::b/k"));
    let others = Check { resource_account: "999999999999".parse().ok(), ..bucket.clone() };
    assert_eq!(said(&ann, "s3", &others).2, "Access Denied");
    assert_eq!(said(&Caller::Anonymous, "s3", &bucket).2, "Access Denied");
    let mut check = Check::new("sts:AssumeRoleWithWebIdentity", iam("role/svc/web"));
    check.web_identity = Some(crate::WebIdentity { provider: iam("oidc-provider/none") });
    assert_eq!(
        said(&Caller::Anonymous, "sts", &check).2,
        "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    );
}

#[test]
fn a_denial_names_its_statement_and_decodes_to_it() {
    let bob = of_user(&directory(), "bob");
    let check = Check::new("iam:DeleteUser", iam("user/ann")).with("aws:ResourceTag/Team", "red");
    let denied = authorise(&directory(), &bob, &arrival(), &check, now()).unwrap_err();
    let record = denied.record("iam", "7d9e");
    let place = record.statement.clone().unwrap();
    assert_eq!((place.policy.as_str(), place.sid.as_deref(), place.line), ("all", Some("Never"), 3));
    assert_eq!(record.layer, "identity-based policy");
    let line = "identity-based policy all 3:3 (Never): Deny applies";
    assert!(record.trace.iter().any(|told| told == line), "{:?}", record.trace);

    let decoded: Value = serde_json::from_str(&record.decoded_message()).unwrap();
    assert_eq!((&decoded["allowed"], &decoded["explicitDeny"]), (&Value::Bool(false), &Value::Bool(true)));
    let statement = &decoded["matchedStatements"]["items"][0];
    assert_eq!((&statement["statementId"], &statement["effect"]), (&"Never".into(), &"DENY".into()));
    assert_eq!(statement["principals"]["items"][0]["value"], "AIDA0000000000000BOB");
    assert_eq!(statement["actions"]["items"][0]["value"], "iam:DeleteUser");
    let context = &decoded["context"];
    assert_eq!(context["principal"]["arn"], iam("user/bob"));
    assert_eq!(
        (&context["action"], &context["resource"]),
        (&"iam:DeleteUser".into(), &iam("user/ann").into())
    );
    let conditions = context["conditions"]["items"].as_array().unwrap();
    let value = |key: &str| {
        conditions.iter().find(|item| item["key"] == key).map(|item| &item["values"]["items"][0]["value"])
    };
    assert_eq!(value("aws:SourceIp"), Some(&"192.0.2.7".into()));
    assert_eq!(value("aws:ResourceTag/team"), Some(&"red".into()));
}

#[test]
fn the_encoded_message_is_appended_where_it_is_wanted() {
    let ann = of_user(&directory(), "ann");
    let denied =
        authorise(&directory(), &ann, &arrival(), &Check::new("iam:CreateUser", iam("user/x")), now());
    let denied = denied.unwrap_err();
    let sessions = issuer();
    for (service, messages, appended) in [
        ("iam", EncodedMessages::Everywhere, true),
        ("iam", EncodedMessages::AsAws, false),
        ("ec2", EncodedMessages::AsAws, true),
    ] {
        let answer =
            denied.answer(&DeniedAnswer { service, request_id: "7d9e", messages, sessions: &sessions });
        let encoded = answer
            .message
            .split_once(". Encoded authorization failure message: ")
            .map(|(_, encoded)| encoded);
        assert_eq!(encoded.is_some(), appended, "{service} {messages:?} {}", answer.message);
        if let Some(encoded) = encoded {
            assert_eq!(decode(&sessions, encoded).unwrap(), denied.record(service, "7d9e"));
        }
    }
}

#[test]
fn other_installations_and_changed_messages_are_refused() {
    let record = DenialRecord { request_id: "r".to_owned(), ..DenialRecord::default() };
    let message = encode(&issuer(), &record);
    let stranger = SessionIssuer::new(Keyring::new(1, MasterKey::new([8; 32])));
    for (sessions, message) in [
        (&stranger, message.clone()),
        (&issuer(), message[..message.len() - 4].to_owned()),
        (&issuer(), message.to_lowercase()),
        (&issuer(), format!("{message}\n")),
        (&issuer(), format!("{message}=")),
        (&issuer(), String::new()),
        (&issuer(), "A".repeat(10_241)),
        // A session token is no message.
        (&issuer(), "IQoJb3JpZ2luX2VjAgAAAAE".to_owned()),
    ] {
        let error = decode(sessions, &message).unwrap_err();
        assert_eq!((&*error.code, error.status), ("InvalidAuthorizationMessageException", 400), "{message}");
    }
    // A new master key seals; the old one still opens.
    let keys = Keyring::new(1, MasterKey::new([7; 32])).with(2, MasterKey::new([9; 32]));
    assert_eq!(decode(&SessionIssuer::new(keys), &message).unwrap(), record);
}

/// All that a request can bring along: hundreds of keys, statements with long lists.
#[test]
fn the_longest_record_still_fits() {
    let long = |length: usize| "\u{1}".repeat(length);
    let record = DenialRecord {
        request_id: "r".to_owned(),
        action: "iam:CreateUser".to_owned(),
        resource: long(2048),
        reason: long(4096),
        trace: (0..500).map(|_| long(200)).collect(),
        matched: vec![MatchedStatement {
            actions: (0..3000).map(|_| long(20)).collect(),
            conditions: (0..100).map(|_| (long(100), vec![long(100); 100])).collect(),
            ..MatchedStatement::default()
        }],
        context: (0..300).map(|n| (format!("aws:RequestTag/{n}"), vec![long(512); 4])).collect(),
        ..DenialRecord::default()
    };
    let message = encode(&issuer(), &record);
    assert!(message.len() <= 10_240, "{}", message.len());
    let decoded = decode(&issuer(), &message).unwrap();
    assert_eq!((decoded.request_id, decoded.action), (record.request_id, record.action));
    assert!(!decoded.context.is_empty());
}

#[test]
fn what_a_client_says_is_cut_in_records() {
    let arrival = crate::Arrival { user_agent: Some("ü".repeat(60_000)), ..arrival() };
    let check = Check::new("iam:CreateUser", "x".repeat(60_000));
    let denied = authorise(&directory(), &of_user(&directory(), "ann"), &arrival, &check, now()).unwrap_err();
    assert!(serde_json::to_string(&denied.record("iam", "r")).unwrap().len() < 8_000);
    assert!(authorise(&directory(), &root(), &arrival, &check, now()).is_ok());
}

proptest! {
    #[test]
    fn whatever_is_sealed_comes_back_or_is_shortened(
        texts in prop::collection::vec(".{0,60}", 1..8),
        many in 0usize..200,
    ) {
        let record = DenialRecord {
            request_id: texts[0].clone(),
            context: (0..many).map(|n| (format!("k{n}"), texts.clone())).collect(),
            ..DenialRecord::default()
        };
        let message = encode(&issuer(), &record);
        prop_assert!(message.len() <= 10_240);
        prop_assert!(message.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        let decoded = decode(&issuer(), &message).unwrap();
        prop_assert_eq!(&decoded.request_id, &record.request_id);
        if serde_json::to_vec(&record).unwrap().len() < 7_600 {
            prop_assert_eq!(decoded, record);
        }
    }

    #[test]
    fn no_changed_character_goes_unnoticed(place: prop::sample::Index) {
        let record = DenialRecord { request_id: "r".to_owned(), ..DenialRecord::default() };
        let mut message = encode(&issuer(), &record).into_bytes();
        let place = place.index(message.len());
        message[place] = if message[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(message).unwrap();
        prop_assert!(decode(&issuer(), &changed).is_err());
    }
}
