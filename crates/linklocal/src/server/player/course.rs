//! A plan's course in time: what is in force is shown at each moment at which it changes.

use std::time::Duration;

use scenario::{InForce, Plan};
use tokio::time::{Instant, sleep_until};

/// Where a scenario is played.
pub(super) trait Stage {
    /// Makes everything be as `force` says, and nothing else.
    async fn show(&self, force: &InForce);
}

/// Plays to the end. What is in force last is not taken back here: that is done however a play ends.
pub(super) async fn play(plan: &Plan, stage: &impl Stage, mut tell: impl FnMut(Duration, String)) {
    let began = Instant::now();
    for moment in plan.moments() {
        sleep_until(began + moment).await;
        stage.show(&plan.in_force(moment)).await;
        for step in plan.steps.iter().filter(|step| step.at == moment) {
            tell(moment, plan.told(step));
        }
    }
    sleep_until(began + plan.duration).await;
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

    #[tokio::test(start_paused = true)]
    async fn what_is_in_force_is_shown_when_it_changes_and_no_sooner() {
        let scenario = Scenario::parse(Path::new("f"), FILE.as_bytes()).unwrap();
        let plan = Plan::of(&scenario, Settings { compress: Some(60), ..Settings::default() }).unwrap();
        let notes = Notes { began: Instant::now(), shown: Mutex::default() };
        let mut told = Vec::new();
        play(&plan, &notes, |at, text| told.push((at.as_secs(), text))).await;
        assert_eq!(notes.began.elapsed().as_secs(), 60);
        let shown = notes.shown.into_inner().unwrap();
        let shown: Vec<_> = shown.iter().map(|(at, force)| (*at, force.packet_budget)).collect();
        let expected = [(0, None), (10_000, Some(7)), (20_000, Some(5)), (30_000, Some(5)), (40_000, None)];
        assert_eq!(shown, expected);
        assert_eq!(told.len(), 4);
        assert_eq!(told[2], (30, "over: packet budget of 7 a second".to_owned()));
    }
}
