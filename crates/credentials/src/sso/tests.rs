use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use profile::plan::Sso;
use serde_json::{Value, json};
use types::Timestamp;

use super::*;
use crate::rehearsal::{Person, Script, context};

/// A home with or without a token, and a portal by script.
struct World {
    home: tempfile::TempDir,
    context: Context,
    script: Arc<Script>,
    person: Arc<Person>,
    sso: Sso,
}

const NOW: &str = "2026-11-22T10:00:00Z";

impl World {
    fn new(session: Option<&str>, answers: &[(u16, &str)]) -> Self {
        let (home, person, script) =
            (tempfile::tempdir().unwrap(), Arc::new(Person::default()), Script::new(answers));
        let (context, _) = context(home.path(), NOW.parse().unwrap(), &script, &person);
        let token_file = home.path().join("sso/cache/token.json").to_str().unwrap().to_owned();
        let sso = Sso {
            session: session.map(str::to_owned),
            start_url: "https://example.awsapps.com/start".to_owned(),
            region: "eu-west-1".to_owned(),
            account_id: "123456789012".to_owned(),
            role_name: "Power User".to_owned(),
            registration_scopes: vec!["sso:account:access".to_owned()],
            token_file,
            endpoint_url: None,
            oidc_endpoint_url: None,
        };
        Self { home, context, script, person, sso }
    }

    /// With somebody at the terminal.
    fn attended(mut self) -> Self {
        self.person = Arc::new(Person { there: true, ..Person::default() });
        self.context.prompt = Arc::clone(&self.person) as Arc<dyn crate::Prompt>;
        self
    }

    fn with_token(self, token: &Value) -> Self {
        write_private(Path::new(&self.sso.token_file), &Secret::new(token.to_string().into_bytes())).unwrap();
        self
    }

    fn token(&self) -> Value {
        serde_json::from_slice(&sys::fs::read(Path::new(&self.sso.token_file), 10_000).unwrap()).unwrap()
    }

    async fn get(&self) -> Result<Resolved, ResolveError> {
        role_credentials(&self.context, &self.sso).await
    }

    fn urls(&self) -> Vec<String> {
        self.script.asked().into_iter().map(|(url, _)| url).collect()
    }
}

/// A token that ends so many minutes from now, with everything for its renewal.
fn token(minutes: i64) -> Value {
    let now: Timestamp = NOW.parse().unwrap();
    json!({
        "startUrl": "https://example.awsapps.com/start",
        "region": "eu-west-1",
        "accessToken": "old-token",
        "expiresAt": Timestamp::from_secs(now.secs() + minutes * 60).iso8601(),
        "clientId": "client",
        "clientSecret": "hunter2",
        "registrationExpiresAt": "2027-01-01T00:00:00Z",
        "refreshToken": "old-refresh",
    })
}

const CREDENTIALS: &str = r#"{"roleCredentials": {"accessKeyId": "ASIAROLE", "secretAccessKey": "s", "sessionToken": "t", "expiration": 1795345200000}}"#;
const NEW_TOKEN: &str = r#"{"accessToken": "new-token", "expiresIn": 28800, "refreshToken": "new-refresh", "tokenType": "Bearer"}"#;
const PORTAL_URL: &str = "GET https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name=Power%20User&account_id=123456789012";
const TOKEN_URL: &str = "POST https://oidc.eu-west-1.amazonaws.com/token";

#[tokio::test]
async fn a_good_token_is_exchanged_for_the_roles_credentials() {
    let world = World::new(Some("my-sso"), &[(200, CREDENTIALS)]).with_token(&token(60));
    let resolved = world.get().await.unwrap();
    assert_eq!(resolved.access_key_id, "ASIAROLE");
    assert_eq!(resolved.account_id.as_deref(), Some("123456789012"));
    assert_eq!(resolved.expiration.unwrap().iso8601(), "2026-11-22T11:00:00Z");
    assert_eq!(world.urls(), [PORTAL_URL]);
    assert_eq!(world.script.header(0, "x-amz-sso_bearer_token"), "old-token");
    assert!(world.person.heard().is_empty());
}

#[tokio::test]
async fn a_token_is_renewed_from_fifteen_minutes_before_its_end() {
    let answers = [(200, NEW_TOKEN), (200, CREDENTIALS)];
    let world = World::new(Some("my-sso"), &answers).with_token(&token(14));
    world.get().await.unwrap();
    assert_eq!(world.urls(), [TOKEN_URL, PORTAL_URL]);
    let body: Value = serde_json::from_str(&world.script.asked()[0].1).unwrap();
    let expected = json!({"clientId": "client", "clientSecret": "hunter2", "grantType": "refresh_token", "refreshToken": "old-refresh"});
    assert_eq!(body, expected);
    assert_eq!(world.script.header(1, "x-amz-sso_bearer_token"), "new-token");
    let kept = world.token();
    assert_eq!((&kept["accessToken"], &kept["refreshToken"]), (&"new-token".into(), &"new-refresh".into()));
    assert_eq!((&kept["expiresAt"], &kept["clientId"]), (&"2026-11-22T18:00:00Z".into(), &"client".into()));
    let mode = Path::new(&world.sso.token_file).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

#[tokio::test]
async fn a_refresh_token_that_is_not_replaced_stays() {
    let answers = [(200, r#"{"accessToken": "new-token", "expiresIn": 28800}"#), (200, CREDENTIALS)];
    let world = World::new(Some("my-sso"), &answers).with_token(&token(-1));
    world.get().await.unwrap();
    assert_eq!(world.token()["refreshToken"], "old-refresh");
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_is_used_until_its_end() {
    let refused = r#"{"error": "invalid_grant", "error_description": "Invalid refresh token provided"}"#;
    let world = World::new(Some("my-sso"), &[(400, refused), (200, CREDENTIALS)]).with_token(&token(5));
    world.get().await.unwrap();
    assert!(world.person.heard()[0].contains("Invalid refresh token provided"));

    let mut bare = token(5);
    bare.as_object_mut().unwrap().remove("refreshToken");
    let world = World::new(Some("my-sso"), &[(200, CREDENTIALS)]).with_token(&bare);
    world.get().await.unwrap();
    assert!(world.person.heard().is_empty(), "nothing went wrong");

    let world = World::new(Some("my-sso"), &[(400, refused)]).with_token(&token(0));
    let error = world.get().await.unwrap_err();
    assert_eq!(error.code, "login-needed");
    assert!(error.what.contains("Invalid refresh token provided"), "{error}");
    assert!(error.remedy.contains("login --sso-session my-sso"), "{}", error.remedy);
}

#[tokio::test]
async fn the_older_form_and_a_registration_that_ended_are_not_renewed() {
    let world = World::new(None, &[(200, CREDENTIALS)]).with_token(&token(1));
    world.get().await.unwrap();
    assert_eq!(world.urls(), [PORTAL_URL]);
    let world = World::new(None, &[]).with_token(&token(0));
    assert_eq!(world.get().await.unwrap_err().code, "login-needed");

    let mut old = token(0);
    old["registrationExpiresAt"] = "2026-11-22T09:59:59Z".into();
    let world = World::new(Some("my-sso"), &[]).with_token(&old);
    assert_eq!(world.get().await.unwrap_err().code, "login-needed");
}

#[tokio::test]
async fn every_fault_of_the_file_says_how_to_log_in_and_shows_nothing_of_it() {
    let world = World::new(Some("my-sso"), &[]);
    assert_eq!(world.get().await.unwrap_err().code, "login-needed");
    for text in [
        "hunter2",
        "{}",
        r#"{"accessToken": "hunter2"}"#,
        r#"{"accessToken": "hunter2", "expiresAt": "soon"}"#,
    ] {
        let path = Path::new(&world.sso.token_file);
        write_private(path, &Secret::new(text.as_bytes().to_vec())).unwrap();
        let error = world.get().await.unwrap_err();
        assert_eq!(error.code, "token-file", "{error}");
        assert!(!error.what.contains("hunter2") && error.what.contains("token.json"), "{error}");
        assert!(error.remedy.contains("login --sso-session my-sso"), "{}", error.remedy);
    }
}

#[tokio::test]
async fn refusals_of_the_portal_are_told_apart() {
    let unauthorized = r#"{"message": "Session token not found or invalid", "__type": "com.amazonaws.switchboard.portal#UnauthorizedException"}"#;
    let cases = [
        (401, unauthorized, "login-needed", "UnauthorizedException", "login --sso-session"),
        (
            403,
            r#"{"message": "No access"}"#,
            "refused",
            "",
            "permission set Power User in account 123456789012",
        ),
        (
            404,
            r#"{"message": "no such role", "code": "ResourceNotFoundException"}"#,
            "refused",
            "ResourceNotFoundException",
            "correct sso_role_name",
        ),
        (400, "<html>", "refused", "", "check sso_region"),
    ];
    for (status, body, code, aws_code, remedy) in cases {
        let world = World::new(Some("my-sso"), &[(status, body)]).with_token(&token(60));
        let error = world.get().await.unwrap_err();
        assert_eq!((error.code, error.aws_code.as_deref()), (code, Some(aws_code)), "{error}");
        assert!(error.remedy.contains(remedy), "{}", error.remedy);
        assert!(!error.what.contains("<html>"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_be_answered_in_a_moment_is_asked_three_times() {
    let world =
        World::new(Some("my-sso"), &[(500, ""), (429, "{}"), (200, CREDENTIALS)]).with_token(&token(60));
    world.get().await.unwrap();
    let world = World::new(Some("my-sso"), &[(503, ""), (503, ""), (503, "")]).with_token(&token(60));
    assert!(world.get().await.unwrap_err().transient);
    let world = World::new(Some("my-sso"), &[(200, "{}")]).with_token(&token(60));
    assert_eq!(world.get().await.unwrap_err().code, "bad-answer");
}

#[tokio::test]
async fn endpoints_are_of_the_partition_or_as_configured_and_a_region_is_no_host() {
    let url = |region: &'static str| async move {
        let mut world = World::new(None, &[(200, CREDENTIALS)]).with_token(&token(60));
        world.sso.region = region.to_owned();
        world.get().await.map(|_| world.urls()[0].clone()).map_err(|error| error.code)
    };
    assert!(
        url("cn-north-1").await.unwrap().starts_with("GET https://portal.sso.cn-north-1.amazonaws.com.cn/")
    );
    assert_eq!(url("evil.example/x-1").await, Err("region"));
    let mut world = World::new(None, &[(200, CREDENTIALS)]).with_token(&token(60));
    let place = profile::Place::variable("AWS_ENDPOINT_URL_SSO");
    world.sso.endpoint_url =
        Some(profile::settings::Found { value: "http://127.0.0.1:9/portal/".to_owned(), place });
    world.get().await.unwrap();
    assert!(world.urls()[0].starts_with("GET http://127.0.0.1:9/portal/federation/credentials?"));
}

const REGISTERED: &str = r#"{"clientId": "client", "clientSecret": "hunter2", "clientIdIssuedAt": 1, "clientSecretExpiresAt": 1803000000}"#;
const AUTHORIZED: &str = r#"{"deviceCode": "device", "userCode": "ABCD-EFGH", "verificationUri": "https://device.sso.eu-west-1.amazonaws.com/", "verificationUriComplete": "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH", "expiresIn": 600, "interval": 1}"#;
const PENDING: &str = r#"{"error": "authorization_pending", "error_description": ""}"#;

#[tokio::test(start_paused = true)]
async fn a_login_by_device_code_leaves_the_clis_files() {
    let answers = [(200, REGISTERED), (200, AUTHORIZED), (400, PENDING), (400, PENDING), (200, NEW_TOKEN)];
    let world = World::new(Some("my-sso"), &answers);
    let session = Session::from(&world.sso);
    let mut shown = Vec::new();
    let done = login(&world.context, &session, &mut |page| shown.push(page.clone())).await.unwrap();
    assert_eq!((done.renewable, done.expires.iso8601().as_str()), (true, "2026-11-22T18:00:00Z"));
    assert_eq!((shown.len(), shown[0].user_code.as_str()), (1, "ABCD-EFGH"));
    let paths: Vec<String> =
        world.urls().iter().map(|url| url.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(paths, ["register", "device_authorization", "token", "token", "token"]);
    let bodies: Vec<Value> =
        world.script.asked().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    let register = json!({"clientName": "botocore-client-my-sso", "clientType": "public", "scopes": ["sso:account:access"]});
    assert_eq!(bodies[0], register);
    assert_eq!(bodies[2]["grantType"], "urn:ietf:params:oauth:grant-type:device_code");
    let kept = world.token();
    assert_eq!((&kept["accessToken"], &kept["refreshToken"]), (&"new-token".into(), &"new-refresh".into()));
    assert_eq!(kept["registrationExpiresAt"], "2027-02-19T01:20:00Z");
    let files = world.home.path().join("sso/cache").read_dir().unwrap().count();
    assert_eq!(files, 2, "the token and the registration");
}

#[tokio::test(start_paused = true)]
async fn a_registration_is_used_again_and_replaced_where_it_is_not_known_any_more() {
    let answers = [(200, REGISTERED), (200, AUTHORIZED), (200, NEW_TOKEN)];
    let mut world = World::new(Some("my-sso"), &answers);
    let session = Session::from(&world.sso);
    let mut never = |_: &Verification| panic!("a client that is trusted needs no browser");
    login(&world.context, &session, &mut never).await.unwrap();
    let again = |answers: &[(u16, &str)]| Script::new(answers);
    world.script = again(&[(200, AUTHORIZED), (200, NEW_TOKEN)]);
    world.context.client = client::Client::over(Arc::clone(&world.script) as Arc<dyn client::Transport>);
    login(&world.context, &session, &mut never).await.unwrap();
    world.script = again(&[
        (401, r#"{"error": "invalid_client"}"#),
        (200, REGISTERED),
        (200, AUTHORIZED),
        (200, NEW_TOKEN),
    ]);
    world.context.client = client::Client::over(Arc::clone(&world.script) as Arc<dyn client::Transport>);
    login(&world.context, &session, &mut never).await.unwrap();
    assert!(world.urls()[1].ends_with("/client/register"));
}

#[tokio::test(start_paused = true)]
async fn a_login_that_is_refused_or_forgotten_says_so_and_leaves_no_token() {
    let denied = r#"{"error": "access_denied", "error_description": "The user said no"}"#;
    let expired = r#"{"error": "expired_token"}"#;
    for (last, code) in [(denied, "login-denied"), (expired, "login-expired")] {
        let answers = [(200, REGISTERED), (200, AUTHORIZED), (400, PENDING), (400, last)];
        let world = World::new(Some("my-sso"), &answers);
        let error = login(&world.context, &Session::from(&world.sso), &mut |_| ()).await.unwrap_err();
        assert_eq!(error.code, code);
        assert!(!Path::new(&world.sso.token_file).exists());
    }
    let soon = AUTHORIZED.replace("600", "0");
    let world = World::new(Some("my-sso"), &[(200, REGISTERED), (200, &soon), (400, PENDING)]);
    let error = login(&world.context, &Session::from(&world.sso), &mut |_| ()).await.unwrap_err();
    assert_eq!(error.code, "login-expired");
}

#[tokio::test(start_paused = true)]
async fn somebody_at_a_terminal_logs_in_where_nobody_is_logged_in() {
    let answers =
        [(200, REGISTERED), (200, AUTHORIZED), (400, PENDING), (200, NEW_TOKEN), (200, CREDENTIALS)];
    let world = World::new(Some("my-sso"), &answers).attended();
    assert_eq!(world.get().await.unwrap().access_key_id, "ASIAROLE");
    let heard = world.person.heard();
    assert!(heard[0].contains("nobody is logged in to sso-session my-sso"), "{heard:?}");
    assert!(heard[1].contains("?user_code=ABCD-EFGH") && heard[2].contains("code ABCD-EFGH"), "{heard:?}");

    let gone = r#"{"message": "Session token not found or invalid"}"#;
    let answers = [(401, gone), (200, REGISTERED), (200, AUTHORIZED), (200, NEW_TOKEN), (200, CREDENTIALS)];
    let world = World::new(Some("my-sso"), &answers).attended().with_token(&token(60));
    assert_eq!(world.get().await.unwrap().access_key_id, "ASIAROLE");
    assert_eq!(world.script.header(4, "x-amz-sso_bearer_token"), "new-token");
}
