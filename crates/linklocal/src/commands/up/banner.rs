//! What a server prints once it listens.

use std::net::SocketAddr;
use std::path::Path;

use serde::Serialize;
use types::instance::Tokens;

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

/// Where to try it, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Answering {
    endpoint: SocketAddr,
    needs_token: bool,
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
        let ServerDescription { endpoints, container_endpoints, .. } = &self.server;
        let mut text = String::from("The instance metadata service is at\n");
        for endpoint in endpoints {
            text.push_str(&format!("  {}\n", url(*endpoint)));
        }
        if endpoints.iter().any(SocketAddr::is_ipv6) {
            text.push_str("  (IPv6 is for instances with --http-protocol-ipv6 enabled; others refuse)\n");
        }
        text.push_str(&self.instances_text());
        if let Some(answering) = self.answering() {
            text.push_str("\nPoint programs at it:\n");
            let variables = Variables::for_endpoint(answering.endpoint);
            for line in variables.spelled(EnvFormat::Sh).lines() {
                text.push_str(&format!("  {line}\n"));
            }
        }
        if !container_endpoints.is_empty() {
            text.push_str("\nThe container credential endpoint (linklocal env --container) is at\n");
        }
        for endpoint in container_endpoints {
            text.push_str(&format!("  {}\n", url(*endpoint)));
        }
        text.push_str(&self.account_text());
        text.push_str(&self.trial());
        text
    }

    /// Which instances there are.
    fn instances_text(&self) -> String {
        let ServerDescription { instances, instance_count, stopped_instance_count, .. } = &self.server;
        if *instance_count == 0 {
            return "and there is no instance\n".to_owned();
        }
        let mut text = "for\n".to_owned();
        for instance in instances {
            text.push_str(&format!("  {}\n", line(instance)));
        }
        let shown_stopped = instances.iter().filter(|instance| !instance.answers()).count();
        let (more, stopped) = (
            instance_count.saturating_sub(instances.len()),
            stopped_instance_count.saturating_sub(shown_stopped),
        );
        match (more, stopped) {
            (0, _) => {}
            (_, 0) => text.push_str(&format!("  and {more} more: linklocal instance list\n")),
            _ => text.push_str(&format!(
                "  and {more} more, {stopped} of them stopped: linklocal instance list\n"
            )),
        }
        text
    }

    /// What to do first.
    fn trial(&self) -> String {
        let Some(Answering { endpoint, needs_token }) = self.answering() else {
            let stopped = self.server.instances.iter().find(|instance| !instance.answers());
            return match stopped {
                Some(stopped) => format!(
                    "\nNo instance answers a program of this machine; this starts one:\n  linklocal instance start {}\n",
                    stopped.instance_id
                ),
                None if self.server.instance_count > 0 => String::new(),
                None => "\nMake one:\n  linklocal instance launch\n".to_owned(),
            };
        };
        let url = url(endpoint);
        match needs_token {
            true => format!("\nTry it:\n  linklocal get --endpoint {url} instance-id\n"),
            false => format!("\nTry it:\n  curl {url}/latest/meta-data/instance-id\n"),
        }
    }

    /// An instance that answers a program of this machine: at the server's own address, else at one of the instance's.
    fn answering(&self) -> Option<Answering> {
        let ServerDescription { instances, answering_instance_id, .. } = &self.server;
        let needs_token = |instance: &InstanceSummary| instance.http_tokens == Tokens::Required;
        if let Some(id) = answering_instance_id {
            let shown = instances.iter().find(|instance| instance.instance_id == *id);
            return Some(Answering {
                endpoint: self.endpoint(),
                needs_token: shown.is_some_and(needs_token),
            });
        }
        let mut answering = instances.iter().filter(|instance| instance.answers());
        answering.find_map(|instance| {
            let endpoint = *instance.endpoints.first()?;
            Some(Answering { endpoint, needs_token: needs_token(instance) })
        })
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
    if !instance.answers() {
        return line;
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

    fn summary(id: &str, state: &str, more: serde_json::Value) -> serde_json::Value {
        let mut summary = serde_json::json!({
            "InstanceId": id, "InstanceType": "t3.micro", "AvailabilityZone": "us-east-1a",
            "State": state, "Role": "web", "HttpTokens": "optional",
        });
        summary.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        summary
    }

    fn banner(description: serde_json::Value) -> String {
        let mut whole = serde_json::json!({"Version": "0", "ProcessId": 1, "Endpoints": ["127.0.0.1:1338"]});
        whole.as_object_mut().unwrap().extend(description.as_object().unwrap().clone());
        let server = serde_json::from_value(whole).unwrap();
        let path = Path::new("/");
        Banner { server, account: None, newcomer: None, metrics: None, data: path, admin_socket: path }.text()
    }

    #[test]
    fn an_instance_that_does_not_answer_says_why_and_no_address() {
        let said = |state: &str| {
            let address = serde_json::json!({"Endpoints": ["127.0.0.1:1339"]});
            line(&serde_json::from_value(summary("i-0123456789abcdef0", state, address)).unwrap())
        };
        assert_eq!(
            said("running"),
            "i-0123456789abcdef0 t3.micro us-east-1a, role web, at http://127.0.0.1:1339"
        );
        assert_eq!(said("stopped"), "i-0123456789abcdef0 t3.micro us-east-1a, stopped, role web");
    }

    #[test]
    fn only_what_answers_is_to_be_tried() {
        let (a, b) = ("i-0000000000000000a", "i-0000000000000000b");
        let none = serde_json::json!({});
        let own = serde_json::json!({"Endpoints": ["127.0.0.1:1339"]});
        let strict = serde_json::json!({"HttpTokens": "required"});
        let text = banner(serde_json::json!({
            "InstanceCount": 1, "AnsweringInstanceId": a, "Instances": [summary(a, "running", none.clone())],
        }));
        assert!(
            text.ends_with("Try it:\n  curl http://127.0.0.1:1338/latest/meta-data/instance-id\n"),
            "{text}"
        );
        let text = banner(serde_json::json!({
            "InstanceCount": 1, "AnsweringInstanceId": a, "Instances": [summary(a, "running", strict)],
        }));
        assert!(text.ends_with("  linklocal get --endpoint http://127.0.0.1:1338 instance-id\n"), "{text}");
        let text = banner(serde_json::json!({
            "InstanceCount": 9, "StoppedInstanceCount": 3,
            "Instances": [summary(b, "running", own), summary(a, "stopped", none.clone())],
        }));
        assert!(text.contains("  and 7 more, 2 of them stopped: linklocal instance list\n"), "{text}");
        assert!(text.contains("ENDPOINT='http://127.0.0.1:1339/'"), "{text}");
        assert!(text.contains("curl http://127.0.0.1:1339/"), "{text}");
        let text = banner(serde_json::json!({
            "InstanceCount": 1, "StoppedInstanceCount": 1, "Instances": [summary(a, "stopped", none)],
        }));
        assert!(text.ends_with("  linklocal instance start i-0000000000000000a\n"), "{text}");
        assert!(!text.contains("curl") && !text.contains("Point programs"), "{text}");
        let text = banner(serde_json::json!({"InstanceCount": 0, "Instances": []}));
        assert!(
            text.contains("there is no instance") && text.ends_with("  linklocal instance launch\n"),
            "{text}"
        );
    }
}
