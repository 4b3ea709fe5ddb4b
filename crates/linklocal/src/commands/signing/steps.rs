//! The four steps of a signature, numbered, for people who learn how it is made (IAM User Guide, "Create a signed AWS API
//! request").
//!
//! Rule: no secret and no session token is shown; the signature is, as it is what the steps come to.

use request_source::Message;
use serde::Serialize;
use sigv4::explain::redact::Known;

use super::{Plan, Texts};

/// The texts of the four steps.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::commands) struct Steps {
    pub(in crate::commands) canonical_request: String,
    pub(in crate::commands) string_to_sign: String,
    /// How the key is made, without the secret.
    pub(in crate::commands) signing_key: String,
    pub(in crate::commands) signature: String,
    /// The head of a request, or a URL.
    pub(in crate::commands) signed_request: String,
}

impl Steps {
    /// `added` are the lines that the signature puts behind the request's own headers.
    pub(in crate::commands) fn of_request(
        plan: &Plan,
        texts: &Texts,
        request: &Message,
        added: &str,
    ) -> Self {
        let known = known(plan);
        let signed_request = format!("{}{}", known.text(&head(request)), known.values(added));
        Self::new(plan, texts, signed_request)
    }

    /// Of a URL that bears its signature.
    pub(in crate::commands) fn of_url(plan: &Plan, texts: &Texts, url: &str) -> Self {
        let lines = known(plan).values(url).replacen('?', "\n  ?", 1).replace('&', "\n  &");
        Self::new(plan, texts, lines)
    }

    fn new(plan: &Plan, texts: &Texts, signed_request: String) -> Self {
        Self {
            canonical_request: known(plan).text(texts.canonical_request.expose()),
            string_to_sign: texts.string_to_sign.clone(),
            signing_key: signing_key(plan, texts),
            signature: texts.signature.clone(),
            signed_request,
        }
    }

    pub(in crate::commands) fn text(&self) -> String {
        let parts = [
            (
                "1. Canonical request: method, path, query, headers, names of signed headers, hash of the body",
                &self.canonical_request,
            ),
            (
                "2. String to sign: algorithm, time, scope, SHA-256 of the canonical request",
                &self.string_to_sign,
            ),
            ("3. Signature: made of the string to sign, with a key for this scope alone", &self.signature()),
            ("4. Signed request: what goes over the wire, before the body", &self.signed_request),
        ];
        let step = |(title, text): (&str, &String)| {
            let lines = text.lines().map(|line| format!("   {line}").trim_end().to_owned() + "\n");
            format!("{title}\n\n{}", lines.collect::<String>())
        };
        parts.map(step).join("\n")
    }

    fn signature(&self) -> String {
        format!("{}\nsignature = {}", self.signing_key, self.signature)
    }
}

/// What must not be seen.
fn known(plan: &Plan) -> Known {
    let keys = &plan.keys;
    let token = keys.session_token.iter().map(|token| token.expose().as_str());
    Known::new(token.chain([keys.secret_access_key.expose().as_str()]))
}

/// The chain of HMACs, or the pair of SigV4a.
fn signing_key(plan: &Plan, texts: &Texts) -> String {
    if texts.algorithm == sigv4::v4a::ALGORITHM {
        return "key = the P-256 key made of the access key id and the secret access key".to_owned();
    }
    let scope = plan.scope();
    let date = String::from_utf8_lossy(&scope.date).into_owned();
    let parts = [&date, scope.region, scope.service, sigv4::TERMINATOR];
    let chain =
        parts.iter().fold("\"AWS4\" + secret".to_owned(), |key, part| format!("HMAC({key}, {part:?})"));
    format!("key = {chain}")
}

fn head(request: &Message) -> String {
    let target = String::from_utf8_lossy(&request.target);
    let mut head = format!("{} {target} {}\n", request.method, request.version.as_str());
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value)));
    }
    head
}
