//! Role credentials.
//!
//! Rule: of a document nothing is ever shown but names, lengths, times and the access key id.

use std::time::Duration;

use serde_json::Value;
use types::Timestamp;

use super::super::check::{Check, Finding, Kind, require, shown};
use super::super::probe::{Answer, Request};
use super::super::subject::{ROLES, Subject};
use super::{CAPTURE, CLIENTS, ROLE_GUIDE};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "credentials.role",
        title: "security-credentials/ is one role's name and nothing else",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "aws-config 1.13 panics on a newline or a second name; botocore asks for both as one",
        run: |subject| {
            role(subject)?;
            let names = subject.value(ROLES)?;
            let fit = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
            require(!names.is_empty() && names.chars().all(fit), "one name, no newline", shown(&names))
        },
    },
    Check {
        id: "credentials.served",
        title: "the role's document is 200, text/plain",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "programs run without credentials",
        run: |subject| {
            let answer = read(subject)?;
            answer.must_be(200)?;
            answer.must_say("Content-Type", "text/plain")
        },
    },
    Check {
        id: "credentials.success",
        title: "its Code is Success",
        kind: Kind::Wire,
        source: ROLE_GUIDE,
        matters: "SDKs take any other code for a refusal and report it",
        run: |subject| {
            let text = read(subject)?.text();
            let code = json(&text)?["Code"].as_str().unwrap_or_default().to_owned();
            require(code == "Success", "Success", shown(&code))
        },
    },
    Check {
        id: "credentials.members",
        title: "its members are EC2's, in EC2's order",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "shell scripts take lines by their number",
        run: |subject| {
            let text = granted(subject)?;
            let got = names(&text);
            require(got == MEMBERS, MEMBERS.join(", "), got.join(", "))
        },
    },
    Check {
        id: "credentials.layout",
        title: "it is written as EC2 writes it: a line each, two blanks, \"Name\" : \"value\"",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "shell scripts cut it with sed, grep and awk",
        run: |subject| {
            let text = granted(subject)?;
            let document = json(&text)?;
            let line = |name: &&str| format!("  \"{name}\" : {}", document[*name]);
            let lines: Vec<String> = MEMBERS.iter().map(line).collect();
            let expected = format!("{{\n{}\n}}", lines.join(",\n"));
            let differs = expected.lines().zip(text.lines()).position(|(expected, got)| expected != got);
            let got = differs
                .map_or_else(|| "another end".to_owned(), |line| format!("line {} is another", line + 1));
            require(text == expected, "seven lines in braces, no newline at the end", got)
        },
    },
    Check {
        id: "credentials.type",
        title: "its Type is AWS-HMAC",
        kind: Kind::Wire,
        source: ROLE_GUIDE,
        matters: "some clients refuse other types",
        run: |subject| {
            let kind = member(&granted(subject)?, "Type")?;
            require(kind == "AWS-HMAC", "AWS-HMAC", shown(&kind))
        },
    },
    Check {
        id: "credentials.access-key-id",
        title: "AccessKeyId is ASIA and 16 letters and digits",
        kind: Kind::Wire,
        source: "IAM user guide, \"IAM identifiers\": unique identifiers",
        matters: "tools know by ASIA that a session token must go along",
        run: |subject| {
            let id = member(&granted(subject)?, "AccessKeyId")?;
            let rest = id.strip_prefix("ASIA").unwrap_or_default();
            let fits = rest.len() == 16 && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            require(fits, "ASIA and 16 letters and digits", shown(&id))
        },
    },
    Check {
        id: "credentials.secret",
        title: "SecretAccessKey has 40 characters of Base64",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "secret scanners and validators know keys by this form",
        run: |subject| {
            let secret = member(&granted(subject)?, "SecretAccessKey")?;
            let fits = secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b));
            require(
                secret.len() == 40 && fits,
                "40 characters of Base64",
                format!("{} characters{}", secret.len(), if fits { "" } else { ", others among them" }),
            )
        },
    },
    Check {
        id: "credentials.session-token",
        title: "Token is a session token of Base64",
        kind: Kind::Wire,
        source: ROLE_GUIDE,
        matters: "SDKs send what is there; without it AWS refuses every signature",
        run: |subject| {
            let token = member(&granted(subject)?, "Token")?;
            let fits = token.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
            require(
                token.len() >= 100 && fits,
                "at least 100 characters of Base64",
                format!("{} characters{}", token.len(), if fits { "" } else { ", others among them" }),
            )
        },
    },
    Check {
        id: "credentials.times",
        title: "LastUpdated and Expiration are like 2026-11-22T00:53:34Z",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "strict parsers of dates fail on fractions and offsets",
        run: |subject| {
            let text = granted(subject)?;
            for name in ["LastUpdated", "Expiration"] {
                let time = member(&text, name)?;
                let parsed: Option<Timestamp> = time.parse().ok();
                require(
                    parsed.is_some_and(|at| at.iso8601() == time),
                    "like 2026-11-22T00:53:34Z",
                    shown(&time),
                )?;
            }
            Ok(())
        },
    },
    Check {
        id: "credentials.fresh",
        title: "the set is good for at least five minutes more",
        kind: Kind::Wire,
        source: "EC2 user guide, \"IAM roles for Amazon EC2\": new credentials at least five minutes before the end",
        matters: "SDKs renew at every call, or go on with expired credentials",
        run: |subject| {
            let end = time(&granted(subject)?, "Expiration")?;
            let least = subject.now() + Duration::from_mins(5);
            require(end >= least.trunc_secs(), format!("{} or later", least.iso8601()), end.iso8601())
        },
    },
    Check {
        id: "credentials.life",
        title: "the set was made in the past and lives no longer than twelve hours",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "programs that never renew are found out only on EC2, after six hours",
        run: |subject| {
            let text = granted(subject)?;
            let (made, end) = (time(&text, "LastUpdated")?, time(&text, "Expiration")?);
            let now = subject.now();
            require(
                made <= now + Duration::from_mins(5),
                format!("{} or earlier", now.iso8601()),
                made.iso8601(),
            )?;
            let longest = made + Duration::from_hours(12);
            require(
                made < end && end <= longest,
                format!("an end up to {}", longest.iso8601()),
                end.iso8601(),
            )
        },
    },
    Check {
        id: "credentials.stable",
        title: "the same question gets the same set",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "caches of several processes hold different sets; sessions multiply",
        run: |subject| {
            let (one, two) = (granted(subject)?, granted(subject)?);
            require(one == two, "the same document", "another document")
        },
    },
    Check {
        id: "credentials.versions-differ",
        title: "version 1 and version 2 get different sets with the same end",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "policies on ec2:RoleDelivery tell the two apart by their sets",
        run: |subject| {
            subject.needs_version_1()?;
            let role = role(subject)?;
            let token = subject.token()?;
            let with = subject.get_with(&format!("{ROLES}{role}"), token.expose())?.text();
            let without = subject.ask(Request::get(format!("{ROLES}{role}")))?.text();
            let (v2, v1) = (member(&with, "AccessKeyId")?, member(&without, "AccessKeyId")?);
            require(v1 != v2, "two access key ids", format!("{v2} for both"))?;
            let (v2, v1) = (member(&with, "Expiration")?, member(&without, "Expiration")?);
            require(v1 == v2, format!("both end at {v2}"), format!("the set for version 1 ends at {v1}"))
        },
    },
    Check {
        id: "credentials.unknown-role",
        title: "another role's document is not handed out",
        kind: Kind::Safety,
        source: CAPTURE,
        matters: "an instance could become any role",
        run: |subject| {
            role(subject)?;
            subject.get(&format!("{ROLES}no-such-role"))?.must_be_refused()
        },
    },
    Check {
        id: "credentials.info",
        title: "iam/info names the profile",
        kind: Kind::Wire,
        source: CAPTURE,
        matters: "tools look up the account and the profile there",
        run: |subject| {
            role(subject)?;
            let text = subject.value("/latest/meta-data/iam/info")?;
            let got = names(&text);
            let members = ["Code", "LastUpdated", "InstanceProfileArn", "InstanceProfileId"];
            require(got == members, members.join(", "), got.join(", "))?;
            let arn = member(&text, "InstanceProfileArn")?;
            let fits = arn.starts_with("arn:aws") && arn.contains(":instance-profile/");
            require(fits, "arn:aws:iam::…:instance-profile/…", shown(&arn))
        },
    },
    Check {
        id: "credentials.instance-identity",
        title: "the instance's own identity has credentials, with or without a role",
        kind: Kind::Wire,
        source: "EC2 user guide, \"Instance identity roles for Amazon EC2 instances\"",
        matters: "EC2 Instance Connect, Systems Manager and GuardDuty's agent use them",
        run: |subject| {
            let path = "/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance";
            let answer = subject.get(path)?;
            answer.must_be(200)?;
            let got = names(&answer.text());
            require(got == MEMBERS, MEMBERS.join(", "), got.join(", "))?;
            let info = subject.value("/latest/meta-data/identity-credentials/ec2/info")?;
            let got = names(&info);
            require(
                got == ["Code", "LastUpdated", "AccountId"],
                "Code, LastUpdated, AccountId",
                got.join(", "),
            )
        },
    },
    Check {
        id: "credentials.trailing-query",
        title: "a query changes nothing for credentials",
        kind: Kind::Wire,
        source: CLIENTS,
        matters: "clients that add a query against caches get no credentials",
        run: |subject| {
            let role = role(subject)?;
            subject.get(&format!("{ROLES}{role}?x=1"))?.must_be(200)
        },
    },
];

const MEMBERS: [&str; 7] =
    ["Code", "LastUpdated", "Type", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"];

pub(super) fn role(subject: &Subject) -> Result<&str, Finding> {
    subject.role.as_deref().ok_or_else(|| Finding::does_not_apply("the instance has no role"))
}

fn read(subject: &Subject) -> Result<Answer, Finding> {
    subject.get(&format!("{ROLES}{}", role(subject)?))
}

/// The document of a role that EC2 may assume.
fn granted(subject: &Subject) -> Result<String, Finding> {
    let answer = read(subject)?;
    answer.must_be(200)?;
    let text = answer.text();
    match json(&text)?["Code"].as_str() {
        Some("Success") | None => Ok(text),
        Some(code) => Err(Finding::does_not_apply(format!("the role's document says {code}"))),
    }
}

pub(super) fn json(text: &str) -> Result<Value, Finding> {
    serde_json::from_str(text)
        .map_err(|_| Finding::differs("JSON", format!("{} bytes that are not", text.len())))
}

pub(super) fn member(text: &str, name: &str) -> Result<String, Finding> {
    let value = json(text)?[name].as_str().map(str::to_owned);
    value.ok_or_else(|| Finding::differs(format!("a text named {name}"), "none"))
}

fn time(text: &str, name: &str) -> Result<Timestamp, Finding> {
    let written = member(text, name)?;
    written.parse().map_err(|_| Finding::differs("a time", shown(&written)))
}

/// The names of an object's members in the order in which they stand there, which a parsed object does not keep.
pub(super) fn names(text: &str) -> Vec<String> {
    let Ok(Value::Object(object)) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut found: Vec<(usize, String)> =
        object.keys().filter_map(|name| Some((text.find(&format!("\"{name}\""))?, name.clone()))).collect();
    found.sort();
    found.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_in_the_order_of_the_text() {
        assert_eq!(names(r#"{"b": 1, "a": {"c": 2}}"#), ["b", "a"]);
        assert!(names("[1]").is_empty() && names("").is_empty());
    }
}
