use std::path::Path;

use sys::FakeClock;
use types::Timestamp;

use super::*;

fn options(home: &Path, variables: &[(&str, &str)]) -> SessionOptions {
    let home = home.to_str().unwrap();
    let env = Env::from_pairs(variables.iter().copied().chain([("HOME", home)]));
    let clock = FakeClock::new(Timestamp::from_secs(1_000_000)).clock();
    SessionOptions::new(rustls::crypto::aws_lc_rs::default_provider).env(env).clock(clock)
}

fn home(config: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    sys::fs::replace(&home.path().join(".aws/config"), config.as_bytes(), 0o600).unwrap();
    home
}

#[tokio::test]
async fn a_profile_brings_keys_region_endpoint_and_retries() {
    let home = home(
        "[profile a]\naws_access_key_id = AKIAX\naws_secret_access_key = s\nregion = eu-west-1\n\
         retry_mode = standard\nmax_attempts = 7\nendpoint_url = http://127.0.0.1:9\n",
    );
    let session = Session::load(options(home.path(), &[]).profile("a")).unwrap();
    assert_eq!((session.profile(), session.region()), ("a", "eu-west-1"));
    assert_eq!(session.identity().keys().await.unwrap().access_key_id, "AKIAX");
    assert_eq!(session.endpoint_url("DynamoDB").unwrap().unwrap().value, "http://127.0.0.1:9");
    let settings = session.caller().settings();
    assert_eq!((settings.mode, settings.max_attempts), (retry::Mode::Standard, Some(7)));
    assert!(!format!("{session:?}").contains("AKIAX"));
}

#[test]
fn what_no_asking_would_mend_is_told_at_once() {
    let load = |config: &str, variables: &[(&str, &str)]| {
        let home = home(config);
        let nowhere = [variables, &[("AWS_EC2_METADATA_DISABLED", "true")]].concat();
        Session::load(options(home.path(), &nowhere).profile("a")).unwrap_err().what
    };
    let missing = load("", &[]);
    assert!(missing.contains('a'), "{missing}");
    let empty = load("[profile a]\nregion = x\n", &[]);
    assert_eq!(empty, "no source has credentials; profile \"a\" is in use");
    let keys = "[profile a]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n";
    let mode = load(keys, &[("AWS_RETRY_MODE", "often")]);
    assert!(mode.starts_with("AWS_RETRY_MODE: "), "{mode}");
}

#[tokio::test]
async fn whoever_was_asked_says_what_is_wrong() {
    let home = home("[profile a]\ncredential_process = date +x\n");
    let session = Session::load(options(home.path(), &[("PATH", "/usr/bin:/bin")]).profile("a")).unwrap();
    let credentials = session.credentials();
    let error = credentials.get(Timestamp::from_secs(1_000_000)).await.unwrap_err();
    assert_eq!(error.code, "garbage", "{error}");
}
