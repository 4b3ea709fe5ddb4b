//! What a server prints once it listens.

use std::net::SocketAddr;
use std::path::Path;

use serde::Serialize;

use crate::admin::{AccountDescription, Administrator, InstanceSummary, ServerDescription};
use crate::arguments::EnvFormat;
use crate::commands::account::{Kept, handed_over};
use crate::commands::env::{Variables, url};

#[derive(Debug)]
pub(super) struct Banner<'a> {
    pub(super) server: ServerDescription,
    /// Where its endpoints are on.
    pub(super) account: Option<AccountDescription>,
    pub(super) newcomer: Option<Newcomer>,
    pub(super) metrics: Option<SocketAddr>,
    pub(super) data: &'a Path,
    pub(super) admin_socket: &'a Path,
}

/// The administrator of an account that was just made.
#[derive(Debug)]
pub(super) struct Newcomer {
    pub(super) administrator: Administrator,
    pub(super) kept: Kept,
}

/// The account as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccountObject<'a> {
    #[serde(flatten)]
    description: &'a AccountDescription,
    #[serde(skip_serializing_if = "Option::is_none")]
    administrator: Option<&'a Administrator>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a str>,
}

/// The banner as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BannerObject<'a> {
    #[serde(flatten)]
    server: &'a ServerDescription,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<SocketAddr>,
    data: &'a Path,
    admin_socket: &'a Path,
    environment: Variables,
}

impl Banner<'_> {
    pub(super) fn object(&self) -> BannerObject<'_> {
        let Self { server, account, newcomer, metrics, data, admin_socket } = self;
        let account = account.as_ref().map(|description| AccountObject {
            description,
            administrator: newcomer.as_ref().map(|newcomer| &newcomer.administrator),
            profile: newcomer.as_ref().and_then(|newcomer| newcomer.kept.written()),
        });
        let environment = self.variables();
        BannerObject { server, account, metrics: *metrics, data, admin_socket, environment }
    }

    pub(super) fn text(&self) -> String {
        let ServerDescription { endpoints, container_endpoints, instances, instance_count, .. } =
            &self.server;
        let mut text = String::from("The instance metadata service is at\n");
        for endpoint in endpoints {
            text.push_str(&format!("  {}\n", url(*endpoint)));
        }
        if endpoints.iter().any(SocketAddr::is_ipv6) {
            text.push_str("  (IPv6 is for instances with --http-protocol-ipv6 enabled; others refuse)\n");
        }
        text.push_str("for\n");
        for instance in instances {
            text.push_str(&format!("  {}\n", line(instance)));
        }
        if *instance_count > instances.len() {
            let more = instance_count - instances.len();
            text.push_str(&format!("  and {more} more: linklocal instance list\n"));
        }
        text.push_str("\nPoint programs at it:\n");
        for line in self.variables().spelled(EnvFormat::Sh).lines() {
            text.push_str(&format!("  {line}\n"));
        }
        if !container_endpoints.is_empty() {
            text.push_str("\nThe container credential endpoint (linklocal env --container) is at\n");
        }
        for endpoint in container_endpoints {
            text.push_str(&format!("  {}\n", url(*endpoint)));
        }
        text.push_str(&self.account_text());
        let url = url(self.endpoint());
        text.push_str(&format!("\nTry it:\n  curl {url}/latest/meta-data/instance-id\n"));
        text
    }

    fn account_text(&self) -> String {
        let Some(account) = &self.account else { return String::new() };
        let mut text = format!(
            "\nAccount {} answers (IAM, STS, EC2, S3, Service Quotas, CloudTrail) at\n",
            account.account_id
        );
        for endpoint in &account.endpoints {
            text.push_str(&format!("  {}, and by HTTPS\n", url(*endpoint)));
        }
        if let Some(newcomer) = &self.newcomer {
            text.push_str(&handed_over(&newcomer.administrator, &newcomer.kept));
        }
        text
    }

    /// The addresses that are shown.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = SocketAddr> {
        let ServerDescription { endpoints, container_endpoints, instances, .. } = &self.server;
        let own = instances.iter().flat_map(|instance| &instance.endpoints);
        endpoints.iter().chain(container_endpoints).chain(own).copied()
    }

    fn variables(&self) -> Variables {
        Variables::for_endpoint(self.endpoint())
    }

    fn endpoint(&self) -> SocketAddr {
        *self.server.endpoints.first().expect("the configuration and the flag name at least one address")
    }
}

/// An instance on one line.
fn line(instance: &InstanceSummary) -> String {
    let mut line =
        format!("{} {} {}", instance.instance_id, instance.instance_type, instance.availability_zone);
    if instance.state != RUNNING {
        line.push_str(&format!(", {}", instance.state));
    }
    if let Some(role) = &instance.role {
        line.push_str(&format!(", role {role}"));
    }
    let endpoints = instance.endpoints.iter().map(|endpoint| format!(", at {}", url(*endpoint)));
    let sources = instance.sources.iter().map(|source| format!(", from {source}"));
    line.extend(endpoints.chain(sources));
    line
}

/// What goes without saying.
const RUNNING: &str = "running";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_that_does_not_answer_says_why() {
        let said = |state: &str| {
            let summary = serde_json::json!({
                "InstanceId": "i-0123456789abcdef0", "InstanceType": "t3.micro", "AvailabilityZone": "us-east-1a",
                "State": state, "Role": "web", "HttpTokens": "required",
            });
            line(&serde_json::from_value(summary).unwrap())
        };
        assert_eq!(said("running"), "i-0123456789abcdef0 t3.micro us-east-1a, role web");
        assert_eq!(said("terminated"), "i-0123456789abcdef0 t3.micro us-east-1a, terminated, role web");
    }
}
