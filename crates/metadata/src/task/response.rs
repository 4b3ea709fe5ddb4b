//! The documents, as Go's encoder writes them: on one line, in the order of the agent's structures. Figures of use are zeros:
//! nothing is measured.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use types::Timestamp;

use super::{TaskEndpoint, spread};
use crate::path::Path;
use crate::tree::Item;
use crate::{Origin, Rendered};

/// What the documents are made of.
pub(super) struct Facts<'a> {
    rendered: &'a Rendered,
    origin: Origin<'a>,
    endpoint: TaskEndpoint,
    /// `arn:aws:ecs:us-east-1:111122223333`
    ecs: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Task {
    cluster: String,
    #[serde(rename = "TaskARN")]
    task_arn: String,
    family: &'static str,
    revision: &'static str,
    desired_status: &'static str,
    known_status: &'static str,
    limits: TaskLimits,
    pull_started_at: String,
    pull_stopped_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    availability_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    launch_type: Option<&'static str>,
    containers: [Container; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_drift: Option<ClockDrift>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ephemeral_storage_metrics: Option<Storage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault_injection_enabled: Option<bool>,
}

#[derive(Serialize)]
struct TaskLimits {
    #[serde(rename = "CPU")]
    vcpus: f64,
    #[serde(rename = "Memory")]
    mebibytes: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ClockDrift {
    clock_error_bound: f64,
    reference_timestamp: String,
    clock_synchronization_status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Storage {
    utilized: u32,
    reserved: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Container {
    docker_id: String,
    name: &'static str,
    docker_name: &'static str,
    image: String,
    #[serde(rename = "ImageID")]
    image_id: String,
    labels: BTreeMap<&'static str, String>,
    desired_status: &'static str,
    known_status: &'static str,
    limits: BTreeMap<&'static str, u32>,
    created_at: String,
    started_at: String,
    #[serde(rename = "Type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_driver: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_options: Option<BTreeMap<&'static str, String>>,
    #[serde(rename = "ContainerARN", skip_serializing_if = "Option::is_none")]
    container_arn: Option<String>,
    networks: [Network; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshotter: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Network {
    network_mode: &'static str,
    #[serde(rename = "IPv4Addresses")]
    ipv4_addresses: Vec<Ipv4Addr>,
    #[serde(flatten)]
    interface: Option<Interface>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Interface {
    attachment_index: u32,
    #[serde(rename = "MACAddress", skip_serializing_if = "Option::is_none")]
    mac_address: Option<String>,
    #[serde(rename = "IPv4SubnetCIDRBlock", skip_serializing_if = "Option::is_none")]
    ipv4_subnet_cidr_block: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    domain_name_servers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    domain_name_search_list: Vec<String>,
    #[serde(rename = "PrivateDNSName", skip_serializing_if = "Option::is_none")]
    private_dns_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subnet_gateway_ipv4_address: Option<String>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(rendered: &'a Rendered) -> Self {
        let origin = rendered.origin();
        let Origin { region, account_id, .. } = origin;
        let ecs = format!("arn:{}:ecs:{region}:{account_id}", region.partition().as_str());
        let endpoint = TaskEndpoint::of(rendered.instance_id());
        Self { rendered, origin, endpoint, ecs }
    }

    pub(super) fn container(&self, is_v4: bool) -> Bytes {
        json_bytes(&self.described(is_v4))
    }

    pub(super) fn task(&self, is_v4: bool, now: Timestamp) -> Bytes {
        let launched = self.origin.launch_time.iso8601();
        json_bytes(&Task {
            cluster: self.cluster_arn(),
            task_arn: self.task_arn(),
            family: NAME,
            revision: "1",
            desired_status: RUNNING,
            known_status: RUNNING,
            limits: TaskLimits { vcpus: 0.25, mebibytes: 512 },
            pull_started_at: launched.clone(),
            pull_stopped_at: launched,
            availability_zone: self.leaf("placement/availability-zone"),
            launch_type: is_v4.then_some("FARGATE"),
            containers: [self.described(is_v4)],
            clock_drift: is_v4.then(|| ClockDrift {
                clock_error_bound: 0.5,
                reference_timestamp: now.iso8601(),
                clock_synchronization_status: "SYNCHRONIZED",
            }),
            ephemeral_storage_metrics: is_v4.then_some(Storage { utilized: 261, reserved: 20_496 }),
            fault_injection_enabled: is_v4.then_some(false),
        })
    }

    pub(super) fn container_stats(&self, now: Timestamp) -> Bytes {
        json_bytes(&self.stats(now))
    }

    pub(super) fn task_stats(&self, now: Timestamp) -> Bytes {
        json_bytes(&BTreeMap::from([(self.endpoint.id(), self.stats(now))]))
    }

    fn described(&self, is_v4: bool) -> Container {
        let launched = self.origin.launch_time.iso8601();
        Container {
            docker_id: self.endpoint.id(),
            name: NAME,
            docker_name: NAME,
            image: self.image(),
            image_id: format!("sha256:{}", self.digest()),
            labels: self.labels(),
            desired_status: RUNNING,
            known_status: RUNNING,
            limits: BTreeMap::from([("CPU", 2)]),
            created_at: launched.clone(),
            started_at: launched,
            kind: "NORMAL",
            log_driver: is_v4.then_some("awslogs"),
            log_options: is_v4.then(|| self.log_options()),
            container_arn: is_v4.then(|| self.container_arn()),
            networks: [Network {
                network_mode: "awsvpc",
                ipv4_addresses: self.origin.private_ipv4.into_iter().collect(),
                interface: is_v4.then(|| self.interface()),
            }],
            snapshotter: is_v4.then_some("overlayfs"),
        }
    }

    fn labels(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("com.amazonaws.ecs.cluster", self.cluster_arn()),
            ("com.amazonaws.ecs.container-name", NAME.to_owned()),
            ("com.amazonaws.ecs.task-arn", self.task_arn()),
            ("com.amazonaws.ecs.task-definition-family", NAME.to_owned()),
            ("com.amazonaws.ecs.task-definition-version", "1".to_owned()),
        ])
    }

    fn log_options(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("awslogs-group", format!("/ecs/{NAME}")),
            ("awslogs-region", self.origin.region.to_string()),
            ("awslogs-stream", format!("ecs/{NAME}/{}", self.endpoint.task_id)),
        ])
    }

    fn interface(&self) -> Interface {
        let mac = self.leaf("mac");
        let of_mac = |name: &str| {
            self.leaf(&format!("network/interfaces/macs/{}/{name}", mac.as_deref().unwrap_or_default()))
        };
        let subnet = of_mac("subnet-ipv4-cidr-block");
        let vpc = of_mac("vpc-ipv4-cidr-block");
        let name = self.leaf("local-hostname");
        let domain = name.as_ref().and_then(|name| Some(name.split_once('.')?.1.to_owned()));
        Interface {
            attachment_index: 0,
            domain_name_servers: vpc.and_then(|block| address_in(&block, 2)).into_iter().collect(),
            domain_name_search_list: domain.into_iter().collect(),
            private_dns_name: name,
            subnet_gateway_ipv4_address: subnet
                .as_ref()
                .and_then(|block| Some(format!("{}/{}", address_in(block, 1)?, block.split_once('/')?.1))),
            ipv4_subnet_cidr_block: subnet,
            mac_address: mac,
        }
    }

    fn stats(&self, now: Timestamp) -> Value {
        let usage = json!({
            "cpu_usage": { "total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0 },
            "throttling_data": { "periods": 0, "throttled_periods": 0, "throttled_time": 0 },
        });
        json!({
            "read": now.iso8601(),
            "preread": "0001-01-01T00:00:00Z",
            "pids_stats": {},
            "blkio_stats": {},
            "num_procs": 0,
            "storage_stats": {},
            "cpu_stats": usage,
            "precpu_stats": usage,
            "memory_stats": {},
            "name": NAME,
            "id": self.endpoint.id(),
        })
    }

    /// A value of the instance's metadata.
    fn leaf(&self, path: &str) -> Option<String> {
        let path = format!("/latest/meta-data/{path}");
        match self.rendered.tree().find(&Path::parse(&path).ok()?)? {
            Item::Text(text) => Some(String::from_utf8_lossy(&text).into_owned()),
            _ => None,
        }
    }

    fn cluster_arn(&self) -> String {
        format!("{}:cluster/{CLUSTER}", self.ecs)
    }

    fn task_arn(&self) -> String {
        format!("{}:task/{CLUSTER}/{}", self.ecs, self.endpoint.task_id)
    }

    fn container_arn(&self) -> String {
        let digits = self.digest();
        let uuid = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]).join("-");
        format!("{}:container/{CLUSTER}/{}/{uuid}", self.ecs, self.endpoint.task_id)
    }

    fn image(&self) -> String {
        let domain = self.leaf("services/domain").unwrap_or_else(|| "amazonaws.com".to_owned());
        format!("{}.dkr.ecr.{}.{domain}/{NAME}:latest", self.origin.account_id, self.origin.region)
    }

    /// 64 hexadecimal digits that are the instance's.
    fn digest(&self) -> String {
        ["a", "b", "c", "d"]
            .map(|part| format!("{:016x}", spread(&format!("{part}{}", self.endpoint.id()))))
            .concat()
    }
}

/// The address of that number in a block in CIDR form.
fn address_in(block: &str, number: u32) -> Option<String> {
    let base: Ipv4Addr = block.split_once('/')?.0.parse().ok()?;
    Some(Ipv4Addr::from(u32::from(base).checked_add(number)?).to_string())
}

fn json_bytes(object: &impl Serialize) -> Bytes {
    serde_json::to_vec(object).expect("names are text").into()
}

const CLUSTER: &str = "default";
/// Of the container, its image and the task definition.
const NAME: &str = "linklocal";
const RUNNING: &str = "RUNNING";
