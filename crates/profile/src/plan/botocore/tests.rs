//! Scenarios, and what Python's tools and ours make of them (facts/credentials.md 1.1 to 1.4 and 3.1).

use crate::plan::{Outcome, Plan, Provider, Source, State, plan};
use crate::{Arguments, Environment, MemoryFiles, Platform, Sdk, View};

/// What stands in a scenario.
#[derive(Clone, Copy, Default)]
struct Scenario<'a> {
    variables: &'a [(&'a str, &'a str)],
    config: &'a str,
    credentials: &'a str,
    profile: Option<&'a str>,
    terminal: bool,
    /// Other files, by path.
    files: &'a [(&'a str, &'a str)],
}

impl Scenario<'_> {
    fn plan(&self, sdk: Sdk) -> Plan {
        let base = [("HOME", "/home"), ("AWS_EC2_METADATA_DISABLED", "true")];
        let environment: Environment = base.iter().chain(self.variables).copied().collect();
        let mut files = MemoryFiles::default()
            .with("/home/.aws/config", self.config)
            .with("/home/.aws/credentials", self.credentials)
            .with("/tok", "JWT.TOK.EN");
        for (path, text) in self.files {
            files = files.with(path, text);
        }
        let profile = self.profile.map(str::to_owned);
        let arguments = Arguments { profile, terminal: self.terminal, ..Arguments::default() };
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let platform = Platform::Unix;
        plan(&View { environment: &environment, arguments: &arguments, files: &files, platform, now }, sdk)
    }

    /// The source that wins, with what is plain of its provider; else why none does.
    fn outcome(&self, sdk: Sdk) -> String {
        let plan = self.plan(sdk);
        match &plan.outcome {
            Outcome::None => "none".to_owned(),
            Outcome::Error { message, .. } => format!("error: {message}"),
            Outcome::Resolved(index) => {
                let step = &plan.steps[*index];
                format!("{}: {}", step.source.name(), shown(step.provider.as_ref().unwrap()))
            }
        }
    }
}

fn shown(provider: &Provider) -> String {
    match provider {
        Provider::Static(keys) => {
            let token = keys.session_token.as_ref().map_or("", |token| token.expose());
            format!("{}/{token}", keys.access_key_id)
        }
        Provider::AssumeRole(role) => {
            let name = role.role_arn.rsplit('/').next().unwrap_or_default();
            format!("{name} <- {}", shown(&role.base))
        }
        Provider::WebIdentity(role) => {
            format!("{} by {}", role.role_arn.rsplit('/').next().unwrap(), role.token_file)
        }
        Provider::Container(container) => container.url.value.clone(),
        Provider::Imds(imds) => imds.endpoint.value.clone(),
        Provider::Sso(sso) => format!("{} {}", sso.role_name, sso.token_file),
        Provider::Process(process) => process.command.clone(),
        Provider::MfaSession(session) => format!("{} <- {}", session.serial, shown(&session.base)),
        Provider::Login(login) => login.token_file.clone(),
    }
}

/// One row for all three; the words of an error need but begin so.
#[track_caller]
fn all_say(scenario: Scenario<'_>, expected: &str) {
    for sdk in [Sdk::Boto3, Sdk::Cli2, Sdk::Linklocal] {
        let outcome = scenario.outcome(sdk);
        let agrees = match expected.strip_prefix("error: ") {
            Some(words) => outcome.starts_with("error: ") && outcome.contains(words),
            None => outcome == expected,
        };
        assert!(agrees, "{sdk}: {outcome}\nexpected: {expected}");
    }
}

const KEYS: &[(&str, &str)] = &[("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
const DEFAULT: &str = "[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key = s\n";
const TWO: &str = "[a]\naws_access_key_id = AKIDA\naws_secret_access_key = s\n[b]\naws_access_key_id = AKIDB\naws_secret_access_key = s\n";
const ROLE: &str = "role_arn = arn:aws:iam::123456789012:role/ra\nregion = us-east-1\n";

fn env<'a>(variables: &'a [(&'a str, &'a str)]) -> Scenario<'a> {
    Scenario { variables, credentials: DEFAULT, ..Scenario::default() }
}

fn config(config: &str) -> Scenario<'_> {
    Scenario { config, ..Scenario::default() }
}

#[test]
fn half_of_the_environment() {
    all_say(env(KEYS), "environment: AKIDENV/");
    all_say(env(&KEYS[..1]), "error: AWS_SECRET_ACCESS_KEY is not");
    all_say(env(&KEYS[1..]), "shared-credentials-file: AKIDDEFAULT/");
    all_say(env(&[("AWS_ACCESS_KEY_ID", ""), KEYS[1]]), "shared-credentials-file: AKIDDEFAULT/");
    all_say(env(&[("AWS_ACCESS_KEY_ID", " "), ("AWS_SECRET_ACCESS_KEY", " ")]), "environment:  /");
    let step = &env(&KEYS[1..]).plan(Sdk::Boto3).steps[0];
    assert_eq!(step.state, State::Partial { missing: vec!["AWS_ACCESS_KEY_ID".to_owned()], fatal: false });
}

#[test]
fn the_older_token_first() {
    let with = |more: &[(&'static str, &'static str)]| [KEYS, more].concat();
    let both = with(&[("AWS_SECURITY_TOKEN", "OLD"), ("AWS_SESSION_TOKEN", "NEW")]);
    all_say(env(&both), "environment: AKIDENV/OLD");
    all_say(
        env(&with(&[("AWS_SECURITY_TOKEN", ""), ("AWS_SESSION_TOKEN", "NEW")])),
        "environment: AKIDENV/NEW",
    );
    let codes: Vec<&str> = env(&both).plan(Sdk::Cli2).warnings.iter().map(|warning| warning.code).collect();
    assert!(codes.contains(&"tokens-differ"), "{codes:?}");
}

#[test]
fn an_expiration_counts() {
    let with = |time| [KEYS, &[("AWS_CREDENTIAL_EXPIRATION", time)]].concat();
    all_say(env(&with("2020-01-01T00:00:00Z")), "error: ended at 2020-01-01T00:00:00Z");
    all_say(env(&with("2037-01-01T00:00:00Z")), "environment: AKIDENV/");
    all_say(env(&with("2037-01-01T00:00:00")), "error: names no time zone");
    all_say(env(&with("soon")), "error: is no time");
    all_say(env(&with("")), "environment: AKIDENV/");
}

#[test]
fn the_profile_in_use() {
    let named = |variables| Scenario { variables, credentials: TWO, ..Scenario::default() };
    let both = named(&[("AWS_PROFILE", "a"), ("AWS_DEFAULT_PROFILE", "b")]);
    assert_eq!(both.outcome(Sdk::Boto3), "shared-credentials-file: AKIDB/");
    assert_eq!(both.outcome(Sdk::Cli2), "shared-credentials-file: AKIDA/");
    assert_eq!(both.outcome(Sdk::Linklocal), "shared-credentials-file: AKIDA/");
    all_say(named(&[("AWS_DEFAULT_PROFILE", "b")]), "shared-credentials-file: AKIDB/");
    all_say(named(&[("AWS_PROFILE", "zzz")]), "error: AWS_PROFILE names the profile \"zzz\"");
    all_say(named(&[("AWS_PROFILE", "")]), "error: AWS_PROFILE names the profile \"\"");
    all_say(named(&[("AWS_PROFILE", "default")]), "error: names the profile \"default\"");
    let beside_keys = [KEYS, &[("AWS_PROFILE", "a")]].concat();
    all_say(named(&beside_keys), "environment: AKIDENV/");
    all_say(Scenario { profile: Some("a"), ..named(&beside_keys) }, "shared-credentials-file: AKIDA/");
    let step = &Scenario { profile: Some("a"), ..named(KEYS) }.plan(Sdk::Boto3).steps[0];
    assert!(matches!(step.state, State::Skipped { .. }), "{:?}", step.state);
}

#[test]
fn keys_of_a_profile_stand_in_one_file() {
    let half = Scenario { credentials: "[default]\naws_access_key_id = K\n", ..Scenario::default() };
    all_say(half, "error: without aws_secret_access_key");
    let split = Scenario { config: "[default]\naws_secret_access_key = s\n", ..half };
    all_say(split, "error: without aws_secret_access_key");
    let empty = Scenario { credentials: "[default]\naws_access_key_id =\naws_secret_access_key =\n", ..half };
    all_say(empty, "shared-credentials-file: /");
    let token = Scenario { config: "[default]\naws_session_token = T\n", credentials: DEFAULT, ..half };
    all_say(token, "shared-credentials-file: AKIDDEFAULT/");
    assert!(token.plan(Sdk::Boto3).warnings.iter().any(|warning| warning.code == "token-of-another-key"));
}

#[test]
fn the_order_inside_a_profile() {
    let process = "credential_process = /bin/proc\n";
    let sso = "sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = R\n";
    let with = |config: &str| format!("[default]\n{config}");
    let credentials = DEFAULT;
    all_say(Scenario { credentials, ..config(&with(process)) }, "shared-credentials-file: AKIDDEFAULT/");
    all_say(config(&format!("{DEFAULT}{process}")), "custom-process: /bin/proc");
    all_say(Scenario { credentials, ..config(&with(sso)) }, "error: nobody is logged in");
    all_say(config(&with(&format!("{sso}{process}"))), "error: nobody is logged in");
    let web = format!("{ROLE}web_identity_token_file = /tok\n");
    all_say(Scenario { credentials, ..config(&with(&web)) }, "assume-role-with-web-identity: ra by /tok");
    all_say(
        config(&with(&format!("{web}source_profile = b\n"))),
        "assume-role-with-web-identity: ra by /tok",
    );
    all_say(
        Scenario { credentials, ..config(&with(ROLE)) },
        "error: neither source_profile nor credential_source",
    );
}

#[test]
fn web_identity_is_looked_up_key_by_key() {
    let file = ("AWS_WEB_IDENTITY_TOKEN_FILE", "/tok");
    let role = ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/envweb");
    all_say(env(&[file, role]), "assume-role-with-web-identity: envweb by /tok");
    all_say(env(&[file]), "error: nothing names the role");
    all_say(env(&[role]), "shared-credentials-file: AKIDDEFAULT/");
    let in_profile = format!("[default]\n{ROLE}web_identity_token_file = /tok\n");
    all_say(config(&in_profile), "assume-role-with-web-identity: ra by /tok");
    all_say(
        Scenario { variables: &[role], ..config(&in_profile) },
        "assume-role-with-web-identity: envweb by /tok",
    );
    // An empty variable hides the profile's key.
    let hidden = [("AWS_WEB_IDENTITY_TOKEN_FILE", "")];
    all_say(Scenario { variables: &hidden, ..config(&in_profile) }, "none");
    let nowhere = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/nope"), role];
    all_say(env(&nowhere), "error: there is no such file");
    all_say(
        Scenario { variables: &[file], ..config(&format!("[default]\n{ROLE}")) },
        "error: neither source_profile",
    );
}

#[test]
fn role_chains() {
    let a = |more: &str| format!("[profile a]\n{ROLE}{more}");
    let role = |text: &str, expected: &str| {
        let scenario = Scenario { profile: Some("a"), terminal: true, credentials: TWO_B, ..config(text) };
        all_say(scenario, expected);
    };
    role(&a("source_profile = b\n"), "assume-role: ra <- AKIDB/");
    role(
        &a("source_profile = b\ncredential_source = Environment\n"),
        "error: both source_profile and credential_source",
    );
    role(&a("source_profile = zz\n"), "error: names \"zz\"");
    role(&a("source_profile = a\n"), "error: a -> a");
    role(
        &a(
            "source_profile = c\n[profile c]\nrole_arn = arn:aws:iam::123456789012:role/rc\nsource_profile = a\n",
        ),
        "error: a -> c -> a",
    );
    role(&a("source_profile = c\n[profile c]\nregion = x\n"), "error: \"c\" has no credentials");
    role(
        &a("source_profile = a\naws_access_key_id = AKIDA\naws_secret_access_key = s\n"),
        "assume-role: ra <- AKIDA/",
    );
    role(
        &a(
            "source_profile = c\n[profile c]\nrole_arn = arn:aws:iam::123456789012:role/rc\nsource_profile = b\n",
        ),
        "assume-role: ra <- rc <- AKIDB/",
    );
    role(
        &a(
            "source_profile = c\n[profile c]\nrole_arn = arn:aws:iam::123456789012:role/rw\nweb_identity_token_file = /tok\n",
        ),
        "assume-role: ra <- rw by /tok",
    );
    role(&a("credential_source = environment\n"), "error: \"environment\"");
    role(&a("credential_source = Environment\n"), "error: Environment, which has none");
    role(
        &a("credential_source = Ec2InstanceMetadata\n"),
        "error: switches the instance metadata service off",
    );
    role(
        "[profile a]\nrole_arn = short\nsource_profile = b\nregion = us-east-1\n",
        "error: role_arn is shorter",
    );
    role(&a("source_profile = b\nduration_seconds = 60\n"), "error: duration_seconds is 60");
    role(&a("source_profile = b\nexternal_id = E\n"), "error: external_id is shorter");
}

#[test]
fn parameters_are_not_checked_where_that_is_switched_off() {
    let text = "[profile a]\nrole_arn = short\nsource_profile = b\nregion = us-east-1\nparameter_validation = false\n";
    let scenario = Scenario { profile: Some("a"), credentials: TWO_B, ..config(text) };
    for sdk in [Sdk::Boto3, Sdk::Cli2] {
        assert_eq!(scenario.outcome(sdk), "assume-role: short <- AKIDB/", "{sdk}");
    }
    assert!(scenario.outcome(Sdk::Linklocal).contains("role_arn is shorter"));
}

const TWO_B: &str = "[b]\naws_access_key_id = AKIDB\naws_secret_access_key = s\n";

#[test]
fn keys_of_a_role() {
    let text = format!(
        "[profile a]\n{ROLE}source_profile = b\nmfa_serial = arn:aws:iam::1:mfa/x\nexternal_id = EXT\nrole_session_name = SESS\nduration_seconds =  1_800\n"
    );
    let scenario = Scenario { profile: Some("a"), credentials: TWO_B, terminal: true, ..config(&text) };
    for sdk in [Sdk::Boto3, Sdk::Cli2, Sdk::Linklocal] {
        let plan = scenario.plan(sdk);
        let Some(Provider::AssumeRole(role)) = &plan.winner().unwrap().provider else { panic!("{plan:?}") };
        assert_eq!(role.mfa_serial.as_deref(), Some("arn:aws:iam::1:mfa/x"));
        assert_eq!(role.external_id.as_deref(), Some("EXT"));
        assert_eq!(role.role_session_name.as_deref(), Some("SESS"));
        assert_eq!(role.duration_seconds, Some(1800));
        assert_eq!(role.sts.endpoint_url.value, "https://sts.us-east-1.amazonaws.com");
    }
    let nobody_to_ask = Scenario { terminal: false, ..scenario };
    for sdk in [Sdk::Boto3, Sdk::Cli2] {
        assert!(nobody_to_ask.outcome(sdk).contains("no terminal to ask on"), "{sdk}");
    }
    // There may be a seed for the device, which is not known here.
    assert!(nobody_to_ask.outcome(Sdk::Linklocal).starts_with("assume-role"));
    let typed = text.replace("mfa_serial", "mfa_source = prompt\nmfa_serial");
    let typed = Scenario { config: &typed, ..nobody_to_ask };
    assert!(typed.outcome(Sdk::Linklocal).contains("no terminal to ask on"));
    let nobody_to_ask = typed;
    // The AWS CLI keeps its sessions, by the SHA-1 of the role's parameters, and so do we.
    let kept = "/home/.aws/cli/cache/93eb42a79776cbc48f93f78eec12c9969ca819d7.json";
    for (end, is_kept) in [("2026-11-22T11:00:00Z", true), ("2026-11-22T10:14:00Z", false)] {
        let text = format!(
            r#"{{"Credentials": {{"AccessKeyId": "K", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "{end}"}}}}"#
        );
        let with = |sdk| {
            Scenario { files: &[(kept, &text)], ..nobody_to_ask }.outcome(sdk).starts_with("assume-role")
        };
        assert_eq!(
            [with(Sdk::Cli2), with(Sdk::Linklocal), with(Sdk::Boto3)],
            [is_kept, is_kept, false],
            "{end}"
        );
    }
}

#[test]
fn nobody_behind_a_kept_role_is_asked() {
    let text = format!(
        "[profile a]\n{ROLE}source_profile = c\n[profile c]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = R\n"
    );
    // The SHA-1 of `{"RoleArn": "arn:aws:iam::123456789012:role/ra"}`.
    let kept = "/home/.aws/cli/cache/efe277ef28bcf0621679c31c8847440e5d38c537.json";
    let entry = r#"{"Credentials": {"AccessKeyId": "K", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2026-11-22T11:00:00Z"}}"#;
    let scenario = Scenario { profile: Some("a"), ..config(&text) };
    all_say(scenario, "error: nobody is logged in");
    let with = |sdk| {
        Scenario { files: &[(kept, entry)], ..scenario }.outcome(sdk).starts_with("assume-role: ra <- R")
    };
    assert_eq!([with(Sdk::Cli2), with(Sdk::Linklocal), with(Sdk::Boto3)], [true, true, false]);
}

#[test]
fn a_role_without_a_region() {
    let scenario = Scenario {
        profile: Some("a"),
        credentials: TWO_B,
        ..config("[profile a]\nrole_arn = arn:aws:iam::123456789012:role/ra\nsource_profile = b\n")
    };
    let target = |scenario: &Scenario<'_>, sdk| match &scenario.plan(sdk).winner().unwrap().provider {
        Some(Provider::AssumeRole(role)) => {
            (role.sts.region.value.clone(), role.sts.endpoint_url.value.clone())
        }
        other => panic!("{other:?}"),
    };
    let global = ("us-east-1".to_owned(), "https://sts.amazonaws.com".to_owned());
    assert_eq!(target(&scenario, Sdk::Boto3), global);
    assert_eq!(target(&scenario, Sdk::Cli2), global);
    let ours = ("us-east-1".to_owned(), "https://sts.us-east-1.amazonaws.com".to_owned());
    assert_eq!(target(&scenario, Sdk::Linklocal), ours);
    assert!(scenario.plan(Sdk::Linklocal).warnings.iter().any(|warning| warning.code == "region-by-default"));
    let named = Scenario { variables: &[("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")], ..scenario };
    assert!(named.outcome(Sdk::Boto3).contains("no region"), "{}", named.outcome(Sdk::Boto3));
    assert!(named.outcome(Sdk::Linklocal).starts_with("assume-role"), "{}", named.outcome(Sdk::Linklocal));
    let empty = [("AWS_DEFAULT_REGION", ""), ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")];
    let signed_for_none = (String::new(), "http://127.0.0.1:1".to_owned());
    assert_eq!(target(&Scenario { variables: &empty, ..scenario }, Sdk::Boto3), signed_for_none);
    let without_endpoint = Scenario { variables: &empty[..1], ..scenario };
    assert!(without_endpoint.outcome(Sdk::Boto3).contains("the region is set to nothing"));
}

#[test]
fn tokens_of_iam_identity_center() {
    let config_text = "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n";
    // SHA-1 of the session's name.
    let path = "/home/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json";
    let with = |text: &str| {
        let files = [(path, text)];
        Scenario { files: &files, ..config(config_text) }.outcome(Sdk::Boto3)
    };
    let won = format!("sso: R {path}");
    assert_eq!(with(r#"{"accessToken": "t", "expiresAt": "2026-11-22T18:00:00Z"}"#), won);
    assert!(
        with(r#"{"accessToken": "t", "expiresAt": "2026-11-22T08:00:00UTC"}"#).contains("the login ended")
    );
    let renewable = r#"{"accessToken": "t", "expiresAt": "2026-11-22T08:00:00Z", "refreshToken": "r", "clientId": "c", "clientSecret": "s", "registrationExpiresAt": "2027-01-01T00:00:00Z"}"#;
    assert_eq!(with(renewable), won);
    assert!(with("{").contains("no token file"));
    // Ours logs in where somebody can be asked.
    let asked = Scenario { terminal: true, ..config(config_text) };
    assert_eq!(asked.outcome(Sdk::Linklocal), won);
    assert!(asked.outcome(Sdk::Cli2).contains("nobody is logged in"));
}

#[test]
fn sources_from_before_profiles() {
    let files = [("/home/leg", "AWSAccessKeyId=AKIDLEG\nAWSSecretKey=s\n"), ("/home/.boto", BOTO)];
    let scenario = |variables| Scenario { variables, files: &files, ..Scenario::default() };
    all_say(scenario(&[("AWS_CREDENTIAL_FILE", "~/leg")]), "ec2-credentials-file: AKIDLEG/");
    all_say(scenario(&[("AWS_CREDENTIAL_FILE", "/nope")]), "error: there is no such file");
    all_say(scenario(&[]), "boto-config: AKIDBOTO/");
    all_say(scenario(&[("BOTO_CONFIG", "/nope")]), "none");
}

const BOTO: &str = "[Credentials]\naws_access_key_id = AKIDBOTO\naws_secret_access_key = s\n";

#[test]
fn a_container_agent_ends_the_search_and_instance_metadata_does_not() {
    let agent = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9911/creds");
    let container = |more: &[(&'static str, &'static str)]| [&[agent], more].concat();
    let plain = container(&[]);
    let nothing = Scenario::default();
    all_say(Scenario { variables: &plain, ..nothing }, "container-role: http://127.0.0.1:9911/creds");
    let line_break = container(&[("AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\nb")]);
    all_say(Scenario { variables: &line_break, ..nothing }, "error: a line break");
    let refused = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://192.168.1.1/creds")];
    all_say(Scenario { variables: &refused, ..nothing }, "error: 192.168.1.1");
    let both = container(&[("AWS_EC2_METADATA_DISABLED", "false")]);
    let plan = Scenario { variables: &both, ..nothing }.plan(Sdk::Linklocal);
    let last = plan.steps.last().unwrap();
    assert_eq!((last.source, last.goes_on), (Source::InstanceMetadata, true));
    assert!(!plan.winner().unwrap().goes_on);
    let off = Scenario { variables: &[], ..nothing }.plan(Sdk::Boto3);
    assert!(
        matches!(&off.steps.last().unwrap().state, State::Skipped { why } if why.contains("AWS_EC2_METADATA_DISABLED"))
    );
}

#[test]
fn no_text_of_a_plan_holds_a_secret() {
    let secret = "s3cr3t-s3cr3t";
    let variables = [
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_SESSION_TOKEN", secret),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "s3cr3t\n"),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"),
    ];
    let text = format!(
        "[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key = {secret}\ncredential_process = /bin/p --password {secret}\n"
    );
    for id in [None, Some(("AWS_ACCESS_KEY_ID", "AKIDENV"))] {
        let variables: Vec<_> = variables.iter().copied().chain(id).collect();
        for sdk in [Sdk::Boto3, Sdk::Cli2, Sdk::Linklocal] {
            let plan = Scenario { variables: &variables, ..config(&text) }.plan(sdk);
            let shown = format!("{plan:?}");
            assert!(!shown.contains("s3cr3t"), "{sdk}: {shown}");
        }
    }
}

#[test]
fn a_session_with_mfa_is_shared_where_that_is_set_and_by_us_alone() {
    let text = format!(
        "[profile a]\n{ROLE}source_profile = b\nmfa_serial = arn:aws:iam::1:mfa/x\nmfa_session = shared\n[profile b]\nmfa_serial = arn:aws:iam::1:mfa/x\n"
    );
    let role = Scenario { profile: Some("a"), credentials: TWO_B, terminal: true, ..config(&text) };
    assert_eq!(role.outcome(Sdk::Linklocal), "assume-role: ra <- arn:aws:iam::1:mfa/x <- AKIDB/");
    assert_eq!(role.outcome(Sdk::Cli2), "assume-role: ra <- AKIDB/");
    // Of the profile whose keys they are, for every role.
    let text = text
        .replace("mfa_session = shared\n", "")
        .replace("[profile b]\n", "[profile b]\nmfa_session = vault\n");
    let role = Scenario { config: &text, ..role };
    assert_eq!(role.outcome(Sdk::Linklocal), "assume-role: ra <- arn:aws:iam::1:mfa/x <- AKIDB/");
    // The profile itself, too; the session of a session is none.
    let keys = Scenario { profile: Some("b"), ..role };
    assert_eq!(keys.outcome(Sdk::Linklocal), "shared-credentials-file: arn:aws:iam::1:mfa/x <- AKIDB/");
    assert_eq!(keys.outcome(Sdk::Boto3), "shared-credentials-file: AKIDB/");
    let session = format!("{TWO_B}aws_session_token = t\n");
    let session = Scenario { credentials: &session, ..keys };
    assert_eq!(session.outcome(Sdk::Linklocal), "shared-credentials-file: AKIDB/t");
    let variables: &[(&str, &str)] = &[("LINKLOCAL_MFA_SESSION", "maybe")];
    assert!(
        Scenario { variables, ..keys }.outcome(Sdk::Linklocal).contains("says nothing about MFA sessions")
    );
}

#[test]
fn the_end_of_a_session_in_a_file_is_known_to_us_alone() {
    let keys = |end: &str| {
        format!(
            "[a]\naws_access_key_id = ASIAX\naws_secret_access_key = s\naws_session_token = t\nx_security_token_expires = {end}\n"
        )
    };
    let expiration = |text: &str, sdk| {
        let scenario = Scenario { profile: Some("a"), credentials: text, ..config("") };
        match scenario.plan(sdk).winner().and_then(|step| step.provider.clone()) {
            Some(Provider::Static(keys)) => Ok(keys.expiration),
            _ => Err(scenario.outcome(sdk)),
        }
    };
    let later = "2026-11-22T11:00:00Z".parse().unwrap();
    assert_eq!(expiration(&keys("2026-11-22T11:00:00Z"), Sdk::Linklocal), Ok(Some(later)));
    assert_eq!(expiration(&keys("2026-11-22T12:00:00+01:00"), Sdk::Linklocal), Ok(Some(later)));
    for end in ["soon", "2026-11-22T11:00:00"] {
        assert_eq!(expiration(&keys(end), Sdk::Linklocal), Ok(None), "{end}");
    }
    let ended = keys("2026-11-22T10:00:00Z");
    assert!(
        expiration(&ended, Sdk::Linklocal)
            .unwrap_err()
            .contains("ended at 2026-11-22T10:00:00Z (/home/.aws/credentials:5)")
    );
    assert_eq!(expiration(&ended, Sdk::Boto3), Ok(None));
}
