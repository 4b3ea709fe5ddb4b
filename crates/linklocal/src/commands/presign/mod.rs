//! `linklocal presign`: a URL that lets whoever has it do one thing for a while. Nothing is sent.

use std::time::Duration;

use request_source::{Message, url};
use serde::Serialize;
use sigv4::{AmzDate, Payload};
use sys::{Clock, Env};
use types::Timestamp;

use super::credentials::Snapshot;
use super::signing::{
    Chosen, Endpoint, Hint, Keys, Located, Moment, Place, Plan, Reach, Reason, S3Uri, Steps, Texts, Told,
    host, method, reasons_text, sign_query, web, with_headers,
};
use crate::arguments::PresignArguments;
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Object<'a> {
    url: &'a str,
    method: &'a str,
    service: &'a str,
    region: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region_set: Option<&'a str>,
    access_key_id: &'a str,
    date: String,
    expires_in: u32,
    expiration: Timestamp,
    /// Where the credentials end before the URL does, or may.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_expiration: Option<Timestamp>,
    signed_headers: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Steps>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Vec<Reason>>,
}

/// What is to be presigned, and with what.
struct Subject {
    message: Message,
    /// As it was typed.
    scheme: &'static str,
    plan: Plan,
}

pub(super) fn run(env: &Env, output: Output, arguments: &PresignArguments) -> Result<(), Failure> {
    let subject = Subject::find(&Snapshot::of_keys(env, &arguments.keys), arguments)?;
    subject.plan.warn();
    subject.warn_of_the_end(arguments);
    let (url, texts) = subject.presign(arguments)?;
    subject.print(output, arguments, &url, &texts)
}

impl Subject {
    fn find(snapshot: &Snapshot, arguments: &PresignArguments) -> Result<Self, Failure> {
        let keys = Keys::find(&arguments.keys, snapshot, Reach::Anybody)?;
        let moment = Moment::of(&arguments.scope, Clock::system().now());
        let (address, at_home) = match S3Uri::read(&arguments.address) {
            Some(uri) => {
                let uri = uri?;
                if uri.key.is_empty() {
                    Output::note(&format!(
                        "warning: {} names no object: the URL is good for the bucket itself",
                        arguments.address
                    ));
                }
                of_s3(&uri, snapshot, arguments)?
            }
            None => (arguments.address.clone(), None),
        };
        let (address, scheme) = web(&address);
        let url = url::read(&address).map_err(|error| {
            Failure::usage(error.to_string())
                .hint("write the URL as it goes over the wire, or s3://bucket/key")
        })?;
        if url.user.is_some() {
            return Err(Failure::usage("the URL holds a name or a password before @")
                .hint("keys come from the environment or from --access-key-id and --secret-access-key"));
        }
        let message = with_headers(Message::new(method(&arguments.method)?, &url), &arguments.header)?;
        let mut told = Told::by(&host(&message), &message.target);
        if arguments.address.starts_with("s3://") {
            told = told.or_s3();
        }
        let place = match at_home {
            Some(place) => place,
            None => Place::find(&arguments.scope, &Hint::default(), &told, snapshot)?,
        };
        let plan = Plan::new(keys, moment, place, &message, &arguments.scope);
        Ok(Self { message, scheme, plan })
    }

    /// The URL, and the texts it comes from.
    fn presign(&self, arguments: &PresignArguments) -> Result<(String, Texts), Failure> {
        let Self { message, plan, .. } = self;
        let sent = message.header("x-amz-content-sha256").map(String::from_utf8_lossy);
        let payload = match &sent {
            Some(text) => Payload::Text(text),
            None => plan.rules.presigned_payload(b""),
        };
        let (_, target, texts) = sign_query(message, payload, plan, arguments.expires_in)?;
        let target = String::from_utf8(target).map_err(|error| Failure::of(&error))?;
        let authority = message.authority.as_deref().unwrap_or_default();
        Ok((format!("{}://{authority}{target}", self.scheme), texts))
    }

    /// Which of the two ends comes first is what people are surprised by.
    fn warn_of_the_end(&self, arguments: &PresignArguments) {
        let keys = &self.plan.keys;
        let end = self.end(arguments);
        let warning = match keys.expiration {
            Some(expiration) if expiration <= self.plan.moment.time => {
                format!("the credentials ended at {}: the URL is dead from the start", expiration.iso8601())
            }
            Some(expiration) if expiration < end => format!(
                "the credentials end at {}, {} s before the URL: it ends with them",
                expiration.iso8601(),
                end.since(expiration).as_secs()
            ),
            Some(_) => return,
            None if keys.session_token.is_some() => {
                "the credentials are temporary, and nothing says when they end: the URL ends with them, if that is sooner"
                    .to_owned()
            }
            None => return,
        };
        Output::note(&format!("warning: {warning}"));
    }

    fn end(&self, arguments: &PresignArguments) -> Timestamp {
        self.plan.moment.time + Duration::from_secs(arguments.expires_in.into())
    }

    fn print(
        &self,
        output: Output,
        arguments: &PresignArguments,
        url: &str,
        texts: &Texts,
    ) -> Result<(), Failure> {
        let Self { message, plan, .. } = self;
        if output.json {
            return Output::object(&Object {
                url,
                method: &message.method,
                service: &plan.place.service.value,
                region: &plan.place.region.value,
                region_set: plan.region_set.as_deref(),
                access_key_id: &plan.keys.access_key_id,
                date: AmzDate::from(plan.moment.time).to_string(),
                expires_in: arguments.expires_in,
                expiration: self.end(arguments),
                credential_expiration: plan.keys.expiration,
                signed_headers: texts.signed_headers().split(';').collect(),
                steps: arguments.steps.then(|| Steps::of_url(plan, texts, url)),
                reasons: arguments.explain.then(|| plan.reasons(texts)),
            });
        }
        if arguments.explain {
            Output::note(reasons_text(&plan.reasons(texts)).trim_end());
        }
        match arguments.steps {
            true => Output::text(&Steps::of_url(plan, texts, url).text()),
            false => Output::text(&format!("{url}\n")),
        }
    }
}

/// The URL of an object, and the scope where the endpoint follows from it.
fn of_s3(
    uri: &S3Uri<'_>,
    snapshot: &Snapshot,
    arguments: &PresignArguments,
) -> Result<(String, Option<Place>), Failure> {
    if let Some(endpoint) = Endpoint::named(arguments.endpoint_url.as_deref(), snapshot, "S3")? {
        return Ok((uri.at(&endpoint, arguments.addressing_style)?, None));
    }
    let mut notes = Vec::new();
    let home = Place::home(&arguments.scope, snapshot, &mut notes);
    let Located { url, service, region } = uri.at_home(&home, arguments.addressing_style)?;
    let service = match &arguments.scope.service {
        Some(service) => Chosen::new(service, "--service"),
        None => Chosen::new(service, "s3://"),
    };
    let region = match region == home.value {
        true => home,
        false => {
            notes.clear();
            Chosen::new(region, "the ARN of the access point")
        }
    };
    Ok((url, Some(Place { service, region, notes })))
}
