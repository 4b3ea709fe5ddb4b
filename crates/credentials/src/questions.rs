//! How often services are asked for credentials.
//!
//! Rule: three times, as SDKs ask them, whatever the user has set for calls: somebody waits. A question that uses something up
//! is not asked again once it may have been heard.

use std::time::Duration;

use client::retry::{Mode, Settings, Verdict, of_answer};
use client::{Asked, Call, CallError, CallFailure, Caller, ClientError, Limits};
use wire::AwsError;

use crate::Context;

/// Asks until there is an answer that no further question would better, whatever its status.
pub(crate) async fn ask(context: &Context, call: Call, uses_up: bool) -> Result<Asked, ClientError> {
    // What other answers have told of the clock spares a refusal.
    if context.skew.is_large() {
        context.skew.adopt();
    }
    let settings = Settings { repeat_unanswered: !uses_up, ..SETTINGS };
    let caller =
        Caller::new(context.client.clone(), settings, context.clock.clone(), context.entropy.clone());
    let caller = caller.with_skew(context.skew.clone());
    let call = Call { limits: LIMITS, tells_attempts: false, ..call };
    caller.ask(call).await.map_err(|CallError { failure, .. }| match failure {
        CallFailure::Client(error) => error,
        CallFailure::Identity(_) => unreachable!("keys in hand are there"),
    })
}

/// The same question may be answered in a moment.
pub(crate) fn is_passing(service: &str, status: u16, error: Option<&AwsError>) -> bool {
    matches!(of_answer(Mode::Exponential, service, status, error), Verdict::Retryable(_))
}

/// The waits of the newest mode, and none of them long.
const SETTINGS: Settings = Settings {
    max_attempts: Some(3),
    max_backoff: Duration::from_millis(500),
    ..Settings::of(Mode::Standard21)
};

/// Three silences make half a minute.
const LIMITS: Limits =
    Limits { total: Some(Duration::from_secs(10)), ..Limits::document(Duration::from_secs(5)) };
