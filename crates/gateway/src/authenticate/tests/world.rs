//! An account with keys, and requests signed with them.

use account::directory::{AccessKey, AccountRecord, Directory, KeyStatus, User};
use account::{
    Account, Keyring, MasterKey, SessionClaims, SessionIssuer, SessionPrincipal, SessionRole, SessionUser,
};
use sigv4::verify::Scratch;
use sigv4::{FieldChoice, Payload, Request, Scope, ServiceRules, SigningKey, SigningParams};
use std::sync::Arc;
use std::time::Duration;
use types::{AccountId, Credentials, Partition, Secret, Timestamp};

use crate::authenticate::{Authenticated, Authenticator, Destination, Register, Unauthenticated};

pub(super) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub(super) const ANNS: &str = "AKIAQNZGKIQY56JQ7WML";
pub(super) const INACTIVE: &str = "AKIAQNZGKIQY56JQ7WMI";
pub(super) const ROOTS: &str = "AKIAQNZGKIQY56JQ7WMR";

pub(super) fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(super) fn account_id() -> AccountId {
    "111122223333".parse().unwrap()
}

pub(super) fn user(name: &str, id: &str) -> User {
    serde_json::from_value(serde_json::json!({
        "UserName": name, "Path": "/", "UserId": id, "Arn": format!("arn:aws:iam::111122223333:user/{name}"),
        "CreateDate": "2026-11-01T00:00:00Z",
    }))
    .unwrap()
}

pub(super) struct World {
    pub(super) directory: Directory,
    pub(super) sessions: SessionIssuer,
    account: Account,
    pub(super) authenticator: Authenticator,
}

impl World {
    pub(super) fn new() -> Self {
        let mut directory = Directory::new(Partition::Aws, account_id());
        directory.account.insert(AccountRecord::new(account_id(), now() - Duration::from_secs(86_400)));
        directory.users.insert(user("ann", "AIDAQNZGKIQY56JQ7ANN"));
        let role = serde_json::json!({
            "RoleName": "web", "Path": "/svc/", "RoleId": "AROAQNZGKIQY56JQ7WEB",
            "Arn": "arn:aws:iam::111122223333:role/svc/web", "CreateDate": "2026-11-01T00:00:00Z",
            "AssumeRolePolicyDocument": TRUST, "MaxSessionDuration": 3600,
        });
        directory.roles.insert(serde_json::from_value(role).unwrap());
        for (id, user_name, status) in [
            (ANNS, Some("ann"), KeyStatus::Active),
            (INACTIVE, Some("ann"), KeyStatus::Inactive),
            (ROOTS, None, KeyStatus::Active),
        ] {
            directory.access_keys.insert(AccessKey {
                access_key_id: id.to_owned(),
                secret_access_key: Secret::new(SECRET.to_owned()),
                user_name: user_name.map(str::to_owned),
                status,
                create_date: now(),
            });
        }
        let account = Account::open(Arc::new(store::MemoryStore::new()), account_id()).unwrap();
        Self { directory, sessions: issuer(7), account, authenticator: Authenticator::new(None) }
    }

    pub(super) fn session_user(&self) -> SessionUser {
        let ann = self.directory.users.get("ann").unwrap();
        SessionUser { arn: ann.arn.clone(), id: ann.user_id.clone() }
    }

    pub(super) fn session_role(&self) -> SessionPrincipal {
        let web = self.directory.roles.get("web").unwrap();
        SessionPrincipal::Role(SessionRole { arn: web.arn.clone(), id: web.role_id.clone() })
    }

    pub(super) fn issue(&self, claims: &SessionClaims) -> Credentials {
        self.sessions.issue(claims, 0, [5; 10]).unwrap().credentials
    }

    /// The answer to `message`, sent as it is now.
    pub(super) fn answer(
        &self,
        message: &Message,
        to: (&str, &str),
    ) -> Result<Authenticated, Unauthenticated> {
        let headers: Vec<(&str, &[u8])> =
            message.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let request =
            Request { method: message.method, target: message.target.as_bytes(), headers: &headers };
        let to = Destination { service: to.0, operation: to.1 };
        let register =
            Register { directory: &self.directory, sessions: &self.sessions, uses: self.account.uses() };
        let mut scratch = Scratch::default();
        self.authenticator.authenticate(&request, &message.body, to, register, now(), &mut scratch)
    }

    /// When a key or a role was last used, as noted.
    pub(super) fn used(&self, id: &str) -> Option<String> {
        self.account.uses().last(id).map(|last| format!("{} {}", last.service, last.region))
    }
}

pub(super) fn issuer(byte: u8) -> SessionIssuer {
    SessionIssuer::new(Keyring::new(1, MasterKey::new([byte; 32])))
}

/// Ten minutes old, and good for fifty more.
pub(super) fn claims(principal: SessionPrincipal, name: &str) -> SessionClaims {
    let minutes = |n: u64| Duration::from_secs(n * 60);
    SessionClaims::new(account_id(), principal, name, now() - minutes(10), now() + minutes(50))
}

/// A request on its way.
#[derive(Clone)]
pub(super) struct Message {
    pub(super) method: &'static str,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// Without a signature.
    pub(super) fn plain(body: &str) -> Self {
        let headers = [
            ("host", "localhost:4566"),
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
        ];
        Self {
            method: "POST",
            target: "/".to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            body: body.as_bytes().to_vec(),
        }
    }

    pub(super) fn header(&mut self, name: &str) -> &mut String {
        &mut self.headers.iter_mut().find(|(held, _)| held == name).unwrap().1
    }
}

/// With what a request is signed; the account's own values unless told otherwise.
pub(super) struct Signer<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) secret: &'a str,
    pub(super) token: Option<&'a str>,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) time: Timestamp,
}

impl Signer<'_> {
    pub(super) fn sign(&self, message: &Message) -> Message {
        let mut signed = message.clone();
        let token = self.token.map(|token| Secret::new(token.to_owned()));
        let headers: Vec<(&str, &[u8])> =
            message.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let request =
            Request { method: message.method, target: message.target.as_bytes(), headers: &headers };
        let (rules, key, scope) = self.parts();
        let params = self.params(token.as_ref(), &rules, &key, scope);
        let signature = sigv4::sign(&request, Payload::Body(&message.body), &params).unwrap();
        let added = signature.headers().map(|(name, value)| (name.to_string(), value.to_string()));
        signed.headers.extend(added);
        signed
    }

    /// `GET /?…` that anybody may send on.
    pub(super) fn presign(&self, query: &str) -> Message {
        let (rules, key, scope) = self.parts();
        let token = self.token.map(|token| Secret::new(token.to_owned()));
        let target = format!("/?{query}");
        let request =
            Request { method: "GET", target: target.as_bytes(), headers: &[("host", b"localhost:4566")] };
        let params = self.params(token.as_ref(), &rules, &key, scope);
        let presigned = sigv4::presign(&request, Payload::Body(b""), &params, 900).unwrap();
        Message {
            method: "GET",
            target: String::from_utf8(presigned.target(&request)).unwrap(),
            headers: vec![("host".to_owned(), "localhost:4566".to_owned())],
            body: Vec::new(),
        }
    }

    fn parts(&self) -> (ServiceRules, SigningKey, Scope<'_>) {
        let scope = Scope::new(self.time, self.region, self.service);
        let key = SigningKey::derive(&Secret::new(self.secret.to_owned()), &scope);
        (ServiceRules::of(self.service), key, scope)
    }

    fn params<'a>(
        &'a self,
        session_token: Option<&'a Secret<String>>,
        rules: &'a ServiceRules,
        key: &'a SigningKey,
        scope: Scope<'a>,
    ) -> SigningParams<'a> {
        let (access_key_id, time) = (self.access_key_id, self.time);
        SigningParams {
            access_key_id,
            session_token,
            key,
            scope,
            time,
            rules,
            fields: FieldChoice::default(),
        }
    }
}

pub(super) fn signer(access_key_id: &str) -> Signer<'_> {
    Signer { access_key_id, secret: SECRET, token: None, region: "eu-west-1", service: "iam", time: now() }
}

/// With credentials of a session.
pub(super) fn session_signer<'a>(credentials: &'a Credentials, service: &'a str) -> Signer<'a> {
    Signer {
        access_key_id: credentials.access_key_id.as_str(),
        secret: credentials.secret_access_key.expose(),
        token: credentials.session_token.as_ref().map(|token| token.expose().as_str()),
        region: "eu-west-1",
        service,
        time: now(),
    }
}

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
