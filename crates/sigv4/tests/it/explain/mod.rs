//! Mismatches made on purpose, answers in the shapes of the field, and what must never show.

mod answers;
mod cases;
mod hidden;
mod hostile;
mod model;
mod stated;
mod wrong;

use sigv4::explain::{self, Explanation, Key, Ours, Side, Theirs};
use sigv4::{Payload, Request, ServiceRules};
use types::Secret;

use model::{KEY, Model, SECRET, TOKEN, Wire};

/// Asks for an explanation of a request, with the key of the model.
pub(crate) fn asked(wire: &Wire, service: &str, side: Side, theirs: &Theirs) -> Explanation {
    asked_with(wire, service, side, theirs, SECRET, &[])
}

pub(crate) fn asked_with(
    wire: &Wire,
    service: &str,
    side: Side,
    theirs: &Theirs,
    secret: &str,
    more: &[Key<'_>],
) -> Explanation {
    let rules = ServiceRules::of(service);
    let headers: Vec<(&str, &[u8])> = wire.headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())).collect();
    let request = Request { method: &wire.method, target: wire.target.as_bytes(), headers: &headers };
    let (secret, token) = (Secret::new(secret.to_owned()), Secret::new(TOKEN.to_owned()));
    let own = Key { access_key_id: KEY, secret: &secret, session_token: Some(&token) };
    let keys: Vec<Key<'_>> = std::iter::once(own).chain(more.iter().copied()).collect();
    let ours = Ours { side, ..Ours::sent(request, Payload::Body(&wire.body), &keys, &rules) };
    explain::mismatch(&ours, theirs)
}

/// S3's answer of a verifier that came to `expected` and received `provided`.
pub(crate) fn s3_answer(expected: &Model, provided: &str) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let bytes = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let (canonical, to_sign) = (expected.canonical(), expected.string_to_sign());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature \
         we calculated does not match the signature you provided. Check your key and signing method.</Message>\
         <AWSAccessKeyId>{KEY}</AWSAccessKeyId><StringToSign>{}</StringToSign><SignatureProvided>{provided}\
         </SignatureProvided><StringToSignBytes>{}</StringToSignBytes><CanonicalRequest>{}</CanonicalRequest>\
         <CanonicalRequestBytes>{}</CanonicalRequestBytes><RequestId>4442587FB7D0A2F9</RequestId><HostId>x</HostId></Error>",
        escaped(&to_sign),
        bytes(&to_sign),
        escaped(&canonical),
        bytes(&canonical),
    )
}

/// The message of the query and JSON protocols.
pub(crate) fn message(expected: &Model) -> String {
    format!(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and \
         signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have \
         been\n'{}'\n\nThe String-to-Sign should have been\n'{}'\n",
        expected.canonical(),
        expected.string_to_sign()
    )
}
