//! A request in the making: signed, and then spoilt.

use std::net::SocketAddr;

use account::directory::AccessKey;
use sigv4::{
    FieldChoice, KeyCache, Payload, PayloadKeyword, Request, Scope, ServiceRules, SigningParams, presign,
    sign,
};
use types::{Credentials, Secret, Timestamp};

use crate::world::NOW;

#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) access_key_id: String,
    pub(crate) secret: Secret<String>,
    pub(crate) token: Option<Secret<String>>,
    pub(crate) service: String,
    pub(crate) region: String,
    pub(crate) time: Timestamp,
    /// What is signed in the body's place.
    pub(crate) keyword: Option<PayloadKeyword>,
}

impl Draft {
    pub(crate) fn form(to: SocketAddr, by: &AccessKey, service: &str, body: &str) -> Self {
        let headers = [
            ("host", to.to_string()),
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned()),
        ];
        Self {
            method: "POST",
            target: "/".to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            body: body.as_bytes().to_vec(),
            access_key_id: by.access_key_id.clone(),
            secret: by.secret_access_key.clone(),
            token: None,
            service: service.to_owned(),
            region: "eu-west-1".to_owned(),
            time: NOW.parse().unwrap(),
            keyword: None,
        }
    }

    /// A GET with these parameters.
    pub(crate) fn get(mut self, query: &str) -> Self {
        self.headers.retain(|(name, _)| name == "host");
        self.body.clear();
        Self { method: "GET", target: format!("/?{query}"), ..self }
    }

    pub(crate) fn by(self, credentials: &Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id.to_string(),
            secret: credentials.secret_access_key.clone(),
            token: credentials.session_token.clone(),
            ..self
        }
    }

    pub(crate) fn by_key(self, id: &str, secret: &str) -> Self {
        Self { access_key_id: id.to_owned(), secret: Secret::new(secret.to_owned()), ..self }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn at(self, time: &str) -> Self {
        Self { time: time.parse().unwrap(), ..self }
    }

    /// Signed in the header.
    pub(crate) fn signed(self) -> Self {
        let (rules, scope) = (ServiceRules::of(&self.service), self.scope());
        let params = SigningParams {
            access_key_id: &self.access_key_id,
            session_token: self.token.as_ref(),
            key: &KeyCache::default().key(&self.secret, &scope),
            scope,
            time: self.time,
            rules: &rules,
            fields: FieldChoice::default(),
        };
        let fields = self.fields();
        let request = Request { method: self.method, target: self.target.as_bytes(), headers: &fields };
        let signed = sign(&request, self.payload(), &params).unwrap();
        let added: Vec<_> =
            signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let mut done = self.clone();
        done.headers.extend(added);
        done
    }

    /// Signed in the query.
    pub(crate) fn presigned(self) -> Self {
        self.presigned_for(60)
    }

    /// The same, for so many seconds.
    pub(crate) fn presigned_for(self, seconds: u32) -> Self {
        let (rules, scope) = (ServiceRules::of(&self.service), self.scope());
        let params = SigningParams {
            access_key_id: &self.access_key_id,
            session_token: self.token.as_ref(),
            key: &KeyCache::default().key(&self.secret, &scope),
            scope,
            time: self.time,
            rules: &rules,
            fields: FieldChoice::default(),
        };
        let fields = self.fields();
        let request = Request { method: self.method, target: self.target.as_bytes(), headers: &fields };
        let presigned = presign(&request, self.payload(), &params, seconds).unwrap();
        let target = String::from_utf8(presigned.target(&request)).unwrap();
        let mut done = self.clone();
        done.target = target;
        done
    }

    /// Changes a field after it was signed.
    pub(crate) fn edited(mut self, name: &str, edit: impl Fn(&str) -> String) -> Self {
        for (held, value) in &mut self.headers {
            if held == name {
                *value = edit(value);
            }
        }
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(held, _)| held != name);
        self
    }

    pub(crate) fn saying(self, body: &str) -> Self {
        Self { body: body.as_bytes().to_vec(), ..self }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head(&format!("content-length: {}\r\n", self.body.len()));
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// The head, with further lines.
    pub(crate) fn head(&self, further: &str) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        (head + further + "\r\n").into_bytes()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(held, _)| held == name).map_or("", |(_, value)| value)
    }

    fn payload(&self) -> Payload<'_> {
        self.keyword.map_or(Payload::Body(&self.body), Payload::Keyword)
    }

    fn scope(&self) -> Scope<'_> {
        Scope::new(self.time, &self.region, &self.service)
    }

    fn fields(&self) -> Vec<(&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
    }
}
