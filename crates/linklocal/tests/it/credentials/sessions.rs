//! Sessions that are kept: one request for twenty processes, the AWS CLI's files, and logins.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::{Value, json};

use super::services::Service;
use super::{Home, SECRET, TEMPORARY, USER};

#[test]
fn twenty_processes_make_one_request() {
    let sts = Service::sts();
    let home = role(&sts);
    let start = |_| {
        let mut command = home.world.command(&["credentials", "process", "--profile", "dev"]);
        command.envs(home.variables.iter().map(|(name, value)| (name, value)));
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    let processes: Vec<_> = (0..20).map(start).collect();
    for process in processes {
        let output = process.wait_with_output().unwrap();
        let document: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(document["AccessKeyId"], TEMPORARY);
    }
    assert_eq!(sts.asked().len(), 1, "{:?}", sts.asked());
}

#[test]
fn a_session_of_the_aws_cli_is_used_and_one_of_ours_lies_where_it_looks() {
    let sts = Service::sts();
    let home = role(&sts);
    home.done(&["credentials", "resolve", "--profile", "dev"]);
    // The name that botocore 1.44.5 computes for this role.
    let path = home.world.path(".aws/cli/cache/6bc66fa17eba122997f0d0fd3f6f70359fadb0a4.json");
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    let session = json!({
        "Credentials": {
            "AccessKeyId": "ASIAOFTHECLI",
            "SecretAccessKey": SECRET,
            "SessionToken": "t",
            "Expiration": "2099-01-01T00:00:00UTC",
        },
        "AssumedRoleUser": {"AssumedRoleId": "AROAX:s", "Arn": "arn:aws:sts::444455556666:assumed-role/one-bucket/s"},
    });
    sys::fs::replace(&path, session.to_string().as_bytes(), 0o600).unwrap();
    assert_eq!(home.json(&["credentials", "resolve", "--profile", "dev"])["access_key_id"], "ASIAOFTHECLI");
    assert_eq!(sts.asked().len(), 1);

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = home.run(&["credentials", "resolve", "--profile", "dev", "--json"]);
    assert!(
        said.stdout.contains(TEMPORARY) && said.stderr.contains("mode 0644"),
        "{}{}",
        said.stdout,
        said.stderr
    );
    assert_eq!(sts.asked().len(), 2);
}

#[test]
fn a_login_leaves_a_token_that_roles_are_had_for() {
    let service = Service::new(|first, body| match first.split(' ').nth(1).unwrap() {
        "/client/register" => {
            (200, r#"{"clientId":"c","clientSecret":"s","clientSecretExpiresAt":4070908800}"#.to_owned())
        }
        "/device_authorization" => (200, AUTHORIZED.to_owned()),
        "/token" if body.contains("device_code") => {
            (200, r#"{"accessToken":"token","expiresIn":28800,"refreshToken":"r"}"#.to_owned())
        }
        path if path.starts_with("/federation/credentials?role_name=Admin&account_id=444455556666") => {
            (200, role_credentials())
        }
        _ => (404, "{}".to_owned()),
    });
    let home = Home::new()
        .config("[profile dev]\nsso_session = work\nsso_account_id = 444455556666\nsso_role_name = Admin\nregion = us-east-1\n[sso-session work]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n")
        .and("AWS_ENDPOINT_URL", &service.url());
    let done = home.json(&["credentials", "login", "--profile", "dev", "--no-browser"]);
    assert_eq!((&done["sso_session"], &done["renewable"]), (&"work".into(), &true.into()));
    let token_file = done["token_file"].as_str().unwrap();
    assert!(
        token_file.ends_with("/.aws/sso/cache/e274eeff768c6396088ec6eb091f4bf4d47ab1e0.json"),
        "{token_file}"
    );
    let resolved = home.json(&["credentials", "resolve", "--profile", "dev"]);
    assert_eq!((&resolved["access_key_id"], &resolved["source"]), (&TEMPORARY.into(), &"sso".into()));
}

#[test]
fn a_login_that_is_not_configured_says_what_is_missing() {
    let home = Home::new().config("[profile dev]\nregion = us-east-1\n[profile me]\nlogin_session = arn:aws:iam::444455556666:user/me\n");
    let cases = [
        (
            ["--profile", "dev"],
            "error: ~/.aws/config:1: profile \"dev\" has no sso_start_url\nhint: `aws configure sso` writes all that a login needs\n",
        ),
        (
            ["--sso-session", "work"],
            "error: --sso-session: [sso-session work] is not in the config file\nhint: add the section (`linklocal configure sso-session`, `aws configure sso-session`), or name another\n",
        ),
        (
            ["--profile", "me"],
            "error: profile \"me\" has a console session (~/.aws/config:4), which only the AWS CLI begins\nhint: run `aws login --profile me`\n",
        ),
    ];
    for (flags, expected) in cases {
        assert_eq!(home.refused(&[&["credentials", "login"][..], &flags].concat()), expected);
    }
}

/// A profile with a role, and where STS is asked for it.
fn role(sts: &Service) -> Home {
    Home::new()
        .config("[profile dev]\nrole_arn = arn:aws:iam::444455556666:role/one-bucket\nsource_profile = base\nregion = us-east-1\n")
        .credentials(&format!("[base]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n"))
        .and("AWS_ENDPOINT_URL_STS", &sts.url())
}

fn role_credentials() -> String {
    format!(
        r#"{{"roleCredentials":{{"accessKeyId":"{TEMPORARY}","secretAccessKey":"{SECRET}","sessionToken":"t","expiration":4070908800000}}}}"#
    )
}

const AUTHORIZED: &str = r#"{"deviceCode":"d","userCode":"ABCD-EFGH","verificationUri":"https://x/","expiresIn":600,"interval":1}"#;
