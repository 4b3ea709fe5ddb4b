//! A world for tests: answers by script, a clock that stands, a user who is silent or types what is written down.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use client::{Client, Exchange, Limits, Response, Transport};
use http::HeaderMap;
use sys::{Env, FakeClock};
use types::{Secret, Timestamp};

use crate::{Context, Prompt, PromptError};

/// Answers in their order, and keeps what was asked.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// Status and body.
    answers: Mutex<VecDeque<(u16, String)>>,
    asked: Mutex<Vec<(String, String)>>,
    headers: Mutex<Vec<HeaderMap>>,
}

impl Script {
    pub(crate) fn new(answers: &[(u16, &str)]) -> Arc<Self> {
        let script = Self::default();
        for (status, body) in answers {
            script.answers.lock().unwrap().push_back((*status, (*body).to_owned()));
        }
        Arc::new(script)
    }

    /// Method and URL, and body, of each question.
    pub(crate) fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn header(&self, question: usize, name: &str) -> String {
        let headers = self.headers.lock().unwrap();
        headers[question][name].to_str().unwrap().to_owned()
    }
}

impl Transport for Script {
    fn send<'a>(&'a self, request: http::Request<Bytes>, _limits: &'a Limits) -> Exchange<'a> {
        let body = String::from_utf8(request.body().to_vec()).unwrap();
        self.asked.lock().unwrap().push((format!("{} {}", request.method(), request.uri()), body));
        self.headers.lock().unwrap().push(request.headers().clone());
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(async move {
            let (status, body) = answer.expect("nobody asks more often than the script answers");
            Ok(Response::new(status, HeaderMap::new(), body.into_bytes()))
        })
    }
}

/// Hears everything, and types these lines.
#[derive(Debug, Default)]
pub(crate) struct Person {
    pub(crate) there: bool,
    pub(crate) heard: Mutex<Vec<String>>,
    pub(crate) types: Mutex<VecDeque<String>>,
}

impl Person {
    pub(crate) fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

impl Prompt for Person {
    fn is_there(&self) -> bool {
        self.there
    }

    fn ask(&self, question: &str) -> Result<Secret<String>, PromptError> {
        self.heard.lock().unwrap().push(question.to_owned());
        self.types.lock().unwrap().pop_front().map(Secret::new).ok_or(PromptError::NoTerminal)
    }

    fn tell(&self, line: &str) {
        self.heard.lock().unwrap().push(line.to_owned());
    }
}

/// A context whose `~/.aws` is `home`, at `now`.
pub(crate) fn context(
    home: &Path,
    now: Timestamp,
    script: &Arc<Script>,
    person: &Arc<Person>,
) -> (Context, FakeClock) {
    let clock = FakeClock::new(now);
    let client = Client::over(Arc::clone(script) as Arc<dyn Transport>);
    let prompt = Arc::clone(person) as Arc<dyn Prompt>;
    let context = Context::new(Env::default(), home.to_owned(), client, prompt);
    (Context { clock: clock.clock(), entropy: sys::Entropy::seeded(1), ..context }, clock)
}
