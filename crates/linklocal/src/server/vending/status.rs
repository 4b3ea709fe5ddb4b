//! How a server of real credentials stands: `/health`, `/metrics`, and `credentials serve --status`.
//!
//! Rule: whose credentials they are is for the server's user; whoever reaches the open door hears how things stand.

use std::net::SocketAddr;
use std::sync::Arc;

use ::credentials::{SharedCredentials, Status};
use imds::Service;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use serde::{Deserialize, Serialize};
use sys::Clock;
use types::{InstanceId, Region, Timestamp};

use super::{Principal, Vending, VendingSettings};
use crate::admin::{Admin, Call, Health, Refusal, Reply};
use crate::server::trail::TrailKeeper;

/// One server, as `--status --json` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VendingStatus {
    pub(crate) standing: Standing,
    pub(crate) process_id: u32,
    /// Left out at the open door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<IdentityStatus>,
    /// When the set that is handed out came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_updated: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expiration: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) renewal: Option<Timestamp>,
    /// The last attempt to renew, where it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<FailureStatus>,
    /// What is wrong with this machine's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clock: Option<String>,
}

/// What programs get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Standing {
    Serving,
    /// The set is good, and the next does not come.
    RenewalFailing,
    /// Nothing, until a new set comes.
    Empty,
}

/// Whose credentials, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct IdentityStatus {
    pub(crate) arn: String,
    pub(crate) account_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) access_key_id: Option<String>,
    pub(crate) role_name: String,
    pub(crate) region: Region,
    pub(crate) instance_id: InstanceId,
    pub(crate) endpoints: Vec<SocketAddr>,
    pub(crate) container_endpoints: Vec<SocketAddr>,
}

/// An attempt to renew that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct FailureStatus {
    pub(crate) time: Timestamp,
    pub(crate) code: String,
    /// How many failed one after the other.
    pub(crate) count: u32,
    /// Left out at the open door, as the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

/// What the doors show.
#[derive(Debug)]
pub(super) struct Board {
    credentials: Arc<SharedCredentials>,
    clock: Clock,
    principal: Principal,
    region: Region,
    instance_id: InstanceId,
    endpoints: Vec<SocketAddr>,
    container_endpoints: Vec<SocketAddr>,
    service: Arc<Service>,
    trail: Arc<TrailKeeper>,
}

impl Board {
    pub(super) fn new(
        settings: VendingSettings,
        instance_id: &InstanceId,
        service: &Arc<Service>,
        trail: &Arc<TrailKeeper>,
    ) -> Self {
        Self {
            credentials: settings.credentials,
            clock: settings.clock,
            principal: settings.principal,
            region: settings.region,
            instance_id: instance_id.clone(),
            endpoints: settings.endpoints,
            container_endpoints: settings.container_endpoints,
            service: Arc::clone(service),
            trail: Arc::clone(trail),
        }
    }

    fn identity(&self, access_key_id: Option<String>) -> IdentityStatus {
        IdentityStatus {
            arn: self.principal.arn.to_string(),
            account_id: self.principal.account_id.to_string(),
            access_key_id,
            role_name: self.principal.role_name.clone(),
            region: self.region.clone(),
            instance_id: self.instance_id.clone(),
            endpoints: self.endpoints.clone(),
            container_endpoints: self.container_endpoints.clone(),
        }
    }
}

impl Vending {
    /// How things stand, for the server's user or for anybody.
    pub(crate) fn status(&self, for_owner: bool) -> VendingStatus {
        let now = self.board.clock.now();
        let Status { access_key_id, expiration, renewal, failure, clock } =
            self.board.credentials.status(now);
        let standing = match (self.source.is_able(now), &failure) {
            (true, None) => Standing::Serving,
            (true, Some(_)) => Standing::RenewalFailing,
            (false, _) => Standing::Empty,
        };
        let failure = failure.map(|failure| FailureStatus {
            time: failure.at,
            code: failure.error.code.to_owned(),
            count: failure.count,
            message: for_owner.then(|| failure.error.to_string()),
            hint: for_owner.then_some(failure.error.remedy),
        });
        VendingStatus {
            standing,
            process_id: std::process::id(),
            identity: for_owner.then(|| self.board.identity(access_key_id)),
            last_updated: self.source.since(),
            expiration,
            renewal,
            failure,
            clock,
        }
    }

    /// Made as it is asked for: most servers are never asked.
    fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        let Board { service, trail, .. } = &self.board;
        service.metrics().register(service.connections(), &mut registry);
        service.callers().register(&mut registry);
        trail.register(&mut registry);
        let VendingStatus { expiration, failure, .. } = self.status(false);
        gauge(
            &mut registry,
            ("linklocal_credentials_expiration", "When the set ends that is handed out"),
            Unit::Other("timestamp_seconds".to_owned()),
            expiration.map_or(0, Timestamp::secs),
        );
        gauge(
            &mut registry,
            ("linklocal_credentials_renewal", "Attempts to renew that failed one after the other"),
            Unit::Other("failures".to_owned()),
            failure.map_or(0, |failure| failure.count.into()),
        );
        registry
    }
}

impl Admin for Vending {
    async fn call(self: &Arc<Self>, call: Call) -> Result<Reply, Refusal> {
        let operation = call.operation();
        let message =
            format!("{operation}: this server hands out credentials of one identity and has no account");
        Err(Refusal::new("NotSupported", message).hint("start one that has with `linklocal up`"))
    }

    fn metrics(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry()).expect("a String takes any text");
        text
    }

    fn health(&self, for_owner: bool) -> Health {
        let status = self.status(for_owner);
        let body = serde_json::to_string(&status).expect("members are text, numbers and lists");
        Health { is_able: status.standing != Standing::Empty, is_json: true, body: format!("{body}\n") }
    }
}

fn gauge(registry: &mut Registry, (name, help): (&str, &str), unit: Unit, value: i64) {
    let gauge = Gauge::<i64>::default();
    gauge.set(value);
    registry.register_with_unit(name, help, unit, gauge);
}
