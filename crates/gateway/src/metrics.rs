//! What the gateway counts: calls by service and outcome.
//!
//! Rule: a call adds to a plain atomic; labels are looked up once, when the counters are made.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::record::Outcome;

/// Counters of one gateway, all starting at zero.
#[derive(Debug)]
pub struct Metrics {
    calls: Family<Labels, Counter>,
    counters: [[Counter; Outcome::ALL.len()]; SERVICES.len()],
}

type Labels = [(&'static str, &'static str); 2];

impl Metrics {
    pub(crate) fn new() -> Self {
        let calls = Family::<Labels, Counter>::default();
        let counter = |service, outcome: Outcome| {
            calls.get_or_create_owned(&[("service", service), ("outcome", outcome.as_str())])
        };
        let counters = SERVICES.map(|service| Outcome::ALL.map(|outcome| counter(service, outcome)));
        Self { calls, counters }
    }

    /// Makes the counters part of `registry`.
    pub fn register(&self, registry: &mut Registry) {
        let group = registry.sub_registry_with_prefix("linklocal_account");
        group.register("calls", "Calls by service and by what came of them", self.calls.clone());
    }

    pub(crate) fn count(&self, service: &str, outcome: Outcome) {
        let known = SERVICES.iter().position(|name| *name == service).unwrap_or(SERVICES.len() - 1);
        self.counters[known][outcome as usize].inc();
    }
}

/// The services that are told apart, the commonest first, as they are searched.
const SERVICES: [&str; 7] = ["sts", "iam", "s3", "ec2", "servicequotas", "cloudtrail", "other"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_service_and_outcome() {
        let (metrics, mut registry) = (Metrics::new(), Registry::default());
        metrics.register(&mut registry);
        metrics.count("sts", Outcome::Done);
        metrics.count("dynamodb", Outcome::NotBuilt);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            "linklocal_account_calls_total{service=\"sts\",outcome=\"done\"} 1",
            "linklocal_account_calls_total{service=\"other\",outcome=\"not-built\"} 1",
            "linklocal_account_calls_total{service=\"iam\",outcome=\"done\"} 0",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }
}
