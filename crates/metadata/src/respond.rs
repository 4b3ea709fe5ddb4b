//! From a request to its answer: the whole decision, step by step (facts/imds.md sections 1.3 to 1.6 and 1.8).

use types::Timestamp;
use types::instance::Tokens;

use crate::answer::{Access, Answer, Content, Status};
use crate::path::{Path, PathError};
use crate::request::{Field, Method, Request};
use crate::token::{TokenKeys, parse_ttl};
use crate::tree::Item;
use crate::{Rendered, Tree};

/// In what EC2's own fleets differ, named; the default is what was captured last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// Whether `PUT /latest/api/token/`, with a slash at the end, issues a token: so in 2026, while it was 403 in 2023
    /// (aws-beam/aws_credentials#47).
    pub token_path_trailing_slash: bool,
}

impl Default for Fleet {
    fn default() -> Self {
        Self { token_path_trailing_slash: true }
    }
}

/// The answer of `instance` to `request`. `random` is asked for the bytes of a new token, and only then.
///
/// HEAD is answered as GET; whoever writes the answer leaves out the body. The seconds that a token has left go with
/// every 200 and with no error, which no capture shows either way. The order of the steps is the service's: admission comes
/// before routing, so that without a token even a path that does not exist is 401.
pub fn respond(
    request: &Request<'_>,
    instance: &Rendered,
    keys: &TokenKeys,
    fleet: &Fleet,
    now: Timestamp,
    random: impl FnOnce() -> [u8; 11],
) -> Answer {
    if !is_reachable(request, instance) {
        return refusal(Status::Forbidden, Access::None);
    }
    let path = Path::parse(request.target);
    if request.method == Method::Put
        && let Ok(path) = &path
        && is_token_path(path)
    {
        return match check_token_request(request, path, fleet) {
            Ok(ttl) => token_answer(keys.issue(instance.instance_id(), ttl, now, random()), ttl, instance),
            Err(status) => refusal(status, Access::None),
        };
    }
    let caller = match admit(request, instance, keys, now) {
        Ok(caller) => caller,
        Err(access) => return refusal(Status::Unauthorized, access),
    };
    // Nobody learns whether a target is a path, or of what, before being let in.
    let (status, content) = match &path {
        Ok(path) => route(request.method, path, instance.tree()),
        Err(error) => (error.status(), Content::Empty),
    };
    let access = caller.access(request.method, status);
    let ttl = caller.left.filter(|_| status == Status::Ok);
    Answer { status, token_ttl: ttl, content, access }
}

/// Somebody who was let in: with a token that has so many seconds left, or without one.
struct Caller {
    left: Option<u32>,
}

impl Caller {
    /// EC2 counts version 1 by its successful calls (`MetadataNoToken`), and only reading is a call of version 1.
    fn access(&self, method: Method, status: Status) -> Access {
        match self.left {
            Some(_) => Access::V2,
            None if is_read(method) && status == Status::Ok => Access::V1,
            None => Access::None,
        }
    }
}

/// Whether the endpoint that the request came to is switched on.
fn is_reachable(request: &Request<'_>, instance: &Rendered) -> bool {
    let options = instance.options();
    options.http_endpoint.is_enabled() && (!request.over_ipv6 || options.http_protocol_ipv6.is_enabled())
}

fn is_token_path(path: &Path<'_>) -> bool {
    path.segments().eq(TOKEN_PATH)
}

/// The TTL that a token is asked for with. A proxy that forwards requests of others must not get one.
fn check_token_request(request: &Request<'_>, path: &Path<'_>, fleet: &Fleet) -> Result<u32, Status> {
    let open = fleet.token_path_trailing_slash || !path.ends_in_slash();
    if request.forwarded || !open {
        return Err(Status::Forbidden);
    }
    parse_ttl(request.token_ttl).ok_or(Status::BadRequest)
}

fn token_answer(token: [u8; 56], ttl: u32, instance: &Rendered) -> Answer {
    let content = Content::Token(token, instance.options().http_put_response_hop_limit);
    Answer { status: Status::Ok, token_ttl: Some(ttl), content, access: Access::None }
}

/// Checks the token before anything is looked up. A bad one is refused where tokens are optional, too.
fn admit(
    request: &Request<'_>,
    instance: &Rendered,
    keys: &TokenKeys,
    now: Timestamp,
) -> Result<Caller, Access> {
    match request.token {
        Field::Absent | Field::One(b"") => match instance.options().http_tokens {
            Tokens::Optional => Ok(Caller { left: None }),
            Tokens::Required if is_read(request.method) => Err(Access::V1Rejected),
            Tokens::Required => Err(Access::None),
        },
        Field::One(token) => match keys.verify(token, instance.instance_id(), now) {
            Ok(left) => Ok(Caller { left: Some(left) }),
            Err(_) => Err(Access::BadToken),
        },
        Field::Repeated => Err(Access::BadToken),
    }
}

/// What a method does to a path. Things are read first: the token's path is no part of the tree, so that it need not be
/// ruled out on the way to all others.
fn route(method: Method, path: &Path<'_>, tree: &Tree) -> (Status, Content) {
    let found = if is_read(method) { tree.find(path) } else { None };
    match (method, found) {
        (_, Some(item)) => (Status::Ok, Content::from(item)),
        (Method::Options, None) if is_token_path(path) => (Status::Ok, Content::Allow(ALLOW_TOKEN)),
        (_, None) if is_token_path(path) => (Status::NotAllowed, Content::Allow(ALLOW_TOKEN)),
        (Method::Options, None) => (Status::Ok, Content::Allow(ALLOW_METADATA)),
        (Method::Put | Method::Other, None) => (Status::Forbidden, Content::Empty),
        (Method::Get | Method::Head, None) => (Status::NotFound, Content::NotFoundPage),
    }
}

fn is_read(method: Method) -> bool {
    matches!(method, Method::Get | Method::Head)
}

fn refusal(status: Status, access: Access) -> Answer {
    Answer { status, token_ttl: None, content: Content::Empty, access }
}

impl PathError {
    fn status(self) -> Status {
        match self {
            Self::TooLong => Status::UriTooLong,
            Self::NotAPath | Self::BadEscape => Status::BadRequest,
        }
    }
}

impl From<Item> for Content {
    fn from(item: Item) -> Self {
        match item {
            Item::Text(bytes) | Item::Menu(bytes) => Self::Text(bytes),
            Item::UserData(bytes) => Self::UserData(bytes),
            Item::Live(live) => Self::Live(live),
        }
    }
}

const TOKEN_PATH: [&str; 3] = ["latest", "api", "token"];
const ALLOW_TOKEN: &str = "OPTIONS, PUT";
const ALLOW_METADATA: &str = "OPTIONS, GET, HEAD";
