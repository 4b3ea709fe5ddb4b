//! `set`, `unset`, `import` and `undo`: what is in the files afterwards, and what is said.

use super::Home;

#[test]
fn new_files_are_private_in_a_private_directory() {
    let home = Home::new();
    let said = home.done(&["set", "region", "eu-west-1", "--profile", "dev"]);
    home.done(&["set", "aws_access_key_id", "AKIAIOSFODNN7EXAMPLE", "--profile", "dev"]);
    assert_eq!(home.config().as_deref(), Some("[profile dev]\nregion = eu-west-1\n"));
    assert_eq!(home.credentials().as_deref(), Some("[dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"));
    for (name, mode) in [(".aws", 0o700), (".aws/config", 0o600), (".aws/credentials", 0o600)] {
        assert_eq!(home.mode(name), mode, "{name}");
    }
    assert!(
        said.stdout.contains(&format!("{}: region added in [profile dev]", home.at("config", 2))),
        "{}",
        said.stdout
    );
    assert!(said.stderr.contains("linklocal configure undo"), "{}", said.stderr);
}

#[test]
fn everything_around_a_change_stays() {
    let config = "# mine\r\n[default]\r\n\tregion=us-east-1  \r\n\r\n[profile b]\r\nregion = x\r\n";
    let home = Home::with(Some(config), None);
    home.done(&["set", "output", "json", "--profile", "b"]);
    assert_eq!(home.config().unwrap(), format!("{config}output = json\r\n"));
}

#[test]
fn names_and_sections_as_the_aws_cli_takes_them() {
    let home = Home::with(Some("[default]\n[profile dev]\nregion = r\n"), None);
    home.done(&["set", "default.s3.addressing_style", "path"]);
    home.done(&["set", "profile.dev.output", "text"]);
    home.done(&["set", "--services", "local", "s3.endpoint_url", "http://localhost:9000"]);
    home.done(&["set", "--sso-session", "corp", "sso_region", "eu-west-1"]);
    let expected = "[default]\ns3 =\n    addressing_style = path\n[profile dev]\nregion = r\noutput = text\n";
    let config = home.config().unwrap();
    assert!(config.starts_with(expected), "{config}");
    assert!(
        config.contains("[services local]\ns3 =\n    endpoint_url = http://localhost:9000\n"),
        "{config}"
    );
    assert!(config.contains("[sso-session corp]\nsso_region = eu-west-1\n"), "{config}");
    let said = home.run(&["set", "dev.region", "x"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("profile.dev.region"), "{}", said.stderr);
}

#[test]
fn a_token_does_not_stay_beside_a_new_key() {
    let old = "[a]\naws_access_key_id = ASIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldsecret\naws_session_token = oldtoken\n";
    let home = Home::with(None, Some(old));
    let said = home.done(&["set", "aws_access_key_id", "AKIAIOSFODNN7EXAMPLE", "--profile", "a"]);
    let credentials = home.credentials().unwrap();
    assert!(!credentials.contains("oldtoken"), "{credentials}");
    assert!(said.stderr.contains("aws_session_token"), "{}", said.stderr);
    assert!(!format!("{}{}", said.stdout, said.stderr).contains("oldtoken"));
}

#[test]
fn sdks_that_read_something_else_are_named() {
    let home = Home::with(Some("[profile a]\nregion = x\n"), None);
    let said = home.done(&["set", "cli_pager", "less #x", "--profile", "a"]);
    assert!(said.stderr.contains("warning: AWS SDK for Rust reads only the beginning"), "{}", said.stderr);
    let object = home.world().json(&["configure", "set", "cli_pager", "more #y", "--profile", "a"]);
    let sdks: Vec<&str> = object["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| warning["sdk"].as_str().unwrap())
        .collect();
    assert!(sdks.contains(&"js") && sdks.contains(&"rust"), "{sdks:?}");
    assert!(!sdks.contains(&"boto3"), "{sdks:?}");
}

#[test]
fn a_trial_changes_nothing() {
    let home = Home::new();
    let said = home.done(&["set", "region", "eu-west-1", "--dry-run"]);
    assert!(said.stdout.contains("would be added"), "{}", said.stdout);
    assert!(!home.world().path(".aws").exists());
}

#[test]
fn values_that_nobody_reads_back_are_refused() {
    let home = Home::with(Some("[default]\nregion = x\n"), None);
    for value in ["a\nb", "a\rb"] {
        let said = home.run(&["set", "region", value]);
        assert_eq!(said.code, 1, "{value:?}");
        assert_eq!(home.config().unwrap(), "[default]\nregion = x\n");
    }
    assert_eq!(home.done(&["set", "region", "x"]).stdout, "nothing to change\n");
}

#[test]
fn unset_takes_a_setting_and_nothing_else() {
    let home = Home::with(Some("[default]\n# why\nregion = x\noutput = json\n"), None);
    home.done(&["unset", "region"]);
    let config = home.config().unwrap();
    assert!(!config.contains("region") && config.contains("output = json\n"), "{config}");
}

#[test]
fn undo_takes_back_both_files_and_itself() {
    let home = Home::with(Some("[default]\nregion = old\n"), None);
    assert_eq!(home.done(&["undo", "--list"]).stdout, "nothing to take back\n");
    let said = home.run(&["undo"]);
    assert_eq!(said.code, 1);
    home.done(&["set", "region", "new"]);
    home.done(&["set", "aws_access_key_id", "AKIAIOSFODNN7EXAMPLE"]);
    let list = home.world().json(&["configure", "undo", "--list"]);
    assert_eq!(list["changes"].as_array().unwrap().len(), 2);
    home.done(&["undo"]);
    assert_eq!(home.credentials(), None);
    home.done(&["undo"]);
    assert!(home.credentials().is_some());
    home.done(&["undo", "--change", "2"]);
    assert_eq!(home.config().unwrap(), "[default]\nregion = old\n");
}

#[test]
fn undo_does_not_lose_the_work_of_others() {
    let home = Home::with(Some("[default]\nregion = old\n"), None);
    home.done(&["set", "region", "new"]);
    home.world().write(".aws/config", "[default]\nregion = theirs\n");
    let said = home.run(&["undo"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("--force"), "{}", said.stderr);
    assert_eq!(home.config().unwrap(), "[default]\nregion = theirs\n");
    home.done(&["undo", "--force"]);
    assert_eq!(home.config().unwrap(), "[default]\nregion = old\n");
}

#[test]
fn loose_permissions_are_reported_and_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::with(None, Some("[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"));
    let path = home.world().path(".aws/credentials");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = home.done(&["set", "region", "x"]);
    assert!(said.stderr.contains("chmod 600"), "{}", said.stderr);
    assert_eq!(home.mode(".aws/credentials"), 0o644);
}

#[test]
fn import_takes_several_users_or_none() {
    let home = Home::with(
        None,
        Some("[u]\naws_access_key_id = ASIAX\naws_secret_access_key = y\naws_session_token = z\n"),
    );
    let csv = "User name,Password,Access key ID,Secret access key\nu,,AKIAUUUUUUUUUUUUUUUU,secret-of-u\nv,,AKIAVVVVVVVVVVVVVVVV,secret-of-v\n";
    let path = home.world().write("keys.csv", csv);
    let said = home.done(&["import", "--csv", &format!("file://{}", path.display())]);
    assert!(said.stdout.starts_with("Successfully imported 2 profile(s)\n"), "{}", said.stdout);
    let credentials = home.credentials().unwrap();
    assert!(credentials.contains("secret-of-u") && credentials.contains("[v]"), "{credentials}");
    assert!(!credentials.contains("aws_session_token"), "{credentials}");
    assert!(!format!("{}{}", said.stdout, said.stderr).contains("secret-of"));
    home.world().write("bad.csv", "User name,Access key ID,Secret access key\nw,AKIAW,s\n,AKIAX,t\n");
    let before = home.credentials();
    let said = home.run(&["import", "--csv", "bad.csv"]);
    assert_eq!((said.code, home.credentials()), (1, before));
    assert!(said.stderr.contains("line 3") && said.stderr.contains("--skip-invalid"), "{}", said.stderr);
    home.done(&["import", "--csv", "bad.csv", "--skip-invalid", "--profile-prefix", "test-"]);
    assert!(home.credentials().unwrap().contains("[test-w]"));
}

#[test]
fn files_that_are_none_are_named() {
    let home = Home::new();
    std::fs::create_dir_all(home.world().path(".aws/config")).unwrap();
    let said = home.run(&["set", "region", "x"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains(".aws/config is a directory"), "{}", said.stderr);
}
