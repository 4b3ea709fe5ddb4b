//! The metadata service as a client meets it: tokens, two versions, two paths, and everything that can be wrong.

use credentials::{ResolveError, Resolved, resolve};
use profile::Place;
use profile::plan::{Imds, Provider};
use profile::settings::Found;

use crate::server::{Answer, Asked, Server};
use crate::world::World;

const GOOD: &str = r#"{"Code":"Success","AccessKeyId":"ASIAX","SecretAccessKey":"s3cret","Token":"t0ken",
    "Expiration":"2037-01-01T00:00:00Z"}"#;
const LIST: &str = "/latest/meta-data/iam/security-credentials/";
const EXTENDED: &str = "/latest/meta-data/iam/security-credentials-extended/";

fn imds(server: &Server) -> Imds {
    Imds {
        endpoint: Found {
            value: format!("{}/", server.url()),
            place: Place::variable("AWS_EC2_METADATA_SERVICE_ENDPOINT"),
        },
        v1_fallback: true,
        extended: false,
        instance_profile_name: None,
        timeout_ms: 2000,
        attempts: 1,
    }
}

async fn ask(imds: Imds) -> Result<Resolved, ResolveError> {
    resolve(&World::new().networked(), &Provider::Imds(imds)).await
}

/// A service with these values behind tokens.
fn service(values: &'static [(&'static str, &'static str)]) -> impl Fn(&Asked) -> Answer + Send + Sync {
    move |asked| {
        if asked.method == "PUT" {
            return Some((0, token("tok")));
        }
        if asked.header("x-aws-ec2-metadata-token") != Some("tok") {
            return Some((401, String::new()));
        }
        let found = values.iter().find(|(path, _)| *path == asked.target);
        Some(found.map_or((404, String::new()), |(_, value)| (200, (*value).to_owned())))
    }
}

fn token(text: &str) -> String {
    let length = text.len();
    format!(
        "HTTP/1.1 200 OK\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600\r\nContent-Length: {length}\r\n\r\n{text}"
    )
}

fn paths(server: &Server) -> Vec<String> {
    server.asked().into_iter().map(|asked| format!("{} {}", asked.method, asked.target)).collect()
}

#[tokio::test]
async fn extended_path_is_asked_first_and_the_old_one_where_it_is_not_served() {
    let both: &[(&str, &str)] = &[
        (EXTENDED, "r"),
        (
            "/latest/meta-data/iam/security-credentials-extended/r",
            r#"{"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2037-01-01T00:00:00Z","AccountId":"123456789012"}"#,
        ),
    ];
    let server = Server::start(service(both)).await;
    let resolved = ask(Imds { extended: true, ..imds(&server) }).await.unwrap();
    assert_eq!(resolved.account_id.as_deref(), Some("123456789012"));

    let old: &[(&str, &str)] =
        &[(LIST, "r\nignored"), ("/latest/meta-data/iam/security-credentials/r", GOOD)];
    let server = Server::start(service(old)).await;
    ask(Imds { extended: true, ..imds(&server) }).await.unwrap();
    let get = |path: &str| format!("GET {path}");
    assert_eq!(
        paths(&server),
        ["PUT /latest/api/token".to_owned(), get(EXTENDED), get(LIST), format!("GET {LIST}r")]
    );
}

#[tokio::test]
async fn name_that_is_configured_is_not_looked_up() {
    let values: &[(&str, &str)] = &[("/latest/meta-data/iam/security-credentials/my%20role", GOOD)];
    let server = Server::start(service(values)).await;
    let named =
        |name: &str| Imds { extended: true, instance_profile_name: Some(name.to_owned()), ..imds(&server) };
    ask(named("my role")).await.unwrap();
    assert_eq!(server.asked().len(), 3);
    let error = ask(named("other")).await.unwrap_err();
    assert!(error.what.ends_with("has no credentials for the instance profile \"other\""), "{error}");
    assert!(!paths(&server).contains(&format!("GET {LIST}")));
}

#[tokio::test]
async fn token_that_is_no_longer_taken_is_replaced_once() {
    let served = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |asked| {
        if asked.method == "PUT" {
            let count = served.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            return Some((0, token(&format!("tok{count}"))));
        }
        match (asked.header("x-aws-ec2-metadata-token"), asked.target.as_str()) {
            (Some("tok1"), LIST) => Some((200, "r".to_owned())),
            (Some("tok1"), _) => Some((200, GOOD.to_owned())),
            _ => Some((401, String::new())),
        }
    })
    .await;
    ask(imds(&server)).await.unwrap();
    assert_eq!(paths(&server).len(), 5);

    let never = Server::start(|asked| match asked.method.as_str() {
        "PUT" => Some((0, token("t"))),
        _ => Some((401, String::new())),
    })
    .await;
    let error = ask(imds(&never)).await.unwrap_err();
    assert!(error.what.ends_with("answers 401") && never.asked().len() == 4, "{error}");
}

#[tokio::test]
async fn lost_answer_to_the_token_leads_to_version_1_only_where_the_plan_says() {
    let lost = |asked: &Asked| match (asked.method.as_str(), asked.target.as_str()) {
        ("PUT", _) => None,
        (_, LIST) => Some((200, "r".to_owned())),
        _ => Some((200, GOOD.to_owned())),
    };
    let server = Server::start(lost).await;
    let quick = Imds { timeout_ms: 300, ..imds(&server) };
    ask(quick.clone()).await.unwrap();
    assert!(server.asked().iter().all(|asked| asked.header("x-aws-ec2-metadata-token").is_none()));
    let error = ask(Imds { v1_fallback: false, ..quick }).await.unwrap_err();
    assert_eq!(error.code, "timeout", "{error}");
    assert!(error.remedy.contains("AWS_EC2_METADATA_SERVICE_ENDPOINT"), "{}", error.remedy);
}

#[tokio::test]
async fn credentials_that_have_ended_are_used_for_a_while() {
    let values: &[(&str, &str)] = &[
        (LIST, "r"),
        (
            "/latest/meta-data/iam/security-credentials/r",
            r#"{"Code":"Success","AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2009-02-13T23:00:00Z"}"#,
        ),
    ];
    let server = Server::start(service(values)).await;
    let end = ask(imds(&server)).await.unwrap().expiration.unwrap();
    let left = end.since(World::new().now).as_secs();
    assert!((17 * 60..=25 * 60).contains(&left), "{left}");
}

#[tokio::test]
async fn faults_of_the_service_are_told_apart() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("<html>hunter2</html>", "", "garbage", "answers with something that is no role's name"),
        ("../../hunter2", "", "garbage", "answers with something that is no role's name"),
        ("", "", "none", "has no role"),
        ("r", "", "garbage", "answers with nothing"),
        ("r", "hunter2", "garbage", "answers with something that is not JSON, from line 1, column 1 on"),
        (
            "r",
            r#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"}"#,
            "refused",
            "answers AssumeRoleUnauthorizedAccess: EC2 cannot assume the role",
        ),
    ];
    for (list, document, code, words) in cases {
        let server = Server::start(move |asked| match (asked.method.as_str(), asked.target.as_str()) {
            ("PUT", _) => Some((0, token("t"))),
            (_, LIST) => Some((200, (*list).to_owned())),
            _ => Some((200, (*document).to_owned())),
        })
        .await;
        let error = ask(imds(&server)).await.unwrap_err();
        assert!(error.code == *code && error.what.contains(words), "{error:?}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn tokens_that_are_none_are_refused() {
    let without_life = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nt".to_owned();
    for (answer, words) in [
        (token(""), "answers with no token"),
        (token("a b"), "answers with no token"),
        (without_life, "answers with a token without its life"),
        (
            "HTTP/1.1 307 X\r\nLocation: //evil.example/\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "is not followed",
        ),
    ] {
        let server = Server::start(move |_| Some((0, answer.clone()))).await;
        let error = ask(Imds { v1_fallback: false, ..imds(&server) }).await.unwrap_err();
        assert!(error.what.contains(words), "{error}");
        assert_eq!(server.asked().len(), 1);
    }
}
