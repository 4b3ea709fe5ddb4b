//! An account, who asks it, and how what it answers is compared.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use account::denial::EncodedMessages;
use account::ec2::UnrenderedHost;
use account::iam::bootstrap::bootstrap;
use account::iam::{group, instance_profile, role, user};
use account::identifier::Seed;
use account::{
    Account, Arrival, Caller, Check, DenialRecord, Instances, Keyring, MasterKey, ServiceError,
    SessionClaims, SessionIssuer, SessionPrincipal, SessionRole,
};
use objects::Objects;
use serde_json::{Map, Value as Json, json};
use store::MemoryStore;
use types::{Partition, Timestamp};
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
}

impl World {
    /// An account with an administrator, the users `nobody` and `there`, and a group, a role and a profile `there`.
    pub(super) fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let account = Account::open(store.clone(), "111122223333".parse().unwrap()).unwrap();
        account
            .change(|directory| {
                bootstrap(directory, NOW, &[9; 64])?;
                for (seed, name) in (10..).zip(["nobody", "there"]) {
                    let new = user::NewUser { user_name: name.to_owned(), ..Default::default() };
                    user::create(directory, new, NOW, &[seed; 64])?;
                }
                group::create(directory, "there", None, NOW, &[20; 64])?;
                let new = role::NewRole {
                    role_name: "there".to_owned(),
                    assume_role_policy_document: TRUST.to_owned(),
                    ..Default::default()
                };
                role::create(directory, new, NOW, &[21; 64])?;
                instance_profile::create(directory, "there", None, Vec::new(), NOW, &[22; 64]).map(|_| ())
            })
            .unwrap();
        let sessions = SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])));
        let seed = Seed::from_text("gateway");
        let host = UnrenderedHost::new(Instances::new(store.clone(), seed), seed);
        let objects = Objects::new(store, std::env::temp_dir());
        Self { account, sessions, host, objects, denials: Denials::new(8), asked: Cell::new(30) }
    }

    pub(super) fn step(&self, step: &Map<String, Json>, place: &str) {
        let with = step.get("with").and_then(Json::as_object).cloned().unwrap_or_default();
        let with: Vec<(&str, &str)> =
            with.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
        let caller = step.get("as").and_then(Json::as_str).unwrap_or("admin");
        let call = step["call"].as_str().unwrap();
        let checks = self.checks(caller, call, &with);
        if let Some(expected) = step.get("checks") {
            assert_eq!(json!(checks.iter().map(named).collect::<Vec<_>>()), *expected, "{place}");
        }
        for (key, expected) in step.get("context").and_then(Json::as_object).into_iter().flatten() {
            let value = checks.first().and_then(|check| check.context.value(&key.to_ascii_lowercase()));
            assert_eq!(
                value.map(|value| format!("{value:?}")).as_deref(),
                expected.as_str(),
                "{place}: {key}"
            );
        }
        match self.ask(caller, call, &with) {
            Ok(answer) => {
                let nothing = json!({});
                let expected = step.get("answer").unwrap_or(&nothing);
                let answer = shown(&Value::Structure(answer));
                assert!(step.get("error").is_none(), "{place}: was not refused: {answer}");
                assert!(matches(expected, &answer), "{place}:\nexpected {expected:#}\nfound    {answer:#}");
            }
            Err(error) => {
                let expected = step.get("error").unwrap_or_else(|| panic!("{place}: {error}"));
                let found = json!([error.code, error.status, error.message]);
                assert!(matches(expected, &found), "{place}:\nexpected {expected}\nfound    {found}");
            }
        }
    }

    fn checks(&self, caller: &str, call: &str, with: &[(&str, &str)]) -> Vec<Check> {
        self.asking(caller, call, with, |operation, ask| (operation.checks)(ask)).unwrap_or_default()
    }

    /// Decodes, authorises, runs and encodes.
    pub(super) fn ask(
        &self,
        caller: &str,
        call: &str,
        with: &[(&str, &str)],
    ) -> Result<Structure, ServiceError> {
        self.asking(caller, call, with, |operation, ask| {
            for check in (operation.checks)(ask)? {
                ask.authorise(&check)?;
            }
            let answer = (operation.run)(ask)?;
            encodable(call, &answer);
            Ok(answer)
        })
    }

    fn asking<T>(
        &self,
        caller: &str,
        call: &str,
        with: &[(&str, &str)],
        run: impl FnOnce(&Operation, &Ask<'_>) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        self.asked.set(self.asked.get() + 1);
        let service = wire::model::service("iam").unwrap();
        let model = service.operation(call).unwrap_or_else(|| panic!("{call} is no operation"));
        let body = form(call, with);
        let request = wire::Request { path: "/", query: "", headers: &[], body: body.as_bytes() };
        let input = wire::decode(service, model, &request).map_err(|error| ServiceError {
            code: error.code,
            status: error.status,
            message: error.message,
            extras: Vec::new(),
            inside: None,
        })?;
        let region = "us-east-1".parse().unwrap();
        let directory = self.account.directory();
        let ask = Ask {
            account: &self.account,
            directory: &directory,
            sessions: &self.sessions,
            host: &self.host,
            objects: &self.objects,
            history: &crate::NoHistory,
            caller: &self.caller(caller),
            arrival: &arrival(),
            security: None,
            signing: None,
            headers: &http::HeaderMap::new(),
            service: "iam",
            input: &input,
            region: &region,
            now: NOW,
            random: &[self.asked.get(); 64],
            request_id: "c6104cbe-af31-11e0-8154-cbc7ccf896c7",
            denials: &self.denials,
            encoded_messages: EncodedMessages::AsAws,
        };
        let mut rows = super::super::OPERATIONS.iter().flat_map(|rows| rows.iter());
        let operation = rows.find(|row| row.name == call).unwrap_or_else(|| panic!("{call} is not built"));
        run(operation, &ask)
    }

    /// `root`, `role` for a session of the role `there`, or a user.
    fn caller(&self, name: &str) -> Caller {
        let access_key_id = "AKIAQNZGKIQY56JQ7WML".to_owned();
        let directory = self.account.directory();
        match name {
            "root" => Caller::Root {
                partition: Partition::Aws,
                account_id: self.account.account_id(),
                access_key_id,
                session: None,
            },
            "role" => self.role_session(),
            name => {
                let user = Arc::clone(directory.user(name).unwrap());
                Caller::User { account_id: self.account.account_id(), user, access_key_id, session: None }
            }
        }
    }

    fn role_session(&self) -> Caller {
        let directory = self.account.directory();
        let role = directory.role("there").unwrap();
        let claims = SessionClaims {
            account_id: self.account.account_id(),
            principal: SessionPrincipal::Role(SessionRole {
                arn: role.arn.clone(),
                id: role.role_id.clone(),
            }),
            session_name: "session".to_owned(),
            issued_at: NOW,
            expires_at: Timestamp::from_secs(NOW.secs() + 3600),
            mfa_authenticated_at: None,
            origin: None,
            policy: None,
            policy_arns: Vec::new(),
            tags: Vec::new(),
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            is_chained: false,
            federated: None,
        };
        let issued = self.sessions.issue(&claims, 0, [5; 10]).unwrap();
        let id = &issued.credentials.access_key_id;
        let token = issued.credentials.session_token.as_ref().unwrap();
        let session = self.sessions.open(token.expose(), id, NOW).unwrap();
        Caller::of_session(&directory, id.as_str(), Arc::new(session)).unwrap()
    }
}

fn named(check: &Check) -> String {
    format!("{} {}", check.action, check.resource)
}

fn arrival() -> Arrival {
    Arrival {
        source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        is_secure: false,
        user_agent: None,
        referer: None,
        region: "us-east-1".parse().unwrap(),
    }
}

fn form(call: &str, with: &[(&str, &str)]) -> String {
    let mut body = format!("Action={call}&Version=2010-05-08");
    for (name, value) in with {
        body.push('&');
        body.push_str(&account::iam::document::encoded(name));
        body.push('=');
        body.push_str(&account::iam::document::encoded(value));
    }
    body
}

/// All members are the model's own: each of them is in the answer on the wire.
fn encodable(call: &str, answer: &Structure) {
    let service = wire::model::service("iam").unwrap();
    let encoded = wire::encode(service, service.operation(call).unwrap(), answer, "request");
    let text = String::from_utf8(encoded.body).unwrap();
    fn seen(text: &str, structure: &Structure) {
        for (name, value) in structure.members() {
            let there = text.contains(&format!("<{name}>")) || text.contains(&format!("<{name}/>"));
            assert!(there, "{name} is not in {text}");
            match value {
                Value::Structure(inner) => seen(text, inner),
                Value::List(items) => items.iter().for_each(|item| {
                    if let Value::Structure(inner) = item {
                        seen(text, inner);
                    }
                }),
                _ => {}
            }
        }
    }
    seen(&text, answer);
}

const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
