//! The thread that renews: it may wait for a person, a program or the network, and nobody waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use ::credentials::{ResolveError, Resolved, SharedCredentials};
use sys::Clock;
use tokio::sync::{Notify, oneshot};

use super::origin::STANDS;
use crate::commands::event_loop;
use crate::failure::Failure;
use crate::server::vending::VendedCredentials;

/// The thread's other end. It ends with the process.
#[derive(Debug)]
pub(super) struct Renewal {
    first: Option<oneshot::Receiver<Result<Arc<Resolved>, ResolveError>>>,
    source: Option<oneshot::Sender<Arc<VendedCredentials>>>,
    at_once: Arc<Notify>,
}

/// What the thread works with.
struct Renewer {
    credentials: Arc<SharedCredentials>,
    clock: Clock,
    stands: Arc<AtomicBool>,
    at_once: Arc<Notify>,
}

impl Renewal {
    /// Starts the thread, which asks for the first set.
    pub(super) fn start(
        credentials: Arc<SharedCredentials>,
        clock: Clock,
        stands: Arc<AtomicBool>,
    ) -> Result<Self, Failure> {
        let (tell_first, first) = oneshot::channel();
        let (source, given) = oneshot::channel::<Arc<VendedCredentials>>();
        let at_once = Arc::new(Notify::new());
        let renewer = Renewer { credentials, clock, stands, at_once: Arc::clone(&at_once) };
        let runtime = event_loop()?;
        let work = move || {
            runtime.block_on(async {
                let answer = renewer.credentials.renew(renewer.clock.now()).await;
                let _ = tell_first.send(answer);
                if let Ok(source) = given.await {
                    renewer.keep(&source).await;
                }
            });
        };
        let thread = std::thread::Builder::new().name("renewal".to_owned()).spawn(work);
        thread.map_err(|error| Failure::new(format!("no thread to renew credentials: {error}")))?;
        Ok(Self { first: Some(first), source: Some(source), at_once })
    }

    /// The first set.
    pub(super) async fn first(&mut self) -> Result<Arc<Resolved>, ResolveError> {
        let first = self.first.take().expect("asked for once");
        first.await.expect("the thread answers before it ends")
    }

    /// Puts each set into `source` from now on.
    pub(super) fn keep(&mut self, source: &Arc<VendedCredentials>) {
        if let Some(sender) = self.source.take() {
            // A thread that has panicked has said so itself.
            let _ = sender.send(Arc::clone(source));
        }
    }

    /// Asks for a new set now.
    pub(super) fn at_once(&self) {
        self.at_once.notify_one();
    }
}

impl Renewer {
    async fn keep(&self, source: &VendedCredentials) {
        loop {
            self.wait(source).await;
            let now = self.clock.now();
            let answer = self.credentials.renew(now).await;
            let kept = answer.and_then(|resolved| source.put(&resolved, now).map_err(|_| other_maker()));
            match kept {
                Ok(()) => tracing::info!("credentials are renewed"),
                Err(error) => {
                    tracing::warn!("credentials are not renewed yet: {error}; {}", error.remedy);
                    source.complain(&error);
                }
            }
        }
    }

    /// Returns when it is time for a new set, or somebody wants one.
    async fn wait(&self, source: &VendedCredentials) {
        let begun = self.clock.now();
        loop {
            let now = self.clock.now();
            let due = self.credentials.until_renewal(now).or_else(|| self.until_read_again(begun, now));
            if due == Some(Duration::ZERO) {
                return;
            }
            let pause = due.map_or(LOOK, |due| due.min(LOOK));
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.at_once.notified() => return,
                // While nothing is left, whoever asks makes the pause after a failure short.
                () = source.wanted(), if now.since(begun) >= SHORTEST => return,
            }
        }
    }

    /// Of a set that stands in a file: when the file is read again.
    fn until_read_again(&self, begun: types::Timestamp, now: types::Timestamp) -> Option<Duration> {
        self.stands.load(Relaxed).then(|| (begun + STANDS).since(now))
    }
}

fn other_maker() -> ResolveError {
    ResolveError::new("key-id", "the new key id is none of AWS", "serve credentials of AWS")
}

/// How often the clock is looked at: timers stand still while a machine sleeps.
const LOOK: Duration = Duration::from_secs(15);
/// Between two attempts, however many programs ask.
const SHORTEST: Duration = Duration::from_secs(5);
