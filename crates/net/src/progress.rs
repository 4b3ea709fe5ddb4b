//! Where a connection stands and since when, in one word.
//!
//! Rule: a request costs plain stores to it. Nobody sets a timer per request or per connection: the sweep in
//! [`connections`](crate::connections) compares these words with the deadlines.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use crate::Limits;

/// What a connection is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Accepted, no byte yet.
    Fresh,
    /// A head that has begun.
    Head,
    /// The rest of a body that has begun.
    Body,
    /// An answer that has not left entirely.
    Busy,
    /// The next request.
    Idle,
    /// An answer that the service holds back on purpose.
    Held,
    /// Nothing: the client is left without an answer, on purpose, and goes when it likes.
    Silent,
}

/// A connection's phase and the tick at which it was entered. Ticks wrap after 2²⁹, which is four years of quarter
/// seconds.
#[derive(Debug)]
pub(crate) struct Progress(AtomicU32);

impl Progress {
    pub(crate) fn new(tick: u32) -> Self {
        Self(AtomicU32::new(pack(Phase::Fresh, tick)))
    }

    pub(crate) fn enter(&self, phase: Phase, tick: u32) {
        self.0.store(pack(phase, tick), Relaxed);
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.0.load(Relaxed) & 7 {
            0 => Phase::Fresh,
            1 => Phase::Head,
            2 => Phase::Busy,
            3 => Phase::Idle,
            4 => Phase::Held,
            5 => Phase::Silent,
            _ => Phase::Body,
        }
    }

    /// Ticks spent in the phase.
    pub(crate) fn age(&self, tick: u32) -> u32 {
        tick.wrapping_sub(self.0.load(Relaxed) >> 3) & (u32::MAX >> 3)
    }
}

impl Phase {
    /// Whether nothing is lost when the connection is closed now.
    pub(crate) fn is_quiet(self) -> bool {
        matches!(self, Self::Fresh | Self::Idle | Self::Silent)
    }

    /// Ticks that a connection may spend in this phase.
    pub(crate) fn allowance(self, limits: &Limits) -> u32 {
        let span = match self {
            Self::Fresh | Self::Head => limits.head,
            Self::Busy => limits.stuck,
            Self::Idle => limits.idle,
            // Whoever reads the body is quicker, and says so to the client.
            Self::Body => limits.body + limits.head,
            Self::Held | Self::Silent => LONGEST_HOLD,
        };
        u32::try_from(span.as_nanos().div_ceil(limits.tick().as_nanos())).unwrap_or(u32::MAX)
    }
}

fn pack(phase: Phase, tick: u32) -> u32 {
    let code = match phase {
        Phase::Fresh => 0,
        Phase::Head => 1,
        Phase::Busy => 2,
        Phase::Idle => 3,
        Phase::Held => 4,
        Phase::Silent => 5,
        Phase::Body => 6,
    };
    tick << 3 | code
}

/// How long a service may keep a client waiting on purpose; longer than any client is known to wait.
pub(crate) const LONGEST_HOLD: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    const PHASES: [Phase; 7] =
        [Phase::Fresh, Phase::Head, Phase::Body, Phase::Busy, Phase::Idle, Phase::Held, Phase::Silent];

    #[test]
    fn phase_and_age_survive_packing_and_wrapping() {
        for phase in PHASES {
            let progress = Progress::new(0);
            progress.enter(phase, (u32::MAX >> 3) - 1);
            assert_eq!((progress.phase(), progress.age(3)), (phase, 5));
        }
    }

    #[test]
    fn allowances_are_the_limits_in_ticks() {
        let limits = Limits::default();
        let ticks = PHASES.map(|phase| phase.allowance(&limits));
        assert_eq!(ticks, [20, 20, 140, 120, 240, 1200, 1200]);
    }
}
