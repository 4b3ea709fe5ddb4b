//! The container credential endpoints: what is asked for, and what is said where it is not given.
//!
//! Two agents hand out role credentials beside the metadata service: Amazon ECS's at 169.254.170.2, which tells tasks
//! apart by an unguessable id in the path, and EKS Pod Identity's at 169.254.170.23 and fd00:ec2::23, which tells pods
//! apart by the token of their service account. A third is anybody's own, wherever a program's variables say (facts/
//! credentials.md section 4.1); its path and words are our choice. Forms, statuses and texts are those of the agents (aws/amazon-ecs-agent,
//! `ecs-agent/tmds`; aws/eks-pod-identity-agent, `pkg`), whose HTTP server is Go's; what EKS itself says is quoted from
//! reports of its users. Rule: the same in, the same out; whom an id or a token belongs to is for the caller to find.

use bytes::Bytes;

use crate::document;
use crate::path::Path;
use crate::request::{Field, Method};

/// Whose endpoint a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContainerEndpoint {
    Ecs,
    PodIdentity,
    /// Both at one address, told apart by their paths, and one of our own.
    Either,
}

/// In which form credentials are asked for and given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContainerForm {
    /// `/v1/credentials?id=<id>`, of ECS agents before 1.14.
    EcsV1,
    /// `/v2/credentials/<id>`
    EcsV2,
    /// `/v1/credentials` with a service account's token as `Authorization`.
    PodIdentity,
    /// `/credentials` with a token as `Authorization`: what `AWS_CONTAINER_CREDENTIALS_FULL_URI` may name.
    Own,
}

/// Credentials are asked for, on the strength of `proof`: a credentials id or a token.
#[derive(Clone, PartialEq, Eq)]
pub struct ContainerQuestion {
    pub form: ContainerForm,
    pub proof: String,
}

/// Why there are no credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContainerFault {
    /// The agent has no such path.
    NoSuchPath,
    /// Our choice: the agents answer to any method, of which no client uses another than GET.
    NotAllowed,
    /// The request names nobody.
    Unnamed(ContainerForm),
    /// The token is no JSON web token.
    Malformed,
    /// A proxy has passed the request on to an agent of our own (EC2's rule for session tokens).
    Forwarded,
    /// The id or token is not known, or its holder has no role.
    Unknown(ContainerForm),
    /// The pod's service account has no role.
    Unassociated,
    /// There is a role, and no credentials of it.
    Unavailable(ContainerForm),
}

/// What a fault looks like on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerRefusal {
    pub status: u16,
    /// `application/json`; otherwise `text/plain; charset=utf-8` with `X-Content-Type-Options: nosniff`.
    pub is_json: bool,
    pub body: Bytes,
}

impl ContainerEndpoint {
    /// What a request asks for here. `target` is taken as it came; `authorization` is the header's value.
    pub fn question(
        self,
        method: Method,
        target: &str,
        authorization: Field<'_>,
    ) -> Result<ContainerQuestion, ContainerFault> {
        let path = Path::parse(target).map_err(|_| ContainerFault::NoSuchPath)?;
        let (form, proof) = self.route(&path, target, authorization)?;
        if !matches!(method, Method::Get | Method::Head) {
            return Err(ContainerFault::NotAllowed);
        }
        if proof.is_empty() {
            return Err(ContainerFault::Unnamed(form));
        }
        if form == ContainerForm::PodIdentity && proof.split('.').count() != 3 {
            return Err(ContainerFault::Malformed);
        }
        Ok(ContainerQuestion { form, proof })
    }

    fn route(
        self,
        path: &Path<'_>,
        target: &str,
        authorization: Field<'_>,
    ) -> Result<(ContainerForm, String), ContainerFault> {
        let mut segments = path.segments();
        let mut rest = || segments.by_ref().collect::<Vec<_>>().join("/");
        let slash = path.ends_in_slash();
        match (rest().as_str(), self) {
            ("v1/credentials", Self::Ecs) if !slash => Ok((ContainerForm::EcsV1, id_in_query(target))),
            ("v1/credentials", Self::Either) if !slash && !id_in_query(target).is_empty() => {
                Ok((ContainerForm::EcsV1, id_in_query(target)))
            }
            ("v1/credentials", Self::PodIdentity | Self::Either) if !slash => {
                Ok((ContainerForm::PodIdentity, token(authorization)))
            }
            ("credentials", Self::Either) if !slash => Ok((ContainerForm::Own, token(authorization))),
            ("v2/credentials", Self::Ecs | Self::Either) if slash => {
                Ok((ContainerForm::EcsV2, String::new()))
            }
            (path, Self::Ecs | Self::Either) => match path.strip_prefix("v2/credentials/") {
                Some(id) => Ok((ContainerForm::EcsV2, id.to_owned())),
                None => Err(ContainerFault::NoSuchPath),
            },
            _ => Err(ContainerFault::NoSuchPath),
        }
    }
}

impl ContainerFault {
    pub fn refusal(self) -> ContainerRefusal {
        use ContainerForm::{EcsV1, EcsV2, Own, PodIdentity};
        match self {
            Self::NoSuchPath => text(404, "404 page not found"),
            Self::NotAllowed => text(405, "Method Not Allowed"),
            Self::Unnamed(PodIdentity) => text(400, "Service account token cannot be empty"),
            Self::Malformed => text(
                400,
                "Service account token cannot be parsed: token is malformed: token contains an invalid number of \
                 segments",
            ),
            Self::Unknown(PodIdentity) => service(400, "InvalidTokenException", INVALID_TOKEN),
            Self::Unassociated => service(404, "ResourceNotFoundException", NO_ASSOCIATION),
            Self::Unavailable(PodIdentity) => service(400, "AccessDeniedException", NOT_ASSUMABLE),
            Self::Forwarded => own(403, "AccessDenied", FORWARDED),
            Self::Unnamed(Own) => own(401, "AccessDenied", NO_TOKEN),
            Self::Unknown(Own) => own(403, "AccessDenied", OTHER_TOKEN),
            Self::Unavailable(Own) => {
                own(503, "CredentialsUnavailable", "there are no credentials at the moment")
            }
            Self::Unnamed(form @ (EcsV1 | EcsV2)) => {
                ecs(form, 400, "NoIdInRequest", "No Credential ID in the request")
            }
            Self::Unknown(form @ (EcsV1 | EcsV2)) => {
                ecs(form, 400, "InvalidIdInRequest", "Credentials not found")
            }
            Self::Unavailable(form @ (EcsV1 | EcsV2)) => {
                ecs(form, 503, "CredentialsUninitialized", "Credentials uninitialized for ID")
            }
        }
    }
}

/// Ids and tokens are secrets.
impl std::fmt::Debug for ContainerQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContainerQuestion").field("form", &self.form).finish_non_exhaustive()
    }
}

/// The first `id` of the query. Ids need no escapes, so that one with escapes is nobody's.
fn id_in_query(target: &str) -> String {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let id = query.split('&').find_map(|pair| pair.strip_prefix("id="));
    id.unwrap_or_default().to_owned()
}

/// The header's value. Of two, nobody can say which is meant.
fn token(authorization: Field<'_>) -> String {
    match authorization {
        Field::One(value) => String::from_utf8_lossy(value).into_owned(),
        Field::Absent | Field::Repeated => String::new(),
    }
}

fn ecs(form: ContainerForm, status: u16, code: &str, message: &str) -> ContainerRefusal {
    let version = if form == ContainerForm::EcsV1 { 1 } else { 2 };
    let message = format!("CredentialsV{version}Request: {message}");
    ContainerRefusal { status, is_json: true, body: document::ecs_error(code, &message, status) }
}

/// What SDKs show of a refusal: `code` and `message`.
fn own(status: u16, code: &str, message: &str) -> ContainerRefusal {
    ContainerRefusal { status, is_json: true, body: document::agent_error(code, message) }
}

/// As Go's `http.Error` writes it, with a newline at the end.
fn text(status: u16, message: &str) -> ContainerRefusal {
    ContainerRefusal { status, is_json: false, body: format!("{message}\n").into() }
}

/// What the EKS Auth service refused, as the agent passes it on. Its request ids are of no use to anybody here, and one
/// that is always the same can be tested for.
fn service(status: u16, code: &str, message: &str) -> ContainerRefusal {
    text(status, &format!("[{REQUEST_ID}]: ({code}): {message}, fault: client"))
}

const NO_TOKEN: &str =
    "there is no token in Authorization: set AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE as the server says";
const FORWARDED: &str = "requests that a proxy passes on get no credentials: ask without X-Forwarded-For";
const OTHER_TOKEN: &str = "the token in Authorization is not, or no longer, of use here: read AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE again";
const REQUEST_ID: &str = "00000000-0000-0000-0000-000000000000";
const INVALID_TOKEN: &str = "The token included in the request is invalid";
/// Our choice of words: no report quotes them.
const NO_ASSOCIATION: &str = "No association found for the service account of the token";
const NOT_ASSUMABLE: &str =
    "Unauthorized Exception! EKS does not have permissions to assume the associated role.";

#[cfg(test)]
mod tests {
    use super::*;
    use ContainerEndpoint::{Ecs, Either, PodIdentity};

    fn asked(
        endpoint: ContainerEndpoint,
        target: &str,
        token: Field<'_>,
    ) -> Result<(ContainerForm, String), ContainerFault> {
        endpoint.question(Method::Get, target, token).map(|question| (question.form, question.proof))
    }

    #[test]
    fn paths_say_what_is_asked_for() {
        let (v1, v2, pod) = (ContainerForm::EcsV1, ContainerForm::EcsV2, ContainerForm::PodIdentity);
        let jwt = Field::One(b"a.b.c");
        let (absent, no_path) = (Field::Absent, Err(ContainerFault::NoSuchPath));
        let found = |form, proof: &str| Ok((form, proof.to_owned()));
        for (endpoint, target, token, wanted) in [
            (Ecs, "/v2/credentials/x", absent, found(v2, "x")),
            (Ecs, "//v2//credentials/x?y=1", absent, found(v2, "x")),
            (Ecs, "/v2/credentials/x/y/", absent, found(v2, "x/y")),
            (Ecs, "/v2/credentials/", absent, Err(ContainerFault::Unnamed(v2))),
            (Ecs, "/v2/credentials", absent, no_path.clone()),
            (Ecs, "/v1/credentials?a=b&id=x", jwt, found(v1, "x")),
            (Ecs, "/v1/credentials", jwt, Err(ContainerFault::Unnamed(v1))),
            (Ecs, "/", absent, no_path.clone()),
            (Ecs, "/latest/meta-data/", absent, no_path.clone()),
            (Ecs, "*", absent, no_path.clone()),
            (PodIdentity, "/v1/credentials", jwt, found(pod, "a.b.c")),
            (PodIdentity, "/v1/credentials?id=x", jwt, found(pod, "a.b.c")),
            (PodIdentity, "/v1/credentials/", jwt, no_path.clone()),
            (PodIdentity, "/v2/credentials/x", jwt, no_path.clone()),
            (PodIdentity, "/v1/credentials", absent, Err(ContainerFault::Unnamed(pod))),
            (PodIdentity, "/v1/credentials", Field::Repeated, Err(ContainerFault::Unnamed(pod))),
            (PodIdentity, "/v1/credentials", Field::One(b"a.b"), Err(ContainerFault::Malformed)),
            (Either, "/v1/credentials", jwt, found(pod, "a.b.c")),
            (Either, "/v1/credentials?id=x", jwt, found(v1, "x")),
            (Either, "/v2/credentials/x", jwt, found(v2, "x")),
            (Either, "/credentials", Field::One(b"t"), found(ContainerForm::Own, "t")),
            (Either, "/credentials", absent, Err(ContainerFault::Unnamed(ContainerForm::Own))),
            (Either, "/credentials/", jwt, no_path.clone()),
            (Ecs, "/credentials", jwt, no_path.clone()),
            (PodIdentity, "/credentials", jwt, no_path.clone()),
            (Either, "/v3/credentials/x", jwt, no_path),
        ] {
            assert_eq!(asked(endpoint, target, token), wanted, "{endpoint:?} {target}");
        }
    }

    #[test]
    fn only_reading_gets_credentials() {
        for method in [Method::Put, Method::Options, Method::Other] {
            let asked = Ecs.question(method, "/v2/credentials/x", Field::Absent);
            assert_eq!(asked, Err(ContainerFault::NotAllowed));
        }
        let head = Ecs.question(Method::Head, "/v2/credentials/x", Field::Absent).unwrap();
        assert_eq!(head.proof, "x");
    }

    #[test]
    fn questions_do_not_show_what_they_are_asked_with() {
        let question = Ecs.question(Method::Get, "/v2/credentials/secret", Field::Absent).unwrap();
        assert!(!format!("{question:?}").contains("secret"));
    }
}
