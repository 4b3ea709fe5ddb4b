//! What is switched on at the moment: faults, and who watches.
//!
//! Rule: while nothing is, a request costs one load.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use types::InstanceId;

use crate::faults::{Active, ClockOffset, Faults};
use crate::observation::Observer;

/// The switches.
#[derive(Debug, Default)]
pub(crate) struct Rehearsal {
    is_on: AtomicBool,
    scene: ArcSwapOption<Scene>,
    /// Whoever changes the scene holds it.
    turn: Mutex<()>,
    /// Counts what makes live documents stale before their time.
    edition: AtomicU32,
}

/// What is switched on; one of the two at least.
pub(crate) struct Scene {
    pub(crate) faults: Option<Arc<Active>>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

/// What live documents are made by, besides the time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Edition {
    pub(crate) number: u32,
    pub(crate) offset: ClockOffset,
}

impl Rehearsal {
    pub(crate) fn scene(&self) -> Option<Arc<Scene>> {
        if self.is_on.load(Ordering::Relaxed) { self.scene.load_full() } else { None }
    }

    pub(crate) fn set_faults(&self, faults: Option<Faults>) {
        self.change(|scene| Scene {
            faults: faults.map(|faults| Active::new(faults, scene.faults.as_deref()).into()),
            observer: scene.observer.clone(),
        });
        self.next_edition();
    }

    pub(crate) fn set_observer(&self, observer: Option<Arc<dyn Observer>>) {
        self.change(|scene| Scene { faults: scene.faults.clone(), observer });
    }

    /// Makes all live documents stale.
    pub(crate) fn next_edition(&self) {
        self.edition.fetch_add(1, Ordering::Release);
    }

    /// The number is read first: a document that is made while faults change then counts as made before, and is made
    /// again.
    pub(crate) fn edition(&self, instance_id: &InstanceId) -> Edition {
        let number = self.edition.load(Ordering::Acquire);
        Edition { number, offset: self.offset(Some(instance_id)) }
    }

    /// By how much the times are off that an instance is told; `None` stands for who has no instance.
    pub(crate) fn offset(&self, instance_id: Option<&InstanceId>) -> ClockOffset {
        self.scene().map(|scene| scene.offset(instance_id)).unwrap_or_default()
    }

    fn change(&self, next: impl FnOnce(&Scene) -> Scene) {
        let nothing = Scene { faults: None, observer: None };
        // Whole scenes are put in at once, so a panic elsewhere leaves nothing half done.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let next = next(self.scene.load().as_deref().unwrap_or(&nothing));
        let is_on = next.faults.is_some() || next.observer.is_some();
        self.scene.store(is_on.then(|| Arc::new(next)));
        self.is_on.store(is_on, Ordering::Relaxed);
    }
}

impl Scene {
    pub(crate) fn offset(&self, instance_id: Option<&InstanceId>) -> ClockOffset {
        let faults = self.faults.as_ref().filter(|faults| faults.concerns(instance_id));
        faults.map(|faults| faults.clock_offset()).unwrap_or_default()
    }
}

impl fmt::Debug for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scene").field("faults", &self.faults).field("observer", &self.observer).finish()
    }
}
