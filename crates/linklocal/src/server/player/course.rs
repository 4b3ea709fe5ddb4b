//! A plan's course in time: what is in force is shown at each moment at which it changes.

use std::time::Duration;

use scenario::{InForce, Plan};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::admin::ScenarioEnd;

/// Where a scenario is played.
pub(super) trait Stage {
    /// Makes everything be as `force` says, and nothing else.
    async fn show(&self, force: &InForce);
}

/// Plays to the end, or until `stop` is notified. What is shown is shown whole before anything else happens. What is in
/// force last is not taken back here: that is done however a play ends.
pub(super) async fn play(
    plan: &Plan,
    stage: &impl Stage,
    stop: &Notify,
    mut tell: impl FnMut(Duration, String),
) -> ScenarioEnd {
    let began = Instant::now();
    let stopped = stop.notified();
    tokio::pin!(stopped);
    for moment in plan.moments().into_iter().chain([plan.duration]) {
        tokio::select! {
            biased;
            () = stopped.as_mut() => return ScenarioEnd::Stopped,
            () = sleep_until(began + moment) => {}
        }
        if moment < plan.duration {
            stage.show(&plan.in_force(moment)).await;
        }
        for step in plan.steps.iter().filter(|step| step.at == moment) {
            tell(moment, plan.told(step));
        }
    }
    ScenarioEnd::Done
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Mutex;

    use scenario::{Scenario, Settings};

    use super::*;

    /// Notes what is shown, and when by the paused clock.
    struct Notes {
        began: Instant,
        shown: Mutex<Vec<(u64, InForce)>>,
    }

    impl Stage for Notes {
        async fn show(&self, force: &InForce) {
            let at = self.began.elapsed().as_millis().try_into().unwrap();
            self.shown.lock().unwrap().push((at, force.clone()));
        }
    }

    const FILE: &str = "\
name = \"n\"\nquestion = \"q\"\nduration = \"1h\"\n
[[at]]\ntime = \"10m\"\nfor = \"20m\"\npacket-budget = 7\n
[[at]]\ntime = \"20m\"\nfor = \"20m\"\npacket-budget = 5\n";

    fn plan() -> Plan {
        let scenario = Scenario::parse(Path::new("f"), FILE.as_bytes()).unwrap();
        Plan::of(&scenario, Settings { compress: Some(60), ..Settings::default() }).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_is_heard_between_two_moments() {
        let notes = Notes { began: Instant::now(), shown: Mutex::default() };
        let stop = Notify::new();
        let (plan, end) = (plan(), async {
            tokio::time::sleep(Duration::from_secs(15)).await;
            stop.notify_one();
        });
        let (ended, ()) = tokio::join!(play(&plan, &notes, &stop, |_, _| ()), end);
        assert_eq!((ended, notes.began.elapsed().as_secs()), (ScenarioEnd::Stopped, 15));
        assert_eq!(notes.shown.into_inner().unwrap().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_in_force_is_shown_when_it_changes_and_no_sooner() {
        let notes = Notes { began: Instant::now(), shown: Mutex::default() };
        let mut told = Vec::new();
        let end = play(&plan(), &notes, &Notify::new(), |at, text| told.push((at.as_secs(), text))).await;
        assert_eq!(end, ScenarioEnd::Done);
        assert_eq!(notes.began.elapsed().as_secs(), 60);
        let shown = notes.shown.into_inner().unwrap();
        let shown: Vec<_> = shown.iter().map(|(at, force)| (*at, force.packet_budget)).collect();
        let expected = [(0, None), (10_000, Some(7)), (20_000, Some(5)), (30_000, Some(5)), (40_000, None)];
        assert_eq!(shown, expected);
        assert_eq!(told.len(), 4);
        assert_eq!(told[2], (30, "over: packet budget of 7 a second".to_owned()));
    }
}
