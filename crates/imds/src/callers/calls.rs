//! Calls by program, as metrics.
//!
//! Rule: the number of labels is bounded, whatever calls: the first 64 names have one of their own, the rest share one.

use std::sync::Arc;

use metadata::Access;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// The counters of all programs.
#[derive(Debug, Default)]
pub(super) struct Calls {
    family: Family<Labels, Counter>,
    /// Names that have a label of their own, and their counters.
    named: Vec<(String, Arc<ProgramCalls>)>,
    /// Connections that there was no time to identify.
    pub(super) not_identified: Counter,
}

/// The counters of one program.
#[derive(Debug)]
pub(super) struct ProgramCalls {
    v1: Counter,
    v1_rejected: Counter,
    v2: Counter,
}

type Labels = [(&'static str, String); 2];

impl Calls {
    /// The counters under `label`, or under [`OTHER`].
    pub(super) fn of(&mut self, label: String) -> Arc<ProgramCalls> {
        let known = |label: &str| self.named.iter().find(|(name, _)| name == label);
        if let Some((_, calls)) = known(&label) {
            return Arc::clone(calls);
        }
        // One place is kept for the rest.
        let label = if self.named.len() < MAX_LABELS - 1 { label } else { OTHER.to_owned() };
        if let Some((_, calls)) = known(&label) {
            return Arc::clone(calls);
        }
        let calls = Arc::new(ProgramCalls::new(&self.family, &label));
        self.named.push((label, Arc::clone(&calls)));
        calls
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let group = registry.sub_registry_with_prefix("linklocal_metadata");
        group.register(
            "calls_by_program",
            "Calls by program and version: 1.0 without a token, 1.0-rejected while tokens are required, 2.0 with one",
            self.family.clone(),
        );
        group.register(
            "connections_not_identified",
            "Connections whose program was not looked for because too many came at once",
            self.not_identified.clone(),
        );
    }
}

impl ProgramCalls {
    fn new(family: &Family<Labels, Counter>, label: &str) -> Self {
        let counter = |version: &str| {
            family.get_or_create_owned(&[("program", label.to_owned()), ("version", version.to_owned())])
        };
        Self { v1: counter("1.0"), v1_rejected: counter("1.0-rejected"), v2: counter("2.0") }
    }

    pub(super) fn count(&self, access: Access) {
        match access {
            Access::V1 => self.v1.inc(),
            Access::V1Rejected => self.v1_rejected.inc(),
            Access::V2 => self.v2.inc(),
            Access::BadToken | Access::None => return,
        };
    }
}

/// Values of the label `program`.
const MAX_LABELS: usize = 64;
/// Of programs that came after the label's values were used up.
pub(super) const OTHER: &str = "other";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_labels_is_bounded() {
        let mut calls = Calls::default();
        for n in 0..1000 {
            calls.of(format!("p{n}")).count(Access::V1);
        }
        calls.of("p0".to_owned()).count(Access::V1);
        assert_eq!(calls.named.len(), MAX_LABELS);
        let v1 =
            |label: &str| calls.named.iter().find(|(name, _)| name == label).map(|(_, calls)| calls.v1.get());
        assert_eq!((v1("p0"), v1("p62"), v1("p63"), v1(OTHER)), (Some(2), Some(1), None, Some(937)));
    }
}
