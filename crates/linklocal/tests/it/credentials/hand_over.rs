//! `process` and `exec`: credentials for another program.

use super::{Home, SECRET, TEMPORARY, USER};

#[test]
fn a_process_prints_the_contract_and_nothing_else() {
    let home = Home::new().with_keys().and("AWS_SESSION_TOKEN", "token");
    let said = home.run(&["credentials", "process"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    let expected = format!(
        "{{\"Version\":1,\"AccessKeyId\":\"{USER}\",\"SecretAccessKey\":\"{SECRET}\",\"SessionToken\":\"token\"}}\n"
    );
    assert_eq!(said.stdout, expected);
    let stderr = Home::new().refused(&["credentials", "process"]);
    assert!(stderr.starts_with("error: no source has credentials\nhint: "), "{stderr}");
}

#[test]
fn a_program_finds_these_credentials_and_no_others() {
    let config = format!(
        "[profile dev]\naws_access_key_id = {TEMPORARY}\naws_secret_access_key = {SECRET}\nregion = eu-west-1\n"
    );
    let home = Home::new()
        .config(&config)
        .with_keys()
        .and("AWS_SESSION_TOKEN", "stale")
        .and("AWS_SECURITY_TOKEN", "stale")
        .and("AWS_CREDENTIAL_EXPIRATION", "2001-01-01T00:00:00Z")
        .and("AWS_PROFILE", "other")
        .and("AWS_DEFAULT_PROFILE", "other")
        .and("AWS_REGION", "us-west-2")
        .and("KEPT", "yes");
    let text = home.done(&["credentials", "exec", "--profile", "dev", "--region", "eu-north-1", "--", "env"]);
    let mut lines: Vec<&str> =
        text.lines().filter(|line| line.starts_with("AWS_") || line.starts_with("KEPT")).collect();
    lines.sort_unstable();
    let (id, secret) = (format!("AWS_ACCESS_KEY_ID={TEMPORARY}"), format!("AWS_SECRET_ACCESS_KEY={SECRET}"));
    let expected = [
        &id,
        "AWS_DEFAULT_REGION=eu-north-1",
        "AWS_EC2_METADATA_DISABLED=true",
        "AWS_REGION=eu-north-1",
        &secret,
        "KEPT=yes",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn credentials_that_end_soon_start_nothing() {
    let soon = |flags: &[&str], end: &str| {
        let home =
            Home::new().with_keys().and("AWS_CREDENTIAL_EXPIRATION", end).and("AWS_REGION", "eu-west-1");
        home.run(&[&["credentials", "exec"], flags, &["--", "true"]].concat())
    };
    assert_eq!(soon(&[], super::ENDS).code, 0);
    let far = soon(&["--min-ttl", "365d"], "2027-06-01T00:00:00Z");
    assert_eq!((far.code, far.stdout.as_str()), (1, ""), "{}", far.stderr);
    assert!(far.stderr.starts_with("error: environment (AWS_ACCESS_KEY_ID, "), "{}", far.stderr);
    assert!(
        far.stderr.contains("): the set ends 2027-06-01T00:00:00Z, in ") && far.stderr.contains("\nhint: "),
        "{}",
        far.stderr
    );
    let past = soon(&["--min-ttl", "0s"], "2001-01-01T00:00:00Z");
    assert_eq!(past.code, 1, "those that ended are of use to nobody: {}", past.stderr);
}

#[test]
fn exit_codes_are_those_of_the_program_or_of_a_shell() {
    let home = Home::new().with_keys().and("AWS_REGION", "eu-west-1").and("PATH", env!("PATH"));
    let exec = |words: &[&str]| home.run(&[&["credentials", "exec", "--"], words].concat());
    assert_eq!(exec(&["sh", "-c", "exit 7"]).code, 7);
    let missing = exec(&["no-such-program"]);
    assert_eq!(missing.code, 127);
    assert_eq!(missing.stderr, "error: no-such-program is not there; check the name, or PATH\n");
    assert_eq!(exec(&["/"]).code, 126);
    let silent = exec(&["true"]);
    assert_eq!((silent.stdout.as_str(), silent.stderr.as_str()), ("", ""));
}

#[test]
fn a_region_of_last_resort_is_told() {
    let home = Home::new().with_keys();
    let said = home.run(&["credentials", "exec", "--", "env"]);
    assert!(
        said.stdout.contains("AWS_REGION=us-east-1\n")
            && said.stdout.contains("AWS_DEFAULT_REGION=us-east-1\n")
    );
    assert_eq!(
        said.stderr,
        "note: nothing names a region: us-east-1 is taken; --region or AWS_REGION names another\n"
    );
}

#[test]
fn resolved_credentials_are_shown_without_their_secrets() {
    let home =
        Home::new().with_keys().and("AWS_SESSION_TOKEN", "token-of-test").and("AWS_REGION", "eu-west-1");
    let text = home.text(&["credentials", "resolve"]);
    assert!(!text.contains("token-of-test") && !text.contains(USER), "{text}");
    assert!(
        text.starts_with("key       ****************RKEY\ntoken     there is one\naccount   111122223333\n"),
        "{text}"
    );
    let object = home.json(&["credentials", "resolve"]);
    assert_eq!((&object["access_key_id"], &object["session_token"]), (&USER.into(), &true.into()));
    assert_eq!((&object["region"], &object["region_from"]), (&"eu-west-1".into(), &"AWS_REGION".into()));
    let stderr = Home::new().refused(&["credentials", "resolve"]);
    assert!(stderr.contains("\nhint: `linklocal credentials explain` "), "{stderr}");
}
