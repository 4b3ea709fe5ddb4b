//! What is put right between two attempts: the clock, the region, expired keys.
//!
//! Rule: each once in a call, and only on the service's own word.

use http::Method;
use http::header::HOST;

use super::Keys;
use super::region::pointed_to;
use super::run::{Answer, Exchange, Run};
use crate::Body;
use crate::retry::{Correction, Mode};

/// What was put right already.
#[derive(Default)]
pub(super) struct Corrected {
    clock: bool,
    region: bool,
    keys: bool,
}

impl Run<'_> {
    /// What was wrong with the attempt and can be put right. It is, before this returns.
    pub(super) async fn correction(&mut self, exchange: &Exchange) -> Option<Correction> {
        let answer = exchange.outcome.as_ref().ok().filter(|answer| answer.response.status() >= 300)?;
        if self.caller.settings.mode == Mode::Off {
            return None;
        }
        if let Some(correction) = self.region(answer) {
            return Some(correction);
        }
        if let Some(correction) = self.clock(answer, exchange.keys.is_some()) {
            return Some(correction);
        }
        self.newer_keys(answer, exchange.keys.as_ref()).await
    }

    fn region(&mut self, answer: &Answer) -> Option<Correction> {
        if self.corrected.region || has_host_of_its_own(&self.call.request) {
            return None;
        }
        let header = answer.response.header("x-amz-bucket-region");
        let found = pointed_to(&self.place, answer.response.status(), answer.error.as_ref(), header)?;
        self.corrected.region = true;
        let from = std::mem::replace(&mut self.place, found).region;
        let host = self.place.uri.host().unwrap_or_default().to_owned();
        Some(Correction::Region { from, to: self.place.region.clone(), host })
    }

    fn clock(&mut self, answer: &Answer, is_signed: bool) -> Option<Correction> {
        if self.corrected.clock || !self.caller.settings.correct_clock || !is_signed {
            return None;
        }
        let code = answer.error.as_ref().map(|error| error.code.as_str());
        let without_words = code.is_none() && self.call.request.method() == Method::HEAD;
        let may_be = code.is_some_and(|code| ABOUT_TIME.contains(&code))
            || without_words && matches!(answer.response.status(), 400 | 403);
        let offset_ms = may_be.then(|| self.caller.skew.adopt())??;
        self.corrected.clock = true;
        Some(Correction::Clock { offset_ms })
    }

    async fn newer_keys(&mut self, answer: &Answer, spent: Option<&Keys>) -> Option<Correction> {
        let (spent, identity) = (spent?, self.call.identity.as_ref()?);
        let code = answer.error.as_ref().map_or("", |error| error.code.as_str());
        if self.corrected.keys || !EXPIRED.contains(&code) {
            return None;
        }
        self.corrected.keys = true;
        identity.expired(spent);
        let newer = identity.keys().await.ok().filter(|keys| keys != spent);
        newer.map(|_| Correction::Keys)
    }
}

/// The caller wrote a `Host` that is not the URI's: it knows better where this goes.
fn has_host_of_its_own(request: &http::Request<Body>) -> bool {
    let host = request.headers().get(HOST);
    host.is_some_and(|host| request.uri().authority().is_none_or(|own| host != own.as_str()))
}

/// Codes of answers to requests whose time was wrong, or may have been (facts/sigv4.md section 6.1). They count only where the
/// clocks are known to differ by more than services tolerate.
const ABOUT_TIME: [&str; 9] = [
    "RequestTimeTooSkewed",
    "RequestExpired",
    "RequestInTheFuture",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "AccessDenied",
    "AccessDeniedException",
    "InvalidSignature",
];

const EXPIRED: [&str; 3] = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"];
