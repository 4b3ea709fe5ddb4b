//! One command's work: a request, or many of the same.

use std::sync::Arc;

use client::retry::{History, Settings};
use client::{Call, CallError, Called, Caller, Http1, Identity, Keys, Limits};
use credentials::advice::{Circumstances, KeysInHand, Origin};
use http::Request;
use sigv4::explain::redact::Known;
use sigv4::explain::{Explanation, Key};
use sys::{Clock, Entropy};

use super::answer::{Answer, AnswerObject};
use super::draft::Draft;
use super::live::Live;
use super::mismatch::Refused;
use super::report::{TimeLine, rows_of_attempts};
use super::sent::{Sent, SentObject};
use super::signatory::Signatory;
use super::target::Target;
use super::witness::Witness;
use super::{connection, interruption, policy};
use crate::arguments::RequestArguments;
use crate::commands::credentials::Snapshot;
use crate::commands::signing::ExplanationObject;
use crate::failure::Failure;
use crate::output::Output;

/// All that is known before anything is sent.
pub(super) struct Errand<'a> {
    pub(super) arguments: &'a RequestArguments,
    pub(super) output: Output,
    draft: Draft,
    signatory: Option<Arc<Signatory>>,
    settings: Settings,
    limits: Limits,
    pub(super) caller: Caller,
    witness: Arc<Witness>,
    pub(super) live: Arc<Live>,
    /// Whether an answer that refuses is a failure.
    is_strict: bool,
}

impl<'a> Errand<'a> {
    pub(super) fn new(
        target: &Target<'_>,
        draft: Draft,
        snapshot: &Snapshot,
        arguments: &'a RequestArguments,
        output: Output,
    ) -> Result<Self, Failure> {
        let answer = &arguments.answer;
        let signatory = match &draft.place {
            None => None,
            Some(place) => {
                let (signatory, warning) = Signatory::find(arguments, &place.region.value, snapshot)?;
                let warnings = place.notes.iter().map(String::as_str).chain(warning);
                let warnings = warnings.filter(|_| !answer.silent);
                warnings.for_each(|text| Output::note(&format!("warning: {text}")));
                Some(Arc::new(signatory))
            }
        };
        let settings = policy::settings(&arguments.retry, snapshot)?;
        let (witness, client) =
            Witness::of(connection::client(&arguments.network, snapshot), answer.location);
        Ok(Self {
            is_strict: target.is_action() || answer.fail || answer.output.is_some(),
            caller: Caller::new(client, settings, Clock::system(), Entropy::system()),
            limits: connection::limits(&arguments.network),
            live: Arc::new(Live::new(answer.silent, &snapshot.env)),
            witness,
            arguments,
            output,
            draft,
            signatory,
            settings,
        })
    }

    pub(super) async fn run(self) -> Result<(), Failure> {
        if self.arguments.answer.dry_run {
            return self.show().await;
        }
        if self.arguments.burst.count.is_some() {
            return self.fire().await;
        }
        if self.arguments.answer.output.is_none() {
            return self.ask().await;
        }
        tokio::select! {
            done = self.ask() => done,
            () = interruption::wanted() => Err(interruption::failure()),
        }
    }

    /// The call, once more: calls are the same but for their time.
    pub(super) fn call(&self) -> Result<Call, Failure> {
        let mut request = self.draft.request()?;
        if self.arguments.network.http1 {
            request.extensions_mut().insert(Http1);
        }
        let (service, region) = self.signed_for().unwrap_or(("", ""));
        let call = Call::new(request, service, region).within(self.limits);
        Ok(match &self.signatory {
            Some(signatory) => call.signed_by(Arc::<Signatory>::clone(signatory) as Arc<dyn Identity>),
            // Whoever takes requests without a signature may not know SDKs either.
            None => Call { tells_attempts: false, ..call },
        })
    }

    /// What it is signed for.
    pub(super) fn signed_for(&self) -> Option<(&str, &str)> {
        let place = self.draft.place.as_ref()?;
        Some((&place.service.value, &place.region.value))
    }

    /// Of time lines.
    pub(super) fn title(&self) -> String {
        let message = &self.draft.message;
        let scheme = message.scheme.map_or("https", request_source::Scheme::as_str);
        let authority = message.authority.as_deref().unwrap_or_default();
        let attempts = self.settings.attempts_of(self.signed_for().map_or("", |(service, _)| service));
        let mode = self.settings.mode;
        format!("{} {scheme}://{authority} ({mode}, at most {attempts} attempts)", message.method)
    }

    /// `--dry-run`.
    async fn show(&self) -> Result<(), Failure> {
        let request = self.caller.signed(self.call()?).await.map_err(|error| failure(&error))?;
        let keys = self.signatory.as_ref().map(|signatory| signatory.last());
        let token = keys.iter().filter_map(|keys| keys.session_token.as_ref());
        let secret = keys.iter().map(|keys| &keys.secret_access_key);
        let known = Known::new(token.chain(secret).map(|value| value.expose().as_str()));
        let sent = Sent::of(&request);
        let object = SentObject::of(&sent, &known, self.signed_for());
        self.output.result(&object, || sent.shown(&known))
    }

    async fn ask(&self) -> Result<(), Failure> {
        let mut call = self.call()?.observed_by(Arc::<Live>::clone(&self.live));
        self.watch(&mut call.request);
        let called = match self.live.during(self.caller.call(call)).await {
            Ok(called) => called,
            Err(error) => return self.unanswered(&error),
        };
        let Called { response, error, history, region } = called;
        let received =
            Answer::receive(response, error, self.output, &self.arguments.answer, &self.live).await;
        self.report(&history)?;
        let answer = received?;
        let explanation = if answer.is_mismatch() { self.explain(&answer).await } else { None };
        self.conclude(&answer, explanation, &history, &region)
    }

    /// An upload that takes long is watched.
    fn watch(&self, request: &mut Request<client::Body>) {
        let length = request.body().len();
        if length >= WATCHED {
            let live = Arc::clone(&self.live);
            let body = request.body().clone();
            *request.body_mut() = body.watched(move |bytes| live.moved("sent", bytes, Some(length)));
        }
    }

    /// Prints what is to be printed, and says what is to be said.
    fn conclude(
        &self,
        answer: &Answer,
        explanation: Option<Explanation>,
        history: &History,
        region: &str,
    ) -> Result<(), Failure> {
        let failure = self.refusal(answer, region).map(|mut failure| {
            // What was found out about this request says more than what is usual.
            failure.hint = failure.hint.filter(|_| explanation.is_none());
            after_attempts(failure, history)
        });
        if self.output.json {
            let object = explanation.as_ref().map(ExplanationObject::from);
            let place = self.signed_for().map(|(service, _)| (service, region));
            Output::object(&AnswerObject::of(answer).explained(object).signed_for(place).after(history))?;
        } else {
            answer.print(&self.arguments.answer)?;
            if let Some(explanation) = &explanation {
                Output::note(explanation.to_string().trim_end());
            }
        }
        match failure {
            None => Ok(()),
            Some(failure) if self.is_strict || explanation.is_some() => Err(failure),
            Some(failure) => {
                if !self.output.json && !self.arguments.answer.silent {
                    Output::failure(&failure);
                }
                Ok(())
            }
        }
    }

    fn refusal(&self, answer: &Answer, region: &str) -> Option<Failure> {
        let keys = self.signatory.as_ref().map(|signatory| signatory.last());
        answer.failure(&self.circumstances(keys.as_ref(), region))
    }

    /// What is known of the request that was refused.
    fn circumstances<'k>(&'k self, keys: Option<&'k Keys>, region: &'k str) -> Circumstances<'k> {
        let in_hand = |keys: &'k Keys| KeysInHand {
            access_key_id: &keys.access_key_id,
            has_token: keys.session_token.is_some(),
            expiration: None,
            origin: Origin::Unknown,
        };
        Circumstances {
            service: self.signed_for().map_or("", |(service, _)| service),
            operation: None,
            region: Some(region).filter(|region| !region.is_empty()),
            keys: keys.map(in_hand),
            clock_millis: self.caller.skew().millis(),
            mfa_serial: None,
            now: Some(Clock::system().now()),
        }
    }

    fn unanswered(&self, error: &CallError) -> Result<(), Failure> {
        self.report(&error.history)?;
        if self.output.json {
            let message = error.chain();
            Output::object(&AnswerObject::of_failure(error.code(), &message).after(&error.history))?;
        }
        Err(failure(error))
    }

    /// `--retry-report`.
    fn report(&self, history: &History) -> Result<(), Failure> {
        if self.arguments.retry.retry_report.is_none() {
            return Ok(());
        }
        let rows = rows_of_attempts(history);
        self.draw(&TimeLine { title: self.title(), rows, left_out: 0 })
    }

    /// Puts a time line where it was asked for.
    pub(super) fn draw(&self, line: &TimeLine) -> Result<(), Failure> {
        match &self.arguments.retry.retry_report {
            Some(Some(path)) => line.write(path),
            Some(None) => {
                Output::note(line.text().trim_end());
                Ok(())
            }
            None => Ok(()),
        }
    }

    async fn explain(&self, answer: &Answer) -> Option<Explanation> {
        let (signatory, request) = (self.signatory.as_ref()?, self.witness.last()?);
        let keys = signatory.last();
        let key = Key {
            access_key_id: &keys.access_key_id,
            secret: &keys.secret_access_key,
            session_token: keys.session_token.as_ref(),
        };
        let sha256 = if request.body().is_signed() { request.body().sha256().await.ok() } else { None };
        let message = Sent::of(&request).message();
        let service = self.signed_for().map_or("", |(service, _)| service);
        Some(Refused { message: &message, sha256, service }.explain(answer, key, Clock::system().now()))
    }
}

/// Why there is no answer.
pub(super) fn failure(error: &CallError) -> Failure {
    let failure = Failure::new(error.chain());
    let failure = if error.hint().is_empty() { failure } else { failure.hint(error.hint()) };
    after_attempts(failure, &error.history)
}

/// Says how often it was tried, where that was more than once.
fn after_attempts(mut failure: Failure, history: &History) -> Failure {
    let attempts = history.attempts.len();
    if attempts > 1 {
        failure.message.push_str(&format!(", after {attempts} attempts"));
    }
    failure
}

/// Less is sent before anybody could look.
const WATCHED: u64 = 256 << 10;
