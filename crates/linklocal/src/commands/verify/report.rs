//! What is said of a verdict, and with what the command ends.
//!
//! Rule: stderr begins with AWS's code where the signature is not taken. No session token and no signature is shown, but in the
//! answer of the service, where somebody asks for exactly that.

use std::collections::BTreeMap;

use serde::Serialize;
use sigv4::explain::{self, Explanation, Ours, Theirs, redact};
use sigv4::verify::{Answer, Refusal, Rule};
use sigv4::{Payload, PayloadKeyword};
use sys::Entropy;
use types::Timestamp;

use super::body::CheckedBody;
use super::verdict::{Refused, Valid, Verdict};
use super::{Subject, answer};
use crate::arguments::VerifyArguments;
use crate::commands::signing::{Chosen, ExplanationObject, Wire};
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json` for a good signature.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ValidObject<'a> {
    valid: bool,
    access_key_id: &'a str,
    mechanism: &'a str,
    algorithm: &'a str,
    service: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Timestamp>,
    expiration: Timestamp,
    signed_headers: &'a [String],
    body: &'a CheckedBody,
    endpoint: EndpointObject<'a>,
}

/// The object of `--json` for a refusal.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RefusedObject<'a> {
    valid: bool,
    code: &'a str,
    status: u16,
    message: String,
    rule: String,
    fields: BTreeMap<&'a str, String>,
    endpoint: EndpointObject<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerObject>,
}

/// By what the request was judged.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EndpointObject<'a> {
    service: &'a str,
    service_from: &'a str,
    region: &'a str,
    region_from: &'a str,
    time: Timestamp,
    time_from: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AnswerObject {
    status: u16,
    headers: BTreeMap<&'static str, String>,
    body: String,
}

pub(super) fn print(
    subject: &Subject,
    verdict: &Verdict,
    output: Output,
    arguments: &VerifyArguments,
) -> Result<(), Failure> {
    match verdict {
        Verdict::Valid(valid) => {
            Output::notes(&subject.notes);
            output.result(&valid_object(subject, valid), || valid_text(subject, valid))
        }
        Verdict::Refused(found) => refused(subject, found, output, arguments),
    }
}

fn valid_text(subject: &Subject, valid: &Valid) -> String {
    let region = valid.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
    let mut rows = vec![
        ("signed by", valid.access_key_id.clone()),
        ("signature", format!("{} in the {}", valid.algorithm, valid.mechanism)),
        ("for", format!("{}{region}", valid.service)),
    ];
    rows.extend(valid.signed.map(|time| ("signed at", time.iso8601())));
    rows.push(("good until", valid.expires.iso8601()));
    if !valid.signed_headers.is_empty() {
        rows.push(("headers", valid.signed_headers.join(";")));
    }
    rows.push(("body", valid.body.text()));
    rows.push(("judged as", endpoint_text(subject)));
    let rows: String = rows.iter().map(|(name, value)| format!("  {name:10}  {value}\n")).collect();
    format!("valid\n{rows}")
}

fn endpoint_text(subject: &Subject) -> String {
    let chosen = |chosen: &Chosen| format!("{} ({})", chosen.value, chosen.origin);
    let now = &subject.now;
    let (service, region) = (chosen(&subject.place.service), chosen(&subject.place.region));
    format!("{service}, {region}, at {} ({})", now.time.iso8601(), now.origin)
}

fn valid_object<'a>(subject: &'a Subject, valid: &'a Valid) -> ValidObject<'a> {
    ValidObject {
        valid: true,
        access_key_id: &valid.access_key_id,
        mechanism: valid.mechanism,
        algorithm: valid.algorithm,
        service: &valid.service,
        region: valid.region.as_deref(),
        date: valid.signed,
        expiration: valid.expires,
        signed_headers: &valid.signed_headers,
        body: &valid.body,
        endpoint: endpoint_object(subject),
    }
}

fn endpoint_object(subject: &Subject) -> EndpointObject<'_> {
    let place = &subject.place;
    EndpointObject {
        service: &place.service.value,
        service_from: &place.service.origin,
        region: &place.region.value,
        region_from: &place.region.origin,
        time: subject.now.time,
        time_from: &subject.now.origin,
    }
}

fn refused(
    subject: &Subject,
    found: &Refused,
    output: Output,
    arguments: &VerifyArguments,
) -> Result<(), Failure> {
    let refusal = &found.refusal;
    // Behind a good signature, and in a form, whose signature covers its policy alone, there is no request to be changed and
    // signed anew.
    let explained = arguments.explain && subject.form.is_none() && found.body.is_none();
    let explanation = explained.then(|| explanation(subject, refusal));
    let answer =
        arguments.answer_body.then(|| answer::of(subject, refusal, &Entropy::system())).transpose()?;
    if output.json {
        Output::object(&refused_object(subject, refusal, explanation.as_ref(), answer))?;
    } else {
        if let Some(answer) = &answer {
            Output::bytes(&answer.body)?;
        }
        if let Some(explanation) = &explanation {
            Output::text(&explanation.to_string())?;
        }
    }
    // The code comes first on stderr, before anything that is said besides.
    let notes: String = subject.notes.iter().map(|note| format!("\nnote: {note}")).collect();
    let failure = Failure::new(format!("{}: {}{notes}", refusal.code, sentence(refusal))).verbatim();
    Err(match found.body.clone().or_else(|| hint(subject, refusal, arguments)) {
        Some(hint) => failure.hint(hint),
        None => failure,
    })
}

/// Without the canonical texts that some services put behind it: they hold the session token.
fn sentence(refusal: &Refusal) -> String {
    let first = refusal.message.split("\n\n").next().unwrap_or_default();
    match first {
        "" => "the service says no more".to_owned(),
        first => redact::text(first),
    }
}

fn hint(subject: &Subject, refusal: &Refusal, arguments: &VerifyArguments) -> Option<String> {
    let place = &subject.place;
    match refusal.rule {
        Rule::Signature if subject.form.is_some() => {
            Some("the secret is another one, or the policy was changed after it was signed".to_owned())
        }
        Rule::Signature if !arguments.explain => Some("--explain finds out why".to_owned()),
        Rule::Skew | Rule::NotYetValid | Rule::Expired if !subject.at_request_time => {
            Some("--at-request-time judges a capture of long ago, --date as of any time".to_owned())
        }
        Rule::AccessKey => Some(format!(
            "it is checked against {}, from {}",
            redact::access_key_id(&subject.keys.access_key_id),
            subject.keys.origin.text()
        )),
        Rule::Region => {
            Some(format!("the endpoint is in {}, says {}", place.region.value, place.region.origin))
        }
        Rule::Service => {
            Some(format!("the endpoint is {}, says {}", place.service.value, place.service.origin))
        }
        Rule::NoAuthentication => Some("the request bears no signature at all".to_owned()),
        _ => None,
    }
}

fn refused_object<'a>(
    subject: &'a Subject,
    refusal: &'a Refusal,
    explanation: Option<&Explanation>,
    answer: Option<Answer>,
) -> RefusedObject<'a> {
    RefusedObject {
        valid: false,
        code: refusal.code,
        status: refusal.status,
        message: redact::text(&refusal.message),
        rule: format!("{:?}", refusal.rule),
        fields: shown_fields(subject, refusal),
        endpoint: endpoint_object(subject),
        explanation: explanation.map(ExplanationObject::from),
        answer: answer.map(|answer| AnswerObject {
            status: answer.status,
            headers: answer.headers.into_iter().collect(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
        }),
    }
}

/// Without what would let somebody act: tokens and signatures, also in another writing. Bytes only repeat a text that is there.
fn shown_fields<'a>(subject: &Subject, refusal: &'a Refusal) -> BTreeMap<&'a str, String> {
    let fields = refusal.fields.iter().filter(|(name, _)| !name.ends_with("Bytes"));
    let shown = |(name, value): &'a (&'static str, String)| {
        let of_body = *name == "StringToSign"
            && (subject.form.is_some() || value.contains("-PAYLOAD\n") || value.contains("-TRAILER\n"));
        match of_body || redact::is_sensitive(name) {
            true => (*name, redact::MASK.to_owned()),
            false => (*name, redact::text(value)),
        }
    };
    fields.map(shown).collect()
}

fn explanation(subject: &Subject, refusal: &Refusal) -> Explanation {
    let wire = Wire::of(&subject.message);
    let keys = [subject.keys.explained()];
    let ours = Ours::received(wire.request(), payload(subject), &keys, &subject.rules);
    let fields = refusal.fields.iter().map(|(name, value)| (*name, value.as_str()));
    let theirs = match refusal.rule {
        Rule::Signature => Theirs::default(),
        _ => Theirs::of_refusal(refusal.code, &refusal.message, fields),
    };
    explain::mismatch(&Ours { now: Some(subject.now.time), ..ours }, &theirs)
}

fn payload(subject: &Subject) -> Payload<'_> {
    let sent = subject.message.header("x-amz-content-sha256");
    match sent.and_then(|sent| PayloadKeyword::read(sent.trim_ascii())) {
        Some(keyword) => Payload::Keyword(keyword),
        None => Payload::Body(&subject.message.body),
    }
}
