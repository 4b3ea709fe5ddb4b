//! A server in a thread, and a client that sends raw bytes.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown as Half, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use imds::{
    AccessRules, CredentialSource, DocumentSigner, Grant, GrantError, GrantRequest, Roster, Service,
    Settings, SignDocumentError, Trail, TrailEntry,
};
use metadata::{Fleet, SignatureKind, TokenKey, TokenKeys};
use net::{Caller, Identifier, Limits, Listener, Place, Shutdown, User};
use sys::{Entropy, FakeClock};
use tokio::time::Instant;
use types::{AccessKeyId, Credentials, Instance, Secret, Timestamp};

/// A running server; dropping it shuts it down.
pub(crate) struct World {
    pub(crate) addr: SocketAddr,
    pub(crate) clock: FakeClock,
    pub(crate) roster: Arc<Roster>,
    pub(crate) service: Arc<Service>,
    pub(crate) source: Arc<Source>,
    pub(crate) signer: Arc<Signer>,
    pub(crate) trail: Arc<KeptTrail>,
    /// Who is taken to call, from whatever address.
    pub(crate) caller: Arc<Mutex<Caller>>,
    /// Whether there is time to identify those who need not be.
    pub(crate) has_time: Arc<AtomicBool>,
    pub(crate) shutdown: Shutdown,
    thread: Option<JoinHandle<()>>,
}

/// Hourly sets that name what they were asked for. Remembers how often it was asked.
#[derive(Debug, Default)]
pub(crate) struct Source {
    pub(crate) asked: Mutex<usize>,
    pub(crate) refusal: Mutex<Option<GrantError>>,
}

/// "Signs" by naming the kind, while nobody holds the gate.
#[derive(Debug, Default)]
pub(crate) struct Signer {
    pub(crate) gate: Mutex<()>,
}

/// Holds what was recorded.
#[derive(Debug, Default)]
pub(crate) struct KeptTrail(pub(crate) Mutex<Vec<TrailEntry>>);

/// One connection.
pub(crate) struct Client(pub(crate) TcpStream);

/// An answer, head and body apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl World {
    pub(crate) fn start(instances: &[Instance]) -> Self {
        Self::start_with(instances, Limits::default(), "127.0.0.1:0")
    }

    pub(crate) fn start_with(instances: &[Instance], limits: Limits, addr: &str) -> Self {
        net::raise_descriptor_limit(16_384);
        let clock = FakeClock::new(START);
        let roster = Arc::new(Roster::new());
        roster.replace_all(instances, START);
        let source = Arc::new(Source::default());
        let signer = Arc::new(Signer::default());
        let trail = Arc::new(KeptTrail::default());
        let caller = Arc::new(Mutex::new(local(Some(USER))));
        let who = Arc::clone(&caller);
        let has_time = Arc::new(AtomicBool::new(true));
        let time = Arc::clone(&has_time);
        let service = Service::new(Settings {
            roster: Arc::clone(&roster),
            token_keys: TokenKeys::new(TokenKey::new(1, &Secret::new([7; 32])), Vec::new()),
            fleet: Fleet::default(),
            credentials: Arc::clone(&source) as Arc<dyn CredentialSource>,
            signer: Arc::clone(&signer) as Arc<dyn DocumentSigner>,
            container_endpoints: Vec::new(),
            access: AccessRules::for_user(USER),
            trail: Arc::clone(&trail) as Arc<dyn Trail>,
            identifier: Identifier::fake_while(
                move |peer| Caller { address: peer.remote.ip(), ..who.lock().unwrap().clone() },
                move || time.load(Relaxed),
            ),
            clock: clock.clock(),
            entropy: Entropy::seeded(1),
            limits,
        });
        let shutdown = Shutdown::new();
        let (thread, addr) = spawn(Arc::clone(&service), shutdown.clone(), addr.parse().unwrap());
        let thread = Some(thread);
        Self { addr, clock, roster, service, source, signer, trail, caller, has_time, shutdown, thread }
    }

    pub(crate) fn connect(&self) -> Client {
        Client::to(self.addr)
    }

    /// Sends one request on a connection of its own and reads until the server closes.
    pub(crate) fn ask(&self, request: impl AsRef<[u8]>) -> Reply {
        let mut client = self.connect();
        client.send(request);
        client.rest()
    }

    /// GET without a token.
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.ask(format!("GET {path} HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n"))
    }

    pub(crate) fn get_with(&self, token: &str, path: &str) -> Reply {
        self.ask(format!("GET {path} HTTP/1.1\r\nX-aws-ec2-metadata-token: {token}\r\n\r\n"))
    }

    pub(crate) fn token(&self) -> String {
        let reply = self.ask(PUT_TOKEN);
        assert_eq!(reply.status(), 200, "{reply:?}");
        reply.body
    }

    /// Whether the server's thread has ended; waits for it.
    pub(crate) fn join(&mut self) {
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.start();
        if let Some(thread) = self.thread.take() {
            // A panic in it is reported by its own output; a second one here would abort.
            let _ = thread.join();
        }
    }
}

fn spawn(service: Arc<Service>, shutdown: Shutdown, addr: SocketAddr) -> (JoinHandle<()>, SocketAddr) {
    let (bound, addrs) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = Listener::bind(addr).unwrap();
            bound.send(listener.local_addr()).unwrap();
            imds::serve(vec![listener], service, shutdown).await;
        });
    });
    (thread, addrs.recv().unwrap())
}

impl CredentialSource for Source {
    fn grant(&self, request: &GrantRequest<'_>, now: Timestamp) -> Result<Grant, GrantError> {
        *self.asked.lock().unwrap() += 1;
        if let Some(refusal) = self.refusal.lock().unwrap().clone() {
            return Err(refusal);
        }
        let rotation = now.since(request.since).as_secs() / 3600;
        let last_updated = request.since + Duration::from_secs(rotation * 3600);
        let whose = request.role.map_or("instance", |role| role.arn.resource());
        Ok(Grant {
            credentials: Credentials {
                access_key_id: AccessKeyId::temporary(request.account_id, [rotation as u8; 10]),
                secret_access_key: Secret::new(format!("{whose} {:?} {rotation}", request.delivery)),
                session_token: Some(Secret::new("token".to_owned())),
                expiration: Some(last_updated + Duration::from_secs(6 * 3600)),
            },
            last_updated,
            fresh_until: last_updated + Duration::from_secs(3600),
        })
    }
}

impl Trail for KeptTrail {
    fn record(&self, entry: TrailEntry) {
        self.0.lock().unwrap().push(entry);
    }
}

impl DocumentSigner for Signer {
    fn sign(&self, document: &[u8], kind: SignatureKind) -> Result<Bytes, SignDocumentError> {
        let _open = self.gate.lock().unwrap();
        match kind {
            SignatureKind::Pkcs7 => Err(SignDocumentError("no key".to_owned())),
            _ => Ok(format!("{kind:?} of {} bytes", document.len()).into()),
        }
    }
}

impl Client {
    pub(crate) fn to(addr: SocketAddr) -> Self {
        let socket = TcpStream::connect(addr).unwrap();
        // Far above what any test waits for: a test that hits it fails.
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.set_nodelay(true).unwrap();
        Self(socket)
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).unwrap();
    }

    pub(crate) fn shut_write(&self) {
        self.0.shutdown(Half::Write).unwrap();
    }

    /// One answer, framed by its `Content-Length`.
    pub(crate) fn reply(&mut self) -> Reply {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let mut reply = Reply { head, body: String::new() };
        let mut body = vec![0; reply.header("Content-Length").unwrap().parse().unwrap()];
        self.0.read_exact(&mut body).unwrap();
        reply.body = String::from_utf8(body).unwrap();
        reply
    }

    /// The one answer that comes before the server closes.
    pub(crate) fn rest(&mut self) -> Reply {
        let text = String::from_utf8(self.bytes()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head in {text:?}"));
        Reply { head: format!("{head}\r\n\r\n"), body: body.to_owned() }
    }

    /// Everything until the server closes.
    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// Waits for the server to close; a reset will do.
    pub(crate) fn expect_close(&mut self) {
        let mut byte = [0];
        match self.0.read(&mut byte) {
            Ok(0) => {}
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
            other => panic!("expected the end, got {other:?}"),
        }
    }
}

impl Reply {
    pub(crate) fn status(&self) -> u16 {
        self.head[9..12].parse().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Waits for what the server does by itself.
pub(crate) fn wait_until(done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(20), "not in time");
        std::thread::yield_now();
    }
}

/// A process of this machine, whoever's it is.
pub(crate) fn local(user: Option<u32>) -> Caller {
    let user = user.map(|id| User { id, name: None });
    Caller { user, ..Caller::unknown(Place::ThisMachine, [127, 0, 0, 1].into()) }
}

/// An instance like EC2's plainest, numbered `n`.
pub(crate) fn instance(n: u8) -> Instance {
    let text = TEMPLATE.replace("NN", &format!("{n:02x}"));
    toml::from_str(&text).unwrap()
}

/// The user who is given credentials.
pub(crate) const USER: u32 = 1000;

pub(crate) const PUT_TOKEN: &str =
    "PUT /latest/api/token HTTP/1.1\r\nX-aws-ec2-metadata-token-ttl-seconds: 21600\r\n\r\n";

/// 2026-11-21T08:00:00Z
pub(crate) const START: Timestamp = Timestamp::from_secs(1_795_248_000);

const TEMPLATE: &str = r#"
InstanceId = "i-0123456789abcdeNN"
AccountId = "111122223333"
ImageId = "ami-0fef201115eefe936"
InstanceType = "t3.nano"
Architecture = "x86_64"
LaunchTime = "2026-11-21T06:30:00Z"
ReservationId = "r-0123456789abcdef0"

[Placement]
Region = "us-east-1"
AvailabilityZone = "us-east-1a"
AvailabilityZoneId = "use1-az4"

[MetadataOptions]
HttpEndpoint = "enabled"
HttpTokens = "optional"
HttpPutResponseHopLimit = 1
HttpProtocolIpv6 = "enabled"
InstanceMetadataTags = "disabled"

[IamInstanceProfile]
Arn = "arn:aws:iam::111122223333:instance-profile/p"
Id = "AIPAQ3EGVXYZABCDEFGH"
AssociatedAt = "2026-11-21T07:30:00Z"

[IamInstanceProfile.Role]
RoleName = "app"
Arn = "arn:aws:iam::111122223333:role/app"
RoleId = "AROAQ3EGVXYZABCDEFGH"

[[NetworkInterfaces]]
MacAddress = "0e:49:61:0f:c3:NN"
NetworkInterfaceId = "eni-0123456789abcdef0"
DeviceNumber = 0
PrivateIpAddresses = ["10.0.1.10"]
SecurityGroups = [{ GroupName = "default", GroupId = "sg-0123456789abcdef0" }]
SubnetId = "subnet-0123456789abcdef0"
SubnetIpv4CidrBlock = "10.0.1.0/24"
VpcId = "vpc-0123456789abcdef0"
VpcIpv4CidrBlocks = ["10.0.0.0/16"]
"#;
