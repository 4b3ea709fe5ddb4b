//! STS's limits, checked before anybody is asked (STS API Reference, "AssumeRole"; facts/credentials.md section 3.2).
//!
//! Rule: a flag that STS would refuse is a wrong usage, and the limit is named.

use serde_json::Value;
use types::{AccountId, Secret};

use crate::arguments::{AssumeRoleArguments, RoleSessionArguments, SessionTag};
use crate::failure::Failure;

/// Everything that can be told of the flags alone.
pub(super) fn check(arguments: &AssumeRoleArguments) -> Result<(), Failure> {
    let AssumeRoleArguments { session, device, .. } = arguments;
    let named = [
        ("--role-session-name", &session.role_session_name, Text { least: 2, most: 64, marks: "_+=,.@-" }),
        ("--source-identity", &session.source_identity, Text { least: 2, most: 64, marks: "_+=,.@-" }),
        ("--external-id", &session.external_id, Text { least: 2, most: 1224, marks: "_+=,.@:/-" }),
        ("--serial-number", &device.serial_number, Text { least: 9, most: 256, marks: "_+=/:,.@-" }),
        ("--provider-id", &arguments.web_identity.provider_id, Text { least: 4, most: 2048, marks: "_.:/-" }),
    ];
    named.iter().try_for_each(|(flag, value, limit)| {
        value.as_deref().map_or(Ok(()), |value| limit.check(flag, value))
    })?;
    duration(session.duration_seconds)?;
    device.token_code.as_ref().map_or(Ok(()), code)?;
    policies(session)?;
    tags(session)
}

/// Whether it is an ARN as STS takes them.
pub(super) fn role_arn(arn: &str) -> Result<(), Failure> {
    let length = arn.chars().count();
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let is_roles = matches!(&parts[..], ["arn", _, "iam", "", account, resource]
        if account.parse::<AccountId>().is_ok() && resource.starts_with("role/"));
    if !(20..=2048).contains(&length) || !is_roles {
        return Err(Failure::usage(format!("{arn:?} is no role's ARN"))
            .hint("write arn:aws:iam::ACCOUNT:role/NAME, or the name of a profile"));
    }
    Ok(())
}

/// A role that is assumed with a role's session lasts an hour at most: more is an error, not a cap.
pub(super) fn chained(duration: Option<u32>, whose: &str) -> Result<(), Failure> {
    match duration {
        Some(seconds) if seconds > CHAINED => Err(Failure::new(format!(
            "{whose} is a role's session, and a role that is assumed with one lasts {CHAINED} seconds at most, not {seconds}"
        ))
        .hint("take a shorter --duration-seconds, or a user's keys to assume the role with")),
        _ => Ok(()),
    }
}

/// The policy as it is sent. White space counts; where there is too much of it, it is taken out.
pub(super) fn policy(text: &str) -> Result<String, Failure> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        Failure::usage(format!("--policy is no JSON: {error}"))
            .hint("give a policy document, or a file that holds one")
    })?;
    if !value.is_object() {
        return Err(Failure::usage("--policy is no policy document: it is not an object"));
    }
    if text.chars().count() <= POLICY {
        return Ok(text.to_owned());
    }
    let compact = value.to_string();
    match compact.chars().count() {
        length if length > POLICY => Err(Failure::usage(format!(
            "--policy has {length} characters without its white space, and STS takes {POLICY}"
        ))
        .hint("shorten it, or make a managed policy of it and name that with --policy-arns")),
        _ => Ok(compact),
    }
}

/// Letters, digits and some marks, so many of them.
struct Text {
    least: usize,
    most: usize,
    marks: &'static str,
}

impl Text {
    fn check(&self, flag: &str, value: &str) -> Result<(), Failure> {
        let Self { least, most, marks } = self;
        let length = value.chars().count();
        if !(*least..=*most).contains(&length) {
            return Err(Failure::usage(format!(
                "{flag} has {length} characters, and STS takes {least} to {most}"
            )));
        }
        match value.chars().find(|c| !c.is_ascii_alphanumeric() && !marks.contains(*c)) {
            Some(other) => Err(Failure::usage(format!("{flag} holds {other:?}"))
                .hint(format!("STS takes letters, digits and {marks}"))),
            None => Ok(()),
        }
    }
}

fn duration(seconds: Option<u32>) -> Result<(), Failure> {
    match seconds {
        Some(seconds) if !(900..=43_200).contains(&seconds) => Err(Failure::usage(format!(
            "--duration-seconds is {seconds}, and STS takes 900 to 43200 (the role's own maximum may be lower)"
        ))),
        _ => Ok(()),
    }
}

fn code(code: &Secret<String>) -> Result<(), Failure> {
    let text = code.expose();
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(Failure::usage("--token-code is not six digits").hint("a security key gives no code that STS takes"))
}

fn policies(session: &RoleSessionArguments) -> Result<(), Failure> {
    if session.policy_arns.len() > POLICY_ARNS {
        let many = session.policy_arns.len();
        return Err(Failure::usage(format!(
            "--policy-arns names {many} policies, and STS takes {POLICY_ARNS}"
        )));
    }
    let wrong = session.policy_arns.iter().find(|arn| !arn.starts_with("arn:") || !arn.contains(":policy/"));
    match wrong {
        Some(wrong) => Err(Failure::usage(format!("--policy-arns: {wrong:?} is no policy's ARN"))
            .hint("write arn:aws:iam::aws:policy/ReadOnlyAccess")),
        None => Ok(()),
    }
}

fn tags(session: &RoleSessionArguments) -> Result<(), Failure> {
    let RoleSessionArguments { tags, transitive_tag_keys, .. } = session;
    if tags.len() > TAGS {
        return Err(Failure::usage(format!("there are {} --tags, and STS takes {TAGS}", tags.len())));
    }
    for (nth, SessionTag { key, value }) in tags.iter().enumerate() {
        tag_text("key", key, 1, 128)?;
        tag_text("value", value, 0, 256)?;
        if key.to_lowercase().starts_with("aws:") {
            return Err(Failure::usage(format!("--tags: {key:?} begins with aws:, which is AWS's own")));
        }
        if tags[..nth].iter().any(|other| other.key.eq_ignore_ascii_case(key)) {
            return Err(Failure::usage(format!(
                "--tags: {key:?} is there twice; capitals make no difference"
            )));
        }
    }
    let missing = transitive_tag_keys.iter().find(|key| !tags.iter().any(|tag| tag.key == **key));
    match missing {
        Some(key) => Err(Failure::usage(format!("--transitive-tag-keys: {key:?} is none of --tags"))
            .hint("only tags of this session can go on to the next")),
        None => Ok(()),
    }
}

fn tag_text(what: &str, text: &str, least: usize, most: usize) -> Result<(), Failure> {
    let length = text.chars().count();
    if !(least..=most).contains(&length) {
        return Err(Failure::usage(format!(
            "--tags: a {what} has {length} characters, and STS takes {least} to {most}"
        )));
    }
    match text.chars().find(|c| !c.is_alphanumeric() && *c != ' ' && !"_.:/=+-@".contains(*c)) {
        Some(other) => Err(Failure::usage(format!("--tags: the {what} {text:?} holds {other:?}"))
            .hint("STS takes letters, digits, blanks and _.:/=+-@")),
        None => Ok(()),
    }
}

const CHAINED: u32 = 3600;
/// Characters.
const POLICY: usize = 2048;
const POLICY_ARNS: usize = 10;
const TAGS: usize = 50;

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn checked(flags: &[&str]) -> Result<(), Failure> {
        let words = [&["linklocal", "assume-role", "arn:aws:iam::111122223333:role/r"], flags].concat();
        let Command::AssumeRole(arguments) = Arguments::try_parse_from(words).unwrap().command else {
            panic!("another command")
        };
        check(&arguments)
    }

    #[test]
    fn what_sts_would_refuse_is_refused_with_its_limit() {
        let long = "x".repeat(65);
        for (flag, good, bad, words) in [
            ("--role-session-name", "ci@x", "a", "2 to 64"),
            ("--role-session-name", "ci", "a b", "holds ' '"),
            ("--source-identity", "ada", long.as_str(), "65 characters"),
            ("--external-id", "a:b/c", "a;b", "holds ';'"),
            ("--duration-seconds", "900", "899", "900 to 43200"),
            ("--duration-seconds", "43200", "43201", "900 to 43200"),
            ("--serial-number", "arn:aws:iam::1:mfa/u", "GAHT", "9 to 256"),
            ("--token-code", "123456", "12345é", "six digits"),
            ("--policy-arns", "arn:aws:iam::aws:policy/X", "X", "no policy's ARN"),
            ("--tags", "a=b c", "a=b;", "holds ';'"),
            ("--tags", "a=", "aws:x=1", "AWS's own"),
        ] {
            assert_eq!(checked(&[flag, good]), Ok(()), "{flag} {good}");
            let failure = checked(&[flag, bad]).unwrap_err();
            let text = format!("{} {}", failure.message, failure.hint.clone().unwrap_or_default());
            assert!(text.contains(words) && failure.exit_code() == 2, "{flag} {bad}: {text}");
        }
    }

    #[test]
    fn tags_are_counted_and_transitive_ones_are_among_them() {
        let twice = checked(&["--tags", "Team=a", "--tags", "team=b"]).unwrap_err();
        assert!(twice.message.contains("twice"), "{twice:?}");
        let missing = checked(&["--tags", "a=1", "--transitive-tag-keys", "a,b"]).unwrap_err();
        assert!(missing.message.contains("\"b\" is none of --tags"), "{missing:?}");
        let many: Vec<String> = (0..51).map(|n| format!("--tags=k{n}=v")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(checked(&many).unwrap_err().message.contains("51 --tags"));
        assert_eq!(checked(&many[..50]), Ok(()));
    }

    #[test]
    fn policies_lose_white_space_before_they_are_too_long() {
        assert_eq!(policy("{ \"a\": 1 }").unwrap(), "{ \"a\": 1 }");
        let wide = format!("{{{}\"a\": 1}}", " ".repeat(3000));
        assert_eq!(policy(&wide).unwrap(), "{\"a\":1}");
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(2048));
        assert!(policy(&long).unwrap_err().message.contains("2056 characters"));
        assert!(policy("{").is_err() && policy("[]").is_err());
    }

    #[test]
    fn chained_roles_last_an_hour() {
        assert_eq!(chained(Some(3600), "x"), Ok(()));
        assert!(
            chained(Some(3601), "profile a")
                .unwrap_err()
                .message
                .starts_with("profile a is a role's session")
        );
        role_arn("arn:aws:iam::111122223333:role/x/y").unwrap();
        role_arn("arn:aws:iam::111122223333:user/x").unwrap_err();
        role_arn("arn:aws:iam::11112:role/x").unwrap_err();
    }
}
