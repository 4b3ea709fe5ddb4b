//! What a request comes to: `metadata` decides, and what it leaves open is filled in here.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use metadata::{Access, Answer, Content, Field, Live, SignatureKind, Status};
use net::Link;

use super::call::Call;
use super::{Service, Settings};
use crate::callers::Visit;
use crate::head::{self, Fields};
use crate::live::{Document, GrantSummary};
use crate::response::{self, Layout, Reply};
use crate::roster::Entry;
use crate::source::{DocumentSigner, RoleDelivery, SignDocumentError};

/// What a request came to.
pub(super) struct Outcome {
    pub(super) reply: Result<Reply, Unsigned>,
    /// How the caller got in.
    pub(super) access: Access,
    /// Whether a token was issued, where one was asked for.
    pub(super) token_issued: Option<bool>,
    /// The credentials that are handed out with the reply.
    pub(super) grant: Option<Arc<GrantSummary>>,
}

/// A request for a signature that nobody has asked for before.
pub(super) struct Unsigned {
    entry: Arc<Entry>,
    kind: SignatureKind,
    token_ttl: Option<u32>,
}

impl Outcome {
    /// A reply that was decided before the instance was asked.
    pub(super) fn of(reply: Reply) -> Self {
        Self { reply: Ok(reply), access: Access::None, token_issued: None, grant: None }
    }
}

impl Service {
    /// The instance's answer.
    pub(super) fn outcome(
        &self,
        call: &Call,
        fields: &Fields<'_>,
        entry: &Arc<Entry>,
        link: &Link<Visit>,
    ) -> Outcome {
        let request = metadata::Request {
            method: head::method(&call.parts.method),
            target: head::target(&call.parts.uri),
            token: fields.token,
            token_ttl: fields.token_ttl,
            forwarded: fields.forwarded,
            over_ipv6: link.peer().local.is_ipv6(),
        };
        let Settings { token_keys, fleet, .. } = &self.settings;
        let random = || self.random();
        let answer = metadata::respond(&request, &entry.rendered, token_keys, fleet, call.now, random);
        let is_put = request.method == metadata::Method::Put;
        let token_issued = is_put.then_some(matches!(answer.content, Content::Token(..)));
        if let Field::One(token) = fields.token {
            link.lift_hop_limit(token);
        }
        Outcome { token_issued, ..self.fill(answer, entry, call, link) }
    }

    /// Turns what `metadata` decided into what is sent.
    fn fill(&self, answer: Answer, entry: &Arc<Entry>, call: &Call, link: &Link<Visit>) -> Outcome {
        let Answer { status, token_ttl, content, access } = answer;
        let value = |content_type, body| Reply::value(&entry.last_modified, token_ttl, content_type, body);
        let empty = || Reply { token_ttl, ..Reply::empty(status_code(status)) };
        let mut grant = None;
        let reply = match content {
            Content::Text(body) => value(response::TEXT, body),
            Content::UserData(body) => value(response::BINARY, body),
            Content::Empty => empty(),
            Content::Allow(methods) => Reply { allow: Some(HeaderValue::from_static(methods)), ..empty() },
            Content::Token(token, hops) => {
                link.limit_hops(hops.get(), &token);
                Reply { layout: Layout::Token, body: Bytes::copy_from_slice(&token), ..empty() }
            }
            Content::NotFoundPage => Reply::not_found(),
            Content::Live(Live::Signature(kind)) => match entry.signatures.made(kind) {
                Some(body) => value(response::TEXT, body),
                None => {
                    let unsigned = Unsigned { entry: Arc::clone(entry), kind, token_ttl };
                    return Outcome { reply: Err(unsigned), access, token_issued: None, grant: None };
                }
            },
            Content::Live(live) => match self.live(live, access, entry, call) {
                Some(document) => {
                    grant = document.grant;
                    value(response::TEXT, document.body)
                }
                None => Reply::not_found(),
            },
        };
        Outcome { reply: Ok(reply), access, token_issued: None, grant }
    }

    fn live(&self, live: Live, access: Access, entry: &Entry, call: &Call) -> Option<Document> {
        let delivery = if access == Access::V2 { RoleDelivery::V2 } else { RoleDelivery::V1 };
        let edition = self.rehearsal.edition(entry.rendered.instance_id());
        entry.live.document(live, delivery, &entry.rendered, &*self.settings.credentials, edition, call.now)
    }

    /// Random bytes set tokens apart that were made in the same millisecond; what keeps them from being forged is their
    /// key. So a system without entropy still gets tokens.
    fn random(&self) -> [u8; 11] {
        self.settings.entropy.bytes().unwrap_or_default()
    }
}

impl Unsigned {
    pub(super) async fn reply(self, signer: Arc<dyn DocumentSigner>) -> Reply {
        let Self { entry, kind, token_ttl } = self;
        let of = Arc::clone(&entry);
        let signing = tokio::task::spawn_blocking(move || {
            of.signatures.make(&of.rendered.tree().identity_document(), &*signer, kind)
        });
        match signing.await.unwrap_or_else(|error| Err(SignDocumentError(error.to_string()))) {
            Ok(body) => Reply::value(&entry.last_modified, token_ttl, response::TEXT, body),
            Err(error) => {
                tracing::error!(instance = %entry.rendered.instance_id(), %error, "answered 500");
                Reply::empty(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

fn status_code(status: Status) -> StatusCode {
    match status {
        Status::Ok => StatusCode::OK,
        Status::BadRequest => StatusCode::BAD_REQUEST,
        Status::Unauthorized => StatusCode::UNAUTHORIZED,
        Status::Forbidden => StatusCode::FORBIDDEN,
        Status::NotFound => StatusCode::NOT_FOUND,
        Status::NotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Status::UriTooLong => StatusCode::URI_TOO_LONG,
    }
}
