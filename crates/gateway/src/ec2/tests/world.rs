//! An account with instances, who asks it, and how what it answers is compared.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use account::denial::EncodedMessages;
use account::ec2::{InstanceHost as _, UnrenderedHost};
use account::iam::bootstrap::bootstrap;
use account::iam::user;
use account::identifier::Seed;
use account::{
    Account, Arrival, Caller, Check, Declaration, DenialRecord, InstanceError, Instances, Keyring, MasterKey,
    ServiceError, SessionIssuer,
};
use objects::Objects;
use serde_json::{Map, Value as Json, json};
use store::MemoryStore;
use types::instance::{InstanceState, Settled, Transition};
use types::{Instance, InstanceId, Timestamp};
use wire::{Structure, Value};

use crate::conversation::{matches, shown};
use crate::{Ask, Denials, Operation};

pub(super) struct World {
    account: Account,
    sessions: SessionIssuer,
    host: UnrenderedHost,
    objects: Objects,
    denials: Denials<DenialRecord>,
    asked: Cell<u8>,
    now: Cell<Timestamp>,
    kept: RefCell<BTreeMap<String, String>>,
}

impl World {
    /// An account with an administrator, the user `nobody`, and two instances in us-east-1: `i-0123456789abcdef0` has a profile of the
    /// account with a role, both called `linklocal`; `i-0fedcba9876543210` has none.
    pub(super) fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let seed = Seed::from_text("gateway");
        let instances = Instances::new(store.clone(), seed);
        let account = Account::open(store.clone(), ACCOUNT.parse().unwrap()).unwrap();
        account
            .change(|directory| {
                bootstrap(directory, NOW, &[9; 64])?;
                let new = user::NewUser { user_name: "nobody".to_owned(), ..Default::default() };
                user::create(directory, new, NOW, &[10; 64]).map(drop)
            })
            .unwrap();
        let host = UnrenderedHost::new(instances, seed).with_transition_delay(Duration::from_secs(2));
        let sessions = SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])));
        let objects = Objects::new(store, std::env::temp_dir());
        let world = Self {
            account,
            sessions,
            host,
            objects,
            denials: Denials::new(8),
            asked: Cell::new(30),
            now: Cell::new(NOW),
            kept: RefCell::default(),
        };
        world.fill();
        world
    }

    fn fill(&self) {
        let first = self.believable("i-0123456789abcdef0", 0);
        let (profile, now) = (first.iam_instance_profile.clone().unwrap(), NOW);
        let role = profile.role.clone().unwrap();
        let known = account::iam::bootstrap::InstanceRole { profile: &profile, role: &role, now };
        self.account
            .change(|directory| {
                account::iam::bootstrap::ensure_instance_role(directory, &known);
                Ok::<_, ServiceError>(())
            })
            .unwrap();
        let second = Instance { iam_instance_profile: None, ..self.believable("i-0fedcba9876543210", 1) };
        self.host.turn().launch(vec![first, second], None).unwrap();
    }

    fn believable(&self, id: &str, index: u32) -> Instance {
        let declared = Declaration { account_id: Some(ACCOUNT.parse().unwrap()), ..Declaration::default() };
        let instance = Declaration::believable().resolve(&declared, self.host.seed(), index, NOW).unwrap();
        Instance { instance_id: id.parse().unwrap(), tags: Default::default(), ..instance }
    }

    pub(super) fn step(&self, step: &Map<String, Json>, place: &str) {
        let step = &self.filled(step);
        let after = step.get("after").and_then(Json::as_u64).unwrap_or_default();
        self.now.set(self.now.get() + Duration::from_secs(after));
        for (id, state) in step.get("settle").and_then(Json::as_object).into_iter().flatten() {
            self.settle(id, state.as_str().unwrap());
        }
        if step.contains_key("call") {
            self.call(step, place);
        }
        for (id, expected) in step.get("sees").and_then(Json::as_object).into_iter().flatten() {
            let instance = self.host.instances().describe(&id.parse().unwrap()).unwrap().instance;
            let found = serde_json::to_value(instance).unwrap();
            assert!(holds(expected, &found), "{place}: {id}\nexpected {expected:#}\nfound    {found:#}");
        }
    }

    /// With what earlier steps kept in place of their names.
    fn filled(&self, step: &Map<String, Json>) -> Map<String, Json> {
        let mut text = serde_json::to_string(step).unwrap();
        for (name, value) in &*self.kept.borrow() {
            text = text.replace(&format!("${name}"), value);
        }
        serde_json::from_str(&text).unwrap()
    }

    fn settle(&self, id: &str, state: &str) {
        let to = match state {
            "running" => Settled::Running,
            "stopped" => Settled::Stopped,
            "terminated" => Settled::Terminated,
            other => panic!("{other} is no state that lasts"),
        };
        let now = self.now.get();
        let transition =
            Transition { to, at: now, settles_at: now, reason: String::new(), state_reason: None };
        let id: InstanceId = id.parse().unwrap();
        let edit = |instance: &mut Instance| {
            instance.life.transition = Some(transition.clone());
            assert_ne!(instance.life.state(now), InstanceState::Pending);
            Ok::<_, InstanceError>(())
        };
        let _ = self.host.instances().update(&id, edit).unwrap();
    }

    fn call(&self, step: &Map<String, Json>, place: &str) {
        let with = step.get("with").and_then(Json::as_object).cloned().unwrap_or_default();
        let with: Vec<(&str, &str)> =
            with.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
        let text = |name: &str, default| step.get(name).and_then(Json::as_str).unwrap_or(default);
        let asked = Asked {
            caller: text("as", "admin"),
            service: text("service", "ec2"),
            region: text("region", "us-east-1"),
            call: text("call", ""),
            with: &with,
        };
        let checks = self.asking(&asked, |operation, ask| (operation.checks)(ask)).unwrap_or_default();
        if let Some(expected) = step.get("checks") {
            assert_eq!(json!(checks.iter().map(named).collect::<Vec<_>>()), *expected, "{place}");
        }
        for (key, expected) in step.get("context").and_then(Json::as_object).into_iter().flatten() {
            let value = checks.iter().find_map(|check| check.context.value(&key.to_ascii_lowercase()));
            let expected = format!("One({expected})");
            assert_eq!(value.map(|value| format!("{value:?}")), Some(expected), "{place}: {key}");
        }
        match self.ask(&asked) {
            Ok(answer) => {
                let nothing = json!({});
                let expected = step.get("answer").unwrap_or(&nothing);
                let answer = shown(&Value::Structure(answer));
                assert!(step.get("error").is_none(), "{place}: was not refused: {answer}");
                let (expected, met) = match step.get("shows") {
                    Some(part) => (part, shows(part, &answer)),
                    None => (expected, matches(expected, &answer)),
                };
                assert!(met, "{place}:\nexpected {expected:#}\nfound    {answer:#}");
                for (name, pointer) in step.get("keep").and_then(Json::as_object).into_iter().flatten() {
                    let value = answer.pointer(pointer.as_str().unwrap()).and_then(Json::as_str);
                    self.kept.borrow_mut().insert(name.clone(), value.unwrap().to_owned());
                }
            }
            Err(error) => {
                let expected = step.get("error").unwrap_or_else(|| panic!("{place}: {error}"));
                let found = json!([error.code, error.status, error.message]);
                assert!(matches(expected, &found), "{place}:\nexpected {expected}\nfound    {found}");
            }
        }
    }

    /// Decodes, authorises, runs and encodes.
    pub(super) fn ask(&self, asked: &Asked<'_>) -> Result<Structure, ServiceError> {
        self.asking(asked, |operation, ask| {
            for check in (operation.checks)(ask)? {
                ask.authorise(&check)?;
            }
            let answer = (operation.run)(ask)?;
            encodable(asked, &answer);
            Ok(answer)
        })
    }

    fn asking<T>(
        &self,
        asked: &Asked<'_>,
        run: impl FnOnce(&Operation, &Ask<'_>) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        self.asked.set(self.asked.get().wrapping_add(1));
        let service = wire::model::service(asked.service).unwrap();
        let model = service.operation(asked.call).unwrap_or_else(|| panic!("{} is no operation", asked.call));
        let body = form(asked);
        let request = wire::Request { path: "/", query: "", headers: &[], body: body.as_bytes() };
        let input = wire::decode(service, model, &request).map_err(|error| ServiceError {
            code: error.code,
            status: error.status,
            message: error.message,
            extras: Vec::new(),
            inside: None,
        })?;
        let region = asked.region.parse().unwrap();
        let directory = self.account.directory();
        let user = Arc::clone(directory.user(asked.caller).unwrap());
        let access_key_id = "AKIAQNZGKIQY56JQ7WML".to_owned();
        let arrival = Arrival {
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            is_secure: false,
            user_agent: None,
            referer: None,
            region: asked.region.parse().unwrap(),
        };
        let ask = Ask {
            account: &self.account,
            directory: &directory,
            sessions: &self.sessions,
            host: &self.host,
            objects: &self.objects,
            history: &crate::NoHistory,
            caller: &Caller::User {
                account_id: self.account.account_id(),
                user,
                access_key_id,
                session: None,
            },
            arrival: &arrival,
            security: None,
            signing: None,
            headers: &http::HeaderMap::new(),
            service: asked.service,
            input: &input,
            region: &region,
            now: self.now.get(),
            random: &[self.asked.get(); 64],
            request_id: "c6104cbe-af31-11e0-8154-cbc7ccf896c7",
            denials: &self.denials,
            encoded_messages: EncodedMessages::AsAws,
        };
        let tables = if asked.service == "iam" { crate::iam::OPERATIONS } else { super::super::OPERATIONS };
        let mut rows = tables.iter().flat_map(|rows| rows.iter());
        let operation =
            rows.find(|row| row.name == asked.call).unwrap_or_else(|| panic!("{} is not built", asked.call));
        run(operation, &ask)
    }
}

/// One request.
pub(super) struct Asked<'a> {
    pub(super) caller: &'a str,
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    pub(super) call: &'a str,
    pub(super) with: &'a [(&'a str, &'a str)],
}

fn named(check: &Check) -> String {
    format!("{} {}", check.action, check.resource)
}

fn form(asked: &Asked<'_>) -> String {
    let version = if asked.service == "iam" { "2010-05-08" } else { "2016-11-15" };
    let mut body = format!("Action={}&Version={version}", asked.call);
    for (name, value) in asked.with {
        body.push('&');
        body.push_str(&account::iam::document::encoded(name));
        body.push('=');
        body.push_str(&account::iam::document::encoded(value));
    }
    body
}

/// All members are the model's own: what each says is in the answer on the wire.
fn encodable(asked: &Asked<'_>, answer: &Structure) {
    let service = wire::model::service(asked.service).unwrap();
    let encoded = wire::encode(service, service.operation(asked.call).unwrap(), answer, "request");
    let text = String::from_utf8(encoded.body).unwrap();
    fn seen(text: &str, name: &str, value: &Value) {
        match value {
            Value::Structure(inner) => inner.members().for_each(|(name, value)| seen(text, name, value)),
            Value::List(items) => items.iter().for_each(|item| seen(text, name, item)),
            Value::String(said) if !said.contains(['<', '>', '&', '\r', '"', '\'']) => {
                assert!(text.contains(&format!(">{said}<")) || said.is_empty(), "{name} is not in {text}");
            }
            _ => {}
        }
    }
    seen(&text, asked.call, &Value::Structure(answer.clone()));
}

/// As far as `expected` says; null is what is not there.
fn holds(expected: &Json, found: &Json) -> bool {
    match (expected, found) {
        (Json::Object(expected), Json::Object(found)) => {
            expected.iter().all(|(name, value)| holds(value, found.get(name).unwrap_or(&Json::Null)))
        }
        _ => matches(expected, found),
    }
}

/// As far as `expected` says, at every depth; null is what is not there, `{"count": N}` a list of so many, and a text that ends in `*`
/// how one begins.
fn shows(expected: &Json, found: &Json) -> bool {
    match (expected, found) {
        (Json::Object(expected), Json::Array(items)) => expected.get("count") == Some(&json!(items.len())),
        (Json::Object(expected), Json::Object(found)) => {
            expected.iter().all(|(name, value)| shows(value, found.get(name).unwrap_or(&Json::Null)))
        }
        (Json::Array(expected), Json::Array(found)) => {
            expected.len() == found.len() && expected.iter().zip(found).all(|(one, other)| shows(one, other))
        }
        (Json::String(expected), Json::String(found)) => {
            expected.strip_suffix('*').map_or(expected == found, |start| found.starts_with(start))
        }
        _ => expected == found,
    }
}

const ACCOUNT: &str = "111122223333";
const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);
