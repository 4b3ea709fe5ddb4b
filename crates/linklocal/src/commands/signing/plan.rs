//! What will be signed with what, before anything is signed.

use request_source::Message;
use serde::Serialize;
use sigv4::{Family, PathEncoding, Scope, ServiceRules, TokenRule};

use super::{Chosen, Keys, Moment, Place, Texts, Wire};
use crate::arguments::ScopeArguments;
use crate::output::Output;

/// Key, time and scope, each with where it is from.
#[derive(Clone, Debug)]
pub(in crate::commands) struct Plan {
    pub(in crate::commands) keys: Keys,
    pub(in crate::commands) moment: Moment,
    pub(in crate::commands) place: Place,
    pub(in crate::commands) rules: ServiceRules,
    /// The regions of a SigV4a signature; none in one of SigV4.
    pub(in crate::commands) region_set: Option<String>,
}

/// One thing that was chosen, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::commands) struct Reason {
    pub(in crate::commands) what: &'static str,
    pub(in crate::commands) value: String,
    pub(in crate::commands) because: String,
}

impl Plan {
    pub(in crate::commands) fn new(
        keys: Keys,
        moment: Moment,
        place: Place,
        message: &Message,
        arguments: &ScopeArguments,
    ) -> Self {
        let rules = ServiceRules::of(&place.service.value).for_request(&Wire::of(message).request());
        let region = &place.region.value;
        let wanted = arguments.sigv4a || region == "*";
        let region_set = wanted.then(|| arguments.region_set.clone().unwrap_or_else(|| region.clone()));
        Self { keys, moment, place, rules, region_set }
    }

    pub(in crate::commands) fn scope(&self) -> Scope<'_> {
        Scope::new(self.moment.time, &self.place.region.value, &self.place.service.value)
    }

    /// Says on stderr what somebody should know, whether or not they ask.
    pub(in crate::commands) fn warn(&self) {
        let warnings = self.place.notes.iter().map(String::as_str).chain(self.keys.warning());
        warnings.for_each(|warning| Output::note(&format!("warning: {warning}")));
    }

    /// Why it is signed in this way.
    pub(in crate::commands) fn reasons(&self, texts: &Texts) -> Vec<Reason> {
        let Self { keys, moment, place, rules, region_set } = self;
        let reason =
            |what, value: &str, because: &str| Reason { what, value: value.into(), because: because.into() };
        let chosen = |what, chosen: &Chosen| reason(what, &chosen.value, &format!("from {}", chosen.origin));
        let path = match rules.path {
            PathEncoding::AsSent => reason("path", "as sent", "S3 signs the path as it is on the wire"),
            PathEncoding::Again => reason(
                "path",
                "normalised, encoded once more",
                "what all services but S3 and its relatives sign",
            ),
        };
        vec![
            reason("key", &keys.access_key_id, &format!("from {}", keys.origin.text())),
            reason("token", if keys.session_token.is_some() { "there is one" } else { "none" }, self.token()),
            chosen("service", &place.service),
            match region_set {
                Some(set) => reason("regions", set, "the set that a SigV4a signature is good for"),
                None => chosen("region", &place.region),
            },
            reason("time", sigv4::AmzDate::from(moment.time).as_str(), &format!("from {}", moment.origin)),
            path,
            reason("headers", texts.signed_headers(), "all that nothing on the way changes"),
            reason("payload", texts.payload(), self.payload(texts)),
        ]
    }

    fn payload(&self, texts: &Texts) -> &'static str {
        match (texts.payload().len(), self.rules.unsigned_payload) {
            (64, _) => "SHA-256 of the body",
            (_, true) => "stands for a body that is not hashed",
            (_, false) => "stands for a body that is not hashed; few operations of this service take that",
        }
    }

    fn token(&self) -> &'static str {
        match (&self.keys.session_token, self.rules.token, self.rules.family) {
            (None, ..) => "long-term keys have none",
            (Some(_), TokenRule::AddedAfter, _) => "added after signing, as WebSockets of IoT want it",
            (Some(_), TokenRule::Signed, Family::S3) if self.rules.token_name != "x-amz-security-token" => {
                "signed, under the name that S3 Express has for it"
            }
            (Some(_), TokenRule::Signed, _) => "sent and signed",
        }
    }
}

/// Reasons in columns.
pub(in crate::commands) fn reasons_text(reasons: &[Reason]) -> String {
    let width = reasons.iter().map(|reason| reason.value.chars().count()).max().unwrap_or(0);
    let line =
        |reason: &Reason| format!("  {:8}  {:width$}  {}\n", reason.what, reason.value, reason.because);
    reasons.iter().map(line).collect()
}
