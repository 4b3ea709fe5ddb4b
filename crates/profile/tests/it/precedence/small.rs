//! Small scenarios of our own: Java, which was not recorded, and what SDKs leave out without a word.

use profile::plan::{Outcome, Provider};
use profile::{Arguments, MemoryFiles, Sdk};

use super::world::World;
use super::{HOME, Scenario, world};

/// Settings (variables by name, system properties behind `-D`, `--profile`), both files, the source and the key id that
/// win, and the codes of warnings.
type Case = (
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

#[test]
fn java_as_its_source_has_it() {
    for case in JAVA {
        check(Sdk::Java, case);
    }
    println!("{} scenarios", JAVA.len());
}

#[test]
fn what_is_left_out_is_said() {
    for (sdk, case) in LEFT_OUT {
        check(*sdk, case);
    }
    println!("{} scenarios", LEFT_OUT.len());
}

#[test]
fn chains_of_thousands_of_roles_are_planned() {
    let config = chain_of_roles(5000);
    for sdk in [Sdk::Rust, Sdk::Js, Sdk::Java, Sdk::Go] {
        let plan = scenario(&[("AWS_PROFILE", "p0")], &config, B).plan(sdk);
        assert!(matches!(plan.outcome, Outcome::Resolved(_)), "{sdk}: {:?}", plan.outcome);
        let detail = plan.winner().and_then(|step| step.detail.clone()).unwrap();
        assert!(detail.len() < 500, "{sdk}: {detail}");
    }
}

#[test]
fn pythons_recursion_ends() {
    let plans = || {
        for sdk in [Sdk::Linklocal, Sdk::Cli2, Sdk::Boto3] {
            let plan = scenario(&[("AWS_PROFILE", "p0")], &chain_of_roles(5000), B).plan(sdk);
            assert!(matches!(plan.outcome, Outcome::Error { .. }), "{sdk}: {:?}", plan.outcome);
        }
    };
    // Unoptimised frames are several times as large as those of a release.
    std::thread::Builder::new().stack_size(64 << 20).spawn(plans).unwrap().join().unwrap();
}

fn chain_of_roles(count: usize) -> String {
    let mut config = String::new();
    for number in 0..count {
        let next = if number + 1 == count { "b".to_owned() } else { format!("p{}", number + 1) };
        config.push_str(&format!("[profile p{number}]\nrole_arn = arn:aws:iam::1:role/r{number}\n"));
        config.push_str(&format!("source_profile = {next}\nregion = us-east-1\n"));
    }
    config
}

fn check(sdk: Sdk, (settings, config, credentials, expected, codes): &Case) {
    let scenario = scenario(settings, config, credentials);
    let plan = scenario.plan(sdk);
    let id = World::default().find(&plan).map_or_else(String::new, |answer| format!(" {}", answer.id));
    let found = match &plan.outcome {
        Outcome::Resolved(index) => format!("{}{id}", plan.steps[*index].source.name()),
        Outcome::None => "none".to_owned(),
        Outcome::Error { .. } => "error".to_owned(),
    };
    assert_eq!(found, *expected, "{sdk} {settings:?} {config:?} {credentials:?}: {:?}", plan.steps);
    let warned: Vec<&str> = plan.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(warned, *codes, "{sdk} {settings:?} {config:?} {credentials:?}: {:?}", plan.warnings);
    for step in &plan.steps {
        let text = format!("{:?} {:?} {:?}", step.state, step.detail, step.places);
        assert!(!text.contains("hunter2"), "{sdk}: {text}");
    }
    if let Some(Provider::AssumeRole(role)) = plan.winner().and_then(|step| step.provider.as_ref()) {
        assert_eq!(role.mfa_serial, None, "none of these SDKs asks for a code");
    }
}

fn scenario(settings: &[(&str, &str)], config: &str, credentials: &str) -> Scenario {
    let base =
        [("HOME", HOME), ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_ENDPOINT_URL_STS", world::ENDPOINT)];
    let mut scenario = Scenario {
        environment: base.into_iter().collect(),
        arguments: Arguments::default(),
        files: MemoryFiles::default()
            .with(&format!("{HOME}/tok"), "JWT.TOK.EN")
            .with("/etc/hosts", "127.0.0.1 localhost\n")
            .with(&format!("{HOME}/.aws/config"), config)
            .with(&format!("{HOME}/.aws/credentials"), credentials),
    };
    for (name, value) in settings {
        match (*name, name.strip_prefix("-D")) {
            ("--profile", _) => scenario.arguments.profile = Some((*value).to_owned()),
            (_, Some(property)) => {
                scenario.arguments.java_properties.insert(property.to_owned(), (*value).to_owned());
            }
            _ => scenario.environment.set(name, value),
        }
    }
    scenario
}

const KEYS: &[(&str, &str)] = &[("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", "hunter2")];
const DEFAULT: &str = "[default]\naws_access_key_id = AKIDD\naws_secret_access_key = hunter2\n";
const ROLE: &str =
    "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/ra\nsource_profile = b\nregion = us-east-1\n";
const ROLE_ALONE: &str = "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/ra\nregion = us-east-1\n";
const A: &str = "[a]\naws_access_key_id = AKIDA\naws_secret_access_key = hunter2\n";
const B: &str = "[b]\naws_access_key_id = AKIDB\naws_secret_access_key = hunter2\n";
const WEB: &[(&str, &str)] = &[
    ("AWS_WEB_IDENTITY_TOKEN_FILE", " /home/user/tok "),
    ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/rw"),
    ("AWS_REGION", "us-east-1"),
];
const AGENT: (&str, &str) = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:18999/ecs");
const IN_A: (&str, &str) = ("AWS_PROFILE", "a");

const JAVA: &[Case] = &[
    (&[], "", "", "none", &[]),
    (KEYS, "", DEFAULT, "environment AKIDENV", &[]),
    (
        &[("AWS_ACCESS_KEY_ID", " AKIDENV "), ("AWS_SECRET_ACCESS_KEY", "s")],
        "",
        "",
        "environment AKIDENV",
        &[],
    ),
    (&[("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", " ")], "", DEFAULT, "profile AKIDD", &[]),
    (
        &[("-Daws.accessKeyId", "AKIDP"), ("-Daws.secretAccessKey", "hunter2"), KEYS[0], KEYS[1]],
        "",
        DEFAULT,
        "system-properties AKIDP",
        &[],
    ),
    (WEB, "", DEFAULT, "assume-role-with-web-identity AKIDWEBID:rw", &[]),
    (
        &[WEB[0], ("-Daws.roleArn", "arn:aws:iam::1:role/rp"), WEB[2]],
        "",
        "",
        "assume-role-with-web-identity AKIDWEBID:rp",
        &[],
    ),
    (&[("AWS_WEB_IDENTITY_TOKEN_FILE", "/nope"), WEB[1], WEB[2]], "", DEFAULT, "profile AKIDD", &[]),
    (&[KEYS[0], KEYS[1], ("--profile", "a")], "", A, "environment AKIDENV", &["profile-not-used"]),
    (
        &[("-Daws.profile", "a"), ("AWS_PROFILE", "b")],
        "",
        "[a]\naws_access_key_id = AKIDA\naws_secret_access_key = s\n",
        "profile AKIDA",
        &[],
    ),
    (&[IN_A], ROLE, B, "assume-role AKIDROLE:ra", &[]),
    (&[IN_A], ROLE_ALONE, A, "profile AKIDA", &["role-not-assumed"]),
    (
        &[IN_A],
        "[profile a]\nrole_arn = arn:aws:iam::1:role/ra\nsource_profile = a\nregion = us-east-1\n",
        A,
        "none",
        &[],
    ),
    (&[IN_A, AGENT], ROLE, "", "container-role AKIDECS", &["role-not-assumed"]),
    (&[("AWS_PROFILE", "zz"), AGENT], "", DEFAULT, "container-role AKIDECS", &[]),
    (&[AGENT], "[default\n", "", "container-role AKIDECS", &[]),
    (&[], "", "[default]\naws_access_key_id = AKIDD\naws_secret_access_key =\n", "none", &[]),
    (
        &[("AWS_PROFILE", "a")],
        "[profile a]\nrole_arn = arn:aws:iam::1:role/ra\nsource_profile = b\n",
        B,
        "none",
        &[],
    ),
];

const MFA: &str = "[profile a]\nrole_arn = arn:aws:iam::1:role/ra\nsource_profile = b\nregion = us-east-1\nmfa_serial = arn:aws:iam::1:mfa/x\nduration_seconds = 900\n";
const TWO_FILES: &str = "[profile a]\naws_session_token = hunter2\n";

const LEFT_OUT: &[(Sdk, Case)] = &[
    (Sdk::Rust, (&[IN_A], MFA, B, "assume-role AKIDROLE:ra", &["mfa-not-asked", "duration-not-sent"])),
    (Sdk::Java, (&[IN_A], MFA, B, "assume-role AKIDROLE:ra", &["mfa-not-asked", "duration-not-sent"])),
    (Sdk::Js, (&[IN_A], MFA, B, "error", &[])),
    (Sdk::Go, (&[IN_A], MFA, B, "error", &[])),
    (Sdk::Rust, (&[IN_A], ROLE_ALONE, A, "error", &[])),
    (Sdk::Js, (&[IN_A], ROLE_ALONE, A, "profile AKIDA", &["role-not-assumed"])),
    (Sdk::Js, (&[(AGENT.0, "nonsense")], "", "", "error", &[])),
    (Sdk::Js, (&[(AGENT.0, "http://192.168.1.1/ecs")], "", "", "none", &[])),
    (Sdk::Js, (&[IN_A, AGENT], ROLE, "", "container-role AKIDECS", &["role-not-assumed"])),
    (Sdk::Js, (&[IN_A, KEYS[0], KEYS[1]], ROLE, B, "assume-role AKIDROLE:ra", &[])),
    (
        Sdk::Rust,
        (&[("--profile", "a"), KEYS[0], KEYS[1]], ROLE, B, "environment AKIDENV", &["role-not-assumed"]),
    ),
    (Sdk::Go, (&[IN_A, KEYS[0], KEYS[1]], "", A, "environment AKIDENV", &["profile-not-used"])),
    (Sdk::Rust, (&[IN_A], TWO_FILES, A, "profile AKIDA", &["token-of-another-key"])),
    (Sdk::Js, (&[IN_A], TWO_FILES, A, "profile AKIDA", &["token-of-another-key"])),
    (
        Sdk::Rust,
        (
            &[KEYS[0], KEYS[1], ("AWS_SECURITY_TOKEN", "hunter2")],
            "",
            "",
            "environment AKIDENV",
            &["token-not-read"],
        ),
    ),
    (
        Sdk::Js,
        (
            &[IN_A],
            "[profile a]\nrole_arn = arn:aws:iam::1:role/ra\nsource_profile = b\nduration_seconds = abc\n",
            B,
            "assume-role AKIDROLE:ra",
            &["duration-not-a-number", "sts-default-region"],
        ),
    ),
    (
        Sdk::Js,
        (
            &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/nope"), WEB[1], WEB[2], AGENT],
            "[default]\ncredential_process = false\n",
            "",
            "custom-process",
            &[],
        ),
    ),
    (Sdk::Rust, (&[("AWS_RETRY_MODE", "legacy"), KEYS[0], KEYS[1]], "", "", "error", &[])),
    (Sdk::Go, (&[("AWS_RETRY_MODE", "legacy"), KEYS[0], KEYS[1]], "", "", "error", &[])),
];
