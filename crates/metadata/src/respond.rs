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
/// every 200 and with no error, which no capture shows either way.
pub fn respond(
    request: &Request<'_>,
    instance: &Rendered,
    keys: &TokenKeys,
    fleet: &Fleet,
    now: Timestamp,
    random: impl FnOnce() -> [u8; 13],
) -> Answer {
    if !is_reachable(request, instance) {
        return refusal(Status::Forbidden, Access::None);
    }
    // A target that is no path is refused after admission, like any other.
    let path = Path::parse(request.target);
    let is_token_path = path.as_ref().is_ok_and(|path| path.segments().eq(TOKEN_PATH));
    if let Ok(path) = &path
        && is_token_path
        && request.method == Method::Put
    {
        let open = fleet.token_path_trailing_slash || !path.ends_in_slash();
        return match check_token_request(request, open) {
            Ok(ttl) => {
                let token = keys.issue(instance.instance_id(), ttl, now, random());
                let hop_limit = instance.options().http_put_response_hop_limit;
                Answer::new(Status::Ok, Content::Token(token, hop_limit), Access::None).with_ttl(Some(ttl))
            }
            Err(status) => refusal(status, Access::None),
        };
    }
    let caller = match admit(request, instance, keys, now) {
        Ok(caller) => caller,
        Err(access) => return refusal(Status::Unauthorized, access),
    };
    let path = match path {
        Ok(path) => path,
        Err(error) => {
            let status = error.status();
            return refusal(status, caller.access(request.method, status));
        }
    };
    let (status, content) = match request.method {
        Method::Options if is_token_path => (Status::Ok, Content::Allow(ALLOW_TOKEN)),
        _ if is_token_path => (Status::NotAllowed, Content::Allow(ALLOW_TOKEN)),
        Method::Options => (Status::Ok, Content::Allow(ALLOW_METADATA)),
        Method::Put | Method::Other => (Status::Forbidden, Content::Empty),
        Method::Get | Method::Head => look_up(instance.tree(), &path),
    };
    let access = caller.access(request.method, status);
    let ttl = caller.left.filter(|_| status == Status::Ok);
    Answer::new(status, content, access).with_ttl(ttl)
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

/// The TTL that a token is asked for with. A proxy that forwards requests of others must not get one.
fn check_token_request(request: &Request<'_>, open: bool) -> Result<u32, Status> {
    if request.forwarded || !open {
        return Err(Status::Forbidden);
    }
    parse_ttl(request.token_ttl).ok_or(Status::BadRequest)
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

fn look_up(tree: &Tree, path: &Path<'_>) -> (Status, Content) {
    match tree.find(path) {
        Some(Item::Text(bytes) | Item::Menu(bytes)) => (Status::Ok, Content::Text(bytes)),
        Some(Item::UserData(bytes)) => (Status::Ok, Content::UserData(bytes)),
        Some(Item::Live(live)) => (Status::Ok, Content::Live(live)),
        None => (Status::NotFound, Content::NotFoundPage),
    }
}

fn is_read(method: Method) -> bool {
    matches!(method, Method::Get | Method::Head)
}

fn refusal(status: Status, access: Access) -> Answer {
    Answer::new(status, Content::Empty, access)
}

impl PathError {
    fn status(self) -> Status {
        match self {
            Self::TooLong => Status::UriTooLong,
            Self::NotAPath | Self::BadEscape => Status::BadRequest,
        }
    }
}

impl Answer {
    fn new(status: Status, content: Content, access: Access) -> Self {
        Self { status, token_ttl: None, content, access }
    }

    fn with_ttl(self, token_ttl: Option<u32>) -> Self {
        Self { token_ttl, ..self }
    }
}

const TOKEN_PATH: [&str; 3] = ["latest", "api", "token"];
const ALLOW_TOKEN: &str = "OPTIONS, PUT";
const ALLOW_METADATA: &str = "OPTIONS, GET, HEAD";
