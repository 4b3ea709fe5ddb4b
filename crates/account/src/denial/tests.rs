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

/// Service, action, resource, and what is said: `{who}` up to the resource, `{why}` from `because` on.
#[rustfmt::skip]
const WORDINGS: [(&str, &str, &str, &str); 20] = [
    ("iam", "iam:CreateUser", "arn:aws:iam::111122223333:user/new", "{who} arn:aws:iam::111122223333:user/new {why}"),
    ("iam", "iam:DeleteUser", "arn:aws:iam::111122223333:user/p/bob", "{who} user bob {why}"),
    ("iam", "iam:GetRole", "arn:aws:iam::111122223333:role/svc/web", "{who} role web {why}"),
    ("iam", "iam:PassRole", "arn:aws:iam::111122223333:role/svc/web", "{who} arn:aws:iam::111122223333:role/svc/web {why}"),
    ("iam", "iam:GetGroup", "arn:aws:iam::111122223333:group/g", "{who} group g {why}"),
    ("iam", "iam:GetInstanceProfile", "arn:aws:iam::111122223333:instance-profile/x", "{who} instance profile x {why}"),
    ("iam", "iam:CreateInstanceProfile", "arn:aws:iam::111122223333:instance-profile/x", "{who} arn:aws:iam::111122223333:instance-profile/x {why}"),
    ("iam", "iam:GetPolicy", "arn:aws:iam::111122223333:policy/x", "{who} policy arn:aws:iam::111122223333:policy/x {why}"),
    ("iam", "iam:CreatePolicy", "arn:aws:iam::111122223333:policy/p/x", "{who} policy x {why}"),
    ("iam", "iam:ListPolicies", "*", "{who} policy path / {why}"),
    ("iam", "iam:ListRoles", "arn:aws:iam::111122223333:role/", "{who} arn:aws:iam::111122223333:role/ {why}"),
    ("iam", "iam:CreateVirtualMFADevice", "arn:aws:iam::111122223333:mfa/x", "{who} arn:aws:iam::111122223333:mfa/x {why}"),
    ("iam", "iam:GetAccountSummary", "*", "{who} * {why}"),
    ("sts", "sts:DecodeAuthorizationMessage", "*", "{who} * {why}"),
    ("sts", "sts:AssumeRole", "arn:aws:iam::111122223333:role/svc/shared", "{who} arn:aws:iam::111122223333:role/svc/shared"),
    ("sts", "sts:TagSession", "arn:aws:iam::111122223333:role/none", "{who} arn:aws:iam::111122223333:role/none"),
    ("ec2", "ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/*", "You are not authorized to perform this operation. {who} arn:aws:ec2:eu-west-1:111122223333:instance/* {why}."),
    ("ec2", "iam:PassRole", "arn:aws:iam::111122223333:role/svc/web", "You are not authorized to perform this operation. {who} arn:aws:iam::111122223333:role/svc/web {why}."),
    ("s3", "s3:GetObject", "arn:aws:s3:::b/k", "{who} \"arn:aws:s3:::b/k\" {why}"),
    ("cloudtrail", "cloudtrail:LookupEvents", "*", "{who} * {why}"),
];

#[test]
fn each_service_words_it_in_its_own_way() {
    let ann = of_user(&directory(), "ann");
    for (service, action, resource, words) in WORDINGS {
        let who = format!("User: {} is not authorized to perform: {action} on resource:", iam("user/ann"));
        let why = format!("because no identity-based policy allows the {action} action");
        let (code, status) = match service {
            "ec2" => ("UnauthorizedOperation", 403),
            "cloudtrail" => ("AccessDeniedException", 400),
            _ => ("AccessDenied", 403),
        };
        let expected = (code.to_owned(), status, words.replace("{who}", &who).replace("{why}", &why));
        assert_eq!(said(&ann, service, &Check::new(action, resource)), expected, "{service} {action}");
    }
}

#[test]
fn strangers_learn_less() {
    let (ann, bucket) = (of_user(&directory(), "ann"), Check::new("s3:GetObject", "arn:aws:s3:::b/k"));
    let others = Check { resource_account: "999999999999".parse().ok(), ..bucket.clone() };
    assert_eq!(said(&ann, "s3", &others).2, "Access Denied");
    assert_eq!(said(&Caller::Anonymous, "s3", &bucket).2, "Access Denied");
    let denied = authorise(&directory(), &ann, &arrival(), &others, now()).unwrap_err();
    let messages = EncodedMessages::Everywhere;
    let answer =
        denied.answer(&DeniedAnswer { service: "s3", request_id: "7d9e", messages, sessions: &issuer() });
    assert_eq!(answer.message, "Access Denied");
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

    let message = record.decoded_message();
    assert!(message.starts_with(
        r#"{"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{"statementId":"Never","#
    ));
    let decoded: Value = serde_json::from_str(&message).unwrap();
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
        trace: (0..32).map(|_| long(320)).collect(),
        matched: vec![MatchedStatement {
            actions: (0..300).map(|_| long(20)).collect(),
            conditions: (0..20).map(|_| (long(100), vec![long(100); 10])).collect(),
            ..MatchedStatement::default()
        }],
        context: (0..80).map(|n| (format!("aws:RequestTag/{n}"), vec![long(512); 2])).collect(),
        ..DenialRecord::default()
    };
    let texts = 2048 + 4096 + 32 * 320 + 300 * 20 + 20 * 1100 + 80 * 1024;
    assert!((texts..2 * texts).contains(&record.bytes()), "{}", record.bytes());
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
    assert_eq!(authorise(&directory(), &root(), &arrival, &check, now()), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_sealed_comes_back_or_is_shortened(
        texts in prop::collection::vec(".{0,60}", 1..8),
        many in 0usize..40,
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
        prop_assert_eq!(decode(&issuer(), &changed).ok(), None);
    }
}
