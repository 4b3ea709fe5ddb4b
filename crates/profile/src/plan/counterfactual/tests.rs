use crate::plan::{Change, Ground, counterfactuals, plan_on, why_not};
use crate::{Arguments, Environment, MemoryFiles, Platform, Sdk, View};

/// What is told for a view: the source that would win, and the words.
fn told(
    sdk: Sdk,
    variables: &[(&str, &str)],
    profile: Option<&str>,
    files: &MemoryFiles,
) -> Vec<(String, String)> {
    let environment: Environment = [("HOME", "/home")].iter().chain(variables).copied().collect();
    let arguments = Arguments { profile: profile.map(str::to_owned), ..Arguments::default() };
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let view =
        View { environment: &environment, arguments: &arguments, files, platform: Platform::Unix, now };
    let ground = Ground::new(&view, sdk);
    let plan = plan_on(&ground);
    let words = |changes: &[Change]| changes.iter().map(Change::to_string).collect::<Vec<_>>().join("; ");
    let found = counterfactuals(&ground, &plan);
    found.iter().map(|other| (other.source.name().to_owned(), words(&other.changes))).collect()
}

fn pair(source: &str, words: &str) -> (String, String) {
    (source.to_owned(), words.to_owned())
}

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
const CREDENTIALS: &str = "/home/.aws/credentials";
const CONFIG: &str = "/home/.aws/config";

#[test]
fn on_an_instance_the_environment_is_in_the_way_of_the_role() {
    let told = told(Sdk::Linklocal, &KEYS, None, &MemoryFiles::default());
    assert_eq!(told, [pair("iam-role", "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY")]);
}

#[test]
fn a_line_is_removed_where_no_variable_is_in_the_way() {
    let files = MemoryFiles::default()
        .with(CREDENTIALS, "[default]\naws_access_key_id = AKIDA\naws_secret_access_key = s\n");
    let mut variables = vec![("AWS_EC2_METADATA_DISABLED", "true")];
    variables.push(("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/creds"));
    let told = told(Sdk::Cli2, &variables, None, &files);
    assert_eq!(
        told,
        [
            pair("container-role", "remove /home/.aws/credentials:2, 3"),
            pair(
                "iam-role",
                "unset AWS_EC2_METADATA_DISABLED AWS_CONTAINER_CREDENTIALS_FULL_URI; remove /home/.aws/credentials:2, 3"
            ),
        ]
    );
}

#[test]
fn large_files_are_not_read_again() {
    let mut config = String::from("[default]\ncredential_process = /bin/p\n");
    config.extend((0..5000).map(|n| format!("[profile p{n}]\nregion = us-east-1\n")));
    let credentials = "[default]\naws_access_key_id = AKIDA\naws_secret_access_key = s\n";
    let files = MemoryFiles::default().with(CREDENTIALS, credentials).with(CONFIG, config);
    for sdk in [Sdk::Linklocal, Sdk::Boto3] {
        let told = told(sdk, &[], None, &files);
        let both = "remove /home/.aws/credentials:2, 3 and /home/.aws/config:2";
        assert_eq!(
            told,
            [pair("custom-process", "remove /home/.aws/credentials:2, 3"), pair("iam-role", both)],
            "{sdk}"
        );
    }
}

#[test]
fn a_role_with_the_environments_keys_needs_its_profile_named() {
    let files = MemoryFiles::default().with(
        CONFIG,
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\ncredential_source = Environment\nregion = us-east-1\n",
    );
    let mut variables = KEYS.to_vec();
    variables.push(("AWS_EC2_METADATA_DISABLED", "true"));
    let told = told(Sdk::Cli2, &variables, None, &files);
    assert_eq!(told[0], pair("assume-role", "pass --profile default"));
}

#[test]
fn an_error_is_taken_away_with_what_makes_it() {
    let files = MemoryFiles::default()
        .with(CREDENTIALS, "[default]\naws_access_key_id = A\naws_secret_access_key = s\n");
    let partial = told(Sdk::Boto3, &[("AWS_ACCESS_KEY_ID", "AKIDENV")], None, &files);
    assert_eq!(partial, [pair("shared-credentials-file", "unset AWS_ACCESS_KEY_ID")]);
    let nobody = told(Sdk::Boto3, &[("AWS_PROFILE", "")], None, &files);
    assert_eq!(nobody, [pair("shared-credentials-file", "unset AWS_PROFILE")]);
}

#[test]
fn keys_that_a_flag_switches_off_come_back_without_it() {
    let files =
        MemoryFiles::default().with(CREDENTIALS, "[a]\naws_access_key_id = A\naws_secret_access_key = s\n");
    let mut variables = KEYS.to_vec();
    variables.push(("AWS_EC2_METADATA_DISABLED", "true"));
    let told = told(Sdk::Cli2, &variables, Some("a"), &files);
    assert_eq!(told[0], pair("environment", "leave --profile out"));
}

#[test]
fn why_a_profile_is_not_taken() {
    let files = MemoryFiles::default()
        .with(CREDENTIALS, "[a]\naws_access_key_id = AKIAQNZGKIQYZZZZMPLE\naws_secret_access_key = s\n");
    let environment: Environment = [("HOME", "/home")].iter().chain(&KEYS).copied().collect();
    let arguments = Arguments::default();
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let platform = Platform::Unix;
    let view = View { environment: &environment, arguments: &arguments, files: &files, platform, now };
    let ground = Ground::new(&view, Sdk::Cli2);
    let plan = plan_on(&ground);
    let answer = why_not(&ground, &plan, "a").unwrap();
    assert_eq!(answer.answer, "the profile in use is \"default\", because nobody names another");
    assert_eq!(answer.changes, [Change::NameProfile("a".to_owned())]);
    assert_eq!(answer.credentials.unwrap().key_id.unwrap(), "****************MPLE");
    assert_eq!(
        why_not(&ground, &plan, "imds").unwrap().answer,
        "iam-role comes after environment (AWS_ACCESS_KEY_ID), which has credentials"
    );
    assert!(why_not(&ground, &plan, "nobody").unwrap_err().to_string().contains("container-role"));
}
