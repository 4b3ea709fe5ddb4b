//! Plays scenarios on a running server, one at a time.
//!
//! Rule: what is in force follows from the plan and the moment alone, is switched as a whole, and is nowhere but in memory.
//! So whatever ends a scenario, its own end, a stop or `kill -9`, leaves the server as it would be without.

mod course;
mod overlay;
mod translation;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use scenario::{InForce, Plan, Scenario, Settings};
use tokio::sync::{Notify, watch};
use types::{InstanceId, Timestamp};

use super::{Server, blocking};
use crate::admin::{Refusal, ScenarioCall, ScenarioDescription, ScenarioEnd, ScenarioReply, ScenarioStep};
use crate::failure::Failure;

use course::{Stage, play};
pub(super) use overlay::{Dressing, Overlay};

/// The scenario that is played, or was played last.
#[derive(Debug, Default)]
pub(super) struct Player {
    playing: Mutex<Option<Arc<Playing>>>,
}

/// A scenario on its way.
#[derive(Debug)]
struct Playing {
    plan: Plan,
    instance_id: Option<InstanceId>,
    began: Timestamp,
    progress: watch::Sender<Progress>,
    stop: Notify,
}

/// What has been told, and whether it is over.
#[derive(Clone, Debug, Default)]
struct Progress {
    steps: Vec<ScenarioStep>,
    end: Option<ScenarioEnd>,
}

impl Server {
    pub(super) async fn scenario(self: &Arc<Self>, call: ScenarioCall) -> Result<ScenarioReply, Refusal> {
        match call {
            ScenarioCall::Start { name, text, instance_id, compress, refresh_window } => {
                let settings = Settings { compress, refresh_window };
                let plan = planned(&name, &text, settings)?;
                Ok(ScenarioReply::Scenario(self.play(plan, instance_id).await?.description(0)))
            }
            ScenarioCall::Follow { seen } => {
                let playing = self.player.current().ok_or_else(none_played)?;
                playing.wait(seen).await;
                Ok(ScenarioReply::Scenario(playing.description(seen)))
            }
            ScenarioCall::Stop => {
                let playing = self.player.current().filter(|playing| !playing.is_over());
                let playing = playing.ok_or_else(none_played)?;
                playing.stop.notify_one();
                playing.ended().await;
                Ok(ScenarioReply::Scenario(playing.description(0)))
            }
            ScenarioCall::Describe => Ok(match self.player.current() {
                Some(playing) => ScenarioReply::Scenario(playing.description(0)),
                None => ScenarioReply::None,
            }),
        }
    }

    /// Begins a plan for one instance, or for all. It goes on by itself.
    async fn play(
        self: &Arc<Self>,
        plan: Plan,
        instance_id: Option<InstanceId>,
    ) -> Result<Arc<Playing>, Refusal> {
        if let Some(id) = instance_id.clone() {
            self.describe(Some(id)).await?;
        }
        let schedule = self.rehearsal().schedule();
        let began = self.rehearsal().now();
        for moment in plan.moments() {
            translation::rotation(&plan, &plan.in_force(moment).credentials, &schedule, began)
                .map_err(|error| Refusal::new("InvalidParameterValue", Failure::of(&error).message))?;
        }
        let playing = Playing {
            plan,
            instance_id,
            began,
            progress: watch::Sender::new(Progress::default()),
            stop: Notify::new(),
        };
        let playing = self.player.take(playing)?;
        tokio::spawn(perform(Arc::clone(self), Arc::clone(&playing)));
        Ok(playing)
    }

    /// Lays what is in force over the instances, and renders those that look other than before.
    async fn dress(&self, dressing: Option<Dressing>) -> Result<(), Refusal> {
        let _turn = self.endpoints.lock().await;
        if !self.inventory.overlay.set(dressing) {
            return Ok(());
        }
        let inventory = self.inventory.clone();
        blocking(move || Ok(inventory.publish_all().map(drop)?)).await
    }
}

impl Player {
    fn current(&self) -> Option<Arc<Playing>> {
        self.lock().clone()
    }

    /// Makes `playing` the current one, unless another is on its way.
    fn take(&self, playing: Playing) -> Result<Arc<Playing>, Refusal> {
        let mut current = self.lock();
        if let Some(other) = current.as_ref().filter(|other| !other.is_over()) {
            let message = format!("scenario {} is being played", other.plan.scenario.name);
            return Err(Refusal::new("IncorrectState", message).hint("`linklocal scenario stop` ends it"));
        }
        let playing = Arc::new(playing);
        *current = Some(Arc::clone(&playing));
        Ok(playing)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Playing>>> {
        // It is put in whole.
        self.playing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Playing {
    fn is_over(&self) -> bool {
        self.progress.borrow().end.is_some()
    }

    async fn ended(&self) {
        // The sender is ours: it is there as long as we are.
        let _ = self.progress.subscribe().wait_for(|progress| progress.end.is_some()).await;
    }

    /// Until there is more than was seen, or a while has passed.
    async fn wait(&self, seen: usize) {
        let mut progress = self.progress.subscribe();
        let more = progress.wait_for(|progress| progress.steps.len() > seen || progress.end.is_some());
        let _ = tokio::time::timeout(LONGEST_FOLLOW, more).await;
    }

    fn description(&self, seen: usize) -> ScenarioDescription {
        let Progress { steps, end } = self.progress.borrow().clone();
        ScenarioDescription {
            name: self.plan.scenario.name.clone(),
            question: self.plan.scenario.question.clone(),
            instance_id: self.instance_id.clone(),
            began: self.began,
            ends: self.began + self.plan.duration,
            compress: self.plan.compress,
            steps: steps.into_iter().skip(seen).collect(),
            end,
        }
    }
}

/// Plays to the end or to a stop, and puts everything back.
async fn perform(server: Arc<Server>, playing: Arc<Playing>) {
    let boards = Boards { server: &server, playing: &playing };
    let tell = |at: Duration, text: String| {
        tracing::info!(at_ms = at.as_millis(), "scenario: {text}");
        playing
            .progress
            .send_modify(|progress| progress.steps.push(ScenarioStep { at: at.as_secs_f64(), text }));
    };
    let end = play(&playing.plan, &boards, &playing.stop, tell).await;
    boards.show(&InForce::default()).await;
    playing.progress.send_modify(|progress| progress.end = Some(end));
}

/// The server as the stage of a scenario.
struct Boards<'a> {
    server: &'a Server,
    playing: &'a Playing,
}

impl Stage for Boards<'_> {
    async fn show(&self, force: &InForce) {
        let Playing { plan, instance_id, began, .. } = self.playing;
        let switches = self.server.rehearsal();
        let is_over = *force == InForce::default();
        switches.set_faults(translation::faults(plan, force, instance_id.as_ref(), *began));
        let rotation = match is_over {
            true => Ok(None),
            false => translation::rotation(plan, &force.credentials, &switches.schedule(), *began),
        };
        // Every moment was tried before the first.
        if let Ok(rotation) = rotation {
            switches.set_rotation(instance_id.clone(), rotation);
        }
        let dressing = Dressing { instance_id: instance_id.clone(), force: force.clone(), began: *began };
        if let Err(refusal) = self.server.dress(Some(dressing)).await {
            tracing::error!("scenario: instances stay as they were: {refusal}");
        }
    }
}

fn planned(name: &str, text: &str, settings: Settings) -> Result<Plan, Refusal> {
    let refused = |message: String| Refusal::new("InvalidParameterValue", message);
    let scenario = Scenario::parse(Path::new(name), text.as_bytes()).map_err(|fault| {
        let refusal = refused(fault.to_string());
        match fault.hint {
            Some(hint) => refusal.hint(hint),
            None => refusal,
        }
    })?;
    Plan::of(&scenario, settings).map_err(|error| refused(error.to_string()))
}

fn none_played() -> Refusal {
    Refusal::new("IncorrectState", "no scenario is being played")
        .hint("`linklocal scenario run NAME` plays one")
}

/// Shorter than callers wait for an answer.
const LONGEST_FOLLOW: Duration = Duration::from_secs(10);
