//! A container agent, good and bad.

use credentials::{ResolveError, Resolved, resolve};
use profile::Place;
use profile::plan::{Container, ContainerToken, Provider};
use profile::settings::Found;
use types::Secret;

use crate::server::{Answer, Server};
use crate::world::World;

const GOOD: &str = r#"{"RoleArn":"arn:aws:iam::123456789012:role/r","AccessKeyId":"ASIAX","SecretAccessKey":"s3cret",
    "Token":"t0ken","Expiration":"2037-01-01T00:00:00Z","AccountId":"123456789012"}"#;

fn provider(server: &Server, token: Option<ContainerToken>) -> Provider {
    let value = format!("{}/creds?hunter2", server.url());
    let place = Place::variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    Provider::Container(Container { url: Found { value, place }, token })
}

async fn ask(
    world: &World,
    server: &Server,
    token: Option<ContainerToken>,
) -> Result<Resolved, ResolveError> {
    resolve(&world.networked(), &provider(server, token)).await
}

#[tokio::test]
async fn credentials_come_with_account_and_role_and_the_token_goes_as_it_is() {
    let (world, server) = (World::new(), Server::start(|_| Some((200, GOOD.to_owned()))).await);
    let token = ContainerToken::Value(Secret::new("Basic abc=".to_owned()));
    let resolved = ask(&world, &server, Some(token)).await.unwrap();
    assert_eq!(
        (resolved.access_key_id.as_str(), resolved.account_id.as_deref()),
        ("ASIAX", Some("123456789012"))
    );
    assert_eq!(resolved.arn.as_deref(), Some("arn:aws:iam::123456789012:role/r"));
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/creds?hunter2"));
    assert_eq!(asked.header("authorization"), Some("Basic abc="));
}

#[tokio::test]
async fn token_file_is_read_for_each_request() {
    let server = Server::start(|asked| match asked.header("authorization") {
        Some("two") => Some((200, GOOD.to_owned())),
        _ => Some((500, String::new())),
    })
    .await;
    let world = World::new();
    let path = world.write("tok", "one").to_str().unwrap().to_owned();
    let token = Some(ContainerToken::File(path));
    ask(&world, &server, token.clone()).await.unwrap_err();
    world.write("tok", "two");
    ask(&world, &server, token).await.unwrap();
    let sent: Vec<String> =
        server.asked().iter().map(|asked| asked.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(sent, ["one", "one", "one", "two"]);
}

#[tokio::test]
async fn tokens_that_no_sdk_sends_are_named() {
    let (world, server) = (World::new(), Server::start(|_| Some((200, GOOD.to_owned()))).await);
    for (text, words) in [
        ("hunter2\n", "holds a line end"),
        ("hunter2\rx", "holds a line end"),
        ("", "is empty"),
        ("hunter2\u{1}", "holds characters that no header bears"),
    ] {
        let path = world.write("tok", text).to_str().unwrap().to_owned();
        let error = ask(&world, &server, Some(ContainerToken::File(path))).await.unwrap_err();
        let file = world.root.path().join("tok").display().to_string();
        assert!(error.what.contains(words) && error.what.contains(&file), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    let error =
        ask(&world, &server, Some(ContainerToken::File("/nonexistent/tok".to_owned()))).await.unwrap_err();
    assert!(error.what.contains("/nonexistent/tok does not exist"), "{error}");
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn failures_say_what_the_agent_says_and_nothing_else() {
    // Answer, whether it is asked again, code, words.
    let cases: &[(u16, &str, usize, &str, &str)] = &[
        (
            404,
            r#"{"code":"NotFound","message":"no such task"}"#,
            1,
            "refused",
            "answers 404: NotFound: no such task",
        ),
        (403, "", 1, "refused", "answers 403"),
        (401, "hunter2", 1, "refused", "answers 401"),
        (500, r#"{"message":"later"}"#, 3, "refused", "answers 500: later"),
        (429, "", 3, "refused", "answers 429"),
        (200, "", 1, "garbage", "answers with nothing"),
        (
            200,
            "<html>hunter2",
            1,
            "garbage",
            "answers with something that is not JSON, from line 1, column 1 on",
        ),
        (200, "{}", 1, "garbage", "answers without Token"),
        (
            200,
            r#"{"AccessKeyId":"A","SecretAccessKey":"hunter2","Token":"t","Expiration":"2009-02-13T23:31:29Z"}"#,
            1,
            "expired",
            "answers with credentials that ended at 2009-02-13T23:31:29Z",
        ),
        (
            0,
            "HTTP/1.1 302 X\r\nLocation: http://evil.example/hunter2\r\nContent-Length: 0\r\n\r\n",
            1,
            "redirect",
            "redirects (302) to http://evil.example, which is not followed",
        ),
        (
            0,
            "HTTP/1.1 200 X\r\nContent-Length: 104857600\r\n\r\n",
            1,
            "too-large",
            "is larger than 1048576 bytes",
        ),
    ];
    for (status, body, count, code, words) in cases {
        let answer: Answer = Some((*status, (*body).to_owned()));
        let (world, server) = (World::new(), Server::start(move |_| answer.clone()).await);
        let error = ask(&world, &server, None).await.unwrap_err();
        assert_eq!((error.code, server.asked().len()), (*code, *count), "{error}");
        assert!(error.what.contains(words) && !error.remedy.is_empty(), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn agent_that_never_answers_is_given_up() {
    let (world, server) = (World::new(), Server::start(|_| None).await);
    let error = resolve(&world.networked(), &provider(&server, None)).await.unwrap_err();
    assert_eq!((error.code, error.transient, server.asked().len()), ("timeout", true, 3));
}
