//! How far a body has come: shared by what sends it, what waits for the answer, and what hears the server meanwhile.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::BodyError;

/// The state of one attempt's body.
#[derive(Debug)]
pub(crate) struct Sending {
    state: Mutex<State>,
    /// Rings where the server says more before its answer than anybody has reason to.
    pub(crate) flooded: Notify,
}

#[derive(Debug)]
struct State {
    gate: Gate,
    waker: Option<Waker>,
    moved: Instant,
    is_finished: bool,
    interim: u32,
    error: Option<BodyError>,
}

/// Whether bytes may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// The server has been asked whether it wants them (RFC 9110 section 10.1.1).
    Asked,
    Open,
    /// It has answered, and wants no more. The connection lives until the answer is read.
    Shut,
    /// Nobody reads the answer any more.
    Abandoned,
}

impl Sending {
    pub(crate) fn new(gate: Gate) -> Self {
        let (waker, error) = (None, None);
        let state = State { gate, waker, moved: Instant::now(), is_finished: false, interim: 0, error };
        Self { state: Mutex::new(state), flooded: Notify::new() }
    }

    /// The gate; where it is not open, whoever asks is woken when it moves.
    pub(super) fn gate(&self, cx: &Context<'_>) -> Gate {
        let mut state = self.state();
        if state.gate != Gate::Open {
            state.waker = Some(cx.waker().clone());
        }
        state.gate
    }

    /// Lets bytes go out, unless it is settled that none will.
    pub(crate) fn open(&self) {
        self.turn(Gate::Open, |gate| gate == Gate::Asked);
    }

    /// Holds what has not gone out: the answer is there.
    pub(crate) fn shut(&self) {
        self.turn(Gate::Shut, |gate| gate != Gate::Abandoned);
    }

    pub(crate) fn abandon(&self) {
        self.turn(Gate::Abandoned, |_| true);
    }

    /// The server has said something before its answer.
    pub(crate) fn interim(&self, status: u16) {
        if status == 100 {
            self.open();
        }
        let mut state = self.state();
        state.interim += 1;
        if state.interim > MAX_INTERIM {
            self.flooded.notify_one();
        }
    }

    pub(super) fn moved(&self, is_finished: bool) {
        let mut state = self.state();
        state.moved = Instant::now();
        state.is_finished = is_finished;
    }

    pub(super) fn failed(&self, error: BodyError) {
        self.state().error = Some(error);
    }

    /// Why the body could not be had, told once.
    pub(crate) fn take_error(&self) -> Option<BodyError> {
        self.state().error.take()
    }

    /// Whether all of it is on its way, and when that last changed.
    pub(crate) fn progress(&self) -> (bool, Instant) {
        let state = self.state();
        (state.is_finished, state.moved)
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.state().is_finished
    }

    fn turn(&self, to: Gate, when: impl Fn(Gate) -> bool) {
        let mut state = self.state();
        if !when(state.gate) {
            return;
        }
        state.gate = to;
        state.moved = Instant::now();
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// S3 says 100 once, and 102 never; some early hints are no attack.
const MAX_INTERIM: u32 = 32;
