//! `linklocal env`: the variables that point SDKs at a running server (AWS SDKs and Tools Reference Guide, "IMDS
//! credential provider").

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::Serialize;
use types::InstanceId;

use super::{Context, foreign};
use crate::admin::{AgentAddress, Call, EnvironmentReply, InstanceSummary, Reply, ServerDescription};
use crate::arguments::{ContainerAgent, EnvArguments, EnvFormat};
use crate::failure::Failure;
use crate::output::Output;

/// The variables; a `None` is not printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Variables {
    #[serde(rename = "AWS_EC2_METADATA_SERVICE_ENDPOINT")]
    endpoint: String,
    /// Some SDKs take the mode's default address in place of an IPv6 endpoint where this is not set.
    #[serde(rename = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", skip_serializing_if = "Option::is_none")]
    endpoint_mode: Option<&'static str>,
}

pub(crate) async fn run(context: &Context, arguments: EnvArguments) -> Result<(), Failure> {
    let fallback = if context.output.json { EnvFormat::Json } else { EnvFormat::Sh };
    let format = arguments.format.unwrap_or(fallback);
    if let Some(kind) = arguments.container {
        let variables = of_container(context, kind, arguments.instance.as_deref()).await?;
        return match format {
            EnvFormat::Json => Output::object(&variables),
            format => Output::text(&lines(format, &variables)),
        };
    }
    let endpoint = match arguments.instance {
        Some(id) => of_instance(context, &id).await?,
        None => of_server(context).await?,
    };
    let variables = Variables::for_endpoint(endpoint);
    match format {
        EnvFormat::Json => Output::object(&variables),
        format => Output::text(&variables.spelled(format)),
    }
}

impl Variables {
    pub(crate) fn for_endpoint(endpoint: SocketAddr) -> Self {
        // AWS CLI 2.9 and botocore of its age put the path right behind it; later ones and all others want no slash and
        // do not mind one.
        let with_slash = format!("{}/", url(endpoint));
        Self { endpoint: with_slash, endpoint_mode: endpoint.is_ipv6().then_some("IPv6") }
    }

    /// One line per variable.
    pub(crate) fn spelled(&self, format: EnvFormat) -> String {
        self.pairs().map(|(name, value)| line(format, name, value)).collect()
    }

    /// Names and values of what is set.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let endpoint = ("AWS_EC2_METADATA_SERVICE_ENDPOINT", Some(self.endpoint.as_str()));
        let mode = ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", self.endpoint_mode);
        [endpoint, mode].into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

/// One line per variable.
pub(super) fn lines(format: EnvFormat, variables: &BTreeMap<String, String>) -> String {
    variables.iter().map(|(name, value)| line(format, name, value)).collect()
}

/// An endpoint as a URL; an address that stands for all addresses is reached at loopback.
pub(crate) fn url(endpoint: SocketAddr) -> String {
    let mut endpoint = endpoint;
    if endpoint.ip().is_unspecified() {
        endpoint.set_ip(if endpoint.is_ipv6() {
            std::net::Ipv6Addr::LOCALHOST.into()
        } else {
            std::net::Ipv4Addr::LOCALHOST.into()
        });
    }
    match endpoint.port() {
        80 if endpoint.is_ipv6() => format!("http://[{}]", endpoint.ip()),
        80 => format!("http://{}", endpoint.ip()),
        _ => format!("http://{endpoint}"),
    }
}

/// Quotes keep shells from reading anything into a value: brackets of IPv6, or what a directory's name may hold.
fn line(format: EnvFormat, name: &str, value: &str) -> String {
    match format {
        EnvFormat::Sh => format!("export {name}='{}'\n", value.replace('\'', r"'\''")),
        EnvFormat::Fish => {
            format!("set -gx {name} '{}'\n", value.replace('\\', r"\\").replace('\'', r"\'"))
        }
        EnvFormat::Powershell => format!("$Env:{name} = '{}'\n", value.replace('\'', "''")),
        // Readers of .env files disagree about quotes: docker keeps them as part of the value.
        EnvFormat::Dotenv | EnvFormat::Json => format!("{name}={value}\n"),
    }
}

/// The server's first address, for whoever answers there.
async fn of_server(context: &Context) -> Result<SocketAddr, Failure> {
    let (address, server) = shared(context).await?;
    if server.answering_instance_id.is_none() {
        let failure = unanswered(context, address).await?;
        if server.instance_count == server.stopped_instance_count {
            return Err(failure);
        }
        // It may be answered elsewhere: for a container, by the address that it calls from.
        Output::note(&format!("note: {} to programs of this machine", failure.message));
    }
    Ok(address)
}

/// The server's first address, which instances share.
async fn shared(context: &Context) -> Result<(SocketAddr, ServerDescription), Failure> {
    let Reply::Server(server) = context.call(&Call::DescribeServer).await? else {
        return Err(foreign());
    };
    let address = server.endpoints.first().copied().ok_or_else(|| {
        Failure::new("the server has no address of its own: each instance has one")
            .hint("name the instance with --instance ID; `linklocal instance list` shows them")
    })?;
    Ok((address, server))
}

/// What to say where nobody answers a program of this machine at an address of the server.
pub(super) async fn unanswered(context: &Context, address: SocketAddr) -> Result<Failure, Failure> {
    let instances = super::all_instances(context).await?;
    let stopped = instances.iter().find(|instance| matches!(&*instance.state, "stopped" | "stopping"));
    let hint = if instances.iter().any(InstanceSummary::answers) {
        "name an instance with --instance ID; `linklocal instance list` shows them".to_owned()
    } else if let Some(stopped) = stopped {
        format!("`linklocal instance start {}` starts one that is stopped", stopped.instance_id)
    } else {
        "`linklocal instance launch` makes an instance".to_owned()
    };
    Ok(Failure::new(format!("no instance answers at {}", url(address))).hint(hint))
}

async fn of_container(
    context: &Context,
    kind: ContainerAgent,
    id: Option<&str>,
) -> Result<BTreeMap<String, String>, Failure> {
    let instance_id = id.map(super::instance_id).transpose()?;
    let call = Call::ContainerEnvironment { instance_id, kind, at: AgentAddress::Listener };
    let Reply::Environment(EnvironmentReply(variables)) = context.call(&call).await? else {
        return Err(foreign());
    };
    Ok(variables)
}

/// Where an instance answers that runs.
pub(super) async fn of_instance(context: &Context, id: &str) -> Result<SocketAddr, Failure> {
    let instance_id: InstanceId = super::instance_id(id)?;
    let instance = super::entered(context, Some(instance_id)).await?;
    match instance.binding.endpoints.first() {
        Some(endpoint) => Ok(*endpoint),
        // One instance, or callers told apart by their own address: all share the server's address.
        None => Ok(shared(context).await?.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_urls_that_can_be_called() {
        let cases = [
            ("127.0.0.1:1338", "http://127.0.0.1:1338"),
            ("0.0.0.0:1338", "http://127.0.0.1:1338"),
            ("169.254.169.254:80", "http://169.254.169.254"),
            ("[::]:1338", "http://[::1]:1338"),
            ("[fd00:ec2::254]:80", "http://[fd00:ec2::254]"),
        ];
        for (endpoint, expected) in cases {
            assert_eq!(url(endpoint.parse().unwrap()), expected);
        }
    }

    #[test]
    fn no_value_ends_its_quotes() {
        let cases = [
            (EnvFormat::Sh, "export A='it'\\''s \\ $x'\n"),
            (EnvFormat::Fish, "set -gx A 'it\\'s \\\\ $x'\n"),
            (EnvFormat::Powershell, "$Env:A = 'it''s \\ $x'\n"),
            (EnvFormat::Dotenv, "A=it's \\ $x\n"),
        ];
        for (format, expected) in cases {
            assert_eq!(line(format, "A", r"it's \ $x"), expected);
        }
    }

    #[test]
    fn each_shell_gets_its_own_spelling() {
        let variables = Variables::for_endpoint("[::1]:1338".parse().unwrap());
        let cases = [
            (
                EnvFormat::Sh,
                "export AWS_EC2_METADATA_SERVICE_ENDPOINT='http://[::1]:1338/'\n\
                 export AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE='IPv6'\n",
            ),
            (
                EnvFormat::Fish,
                "set -gx AWS_EC2_METADATA_SERVICE_ENDPOINT 'http://[::1]:1338/'\n\
                 set -gx AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE 'IPv6'\n",
            ),
            (
                EnvFormat::Powershell,
                "$Env:AWS_EC2_METADATA_SERVICE_ENDPOINT = 'http://[::1]:1338/'\n\
                 $Env:AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE = 'IPv6'\n",
            ),
            (
                EnvFormat::Dotenv,
                "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://[::1]:1338/\n\
                 AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6\n",
            ),
        ];
        for (format, expected) in cases {
            assert_eq!(variables.spelled(format), expected);
        }
    }
}
