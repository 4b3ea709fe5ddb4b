//! Why the other side refused a request that this side signed: `sign --explain --answer`.

use request_source::Message;
use sigv4::ServiceRules;
use sigv4::explain::{Key, Ours, answer, mismatch};
use sys::Clock;

use super::payload::ChosenPayload;
use super::subject::Subject;
use crate::arguments::SignArguments;
use crate::commands::credentials::Snapshot;
use crate::commands::signing::{Claim, ExplanationObject, Keys, Place, Told, Wire, file, host};
use crate::failure::Failure;
use crate::output::Output;

/// Explains the answer to a request that bears its signature already.
pub(super) fn explain_signed(
    subject: &Subject,
    payload: ChosenPayload,
    snapshot: &Snapshot,
    output: Output,
    arguments: &SignArguments,
) -> Result<(), Failure> {
    let message = &subject.message;
    let told = Told::by(&host(message), &message.target);
    let claim = Claim::read(message, |_| None);
    let scope = &arguments.scope;
    let place = Place::judging(scope.service.as_ref(), scope.region.as_ref(), &told, &claim)?;
    let rules = ServiceRules::of(&place.service.value).for_request(&Wire::of(message).request());
    // The texts can be compared without any key; only proofs need one.
    let keys = subject.keys_if_any(arguments, snapshot)?;
    explain(message, payload, keys.as_ref(), &rules, output, arguments)
}

/// Explains the answer to a request as it was sent.
pub(super) fn explain(
    message: &Message,
    payload: ChosenPayload,
    keys: Option<&Keys>,
    rules: &ServiceRules,
    output: Output,
    arguments: &SignArguments,
) -> Result<(), Failure> {
    let name = arguments.answer.as_deref().unwrap_or("-");
    let bytes = file(name, "the answer")?;
    let theirs = answer::read(&bytes);
    let says_nothing = theirs.code.is_none()
        && theirs.message.is_none()
        && theirs.canonical_request.is_none()
        && theirs.string_to_sign.is_none();
    if says_nothing || bytes.trim_ascii().is_empty() {
        return Err(Failure::new(format!("{name} holds no answer that is known")).hint(
            "what is wanted is the body that came with the refusal, XML or JSON, or a canonical request",
        ));
    }
    let keys: Vec<Key<'_>> = keys.iter().map(|keys| keys.explained()).collect();
    let wire = Wire::of(message);
    let ours = Ours::sent(wire.request(), payload.payload(message), &keys, rules);
    let explanation = mismatch(&Ours { now: Some(Clock::system().now()), ..ours }, &theirs);
    output.result(&ExplanationObject::from(&explanation), || explanation.to_string())
}

/// Whether the request bears a signature.
pub(super) fn is_signed(message: &Message) -> bool {
    message.header("authorization").is_some() || super::again::is_presigned(&message.target)
}
