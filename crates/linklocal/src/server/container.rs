//! The variables by which a program in a container finds its credentials (AWS SDKs and Tools Reference Guide, "Container
//! credential provider").
//!
//! Rule: what is handed out here is what the server takes as proof: whoever has it gets the role's credentials.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use metadata::TaskEndpoint;
use types::link_local::{CONTAINER_V4, POD_IDENTITY_V4, POD_IDENTITY_V6};
use types::{InstanceId, Secret};

use super::{Server, blocking};
use crate::admin::{AgentAddress, EnvironmentReply, Refusal, Reply};
use crate::arguments::ContainerAgent;
use crate::commands::url;
use crate::failure::Failure;

impl Server {
    pub(super) async fn container_environment(
        &self,
        id: Option<InstanceId>,
        agent: ContainerAgent,
        at: AgentAddress,
    ) -> Result<Reply, Refusal> {
        let base = match at {
            AgentAddress::LinkLocal => Base::LinkLocal,
            AgentAddress::Listener => self.listening_agent(agent).await?,
        };
        let (inventory, credentials) = (self.inventory.clone(), self.credentials.clone());
        let directory = self.service_accounts.clone();
        blocking(move || {
            let instance = inventory.instances.describe(&inventory.named(id)?)?.instance;
            if !instance.life.answers() {
                let state = instance.life.state(inventory.now());
                return Err(Refusal::does_not_run(&instance.instance_id, state.as_str()));
            }
            let mut variables = match agent {
                ContainerAgent::Ecs => {
                    ecs(&base, &instance.instance_id, &credentials.credentials_id(&instance.instance_id))
                }
                ContainerAgent::Eks => {
                    let token = credentials.service_account_token(&instance.instance_id);
                    eks(&base, &written(&directory, &instance.instance_id, &token)?)
                }
            };
            let region = instance.placement.region.as_str();
            variables.extend([("AWS_REGION", region.to_owned()), ("AWS_DEFAULT_REGION", region.to_owned())]);
            let named = variables.into_iter().map(|(name, value)| (name.to_owned(), value));
            Ok(Reply::Environment(EnvironmentReply(named.collect())))
        })
        .await
    }

    /// Where programs reach the agent without help.
    async fn listening_agent(&self, agent: ContainerAgent) -> Result<Base, Refusal> {
        let endpoints = self.endpoints.lock().await;
        let (shared, agents) = (endpoints.shared(), endpoints.agents());
        if shared.iter().chain(&agents).any(|address| is_agents_own(*address, agent)) {
            return Ok(Base::LinkLocal);
        }
        let reached =
            agents.iter().find(|address| address.ip().is_loopback() || address.ip().is_unspecified());
        reached.map(|address| Base::Url(url(*address))).ok_or_else(|| {
            let message = if agents.is_empty() {
                "the server has no container endpoint"
            } else {
                "no container endpoint is at an address that SDKs accept: loopback, or the agent's own"
            };
            Refusal::new("NoContainerEndpoint", message).hint(
                "start it with `linklocal up --container 127.0.0.1:1339`, or use `linklocal run --container`",
            )
        })
    }
}

type Variables = BTreeMap<&'static str, String>;

/// Where the agent is.
#[derive(Debug)]
enum Base {
    /// At its own address, port 80.
    LinkLocal,
    Url(String),
}

fn ecs(base: &Base, instance: &InstanceId, id: &Secret<String>) -> Variables {
    let path = format!("/v2/credentials/{}", id.expose());
    let (agent, credentials) = match base {
        Base::LinkLocal => {
            (format!("http://{CONTAINER_V4}"), ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", path))
        }
        Base::Url(url) => (url.clone(), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{url}{path}"))),
    };
    let metadata = TaskEndpoint::of(instance).variables(&agent);
    metadata.into_iter().chain([credentials]).collect()
}

fn eks(base: &Base, token: &Path) -> Variables {
    let url = match base {
        Base::LinkLocal => format!("http://{POD_IDENTITY_V4}"),
        Base::Url(url) => url.clone(),
    };
    BTreeMap::from([
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{url}/v1/credentials")),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.display().to_string()),
    ])
}

fn is_agents_own(address: SocketAddr, agent: ContainerAgent) -> bool {
    let own: &[IpAddr] = match agent {
        ContainerAgent::Ecs => &[IpAddr::V4(CONTAINER_V4)],
        ContainerAgent::Eks => &[IpAddr::V4(POD_IDENTITY_V4), IpAddr::V6(POD_IDENTITY_V6)],
    };
    address.port() == 80 && own.contains(&address.ip())
}

/// Puts the token where programs read it, without a newline: SDKs take the file as it is for a header's value.
fn written(directory: &Path, instance: &InstanceId, token: &Secret<String>) -> Result<PathBuf, Refusal> {
    let wrong = |error: &dyn std::error::Error| Refusal::new("InternalError", Failure::of(error).message);
    sys::fs::private_directory(directory).map_err(|error| wrong(&error))?;
    let path = directory.join(format!("{instance}.token"));
    let stands = sys::fs::read_text(&path, token.expose().len()).is_ok_and(|found| found == *token.expose());
    if !stands {
        sys::fs::replace(&path, token.expose().as_bytes(), 0o600).map_err(|error| wrong(&error))?;
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_reached_where_they_are() {
        let (id, instance) = (Secret::new("x".to_owned()), "i-0123456789abcdef0".parse().unwrap());
        let relative = ecs(&Base::LinkLocal, &instance, &id);
        assert_eq!(relative["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"], "/v2/credentials/x");
        let full = ecs(&Base::Url("http://127.0.0.1:1339".to_owned()), &instance, &id);
        assert!(
            relative["ECS_CONTAINER_METADATA_URI_V4"]
                .starts_with("http://169.254.170.2/v4/0123456789abcdef0")
        );
        assert!(full["ECS_CONTAINER_METADATA_URI"].starts_with("http://127.0.0.1:1339/v3/0123456789abcdef0"));
        assert_eq!(full["AWS_CONTAINER_CREDENTIALS_FULL_URI"], "http://127.0.0.1:1339/v2/credentials/x");
        let pod = eks(&Base::LinkLocal, Path::new("/t"));
        assert_eq!(pod["AWS_CONTAINER_CREDENTIALS_FULL_URI"], "http://169.254.170.23/v1/credentials");
        assert_eq!(pod["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], "/t");
    }

    #[test]
    fn each_agent_has_its_own_addresses() {
        for (address, ecs, eks) in [
            ("169.254.170.2:80", true, false),
            ("169.254.170.23:80", false, true),
            ("[fd00:ec2::23]:80", false, true),
            ("169.254.170.2:81", false, false),
            ("127.0.0.1:80", false, false),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(is_agents_own(address, ContainerAgent::Ecs), ecs, "{address}");
            assert_eq!(is_agents_own(address, ContainerAgent::Eks), eks, "{address}");
        }
    }
}
