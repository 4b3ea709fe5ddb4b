//! `explain`: without asking anybody.

use std::net::TcpListener;

use super::{ENDS, Home, SECRET, TEMPORARY, USER};

#[test]
fn the_object_has_what_scripts_look_for() {
    let cases = [
        (Home::new().with_keys(), "resolved", Some(USER), Some("environment")),
        (Home::new(), "none", None, None),
        (Home::new().and("AWS_PROFILE", "missing"), "error", None, None),
    ];
    for (home, outcome, id, source) in cases {
        let object = home.json(&["credentials", "explain"]);
        assert_eq!(object["outcome"], outcome);
        assert_eq!(object["access_key_id"].as_str(), id);
        assert_eq!(object["source"].as_str(), source);
        assert_eq!(object["session_token"], false);
        assert_eq!(object["error"].is_string(), outcome == "error", "{object}");
        assert_eq!(object["region"], "us-east-1", "the last resort");
        assert_eq!(object["region_from"], "built-in default");
        let steps = object["steps"].as_array().unwrap();
        assert_eq!(steps.len(), 13);
        assert!(
            steps.iter().enumerate().all(|(at, step)| step["step"] == at + 1 && step["state"].is_string())
        );
    }
}

#[test]
fn every_step_says_what_became_of_it() {
    let keys = format!("[default]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n");
    let home = Home::new().credentials(&keys).config("[default]\nregion = eu-west-1\n");
    let home = home
        .and("AWS_ACCESS_KEY_ID", TEMPORARY)
        .and("AWS_SECRET_ACCESS_KEY", SECRET)
        .and("AWS_SESSION_TOKEN", "token")
        .and("AWS_CREDENTIAL_EXPIRATION", ENDS);
    let object = home.json(&["credentials", "explain"]);
    let step = |source: &str| {
        let steps = object["steps"].as_array().unwrap();
        steps.iter().find(|step| step["source"] == source).unwrap().clone()
    };
    let won = step("environment");
    assert_eq!((&won["state"], &won["expiration"]), (&"won".into(), &ENDS.into()));
    assert_eq!((&won["account_id"], &won["session_token"]), (&"444455556666".into(), &true.into()));
    let shadowed = step("shared-credentials-file");
    assert_eq!((&shadowed["state"], &shadowed["shadowed_by"]), (&"shadowed".into(), &won["step"]));
    assert_eq!(shadowed["access_key_id"], USER);
    let place = shadowed["places"][0].as_str().unwrap();
    assert!(place.ends_with("/.aws/credentials:2"), "{place}");
    assert_eq!(step("iam-role")["state"], "skipped");
    assert_eq!(step("sso")["state"], "not-set");
    let text = home.text(&["credentials", "explain"]);
    for part in [
        "The environment wins: key ****************PKEY, temporary, account 444455556666, ends 2099-01-01T00:00:00Z, in ",
        "  6  shared-credentials-file        shadowed by 2  key ****************RKEY, long-term, account 111122223333\n",
        "from ~/.aws/credentials:2, 3\n",
        "region   eu-west-1 (~/.aws/config:2)\n",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert!(!text.contains(USER) && !text.contains(TEMPORARY), "{text}");
}

#[test]
fn all_sdks_are_compared_by_name() {
    let config = "[profile dev]\nrole_arn = arn:aws:iam::444455556666:role/one-bucket\nsource_profile = base\n\
                  mfa_serial = arn:aws:iam::111122223333:mfa/me\n";
    let base = format!("[base]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n");
    let home = Home::new().config(config).credentials(&base).with_keys().and("AWS_PROFILE", "dev");
    let all = home.json(&["credentials", "explain", "--as", "all"]);
    let names: Vec<&String> = all.as_object().unwrap().keys().collect();
    assert_eq!(names, ["boto3", "cli2", "go", "java", "js", "rust"]);
    for (name, object) in all.as_object().unwrap() {
        let one = home.json(&["credentials", "explain", "--as", name]);
        assert_eq!(&one, object, "{name} alone and beside others");
        for member in ["outcome", "access_key_id", "session_token", "source", "region", "error", "steps"] {
            assert!(object.get(member).is_some(), "{name} lacks {member}");
        }
    }
    let text = home.text(&["credentials", "explain", "--as", "all"]);
    assert!(text.contains("They do not agree:\n"), "{text}");
    assert!(text.contains("role/one-bucket is not assumed"), "a role that is silently not assumed: {text}");
    let role = Home::new().config(&format!("{config}region = eu-west-1\n")).credentials(&base);
    let text = role.text(&["credentials", "explain", "--as", "all", "--profile", "dev"]);
    let rust = text.lines().find(|line| line.starts_with("warning: AWS SDK for Rust: ")).unwrap_or(&text);
    assert!(rust.contains("MFA") || rust.contains("mfa"), "{text}");
}

#[test]
fn one_table_says_that_all_agree() {
    let text = Home::new().with_keys().text(&["credentials", "explain", "--as", "all"]);
    assert!(text.starts_with("WHO "), "{text}");
    assert!(text.contains("\nAll pick the same.\n"), "{text}");
}

#[test]
fn faults_that_an_sdk_passes_over_are_told() {
    let config = "[profile dev]\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = base\n\
                  [profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";
    let home = Home::new().config(config);
    let text = home.text(&["credentials", "explain", "--as", "all", "--profile", "dev"]);
    let told = "\nAWS SDK for Java 2.x finds none, and does not say why: there is no region, and STS is called in one\n  hint: ";
    assert!(text.contains(told), "{text}");
}

#[test]
fn the_seed_scenario_reads_like_a_story() {
    let home =
        Home::new().with_keys().and("AWS_EC2_METADATA_DISABLED", "false").and("AWS_REGION", "eu-west-1");
    let story = "\
The environment wins: key ****************RKEY, long-term, account 111122223333

   1  arguments                      not set
   2  environment                    won            key ****************RKEY, long-term, account 111122223333
                                                    from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
   3  assume-role                    not set
   4  assume-role-with-web-identity  not set
   5  sso                            not set
   6  shared-credentials-file        not set
   7  login                          not set
   8  custom-process                 not set
   9  config-file                    not set
  10  ec2-credentials-file           not set
  11  boto-config                    not set
  12  container-role                 not set
  13  iam-role                       shadowed by 2  the role of the instance, from http://169.254.169.254

profile  default, as nobody names another; no file has it
region   eu-west-1 (AWS_REGION)

To use the instance's role instead (the role of the instance, from http://169.254.169.254):
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
";
    assert_eq!(home.text(&["credentials", "explain"]), story);
    let object = home.json(&["credentials", "explain"]);
    let other = &object["counterfactuals"][0];
    assert_eq!(other["source"], "iam-role");
    assert_eq!(other["changes"][0]["kind"], "unset");
    assert_eq!(other["changes"][0]["text"], "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY");
    let after = home.json(&[
        "credentials",
        "explain",
        "--unset",
        "AWS_ACCESS_KEY_ID",
        "--unset",
        "AWS_SECRET_ACCESS_KEY",
    ]);
    assert_eq!((&after["outcome"], &after["source"]), (&"resolved".into(), &"iam-role".into()));
}

#[test]
fn why_not_names_what_stands_before_and_what_to_do() {
    let config =
        format!("[profile role]\naws_access_key_id = {TEMPORARY}\naws_secret_access_key = {SECRET}\n");
    let home = Home::new().with_keys().config(&config);
    let text = home.text(&["credentials", "explain", "--why-not", "role"]);
    let answer = "Why not role: the profile in use is \"default\", because nobody names another\n\
                  To let it win (key ****************PKEY, account 444455556666):\n  pass --profile role\n";
    assert!(text.contains(answer), "{text}");
    let object = home.json(&["credentials", "explain", "--why-not", "sso"]);
    assert_eq!(object["why_not"]["answer"], "nothing of sso is set");
    let said = home.run(&["credentials", "explain", "--why-not", "nobody"]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert!(
        said.stderr.starts_with("error: --why-not: \"nobody\" is neither a profile nor a source"),
        "{}",
        said.stderr
    );
    let all = home.text(&["credentials", "explain", "--as", "all", "--why-not", "role"]);
    assert!(all.contains("\nboto3: Why not role: "), "{all}");
}

#[test]
fn what_if_changes_nothing_but_the_answer() {
    let config =
        format!("[profile dev]\naws_access_key_id = {TEMPORARY}\naws_secret_access_key = {SECRET}\n");
    let home = Home::new().with_keys().config(&config);
    let cases: [(&[&str], Option<&str>); 4] = [
        (&[], Some(USER)),
        (&["--unset", "AWS_ACCESS_KEY_ID"], None),
        (&["--unset", "AWS_ACCESS_KEY_ID", "--set", "AWS_PROFILE=dev"], Some(TEMPORARY)),
        (&["--unset", "AWS_ACCESS_KEY_ID", "--set", "AWS_ACCESS_KEY_ID=AKIDX"], Some("AKIDX")),
    ];
    for (flags, expected) in cases {
        let object = home.json(&[&["credentials", "explain"], flags].concat());
        assert_eq!(object["access_key_id"].as_str(), expected, "{flags:?}");
    }
    assert_eq!(home.json(&["credentials", "explain"])["access_key_id"], USER);
}

#[test]
fn properties_of_java_come_from_flags_and_from_its_own_variable() {
    let keys = format!("-Daws.accessKeyId=AKIDTOOL '-Daws.secretAccessKey={SECRET}' -Xmx1g");
    let home = Home::new().and("JAVA_TOOL_OPTIONS", &keys);
    let explain = |flags: &[&str]| home.json(&[&["credentials", "explain", "--as"], flags].concat());
    assert_eq!(explain(&["java"])["access_key_id"], "AKIDTOOL");
    assert_eq!(explain(&["js"])["access_key_id"], serde_json::Value::Null);
    let typed = explain(&["java", "--java-property", "aws.accessKeyId=AKIDTYPED"]);
    assert_eq!(
        (&typed["access_key_id"], &typed["source"]),
        (&"AKIDTYPED".into(), &"system-properties".into())
    );
    assert_eq!(explain(&["java", "--unset", "JAVA_TOOL_OPTIONS"])["access_key_id"], serde_json::Value::Null);
}

#[test]
fn settings_beside_credentials_say_where_they_stand() {
    let config = "[default]\nregion = eu-west-1\noutput = yaml\nca_bundle = /ca.pem\nservices = local\n\
                  [services local]\ns3 =\n  endpoint_url = http://127.0.0.1:9000\n";
    let home = Home::new().with_keys().config(config).and("AWS_ENDPOINT_URL", "http://127.0.0.1:4566");
    let text = home.text(&["credentials", "explain"]);
    for line in [
        "region             eu-west-1 (~/.aws/config:2)\n",
        "endpoint_url       http://127.0.0.1:4566 (AWS_ENDPOINT_URL)\n",
        "ca_bundle          /ca.pem (~/.aws/config:4)\n",
        "output             yaml (~/.aws/config:3)\n",
    ] {
        assert!(text.contains(line), "{line:?} is not in {text}");
    }
    assert!(text.contains("endpoint_url (s3)  http"), "{text}");
}

#[test]
fn nobody_is_asked_without_probe() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let home = Home::new()
        .config("[default]\nregion = eu-west-1\n[profile p]\ncredential_process = touch ran\n")
        .and("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url)
        .and("AWS_EC2_METADATA_DISABLED", "false")
        .and("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)
        .and("AWS_ENDPOINT_URL", &url);
    for command in [
        &["credentials", "explain"][..],
        &["credentials", "explain", "--as", "all"],
        &["credentials", "explain", "--profile", "p"],
        &["whoami"],
    ] {
        let object = home.json(command);
        assert_eq!(object["access_key_id"], serde_json::Value::Null, "{command:?}");
    }
    assert!(listener.accept().is_err(), "somebody was asked");
    assert!(!home.world.path("ran").exists(), "a process was started");
}

#[test]
fn a_circle_is_named_with_the_line_that_closes_it() {
    let role = |name: &str, source: &str| {
        format!(
            "[profile {name}]\nrole_arn = arn:aws:iam::111122223333:role/{name}\nsource_profile = {source}\n"
        )
    };
    let home = Home::new().config(&[role("a", "b"), role("b", "a")].concat());
    let object = home.json(&["credentials", "explain", "--profile", "a"]);
    let error = object["error"].as_str().unwrap();
    assert!(error.starts_with("source_profile runs in a circle: a -> b -> a, which "), "{error}");
    assert!(error.ends_with("/.aws/config:6 closes"), "{error}");
}

#[test]
fn regions_that_are_empty_or_the_instances_read_as_such() {
    let home = Home::new().with_keys().and("AWS_DEFAULT_REGION", "");
    let text = home.text(&["credentials", "explain", "--as", "boto3"]);
    let line = "region   empty, as AWS_DEFAULT_REGION has it: calls fail until it names one\n";
    assert!(text.contains(line), "{text}");
    let none = Home::new().with_keys().text(&["credentials", "explain", "--as", "boto3"]);
    let line =
        "region   none: nothing names one, and calls fail until AWS_DEFAULT_REGION or the profile does\n";
    assert!(none.contains(line), "{none}");
    let home = Home::new().with_keys().and("AWS_EC2_METADATA_DISABLED", "false");
    let text = home.text(&["credentials", "explain", "--as", "cli2"]);
    let line = "region   none is named: on an instance its own counts, elsewhere calls fail\n";
    assert!(text.contains(line), "{text}");
    let nobody = Home::new().text(&["credentials", "explain", "--as", "all"]);
    assert!(nobody.contains("Nobody finds credentials here.\n"), "{nobody}");
}

#[test]
fn sentences_agree_with_what_they_speak_of() {
    let home = Home::new().and("AWS_EC2_METADATA_DISABLED", "true");
    let text = home.text(&["credentials", "explain"]);
    assert!(text.contains("To use the instance's role (") && !text.contains("error"), "{text}");
    let keys = format!("[default]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n");
    let home = Home::new().credentials(&keys).and("AWS_REGION", "eu-west-1");
    let text = home.text(&["credentials", "explain", "--as", "rust"]);
    assert!(text.starts_with("AWS SDK for Rust: the profile's keys win: "), "{text}");
    let text = home.text(&["credentials", "explain", "--as", "boto3"]);
    assert!(text.starts_with("boto3: the credentials file wins: "), "{text}");
    let text = home.text(&["credentials", "explain", "--as", "all"]);
    assert!(text.contains("\nwarning: boto3 does not read AWS_REGION: "), "{text}");
}
