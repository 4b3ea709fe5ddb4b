//! What became of each request, for whoever watches.
//!
//! Rule: nobody watches unless asked to, and then nothing secret is shown: of a session token its mark, of credentials the
//! key id.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use metadata::{Access, Method, Path};
use types::{AccessKeyId, InstanceId, Timestamp};

use crate::faults::Subject;

/// Who watches. It is called where requests are answered, so it must neither wait nor grow without bound.
pub trait Observer: Send + Sync + fmt::Debug {
    fn observe(&self, observation: Observation);
}

/// One request and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// When its head was complete.
    pub arrived: Timestamp,
    /// When it was answered, or given up.
    pub settled: Timestamp,
    /// Connections are numbered as they come.
    pub connection: u64,
    /// And so are requests on each of them.
    pub request: u32,
    /// The process that called, where it is known.
    pub process_id: Option<u32>,
    /// At most 256 bytes of it.
    pub user_agent: Option<String>,
    /// `None` if no instance answers the client.
    pub instance_id: Option<InstanceId>,
    pub method: Method,
    /// The path in its normal form, at most 256 bytes of it; at a container endpoint without the id, which is a secret.
    pub path: String,
    pub kind: RequestKind,
    pub access: Access,
    /// The session token that came with the request or, to a request for one, went with the answer.
    pub token: Option<TokenMark>,
    pub ending: Ending,
    /// The faults that befell it.
    pub befallen: Befallen,
    pub grant: Option<ObservedGrant>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// A session token.
    Token,
    /// The name of the role.
    RoleList,
    /// A document that holds credentials.
    Credentials,
    /// A container credential endpoint.
    Container,
    /// Anything else.
    Metadata,
}

/// Tells session tokens apart without being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenMark(pub u64);

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// With this status.
    Answered(u16),
    /// With a TCP reset.
    Reset,
    /// Not at all: by a fault, or because the client went before its answer came.
    Unanswered,
}

/// Which faults befell a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Befallen {
    /// The rule of that id.
    pub rule: Option<u32>,
    /// Its token was lost.
    pub token_lost: bool,
    /// How often it was sent before the packet budget had room for it.
    pub packets_dropped: u32,
}

/// Credentials that were handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedGrant {
    pub access_key_id: AccessKeyId,
    /// When the set ends in truth; a clock offset makes the client see another time.
    pub expiration: Option<Timestamp>,
}

impl Observation {
    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject {
            instance_id: self.instance_id.as_ref(),
            kind: self.kind,
            path: &self.path,
            is_read: matches!(self.method, Method::Get | Method::Head),
            has_token: self.token.is_some(),
        }
    }
}

impl RequestKind {
    pub(crate) fn of(method: Method, target: &str, is_container: bool) -> Self {
        if is_container {
            return Self::Container;
        }
        let Ok(path) = Path::parse(target) else { return Self::Metadata };
        let segments: Vec<&str> = path.segments().take(LONGEST_KIND).collect();
        match (method, segments.as_slice()) {
            (Method::Put, ["latest", "api", "token"]) => Self::Token,
            (_, [_, "meta-data", "iam", "security-credentials" | "security-credentials-extended"]) => {
                Self::RoleList
            }
            (_, [_, "meta-data", "iam", "security-credentials" | "security-credentials-extended", _])
            | (_, [_, "meta-data", "identity-credentials", "ec2", "security-credentials", _]) => {
                Self::Credentials
            }
            _ => Self::Metadata,
        }
    }
}

impl TokenMark {
    pub(crate) fn of(token: &[u8]) -> Self {
        // 64 bits of a hash say nothing of the 128 bits that make a token good.
        let mut hasher = DefaultHasher::new();
        token.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// A target as it may be shown.
pub(crate) fn shown_path(target: &str, is_container: bool) -> String {
    let shown = if is_container { CONTAINER_NAMES } else { usize::MAX };
    match Path::parse(target) {
        Ok(path) => bounded(&format!("/{}", path.segments().take(shown).collect::<Vec<_>>().join("/"))),
        Err(_) if is_container => String::new(),
        Err(_) => bounded(target),
    }
}

/// What a client wrote, cut to a bound.
pub(crate) fn bounded(text: &str) -> String {
    text[..text.floor_char_boundary(MAX_TEXT)].to_owned()
}

const MAX_TEXT: usize = 256;
/// `v1/credentials` and `v2/credentials`; what follows is an id.
const CONTAINER_NAMES: usize = 2;
/// One more than the longest path that is told from others has names.
const LONGEST_KIND: usize = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_method_and_path() {
        use RequestKind as Kind;
        for (method, target, kind) in [
            (Method::Put, "/latest/api/token", Kind::Token),
            (Method::Put, "//latest/api/token/", Kind::Token),
            (Method::Get, "/latest/api/token", Kind::Metadata),
            (Method::Get, "/latest/meta-data/iam/security-credentials/", Kind::RoleList),
            (Method::Get, "/2021-07-15/meta-data/iam/security-credentials-extended", Kind::RoleList),
            (Method::Head, "/latest/meta-data/iam/security-credentials/%61pp", Kind::Credentials),
            (Method::Get, "/latest/meta-data/iam/security-credentials/app/more", Kind::Metadata),
            (
                Method::Get,
                "/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
                Kind::Credentials,
            ),
            (Method::Get, "/latest/meta-data/iam/info", Kind::Metadata),
            (Method::Get, "*", Kind::Metadata),
        ] {
            assert_eq!(RequestKind::of(method, target, false), kind, "{target}");
            assert_eq!(RequestKind::of(method, target, true), Kind::Container);
        }
    }

    #[test]
    fn paths_are_shown_in_their_normal_form_and_ids_are_not() {
        let long = format!("/{}", "é".repeat(200));
        for (target, is_container, shown) in [
            ("//latest/./meta-data/?x=1", false, "/latest/meta-data"),
            ("/", false, "/"),
            ("*", false, "*"),
            (long.as_str(), false, &long[..255]),
            ("/v2/credentials/0a1b-secret", true, "/v2/credentials"),
            ("/v1/credentials?id=secret", true, "/v1/credentials"),
            ("%secret", true, ""),
        ] {
            assert_eq!(shown_path(target, is_container), shown);
        }
    }
}
