//! Roles at an STS on loopback: what is asked, MFA, chains, tokens from files, and what its errors come to.

use std::sync::{Arc, Mutex};

use credentials::{Context, Keep, Prompt, PromptError, ResolveError, Resolved, caller_identity, resolve};
use profile::Place;
use profile::plan::{AssumeRole, MfaSource, Provider, SessionDetails, StaticKeys, StsTarget, WebIdentity};
use profile::settings::Found;
use types::Secret;

use crate::server::{Answer, Asked, Server};
use crate::world::World;

/// Somebody who types these lines, one after the other.
#[derive(Debug)]
struct Typist {
    lines: Mutex<Vec<&'static str>>,
    heard: Mutex<Vec<String>>,
}

impl Prompt for Typist {
    fn is_there(&self) -> bool {
        true
    }

    fn ask(&self, question: &str) -> Result<Secret<String>, PromptError> {
        self.heard.lock().unwrap().push(question.to_owned());
        let line = self.lines.lock().unwrap().pop();
        line.map(|line| Secret::new(line.to_owned())).ok_or(PromptError::NoTerminal)
    }

    fn tell(&self, line: &str) {
        self.heard.lock().unwrap().push(line.to_owned());
    }
}

fn typist(lines: &[&'static str]) -> Arc<Typist> {
    let lines = lines.iter().rev().copied().collect();
    Arc::new(Typist { lines: Mutex::new(lines), heard: Mutex::default() })
}

fn target(server: &Server) -> StsTarget {
    StsTarget {
        region: Found::by_default("eu-west-1".to_owned()),
        endpoint_url: Found::new(server.url(), Place::variable("AWS_ENDPOINT_URL_STS")),
    }
}

fn keys(id: &str) -> StaticKeys {
    StaticKeys {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new("hunter2".to_owned()),
        session_token: None,
        account_id: None,
        expiration: None,
    }
}

fn role(server: &Server, name: &str, base: Provider) -> AssumeRole {
    AssumeRole {
        base,
        profile: "p".to_owned(),
        role_arn: format!("arn:aws:iam::123456789012:role/{name}"),
        role_session_name: None,
        external_id: None,
        duration_seconds: None,
        mfa_serial: None,
        mfa_source: MfaSource::Any,
        details: SessionDetails::default(),
        sts: target(server),
    }
}

fn base() -> Provider {
    Provider::Static(keys("AKIABASE"))
}

/// The context of a test: nothing is kept, so that every question is asked.
fn context(world: &World) -> Context {
    Context { keep: Keep { read: false, write: false, ..Keep::default() }, ..world.networked() }
}

async fn assume(world: &World, role: AssumeRole) -> Result<Resolved, ResolveError> {
    resolve(&context(world), &Provider::AssumeRole(Box::new(role))).await
}

/// What STS answers to `AssumeRole` and its like.
fn session(action: &str, role: &str) -> String {
    format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><Credentials>\
         <AccessKeyId>ASIA{role}</AccessKeyId><SecretAccessKey>s/+=&amp;{role}</SecretAccessKey>\
         <SessionToken>tok-{role}</SessionToken><Expiration>2037-01-01T00:00:00Z</Expiration></Credentials>\
         <AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId>\
         <Arn>arn:aws:sts::123456789012:assumed-role/{role}/x</Arn></AssumedRoleUser></{action}Result>\
         <ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></{action}Response>"
    )
}

fn fault(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>id</RequestId></ErrorResponse>"
    )
}

/// Gives whoever asks the role that is asked for.
fn obliging(asked: &Asked) -> Answer {
    let role = asked.body.split("role%2F").nth(1).unwrap().split('&').next().unwrap();
    let action = asked.body.split('&').next().unwrap().strip_prefix("Action=").unwrap();
    Some((200, session(action, role)))
}

fn signer(asked: &Asked) -> String {
    let credential = asked.header("authorization").unwrap().split_once("Credential=").unwrap().1;
    credential.split('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn role_is_asked_for_with_every_key_of_the_profile() {
    let (world, server) = (World::new(), Server::start(obliging).await);
    let role = AssumeRole {
        role_session_name: Some("me@home".to_owned()),
        external_id: Some("a b:/c".to_owned()),
        duration_seconds: Some(900),
        ..role(&server, "r", base())
    };
    let resolved = assume(&world, role).await.unwrap();
    assert_eq!(resolved.access_key_id, "ASIAr");
    assert_eq!(resolved.secret_access_key.expose(), "s/+=&r");
    assert_eq!(resolved.account_id.as_deref(), Some("123456789012"));
    assert_eq!(resolved.arn.as_deref(), Some("arn:aws:sts::123456789012:assumed-role/r/x"));
    let asked = &server.asked()[0];
    assert_eq!(
        asked.body,
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr\
         &RoleSessionName=me%40home&DurationSeconds=900&ExternalId=a%20b%3A%2Fc"
    );
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded; charset=utf-8"));
    let authorization = asked.header("authorization").unwrap();
    assert!(
        authorization.contains("Credential=AKIABASE/20090213/eu-west-1/sts/aws4_request"),
        "{authorization}"
    );
}

#[tokio::test]
async fn each_role_of_a_chain_is_asked_for_with_the_one_before() {
    let (world, server) = (World::new(), Server::start(obliging).await);
    let first = Provider::AssumeRole(Box::new(role(&server, "one", base())));
    let resolved = assume(&world, role(&server, "two", first)).await.unwrap();
    assert_eq!(resolved.access_key_id, "ASIAtwo");
    let asked = server.asked();
    assert_eq!(asked.iter().map(signer).collect::<Vec<_>>(), ["AKIABASE", "ASIAone"]);
    assert_eq!(asked[1].header("x-amz-security-token"), Some("tok-one"));
    assert!(asked[0].body.contains("RoleSessionName=linklocal-1234567890"), "{}", asked[0].body);
}

#[tokio::test]
async fn code_of_the_device_is_asked_for_until_it_is_right() {
    let server = Server::start(|asked| match asked.body.contains("TokenCode=222222") {
        true => obliging(asked),
        false => Some((
            403,
            fault("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. "),
        )),
    })
    .await;
    let (world, person) = (World::new(), typist(&["12a", " 111111 ", "222222"]));
    let serial = "arn:aws:iam::123456789012:mfa/me".to_owned();
    let role = AssumeRole { mfa_serial: Some(serial), ..role(&server, "r", base()) };
    let provider = Provider::AssumeRole(Box::new(role));
    let context = Context { prompt: person.clone(), ..context(&world) };
    resolve(&context, &provider).await.unwrap();
    let question = "Enter MFA code for arn:aws:iam::123456789012:mfa/me: ";
    let wrong = "AWS does not take this code; a code works once: wait for the next one";
    assert_eq!(*person.heard.lock().unwrap(), [question, "a code has six digits", question, wrong, question]);
    let sent = "&SerialNumber=arn%3Aaws%3Aiam%3A%3A123456789012%3Amfa%2Fme&TokenCode=222222";
    assert!(server.asked()[1].body.ends_with(sent));

    let alone = resolve(&crate::sts::context(&world), &provider).await.unwrap_err();
    assert_eq!(alone.code, "mfa");
    assert!(alone.what.contains("needs a code of MFA device"), "{alone}");
    assert!(alone.what.contains("mfa/me: there is no terminal to ask at"), "{alone}");
    assert!(alone.remedy.contains("in a terminal"), "{}", alone.remedy);
}

#[tokio::test]
async fn token_of_a_file_is_sent_unsigned_and_read_anew() {
    let (world, server) = (World::new(), Server::start(obliging).await);
    let path = world.write("tok", "JWT.ONE").to_str().unwrap().to_owned();
    let provider = Provider::WebIdentity(WebIdentity {
        role_arn: "arn:aws:iam::123456789012:role/web".to_owned(),
        token_file: path.clone(),
        role_session_name: None,
        duration_seconds: None,
        details: SessionDetails::default(),
        sts: target(&server),
    });
    let context = context(&world);
    resolve(&context, &provider).await.unwrap();
    world.write("tok", "JWT.TWO");
    resolve(&context, &provider).await.unwrap();
    let asked = server.asked();
    assert!(
        asked[0].body.ends_with("&WebIdentityToken=JWT.ONE")
            && asked[1].body.ends_with("&WebIdentityToken=JWT.TWO")
    );
    assert_eq!(asked[0].header("authorization"), None);

    std::fs::remove_file(&path).unwrap();
    let missing = resolve(&context, &provider).await.unwrap_err();
    assert!(missing.code == "token-file" && missing.what.contains(&path), "{missing}");
    world.write("tok", &"x".repeat(20_001));
    let long = resolve(&context, &provider).await.unwrap_err();
    assert!(long.what.contains("is larger than 20000 bytes"), "{long}");
    world.write("tok", " \n");
    let empty = resolve(&context, &provider).await.unwrap_err();
    assert!(empty.what.ends_with("is empty"), "{empty}");
}

#[tokio::test]
async fn errors_are_shown_with_what_to_do_and_asked_again_only_where_that_helps() {
    // Status, code, message, questions, words of the remedy.
    let cases: &[(u16, &str, &str, usize, &str)] = &[
        (
            403,
            "AccessDenied",
            "User: arn:aws:iam::1:user/u is not authorized to perform: sts:AssumeRole on resource: r",
            1,
            "trust policy must name the caller",
        ),
        (
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.",
            1,
            "ARN of this user's own device",
        ),
        (
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            1,
            "unknown, deleted or inactive",
        ),
        (403, "SignatureDoesNotMatch", "…", 1, "belongs to another key id"),
        (
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            1,
            "3600",
        ),
        (
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            1,
            "maximum is lower",
        ),
        (403, "ExpiredToken", "The security token included in the request is expired", 1, "get a new one"),
        (403, "RegionDisabledException", "STS is not activated in this region", 1, "another region"),
        (400, "Throttling", "Rate exceeded", 3, "try again"),
        (503, "ServiceUnavailable", "later", 3, "try again"),
        (400, "SomethingNew", "words", 1, "API reference"),
    ];
    for (status, code, message, questions, words) in cases {
        let body = fault(code, message);
        let (world, server) = (World::new(), Server::start(move |_| Some((*status, body.clone()))).await);
        let error = assume(&world, role(&server, "r", base())).await.unwrap_err();
        assert_eq!(error.aws_code.as_deref(), Some(*code));
        assert_eq!(
            error.what,
            format!("role arn:aws:iam::123456789012:role/r of profile p: STS answers {code}: {message}")
        );
        assert!(error.remedy.contains(words), "{code} {message}: {}", error.remedy);
        assert_eq!(server.asked().len(), *questions, "{code}");
    }
}

#[tokio::test]
async fn endpoints_that_are_not_sts_are_told() {
    let cases: &[(u16, &str, &str, &str)] = &[
        (200, "<html>hunter2<br></html>", "garbage", "is not XML"),
        (200, "{\"a\":\"hunter2\"}", "garbage", "is not XML"),
        (200, "<AssumeRoleResponse/>", "garbage", "is not XML from byte 21 on"),
        (200, "<R><AccessKeyId>hunter2</AccessKeyId></R>", "garbage", "has no Expiration"),
        (404, "hunter2", "refused", "the endpoint answers HTTP 404"),
        (
            0,
            "HTTP/1.1 301 X\r\nLocation: https://evil.example/hunter2\r\nContent-Length: 0\r\n\r\n",
            "redirect",
            "to https://evil.example, which is not followed",
        ),
        (0, "HTTP/1.1 200 X\r\nContent-Length: 2000000\r\n\r\n", "too-large", "larger than 1048576 bytes"),
        (0, "HTTP/1.1 hunter2\r\n\r\n", "protocol", "does not speak HTTP"),
    ];
    for (status, body, code, words) in cases {
        let answer: Answer = Some((*status, (*body).to_owned()));
        let (world, server) = (World::new(), Server::start(move |_| answer.clone()).await);
        let error = assume(&world, role(&server, "r", base())).await.unwrap_err();
        assert!(error.code == *code && error.what.contains(words), "{error:?}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn clock_that_is_wrong_is_made_up_for_once_it_is_known() {
    let server = Server::start(|asked| match asked.header("x-amz-date").unwrap().starts_with("20090214T0031") {
        true => obliging(asked),
        false => {
            let body = fault("SignatureDoesNotMatch", "Signature expired: 20090213T233130Z is now earlier than …");
            let length = body.len();
            Some((0, format!("HTTP/1.1 403 X\r\nDate: Sat, 14 Feb 2009 00:31:30 GMT\r\nContent-Length: {length}\r\n\r\n{body}")))
        }
    })
    .await;
    let world = World::new();
    let context = context(&world);
    resolve(&context, &Provider::AssumeRole(Box::new(role(&server, "r", base())))).await.unwrap();
    assert_eq!((server.asked().len(), context.skew.millis()), (2, Some(3_600_000)));
}

#[tokio::test]
async fn caller_is_named_by_sts() {
    let body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</Arn><UserId>AIDA</UserId>\
                <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let (world, server) = (World::new(), Server::start(move |_| Some((200, body.to_owned()))).await);
    let who = caller_identity(&context(&world), &target(&server), &Resolved::from(&keys("AKIABASE")))
        .await
        .unwrap();
    assert_eq!(
        (who.account.as_str(), who.arn.as_str(), who.user_id.as_str()),
        ("123456789012", "arn:aws:iam::1:user/u", "AIDA")
    );
    assert_eq!(server.asked()[0].body, "Action=GetCallerIdentity&Version=2011-06-15");
}
