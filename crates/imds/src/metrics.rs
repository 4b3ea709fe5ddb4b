//! What the service counts.
//!
//! Rule: a request adds to plain atomics; labels are looked up once, when the counters are made.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use metadata::Access;
use net::Connections;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use crate::access::Rule;
use crate::source::RoleDelivery;

/// Counters of one service, all starting at zero.
#[derive(Debug)]
pub struct Metrics {
    no_token: Counter,
    no_token_rejected: Counter,
    bad_token: Counter,
    tokens: Labelled<2>,
    requests: Labelled<{ STATUSES.len() }>,
    granted: Labelled<3>,
    denied: Labelled<{ Rule::ALL.len() }>,
}

/// One counter for each value of a label.
#[derive(Debug)]
struct Labelled<const N: usize> {
    family: Family<Labels, Counter>,
    counters: [Counter; N],
}

type Labels = [(&'static str, &'static str); 1];

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            no_token: Counter::default(),
            no_token_rejected: Counter::default(),
            bad_token: Counter::default(),
            tokens: Labelled::new("result", ["issued", "refused"]),
            requests: Labelled::new("status", STATUSES.map(|(_, text)| text)),
            granted: Labelled::new("delivery", ["1.0", "2.0", "container"]),
            denied: Labelled::new("rule", Rule::ALL.map(Rule::key)),
        }
    }

    /// Makes the counters, and the number of open connections, part of `registry`.
    pub fn register(&self, connections: &Arc<Connections>, registry: &mut Registry) {
        let group = registry.sub_registry_with_prefix("linklocal_metadata");
        group.register(
            "no_token",
            "Version 1 calls that succeeded (EC2's MetadataNoToken)",
            self.no_token.clone(),
        );
        group.register(
            "no_token_rejected",
            "Version 1 calls made while tokens are required (EC2's MetadataNoTokenRejected)",
            self.no_token_rejected.clone(),
        );
        group.register(
            "bad_token",
            "Calls with a token that is malformed, expired, forged or another instance's",
            self.bad_token.clone(),
        );
        group.register("token_requests", "Requests for a session token", self.tokens.family.clone());
        group.register("requests", "Requests by status of the answer", self.requests.family.clone());
        group.register(
            "credentials_granted",
            "Credential documents handed out, by ec2:RoleDelivery or by a container endpoint",
            self.granted.family.clone(),
        );
        group.register("denied", "Requests turned away, by the rule in [access]", self.denied.family.clone());
        group.register_collector(Box::new(OpenConnections(Arc::clone(connections))));
    }

    pub(crate) fn count_access(&self, access: Access) {
        match access {
            Access::V1 => self.no_token.inc(),
            Access::V1Rejected => self.no_token_rejected.inc(),
            Access::BadToken => self.bad_token.inc(),
            Access::V2 | Access::None => return,
        };
    }

    pub(crate) fn count_token_request(&self, issued: bool) {
        self.tokens.counters[usize::from(!issued)].inc();
    }

    pub(crate) fn count_granted(&self, delivery: RoleDelivery) {
        let place = match delivery {
            RoleDelivery::V1 => 0,
            RoleDelivery::V2 => 1,
            RoleDelivery::Container => 2,
        };
        self.granted.counters[place].inc();
    }

    pub(crate) fn count_denied(&self, rule: Rule) {
        self.denied.counters[rule as usize].inc();
    }

    pub(crate) fn count_status(&self, status: StatusCode) {
        let known = STATUSES.iter().position(|s| s.0 == Some(status));
        self.requests.counters[known.unwrap_or(STATUSES.len() - 1)].inc();
    }
}

impl<const N: usize> Labelled<N> {
    fn new(label: &'static str, values: [&'static str; N]) -> Self {
        let family = Family::<Labels, Counter>::default();
        let counters = values.map(|value| family.get_or_create_owned(&[(label, value)]));
        Self { family, counters }
    }
}

/// The statuses that the service answers with, the commonest first, as they are searched. Others come of faults
/// alone.
const STATUSES: [(Option<StatusCode>, &str); 11] = [
    (Some(StatusCode::OK), "200"),
    (Some(StatusCode::NOT_FOUND), "404"),
    (Some(StatusCode::UNAUTHORIZED), "401"),
    (Some(StatusCode::FORBIDDEN), "403"),
    (Some(StatusCode::BAD_REQUEST), "400"),
    (Some(StatusCode::METHOD_NOT_ALLOWED), "405"),
    (Some(StatusCode::URI_TOO_LONG), "414"),
    (Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE), "431"),
    (Some(StatusCode::SERVICE_UNAVAILABLE), "503"),
    (Some(StatusCode::INTERNAL_SERVER_ERROR), "500"),
    (None, "other"),
];

/// Reads the number when it is asked for.
struct OpenConnections(Arc<Connections>);

impl fmt::Debug for OpenConnections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenConnections").field(&self.0.open()).finish()
    }
}

impl Collector for OpenConnections {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let gauge = ConstGauge::new(i64::try_from(self.0.open()).unwrap_or(i64::MAX));
        let help = "Connections open at the moment";
        let metric = encoder.encode_descriptor("open_connections", help, None, gauge.metric_type())?;
        gauge.encode(metric)
    }
}
