//! `--count`: the errand, many times.

use client::retry::Mode;
use client::{Call, Caller, ClientError, Streaming};
use tokio::time::Instant;

use super::answer::outcome;
use super::burst::{Burst, Shared, Shot};
use super::errand::Errand;
use super::interruption;
use crate::failure::Failure;

impl Errand<'_> {
    pub(super) async fn fire(&self) -> Result<(), Failure> {
        let Some(burst) = Burst::of(&self.arguments.burst) else { return Ok(()) };
        let call = self.call()?;
        let ask = || shot(self.caller.clone(), call.clone());
        let firing = burst.fire(&self.live, ask, interruption::wanted());
        let mut fired = self.live.during(firing).await;
        let was_stopped = fired.was_stopped();
        self.draw(&fired.time_line(self.title()))?;
        let failed = fired.has_failures();
        let summary = fired.summary(self.shared());
        self.output.result(&summary, || summary.text())?;
        match (was_stopped, failed) {
            (true, _) => Err(Failure::new("stopped before the end").exit(130)),
            (false, true) => Err(Failure::new("not all requests were answered well")),
            (false, false) => Ok(()),
        }
    }

    fn shared(&self) -> Shared {
        let standing = self.signed_for().and_then(|(service, _)| self.caller.standing(service));
        let mode = self.caller.settings().mode;
        let has_quota = !matches!(mode, Mode::Exponential | Mode::Legacy | Mode::Off);
        Shared {
            quota: standing.filter(|_| has_quota).map(|standing| standing.quota),
            rate: standing.filter(|_| mode.is_adaptive()).map(|standing| standing.rate),
        }
    }
}

/// One request to its end, its body included.
async fn shot(caller: Caller, call: Call) -> Shot {
    let begun = Instant::now();
    let (outcome, is_good, history) = match caller.call(call).await {
        Err(error) => (error.chain(), false, *error.history),
        Ok(called) => {
            let mut response = called.response;
            let is_good = response.status() < 400;
            let outcome = outcome(&called.history);
            match drained(&mut response).await {
                Ok(()) => (outcome, is_good, called.history),
                Err(error) => (error.chain(), false, called.history),
            }
        }
    };
    Shot { outcome, is_good, took: begun.elapsed(), history }
}

/// Reads a body and keeps nothing of it: the connection is good for another request then.
async fn drained(response: &mut Streaming) -> Result<(), ClientError> {
    while let Some(piece) = response.next().await {
        drop(piece?);
    }
    Ok(())
}
