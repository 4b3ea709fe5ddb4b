//! `sign`, `presign` and `verify` with what the chain gives.

use super::services::{Service, document};
use super::{Home, SECRET, TEMPORARY, USER};

const URL: &str = "https://iam.amazonaws.com/";

#[test]
fn flags_beat_a_profile_and_a_profile_beats_variables() {
    let config =
        format!("[profile dev]\naws_access_key_id = {TEMPORARY}\naws_secret_access_key = {SECRET}\n");
    let home = Home::new().config(&config).with_keys();
    let key = |flags: &[&str]| {
        let text = home.done(&[&["sign"], flags, &[URL]].concat());
        text.split("Credential=").nth(1).unwrap().split('/').next().unwrap().to_owned()
    };
    assert_eq!(key(&[]), USER);
    assert_eq!(key(&["--profile", "dev"]), TEMPORARY);
    assert_eq!(key(&["--access-key-id", "AKIDFLAG", "--secret-access-key", SECRET]), "AKIDFLAG");
}

#[test]
fn a_container_s_role_signs_where_nothing_else_is_there() {
    let agent = Service::new(|_, _| (200, document()));
    let home = Home::new().and("AWS_CONTAINER_CREDENTIALS_FULL_URI", &agent.url());
    let text = home.done(&["presign", URL]);
    assert!(text.contains(TEMPORARY) && text.contains("X-Amz-Security-Token=token"), "{text}");
    let stderr = home.refused(&["verify", &text]);
    assert!(stderr.starts_with("error: there is no key: "), "what is judged is not asked for: {stderr}");
}

#[test]
fn the_profile_s_region_and_endpoint_count() {
    let config = "[default]\nregion = eu-north-1\nendpoint_url = http://127.0.0.1:4566\n[profile far]\nregion = ap-south-1\n";
    let home = Home::new().with_keys().config(config);
    let url = home.done(&["presign", "s3://bucket/key"]);
    assert!(url.starts_with("http://127.0.0.1:4566/bucket/key?") && url.contains("eu-north-1"), "{url}");
    let explained = home.run(&["sign", "--explain", "--service", "s3", "https://example.com/"]);
    assert!(home.tilde(&explained.stderr).contains("from ~/.aws/config:2"), "{}", explained.stderr);
    let named =
        home.and("AWS_REGION", "us-west-2").done(&["sign", "--service", "s3", "https://example.com/"]);
    assert!(named.contains("/us-west-2/s3/"), "{named}");
}

#[test]
fn a_key_of_a_file_that_cannot_be_right_is_named_by_its_place() {
    let keys = format!("[default]\naws_access_key_id = \"{USER}\"\naws_secret_access_key = {SECRET}\n");
    let stderr = Home::new().credentials(&keys).refused(&["sign", URL]);
    let expected = "error: shared-credentials-file (~/.aws/credentials:2, 3): the access key id has quotes around it\nhint: ";
    assert!(stderr.starts_with(expected), "{stderr}");
}
