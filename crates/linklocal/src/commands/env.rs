//! `linklocal env`: the variables that point SDKs at a running server (AWS SDKs and Tools Reference Guide, "IMDS
//! credential provider").

use std::net::SocketAddr;

use serde::Serialize;
use types::InstanceId;

use super::{Context, foreign};
use crate::admin::{Call, Reply};
use crate::arguments::{EnvArguments, EnvFormat};
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
    let endpoint = match arguments.instance {
        Some(id) => of_instance(context, &id).await?,
        None => of_server(context).await?,
    };
    let variables = Variables::for_endpoint(endpoint);
    let fallback = if context.output.json { EnvFormat::Json } else { EnvFormat::Sh };
    match arguments.format.unwrap_or(fallback) {
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

    /// One line per variable. Names and values hold letters, digits and `:/.[]_-%`; quotes keep shells from expanding
    /// the brackets.
    pub(crate) fn spelled(&self, format: EnvFormat) -> String {
        let endpoint = ("AWS_EC2_METADATA_SERVICE_ENDPOINT", Some(self.endpoint.as_str()));
        let mode = ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", self.endpoint_mode);
        [endpoint, mode]
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| line(format, name, value)))
            .collect()
    }
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

fn line(format: EnvFormat, name: &str, value: &str) -> String {
    match format {
        EnvFormat::Sh => format!("export {name}='{value}'\n"),
        EnvFormat::Fish => format!("set -gx {name} '{value}'\n"),
        EnvFormat::Powershell => format!("$Env:{name} = '{value}'\n"),
        // Readers of .env files disagree about quotes: docker keeps them as part of the value.
        EnvFormat::Dotenv | EnvFormat::Json => format!("{name}={value}\n"),
    }
}

async fn of_server(context: &Context) -> Result<SocketAddr, Failure> {
    let Reply::Server(server) = context.call(&Call::DescribeServer).await? else {
        return Err(foreign());
    };
    server.endpoints.first().copied().ok_or_else(|| {
        Failure::new("the server has no address of its own: each instance has one")
            .hint("name the instance with --instance ID; `linklocal instance list` shows them")
    })
}

async fn of_instance(context: &Context, id: &str) -> Result<SocketAddr, Failure> {
    let instance_id: InstanceId = super::instance_id(id)?;
    let call = Call::DescribeInstance { instance_id: Some(instance_id) };
    let Reply::Instance(description) = context.call(&call).await? else {
        return Err(foreign());
    };
    match description.instance.binding.endpoints.first() {
        Some(endpoint) => Ok(*endpoint),
        // One instance, or callers told apart by their own address: all share the server's address.
        None => of_server(context).await,
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
