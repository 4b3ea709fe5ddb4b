//! `linklocal explain-denial`: by the id of a request, by a message, by the whole text of an error; and what nobody denied.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::world::{Said, Server, World, said};

/// A server with its account, and the keys of a user who may do nothing.
struct House {
    world: World,
    server: Server,
    keys: [String; 2],
}

impl House {
    fn new() -> Self {
        let world = World::new();
        let server = world.up_with(&["--imds", "127.0.0.1:0", "--api", "127.0.0.1:0"]);
        let mut house = Self { world, server, keys: ["AWS_PROFILE".to_owned(), String::new()] };
        house.asked(&["iam:CreateUser", "-p", "UserName=bob"], None);
        let made = house.asked(&["iam:CreateAccessKey", "-p", "UserName=bob"], None).stdout;
        house.keys = ["AccessKeyId", "SecretAccessKey"].map(|name| element(&made, name).to_owned());
        house
    }

    /// As the administrator, or as the user.
    fn asked(&self, request: &[&str], keys: Option<&[String; 2]>) -> Said {
        let endpoint = self.server.banner["Account"]["Endpoints"][0].as_str().unwrap();
        let mut command = self.world.command(&[&["request", "--max-attempts", "1"], request].concat());
        command.env("AWS_ENDPOINT_URL", format!("http://{endpoint}")).env("AWS_REGION", "us-east-1");
        match keys {
            None => command.env("AWS_PROFILE", "linklocal"),
            Some([id, secret]) => command.env("AWS_ACCESS_KEY_ID", id).env("AWS_SECRET_ACCESS_KEY", secret),
        };
        said(&mut command)
    }

    /// What the user is answered who may not make another.
    fn refused(&self) -> String {
        let refused = self.asked(&["iam:CreateUser", "-p", "UserName=eve"], Some(&self.keys));
        assert_eq!(refused.code, 1, "{}", refused.stdout);
        refused.stdout
    }

    fn explained(&self, text: &str) -> Said {
        let mut command = self.world.command(&["explain-denial", "-"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("{name}: {xml}"));
    rest.split('<').next().unwrap()
}

#[test]
fn a_denial_is_explained_by_its_message_and_by_its_request() {
    let house = House::new();
    let answer = house.refused();
    let told = house.explained(&answer);
    assert_eq!((told.code, told.stderr.as_str()), (0, ""));
    let account = house.server.banner["Account"]["AccountId"].as_str().unwrap();
    let head = format!(
        "iam:CreateUser on arn:aws:iam::{account}:user/eve was denied because no identity-based policy allows the \
         iam:CreateUser action\n\n  who       arn:aws:iam::{account}:user/bob (AIDA"
    );
    assert!(told.stdout.starts_with(&head), "{}", told.stdout);
    assert!(told.stdout.contains("\n  aws:username = bob\n"), "{}", told.stdout);
    let by_id = house.world.run(&["explain-denial", element(&answer, "RequestId")]);
    assert_eq!(by_id.stdout, told.stdout);
}

#[test]
fn the_statement_that_denies_is_told_with_its_place() {
    let house = House::new();
    let policy = r#"PolicyDocument={"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:*","Resource":"*"},
        {"Sid":"Mfa","Effect":"Deny","Action":"iam:Create*","Resource":"*",
         "Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}"#;
    let put = ["iam:PutUserPolicy", "-p", "UserName=bob", "-p", "PolicyName=mfa", "-p", policy];
    assert_eq!(house.asked(&put, None).code, 0);
    let id = house.refused();
    let story: Value = house.world.json(&["explain-denial", element(&id, "RequestId")]);
    assert_eq!(story["ExplicitDeny"], true);
    assert_eq!(story["Layer"], "identity-based policy");
    let place = &story["Statement"];
    assert_eq!(
        (&place["Policy"], &place["Sid"], &place["Line"], &place["Column"]),
        (&"mfa".into(), &"Mfa".into(), &3.into(), &9.into())
    );
    assert_eq!(story["MatchedStatements"][0]["Actions"][0], "iam:Create*");
    assert_eq!(story["Context"]["aws:username"][0], "bob");
    let trace = story["Trace"].as_array().unwrap();
    let line = "identity-based policy mfa 3:9 (Mfa): Deny applies: BoolIfExists at 4:39 wants \
                aws:MultiFactorAuthPresent \"false\", the request has no such key";
    assert!(trace.iter().any(|told| told == line), "{trace:?}");
    let text = house.world.run(&["explain-denial", element(&id, "RequestId")]).stdout;
    let compared = "DENY; actions iam:Create*; resources *; aws:MultiFactorAuthPresent false (the request has no such key)\n";
    assert!(text.contains(compared), "{text}");
}

#[test]
fn what_was_not_denied_here_is_unknown() {
    let house = House::new();
    for (given, code) in
        [("5b0d3f6c-8d7e-4c53-9f44-3f9c9d6f0a11", 1), ("AQAAAAFdNjg22nSPfRmeRzsIlm3tG5r6", 1), ("", 2)]
    {
        let unknown = house.world.run(&["explain-denial", given]);
        assert_eq!((unknown.code, unknown.stdout.as_str()), (code, ""), "{given}: {}", unknown.stderr);
    }
    assert!(house.explained("no message\n").stderr.contains("no denial is known by this"));
    // Nor is one that another installation sealed.
    let foreign = House::new().refused();
    assert_eq!(house.explained(&foreign).code, 1);
}
