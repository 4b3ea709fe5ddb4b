//! The Security Token Service by the AWS query protocol (API version 2011-06-15; facts/credentials.md section 3.2), and those
//! few operations of IAM, which speaks the same, that MFA devices take.
//!
//! Rule: what STS says in an error is shown, what it says otherwise is not.

mod identity;
mod known;
mod refusal;

use std::borrow::Cow;
use std::sync::Arc;

use client::{Body, Call, ClientError, Keys};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use profile::plan::{SessionDetails, StsTarget};
use types::{Secret, Timestamp};
use wire::{Leaves, XmlError};

pub use self::identity::{CallerIdentity, caller_identity};
pub use self::known::known_identity;
pub(crate) use self::refusal::Refusal;
use crate::advice::{Circumstances, KeysInHand, Origin};
use crate::{Context, ResolveError, Resolved, questions};

/// A service that speaks the query protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    Sts,
    Iam,
}

/// An operation and its parameters, in the order in which they are sent.
pub(crate) struct Question<'a> {
    pub(crate) api: Api,
    pub(crate) action: &'static str,
    pub(crate) parameters: Vec<(Cow<'static, str>, Secret<String>)>,
    pub(crate) target: &'a StsTarget,
    /// Whose keys sign; `None` for the operations that bear a token of their own.
    pub(crate) signer: Option<&'a Resolved>,
}

/// STS gave nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StsError {
    #[error(transparent)]
    Unanswered(#[from] ClientError),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("answer (status {status}) {source}")]
    NotXml { status: u16, source: XmlError },
    #[error("answer (status {status}) {what}")]
    Incomplete { status: u16, what: String },
    #[error("endpoint {0} is no URL")]
    Endpoint(String),
}

impl<'a> Question<'a> {
    pub(crate) fn new(action: &'static str, target: &'a StsTarget, signer: Option<&'a Resolved>) -> Self {
        Self { api: Api::Sts, action, parameters: Vec::new(), target, signer }
    }

    /// One to IAM; `target` is its endpoint then.
    pub(crate) fn to_iam(action: &'static str, target: &'a StsTarget, signer: &'a Resolved) -> Self {
        Self { api: Api::Iam, ..Self::new(action, target, Some(signer)) }
    }

    pub(crate) fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), Secret::new(value.into())));
        self
    }

    pub(crate) fn with_some(self, name: &'static str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Policies, tags and marks of a session. Lists count from 1 (AWS query protocol, "Serialization of lists").
    pub(crate) fn with_details(mut self, details: &SessionDetails) -> Self {
        self = self.with_some("ProviderId", details.provider_id.clone());
        for (number, arn) in (1..).zip(&details.policy_arns) {
            self = self.with(format!("PolicyArns.member.{number}.arn"), arn);
        }
        self = self.with_some("Policy", details.policy.clone());
        for (number, (key, value)) in (1..).zip(&details.tags) {
            self = self.with(format!("Tags.member.{number}.Key"), key);
            self = self.with(format!("Tags.member.{number}.Value"), value);
        }
        for (number, key) in (1..).zip(&details.transitive_tag_keys) {
            self = self.with(format!("TransitiveTagKeys.member.{number}"), key);
        }
        self.with_some("SourceIdentity", details.source_identity.clone())
    }

    /// Asks, and asks again where that may help. A one-time code is used up by whoever hears it.
    pub(crate) async fn ask(&self, context: &Context) -> Result<Answer, StsError> {
        let uses_up = self.parameters.iter().any(|(name, _)| name.starts_with("TokenCode"));
        let asked = questions::ask(context, self.call()?, uses_up).await?;
        let (status, is_success) = (asked.response.status(), asked.response.is_success());
        match Leaves::read(asked.response.body()) {
            Ok(leaves) if is_success => Ok(Answer { status, leaves }),
            Err(source) if is_success => Err(StsError::NotXml { status, source }),
            _ => Err(Refusal::read(status, asked.error.as_ref(), &self.circumstances(context)).into()),
        }
    }

    fn call(&self) -> Result<Call, StsError> {
        let service = self.api.signing_name();
        let call = Call::new(self.request()?, service, self.target.region.value.clone());
        Ok(match self.signer {
            Some(signer) => call.signed_by(Arc::new(Keys::from(signer))),
            None => call,
        })
    }

    /// What is known about this question, for whoever is refused.
    fn circumstances(&self, context: &Context) -> Circumstances<'_> {
        let serial = self.parameters.iter().find(|(name, _)| name == "SerialNumber");
        Circumstances {
            service: self.api.signing_name(),
            operation: Some(self.action),
            region: Some(&self.target.region.value),
            keys: self.signer.map(|keys| KeysInHand::of(keys, Origin::Unknown)),
            clock_millis: context.skew.millis(),
            mfa_serial: serial.map(|(_, serial)| serial.expose().as_str()),
            now: Some(context.now()),
        }
    }

    fn request(&self) -> Result<http::Request<Body>, StsError> {
        let endpoint = &self.target.endpoint_url.value;
        let mut request = http::Request::new(Body::from(self.body()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() =
            endpoint.parse().map_err(|_| StsError::Endpoint(self.target.endpoint_url.place.to_string()))?;
        let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
        request.headers_mut().insert(CONTENT_TYPE, form);
        Ok(request)
    }

    fn body(&self) -> String {
        let mut body = format!("Action={}&Version={}", self.action, self.api.version());
        for (name, value) in &self.parameters {
            body.push('&');
            body.push_str(name);
            body.push('=');
            crate::escape::percent(value.expose(), &mut body);
        }
        body
    }
}

impl Api {
    const fn signing_name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Iam => "iam",
        }
    }

    const fn version(self) -> &'static str {
        match self {
            Self::Sts => "2011-06-15",
            Self::Iam => "2010-05-08",
        }
    }
}

impl StsError {
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// `source` is the one that asked, in sentences: `role x of profile y`.
    pub(crate) fn tell(&self, source: &str, target: &StsTarget) -> ResolveError {
        let place = &target.endpoint_url.place;
        match self {
            Self::Unanswered(error) => ResolveError::unanswered(source, error).set_by(place),
            Self::Refused(refusal) => {
                let told = ResolveError::new("refused", format!("{source}: {refusal}"), refusal.remedy());
                ResolveError {
                    aws_code: Some(refusal.code.clone()),
                    transient: refusal.is_transient(),
                    ..told
                }
            }
            Self::NotXml { .. } | Self::Incomplete { .. } => ResolveError::new(
                "garbage",
                format!("{source}: {} {self}", client_origin(target)),
                format!("check that the endpoint is one of STS; it stands at {place}"),
            ),
            Self::Endpoint(_) => ResolveError::new(
                "url",
                format!("{source}: {self}"),
                "write the endpoint as https://host[:port]".to_owned(),
            ),
        }
    }
}

/// What STS said.
pub(crate) struct Answer {
    status: u16,
    leaves: Leaves,
}

impl Answer {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.leaves.get(name)
    }

    /// The texts of all elements of this name, in order.
    pub(crate) fn texts<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.leaves.all(name)
    }

    /// The `Credentials` of the answer, and whose they are.
    pub(crate) fn credentials(&self) -> Result<Resolved, StsError> {
        let expiration: Timestamp = self
            .needed("Expiration")?
            .parse()
            .map_err(|_| self.incomplete("has an Expiration that is no time"))?;
        let arn = self.text("Arn").map(str::to_owned);
        Ok(Resolved {
            access_key_id: self.needed("AccessKeyId")?.to_owned(),
            secret_access_key: Secret::new(self.needed("SecretAccessKey")?.to_owned()),
            session_token: Some(Secret::new(self.needed("SessionToken")?.to_owned())),
            expiration: Some(expiration),
            account_id: arn.as_deref().and_then(account),
            arn,
        })
    }

    pub(crate) fn needed(&self, name: &str) -> Result<&str, StsError> {
        self.text(name).ok_or_else(|| self.incomplete(&format!("has no {name}")))
    }

    fn incomplete(&self, what: &str) -> StsError {
        StsError::Incomplete { status: self.status, what: what.to_owned() }
    }
}

/// `arn:aws:sts::123456789012:assumed-role/…`: the fifth part.
fn account(arn: &str) -> Option<String> {
    arn.split(':').nth(4).filter(|account| !account.is_empty()).map(str::to_owned)
}

fn client_origin(target: &StsTarget) -> String {
    target.endpoint_url.value.parse().map(|uri| client::origin(&uri)).unwrap_or_default()
}
