use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use profile::Place;
use profile::plan::{
    AssumeRole, MfaSource, Provider, SessionDetails, Sso, StaticKeys, StsTarget, WebIdentity,
};
use profile::settings::Found;
use types::Secret;

use super::*;
use crate::rehearsal::{Person, Script, context};
use crate::{Context, ResolveError, Resolved};

fn found(value: &str, place: Place) -> Found<String> {
    Found { value: value.to_owned(), place }
}

fn sts() -> StsTarget {
    StsTarget {
        region: found("us-east-1", Place::Default),
        endpoint_url: found("https://sts.us-east-1.amazonaws.com", Place::Default),
    }
}

fn keys() -> Provider {
    Provider::Static(StaticKeys {
        access_key_id: "AKIA".to_owned(),
        secret_access_key: Secret::new("s".to_owned()),
        session_token: None,
        account_id: None,
        expiration: None,
    })
}

fn role() -> AssumeRole {
    AssumeRole {
        base: keys(),
        profile: "p".to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/r".to_owned(),
        role_session_name: None,
        external_id: None,
        duration_seconds: None,
        mfa_serial: None,
        mfa_source: MfaSource::Any,
        details: SessionDetails::default(),
        sts: sts(),
    }
}

fn sso(session: Option<&str>) -> Provider {
    Provider::Sso(Sso {
        session: session.map(str::to_owned),
        start_url: "https://example.awsapps.com/start".to_owned(),
        region: "us-east-1".to_owned(),
        account_id: "123456789012".to_owned(),
        role_name: "Admin".to_owned(),
        registration_scopes: Vec::new(),
        token_file: "/none".to_owned(),
        endpoint_url: None,
        oidc_endpoint_url: None,
    })
}

/// The names were printed by botocore 1.44.5's own fetchers.
#[test]
fn names_are_those_of_botocore() {
    let key = |provider: &Provider| CacheKey::of(provider).unwrap().to_string();
    let plain = Provider::AssumeRole(Box::new(role()));
    assert_eq!(key(&plain), "6dc9e6e1e186b9f293814df3266de783142c48a2");
    let unnamed = AssumeRole { role_session_name: Some(String::new()), ..role() };
    assert_eq!(key(&Provider::AssumeRole(Box::new(unnamed))), key(&plain));
    let full = AssumeRole {
        role_session_name: Some("s".to_owned()),
        external_id: Some("e\u{e9}\"\\\n\u{1f600}\u{7f}".to_owned()),
        mfa_serial: Some("arn:aws:iam::123456789012:mfa/u".to_owned()),
        duration_seconds: Some(900),
        ..role()
    };
    assert_eq!(key(&Provider::AssumeRole(Box::new(full))), "333fa8bd20d3b4e3c5d14c5b4b9e35cc3a426da2");
    let web = WebIdentity {
        role_arn: role().role_arn,
        token_file: "/t".to_owned(),
        role_session_name: Some("web".to_owned()),
        duration_seconds: None,
        details: SessionDetails::default(),
        sts: sts(),
    };
    assert_eq!(key(&Provider::WebIdentity(web)), "48747e41e84960445d28847097db6ee2243d8fd6");
    assert_eq!(key(&sso(Some("my-sso"))), "c30b99aca80d8f5b3178e353f05b2abcc9a4ccd3");
    assert_eq!(key(&sso(None)), "764b1819cd322a32dff569462ca869a4196b4fc1");
    assert_eq!(CacheKey::of(&keys()), None);
}

/// As AWS CLI 2.36 wrote it, keys replaced.
const OF_THE_CLI: &str = r#"{"Credentials": {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "secret", "SessionToken": "token", "Expiration": "2026-11-22T11:00:00UTC", "AccountId": "123456789012"}, "AssumedRoleUser": {"AssumedRoleId": "AROAEXAMPLE:s", "Arn": "arn:aws:sts::123456789012:assumed-role/r/s"}, "ResponseMetadata": {"RequestId": "x", "HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0}}"#;

#[test]
fn what_the_cli_wrote_is_read_and_what_is_written_the_cli_reads() {
    let entry = Entry::parse(OF_THE_CLI.as_bytes()).unwrap();
    assert_eq!((entry.kind, entry.expiration), (Kind::Role, time("2026-11-22T11:00:00Z")));
    assert_eq!(entry.session.account_id.as_deref(), Some("123456789012"));
    assert_eq!(entry.session.arn.as_deref(), Some("arn:aws:sts::123456789012:assumed-role/r/s"));
    let printed = entry.print();
    assert_eq!(Entry::parse(printed.expose()).unwrap(), entry);
    let json: serde_json::Value = serde_json::from_slice(printed.expose()).unwrap();
    assert_eq!(json["Credentials"]["Expiration"], "2026-11-22T11:00:00UTC");
    assert_eq!((json.get("ProviderType"), json.get("Linklocal")), (None, None));

    let of_sso = Entry { kind: Kind::Sso, ..entry };
    let json: serde_json::Value = serde_json::from_slice(of_sso.print().expose()).unwrap();
    assert_eq!((&json["ProviderType"], json.get("AssumedRoleUser")), (&"sso".into(), None));
    assert_eq!(json["Credentials"]["Expiration"], "2026-11-22T11:00:00Z");
}

#[test]
fn files_that_are_corrupt_exposed_or_foreign_are_passed_over_and_no_content_is_told() {
    let home = tempfile::tempdir().unwrap();
    let cache = SessionCache::new(home.path());
    let key = CacheKey::of(&Provider::AssumeRole(Box::new(role()))).unwrap();
    assert!(cache.read(&key).unwrap().is_none());
    let path = cache.path(&key);
    fs::make_directory(path.parent().unwrap()).unwrap();
    let put = |text: &str, mode: u32| fs::replace(&path, text.as_bytes(), mode).unwrap();
    for text in ["", "hunter2", "{}", "[1]", "{\"Credentials\": \"hunter2\"}", &OF_THE_CLI[..200]] {
        put(text, 0o600);
        let error = cache.read(&key).unwrap_err().to_string();
        assert!(error.contains("passed over") && !error.contains("hunter2"), "{text}: {error}");
    }
    put(&OF_THE_CLI.replace("2026-11-22T11:00:00UTC", "soon"), 0o600);
    assert!(cache.read(&key).unwrap_err().to_string().contains("no `Expiration` that can be read"));
    for mode in [0o644, 0o640, 0o660, 0o606] {
        put(OF_THE_CLI, mode);
        assert!(matches!(cache.read(&key), Err(CacheError::Exposed { .. })), "{mode:o}");
    }
    put(OF_THE_CLI, 0o600);
    assert!(cache.read(&key).unwrap().is_some());
    set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    assert!(cache.read(&key).unwrap().is_some());
    put(&" ".repeat(100_000), 0o600);
    assert!(matches!(cache.read(&key), Err(CacheError::Unreadable(_))));
}

#[test]
fn what_is_kept_is_its_users_alone() {
    let home = tempfile::tempdir().unwrap();
    let cache = SessionCache::new(home.path());
    let key = CacheKey::of(&sso(None)).unwrap();
    cache.write(&key, &Entry::parse(OF_THE_CLI.as_bytes()).unwrap()).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&cache.path(&key)), mode(&home.path().join("cli/cache"))), (0o600, 0o700));
}

#[test]
fn a_session_is_old_before_its_end_the_sooner_the_longer_it_lives() {
    let entry = Entry::parse(OF_THE_CLI.as_bytes()).unwrap();
    let cached = |written: Option<&str>| Cached {
        path: PathBuf::new(),
        entry: entry.clone(),
        written: written.map(time),
    };
    let fresh = |cached: &Cached, now: &str| cached.is_fresh(time(now), Duration::ZERO);
    let hour = cached(Some("2026-11-22T10:00:00Z"));
    assert!(fresh(&hour, "2026-11-22T10:44:59Z") && !fresh(&hour, "2026-11-22T10:45:00Z"));
    let quarter = cached(Some("2026-11-22T10:45:00Z"));
    assert!(fresh(&quarter, "2026-11-22T10:56:14Z") && !fresh(&quarter, "2026-11-22T10:56:15Z"));
    let unknown = cached(None);
    assert!(fresh(&unknown, "2026-11-22T10:44:59Z") && !fresh(&unknown, "2026-11-22T10:45:00Z"));
    assert!(!hour.is_fresh(time("2026-11-22T10:10:00Z"), Duration::from_secs(3000)));
    assert!(hour.is_valid(time("2026-11-22T10:59:59Z"), Duration::ZERO));
    assert!(!hour.is_valid(time("2026-11-22T11:00:00Z"), Duration::ZERO));
}

/// A home, and questions that are counted.
struct World {
    home: tempfile::TempDir,
    context: Context,
    clock: sys::FakeClock,
    person: Arc<Person>,
    asked: AtomicUsize,
}

impl World {
    fn new() -> Self {
        let (home, person) = (tempfile::tempdir().unwrap(), Arc::new(Person::default()));
        // Files bear the system's time, so the story begins now.
        let now = sys::Clock::system().now();
        let (context, clock) = context(home.path(), now, &Script::new(&[]), &person);
        Self { home, context, clock, person, asked: AtomicUsize::new(0) }
    }

    async fn get(&self, provider: &Provider, works: bool) -> Result<String, ResolveError> {
        let ask = async {
            let count = self.asked.fetch_add(1, Ordering::SeqCst);
            if !works {
                return Err(ResolveError::new("unreachable", "nobody answers", "wait"));
            }
            Ok(Resolved {
                access_key_id: format!("ASIA{count}"),
                secret_access_key: Secret::new("s".to_owned()),
                session_token: Some(Secret::new("t".to_owned())),
                expiration: Some(self.context.now() + Duration::from_secs(3600)),
                account_id: None,
                arn: None,
            })
        };
        session(&self.context, provider, ask).await.map(|resolved| resolved.access_key_id)
    }

    fn later(&self, minutes: u64) {
        self.clock.advance(Duration::from_secs(60 * minutes));
    }
}

#[tokio::test]
async fn a_session_is_asked_for_once_and_again_when_it_is_old() {
    let world = World::new();
    let role = Provider::AssumeRole(Box::new(role()));
    for minutes in [0, 10, 30] {
        world.later(minutes);
        assert_eq!(world.get(&role, true).await, Ok("ASIA0".to_owned()));
    }
    world.later(6);
    assert_eq!(world.get(&role, true).await, Ok("ASIA1".to_owned()));
    assert_eq!(world.get(&keys(), true).await, Ok("ASIA2".to_owned()), "static keys are not kept");
    assert_eq!(world.get(&keys(), true).await, Ok("ASIA3".to_owned()));
}

#[tokio::test]
async fn an_old_session_is_used_where_nobody_answers_and_the_user_hears_why() {
    let world = World::new();
    let role = Provider::AssumeRole(Box::new(role()));
    world.get(&role, true).await.unwrap();
    world.later(50);
    assert_eq!(world.get(&role, false).await, Ok("ASIA0".to_owned()));
    let heard = world.person.heard();
    assert!(heard[0].contains("nobody answers") && heard[0].contains("9 more minutes"), "{heard:?}");
    world.later(10);
    assert_eq!(world.get(&role, false).await.unwrap_err().code, "unreachable");
}

#[tokio::test]
async fn sessions_of_another_endpoint_are_not_mixed_up() {
    let world = World::new();
    let local = StsTarget {
        endpoint_url: found("http://127.0.0.1:4566", Place::variable("AWS_ENDPOINT_URL_STS")),
        ..sts()
    };
    let here = Provider::AssumeRole(Box::new(AssumeRole { sts: local, ..role() }));
    let aws = Provider::AssumeRole(Box::new(role()));
    assert_eq!(CacheKey::of(&here), CacheKey::of(&aws));
    assert_eq!(world.get(&here, true).await, Ok("ASIA0".to_owned()));
    assert_eq!(world.get(&here, true).await, Ok("ASIA0".to_owned()));
    assert_eq!(world.get(&aws, true).await, Ok("ASIA1".to_owned()));
}

#[tokio::test]
async fn a_file_that_cannot_be_trusted_costs_a_question_and_is_replaced() {
    let world = World::new();
    let role = Provider::AssumeRole(Box::new(role()));
    world.get(&role, true).await.unwrap();
    let path = SessionCache::new(world.home.path()).path(&CacheKey::of(&role).unwrap());
    set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    assert_eq!(world.get(&role, true).await, Ok("ASIA1".to_owned()));
    let heard = world.person.heard();
    assert!(heard.len() == 1 && heard[0].contains("mode 0644"), "{heard:?}");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(world.get(&role, true).await, Ok("ASIA1".to_owned()));
}

#[tokio::test]
async fn callers_may_want_no_cache_or_more_time() {
    let mut world = World::new();
    let role = Provider::AssumeRole(Box::new(role()));
    world.context.keep = Keep { min_ttl: Duration::from_secs(3000), ..Keep::default() };
    world.get(&role, true).await.unwrap();
    world.later(11);
    assert_eq!(world.get(&role, true).await, Ok("ASIA1".to_owned()));
    world.context.keep = Keep { read: false, write: false, ..Keep::default() };
    assert_eq!(world.get(&role, true).await, Ok("ASIA2".to_owned()));
    world.context.keep = Keep::default();
    assert_eq!(world.get(&role, true).await, Ok("ASIA1".to_owned()));
}

#[tokio::test]
async fn a_clock_that_is_behind_serves_no_session_that_has_ended() {
    let world = World::new();
    let role = Provider::AssumeRole(Box::new(role()));
    world.get(&role, true).await.unwrap();
    let now = world.context.clock.now();
    world.context.skew.observe(now, now + Duration::from_secs(7200));
    assert_eq!(world.get(&role, true).await, Ok("ASIA1".to_owned()));
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}
