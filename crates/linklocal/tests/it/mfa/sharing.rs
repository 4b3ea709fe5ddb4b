//! One session, and one code, for all processes and profiles of a user.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use super::{DEVICE, Home};

#[test]
fn fifty_processes_ask_once_and_for_one_code() {
    let home = Home::new("");
    let command = home.code_program();
    home.write(
        ".aws/config",
        &format!("[profile alice]\nregion = us-east-1\nmfa_serial = {DEVICE}\nmfa_session = shared\nmfa_command = {command}\n"),
    );
    let start = |_| {
        let mut command = home.command(&["credentials", "process", "--profile", "alice"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let processes: Vec<_> = (0..50).map(start).collect();
    for process in processes {
        let output = process.wait_with_output().unwrap();
        let document: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(document["AccessKeyId"], "ASIARTX3GSDSQU000001");
    }
    assert_eq!(home.aws.asked("GetSessionToken").len(), 1);
    assert_eq!(home.text("asked"), format!("{DEVICE}\n"));
}

/// On a terminal of their own, which `script` (util-linux) makes; what they print goes elsewhere, as under an SDK.
#[test]
fn fifty_processes_of_a_terminal_show_one_prompt() {
    let home = Home::new(&format!(
        "[profile alice]\nregion = us-east-1\nmfa_serial = {DEVICE}\nmfa_session = shared\n"
    ));
    let one =
        format!("{} credentials process --profile alice >> all 2>> talk", env!("CARGO_BIN_EXE_linklocal"));
    let many = format!("for i in $(seq 50); do {one} & done; wait");
    let mut script = std::process::Command::new("script");
    script
        .args(["-qec", &many, "/dev/null"])
        .env_clear()
        .env("SHELL", "/bin/sh")
        .env("HOME", home.world.path(""));
    home.surround(&mut script);
    script
        .current_dir(home.world.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let Ok(mut child) = script.spawn() else {
        println!("no terminal here: script(1) is absent");
        return;
    };
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{}\n", home.aws.code()).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(shown.matches("Enter MFA code for").count(), 1, "{shown}{}", home.text("talk"));
    assert_eq!(home.text("all").matches("ASIARTX3GSDSQU000001").count(), 50, "{}", home.text("talk"));
    assert_eq!(home.aws.asked("GetSessionToken").len(), 1);
}

#[test]
fn roles_that_demand_mfa_share_the_session_where_that_is_set() {
    let home = Home::new("");
    let command = home.code_program();
    let role = |name: &str| {
        format!(
            "[profile {name}]\nrole_arn = arn:aws:iam::111122223333:role/mfa-{name}\nsource_profile = alice\nmfa_serial = {DEVICE}\n"
        )
    };
    let alice =
        format!("[profile alice]\nregion = us-east-1\nmfa_command = {command}\nmfa_session = shared\n");
    home.write(".aws/config", &format!("{alice}{}{}[profile bare]\nrole_arn = arn:aws:iam::111122223333:role/mfa-bare\nsource_profile = alice\n", role("one"), role("two")));
    for name in ["one", "two"] {
        home.done(&["credentials", "process", "--profile", name, "--region", "us-east-1"]);
    }
    assert_eq!(home.aws.asked("GetSessionToken").len(), 1);
    let roles = home.aws.asked("AssumeRole");
    assert_eq!(roles.len(), 2);
    assert!(roles.iter().all(|role| !role.contains_key("TokenCode")), "{roles:?}");
    assert_eq!(home.text("asked").lines().count(), 1);
    let refused = home.refused(&["credentials", "process", "--profile", "bare"]);
    assert!(refused.contains("not authorized to perform: sts:AssumeRole"), "{refused}");
}

#[test]
fn each_role_asks_for_itself_as_the_aws_cli_where_nothing_is_set() {
    let home = Home::new("");
    let command = home.code_program();
    let config = format!(
        "[profile one]\nrole_arn = arn:aws:iam::111122223333:role/mfa-one\nsource_profile = alice\nmfa_serial = {DEVICE}\nregion = us-east-1\nmfa_command = {command}\n"
    );
    home.write(".aws/config", &config);
    home.done(&["credentials", "process", "--profile", "one"]);
    let asked = home.aws.asked("AssumeRole");
    assert_eq!((asked.len(), asked[0].contains_key("TokenCode")), (1, true));
    assert!(home.aws.asked("GetSessionToken").is_empty());
}
