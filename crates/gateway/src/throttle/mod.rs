//! How often an account may ask: AWS's token buckets, each for an operation in a region.
//!
//! Rule: a call that is refused takes nothing. Whatever is enforced, a second set of buckets at AWS's figures says what AWS would have
//! done. The common call takes no lock and makes nothing. Source: `limits.txt`.

mod demand;
mod meter;
mod prefix;
mod refusal;
mod region;
mod report;
mod settings;
mod table;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use prometheus_client::registry::Registry;
use types::{Region, Timestamp};

pub(crate) use demand::Demand;
pub(crate) use refusal::Throttled;
pub use report::{BucketReport, LimitFigures, LimitsReport};
pub use settings::{LimitMode, LimitSettings};

use meter::{Meter, Rule, Verdict};
use prefix::Prefixes;
use region::Regions;
use settings::Swapped;
use table::{Kind, Layout};

/// All buckets of an account.
#[derive(Debug)]
pub struct Throttle {
    settings: Swapped,
    layout: &'static Layout,
    /// What has one bucket for all regions.
    account: Box<[Meter]>,
    regions: Regions,
    prefixes: Prefixes,
    /// Since when is counted, in milliseconds.
    since: AtomicI64,
}

/// One call, as limits see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asking<'a> {
    /// The signing name of the service that it was routed to.
    pub(crate) service: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) region: &'a Region,
    pub(crate) now: Timestamp,
    pub(crate) demand: Demand<'a>,
}

impl Throttle {
    /// Full buckets.
    pub fn new(settings: LimitSettings, now: Timestamp) -> Self {
        let layout = Layout::whole();
        Self {
            settings: Swapped::new(settings),
            layout,
            account: region::meters(now, layout.cells.len()),
            regions: Regions::new(now, layout.cells.len()),
            prefixes: Prefixes::new(now),
            since: AtomicI64::new(now.millis()),
        }
    }

    pub fn settings(&self) -> LimitSettings {
        self.settings.load()
    }

    /// From the next call on.
    pub fn set(&self, settings: LimitSettings) {
        self.settings.store(settings);
    }

    /// Fills all buckets and counts anew.
    pub fn reset(&self, now: Timestamp) {
        self.account.iter().chain(self.regions.iter().flat_map(|(_, meters)| meters)).for_each(Meter::reset);
        self.prefixes.reset();
        self.since.store(now.millis(), Ordering::Relaxed);
    }

    /// Makes the tokens part of `registry`.
    pub fn register(self: &Arc<Self>, registry: &mut Registry) {
        registry.register_collector(Box::new(Collected(Arc::clone(self))));
    }

    /// Takes what a call costs: a token for the call, then those for its resources.
    pub(crate) fn admit(&self, asking: &Asking<'_>) -> Result<(), Throttled> {
        let Some(way) = self.layout.way(asking.service, asking.operation) else { return Ok(()) };
        let calls = match way.bare {
            Some(bare) if asking.demand.is_bare() => bare,
            _ => way.calls,
        };
        self.take(calls, asking, 1)?;
        match way.resources {
            Some((cell, member)) => self.take(cell, asking, asking.demand.resources(member)),
            None => Ok(()),
        }
    }

    fn take(&self, at: usize, asking: &Asking<'_>, tokens: u32) -> Result<(), Throttled> {
        let (cell, settings) = (&self.layout.cells[at], self.settings());
        let (limit, rule) = (cell.limit, settings.rule(cell.limit.is_published));
        let meters = if cell.is_regional() { self.regions.meters(asking.region) } else { &self.account };
        let verdict = match (limit.kind, asking.demand) {
            (Kind::Prefix, Demand::Object { bucket, key }) => {
                let is_read = READS.iter().any(|verb| asking.operation.starts_with(verb));
                let verdict = self.prefixes.take((bucket, key), is_read, limit.rate, rule, asking.now);
                meters[at].counts().count(verdict, asking.now, tokens);
                verdict
            }
            // A call on no bucket, such as ListBuckets, has no prefix.
            (Kind::Prefix, _) => {
                meters[at].counts().count(Verdict::default(), asking.now, tokens);
                Verdict::default()
            }
            _ => meters[at].take(limit.rate, rule, asking.now, tokens),
        };
        if verdict.refused_by_aws && settings.mode == LimitMode::Report {
            let (service, region) = (asking.service, asking.region.as_str());
            tracing::info!(service, region, "AWS would have refused this call: {}", cell.what());
        }
        verdict.refused.map_or(Ok(()), |lack| Err(Throttled::of(asking.service, lack)))
    }

    fn since(&self) -> Timestamp {
        Timestamp::from_millis(self.since.load(Ordering::Relaxed))
    }
}

/// As the page of metrics sees it.
#[derive(Debug)]
struct Collected(Arc<Throttle>);

impl Rule {
    /// The figures that it enforces.
    fn enforced(self, rate: types::BucketRate) -> Option<types::BucketRate> {
        match self {
            Self::Watched => None,
            Self::AsAws => Some(rate),
            Self::Scaled(percent) => Some(rate.scaled(percent)),
        }
    }
}

/// What S3 counts as GET and HEAD.
const READS: [&str; 3] = ["Get", "Head", "List"];
