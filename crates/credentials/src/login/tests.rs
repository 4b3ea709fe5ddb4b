use std::path::Path;
use std::sync::Arc;

use profile::Place;
use profile::settings::Found;

use super::*;
use crate::rehearsal::{Person, Script, context};

const NOW: &str = "2025-11-19T00:00:00Z";
const NEW: &str = r#"{"accessToken": {"accessKeyId": "ASIANEW", "secretAccessKey": "s2", "sessionToken": "t2"}, "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "r2"}"#;

/// A home with a login file, and AWS Sign-In by script.
struct World {
    context: Context,
    script: Arc<Script>,
    person: Arc<Person>,
    login: Login,
    _home: tempfile::TempDir,
}

impl World {
    fn new(file: Option<&Value>, answers: &[(u16, &str)]) -> Self {
        let (home, person, script) =
            (tempfile::tempdir().unwrap(), Arc::new(Person::default()), Script::new(answers));
        let (context, _) = context(home.path(), NOW.parse().unwrap(), &script, &person);
        let token_file = home.path().join("login/cache/x.json").to_str().unwrap().to_owned();
        if let Some(file) = file {
            write_private(Path::new(&token_file), &Secret::new(file.to_string().into_bytes())).unwrap();
        }
        let login = Login {
            session: "arn:aws:iam::012345678901:user/Admin".to_owned(),
            token_file,
            region: Some(Found { value: "us-east-2".to_owned(), place: Place::Default }),
            endpoint_url: None,
        };
        Self { context, script, person, login, _home: home }
    }

    async fn get(&self) -> Result<Resolved, ResolveError> {
        credentials(&self.context, &self.login).await
    }

    fn file(&self) -> Value {
        serde_json::from_slice(&fs::read(Path::new(&self.login.token_file), 100_000).unwrap()).unwrap()
    }
}

/// A login file whose set ends at this time of the next day.
fn file(expires: &str) -> Value {
    json!({
        "accessToken": {
            "accessKeyId": "ASIAOLD",
            "secretAccessKey": "s1",
            "sessionToken": "t1",
            "accountId": "012345678901",
            "expiresAt": expires,
        },
        "tokenType": "aws_sigv4",
        "refreshToken": "r1",
        "idToken": "id",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "dpopKey": dpop::tests::SEC1,
        "unknown": {"kept": true},
    })
}

#[tokio::test]
async fn a_set_with_more_than_five_minutes_is_used_as_it_is() {
    let world = World::new(Some(&file("2025-11-19T00:05:01Z")), &[]);
    let resolved = world.get().await.unwrap();
    assert_eq!(
        (resolved.access_key_id.as_str(), resolved.account_id.as_deref()),
        ("ASIAOLD", Some("012345678901"))
    );
    assert_eq!(resolved.expiration.unwrap().iso8601(), "2025-11-19T00:05:01Z");
}

#[tokio::test]
async fn an_old_set_is_renewed_with_a_proof_and_the_rest_of_the_file_stays() {
    let world = World::new(Some(&file("2025-11-19T00:05:00Z")), &[(200, NEW)]);
    let resolved = world.get().await.unwrap();
    assert_eq!(
        (resolved.access_key_id.as_str(), resolved.account_id.as_deref()),
        ("ASIANEW", Some("012345678901"))
    );
    let (url, body) = &world.script.asked()[0];
    assert_eq!(url, "POST https://us-east-2.signin.aws.amazon.com/v1/token");
    let body: Value = serde_json::from_str(body).unwrap();
    let expected = json!({"clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token", "refreshToken": "r1"});
    assert_eq!(body, expected);
    assert_eq!(world.script.header(0, "dpop").split('.').count(), 3);
    let mut expected = file("2025-11-19T00:15:00Z");
    expected["accessToken"]["accessKeyId"] = "ASIANEW".into();
    expected["accessToken"]["secretAccessKey"] = "s2".into();
    expected["accessToken"]["sessionToken"] = "t2".into();
    expected["refreshToken"] = "r2".into();
    assert_eq!(world.file(), expected);
}

#[tokio::test]
async fn the_session_is_renewed_where_it_was_begun() {
    let mut old = file("2025-11-18T00:00:00Z");
    old["signInRegion"] = "us-gov-west-1".into();
    let world = World::new(Some(&old), &[(200, NEW)]);
    world.get().await.unwrap();
    assert_eq!(world.script.asked()[0].0, "POST https://us-gov-west-1.signin.amazonaws-us-gov.com/v1/token");
    let mut world = World::new(Some(&file("2025-11-18T00:00:00Z")), &[]);
    world.login.region = None;
    assert_eq!(world.get().await.unwrap_err().code, "region");
}

#[tokio::test]
async fn refusals_say_what_to_do_and_a_set_that_is_valid_is_used_still() {
    let cases = [
        ("TOKEN_EXPIRED", "login-needed", "run `aws login`"),
        ("USER_CREDENTIALS_CHANGED", "login-needed", "the password was changed"),
        ("INSUFFICIENT_PERMISSIONS", "refused", "signin:CreateOAuth2Token"),
        ("other", "refused", "run `aws login`"),
    ];
    for (error, code, remedy) in cases {
        let body = json!({"error": error, "message": "no"}).to_string();
        let world = World::new(Some(&file("2025-11-19T00:00:00Z")), &[(400, &body)]);
        let refused = world.get().await.unwrap_err();
        assert_eq!(refused.code, code, "{error}");
        assert!(refused.remedy.contains(remedy), "{}", refused.remedy);
        let world = World::new(Some(&file("2025-11-19T00:04:00Z")), &[(400, &body)]);
        assert_eq!(world.get().await.unwrap().access_key_id, "ASIAOLD");
        assert!(world.person.heard()[0].contains("is not renewed yet"));
    }
}

#[tokio::test]
async fn every_member_is_needed_and_none_is_shown() {
    let world = World::new(None, &[]);
    assert_eq!(world.get().await.unwrap_err().code, "login-needed");
    for name in ["accessToken", "refreshToken", "clientId", "dpopKey"] {
        let mut less = file("2026-11-19T00:00:00Z");
        less.as_object_mut().unwrap().remove(name);
        let error = World::new(Some(&less), &[]).get().await.unwrap_err();
        assert!(error.what.contains(&format!("has no `{name}`")), "{error}");
    }
    for name in ["accessKeyId", "secretAccessKey", "sessionToken", "accountId", "expiresAt"] {
        let mut less = file("2026-11-19T00:00:00Z");
        less["accessToken"].as_object_mut().unwrap().remove(name);
        let error = World::new(Some(&less), &[]).get().await.unwrap_err();
        assert_eq!(error.code, "token-file", "{name}");
    }
    let mut broken = file("2025-11-18T00:00:00Z");
    broken["dpopKey"] = "hunter2".into();
    let error = World::new(Some(&broken), &[]).get().await.unwrap_err();
    assert!(error.what.contains("`dpopKey` is no private key") && !error.what.contains("hunter2"), "{error}");
}
