//! The guard: what is refused in which directory, before whatever starts.

use super::services::Service;
use super::{Home, SECRET, TEMPORARY, USER};

const OTHER: &str = "444455556666";

/// A home with a user's keys of account 111122223333 and a directory with these rules.
fn guarded(rules: &str) -> Home {
    let home = Home::new().with_keys().and("AWS_REGION", "eu-west-1");
    home.world.write(".linklocal.toml", &format!("[guard]\n{rules}"));
    home
}

/// Commands that hand out, each of which would leave a mark.
const COMMANDS: &[&[&str]] = &[
    &["credentials", "exec", "--", "touch", "started"],
    &["credentials", "process"],
    &["credentials", "export"],
];

#[test]
fn an_account_that_is_not_expected_starts_nothing() {
    let home = Home::new().with_keys().and("AWS_REGION", "eu-west-1").and("PATH", "/usr/bin:/bin");
    for command in COMMANDS {
        let mut words = command.to_vec();
        words.splice(2..2, ["--expect-account", OTHER]);
        let said = home.refused(&words);
        assert!(said.contains("account 111122223333 is not expected here"), "{said}");
        assert!(said.contains("hint: --expect-account names 444455556666; "), "{said}");
    }
    assert!(!home.world.path("started").exists());
    home.done(&[
        "credentials",
        "exec",
        "--expect-account",
        OTHER,
        "--expect-account",
        "111122223333",
        "--",
        "touch",
        "started",
    ]);
    assert!(home.world.path("started").exists());
    let wrong = home.run(&["credentials", "export", "--expect-account", "12"]);
    assert_eq!(wrong.code, 2);
}

#[test]
fn rules_of_a_directory_hold_below_it() {
    let home = guarded("accounts = [\"444455556666\"]\n");
    std::fs::create_dir_all(home.world.path("a/b")).unwrap();
    let mut command = home.world.command(&["credentials", "export"]);
    command.envs(home.variables.iter().map(|(name, value)| (name, value)));
    let said = crate::world::said(command.current_dir(home.world.path("a/b")));
    assert_eq!((said.code, said.stdout.as_str()), (1, ""));
    let hint = home.tilde(&said.stderr);
    assert!(hint.contains("~/.linklocal.toml:2:12 allows 444455556666; "), "{hint}");
    for (rules, words) in [
        ("roles = [\"Dev*\"]\n", "they are a user's keys, and roles alone are allowed here"),
        ("regions = [\"us-*\"]\n", "region eu-west-1 is not allowed here"),
        ("long-term-keys = false\n", "long-term keys are not allowed here"),
        ("max-lifetime = \"1h\"\n", "they never end"),
        ("acounts = []\n", "unknown key \"acounts\" in [guard]; did you mean \"accounts\"?"),
    ] {
        for command in COMMANDS {
            let said = guarded(rules).refused(command);
            assert!(said.contains(words), "{rules}: {said}");
        }
    }
    guarded("accounts = [\"111122223333\"]\nregions = [\"eu-*\"]\n").done(&["credentials", "export"]);
}

#[test]
fn what_neither_key_nor_arn_tells_sts_is_asked_once() {
    let sts = Service::sts();
    // Of before accounts were written into ids.
    let home = Home::new()
        .and("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .and("AWS_SECRET_ACCESS_KEY", SECRET)
        // What is declared proves nothing.
        .and("AWS_ACCOUNT_ID", OTHER)
        .and("AWS_REGION", "eu-west-1")
        .and("AWS_ENDPOINT_URL_STS", &sts.url());
    let said = home.refused(&["credentials", "export", "--expect-account", OTHER]);
    assert!(said.contains("account 111122223333 is not expected here"), "{said}");
    home.done(&["credentials", "export", "--expect-account", "111122223333"]);
    assert_eq!(sts.asked().len(), 1, "{:?}", sts.asked());
    home.done(&["credentials", "export"]);

    let silent = home
        .and("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
        .and("AWS_ACCESS_KEY_ID", "AKIAJOSFODNN7EXAMPLE");
    let said = silent.refused(&["credentials", "export", "--expect-account", OTHER]);
    assert!(
        said.contains("an identity is expected here, and STS was asked whose credentials these are"),
        "{said}"
    );
}

#[test]
fn a_role_that_is_not_allowed_is_not_even_assumed() {
    let sts = Service::sts();
    let config = format!(
        "[profile base]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n\
         [profile dev]\nrole_arn = arn:aws:iam::{OTHER}:role/one-bucket\nsource_profile = base\nregion = eu-west-1\n"
    );
    let home = Home::new().config(&config).and("AWS_ENDPOINT_URL_STS", &sts.url());
    home.world.write(".linklocal.toml", "[guard]\nroles = [\"Other\"]\n");
    let said = home.refused(&["credentials", "export", "--profile", "dev"]);
    assert!(said.contains("role/one-bucket is not allowed here"), "{said}");
    let said = home.refused(&["assume-role", "dev"]);
    assert!(said.contains("role/one-bucket is not allowed here"), "{said}");
    let arn = format!("arn:aws:iam::{OTHER}:role/one-bucket");
    let said = home.refused(&["assume-role", &arn, "--profile", "base"]);
    assert!(said.contains("role/one-bucket is not allowed here"), "{said}");
    assert!(sts.asked().is_empty(), "{:?}", sts.asked());

    home.world.write(
        ".linklocal.toml",
        "[guard]\nroles = [\"one-*\"]\naccounts = [\"444455556666\"]\nlong-term-keys = false\n",
    );
    let text = home.done(&["credentials", "export", "--profile", "dev"]);
    assert!(text.contains(TEMPORARY), "{text}");
    home.done(&["assume-role", &arn, "--profile", "base"]);
}

#[test]
fn a_file_that_others_may_change_stops_everything() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = guarded("accounts = [\"111122223333\"]\n");
    let path = home.world.path(".linklocal.toml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o646)).unwrap();
    let said = home.refused(&["credentials", "export"]);
    assert!(said.contains("~/.linklocal.toml can be changed by anybody (mode 0646)"), "{said}");
    assert!(said.contains("chmod o-w ~/.linklocal.toml"), "{said}");
}
