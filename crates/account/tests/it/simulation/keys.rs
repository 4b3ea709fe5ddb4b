//! `GetContextKeysForCustomPolicy`, `GetContextKeysForPrincipalPolicy`: which keys, how often, from which documents.

use account::iam::policy::Holder;
use account::iam::simulation::{custom_keys, principal_keys};
use account::iam::{boundary, inline, policy};

use super::*;
use crate::policies::{people, policy_at, request};
use crate::world::NOW;

/// A document around one statement's rest.
fn document(rest: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:*"{rest}}}]}}"#)
}

#[test]
fn keys_are_told_as_written() {
    let cases: [(&str, &[&str]); 6] = [
        (r#","Resource":"*""#, &[]),
        (r#","Resource":"arn:aws:s3:::${aws:username}/*""#, &["aws:username"]),
        (r#","Resource":"${aws:username}${AWS:username}${aws:username}""#, &["aws:username", "AWS:username"]),
        (r#","Resource":"${*}${?}${$}""#, &["*", "?", "$"]),
        (r#","Resource":"${aws:PrincipalTag/team, 'none'}""#, &["aws:PrincipalTag/team"]),
        (
            r#","Resource":"*","Condition":{"StringLikeIfExists":{"s3:prefix":["${aws:userid}/*"]},"Bool":{"aws:SecureTransport":"true"}}"#,
            &["s3:prefix", "aws:userid", "aws:SecureTransport"],
        ),
    ];
    for (rest, expected) in cases {
        let mut keys = custom_keys(&[&document(rest)]).unwrap();
        let mut expected = expected.to_vec();
        // The order of conditions is that of the reader.
        keys.sort_unstable();
        expected.sort_unstable();
        assert_eq!(keys, expected, "{rest}");
    }
    let old = document(r#","Resource":"${aws:username}""#).replace("2012-10-17", "2008-10-17");
    assert!(custom_keys(&[&old]).unwrap().is_empty(), "the older version has no variables");
    let twice = document(r#","Resource":"${aws:username}""#);
    assert_eq!(custom_keys(&[&twice, &twice]).unwrap().len(), 2, "once for each policy");
}

#[test]
fn documents_are_read_leniently_but_for_three_things() {
    let taken = [r"{}", r#"{"Statement":[]}"#, r#"{"Statement":{"Effect":"Deny","Action":7}}"#];
    for text in taken {
        assert_eq!(custom_keys(&[text]), Ok(Vec::new()), "{text}");
    }
    let refused = [
        "",
        "[]",
        r#"{"Other":1}"#,
        r#"{"Version":"2013-10-17"}"#,
        r#"{"Statement":[{"Effect":"Maybe"}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Extra":1}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Condition":{"StringMatches":{"k":"v"}}}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Condition":{"NullIfExists":{"k":"true"}}}]}"#,
    ];
    for text in refused {
        let answer = crate::world::told(custom_keys(&[GET, text]));
        let expected =
            ("InvalidInput".to_owned(), 400, "Policy input list item 2 has invalid content".to_owned());
        assert_eq!(answer, expected, "{text}");
    }
}

#[test]
fn keys_of_a_principal_are_of_all_its_policies() {
    let mut directory = people();
    let of = |key: &str| document(&format!(r#","Resource":"*","Condition":{{"Null":{{"{key}":"true"}}}}"#));
    directory.users.get_mut("alice").unwrap().groups.insert("team".to_owned());
    inline::put(&mut directory, Holder::User("alice"), "p", &of("key:own")).unwrap();
    inline::put(&mut directory, Holder::Group("team"), "p", &of("key:team")).unwrap();
    let bound = policy_at(&mut directory, "/", "bound");
    policy::create_version(&mut directory, &bound, &of("key:boundary"), true, NOW).unwrap();
    boundary::put(&mut directory, Holder::User("alice"), &bound).unwrap();
    policy::create(&mut directory, request("unused", &of("key:unused")), NOW, [3; 10]).unwrap();

    let given = of("key:given");
    let keys = principal_keys(&directory, ALICE, &[&given]).unwrap();
    assert_eq!(keys, ["key:own", "key:team", "key:boundary", "key:given"]);
    let team = principal_keys(&directory, "arn:aws:iam::111122223333:group/team", &[]).unwrap();
    assert_eq!(team, ["key:team"]);
    let (code, ..) =
        crate::world::told(principal_keys(&directory, "arn:aws:iam::111122223333:user/none", &[]));
    assert_eq!(code, "NoSuchEntity");
}
