//! What a server says once programs can be served.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use types::link_local::{CONTAINER_V4, POD_IDENTITY_V4, POD_IDENTITY_V6};
use types::{InstanceId, Timestamp};

use super::super::identity::{end_text, masked};
use crate::arguments::EnvFormat;
use crate::commands::env::{self, Variables};
use crate::commands::url;
use crate::failure::Failure;

/// Whose credentials are served, and where. What `--json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::commands) struct Announcement {
    pub(in crate::commands) process_id: u32,
    pub(in crate::commands) instance_id: InstanceId,
    pub(in crate::commands) role_name: String,
    /// The role where it is known, else who STS says it is, else the account.
    pub(in crate::commands) arn: String,
    pub(in crate::commands) account_id: String,
    pub(in crate::commands) access_key_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) expiration: Option<Timestamp>,
    /// Left out where nobody names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) region: Option<String>,
    /// The source of the credentials and where it is set up.
    pub(in crate::commands) origin: String,
    /// URLs of the metadata service.
    pub(in crate::commands) endpoints: Vec<String>,
    /// URLs of the container endpoint, without a path.
    pub(in crate::commands) container_endpoints: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) container: Option<ContainerWays>,
    /// What points programs here.
    pub(in crate::commands) environment: BTreeMap<String, String>,
}

/// How a program asks as one in a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::commands) struct ContainerWays {
    /// For `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) uri: Option<String>,
    /// For `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`.
    pub(in crate::commands) token_file: PathBuf,
    /// For `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, at 169.254.170.2. It is a secret of its own: left out of JSON for
    /// people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::commands) relative_uri: Option<String>,
}

/// The one line that a server says which `linklocal run` has started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::commands) enum First {
    Serving(Box<Announcement>),
    #[serde(rename_all = "PascalCase")]
    Failed {
        message: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
}

impl First {
    pub(super) fn failed(failure: &Failure) -> Self {
        Self::Failed { message: failure.message.clone(), hint: failure.hint.clone() }
    }
}

impl Announcement {
    /// The variables in a shell's words.
    pub(super) fn spelled(&self, format: EnvFormat) -> String {
        env::lines(format, &self.environment)
    }

    /// Nobody is the root user of an account for whom nothing but the account is known.
    fn principal(&self) -> String {
        let is_account = self.arn.ends_with(":root");
        if is_account { format!("account {}", self.account_id) } else { self.arn.clone() }
    }

    pub(super) fn text(&self, now: Timestamp) -> String {
        let end = self.expiration.map_or_else(String::new, |end| format!(", {}", end_text(end, now)));
        let mut text = format!(
            "Serving credentials of {} from {}: key {}{end}\n",
            self.principal(),
            self.origin,
            masked(&self.access_key_id)
        );
        let way = self.container.as_ref().and_then(|container| container.uri.as_deref());
        if let Some(uri) = way {
            text.push_str(&format!("  {uri}  for SDKs as in a container, with a token\n"));
        }
        for endpoint in &self.endpoints {
            text.push_str(&format!("  {endpoint}  as the metadata service of {}\n", self.instance_id));
        }
        text.push_str("\nPoint programs at it:\n");
        for line in self.spelled(EnvFormat::Sh).lines() {
            text.push_str(&format!("  {line}\n"));
        }
        text
    }
}

/// What points SDKs at these endpoints (AWS SDKs and Tools Reference Guide).
pub(super) fn environment(
    endpoint: Option<SocketAddr>,
    container: Option<&ContainerWays>,
    region: Option<&str>,
) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    let mut set = |name: &str, value: &str| variables.insert(name.to_owned(), value.to_owned());
    if let Some(ContainerWays { uri: Some(uri), token_file, .. }) = container {
        set("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri);
        set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &token_file.to_string_lossy());
    }
    if let Some(ContainerWays { uri: None, relative_uri: Some(path), .. }) = container {
        set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", path);
    }
    if let Some(endpoint) = endpoint {
        for (name, value) in Variables::for_endpoint(endpoint).pairs() {
            set(name, value);
        }
    }
    if let Some(region) = region {
        set("AWS_REGION", region);
        set("AWS_DEFAULT_REGION", region);
    }
    variables
}

/// The URL of the container endpoint that programs of this machine are told: one that SDKs take, where there is one.
pub(super) fn uri(endpoints: &[SocketAddr]) -> Option<String> {
    let best = endpoints.iter().find(|endpoint| is_taken(endpoint.ip())).or_else(|| endpoints.first())?;
    // The agents' own addresses have the agents' paths alone at their own port.
    (!is_at_agent(&[*best])).then(|| format!("{}/credentials", url(*best)))
}

/// Whether it is where ECS's agent is, so that a path alone leads there.
pub(super) fn is_at_agent(endpoints: &[SocketAddr]) -> bool {
    endpoints.contains(&SocketAddr::new(CONTAINER_V4.into(), 80))
}

/// Whether SDKs take an `http` URL with this address (facts/credentials.md section 4.1).
pub(super) fn is_taken(address: IpAddr) -> bool {
    let agents: [IpAddr; 3] = [CONTAINER_V4.into(), POD_IDENTITY_V4.into(), POD_IDENTITY_V6.into()];
    address.is_loopback() || address.is_unspecified() || agents.contains(&address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn sdks_are_told_an_address_that_they_take() {
        for (endpoints, wanted) in [
            (vec!["127.0.0.1:1339"], Some("http://127.0.0.1:1339/credentials")),
            (vec!["10.0.0.1:1339", "169.254.170.2:1339"], Some("http://169.254.170.2:1339/credentials")),
            (vec!["0.0.0.0:1339"], Some("http://127.0.0.1:1339/credentials")),
            (vec!["10.0.0.1:1339"], Some("http://10.0.0.1:1339/credentials")),
            (vec!["169.254.170.2:80"], None),
            (vec![], None),
        ] {
            let endpoints: Vec<SocketAddr> = endpoints.into_iter().map(at).collect();
            assert_eq!(uri(&endpoints).as_deref(), wanted, "{endpoints:?}");
        }
        assert!(!is_taken("10.0.0.1".parse().unwrap()) && is_taken("fd00:ec2::23".parse().unwrap()));
    }

    #[test]
    fn variables_name_what_is_there_and_nothing_else() {
        let ways = ContainerWays {
            uri: Some("http://127.0.0.1:2/credentials".to_owned()),
            token_file: "/t".into(),
            relative_uri: None,
        };
        let names = |endpoint, container, region| -> String {
            environment(endpoint, container, region).into_keys().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            names(Some(at("[::1]:1")), Some(&ways), Some("eu-west-1")),
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_DEFAULT_REGION \
             AWS_EC2_METADATA_SERVICE_ENDPOINT AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE AWS_REGION"
        );
        assert_eq!(names(Some(at("127.0.0.1:1")), None, None), "AWS_EC2_METADATA_SERVICE_ENDPOINT");
        assert_eq!(names(None, None, None), "");
    }
}
