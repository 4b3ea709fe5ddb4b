//! What is told of calls, and what is kept of denials.

use gateway::Outcome;
use prometheus_client::registry::Registry;

use crate::attacks::session;
use crate::world::{WHO, World};

#[tokio::test]
async fn every_call_is_told_by_whom_it_was_and_what_came_of_it() {
    let world = World::new();
    let admin = Some("arn:aws:iam::123456789012:user/admin".to_owned());
    let list = "Action=ListUsers&Version=2010-05-08";
    for (draft, service, operation, caller, outcome, error) in [
        (
            world.form("sts", WHO).signed(),
            "sts",
            Some("GetCallerIdentity"),
            admin.clone(),
            Outcome::Done,
            None,
        ),
        (
            world.form("iam", list),
            "iam",
            Some("ListUsers"),
            None,
            Outcome::Unauthenticated,
            Some("MissingAuthenticationToken"),
        ),
        (
            world.form_by_nobody("iam", list).signed(),
            "iam",
            Some("ListUsers"),
            Some("arn:aws:iam::123456789012:user/nobody".to_owned()),
            Outcome::Denied,
            Some("AccessDenied"),
        ),
        (
            world.form("iam", "Action=GetUser&Version=2010-05-08&UserName=none").signed(),
            "iam",
            Some("GetUser"),
            admin.clone(),
            Outcome::Refused,
            Some("NoSuchEntity"),
        ),
        (
            world.form("iam", "Action=GetUser&Version=1").signed(),
            "iam",
            None,
            None,
            Outcome::Refused,
            Some("InvalidAction"),
        ),
        (
            world.form("iam", "Action=CreateUser&Version=2010-05-08&UserName=new").signed(),
            "iam",
            Some("CreateUser"),
            admin.clone(),
            Outcome::Done,
            None,
        ),
    ] {
        let reply = world.send(&draft).await;
        let told = world.calls.last();
        assert_eq!(Some(told.request_id.as_str()), reply.header("x-amzn-requestid"));
        let read = (
            &*told.service,
            told.operation.as_deref(),
            told.caller.clone(),
            told.outcome,
            told.error.as_deref(),
        );
        assert_eq!(read, (service, operation, caller, outcome, error), "{reply:?}");
        assert_eq!(told.status, reply.status);
    }
    assert_eq!(world.calls.all().len(), 6);
}

#[tokio::test]
async fn no_record_holds_a_secret() {
    let world = World::new();
    let session = session(&world);
    let drafts = [
        world.form("sts", WHO).by(&session).signed(),
        world.form("sts", "").get(WHO).by(&session).presigned(),
        world.form("iam", "Action=CreateAccessKey&Version=2010-05-08&UserName=nobody").signed(),
        world.form("sts", WHO).by(&session).signed().saying("x"),
    ];
    let mut secrets = vec![
        session.secret_access_key.expose().clone(),
        session.session_token.as_ref().unwrap().expose().clone(),
        world.admin.secret_access_key.expose().clone(),
    ];
    for draft in &drafts {
        let reply = world.send(draft).await;
        secrets.extend(reply.element("SecretAccessKey"));
        let field = draft.header("authorization");
        secrets.extend(field.split_once("Signature=").map(|(_, signature)| signature.to_owned()));
    }
    for told in world.calls.all() {
        for secret in &secrets {
            assert!(!told.shown.contains(secret.as_str()), "{}", told.shown);
        }
    }
}

#[tokio::test]
async fn a_denial_is_kept_under_the_id_of_its_request() {
    let world = World::new();
    let reply =
        world.send(&world.form_by_nobody("iam", "Action=ListUsers&Version=2010-05-08").signed()).await;
    let denial = world.gateway.denials().find(reply.header("x-amzn-requestid").unwrap()).expect("it is kept");
    assert_eq!((denial.action.as_str(), denial.service.as_str()), ("iam:ListUsers", "iam"));
    assert!(world.gateway.denials().find("none").is_none());
}

#[tokio::test]
async fn calls_are_counted_by_service_and_outcome() {
    let world = World::new();
    world.send(&world.form("sts", WHO).signed()).await;
    world.send(&world.form("sts", WHO)).await;
    let mut registry = Registry::default();
    world.gateway.metrics().register(&mut registry);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    for outcome in ["done", "unauthenticated"] {
        let line = format!("linklocal_account_calls_total{{service=\"sts\",outcome=\"{outcome}\"}} 1");
        assert!(text.contains(&line), "{text}");
    }
}
