//! The account's instances and their rendered copies, kept alike.
//!
//! Rule: what is acknowledged is in the store and in the roster, in this order. All of this blocks, for the disk: it runs
//! on threads for blocking work, one change at a time.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use account::identifier::Seed;
use account::{Changed, Declaration, InstanceError, InstanceView, Instances};
use imds::Roster;
use sys::Clock;
use types::instance::{Binding, Settled, Transition};
use types::{Instance, InstanceId, Timestamp};

use super::player::Overlay;
use crate::admin::Refusal;

#[derive(Clone, Debug)]
pub(super) struct Inventory {
    pub(super) instances: Instances,
    pub(super) roster: Arc<Roster>,
    /// Those that are there and in no roster.
    pub(super) idle: Idle,
    pub(super) seed: Seed,
    /// What a scenario makes of the instances.
    pub(super) overlay: Overlay,
    /// When the installation was made: the launch time of declared instances that name none.
    pub(super) created_at: Timestamp,
    pub(super) clock: Clock,
}

impl Inventory {
    /// Renders what changed; the new state of each, `None` for what is gone.
    pub(super) fn publish(
        &self,
        changed: &Changed,
    ) -> Result<Vec<(InstanceId, Option<InstanceView>)>, InstanceError> {
        let now = self.clock.now();
        let mut states = Vec::with_capacity(changed.instances.len());
        for id in &changed.instances {
            let state = match self.instances.describe(id) {
                Ok(view) => Some(view),
                Err(InstanceError::NotFound(_)) => None,
                Err(error) => return Err(error),
            };
            self.idle.note(id, state.as_ref());
            match state.as_ref().filter(|view| view.instance.life.answers()) {
                Some(view) => {
                    let dressed = self.overlay.dress(Cow::Borrowed(&view.instance), &self.seed);
                    self.roster.replace(&dressed, now);
                }
                None => drop(self.roster.remove(id)),
            }
            states.push((id.clone(), state));
        }
        Ok(states)
    }

    /// Renders everything anew, one instance after the other; where the instances are reached.
    pub(super) fn publish_all(&self) -> Result<HashMap<SocketAddr, InstanceId>, InstanceError> {
        let mut endpoints = HashMap::new();
        let mut unbound = 0;
        let mut views = Views::new(&self.instances);
        self.idle.clear();
        let noted = views.by_ref().inspect(|view| self.idle.note(&view.instance.instance_id, Some(view)));
        let answering = noted.filter(|view| view.instance.life.answers());
        let instances = answering.map(|view| {
            let Binding { endpoints: own, .. } = &view.instance.binding;
            endpoints.extend(own.iter().map(|endpoint| (*endpoint, view.instance.instance_id.clone())));
            unbound += usize::from(view.instance.binding.is_empty());
            self.overlay.dress(Cow::Owned(view.instance), &self.seed).into_owned()
        });
        self.roster.replace_all(instances, self.clock.now());
        views.finish()?;
        if unbound > 1 {
            tracing::warn!(
                instances = unbound,
                "none of these is reached: only one instance may be without endpoints and sources"
            );
        }
        Ok(endpoints)
    }

    /// So many instances: those that answer, by their ids, and then the others; none that is terminated.
    pub(super) fn first_few(&self, count: usize) -> Result<Vec<InstanceView>, InstanceError> {
        let mut views = Views::new(&self.instances);
        let answering = views.by_ref().filter(|view| view.instance.life.answers());
        let mut few: Vec<InstanceView> = answering.take(count.min(self.roster.len())).collect();
        views.finish()?;
        for id in self.idle.all().into_iter().take(count - few.len()) {
            match self.instances.describe(&id) {
                Ok(view) => few.push(view),
                // Gone between the two looks.
                Err(InstanceError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(few)
    }

    /// The addresses of all instances, stopped ones among them.
    pub(super) fn addresses(&self) -> Result<HashSet<SocketAddr>, InstanceError> {
        let mut views = Views::new(&self.instances);
        let addresses = views.by_ref().flat_map(|view| view.instance.binding.endpoints).collect();
        views.finish()?;
        Ok(addresses)
    }

    /// Every instance, one after the other.
    pub(super) fn each(&self, mut visit: impl FnMut(Instance) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let mut views = Views::new(&self.instances);
        views.by_ref().try_for_each(|view| visit(view.instance))?;
        Ok(views.finish()?)
    }

    /// The instance named, or the only one.
    pub(super) fn named(&self, id: Option<InstanceId>) -> Result<InstanceId, Refusal> {
        if let Some(id) = id {
            return Ok(id);
        }
        let mut views = Views::new(&self.instances);
        let there = views.by_ref().filter(|view| !view.instance.life.is_terminated());
        let first: Vec<InstanceView> = there.take(SHOWN).collect();
        views.finish()?;
        match &first[..] {
            [only] => Ok(only.instance.instance_id.clone()),
            [] => Err(Refusal::new("InvalidInstanceID.NotFound", "there are no instances")
                .hint("`linklocal instance launch` makes one")),
            several => {
                let mut ids: Vec<&str> =
                    several.iter().map(|view| view.instance.instance_id.as_str()).collect();
                if ids.len() == SHOWN {
                    ids[SHOWN - 1] = "…";
                }
                Err(Refusal::new("MissingParameter", "there are several instances")
                    .hint(format!("name one with --instance-id: {}", ids.join(", "))))
            }
        }
    }

    /// The instances that a declaration makes at run time. They are `pending` for a while.
    pub(super) fn plan(
        &self,
        declaration: &Declaration,
        defaults: &Declaration,
        transition_delay: Duration,
    ) -> Result<Vec<Instance>, Refusal> {
        let count = declaration.count();
        if count > MOST_AT_ONCE {
            let message = format!("count: at most {MOST_AT_ONCE} instances are launched at a time");
            return Err(Refusal::new("InvalidParameterValue", message).hint("launch again for further ones"));
        }
        refuse_reserved_tag(declaration)?;
        let first = self.instances.next_places(count)?;
        let now = self.clock.now();
        let made = declaration.resolve_all(defaults, &self.seed, first, now.trunc_secs())?;
        let mut instances = made.collect::<Result<Vec<_>, _>>()?;
        for instance in &mut instances {
            instance.life.transition = Some(Transition::launched(now, transition_delay));
            // An address that is another's is refused before any is opened.
            if !instance.binding.is_empty() {
                self.has_room(instance)?;
            }
        }
        Ok(instances)
    }

    /// The instance as the declaration would leave it.
    pub(super) fn preview(&self, id: &InstanceId, declaration: &Declaration) -> Result<Instance, Refusal> {
        refuse_reserved_tag(declaration)?;
        let mut instance = self.instances.describe(id)?.instance;
        let before = instance.binding.clone();
        declaration.apply_to(&mut instance, &self.seed, self.now())?;
        if instance.binding != before && !self.has_room(&instance)? {
            let message = "another instance is without endpoints and sources, and only one is reached so";
            return Err(Refusal::new("InvalidParameterValue", message).hint("leave this one an endpoint"));
        }
        Ok(instance)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether requests can reach the instance: `false` if it is bound nowhere and another one is bound nowhere. An
    /// address that belongs to another instance is refused.
    pub(super) fn has_room(&self, instance: &Instance) -> Result<bool, InstanceError> {
        let Binding { endpoints, sources } = &instance.binding;
        let mut unbound = false;
        let mut views = Views::new(&self.instances);
        for other in views.by_ref().map(|view| view.instance) {
            if other.instance_id == instance.instance_id || other.life.is_terminated() {
                continue;
            }
            unbound |= other.binding.is_empty();
            let endpoint = endpoints.iter().find(|endpoint| other.binding.endpoints.contains(endpoint));
            let source = sources.iter().find(|source| other.binding.sources.contains(source));
            let taken = endpoint.map(SocketAddr::to_string).or_else(|| source.map(IpAddr::to_string));
            if let Some(address) = taken {
                let message = format!("{address} belongs to instance {} already", other.instance_id);
                let hint = Some("choose another address".to_owned());
                return Err(account::Refusal { code: "InvalidParameterValue", message, hint }.into());
            }
        }
        views.finish()?;
        Ok(!(instance.binding.is_empty() && unbound))
    }
}

/// The ids of instances that are stopped, or about to be. As many at once as there are.
#[derive(Clone, Debug, Default)]
pub(super) struct Idle(Arc<Mutex<BTreeSet<InstanceId>>>);

impl Idle {
    /// In the order of ids.
    pub(super) fn all(&self) -> BTreeSet<InstanceId> {
        self.ids().clone()
    }

    /// Takes note of an instance as it is now; `None` for one that is gone.
    fn note(&self, id: &InstanceId, view: Option<&InstanceView>) {
        let is_idle = view.is_some_and(|view| view.instance.life.goal() == Settled::Stopped);
        if is_idle {
            self.ids().insert(id.clone());
        } else {
            self.ids().remove(id);
        }
    }

    fn clear(&self) {
        self.ids().clear();
    }

    fn ids(&self) -> MutexGuard<'_, BTreeSet<InstanceId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse_reserved_tag(declaration: &Declaration) -> Result<(), Refusal> {
    let Some(key) = declaration.reserved_tag() else { return Ok(()) };
    let message = format!("tag key {key:?} starts with aws:, which AWS keeps for itself");
    Err(Refusal::new("InvalidParameterValue", message).hint("choose another prefix"))
}

/// All instances in pages. An error ends the row and is kept for the end.
struct Views<'a> {
    instances: &'a Instances,
    page: std::vec::IntoIter<InstanceView>,
    next: Option<Option<InstanceId>>,
    error: Option<InstanceError>,
}

impl<'a> Views<'a> {
    fn new(instances: &'a Instances) -> Self {
        Self { instances, page: Vec::new().into_iter(), next: Some(None), error: None }
    }

    fn finish(self) -> Result<(), InstanceError> {
        self.error.map_or(Ok(()), Err)
    }
}

impl Iterator for Views<'_> {
    type Item = InstanceView;

    fn next(&mut self) -> Option<InstanceView> {
        loop {
            if let Some(view) = self.page.next() {
                return Some(view);
            }
            let after = self.next.take()?;
            match self.instances.list(after.as_ref(), PAGE) {
                Ok(page) => {
                    self.page = page.instances.into_iter();
                    self.next = page.next.map(Some);
                }
                Err(error) => self.error = Some(error),
            }
        }
    }
}

/// Instances of one launch: what they are takes a few megabytes to tell.
const MOST_AT_ONCE: u32 = 1000;
/// Instances read at once: a few hundred kilobytes.
const PAGE: usize = 100;
/// Instances named in a hint, and one more.
const SHOWN: usize = 6;
