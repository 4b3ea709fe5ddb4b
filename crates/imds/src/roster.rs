//! The instances that a server answers for.
//!
//! Rule: a request reads one immutable view, without a lock; a change makes the next view and swaps it in.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};

use arc_swap::{ArcSwap, Guard};
use http::HeaderValue;
use metadata::{Rendered, Shapes};
use net::{Peer, http_date};
use types::{Instance, InstanceId, Timestamp};

use crate::live::LiveDocuments;
use crate::signature::Signatures;

/// The instances, and which of them answers whom.
///
/// A request's instance is the one bound to the address and port where it arrived, else the one bound to the address
/// that it came from, else the default: the only instance without bindings. Where two instances are bound alike, the
/// lower instance id answers.
#[derive(Debug, Default)]
pub struct Roster {
    view: ArcSwap<View>,
    /// What rendered instances share. Whoever changes the roster holds it.
    shapes: Mutex<Shapes>,
}

/// The roster at one moment.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// By instance id.
    entries: Vec<Arc<Entry>>,
    endpoints: HashMap<SocketAddr, Arc<Entry>>,
    sources: HashMap<IpAddr, Arc<Entry>>,
    default: Option<Arc<Entry>>,
}

/// One instance, as it stands until its next change.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) rendered: Rendered,
    pub(crate) last_modified: HeaderValue,
    pub(crate) changed: Timestamp,
    pub(crate) live: LiveDocuments,
    pub(crate) signatures: Signatures,
    endpoints: Box<[SocketAddr]>,
    sources: Box<[IpAddr]>,
}

impl Roster {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `instance`, or puts it in the place of the one with its id. `now` becomes its `Last-Modified`.
    ///
    /// Takes time in proportion to the number of instances, a few milliseconds for 10,000: changes are rare and reads
    /// are not. Many at once are for [`Roster::replace_all`].
    pub fn replace(&self, instance: &Instance, now: Timestamp) {
        let mut shapes = self.shapes();
        let entry = Entry::new(instance, &mut shapes, now, http_date(now));
        let mut entries = self.view().entries.clone();
        match search(&entries, &instance.instance_id) {
            Ok(at) => entries[at] = entry,
            Err(at) => entries.insert(at, entry),
        }
        self.view.store(Arc::new(View::new(entries)));
    }

    /// Takes an instance off; `false` if it was not there.
    pub fn remove(&self, id: &InstanceId) -> bool {
        let _shapes = self.shapes();
        let mut entries = self.view().entries.clone();
        let Ok(at) = search(&entries, id) else { return false };
        entries.remove(at);
        self.view.store(Arc::new(View::new(entries)));
        true
    }

    /// Puts `instances` in the place of all that are there. Of several with one id the last counts.
    pub fn replace_all<I>(&self, instances: I, now: Timestamp)
    where
        I: IntoIterator<Item: Borrow<Instance>>,
    {
        let mut shapes = self.shapes();
        let last_modified = http_date(now);
        let entry =
            |instance: I::Item| Entry::new(instance.borrow(), &mut shapes, now, last_modified.clone());
        let mut entries: Vec<_> = instances.into_iter().map(entry).collect();
        // The sort is stable: reversed before and after, the last of equals comes first and stays.
        entries.reverse();
        entries.sort_by(|a, b| a.id().cmp(b.id()));
        entries.dedup_by(|later, kept| later.id() == kept.id());
        entries.shrink_to_fit();
        self.view.store(Arc::new(View::new(entries)));
    }

    /// How many instances there are.
    pub fn len(&self) -> usize {
        self.view().entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn contains(&self, id: &InstanceId) -> bool {
        search(&self.view().entries, id).is_ok()
    }

    /// The instance that answers a program of this machine at `address`.
    pub fn answering_here(&self, address: SocketAddr) -> Option<InstanceId> {
        let here = match address.is_ipv6() {
            true => IpAddr::V6(Ipv6Addr::LOCALHOST),
            false => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        let local =
            if address.ip().is_unspecified() { SocketAddr::new(here, address.port()) } else { address };
        let view = self.view();
        view.find(Peer { local, remote: SocketAddr::new(here, 0) }).map(|entry| entry.id().clone())
    }

    pub(crate) fn view(&self) -> Guard<Arc<View>> {
        self.view.load()
    }

    fn shapes(&self) -> MutexGuard<'_, Shapes> {
        self.shapes.lock().expect("rendering does not panic")
    }
}

impl View {
    fn new(entries: Vec<Arc<Entry>>) -> Self {
        let mut view = Self {
            endpoints: HashMap::with_capacity(entries.iter().map(|e| e.endpoints.len()).sum()),
            sources: HashMap::with_capacity(entries.iter().map(|e| e.sources.len()).sum()),
            ..Self::default()
        };
        for entry in &entries {
            for endpoint in &entry.endpoints {
                view.endpoints.entry(*endpoint).or_insert_with(|| Arc::clone(entry));
            }
            for source in &entry.sources {
                view.sources.entry(*source).or_insert_with(|| Arc::clone(entry));
            }
        }
        let mut unbound = entries.iter().filter(|e| e.endpoints.is_empty() && e.sources.is_empty());
        if let (Some(only), None) = (unbound.next(), unbound.next()) {
            view.default = Some(Arc::clone(only));
        }
        Self { entries, ..view }
    }

    /// The instance that answers `peer`.
    pub(crate) fn find(&self, peer: Peer) -> Option<&Arc<Entry>> {
        let bound = if self.endpoints.is_empty() { None } else { self.endpoints.get(&peer.local) };
        let known = || if self.sources.is_empty() { None } else { self.sources.get(&peer.remote.ip()) };
        bound.or_else(known).or(self.default.as_ref())
    }

    /// Whether the instance of this id names `address` among those that its requests come from.
    pub(crate) fn declares(&self, id: &InstanceId, address: IpAddr) -> bool {
        self.named(id).is_some_and(|entry| entry.sources.contains(&address))
    }

    /// The instance of this id.
    pub(crate) fn named(&self, id: &InstanceId) -> Option<&Arc<Entry>> {
        search(&self.entries, id).ok().map(|at| &self.entries[at])
    }
}

impl Entry {
    fn new(
        instance: &Instance,
        shapes: &mut Shapes,
        changed: Timestamp,
        last_modified: HeaderValue,
    ) -> Arc<Self> {
        Arc::new(Self {
            rendered: Rendered::new(instance, shapes),
            last_modified,
            changed,
            live: LiveDocuments::default(),
            signatures: Signatures::default(),
            endpoints: instance.binding.endpoints.as_slice().into(),
            sources: instance.binding.sources.as_slice().into(),
        })
    }

    fn id(&self) -> &InstanceId {
        self.rendered.instance_id()
    }
}

fn search(entries: &[Arc<Entry>], id: &InstanceId) -> Result<usize, usize> {
    entries.binary_search_by(|entry| entry.id().cmp(id))
}
