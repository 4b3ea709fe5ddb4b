//! An account in memory, and operations asked of it by whoever is there.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use account::denial::EncodedMessages;
use account::directory::{AccountRecord, Directory};
use account::ec2::UnrenderedHost;
use account::iam::inline;
use account::iam::policy::Holder;
use account::iam::role::{self, NewRole};
use account::iam::user::{self, NewUser};
use account::identifier::Seed;
use account::{Account, Arrival, Caller, Instances, Keyring, MasterKey, ServiceError, SessionIssuer};
use objects::Objects;
use store::{MemoryStore, Store};
use types::{AccessKeyId, AccountId, Partition, Timestamp};
use wire::Structure;

use crate::{Ask, Denials, Operation};

pub(crate) struct World {
    pub(crate) account: Account,
    store: Arc<MemoryStore>,
    pub(crate) sessions: SessionIssuer,
    host: UnrenderedHost,
    objects: Objects,
    pub(crate) now: Cell<Timestamp>,
    denials: Denials<account::DenialRecord>,
    asked: Cell<u8>,
}

impl World {
    /// An account of the users `alice` and `bob`, who may nothing.
    pub(crate) fn new() -> Self {
        let account_id: AccountId = "111122223333".parse().unwrap();
        let (store, seed) = (Arc::new(MemoryStore::new()), Seed::from_text("gateway"));
        let world = Self {
            account: Account::open(Arc::clone(&store) as Arc<dyn Store>, account_id).unwrap(),
            sessions: SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32]))),
            host: UnrenderedHost::new(Instances::new(store.clone(), seed), seed),
            objects: Objects::new(store.clone(), std::env::temp_dir()),
            store,
            now: Cell::new("2026-11-21T12:00:00Z".parse().unwrap()),
            denials: Denials::new(10),
            asked: Cell::new(0),
        };
        world.change(|directory| {
            directory.account.insert(AccountRecord::new(account_id, world.now.get()));
            for (n, name) in (1..).zip(["alice", "bob"]) {
                let new = NewUser { user_name: name.to_owned(), ..NewUser::default() };
                user::create(directory, new, world.now.get(), &[n; 64])?;
            }
            Ok(())
        });
        world
    }

    pub(crate) fn change(&self, operation: impl FnMut(&mut Directory) -> Result<(), ServiceError>) {
        self.account.change(operation).unwrap();
    }

    /// What another process reads of the account.
    pub(crate) fn stored(&self) -> Arc<Directory> {
        let store = Arc::clone(&self.store) as Arc<dyn Store>;
        Account::open(store, self.account.account_id()).unwrap().directory()
    }

    pub(crate) fn later(&self, seconds: u64) {
        self.now.set(self.now.get() + Duration::from_secs(seconds));
    }

    /// Gives a user a policy of one statement.
    pub(crate) fn allow(&self, user: &str, statement: &str) {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        self.change(|directory| inline::put(directory, Holder::User(user), "test", &text));
    }

    /// A role, with what it may and whom it trusts.
    pub(crate) fn role(&self, name: &str, trust: &str, may: &str) -> String {
        let document = |statement: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        self.change(|directory| {
            let new = NewRole {
                role_name: name.to_owned(),
                assume_role_policy_document: document(trust),
                max_session_duration: Some(7200),
                ..NewRole::default()
            };
            let mut id = [0; 64];
            id[..name.len()].copy_from_slice(name.as_bytes());
            role::create(directory, new, self.now.get(), &id)?;
            inline::put(directory, Holder::Role(name), "test", &document(may))
        });
        format!("arn:aws:iam::111122223333:role/{name}")
    }

    pub(crate) fn user(&self, name: &str) -> Caller {
        let user = Arc::clone(self.account.directory().user(name).unwrap());
        let account_id = self.account.account_id();
        Caller::User { account_id, user, access_key_id: "AKIAQNZGKIQY56JQ7WML".to_owned(), session: None }
    }

    pub(crate) fn root(&self) -> Caller {
        Caller::Root {
            partition: Partition::Aws,
            account_id: self.account.account_id(),
            access_key_id: "AKIAQNZGKIQY56JQ7WMR".to_owned(),
            session: None,
        }
    }

    /// Who holds the credentials of an answer.
    pub(crate) fn holder(&self, answer: &Structure) -> Caller {
        let credentials = answer.structure("Credentials").unwrap();
        let id: AccessKeyId = credentials.text("AccessKeyId").unwrap().parse().unwrap();
        let token = credentials.text("SessionToken").unwrap();
        let session = self.sessions.open(token, &id, self.now.get()).unwrap();
        assert_eq!(session.secret_access_key.expose().as_str(), credentials.text("SecretAccessKey").unwrap());
        Caller::of_session(&self.account.directory(), id.as_str(), Arc::new(session)).unwrap()
    }

    /// Asks for an operation of STS.
    pub(crate) fn sts(
        &self,
        caller: &Caller,
        name: &str,
        input: Structure,
    ) -> Result<Structure, ServiceError> {
        self.ask("sts", crate::sts::OPERATIONS, caller, name, &input)
    }

    /// Asks for an operation of IAM.
    pub(crate) fn iam(
        &self,
        caller: &Caller,
        name: &str,
        input: Structure,
    ) -> Result<Structure, ServiceError> {
        self.ask("iam", crate::iam::OPERATIONS, caller, name, &input)
    }

    fn ask(
        &self,
        service: &str,
        operations: &[&[Operation]],
        caller: &Caller,
        name: &str,
        input: &Structure,
    ) -> Result<Structure, ServiceError> {
        self.asked.set(self.asked.get() + 1);
        let region = "us-east-1".parse().unwrap();
        let arrival = Arrival {
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            is_secure: false,
            user_agent: None,
            referer: None,
            region: "us-east-1".parse().unwrap(),
        };
        let directory = self.account.directory();
        let ask = Ask {
            account: &self.account,
            directory: &directory,
            sessions: &self.sessions,
            host: &self.host,
            objects: &self.objects,
            history: &crate::NoHistory,
            caller,
            arrival: &arrival,
            security: None,
            signing: None,
            headers: &http::HeaderMap::new(),
            service,
            input,
            region: &region,
            now: self.now.get(),
            random: &[self.asked.get(); 64],
            request_id: "c6104cbe-af31-11e0-8154-cbc7ccf896c7",
            denials: &self.denials,
            encoded_messages: EncodedMessages::AsAws,
        };
        let mut rows = operations.iter().flat_map(|rows| rows.iter());
        let operation = rows.find(|row| row.name == name).unwrap_or_else(|| panic!("{name} is not built"));
        for check in (operation.checks)(&ask)? {
            ask.authorise(&check)?;
        }
        (operation.run)(&ask)
    }
}

pub(crate) fn said(answer: Result<Structure, ServiceError>) -> String {
    answer.unwrap_err().to_string()
}
