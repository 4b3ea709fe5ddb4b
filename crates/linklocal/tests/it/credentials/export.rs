//! `export`: what each shell makes of it.

use std::process::Command;

use super::{ENDS, Home, SECRET, TEMPORARY, USER};
use crate::world::said;

/// What would end quotes, start a command or be expanded.
const NASTY: &str = "it's \"a\" $HOME `id` \\ %PATH% !x ${A} 'b' \u{2019} é # ; & | < > ( ) * ?";

#[test]
fn shells_read_every_value_as_it_is() {
    let binary = env!("CARGO_BIN_EXE_linklocal");
    let posix = format!("eval \"$({binary} credentials export)\"; {SHOW}");
    let plain = format!("eval \"$({binary} credentials export --format env-no-export)\"; {SHOW}");
    let fish = format!("{binary} credentials export --format fish | source; {SHOW}");
    let nu = format!("{binary} credentials export --format nushell | from nuon | load-env; ^sh -c '{SHOW}'");
    let power = format!(
        "{binary} credentials export --format powershell | Out-String | Invoke-Expression; sh -c '{SHOW}'"
    );
    let mut ran = Vec::new();
    for (shell, script) in [
        ("sh", &posix),
        ("bash", &posix),
        ("dash", &posix),
        ("zsh", &posix),
        ("bash", &plain),
        ("fish", &fish),
        ("nu", &nu),
        ("pwsh", &power),
    ] {
        for secret in [SECRET, NASTY] {
            let Some(text) = evaluated(shell, script, secret) else { continue };
            let token = if script == &plain { "stale" } else { "unset" };
            assert_eq!(text, format!("{TEMPORARY}|{secret}|{token}\n"), "{shell}");
            ran.push(shell);
        }
    }
    ran.dedup();
    println!("{} shells: {}", ran.len(), ran.join(" "));
    assert!(ran.contains(&"sh"));
}

/// What the script prints where a token of another key is in the environment; nothing where there is no such shell.
fn evaluated(shell: &str, script: &str, secret: &str) -> Option<String> {
    let is_there = Command::new(shell).arg("--version").output().is_ok() || shell == "sh";
    if !is_there {
        return None;
    }
    let home = Home::new();
    let config = "[profile p]\ncredential_process = cat document\n";
    home.world.write(".aws/config", config);
    let document = serde_json::json!({"Version": 1, "AccessKeyId": TEMPORARY, "SecretAccessKey": secret});
    home.world.write("document", &document.to_string());
    let mut command = Command::new(shell);
    command.args(["-c", script]).env_clear().current_dir(home.world.path(""));
    command.env("HOME", home.world.path("")).env("PATH", env!("PATH")).env("AWS_SESSION_TOKEN", "stale");
    command.env("AWS_PROFILE", "p").env("LC_ALL", "C.UTF-8");
    let said = said(&mut command);
    assert_eq!(said.code, 0, "{shell}: {}", said.stderr);
    Some(said.stdout)
}

const SHOW: &str = r#"printf "%s|%s|%s\n" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$(printenv AWS_SESSION_TOKEN || echo unset)""#;

#[test]
fn each_form_is_spelled_as_its_reader_wants_it() {
    let home =
        Home::new().with_keys().and("AWS_SESSION_TOKEN", "to/k+en=").and("AWS_CREDENTIAL_EXPIRATION", ENDS);
    let export = |format: &str| home.done(&["credentials", "export", "--format", format]);
    assert_eq!(
        export("env"),
        format!(
            "unset AWS_SECURITY_TOKEN\nunset AWS_ACCOUNT_ID\nexport AWS_ACCESS_KEY_ID='{USER}'\n\
             export AWS_SECRET_ACCESS_KEY='{SECRET}'\nexport AWS_SESSION_TOKEN='to/k+en='\n\
             export AWS_CREDENTIAL_EXPIRATION='{ENDS}'\n"
        )
    );
    assert_eq!(
        export("windows-cmd"),
        format!(
            "set \"AWS_SECURITY_TOKEN=\"\nset \"AWS_ACCOUNT_ID=\"\nset \"AWS_ACCESS_KEY_ID={USER}\"\n\
             set \"AWS_SECRET_ACCESS_KEY={SECRET}\"\nset \"AWS_SESSION_TOKEN=to/k+en=\"\n\
             set \"AWS_CREDENTIAL_EXPIRATION={ENDS}\"\n"
        )
    );
    let plain = format!(
        "AWS_ACCESS_KEY_ID={USER}\nAWS_SECRET_ACCESS_KEY={SECRET}\nAWS_SESSION_TOKEN=to/k+en=\n\
         AWS_CREDENTIAL_EXPIRATION={ENDS}\n"
    );
    assert_eq!(export("dotenv"), plain);
    assert_eq!(export("env-no-export"), plain);
    assert!(export("powershell").starts_with("$Env:AWS_SECURITY_TOKEN = $null\n"));
    let object: serde_json::Value = serde_json::from_str(&export("json")).unwrap();
    assert_eq!(
        object,
        serde_json::from_str::<serde_json::Value>(&home.done(&["credentials", "export", "--json"])).unwrap()
    );
    assert_eq!(object["AWS_SECRET_ACCESS_KEY"], SECRET);
    let process: serde_json::Value = serde_json::from_str(&export("process")).unwrap();
    assert_eq!((&process["Version"], &process["AccessKeyId"]), (&1.into(), &USER.into()));
}

#[test]
fn what_a_form_cannot_hold_is_refused_and_not_shown() {
    let home = Home::new().and("AWS_ACCESS_KEY_ID", USER).and("AWS_SECRET_ACCESS_KEY", NASTY);
    for format in ["windows-cmd", "dotenv"] {
        let said = home.run(&["credentials", "export", "--format", format]);
        assert_eq!((said.code, said.stdout.as_str()), (1, ""));
        let expected = "error: the value of AWS_SECRET_ACCESS_KEY cannot be written in this form\nhint: ";
        assert!(said.stderr.starts_with(expected) && !said.stderr.contains("${A}"), "{}", said.stderr);
    }
}
