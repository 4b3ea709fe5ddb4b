//! A signed request in the forms that people want it in.

use std::collections::BTreeMap;

use request_source::{Message, curl, raw};
use serde::Serialize;
use sigv4::AmzDate;

use super::signature::Signature;
use crate::arguments::{SignArguments, SignedForm};
use crate::commands::signing::{Plan, Reason, Steps, host, reasons_text};
use crate::failure::Failure;
use crate::output::Output;

/// The request with its signature, and how that came about.
#[derive(Debug)]
pub(super) struct SignedRequest<'a> {
    /// With the headers of the signature.
    message: Message,
    /// Without them.
    unsigned: &'a Message,
    signature: &'a Signature,
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
    date: String,
    credential_scope: &'a str,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
    headers: BTreeMap<String, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    curl: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Steps>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Vec<Reason>>,
}

impl<'a> SignedRequest<'a> {
    pub(super) fn new(unsigned: &'a Message, signature: &'a Signature, plan: &'a Plan) -> Self {
        let mut message = unsigned.clone();
        let added = signature.headers.iter();
        message
            .headers
            .extend(added.map(|(name, value)| (titled(name), value.expose().clone().into_bytes())));
        Self { message, unsigned, signature, plan }
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
            SignedForm::Raw => {
                let bytes = raw::write(&self.message).map_err(|error| Failure::of(&error))?;
                Output::exact(&bytes)
            }
        }
    }

    fn headers(&self) -> String {
        let line = |(name, value): &(String, types::Secret<String>)| {
            format!("{}: {}\n", titled(name), value.expose())
        };
        self.signature.headers.iter().map(line).collect()
    }

    fn curl(&self) -> Result<String, Failure> {
        curl::write(&self.message).map_err(|error| Failure::of(&error))
    }

    fn steps(&self) -> Steps {
        let Signature { canonical_request, string_to_sign, hex, .. } = self.signature;
        let added = self.headers();
        Steps::new(self.plan, canonical_request, string_to_sign, hex, self.unsigned, &added)
    }

    fn reasons(&self) -> Vec<Reason> {
        let mut reasons = self.plan.reasons();
        let Signature { signed_headers, .. } = self.signature;
        reasons.push(Reason {
            what: "headers",
            value: signed_headers.clone(),
            because: "all that nothing on the way changes".to_owned(),
        });
        let payload = self.signature.canonical_request.expose().rsplit('\n').next().unwrap_or_default();
        let hashed = payload.len() == 64;
        reasons.push(Reason {
            what: "payload",
            value: payload.to_owned(),
            because: if hashed { "SHA-256 of the body" } else { "the body itself is not signed" }.to_owned(),
        });
        reasons
    }

    fn object(&self, arguments: &SignArguments) -> Result<Object<'_>, Failure> {
        let Self { message, signature, plan, .. } = self;
        Ok(Object {
            method: &message.method,
            host: host(message),
            target: String::from_utf8_lossy(&message.target).into_owned(),
            algorithm: signature.algorithm,
            access_key_id: &plan.keys.access_key_id,
            service: &plan.place.service.value,
            region: &plan.place.region.value,
            date: AmzDate::from(plan.moment.time).to_string(),
            credential_scope: &signature.scope,
            signed_headers: signature.signed_headers.split(';').collect(),
            signature: &signature.hex,
            headers: signature
                .headers
                .iter()
                .map(|(name, value)| (titled(name), value.expose().as_str()))
                .collect(),
            curl: (arguments.output == SignedForm::Curl).then(|| self.curl()).transpose()?,
            steps: arguments.steps.then(|| self.steps()),
            reasons: arguments.explain.then(|| self.reasons()),
        })
    }
}

/// `x-amz-date` as `X-Amz-Date`: HTTP does not tell them apart, people read the latter more easily.
fn titled(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}
