//! An account with buckets, who asks it, and how what it answers is compared.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use account::denial::EncodedMessages;
use account::ec2::UnrenderedHost;
use account::iam::bootstrap::bootstrap;
use account::iam::policy::Holder;
use account::iam::{inline, user};
use account::identifier::Seed;
use account::s3::acl::{Acl, canonical_id};
use account::{
    Account, Arrival, Caller, Check, DenialRecord, Instances, Keyring, MasterKey, ServiceError, SessionIssuer,
};
use http::HeaderMap;
use objects::{Attributes, NewObject, Objects};
use serde_json::{Map, Value as Json, json};
use store::MemoryStore;
use types::Timestamp;
use wire::route::{Asked, Line};
use wire::{Structure, Value};

use crate::conversation::{matches, shown};
use crate::{Ask, Denials, Operation, Signing};

pub(super) struct World {
    account: Account,
    sessions: SessionIssuer,
    host: UnrenderedHost,
    objects: Objects,
    denials: Denials<DenialRecord>,
    asked: AtomicU8,
    _directory: tempfile::TempDir,
}

impl World {
    /// An account with an administrator, `nobody`, who may nothing, and `reader`, who may get objects.
    pub(super) fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let account = Account::open(store.clone(), "111122223333".parse().unwrap()).unwrap();
        account
            .change(|directory| {
                bootstrap(directory, NOW, &[9; 64])?;
                for (seed, name) in (10..).zip(["nobody", "reader"]) {
                    let new = user::NewUser { user_name: name.to_owned(), ..Default::default() };
                    user::create(directory, new, NOW, &[seed; 64])?;
                }
                inline::put(directory, Holder::User("reader"), "reads", READS)
            })
            .unwrap();
        let sessions = SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])));
        let seed = Seed::from_text("gateway");
        let host = UnrenderedHost::new(Instances::new(store.clone(), seed), seed);
        let directory = tempfile::tempdir().unwrap();
        let objects = Objects::new(store, directory.path().join("objects"));
        Self {
            account,
            sessions,
            host,
            objects,
            denials: Denials::new(8),
            asked: AtomicU8::new(30),
            _directory: directory,
        }
    }

    /// A bucket that lets lists count and blocks nothing.
    pub(super) fn made(&self, bucket: &str) {
        self.ask("admin", &format!("PUT /{bucket}"), &[("x-amz-object-ownership", "ObjectWriter")], "")
            .unwrap();
        self.ask("admin", &format!("DELETE /{bucket}?publicAccessBlock"), &[], "").unwrap();
    }

    pub(super) fn put(&self, bucket: &str, key: &str, tags: &[(String, String)], acl: Option<&str>) {
        let owner = canonical_id(self.account.account_id());
        let acl = acl.map(|name| Acl::canned(name, &owner, &owner).unwrap().to_json());
        let attributes = Attributes { tags: tags.to_vec(), owner, acl, ..Attributes::default() };
        let mut draft = self.objects.draft(&[]);
        draft.write(key.as_bytes()).unwrap();
        let new = NewObject { attributes, ..NewObject::default() };
        self.objects.put(bucket, key, draft.finish().unwrap(), new, NOW).unwrap();
    }

    /// Puts an object as somebody of another account.
    pub(super) fn put_by(&self, owner: &str, bucket: &str, key: &str) {
        let attributes = Attributes { owner: owner.to_owned(), ..Attributes::default() };
        let body = self.objects.draft(&[]).finish().unwrap();
        let new = NewObject { attributes, ..NewObject::default() };
        self.objects.put(bucket, key, body, new, NOW).unwrap();
    }

    /// An object's owner, and whom its list names as such.
    pub(super) fn owners(&self, bucket: &str, key: &str) -> (String, Option<String>) {
        let attributes = self.objects.head(bucket, key).unwrap().attributes;
        (attributes.owner, attributes.acl.as_ref().and_then(Acl::of_json).map(|acl| acl.owner))
    }

    /// Puts an object as whoever was let into the bucket before; whether it is acknowledged.
    pub(super) fn is_put(&self, bucket: &str, key: &str) -> bool {
        let body = self.objects.draft(&[]).finish().unwrap();
        self.objects.put(bucket, key, body, NewObject::default(), NOW).is_ok()
    }

    /// An object of a bucket that the account does not know.
    pub(super) fn left_behind(&self, bucket: &str, key: &str) {
        self.objects.create_bucket(bucket).unwrap();
        assert!(self.is_put(bucket, key));
    }

    /// Whether the bucket is one of the account's, and the object is in it.
    pub(super) fn holds(&self, bucket: &str, key: &str) -> bool {
        self.account.directory().buckets.get(bucket).is_some() && self.objects.head(bucket, key).is_ok()
    }

    pub(super) fn step(&self, step: &Map<String, Json>, place: &str) {
        if let Some(put) = step.get("put").and_then(Json::as_str) {
            let (bucket, key) = put.split_once('/').unwrap();
            let tags = step.get("tags").and_then(Json::as_object).into_iter().flatten();
            let tags: Vec<_> =
                tags.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect();
            return self.put(bucket, key, &tags, step.get("acl").and_then(Json::as_str));
        }
        let headers = step.get("headers").and_then(Json::as_object).cloned().unwrap_or_default();
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
        let body = match step.get("body") {
            Some(Json::String(text)) => text.clone(),
            Some(document) => document.to_string(),
            None => String::new(),
        };
        let caller = step.get("as").and_then(Json::as_str).unwrap_or("admin");
        let send = step["send"].as_str().unwrap();
        let asked = Asking { caller, send, headers: &headers, body: &body, region: region(step) };
        self.compare_checks(step, &asked, place);
        self.compare(step, self.asking(&asked, finished), place);
    }

    fn compare_checks(&self, step: &Map<String, Json>, asked: &Asking<'_>, place: &str) {
        let checks = self.asking(asked, |operation, ask| (operation.checks)(ask)).unwrap_or_default();
        if let Some(expected) = step.get("checks") {
            let named = |check: &Check| format!("{} {}", check.action, check.resource);
            assert_eq!(json!(checks.iter().map(named).collect::<Vec<_>>()), *expected, "{place}");
        }
        for (key, expected) in step.get("context").and_then(Json::as_object).into_iter().flatten() {
            let value = checks.first().and_then(|check| check.context.value(&key.to_ascii_lowercase()));
            let found = value.map(|value| format!("{value:?}"));
            assert_eq!(found.as_deref(), expected.as_str(), "{place}: {key}");
        }
    }

    fn compare(&self, step: &Map<String, Json>, found: Result<Structure, ServiceError>, place: &str) {
        match found {
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
                if let Some(expected) = step.get("extras") {
                    let extras: Map<String, Json> =
                        error.extras.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
                    assert_eq!(*expected, Json::Object(extras), "{place}");
                }
            }
        }
    }

    /// Decodes, authorises, runs and encodes.
    pub(super) fn ask(
        &self,
        caller: &str,
        send: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Structure, ServiceError> {
        self.asking(&Asking { caller, send, headers, body, region: "us-east-1" }, finished)
    }

    /// The administrator, in another region.
    pub(super) fn ask_in(&self, region: &str, send: &str, body: &str) -> Result<Structure, ServiceError> {
        self.asking(&Asking { caller: "admin", send, headers: &[], body, region }, finished)
    }

    fn asking<T>(
        &self,
        asked: &Asking<'_>,
        run: impl FnOnce(&Operation, &Ask<'_>) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let service = wire::model::service("s3").unwrap();
        let (method, target) = asked.send.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = asked.headers.to_vec();
        // Every document has its digest; where it is wanted without, it says so.
        if !asked.body.is_empty() && headers.iter().all(|(name, _)| *name != "no-digest") {
            headers.push(("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="));
        }
        let line = Line { method, path, query, headers: &headers };
        let Some(Asked::Known(_, model)) = wire::route::rest(service, &line) else {
            panic!("{} is no operation", asked.send)
        };
        let request = wire::Request { path, query, headers: &headers, body: asked.body.as_bytes() };
        let input = wire::read(service, model, &request).map_err(|error| ServiceError {
            code: error.code,
            status: error.status,
            message: error.message,
            extras: Vec::new(),
            inside: None,
        })?;
        let mut fields = HeaderMap::new();
        for (name, value) in &headers {
            fields.append(http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        let caller = self.caller(asked.caller);
        let signing = (!matches!(caller, Caller::Anonymous)).then(signing);
        let region = asked.region.parse().unwrap();
        let directory = self.account.directory();
        let ask = Ask {
            account: &self.account,
            directory: &directory,
            sessions: &self.sessions,
            host: &self.host,
            objects: &self.objects,
            history: &crate::NoHistory,
            caller: &caller,
            arrival: &arrival(asked.region),
            security: None,
            signing: signing.as_ref(),
            headers: &fields,
            service: "s3",
            input: &input,
            region: &region,
            now: NOW,
            random: &[self.asked.load(Ordering::Relaxed); 64],
            request_id: "4442587FB7D0A2F9",
            denials: &self.denials,
            encoded_messages: EncodedMessages::AsAws,
        };
        let mut rows = super::super::OPERATIONS.iter().flat_map(|rows| rows.iter());
        let operation =
            rows.find(|row| row.name == model.name).unwrap_or_else(|| panic!("{} is no row", model.name));
        run(operation, &ask)
    }

    fn caller(&self, name: &str) -> Caller {
        let account_id = self.account.account_id();
        let access_key_id = "AKIAQNZGKIQY56JQ7WML".to_owned();
        match name {
            "anonymous" => Caller::Anonymous,
            name => {
                let user = Arc::clone(self.account.directory().user(name).unwrap());
                Caller::User { account_id, user, access_key_id, session: None }
            }
        }
    }
}

/// One request.
struct Asking<'a> {
    caller: &'a str,
    send: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: &'a str,
    region: &'a str,
}

fn finished(operation: &Operation, ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    for check in (operation.checks)(ask)? {
        ask.authorise(&check)?;
    }
    let answer = (operation.run)(ask)?;
    encodable(operation.name, &answer);
    Ok(answer)
}

fn region(step: &Map<String, Json>) -> &str {
    step.get("region").and_then(Json::as_str).unwrap_or("us-east-1")
}

fn signing() -> Signing {
    use crate::{AuthenticationMethod, SignatureForm, SignatureVersion};
    let form = SignatureForm { version: SignatureVersion::SigV4, method: AuthenticationMethod::AuthHeader };
    Signing {
        form,
        signed_at: Some(Timestamp::from_secs(NOW.secs() - 2)),
        content_sha256: Some("UNSIGNED-PAYLOAD".to_owned()),
    }
}

fn arrival(region: &str) -> Arrival {
    Arrival {
        source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        is_secure: false,
        user_agent: None,
        referer: None,
        region: region.parse().unwrap(),
    }
}

/// All members are the model's own: what it does not know would not be on the wire.
fn encodable(call: &str, answer: &Structure) {
    let service = wire::model::service("s3").unwrap();
    let encoded = wire::encode(service, service.operation(call).unwrap(), answer, "request");
    let body = String::from_utf8(encoded.body).unwrap();
    let headers: String = encoded.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let said = format!("{headers}{body}");
    fn seen(said: &str, value: &Value) {
        match value {
            Value::Structure(inner) => inner.members().for_each(|(_, value)| seen(said, value)),
            Value::List(items) => items.iter().for_each(|item| seen(said, item)),
            Value::String(text) => {
                let text = text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
                let plain = text.replace("&quot;", "\"");
                assert!(said.contains(&text) || said.contains(&plain), "{text} is not in {said}");
            }
            _ => {}
        }
    }
    seen(&said, &Value::Structure(answer.clone()));
}

const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);

const READS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject*","s3:DeleteObject"],"Resource":"*"}]}"#;
