//! The real service on loopback: for every instance of the test data one server, reached over IPv4 and IPv6, all on a
//! clock that the cases move.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use imds::{AccessRules, NoTrail, Roster, Service, Settings};
use metadata::{Fleet, TokenKey, TokenKeys};
use net::{Caller, Identifier, Limits, Listener, Peer, Place, Shutdown, User};
use sys::{Clock, Entropy, FakeClock};
use tokio::task::JoinHandle;
use types::{Instance, Secret, Timestamp};

use crate::case::Over;
use crate::client::Client;
use crate::files;
use crate::makers::{FixedCredentials, FixedSignatures};

/// A running service.
#[derive(Debug)]
pub(crate) struct World {
    addrs: BTreeMap<String, Addrs>,
    fake: FakeClock,
    clock: Clock,
    shutdown: Shutdown,
    serving: Vec<JoinHandle<()>>,
}

#[derive(Clone, Copy, Debug)]
struct Addrs {
    ipv4: SocketAddr,
    ipv6: SocketAddr,
    agent: SocketAddr,
}

impl World {
    /// Starts it. Must be called within a tokio runtime.
    pub(crate) fn start() -> Self {
        let fake = FakeClock::new(Timestamp::from_secs(START));
        let (clock, shutdown) = (fake.clock(), Shutdown::new());
        let (mut addrs, mut serving) = (BTreeMap::new(), Vec::new());
        for (name, instance) in files::instances() {
            let listeners =
                [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()]
                    .map(listen);
            let [ipv4, ipv6, agent] = listeners.each_ref().map(Listener::local_addr);
            addrs.insert(name, Addrs { ipv4, ipv6, agent });
            let service = service(&instance, &clock, agent);
            serving.push(tokio::spawn(imds::serve(listeners.into(), service, shutdown.clone())));
        }
        Self { addrs, fake, clock, shutdown, serving }
    }

    pub(crate) fn addr(&self, instance: &str, over: Over) -> SocketAddr {
        let at = self.addrs.get(instance).unwrap_or_else(|| panic!("no instance is called {instance}"));
        match over {
            Over::Ipv4 => at.ipv4,
            Over::Ipv6 => at.ipv6,
            Over::Agent => at.agent,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.fake.advance(Duration::from_secs(seconds));
    }

    /// A session token of `instance`.
    pub(crate) async fn token(&self, instance: &str, ttl: &str) -> String {
        let request = format!(
            "PUT /latest/api/token HTTP/1.1\r\nHost: 127.0.0.1\r\nX-aws-ec2-metadata-token-ttl-seconds: {ttl}\r\n\r\n"
        );
        let mut client = Client::connect(self.addr(instance, Over::Ipv4)).await;
        client.send(request.as_bytes(), false).await;
        let response = String::from_utf8(client.rest().await.bytes).expect("a token is text");
        let token = response.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
        assert_eq!(token.len(), 56, "{instance} gives no token: {response:?}");
        token.to_owned()
    }

    /// Lets running requests end; a service that has died shows here.
    pub(crate) async fn stop(self) {
        self.shutdown.start();
        for serving in self.serving {
            serving.await.expect("the service does not panic");
        }
    }
}

fn service(instance: &Instance, clock: &Clock, agent: SocketAddr) -> Arc<Service> {
    let roster = Roster::new();
    roster.replace(instance, clock.now());
    Service::new(Settings {
        roster: Arc::new(roster),
        token_keys: TokenKeys::new(TokenKey::new(1, &Secret::new([7; 32])), Vec::new()),
        fleet: Fleet::default(),
        credentials: Arc::new(FixedCredentials),
        signer: Arc::new(FixedSignatures),
        container_endpoints: vec![agent],
        access: AccessRules::for_user(USER),
        trail: Arc::new(NoTrail),
        identifier: Identifier::fake(user),
        clock: clock.clone(),
        entropy: Entropy::seeded(2),
        limits: Limits::default(),
    })
}

/// A process of the user who is given credentials.
fn user(peer: Peer) -> Caller {
    let user = Some(User { id: USER, name: None });
    Caller { user, ..Caller::unknown(Place::ThisMachine, peer.remote.ip()) }
}

fn listen(ip: IpAddr) -> Listener {
    Listener::bind(SocketAddr::new(ip, 0)).expect("loopback has free ports")
}

const USER: u32 = 1000;

/// 2026-11-22T10:00:00Z, after every instance was launched.
const START: i64 = 1_795_341_600;
