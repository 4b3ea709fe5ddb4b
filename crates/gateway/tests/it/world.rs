//! A gateway in this process, over an account in memory, at a time of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use account::denial::EncodedMessages;
use account::directory::AccessKey;
use account::ec2::UnrenderedHost;
use account::iam::{access_key, bootstrap, user};
use account::identifier::Seed;
use account::{Account, Caller, Instances, Keyring, MasterKey, SessionIssuer};
use gateway::{CallRecord, Gateway, LimitSettings, Outcome, Recorder, Settings, serve};
use net::{Limits, Listener, Shutdown, Tls};
use objects::{ObjectLimits, Objects};
use store::MemoryStore;
use sys::fs::Bodies;
use sys::{Entropy, FakeClock};
use types::Timestamp;

use crate::client::{Client, Reply};
use crate::draft::Draft;

pub(crate) struct World {
    /// Where objects lie.
    _directory: tempfile::TempDir,
    pub(crate) address: SocketAddr,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) account: Arc<Account>,
    pub(crate) sessions: SessionIssuer,
    pub(crate) clock: FakeClock,
    pub(crate) calls: Arc<Calls>,
    /// May do everything.
    pub(crate) admin: Arc<AccessKey>,
    /// May do nothing.
    pub(crate) nobody: Arc<AccessKey>,
    pub(crate) shutdown: Shutdown,
}

/// What was told of calls, in words.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<Vec<Told>>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) request_id: String,
    pub(crate) service: String,
    pub(crate) operation: Option<String>,
    pub(crate) caller: Option<String>,
    pub(crate) access_key_id: Option<String>,
    pub(crate) status: u16,
    pub(crate) outcome: Outcome,
    pub(crate) error: Option<String>,
    pub(crate) is_secure: bool,
    /// All of it, as a log would have it.
    pub(crate) shown: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Limits::default(), None)
    }

    /// One where a signature is good once.
    pub(crate) fn refusing_replays() -> Self {
        Self::made(Limits::default(), None, |settings| Gateway::refusing_replays(settings, 2))
    }

    pub(crate) fn with(limits: Limits, tls: Option<Tls>) -> Self {
        Self::made(limits, tls, Gateway::new)
    }

    /// One where callers may ask so often.
    pub(crate) fn limited(request_limits: LimitSettings) -> Self {
        Self::made(Limits::default(), None, |settings| Gateway::new(Settings { request_limits, ..settings }))
    }

    /// One whose process may open so many files for objects, and then none any more.
    pub(crate) fn with_files(files: u64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let bodies = Bodies::with_files(directory.path().join("objects"), files);
        let objects = Arc::new(Objects::with(Arc::new(MemoryStore::new()), bodies, ObjectLimits::AWS));
        let make = |settings| Gateway::new(Settings { objects: Arc::clone(&objects), ..settings });
        Self { _directory: directory, ..Self::made(Limits::default(), None, make) }
    }

    fn made(limits: Limits, tls: Option<Tls>, make: impl Fn(Settings) -> Arc<Gateway>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = FakeClock::new(NOW.parse().unwrap());
        let (store, seed) = (Arc::new(MemoryStore::new()), Seed::from_text("gateway"));
        let account = Account::open(store.clone(), ACCOUNT.parse().unwrap()).unwrap();
        let (admin, nobody) = people(&account, clock.clock().now());
        let sessions = SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])));
        let (account, calls) = (Arc::new(account), Arc::new(Calls::default()));
        let gateway = make(Settings {
            account: Arc::clone(&account),
            sessions: sessions.clone(),
            host: Arc::new(UnrenderedHost::new(Instances::new(store.clone(), seed), seed)),
            objects: Arc::new(Objects::new(store, directory.path().to_owned())),
            recorder: Arc::clone(&calls) as Arc<dyn Recorder>,
            history: Arc::new(crate::cloudtrail::Past),
            encoded_messages: EncodedMessages::default(),
            region: "us-east-1".parse().unwrap(),
            clock: clock.clock(),
            entropy: Entropy::seeded(8),
            limits,
            request_limits: LimitSettings::OFF,
        });
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let (address, shutdown) = (listener.local_addr(), Shutdown::new());
        tokio::spawn(serve(vec![listener], Arc::clone(&gateway), tls, shutdown.clone()));
        Self {
            _directory: directory,
            address,
            gateway,
            account,
            sessions,
            clock,
            calls,
            admin,
            nobody,
            shutdown,
        }
    }

    /// A form, signed by the administrator.
    pub(crate) fn form(&self, service: &str, body: &str) -> Draft {
        Draft::form(self.address, &self.admin, service, body)
    }

    /// A form, signed by whom nothing is allowed.
    pub(crate) fn form_by_nobody(&self, service: &str, body: &str) -> Draft {
        Draft::form(self.address, &self.nobody, service, body)
    }

    pub(crate) async fn connect(&self) -> Client {
        Client::connect(self.address).await
    }

    /// The answer to one request on a connection of its own.
    pub(crate) async fn send(&self, draft: &Draft) -> Reply {
        self.send_bytes(&draft.bytes()).await
    }

    pub(crate) async fn send_bytes(&self, bytes: &[u8]) -> Reply {
        let mut client = self.connect().await;
        client.write(bytes).await;
        client.read().await
    }
}

fn people(account: &Account, now: Timestamp) -> (Arc<AccessKey>, Arc<AccessKey>) {
    let made = account.change(|directory| {
        let admin = bootstrap::bootstrap(directory, now, &[1; 64])?.access_key;
        let new = user::NewUser { user_name: "nobody".to_owned(), ..user::NewUser::default() };
        user::create(directory, new, now, &[2; 64])?;
        Ok::<_, account::ServiceError>((admin, access_key::create(directory, Some("nobody"), now, &[3; 64])?))
    });
    made.unwrap()
}

impl Calls {
    pub(crate) fn all(&self) -> Vec<Told> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Told {
        self.all().pop().expect("a call was made")
    }
}

impl Recorder for Calls {
    fn record(&self, call: &CallRecord<'_>) {
        self.0.lock().unwrap().push(Told {
            request_id: call.request_id.to_owned(),
            service: call.service.to_owned(),
            operation: call.operation.map(str::to_owned),
            caller: call.caller.and_then(Caller::arn).map(|arn| arn.to_string()),
            access_key_id: call.access_key_id.map(str::to_owned),
            status: call.status,
            outcome: call.outcome,
            error: call.error.map(|(code, _)| code.to_owned()),
            is_secure: call.security.is_some(),
            shown: format!("{call:?}"),
        });
    }
}

/// Patient with everything but what a test is about.
pub(crate) fn patient() -> Limits {
    let hour = Duration::from_secs(3600);
    Limits { head: hour, idle: hour, stuck: hour, body: hour, ..Limits::default() }
}

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const NOW: &str = "2026-11-21T12:00:00Z";

pub(crate) const WHO: &str = "Action=GetCallerIdentity&Version=2011-06-15";
