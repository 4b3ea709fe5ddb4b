//! Calls that wait to be written.
//!
//! Rule: who puts a call in never waits, and wakes the writer only where it rests, so that many calls at once cost one waking. What does not
//! fit, by number or by bytes, is counted. Calls that nobody's signature proved take half of it at most: who floods the account from
//! outside keeps none of its users' calls untold.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::call::Call;

#[derive(Debug, Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    /// Something has come for the writer.
    came: Condvar,
    /// The writer has written something.
    written: Condvar,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<Call>,
    bytes: usize,
    unproven: usize,
    unproven_bytes: usize,
    lost: u64,
    is_resting: bool,
    /// Batches that somebody waits for, and that were written.
    asked: u64,
    done: u64,
    is_finished: bool,
}

/// What the writer takes at once.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) calls: Vec<Call>,
    pub(crate) lost: u64,
    asked: u64,
    pub(crate) is_last: bool,
}

impl Queue {
    /// Whether it was taken.
    pub(crate) fn put(&self, call: Call, bytes: usize) -> bool {
        let mut state = self.state();
        let is_unproven = call.is_of_stranger();
        let full = state.calls.len() >= MOST_CALLS || state.bytes + bytes > MOST_BYTES;
        let share = state.unproven >= MOST_CALLS / 2 || state.unproven_bytes + bytes > MOST_BYTES / 2;
        if full || state.is_finished || (is_unproven && share) {
            state.lost += 1;
            return false;
        }
        state.calls.push(call);
        state.bytes += bytes;
        if is_unproven {
            state.unproven += 1;
            state.unproven_bytes += bytes;
        }
        let wakes = state.is_resting || state.calls.len() == MOST_CALLS / 4;
        state.is_resting = false;
        drop(state);
        if wakes {
            self.came.notify_one();
        }
        true
    }

    /// What has come; waits for it at most `patience`, and a little longer for what comes with it.
    pub(crate) fn take(&self, patience: Duration) -> Batch {
        let mut state = self.state();
        if state.calls.is_empty() && !state.is_urgent() {
            state.is_resting = true;
            let still = |state: &mut State| state.is_resting && !state.is_urgent();
            state = self
                .came
                .wait_timeout_while(state, patience, still)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
            state.is_resting = false;
        }
        if !state.calls.is_empty() && !state.is_urgent() {
            let gathers = |state: &mut State| state.calls.len() < MOST_CALLS / 4 && !state.is_urgent();
            state = self
                .came
                .wait_timeout_while(state, GATHER, gathers)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        (state.bytes, state.unproven, state.unproven_bytes) = (0, 0, 0);
        Batch {
            calls: std::mem::take(&mut state.calls),
            lost: std::mem::take(&mut state.lost),
            asked: state.asked,
            is_last: state.is_finished,
        }
    }

    /// The batch is in the journal, or was given up.
    pub(crate) fn done(&self, batch: &Batch) {
        self.state().done = batch.asked;
        self.written.notify_all();
    }

    /// Returns when all that was put in before is written, or `patience` is over.
    pub(crate) fn settle(&self, patience: Duration) {
        let mut state = self.state();
        if state.is_finished {
            return;
        }
        state.asked += 1;
        let asked = state.asked;
        self.came.notify_one();
        let waits = |state: &mut State| state.done < asked;
        drop(self.written.wait_timeout_while(state, patience, waits).unwrap_or_else(PoisonError::into_inner));
    }

    /// Nothing is taken any more.
    pub(crate) fn finish(&self) {
        self.state().is_finished = true;
        self.came.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether somebody waits for the writer.
    fn is_urgent(&self) -> bool {
        self.is_finished || self.done < self.asked
    }
}

/// A tenth of a second of the most that one server answers.
const MOST_CALLS: usize = 8192;

const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What comes within it is written at once, and the writer is woken once for it.
const GATHER: Duration = Duration::from_millis(20);
