//! `linklocal mfa login`: what is asked of STS, what is written, what is refused before anybody is asked.

use std::os::unix::fs::PermissionsExt as _;

use super::aws::wrong_code;
use super::{ACCOUNT, DEVICE, Home, SECRET, USER};

#[test]
fn a_session_is_written_as_a_profile_that_every_sdk_reads() {
    let home = Home::new(
        "[profile alice]\nregion = eu-central-1\nmfa_serial = arn:aws:iam::111122223333:mfa/alice\n",
    );
    let code = home.aws.code();
    let done = home.json(&["mfa", "login", "--profile", "alice", "--token-code", &code]);
    assert_eq!((&done["profile"], &done["source_profile"]), (&"mfa".into(), &"alice".into()));
    assert_eq!((&done["serial_number"], &done["account_id"]), (&DEVICE.into(), &ACCOUNT.into()));
    let asked = home.aws.asked("GetSessionToken");
    assert_eq!(asked.len(), 1);
    let parameter = |name: &str| asked[0].get(name).map(String::as_str);
    assert_eq!(parameter("DurationSeconds"), Some("43200"));
    assert_eq!((parameter("SerialNumber"), parameter("TokenCode")), (Some(DEVICE), Some(code.as_str())));

    let expiration = done["expiration"].as_str().unwrap();
    let written = format!(
        "[alice]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n\n[mfa]\naws_access_key_id = ASIARTX3GSDSQU000001\n\
         aws_secret_access_key = {SECRET}1\naws_session_token = token+/=1\nx_security_token_expires = {expiration}\n"
    );
    assert_eq!(home.text(".aws/credentials"), written);
    let config = home.text(".aws/config");
    let ours =
        format!("[profile mfa]\nregion = eu-central-1\nmfa_serial = {DEVICE}\nmfa_source_profile = alice\n");
    assert!(config.ends_with(&ours), "{config}");
    let mode = home.world.path(".aws/credentials").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let whoami = home.json(&["whoami", "--profile", "mfa", "--probe"]);
    assert_eq!((&whoami["expiration"], &whoami["region"]), (&expiration.into(), &"eu-central-1".into()));
    let every = home.json(&["credentials", "explain", "--profile", "mfa", "--as", "all"]).to_string();
    assert!(every.contains("ASIARTX3GSDSQU000001"), "{every}");
}

/// A session of a local account is worth nothing at AWS: its profile leads where the user's own does.
#[test]
fn the_profile_of_a_session_has_the_endpoints_of_the_users_own() {
    let home = Home::new(
        "[profile alice]\nendpoint_url = http://127.0.0.1:9\nservices = local\nregion = us-east-1\n\
         mfa_serial = arn:aws:iam::111122223333:mfa/alice\n[services local]\ns3 =\n  endpoint_url = http://127.0.0.1:9\n",
    );
    let code = home.aws.code();
    home.json(&["mfa", "login", "--profile", "alice", "--token-code", &code]);
    let config = home.text(".aws/config");
    let ours = "[profile mfa]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:9\nservices = local\n";
    assert!(config.contains(ours), "{config}");
}

#[test]
fn the_device_is_found_where_somebody_names_it() {
    let role = "[profile admin]\nrole_arn = arn:aws:iam::111122223333:role/admin\nsource_profile = alice\nmfa_serial = arn:aws:iam::111122223333:mfa/alice\n";
    // Of a role that is had with the keys; for the role itself; as IAM lists it.
    for (config, profile) in [(role, "alice"), (role, "admin"), ("", "alice")] {
        let home = Home::new(config);
        let code = home.aws.code();
        let done = home.json(&["mfa", "login", "--profile", profile, "--token-code", &code]);
        assert_eq!((&done["serial_number"], &done["source_profile"]), (&DEVICE.into(), &"alice".into()));
        assert_eq!(home.aws.asked("ListMFADevices").len(), usize::from(config.is_empty()));
    }
}

#[test]
fn a_device_that_nobody_names_is_guessed_aloud_and_not_used() {
    let home = Home::new("");
    home.aws.change(|account| account.hides_devices = true);
    let refused = home.refused(&["mfa", "login", "--profile", "alice", "--token-code", "123456"]);
    assert!(refused.contains("IAM answers AccessDenied"), "{refused}");
    assert!(refused.contains(&format!("if it is this one, give --serial-number {DEVICE}")), "{refused}");
    home.aws.change(|account| {
        account.hides_devices = false;
        account.add_device("arn:aws:iam::111122223333:mfa/phone");
    });
    let refused = home.refused(&["mfa", "login", "--profile", "alice", "--token-code", "123456"]);
    assert!(
        refused.contains("the user has several MFA devices") && refused.contains("mfa/phone"),
        "{refused}"
    );
    let several = "[profile a]\nrole_arn = r\nsource_profile = alice\nmfa_serial = arn:aws:iam::111122223333:mfa/a\n\
                   [profile b]\nrole_arn = r\nsource_profile = alice\nmfa_serial = arn:aws:iam::111122223333:mfa/b\n";
    home.write(".aws/config", several);
    let refused = home.refused(&["mfa", "login", "--profile", "alice", "--token-code", "123456"]);
    assert!(refused.contains("roles of these keys name several MFA devices"), "{refused}");
    assert!(home.aws.asked("GetSessionToken").is_empty());
}

#[test]
fn what_sts_would_refuse_is_refused_before_a_code_is_asked_for() {
    let home = Home::new(
        "[profile key]\nmfa_serial = arn:aws:iam::111122223333:u2f/user/alice/k-2B\nsource_profile = alice\nrole_arn = arn:aws:iam::111122223333:role/r\n\
         [profile session]\naws_access_key_id = ASIARTX3GSDSQUSERKEY\naws_secret_access_key = s\naws_session_token = t\n",
    );
    let with = |flags: &[&str]| home.refused(&[&["mfa", "login"], flags].concat());
    let cases: &[(&[&str], &str)] = &[
        (&["--profile", "key"], "is a security key or passkey (FIDO)"),
        (&["--profile", "key"], "log in with `aws login`"),
        (
            &["--profile", "session"],
            "are a session's, and STS gives sessions with MFA to a user's long-term keys alone",
        ),
        (&["--profile", "alice", "--serial-number", "short"], "no serial number of an MFA device"),
        (
            &["--profile", "alice", "--serial-number", DEVICE, "--duration-seconds", "899"],
            "900 to 129600 seconds",
        ),
        (&["--profile", "alice", "--serial-number", DEVICE, "--token-code", "12345"], "is not six digits"),
        (
            &[
                "--profile",
                "alice",
                "--serial-number",
                "arn:aws:iam::111122223333:mfa/root-account-mfa-device",
                "--duration-seconds",
                "7200",
            ],
            "root user last 900 to 3600 seconds",
        ),
        (&["--profile", "alice", "--serial-number", DEVICE, "--profile-out", "alice"], "has long-term keys"),
        (
            &["--profile", "alice", "--serial-number", DEVICE, "--profile-out", "key"],
            "credentials of another kind",
        ),
        (&["--profile", "alice", "--serial-number", DEVICE], "there is no terminal to ask at"),
        (&["--profile", "alice", "--serial-number", DEVICE], "mfa_source"),
        (&["--profile", "nobody"], "which is neither in"),
    ];
    for (flags, words) in cases {
        let refused = with(flags);
        assert!(refused.contains(words), "{flags:?}: {refused}");
    }
    assert!(home.aws.asked("GetSessionToken").is_empty());
}

#[test]
fn a_wrong_code_and_one_that_was_used_are_told_apart() {
    let home = Home::new("[profile alice]\nregion = us-east-1\n");
    let login = |code: &str, serial: &str| {
        home.run(&["mfa", "login", "--profile", "alice", "--serial-number", serial, "--token-code", code])
    };
    let code = home.aws.code();
    let said = login(&wrong_code(), DEVICE);
    assert!(said.code == 1 && said.stderr.contains("invalid MFA one time pass code"), "{}", said.stderr);
    let said = login(&code, "arn:aws:iam::111122223333:mfa/bob");
    assert!(said.code == 1 && said.stderr.contains("unable to validate MFA code"), "{}", said.stderr);
    let code = home.aws.code();
    assert_eq!(login(&code, DEVICE).code, 0);
    let said = login(&code, DEVICE);
    assert!(said.code == 1 && said.stderr.contains("was used already"), "{}", said.stderr);
    assert!(
        said.stderr.contains("hint: wait ") && said.stderr.contains(" s for the next one"),
        "{}",
        said.stderr
    );
    assert_eq!(home.aws.asked("GetSessionToken").len(), 3, "what was used is not sent");
}

#[test]
fn a_session_is_renewed_by_the_profile_that_it_stands_in() {
    // Roles of the user name several devices: the one that the session was had with is taken, unasked.
    let roles = [DEVICE, "arn:aws:iam::111122223333:mfa/other"].map(|device| {
        format!("[profile {}]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = alice\nmfa_serial = {device}\n", device.len())
    });
    let home = Home::new(&format!("[profile alice]\nregion = us-east-1\n{}", roles.concat()));
    let command = home.code_program();
    let login = ["mfa", "login", "--profile", "alice", "--profile-out", "work", "--serial-number", DEVICE];
    let code = home.aws.code();
    home.done(&[&login[..], &["--token-code", &code]].concat());
    let before = home.text(".aws/credentials");
    let ended = before.lines().map(|line| match line.starts_with("x_security_token_expires") {
        true => "x_security_token_expires = 2020-01-01T00:00:00Z\n".to_owned(),
        false => format!("{line}\n"),
    });
    home.write(".aws/credentials", &ended.collect::<String>());
    let refused = home.refused(&["credentials", "process", "--profile", "work"]);
    assert!(
        refused.contains("ended at 2020-01-01T00:00:00Z") && refused.contains("linklocal mfa login"),
        "{refused}"
    );
    // A second code of this half minute would be refused: the account forgets the first.
    home.aws.change(|account| account.add_device(DEVICE));
    std::fs::remove_dir_all(home.world.path(".aws/linklocal")).unwrap();
    let mut login = home.command(&["mfa", "login", "--json"]);
    login.env("AWS_PROFILE", "work").env("LINKLOCAL_MFA_COMMAND", command);
    let said = crate::world::said(&mut login);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        said.stdout.contains("\"profile\":\"work\"") && said.stdout.contains("\"source_profile\":\"alice\""),
        "{}",
        said.stdout
    );
    assert!(home.text(".aws/credentials").contains("ASIARTX3GSDSQU000002"));
    assert!(home.text("asked").contains(DEVICE));
}
