//! One call, attempt by attempt.

use std::time::Duration;

use http::header::HOST;
use http::{HeaderValue, Method};
use wire::AwsError;

use super::correct::Corrected;
use super::headers;
use super::region::Place;
use super::{Call, CallError, CallFailure, Called, Caller, Keys};
use crate::retry::{
    Attempt, Cause, Correction, Ended, History, Next, Outcome, RetryAfter, Strategy, Target, Verdict,
    of_answer, of_failure,
};
use crate::{Body, ClientError, Phase, Signer, Streaming};

/// A call under way.
pub(super) struct Run<'a> {
    pub(super) caller: &'a Caller,
    pub(super) call: Call,
    /// Where it goes now; another place once a wrong region was pointed out.
    pub(super) place: Place,
    strategy: Strategy,
    history: History,
    began: Duration,
    /// The whole answer belongs to the attempt.
    is_document: bool,
    invocation: Option<HeaderValue>,
    /// Milliseconds by which the service was ahead at its last answer to this call.
    ahead: Option<i64>,
    pub(super) corrected: Corrected,
}

/// One request, and what came of it.
pub(super) struct Exchange {
    pub(super) keys: Option<Keys>,
    region: String,
    at: Duration,
    held: Duration,
    pub(super) outcome: Result<Answer, ClientError>,
}

pub(super) struct Answer {
    pub(super) response: Streaming,
    pub(super) error: Option<AwsError>,
    asked: Option<RetryAfter>,
}

impl<'a> Run<'a> {
    pub(super) fn new(caller: &'a Caller, call: Call, is_document: bool) -> Self {
        let operation = call.operation.clone().or_else(|| target_of(&call.request));
        let target = Target { service: call.service.clone(), operation };
        let id = caller.entropy.bytes::<16>().ok().map(headers::uuid);
        Self {
            place: Place { region: call.region.clone(), uri: call.request.uri().clone() },
            strategy: Strategy::new(caller.settings, target),
            history: History::default(),
            began: caller.pace.now(),
            is_document,
            invocation: id.and_then(|id| HeaderValue::try_from(id).ok()),
            ahead: None,
            corrected: Corrected::default(),
            caller,
            call,
        }
    }

    pub(super) async fn finish(mut self) -> Result<Called, CallError> {
        loop {
            let exchange = match self.attempt().await {
                Ok(exchange) => exchange,
                Err(failure) => return Err(CallError::new(failure, self.history)),
            };
            match self.correction(&exchange).await {
                Some(correction) => self.note_correction(&exchange, correction),
                None => {
                    if !self.goes_on(&exchange).await {
                        return self.end(exchange.outcome);
                    }
                }
            }
        }
    }

    pub(super) async fn first_request(self) -> Result<http::Request<Body>, CallError> {
        match self.signed().await {
            Ok((request, _)) => Ok(request),
            Err(failure) => Err(CallError::new(failure, self.history)),
        }
    }

    /// Sends one request. An error of its making ends the call: it would be the same the next time.
    async fn attempt(&mut self) -> Result<Exchange, CallFailure> {
        let held = self.hold().await;
        if let Some(observer) = &self.call.observer {
            observer.attempt_started(self.number(), self.strategy.max_attempts());
        }
        let (request, keys) = self.signed().await?;
        let (at, region) = (self.since_beginning(), self.place.region.clone());
        let outcome = self.exchange(request).await;
        Ok(Exchange { keys, region, at, held, outcome })
    }

    /// Waits until the rate allows another attempt.
    async fn hold(&self) -> Duration {
        let mut held = Duration::ZERO;
        let (caller, service) = (self.caller, &self.call.service);
        while let Some(wait) = caller.with_pool(service, |pool| self.strategy.hold(pool, caller.pace.now())) {
            if let Some(observer) = &self.call.observer {
                observer.held(wait);
            }
            caller.pace.pause(wait).await;
            held += wait;
        }
        held
    }

    /// The request as the next attempt sends it.
    async fn signed(&self) -> Result<(http::Request<Body>, Option<Keys>), CallFailure> {
        let mut request = self.call.request.clone();
        *request.uri_mut() = self.place.uri.clone();
        if self.place.uri != *self.call.request.uri() {
            request.headers_mut().remove(HOST);
        }
        if self.call.tells_attempts {
            self.tell_attempt(&mut request);
        }
        let Some(identity) = &self.call.identity else { return Ok((request, None)) };
        let keys = identity.keys().await?;
        let signer = Signer {
            access_key_id: &keys.access_key_id,
            secret_access_key: &keys.secret_access_key,
            session_token: keys.session_token.as_ref(),
            region: &self.place.region,
            service: &self.call.service,
            time: self.caller.skew.signing_time(self.caller.clock.now()),
        };
        signer.sign(&mut request).await?;
        Ok((request, Some(keys)))
    }

    fn tell_attempt(&self, request: &mut http::Request<Body>) {
        let mode = self.caller.settings.mode;
        let patience = self.call.limits.head;
        let ttl = self.ahead.map(|ahead| headers::ttl(self.caller.clock.now(), patience, ahead));
        let (number, max) = (self.number(), self.strategy.max_attempts());
        let text = headers::request(mode, number, max.max(number), ttl);
        headers::put(request.headers_mut(), self.invocation.as_ref(), &text);
    }

    async fn exchange(&mut self, request: http::Request<Body>) -> Result<Answer, ClientError> {
        let clock = &self.caller.clock;
        let sent = clock.now();
        let response = self.caller.client.stream(request, &self.call.limits).await?;
        let received = clock.now();
        self.caller.skew.observe_answer(sent, received, &|name| response.header(name));
        self.ahead = response.date().map(|date| date.millis().saturating_sub(received.millis()));
        let asked = RetryAfter::read(&|name| response.header(name), received);
        self.read(response, asked).await
    }

    /// Reads what the verdict needs: a success to its end where it is short, of an error its document. A long one, which is none of AWS's, is left
    /// to whoever reads the answer.
    async fn read(&self, mut response: Streaming, asked: Option<RetryAfter>) -> Result<Answer, ClientError> {
        let (is_success, may_fail_late) = (response.is_success(), may_fail_late(&self.call));
        if self.is_document {
            response = response.collect(self.call.limits.body).await?.into();
        }
        let error = if may_fail_late && is_success {
            let body = response.peek(LONGEST_ERROR).await?;
            AwsError::read_in_success(&|name| response.header(name), &body)
        } else if is_success {
            // One that breaks off is tried again, as long as nobody has seen any of it.
            if let Some(length) = response.remaining().filter(|length| *length <= SHORT) {
                response.peek(usize::try_from(length).unwrap_or_default()).await?;
            }
            None
        } else {
            let body = response.peek(LONGEST_ERROR).await?;
            AwsError::read(response.status(), &|name| response.header(name), &body)
        };
        Ok(Answer { response, error, asked })
    }

    fn note_correction(&mut self, exchange: &Exchange, correction: Correction) {
        let (caller, service) = (self.caller, &self.call.service);
        let strategy = &mut self.strategy;
        caller.with_pool(service, |pool| strategy.corrected(pool, caller.pace.now()));
        let attempt = Attempt {
            correction: Some(correction),
            wait: Some(Duration::ZERO),
            ..self.noted(exchange, None, false)
        };
        self.tell(attempt);
    }

    /// Whether there is to be another attempt; the pause before it has passed.
    async fn goes_on(&mut self, exchange: &Exchange) -> bool {
        let verdict = self.verdict(&exchange.outcome);
        let cause = match verdict {
            Verdict::Retryable(cause) => Some(cause),
            _ => None,
        };
        let may_repeat = may_repeat(self.call.request.method(), &exchange.outcome);
        let forbidden = may_repeat && !self.caller.settings.repeat_unanswered;
        let next = self.next(if forbidden { Verdict::Final } else { verdict }, exchange);
        let (wait, ended) = match next {
            Next::Retry(wait) => (Some(wait), None),
            Next::End(Ended::Final, _) if forbidden => (None, Some((Ended::MayRepeat, None))),
            Next::End(ended, pause) => (None, Some((ended, pause))),
        };
        self.tell(Attempt { wait, ..self.noted(exchange, cause, may_repeat) });
        if let Some((ended, _)) = ended {
            self.history.ended = Some(ended);
        }
        if let Some(pause) = wait.or_else(|| ended?.1) {
            self.pause(pause).await;
        }
        ended.is_none()
    }

    fn verdict(&self, outcome: &Result<Answer, ClientError>) -> Verdict {
        match outcome {
            Ok(answer) => {
                let status = answer.response.status();
                of_answer(self.caller.settings.mode, &self.call.service, status, answer.error.as_ref())
            }
            Err(error) => of_failure(error),
        }
    }

    fn next(&mut self, verdict: Verdict, exchange: &Exchange) -> Next {
        let asked = exchange.outcome.as_ref().ok().and_then(|answer| answer.asked);
        let caller = self.caller;
        // Without randomness the longest wait will do: nothing secret hangs on it.
        let random = caller
            .entropy
            .bytes::<4>()
            .map_or(1.0, |bytes| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX));
        let strategy = &mut self.strategy;
        caller.with_pool(&self.call.service, |pool| {
            strategy.ended(pool, verdict, asked, caller.pace.now(), random)
        })
    }

    async fn pause(&self, wait: Duration) {
        if wait.is_zero() {
            return;
        }
        if let (Some(observer), Some(attempt)) = (&self.call.observer, self.history.attempts.last()) {
            observer.waiting(attempt, wait);
        }
        self.caller.pace.pause(wait).await;
    }

    fn tell(&mut self, attempt: Attempt) {
        if let Some(observer) = &self.call.observer {
            observer.attempt_ended(&attempt);
        }
        self.history.attempts.push(attempt);
    }

    fn noted(&self, exchange: &Exchange, cause: Option<Cause>, may_repeat: bool) -> Attempt {
        let asked = exchange.outcome.as_ref().ok().and_then(|answer| answer.asked);
        let has_quota = self.caller.settings.mode.has_quota();
        Attempt {
            number: self.number(),
            max: self.strategy.max_attempts(),
            at: exchange.at,
            took: self.since_beginning().saturating_sub(exchange.at),
            held: exchange.held,
            region: exchange.region.clone(),
            outcome: outcome(&exchange.outcome),
            cause,
            wait: None,
            asked_for: asked.map(|asked| asked.0),
            correction: None,
            may_repeat,
            quota: has_quota.then(|| self.caller.with_pool(&self.call.service, |pool| pool.quota.left())),
        }
    }

    fn end(self, outcome: Result<Answer, ClientError>) -> Result<Called, CallError> {
        match outcome {
            Ok(Answer { response, error, .. }) => {
                Ok(Called { response, error, history: self.history, region: self.place.region })
            }
            Err(error) => Err(CallError::new(error, self.history)),
        }
    }

    /// Of the attempt that is under way, or was until just now.
    fn number(&self) -> u32 {
        u32::try_from(self.history.attempts.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn since_beginning(&self) -> Duration {
        self.caller.pace.now().saturating_sub(self.began)
    }
}

/// `DynamoDB_20120810.ListTables`: what is behind the dot.
fn target_of(request: &http::Request<Body>) -> Option<String> {
    let target = request.headers().get("x-amz-target")?.to_str().ok()?;
    target.rsplit_once('.').map(|(_, operation)| operation.to_owned())
}

/// S3 begins some answers before it knows how they end: copies, and the last step of an upload in parts.
fn may_fail_late(call: &Call) -> bool {
    let request = &call.request;
    let query = request.uri().query().unwrap_or_default();
    let has_upload_id = query.split('&').any(|pair| pair.split('=').next() == Some("uploadId"));
    let copies = request.method() == Method::PUT && request.headers().contains_key("x-amz-copy-source");
    call.service == "s3" && (copies || request.method() == Method::POST && has_upload_id)
}

/// The request was sent, or part of it, and nothing is known of what became of it; sent again it may be carried out twice
/// (RFC 9110 section 9.2.2).
fn may_repeat(method: &Method, outcome: &Result<Answer, ClientError>) -> bool {
    let was_sent = match outcome {
        Err(ClientError::Timeout { phase, .. }) => {
            !matches!(phase, Phase::Resolve | Phase::Connect | Phase::Tunnel | Phase::Tls)
        }
        Err(ClientError::Protocol { .. }) => true,
        _ => false,
    };
    was_sent && matches!(*method, Method::POST | Method::PATCH)
}

fn outcome(outcome: &Result<Answer, ClientError>) -> Outcome {
    match outcome {
        Ok(Answer { response, error, .. }) => Outcome::Answer {
            status: response.status(),
            code: error.as_ref().map(|error| error.code.clone()),
            request_id: error.as_ref().and_then(|error| error.request_id.clone()).or_else(|| {
                let ids = ["x-amzn-requestid", "x-amz-request-id"];
                ids.iter().find_map(|name| response.header(name)).map(str::to_owned)
            }),
        },
        Err(error) => Outcome::Failure { code: error.code(), what: error.chain() },
    }
}

/// Errors of AWS have a few KiB, with the canonical request in them.
const LONGEST_ERROR: usize = 256 << 10;
/// What is read before anybody sees any of it; a larger answer is its reader's.
const SHORT: u64 = 1 << 20;
