//! Cases of policies from files: what is as expected, what is not and why, and files that are wrong.

use crate::world::{Said, World};

const READERS: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
     "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]},
    {"Sid": "NoSecrets", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/secret/*"},
    {"Sid": "OwnUser", "Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::*:user/${aws:username}",
     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
  ]
}"#;

const CASES: &str = r#"
[policy.readers]
file = "readers.json"
[policy.reports]
document = '''{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'''
[policy.bucket]
document = '''{"Statement": {"Sid": "Other account", "Effect": "Allow", "Principal": {"AWS": "210987654321"},
  "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}'''
[policy.trust]
document = '''{"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}'''

[defaults]
principal = "arn:aws:iam::123456789012:user/staff/alice"
identity = ["readers"]

[[case]]
name = "readers read"
action = ["s3:GetObject", "s3:ListBucket"]
resource = ["arn:aws:s3:::reports", "arn:aws:s3:::reports/2026.csv"]
expect = "allow"
statement = "Read"

[[case]]
name = "but no secrets"
action = "s3:GetObject"
resource = "arn:aws:s3:::reports/secret/a"
expect = "explicit-deny"
layer = "identity"
statement = "NoSecrets"

[[case]]
name = "nor do they write"
action = "s3:PutObject"
resource = "arn:aws:s3:::reports/a"
expect = "implicit-deny"

[[case]]
name = "a session has less"
action = "iam:GetUser"
resource = "arn:aws:iam::123456789012:user/alice"
session = ["reports"]
context = { "aws:MultiFactorAuthPresent" = true }
expect = "deny"
layer = "session"

[[case]]
name = "another account reads by both"
principal = "arn:aws:iam::210987654321:role/reader"
action = "s3:GetObject"
resource = "arn:aws:s3:::reports/a"
resource-account = "123456789012"
resource-policy = "bucket"
expect = "allow"

[[case]]
name = "instances take the role on"
principal = "ec2.amazonaws.com"
identity = []
action = "sts:AssumeRole"
resource = "arn:aws:iam::123456789012:role/app"
trust = "trust"
expect = "allow"
layer = "trust"

[[case]]
name = "AWS's own policies"
identity = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
boundary = "readers.json"
action = "iam:GetUser"
resource = "arn:aws:iam::123456789012:user/alice"
expect = "implicit-deny"
layer = "boundary"
"#;

fn test(world: &World, cases: &str, flags: &[&str]) -> Said {
    world.write("readers.json", READERS);
    let file = world.write("cases.toml", cases);
    world.run(&[&["policy", "test", file.to_str().unwrap()], flags].concat())
}

#[test]
fn cases_that_hold_are_told_in_a_line_each() {
    let world = World::new();
    let said = test(&world, CASES, &[]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{}", said.stdout);
    let readers = world.path("readers.json");
    let first = format!(
        "ok      readers read: s3:GetObject on arn:aws:s3:::reports is allowed by {}:4:5 (Read)\n",
        readers.display()
    );
    assert!(said.stdout.starts_with(&first), "{}", said.stdout);
    let session = "ok      a session has less: iam:GetUser on arn:aws:iam::123456789012:user/alice is denied: no session policy allows it\n";
    assert!(said.stdout.contains(session), "{}", said.stdout);
    assert!(said.stdout.ends_with("10 as expected, 0 not\n"), "{}", said.stdout);
    let one = test(&world, CASES, &["--only", "SECRETS", "--trace"]);
    let denied = format!("{}:6:5 (NoSecrets) identity-based policy: Deny applies\n", readers.display());
    assert!(one.stdout.contains(&denied) && one.stdout.ends_with("1 as expected, 0 not\n"), "{}", one.stdout);
    assert_eq!(test(&world, CASES, &["--only", "nowhere"]).code, 1);
}

/// Each with the statements that speak of the action, by file, line and column.
#[test]
fn misses_are_told_with_their_trace() {
    let world = World::new();
    let cases = "[[case]]\nname = \"no MFA\"\nprincipal = \"arn:aws:iam::123456789012:user/alice\"\n\
                 identity = \"readers.json\"\naction = \"iam:GetUser\"\n\
                 resource = \"arn:aws:iam::123456789012:user/alice\"\nexpect = \"allow\"\n\
                 [[case]]\nprincipal = \"anonymous\"\naction = \"s3:GetObject\"\nexpect = \"explicit-deny\"\n";
    let said = test(&world, cases, &[]);
    let (file, readers) = (world.path("cases.toml"), world.path("readers.json"));
    let expected = format!(
        "FAILED  no MFA ({file}:1:1): expected allow, but iam:GetUser on arn:aws:iam::123456789012:user/alice is \
         denied: no identity-based policy allows it\n        \
         {readers}:7:5 (OwnUser) identity-based policy: Allow does not apply: Bool at 8:29 wants \
         aws:MultiFactorAuthPresent \"true\", the request has no such key\n        \
         2 statements are of other actions\n\
         FAILED  case 2 ({file}:8:1): expected explicit-deny, but s3:GetObject on * is denied: no resource-based policy \
         allows it\n        no policy applies\n\
         0 as expected, 2 not\n",
        file = file.display(),
        readers = readers.display()
    );
    assert_eq!(said.stdout, expected);
    assert_eq!((said.code, said.stderr.as_str()), (1, "error: 2 of 2 checks are not as expected\n"));
}

#[test]
fn results_are_an_object() {
    let world = World::new();
    world.write("readers.json", READERS);
    let cases = r#"{"policy": {"all": {"document": {"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}},
        "case": [{"name": "all", "principal": "123456789012", "identity": "all", "action": "s3:GetObject",
        "context": {"aws:TagKeys": ["a", "b"], "s3:max-keys": 7}, "expect": "allow"},
        {"name": "some", "principal": "arn:aws:iam::123456789012:user/bob", "identity": "readers.json",
        "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/secret/b", "expect": "allow"}]}"#;
    let file = world.write("cases.json", cases);
    let said = world.run(&["policy", "test", "--json", file.to_str().unwrap()]);
    let object: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((said.code, &object["Met"], &object["Unmet"]), (1, &1.into(), &1.into()));
    let [all, some] = &object["Cases"].as_array().unwrap()[..] else { panic!("{object}") };
    assert_eq!(
        (all["Decision"].as_str(), all["Met"].as_bool(), all.get("Trace")),
        (Some("allow"), Some(true), None)
    );
    assert_eq!(some["Decision"], "explicit-deny");
    assert_eq!(some["Statement"]["Sid"], "NoSecrets");
    assert_eq!((&some["Statement"]["Line"], &some["Statement"]["Column"]), (&6.into(), &5.into()));
    assert_eq!(some["Layer"], "identity-based policy");
    let trace = some["Trace"].as_array().unwrap();
    assert_eq!(trace.iter().filter(|statement| statement["Applies"] == true).count(), 2, "{trace:?}");
}

#[test]
fn wrong_files_are_told_by_their_place() {
    let world = World::new();
    let good = "principal = \"123456789012\"\naction = \"s3:GetObject\"\nexpect = \"allow\"\n";
    world.write("broken.json", "{\"Version\": \"2012-10-17\",\n \"Statement\": {\"Effect\": \"Perhaps\"}}");
    for (cases, what) in [
        (String::new(), "cases.toml: there is no case here"),
        (format!("[[case]]\nspeed = 1\n{good}"), "cases.toml:2:1: unknown key \"speed\""),
        (
            format!("[[case]]\n{good}").replace("allow", "perhaps"),
            "cases.toml:4:10: expect: \"perhaps\" is not one of",
        ),
        (
            format!("[[case]]\n{good}").replace("s3:GetObject", "s3:Get*"),
            "cases.toml:3:10: case 1: action: \"s3:Get*\" is not the name of one action",
        ),
        (
            "[[case]]\nname = \"x\"\n".to_owned(),
            "cases.toml:1:1: x: principal: neither the case nor [defaults] says it",
        ),
        (
            format!("[[case]]\n{good}").replace("123456789012", "alice"),
            "cases.toml:2:13: case 1: principal: \"alice\" is no principal",
        ),
        (format!("[[case]]\n{good}identity = [\"nobody\"]\n"), "there is no policy \"nobody\""),
        (
            format!("[[case]]\n{good}identity = [\"broken.json\"]\n"),
            "broken.json:2:15: AWS refuses this document: Syntax errors in policy.",
        ),
        (format!("[[case]]\n{good}identity = [\"gone.json\"]\n"), "gone.json"),
        (
            format!("[[case]]\n{good}identity = [\"arn:aws:iam::aws:policy/None\"]\n"),
            "is not among AWS's managed policies",
        ),
        (
            format!("[policy.p]\n[[case]]\n{good}identity = \"p\"\n"),
            "policy \"p\" wants either a file or a document",
        ),
        (format!("[[case]]\n{good}trust = \"p\"\nkey-policy = \"p\"\n"), "a resource has one policy"),
        (format!("[[case]]\n{good}").replace("\"s3:GetObject\"", "[]"), "case 1: action: there is none"),
        (format!("[[case]]\n{good}context = {{ a = [[1]] }}\n"), "a list in a list"),
    ] {
        let said = test(&world, &cases, &[]);
        assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{cases}");
        assert!(said.stderr.contains(what), "{cases}: {}", said.stderr);
    }
    assert_eq!(world.run(&["policy", "test"]).code, 2);
}

/// The example of the help is one that runs.
#[test]
fn the_example_of_the_help_holds() {
    let world = World::new();
    let help = world.done(&["policy", "test", "--help"]);
    let example = help.split("A file of cases:\n").nth(1).unwrap().split("Layers: ").next().unwrap();
    let said = test(&world, example, &[]);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.ends_with("5 as expected, 0 not\n"), "{}", said.stdout);
}
