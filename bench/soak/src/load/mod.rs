//! The loads. Each is one caller with one connection, and knows what it must be answered.

pub(crate) mod identity;
pub(crate) mod instances;
pub(crate) mod limits;
pub(crate) mod listing;
pub(crate) mod metadata;
pub(crate) mod objects;
pub(crate) mod uploads;

use std::sync::Arc;
use std::thread::JoinHandle;

use crate::client::{Ask, Broken, Client, Keys, Reply};
use crate::random::Random;
use crate::world::World;

/// One load until the run is over. Its seed is the run's and its name.
pub(crate) struct Load {
    pub(crate) client: Client,
    pub(crate) random: Random,
    pub(crate) name: String,
}

impl Load {
    pub(crate) fn spawn(
        world: &Arc<World>,
        seed: u64,
        name: String,
        turn: impl FnMut(&mut Self) + Send + 'static,
    ) -> JoinHandle<()> {
        let mut turn = turn;
        let random = Random::new(seed, &name);
        let mut load = Self { client: Client::new(world), random, name };
        std::thread::spawn(move || {
            while !load.client.world.is_over() {
                load.client.world.wait_until_up();
                turn(&mut load);
            }
        })
    }

    /// A call of a query service.
    pub(crate) fn query(
        &mut self,
        keys: &Keys,
        service: &str,
        region: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Reply, Broken> {
        let version = match service {
            "iam" => "2010-05-08",
            "sts" => "2011-06-15",
            _ => "2016-11-15",
        };
        let mut body = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            body.push_str(&format!("&{name}={}", encode(value)));
        }
        let headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        let ask = Ask {
            service,
            region,
            method: "POST",
            target: "/",
            headers: &headers,
            body: body.as_bytes(),
            unsigned_body: false,
        };
        self.client.call(keys, &ask)
    }

    /// A change that must be done: asked again until a server says so. What was asked before may have been done already:
    /// `done` says by which refusal that is seen.
    pub(crate) fn insist(
        &mut self,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
        done: &[&str],
    ) -> Option<Reply> {
        let admin = self.client.world.admin.clone();
        let mut tries = 0;
        while tries < TRIES {
            self.client.world.wait_until_up();
            match self.query(&admin, service, "us-east-1", action, parameters) {
                Ok(reply) if reply.status == 200 => {
                    self.client.world.count("changes of the account acknowledged");
                    return Some(reply);
                }
                Ok(reply) if reply.is_throttled() => {
                    std::thread::sleep(std::time::Duration::from_millis(250));
                }
                Ok(reply) if tries > 0 && done.iter().any(|code| reply.text().contains(code)) => {
                    return Some(reply);
                }
                Ok(reply) => {
                    self.client.world.find(format!(
                        "{action} {parameters:?} is refused: {} {}",
                        reply.status,
                        reply.text()
                    ));
                    return None;
                }
                Err(_) => self.client.world.count("changes cut off"),
            }
            tries += 1;
        }
        None
    }

    pub(crate) fn pause(&self, milliseconds: u64) {
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
    }
}

/// For a form: everything but letters, digits and `-._~` in percents.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

pub(crate) const BUCKET: &str = "soak-objects";
const TRIES: usize = 1000;
