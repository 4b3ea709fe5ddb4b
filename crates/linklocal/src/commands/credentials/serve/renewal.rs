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

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use ::credentials::{Asked, Skew, Source};
    use sys::{Entropy, FakeClock};
    use types::{Secret, Timestamp};

    use super::*;
    use crate::server::vending::AgentTokens;

    /// Lends for a quarter of an hour; nothing while it is closed.
    #[derive(Clone)]
    struct Lender {
        clock: Clock,
        asked: Arc<AtomicU32>,
        is_closed: Arc<AtomicBool>,
    }

    impl Source for Lender {
        fn ask(&self) -> Asked<'_> {
            let nth = self.asked.fetch_add(1, Relaxed);
            Box::pin(async move {
                if self.is_closed.load(Relaxed) {
                    return Err(ResolveError::new("unreachable", "nobody answers", "wait"));
                }
                Ok(Resolved {
                    access_key_id: format!("ASIAWO645SY5ATEMP{:03}", nth % 1000),
                    secret_access_key: Secret::new("s".to_owned()),
                    session_token: Some(Secret::new("t".to_owned())),
                    expiration: Some(self.clock.now() + LIFE),
                    account_id: None,
                    arn: None,
                })
            })
        }
    }

    struct World {
        clock: FakeClock,
        lender: Lender,
        source: Arc<VendedCredentials>,
    }

    /// A renewer that has put its first set.
    async fn world() -> World {
        let clock = FakeClock::new(Timestamp::from_secs(1_800_000_000));
        let lender = Lender { clock: clock.clock(), asked: Arc::default(), is_closed: Arc::default() };
        let skew = Skew::default();
        let shared = SharedCredentials::new(lender.clone(), MIN_TTL, Entropy::seeded(1), skew.clone());
        let tokens = AgentTokens::unwritten(&Entropy::seeded(2), clock.clock()).unwrap();
        let id = "i-0123456789abcdef0".parse().unwrap();
        let source = Arc::new(VendedCredentials::new(id, Arc::new(tokens), MIN_TTL, skew));
        let first = shared.renew(clock.clock().now()).await.unwrap();
        source.put(&first, clock.clock().now()).unwrap();
        let renewer = Renewer {
            credentials: Arc::new(shared),
            clock: clock.clock(),
            stands: Arc::default(),
            at_once: Arc::default(),
        };
        let put = Arc::clone(&source);
        tokio::spawn(async move { renewer.keep(&put).await });
        World { clock, lender, source }
    }

    impl World {
        /// Lets so many seconds pass; in how many of them programs got something.
        async fn pass(&self, seconds: u32) -> u32 {
            let mut served = 0;
            for _ in 0..seconds {
                served += u32::from(self.source.is_able(self.clock.clock().now()));
                self.clock.advance(Duration::from_secs(1));
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            served
        }
    }

    #[tokio::test(start_paused = true)]
    async fn sets_follow_each_other_and_no_second_goes_without() {
        let world = world().await;
        assert_eq!(world.pass(4 * 900).await, 4 * 900);
        let asked = world.lender.asked.load(Relaxed);
        assert!((5..=7).contains(&asked), "sets of 15 min are renewed after 11 or 12: {asked} in an hour");
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_come_is_asked_for_again_and_missed_once_the_old_set_is_spent() {
        let world = world().await;
        world.lender.is_closed.store(true, Relaxed);
        let served = world.pass(1200).await;
        assert_eq!(served, 841, "to the second of which a minute is left");
        let asked = world.lender.asked.load(Relaxed);
        assert!((6..30).contains(&asked), "pauses grow: {asked}");
        world.lender.is_closed.store(false, Relaxed);
        world.pass(330).await;
        assert_eq!(world.pass(600).await, 600);
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_slept_renews_when_it_wakes() {
        let world = world().await;
        world.clock.advance(Duration::from_secs(8 * 3600));
        assert!(world.pass(20).await >= 4, "it looks at the clock every 15 s");
    }

    const LIFE: Duration = Duration::from_secs(900);
    const MIN_TTL: Duration = Duration::from_secs(60);
}
