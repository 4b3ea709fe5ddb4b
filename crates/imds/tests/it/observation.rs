//! What whoever watches is told, and when.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use imds::{
    Befallen, Ending, FaultEffect, FaultRate, FaultRule, FaultStatus, FaultTarget, Faults, Observation,
    Observer, RequestKind, ResetMoment,
};
use metadata::{Access, Method};
use net::Introduction;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use crate::world::{PUT_TOKEN, START, World, instance};

const CREDENTIALS: &str = "/latest/meta-data/iam/security-credentials/app";

#[derive(Debug, Default)]
struct Notes(Mutex<Vec<Observation>>);

impl Observer for Notes {
    fn observe(&self, observation: Observation) {
        self.0.lock().unwrap().push(observation);
    }
}

impl Notes {
    fn watch(world: &World) -> Arc<Self> {
        let notes = Arc::new(Self::default());
        world.service.set_observer(Some(Arc::clone(&notes) as Arc<dyn Observer>));
        notes
    }

    /// What there is when a client has its answer: it is told before.
    fn take(&self) -> Vec<Observation> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[test]
fn a_hand_out_is_seen_from_token_to_credentials() {
    let world = World::start(&[instance(1)]);
    let notes = Notes::watch(&world);
    let token = world.token();
    world.clock.advance(Duration::from_millis(1500));
    let request = format!(
        "GET /{CREDENTIALS}?x HTTP/1.1\r\nUser-Agent: Botocore/1.44.5\r\nx-aws-ec2-metadata-token: {token}\r\n\r\n"
    );
    let body = world.ask(request).body;
    world.get("/latest/meta-data/instance-id");
    world.get_with("bad", "/latest/meta-data/instance-id");
    let [put, get, v1, bad] = notes.take().try_into().unwrap();

    assert_eq!(
        (put.method, put.kind, put.path.as_str()),
        (Method::Put, RequestKind::Token, "/latest/api/token")
    );
    assert_eq!((put.arrived, put.settled, put.user_agent), (START, START, None));
    assert_eq!(put.instance_id, Some(instance(1).instance_id));
    assert_eq!((get.kind, get.path.as_str()), (RequestKind::Credentials, CREDENTIALS));
    assert_eq!(get.arrived, START + Duration::from_millis(1500));
    assert_eq!(get.user_agent.as_deref(), Some("Botocore/1.44.5"));
    assert_eq!((get.access, get.token), (Access::V2, put.token));
    assert_eq!((get.ending, get.befallen), (Ending::Answered(200), Befallen::default()));
    let grant = get.grant.unwrap();
    assert!(body.contains(grant.access_key_id.as_str()));
    assert_eq!(grant.expiration, Some(START + Duration::from_secs(5 * 3600 + 1800)));
    assert_eq!((v1.access, v1.token, v1.grant), (Access::V1, None, None));
    assert_eq!((bad.access, bad.ending), (Access::BadToken, Ending::Answered(401)));
    assert!(bad.token.is_some() && bad.token != put.token);
    assert!(put.connection < get.connection && get.connection < v1.connection);
    assert_eq!([put.request, get.request], [1, 1]);
}

#[test]
fn requests_on_one_connection_are_counted() {
    let world = World::start(&[instance(1)]);
    let notes = Notes::watch(&world);
    let mut client = world.connect();
    for _ in 0..3 {
        client.send("GET /latest HTTP/1.1\r\nConnection: keep-alive\r\n\r\n");
        client.reply();
    }
    let seen = notes.take();
    assert_eq!(seen.iter().map(|seen| seen.request).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(seen.iter().all(|one| one.connection == seen[0].connection));
}

#[test]
fn faults_are_seen_with_what_they_did() {
    let world = World::start(&[instance(1)]);
    let notes = Notes::watch(&world);
    let token = world.token();
    notes.take();
    world.clock.advance(Duration::from_secs(1));
    let path = "/latest/meta-data/instance-id";
    let get = format!("GET {path} HTTP/1.1\r\nX-aws-ec2-metadata-token: {token}\r\n\r\n");
    for (effect, ending) in [
        (FaultEffect::Hang, Ending::Unanswered),
        (FaultEffect::Reset(ResetMoment::BeforeAnswer), Ending::Reset),
        (FaultEffect::Reset(ResetMoment::AfterHead), Ending::Reset),
        (FaultEffect::RejectToken, Ending::Answered(401)),
        (FaultEffect::Slow(Duration::ZERO), Ending::Answered(200)),
    ] {
        let rule = FaultRule {
            id: 42,
            target: FaultTarget::Everything,
            version: None,
            rate: FaultRate::ALWAYS,
            effect: effect.clone(),
        };
        world.service.set_faults(Some(Faults { rules: vec![rule], ..Faults::default() }));
        let mut client = world.connect();
        client.send(&get);
        // A reset may have come already. Whatever comes, it ends.
        let _ = client.0.shutdown(std::net::Shutdown::Write);
        let _ = std::io::Read::read_to_end(&mut client.0, &mut Vec::new());
        let [seen] = notes.take().try_into().unwrap();
        assert_eq!((seen.ending, seen.befallen.rule), (ending, Some(42)), "{effect:?}");
    }
    let tokens_lost_before = Some(world.clock.clock().now());
    world.service.set_faults(Some(Faults { tokens_lost_before, ..Faults::default() }));
    world.ask(&get);
    let [seen] = notes.take().try_into().unwrap();
    assert_eq!((seen.ending, seen.befallen.token_lost), (Ending::Answered(401), true));
}

#[test]
fn an_answer_that_comes_too_late_is_none() {
    let world = World::start(&[instance(1)]);
    let notes = Notes::watch(&world);
    let rule = FaultRule {
        id: 1,
        target: FaultTarget::Credentials,
        version: None,
        rate: FaultRate::ALWAYS,
        effect: FaultEffect::Slow(Duration::from_secs(30)),
    };
    world.service.set_faults(Some(Faults { rules: vec![rule], ..Faults::default() }));
    let mut client = world.connect();
    client.send(format!("GET {CREDENTIALS} HTTP/1.1\r\n\r\n"));
    drop(client);
    let start = Instant::now();
    let seen = loop {
        if let Some(seen) = notes.take().pop() {
            break seen;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "it is noticed long before the answer is due");
        std::thread::yield_now();
    };
    assert_eq!((seen.ending, seen.grant), (Ending::Unanswered, None));
}

#[test]
fn container_endpoints_fail_in_their_own_form_and_say_who_called() {
    let world = World::start(&[instance(1)]);
    let notes = Notes::watch(&world);
    let status = FaultStatus::new(500).unwrap();
    let effect = FaultEffect::Status { status, retry_after: None };
    let target = FaultTarget::Container;
    let rule = FaultRule { id: 7, target, version: None, rate: FaultRate::ALWAYS, effect };
    world.service.set_faults(Some(Faults { rules: vec![rule], ..Faults::default() }));
    let text = ask_agent(
        &world,
        "GET /v2/credentials/secret HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n",
    );
    assert!(text.starts_with("HTTP/1.1 500 Internal Server Error\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\nInternal Server Error\n"), "{text}");
    let [seen] = notes.take().try_into().unwrap();
    assert_eq!((seen.kind, seen.path.as_str()), (RequestKind::Container, "/v2/credentials"));
    assert_eq!((seen.process_id, seen.befallen.rule), (Some(4321), Some(7)));
    assert_eq!(world.get("/latest/meta-data/instance-id").status(), 200);
}

/// Asks on a connection that was handed over as one to the agent of ECS.
fn ask_agent(world: &World, request: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let introduction = Introduction {
            destination: "169.254.170.2:80".parse().unwrap(),
            process_id: 4321,
            instance_id: Some(instance(1).instance_id),
        };
        imds::adopt(listener.accept().await.unwrap().0, introduction, &world.service).unwrap();
        client.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).await.unwrap();
        text
    })
}

#[test]
fn who_stops_watching_is_told_nothing_more() {
    let world = World::start(&[instance(1)]);
    let notes = Notes::watch(&world);
    world.ask(PUT_TOKEN);
    world.service.set_observer(None);
    world.ask(PUT_TOKEN);
    assert_eq!(notes.take().len(), 1);
}

#[test]
fn forgotten_documents_are_asked_for_again() {
    let world = World::start(&[instance(1)]);
    let asked = || *world.source.asked.lock().unwrap();
    world.get(CREDENTIALS);
    world.get(CREDENTIALS);
    assert_eq!(asked(), 1);
    world.service.forget_documents();
    world.get(CREDENTIALS);
    world.get(CREDENTIALS);
    assert_eq!(asked(), 2);
}
