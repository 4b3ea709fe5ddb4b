//! One request and the head of its answer, on one connection.

use std::sync::Arc;

use http::header::{CONTENT_LENGTH, EXPECT};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use tokio::time::sleep;

use super::arriving::Arriving;
use super::pool::Lease;
use super::route::Route;
use crate::body::{Outgoing, Sending};
use crate::limits::{Phase, late};
use crate::{Body, ClientError, Limits};

/// No answer on one connection.
pub(super) enum Failed {
    /// The host has not looked at the request: another connection may do.
    Unserved(ClientError),
    /// The connection was closed. If that was before the request came, another may do, and no harm is done if not.
    Closed(ClientError),
    /// The host does not answer whether it wants the body: it wants to be sent it.
    Unasked(ClientError),
    ForGood(ClientError),
}

/// What was asked, and of whom.
pub(super) struct Question<'a> {
    pub(super) request: &'a Request<Body>,
    pub(super) route: &'a Route,
    pub(super) from: &'a str,
    pub(super) limits: &'a Limits,
    /// Whether the host may be asked before a large body is sent.
    pub(super) may_ask: bool,
}

impl Question<'_> {
    /// The answer's head, with the body to follow.
    pub(super) async fn ask(&self, mut lease: Lease) -> Result<(Response<()>, Arriving), Failed> {
        if let Err(source) = lease.sender().ready().await {
            lease.retire();
            return Err(Failed::Unserved(self.protocol(source)));
        }
        let asks = self.may_ask && !lease.is_shared() && self.is_worth_asking();
        let (request, sending) = self.written(&lease, asks);
        let outcome = self.answer(&mut lease, request, &sending).await;
        let answer = match outcome {
            Ok(answer) => answer,
            Err(failed) => {
                sending.abandon();
                lease.retire();
                return Err(failed);
            }
        };
        if asks && answer.status() == StatusCode::EXPECTATION_FAILED {
            sending.abandon();
            lease.close();
            let what = "does not say whether it wants the body".to_owned();
            return Err(Failed::Unasked(ClientError::Other { origin: self.from.to_owned(), what }));
        }
        // Whoever refuses before having read everything will not read the rest.
        if answer.status() >= StatusCode::MULTIPLE_CHOICES {
            sending.shut();
        } else {
            sending.open();
        }
        let (head, incoming) = answer.into_parts();
        let arriving = Arriving::new(incoming, lease, sending, self.from.to_owned(), self.limits.idle);
        Ok((Response::from_parts(head, ()), arriving))
    }

    /// Asking is no use to whoever does not wait for the answer.
    fn is_worth_asking(&self) -> bool {
        self.request.body().len() >= ASK_FROM && self.limits.send > self.limits.expect
    }

    /// The request as this connection wants it.
    fn written(&self, lease: &Lease, asks: bool) -> (Request<Outgoing>, Arc<Sending>) {
        let (head, body) = self.request.clone().into_parts();
        let outgoing = Outgoing::new(&body, asks.then_some(self.limits.expect));
        let sending = outgoing.sending();
        let mut request = Request::from_parts(head, outgoing);
        self.route.address(&mut request, lease.is_shared());
        // hyper says nothing of a body that is empty; S3 wants to be told (RFC 9110 section 8.6).
        if body.is_empty() && [Method::POST, Method::PUT, Method::PATCH].contains(request.method()) {
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if asks {
            request.headers_mut().insert(EXPECT, HeaderValue::from_static("100-continue"));
        }
        if !lease.is_shared() {
            let heard = Arc::clone(&sending);
            hyper::ext::on_informational(&mut request, move |head| heard.interim(head.status().as_u16()));
        }
        (request, sending)
    }

    async fn answer(
        &self,
        lease: &mut Lease,
        request: Request<Outgoing>,
        sending: &Sending,
    ) -> Result<Response<Incoming>, Failed> {
        let answer = lease.sender().send(request);
        tokio::select! {
            biased;
            answer = answer => answer.map_err(|error| self.failed(error, sending)),
            () = sending.flooded.notified() => Err(Failed::ForGood(ClientError::Flood {
                origin: self.from.to_owned(),
            })),
            error = self.silence(sending) => Err(Failed::ForGood(error)),
        }
    }

    /// Ends when nothing has moved for too long.
    async fn silence(&self, sending: &Sending) -> ClientError {
        let Limits { send, head, .. } = *self.limits;
        loop {
            let (is_finished, moved) = sending.progress();
            let (phase, allowed) = if is_finished { (Phase::Answer, head) } else { (Phase::Send, send) };
            let Some(left) = allowed.checked_sub(moved.elapsed()).filter(|left| !left.is_zero()) else {
                return late(self.from, phase, allowed);
            };
            // The last byte may leave meanwhile, from when on it is the other allowance.
            sleep(if is_finished { left } else { left.min(head) }).await;
        }
    }

    fn failed(&self, mut error: TrySendError<Request<Outgoing>>, sending: &Sending) -> Failed {
        if let Some(source) = sending.take_error() {
            return Failed::ForGood(ClientError::Body { origin: self.from.to_owned(), source });
        }
        let unsent = error.take_message().is_some();
        let source = error.into_error();
        let is_unserved = unsent || is_unprocessed(&source);
        let is_closed = is_idempotent(self.request.method()) && is_closed(&source);
        let error = self.protocol(source);
        match (is_unserved, is_closed) {
            (true, _) => Failed::Unserved(error),
            (false, true) => Failed::Closed(error),
            (false, false) => Failed::ForGood(error),
        }
    }

    fn protocol(&self, source: hyper::Error) -> ClientError {
        ClientError::Protocol { origin: self.from.to_owned(), source }
    }
}

/// RFC 9110 section 9.2.2.
fn is_idempotent(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS].contains(method)
}

/// Whether the host says that it has not looked at the request (RFC 9113 section 8.7): by refusing it, or by going away before
/// it came.
fn is_unprocessed(error: &hyper::Error) -> bool {
    h2(error).is_some_and(|error| {
        let reason = error.reason();
        reason == Some(h2::Reason::REFUSED_STREAM)
            || error.is_go_away() && error.is_remote() && reason == Some(h2::Reason::NO_ERROR)
    })
}

/// Whether the connection ended where an answer was awaited.
fn is_closed(error: &hyper::Error) -> bool {
    error.is_incomplete_message()
        || cause::<std::io::Error>(error).is_some()
        || h2(error).is_some_and(|error| error.is_io() || error.is_go_away())
}

fn h2(error: &hyper::Error) -> Option<&h2::Error> {
    cause(error)
}

fn cause<T: std::error::Error + 'static>(error: &hyper::Error) -> Option<&T> {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// As curl has it: below, asking costs more than sending in vain.
const ASK_FROM: u64 = 1 << 20;
