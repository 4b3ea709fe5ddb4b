//! A signed request in the forms that people want it in.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use request_source::{Message, curl, raw};
use serde::Serialize;
use sigv4::AmzDate;
use types::Secret;

use crate::arguments::{SignArguments, SignedForm};
use crate::commands::signing::{Added, Plan, Reason, Steps, Texts, host, reasons_text};
use crate::failure::Failure;
use crate::output::Output;

/// The request with its signature, and how that came about.
#[derive(Debug)]
pub(super) struct SignedRequest<'a> {
    /// With the headers of the signature.
    message: Message,
    /// Without them.
    unsigned: &'a Message,
    added: Added,
    texts: &'a Texts,
    plan: &'a Plan,
}

/// The object of `--json`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Object<'a> {
    method: &'a str,
    host: String,
    target: String,
    algorithm: &'a str,
    access_key_id: &'a str,
    service: &'a str,
    region: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region_set: Option<&'a str>,
    date: String,
    credential_scope: &'a str,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
    headers: BTreeMap<String, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    curl: Option<String>,
    /// Bodies may be any bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Steps>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Vec<Reason>>,
}

impl<'a> SignedRequest<'a> {
    pub(super) fn new(unsigned: &'a Message, added: Added, texts: &'a Texts, plan: &'a Plan) -> Self {
        let mut message = unsigned.clone();
        let bytes = |(name, value): &(&'static str, Secret<String>)| {
            (titled(name), value.expose().clone().into_bytes())
        };
        message.headers.extend(added.iter().map(bytes));
        Self { message, unsigned, added, texts, plan }
    }

    /// As it goes over the wire.
    pub(super) fn message(&self) -> &Message {
        &self.message
    }

    pub(super) fn print(&self, output: Output, arguments: &SignArguments) -> Result<(), Failure> {
        if output.json {
            return Output::object(&self.object(arguments)?);
        }
        if arguments.explain {
            Output::note(reasons_text(&self.reasons()).trim_end());
        }
        if arguments.steps {
            return Output::text(&self.steps().text());
        }
        match arguments.output {
            SignedForm::Headers => Output::text(&self.headers()),
            SignedForm::Curl => Output::text(&format!("{}\n", self.curl()?)),
            SignedForm::Raw => Output::bytes(&self.raw()?),
        }
    }

    fn headers(&self) -> String {
        let line = |(name, value): &(&'static str, Secret<String>)| {
            format!("{}: {}\n", titled(name), value.expose())
        };
        self.added.iter().map(line).collect()
    }

    fn curl(&self) -> Result<String, Failure> {
        curl::write(&self.message).map_err(|error| Failure::of(&error))
    }

    fn steps(&self) -> Steps {
        Steps::of_request(self.plan, self.texts, self.unsigned, &self.headers())
    }

    fn reasons(&self) -> Vec<Reason> {
        self.plan.reasons(self.texts)
    }

    fn object(&self, arguments: &SignArguments) -> Result<Object<'_>, Failure> {
        let Self { message, texts, plan, .. } = self;
        Ok(Object {
            method: &message.method,
            host: host(message),
            target: String::from_utf8_lossy(&message.target).into_owned(),
            algorithm: texts.algorithm,
            access_key_id: &plan.keys.access_key_id,
            service: &plan.place.service.value,
            region: &plan.place.region.value,
            region_set: plan.region_set.as_deref(),
            date: AmzDate::from(plan.moment.time).to_string(),
            credential_scope: texts.scope(),
            signed_headers: texts.signed_headers().split(';').collect(),
            signature: &texts.signature,
            headers: self.added.iter().map(|(name, value)| (titled(name), value.expose().as_str())).collect(),
            curl: (arguments.output == SignedForm::Curl).then(|| self.curl()).transpose()?,
            raw_base64: (arguments.output == SignedForm::Raw).then(|| self.raw().map(base64)).transpose()?,
            steps: arguments.steps.then(|| self.steps()),
            reasons: arguments.explain.then(|| self.reasons()),
        })
    }

    fn raw(&self) -> Result<Vec<u8>, Failure> {
        raw::write(&self.message).map_err(|error| Failure::of(&error))
    }
}

fn base64(bytes: Vec<u8>) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// `x-amz-date` as `X-Amz-Date`: HTTP does not tell them apart, people read the latter more easily.
fn titled(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}
