//! For which service a request is, and for which of its operations.
//!
//! Rule: `X-Amz-Target` decides, else the `Version` of a form, else the service in the signature's scope; all else is S3
//! (facts/account.md section 1.1). None of it is proof: the signature is checked for the service that was routed to, and for no
//! other, so a scope for another service is refused.

use std::borrow::Cow;

use http::{HeaderName, Method, header};
use sigv4::Family;
use wire::Parameters;
use wire::model::{self, Operation, Service};

use crate::call::Call;
use crate::claim::Claim;
use crate::fault::{Face, Fault};

/// A service, as far as it takes to send a request there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The signing name, which is the model's name.
    pub(crate) name: &'static str,
    pub(crate) family: Family,
    version: &'static str,
    target_prefix: &'static str,
}

/// What a head tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// An operation of a service that speaks JSON.
    Target(String),
    /// A form, in the body or in the query.
    Form,
    S3,
    /// A service that is none of the account's.
    Foreign(String),
    /// A service of the account, and nothing that it answers to.
    Nowhere(&'static Endpoint),
}

/// An operation that AWS has.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// With a table of its shapes.
    Modelled(&'static Service, &'static Operation),
    /// Known by its name.
    Named(String),
}

impl Route {
    pub(crate) fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Modelled(_, operation) => operation.name.into(),
            Self::Named(name) => name.clone().into(),
        }
    }
}

impl Door {
    pub(crate) fn of(call: &Call, claim: &Claim) -> Self {
        let (method, at_root) = (&call.parts.method, call.path() == "/");
        if let (Some(target), true, &Method::POST) = (call.header(&TARGET), at_root, method) {
            return Self::Target(target.to_owned());
        }
        let may_be_form = at_root && (*method == Method::POST || *method == Method::GET);
        // A bucket is named by hosts alone that are S3's.
        if may_be_form && says_action(call) && !crate::s3::is_of_bucket(call) {
            return Self::Form;
        }
        let Some(service) = claim.service.as_deref() else { return Self::S3 };
        match (Endpoint::named(service), Family::of(service)) {
            (_, Some(Family::S3)) => Self::S3,
            (None, _) => Self::Foreign(service.to_owned()),
            (Some(endpoint), _) if may_be_form && endpoint.target_prefix.is_empty() => Self::Form,
            (Some(endpoint), _) => Self::Nowhere(endpoint),
        }
    }
}

impl Door {
    /// How answers look that are given before more is known.
    pub(crate) fn face(&self, claim: &Claim) -> Face {
        match self {
            Self::Target(target) => match Endpoint::of_target(target) {
                Some((endpoint, _)) => endpoint.face(),
                None => {
                    Face { family: Family::Json, service: claim.service.clone().unwrap_or_default().into() }
                }
            },
            Self::Form => match claim.service.as_deref() {
                Some(service) => Face::of(service),
                None => STS.face(),
            },
            Self::S3 => Face::S3,
            Self::Foreign(service) => Face::of(service),
            Self::Nowhere(endpoint) => endpoint.face(),
        }
    }
}

impl Endpoint {
    pub(crate) fn face(&self) -> Face {
        Face { family: self.family, service: self.name.into() }
    }

    fn named(name: &str) -> Option<&'static Self> {
        ENDPOINTS.iter().find(|endpoint| endpoint.name == name)
    }

    /// The service whose target this is, and the operation's name.
    pub(crate) fn of_target(target: &str) -> Option<(&'static Self, &str)> {
        let (prefix, operation) = target.rsplit_once('.')?;
        let of_it = |endpoint: &&Self| !prefix.is_empty() && endpoint.target_prefix == prefix;
        Some((ENDPOINTS.iter().find(of_it)?, operation))
    }

    /// The service whose form this is: that of its version, else the one it is signed for. What says neither is taken for a form of
    /// STS, which says what is missing.
    pub(crate) fn of_form(parameters: &Parameters<'_>, claim: &Claim) -> Result<&'static Self, Fault> {
        let version = parameters.get("Version").unwrap_or_default();
        let of_version = ENDPOINTS.iter().find(|endpoint| endpoint.version == version);
        match (of_version, claim.service.as_deref()) {
            (Some(endpoint), _) => Ok(endpoint),
            (None, None) => Ok(&STS),
            (None, Some(service)) => Self::signed_for(service),
        }
    }

    /// The service that a scope names.
    pub(crate) fn signed_for(service: &str) -> Result<&'static Self, Fault> {
        match (Self::named(service), Family::of(service)) {
            (Some(endpoint), _) => Ok(endpoint),
            (None, Some(Family::S3)) => Err(Fault::no_s3()),
            (None, _) => Err(Fault::no_service(service)),
        }
    }

    fn service(&self) -> &'static Service {
        model::service(self.name).expect("every endpoint has a table: a test holds it")
    }

    /// The operation that a form names.
    pub(crate) fn form(&self, parameters: &Parameters<'_>) -> Result<Route, Fault> {
        let action = parameters.get("Action").filter(|action| !action.is_empty());
        let version = parameters.get("Version").filter(|version| !version.is_empty());
        let action = action.ok_or_else(Fault::missing_action)?;
        if self.family == Family::Ec2 {
            if version.is_some_and(|version| version != self.version) {
                return Err(Fault::no_such_version(version.unwrap_or_default()));
            }
            return self.operation(action).ok_or_else(|| Fault::invalid_action(action));
        }
        let known = if version == Some(self.version) { self.operation(action) } else { None };
        known.ok_or_else(|| Fault::no_operation(action, version))
    }

    /// The operation that a target names.
    pub(crate) fn target(&self, operation: &str) -> Result<Route, Fault> {
        self.operation(operation).ok_or_else(Fault::unknown_operation)
    }

    fn operation(&self, name: &str) -> Option<Route> {
        let service = self.service();
        match service.operation(name) {
            Some(operation) => Some(Route::Modelled(service, operation)),
            None => service.has(name).then(|| Route::Named(name.to_owned())),
        }
    }
}

/// The body, where it holds parameters.
pub(crate) fn form_body<'b>(call: &Call, body: &'b [u8]) -> &'b [u8] {
    if has_form_type(call) { body } else { &[] }
}

/// Whether a request looks like a query service's.
fn says_action(call: &Call) -> bool {
    let in_query = || call.query().split('&').any(|pair| pair.starts_with("Action="));
    has_form_type(call) || in_query()
}

fn has_form_type(call: &Call) -> bool {
    let sent = call.header(&header::CONTENT_TYPE).unwrap_or_default();
    let kind = sent.split(';').next().unwrap_or_default().trim();
    call.parts.method == Method::POST && kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

const ENDPOINTS: [Endpoint; 5] = [
    STS,
    Endpoint { name: "iam", family: Family::Query, version: "2010-05-08", target_prefix: "" },
    Endpoint { name: "ec2", family: Family::Ec2, version: "2016-11-15", target_prefix: "" },
    Endpoint {
        name: "servicequotas",
        family: Family::Json,
        version: "2019-06-24",
        target_prefix: "ServiceQuotasV20190624",
    },
    Endpoint {
        name: "cloudtrail",
        family: Family::Json,
        version: "2013-11-01",
        target_prefix: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
    },
];

const STS: Endpoint =
    Endpoint { name: "sts", family: Family::Query, version: "2011-06-15", target_prefix: "" };

#[cfg(test)]
mod tests;
