//! `get`, `list`, `list-profiles` and `export-credentials`.

use super::Home;

const CONFIG: &str = "\
[profile zeta]
region = eu-west-1
[default]
region = us-east-1
s3 =
  addressing_style = path
[profile alpha]
region = r1 # c
[services local]
s3 =
  endpoint_url = http://localhost:9000
[sso-session corp]
sso_region = eu-west-2
";
const CREDENTIALS: &str = "\
[only]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMIsecretKEY
[default]
aws_access_key_id = AKIAI44QH8DHBEXAMPLE
aws_secret_access_key = je7MtGbClwBFsecretZKEY
";

fn home() -> Home {
    Home::with(Some(CONFIG), Some(CREDENTIALS))
}

#[test]
fn get_prints_the_value_and_nothing_else() {
    let home = home();
    let cases: &[(&[&str], &str)] = &[
        (&["get", "region"], "us-east-1\n"),
        (&["get", "region", "--profile", "zeta"], "eu-west-1\n"),
        (&["get", "zeta.region"], "eu-west-1\n"),
        (&["get", "profile.zeta.region"], "eu-west-1\n"),
        (&["get", "default.s3.addressing_style"], "path\n"),
        (&["get", "s3.addressing_style"], "path\n"),
        (&["get", "aws_secret_access_key", "--profile", "only"], "wJalrXUtnFEMIsecretKEY\n"),
        (&["get", "--services", "local", "s3.endpoint_url"], "http://localhost:9000\n"),
        (&["get", "--sso-session", "corp", "sso_region"], "eu-west-2\n"),
    ];
    for (arguments, expected) in cases {
        let said = home.done(arguments);
        assert_eq!(said.stdout, *expected, "{arguments:?}");
    }
}

#[test]
fn what_is_not_there_leaves_with_1() {
    let home = home();
    for name in ["output", "nosuch.region", "s3.nosuch", "profile.nosuch.region"] {
        let said = home.run(&["get", name]);
        assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{name}");
        assert!(said.stderr.contains("is not set"), "{}", said.stderr);
    }
    let said = home.run(&["get", "s3"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("s3.addressing_style"), "{}", said.stderr);
}

#[test]
fn readers_that_disagree_are_noted() {
    let home = home();
    let said = home.done(&["get", "region", "--profile", "alpha"]);
    assert!(said.stderr.contains("read otherwise, or not at all, by "), "{}", said.stderr);
    let object = home.world().json(&["configure", "get", "region"]);
    assert_eq!(object["location"], home.at("config", 4));
    assert_eq!(object["read_otherwise_by"].as_array().unwrap().len(), 0, "{object}");
}

#[test]
fn profiles_come_in_the_order_of_the_files() {
    let home = home();
    assert_eq!(home.done(&["list-profiles"]).stdout, "zeta\ndefault\nalpha\nonly\n");
    assert_eq!(Home::new().done(&["list-profiles"]).stdout, "");
}

#[test]
fn list_names_file_and_line_and_masks_secrets() {
    let home = home();
    let said = home.done(&["list"]);
    assert!(!said.stdout.contains("secret") || !said.stdout.contains("je7MtGb"), "{}", said.stdout);
    for (name, value, location) in [
        ("access_key", "****************MPLE", home.at("credentials", 5)),
        ("secret_key", "****************ZKEY", home.at("credentials", 6)),
        ("region", "us-east-1", home.at("config", 4)),
    ] {
        let line = said.stdout.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(line.contains(value) && line.contains(&location), "{line}");
    }
    let object = home.world().json(&["configure", "list", "--profile", "only"]);
    let text = object.to_string();
    assert!(text.contains("****************EKEY") || text.contains("****************tKEY"), "{text}");
    assert!(!text.contains("wJalrXUtn"), "{text}");
    assert_eq!(object["profile"], "only");
    assert_eq!(object["in_use"][0]["type"], "manual");
}

#[test]
fn list_takes_variables_first_and_says_so() {
    let home = home();
    let said = home.run(&["list", "--profile", "nosuch"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("--profile: there is no profile \"nosuch\""), "{}", said.stderr);
    let mut command = home.world().command(&["configure", "list"]);
    command.env("AWS_REGION", "ap-south-1").env("AWS_PROFILE", "zeta");
    let said = crate::world::said(&mut command);
    assert!(
        said.stdout.lines().any(|line| line.starts_with("region") && line.ends_with("AWS_REGION")),
        "{}",
        said.stdout
    );
    assert!(
        said.stdout.lines().any(|line| line.starts_with("profile") && line.ends_with("AWS_PROFILE")),
        "{}",
        said.stdout
    );
}

#[test]
fn export_credentials_has_the_aws_clis_forms() {
    let home = home();
    let text =
        |format: &str| home.done(&["export-credentials", "--profile", "only", "--format", format]).stdout;
    assert!(text("env").contains("export AWS_ACCESS_KEY_ID='AKIAIOSFODNN7EXAMPLE'\n"));
    assert!(text("env-no-export").contains("AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n"));
    assert!(text("powershell").contains("$Env:AWS_ACCESS_KEY_ID"));
    assert!(text("windows-cmd").contains("AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"));
    assert!(text("fish").contains("set -gx AWS_ACCESS_KEY_ID"));
    let said = home.done(&["export-credentials", "--profile", "only"]);
    let object: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(
        (object["Version"].as_u64(), object["AccessKeyId"].as_str()),
        (Some(1), Some("AKIAIOSFODNN7EXAMPLE"))
    );
}
