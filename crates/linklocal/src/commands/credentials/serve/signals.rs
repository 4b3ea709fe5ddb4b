//! What the operator wants of a server that runs.

use net::Shutdown;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::Failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// A new set at once.
    Renew,
    Stop,
}

pub(super) struct Signals {
    hangup: Signal,
    interrupt: Signal,
    terminate: Signal,
    /// Kept from this process, whose end is that of `linklocal run`.
    _others: Vec<Signal>,
    of_run: bool,
    /// Whether there was a terminal when it began.
    at_terminal: bool,
}

impl Signals {
    /// Beside a run the terminal's signals are for its program; what asks this one to end has asked the run.
    pub(super) fn listen(of_run: bool) -> Result<Self, Failure> {
        let open =
            |kind| signal(kind).map_err(|error| Failure::new(format!("signals cannot be received: {error}")));
        let kept = [SignalKind::quit(), SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw())];
        Ok(Self {
            hangup: open(SignalKind::hangup())?,
            interrupt: open(SignalKind::interrupt())?,
            terminate: open(SignalKind::terminate())?,
            _others: if of_run { kept.map(open).into_iter().collect::<Result<_, _>>()? } else { Vec::new() },
            of_run,
            at_terminal: sys::terminal::is_there(),
        })
    }

    /// Returns when somebody wants the process to end, also one that waits for credentials.
    pub(super) async fn end(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// The next wish. A shutdown that somebody else started is one as well.
    pub(super) async fn next(&mut self, shutdown: &Shutdown) -> Wish {
        loop {
            let wish = tokio::select! {
                () = shutdown.started() => return Wish::Stop,
                // Real credentials are not served on behind a terminal that was closed.
                _ = self.hangup.recv() => match self.at_terminal && !sys::terminal::is_there() {
                    true => Wish::Stop,
                    false => Wish::Renew,
                },
                _ = self.interrupt.recv() => Wish::Stop,
                _ = self.terminate.recv() => Wish::Stop,
            };
            if !self.of_run {
                return wish;
            }
        }
    }
}
