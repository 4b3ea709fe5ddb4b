//! One request of a case, and the answer to it.

use serde_json::{Map, Value};

use super::form::{self, Version};
use super::sign;
use crate::client::Reply;
use crate::draft::Draft;
use crate::s3::{draft, send};
use crate::world::World;

/// What is sent: `send` (method and target), `headers`, `body`; how it is signed (`sign`: `v4`, which it is where nothing is said,
/// `v2`, either with `query` and seconds, or `none`), with which key (`key`: id and secret); what is changed after that (`changed`,
/// where null takes a field away) and which length is said (`length`: what it says, or null for none). Or a `form`.
///
/// What is answered: `answer` (status, code, message), `fields` (elements of the error), `has` (headers), `says` (the body).
pub(super) struct Step<'a>(&'a Map<String, Value>);

impl<'a> Step<'a> {
    pub(super) fn read(step: &'a Value, place: &str) -> Self {
        let step = step.as_object().unwrap_or_else(|| panic!("{place}: no step"));
        let unknown = step.keys().find(|name| !MEMBERS.contains(&name.as_str()));
        assert_eq!(unknown, None, "{place}");
        Self(step)
    }

    /// Sends it. Fails with what is another than it should be.
    pub(super) async fn take(&self, world: &World, version: Version) -> Result<(), String> {
        let reply = match self.0.get("form") {
            Some(form) => send(world, form::draft(world, form, version)).await,
            None => self.ask(world).await,
        };
        self.compare(&reply, version)
    }

    async fn ask(&self, world: &World) -> Reply {
        let (method, target) = self.text("send").unwrap().split_once(' ').unwrap();
        let method = METHODS.into_iter().find(|known| *known == method).unwrap();
        let mut asked = draft(world, method, target).saying(self.text("body").unwrap_or_default());
        for (name, value) in self.pairs("headers") {
            asked = asked.with(name, value.as_str().unwrap_or_default());
        }
        if let Some(key) = self.0.get("key") {
            let part = |at: usize| key[at].as_str().unwrap();
            asked = match part(0) {
                "its own" => Draft { secret: types::Secret::new(part(1).to_owned()), ..asked },
                id => asked.by_key(id, part(1)),
            };
        }
        let asked = self.changed(sign::signed(asked, self.text("sign").unwrap_or("v4")));
        let Some(length) = self.0.get("length") else { return send(world, asked).await };
        let line = length.as_str().map_or_else(String::new, |length| format!("content-length: {length}\r\n"));
        world.send_bytes(&[asked.head(&line), asked.body].concat()).await
    }

    fn changed(&self, mut draft: Draft) -> Draft {
        for (name, value) in self.pairs("changed") {
            draft = draft.without(name);
            if let Some(value) = value.as_str() {
                draft = draft.with(name, value);
            }
        }
        draft
    }

    /// Fails with what is another than it should be.
    fn compare(&self, reply: &Reply, version: Version) -> Result<(), String> {
        let in_v4 = self.0.get("answer_v4").filter(|_| version == Version::Four);
        let answer = in_v4.or_else(|| self.0.get("answer")).and_then(Value::as_array).ok_or("no answer")?;
        let mut differences = Vec::new();
        let mut hold = |name: &str, found: Option<&str>, expected: &Value| {
            if found != expected.as_str() {
                differences.push(format!("{name} is {found:?}, not {expected}"));
            }
        };
        hold("the status", Some(&reply.status.to_string()), &answer[0].to_string().into());
        for (name, expected) in ["Code", "Message"].into_iter().zip(&answer[1..]) {
            hold(name, reply.element(name).as_deref(), expected);
        }
        for (name, expected) in self.pairs("fields") {
            hold(name, reply.element(name).as_deref(), expected);
        }
        for (name, expected) in self.pairs("has") {
            hold(name, reply.header(name), expected);
        }
        if let Some(says) = self.0.get("says") {
            hold("the body", Some(&reply.body), says);
        }
        if differences.is_empty() { Ok(()) } else { Err(format!("{}; {reply:?}", differences.join("; "))) }
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn pairs(&self, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.0.get(name).and_then(Value::as_object).into_iter().flatten()
    }
}

const MEMBERS: [&str; 14] = [
    "send",
    "headers",
    "body",
    "sign",
    "key",
    "changed",
    "length",
    "form",
    "answer",
    "answer_v4",
    "fields",
    "has",
    "says",
    "why",
];

const METHODS: [&str; 6] = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"];
