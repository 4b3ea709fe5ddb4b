//! A plan as a source of shared credentials.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use profile::plan::Plan;

use crate::refresh::{Asked, Source};
use crate::{Context, Keep, ResolveError, SharedCredentials, run};

/// What the plan gives, the winner first.
pub(super) fn credentials(context: &Context, plan: &Plan, min_ttl: Duration) -> SharedCredentials {
    let keep = Keep { min_ttl, last_good: false, ..context.keep };
    let context = Context { keep, ..context.clone() };
    let (entropy, skew) = (context.entropy.clone(), context.skew.clone());
    let planned = Planned { context, plan: plan.clone(), doubted: AtomicBool::new(false) };
    SharedCredentials::new(planned, min_ttl, entropy, skew)
}

/// Carries the plan out, whenever it is asked.
struct Planned {
    context: Context,
    plan: Plan,
    /// What is kept on disk was refused.
    doubted: AtomicBool,
}

impl Source for Planned {
    fn ask(&self) -> Asked<'_> {
        let read = !self.doubted.swap(false, Ordering::AcqRel) && self.context.keep.read;
        let context = Context { keep: Keep { read, ..self.context.keep }, ..self.context.clone() };
        Box::pin(async move {
            let answer = run(&context, &self.plan).await;
            answer.map(|found| found.resolved).map_err(|error| {
                let last = error.tried.last().map(|tried| tried.error.clone());
                last.unwrap_or_else(|| ResolveError::new(error.code, error.what, error.remedy))
            })
        })
    }

    fn doubt(&self) {
        self.doubted.store(true, Ordering::Release);
    }
}
