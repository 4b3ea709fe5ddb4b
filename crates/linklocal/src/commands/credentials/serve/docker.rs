//! The commands that give containers of Docker these credentials, past every SDK's rule for hosts (facts/credentials.md
//! section 4.1: `http` to loopback, 169.254.170.2 and 169.254.170.23 alone, and never to `host.docker.internal`).

use std::net::SocketAddr;
use std::path::Path;

use types::link_local::CONTAINER_V4;

use super::announcement::ContainerWays;
use crate::commands::url;

/// For a server with these container endpoints. `is_own` says that the token lies in a directory of its own.
pub(super) fn recipe(
    endpoints: &[SocketAddr],
    ways: &ContainerWays,
    is_own: bool,
    region: Option<&str>,
) -> String {
    let region = region.map_or_else(String::new, |region| {
        format!(" \\\n    -e AWS_REGION={region} -e AWS_DEFAULT_REGION={region}")
    });
    let mount = mount(&ways.token_file, is_own);
    let run = |network: &str, endpoint: SocketAddr| {
        format!(
            "  docker run --rm --network {network} --user \"$(id -u):$(id -g)\" \\\n    {mount} \\\n    \
             -e AWS_CONTAINER_CREDENTIALS_FULL_URI={}/credentials \\\n    \
             -e AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/run/linklocal/token{region} \\\n    IMAGE\n",
            url(endpoint)
        )
    };
    let bridge = endpoints.iter().find(|endpoint| endpoint.ip() == CONTAINER_V4 && endpoint.port() != 80);
    let loopback =
        endpoints.iter().find(|endpoint| endpoint.ip().is_loopback() || endpoint.ip().is_unspecified());
    let mut text = match (bridge, loopback) {
        (Some(endpoint), _) => {
            format!("In containers of the network linklocal:\n{}", run("linklocal", *endpoint))
        }
        (None, Some(endpoint)) => {
            format!("In containers that share this machine's network:\n{}\n{BRIDGE}", run("host", *endpoint))
        }
        (None, None) => BRIDGE.to_owned(),
    };
    if !is_own {
        text.push_str(ALONE);
    }
    text
}

/// Shows the token to a container: by its directory where nothing else lies in it, so that the next one is seen, too.
fn mount(token_file: &Path, is_own: bool) -> String {
    let directory = token_file.parent().filter(|_| is_own);
    let (path, target) =
        directory.map_or((token_file, "/run/linklocal/token"), |directory| (directory, "/run/linklocal"));
    format!("-v {}:{target}:ro", quoted(&path.to_string_lossy()))
}

/// As a shell takes it for one word.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The network has to be there before the server can listen at its address.
const BRIDGE: &str = "\
In containers with a network of their own: make one whose gateway, which is this machine, has the address of ECS's agent, \
once, and serve there:
  docker network create --subnet 169.254.170.0/24 --gateway 169.254.170.2 linklocal
  linklocal credentials serve --container 169.254.170.2:1339 --allow-remote --docker
";

/// What lies beside a file that somebody named is none of a container's business.
const ALONE: &str = "\
A file that is mounted alone stays as it is when the next token takes its place: serve with --rotate-token 0s, or leave \
--token-file out.
";

#[cfg(test)]
mod tests {
    use super::*;

    fn ways() -> ContainerWays {
        ContainerWays { uri: None, token_file: "/d's/1/token".into(), relative_uri: None }
    }

    #[test]
    fn the_directory_is_mounted_so_that_the_next_token_is_seen() {
        let at = ["127.0.0.1:1339".parse().unwrap()];
        let text = recipe(&at, &ways(), true, Some("eu-west-1"));
        for part in [
            "--network host",
            r"-v '/d'\''s/1':/run/linklocal:ro",
            "FULL_URI=http://127.0.0.1:1339/credentials",
            "TOKEN_FILE=/run/linklocal/token",
            "AWS_REGION=eu-west-1",
            "docker network create",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_network_of_its_own_is_used_where_it_is_there() {
        let at = ["127.0.0.1:1".parse().unwrap(), "169.254.170.2:1339".parse().unwrap()];
        let text = recipe(&at, &ways(), true, None);
        assert!(
            text.contains("--network linklocal") && text.contains("http://169.254.170.2:1339/credentials")
        );
        assert!(!text.contains("network create") && !text.contains("AWS_REGION"));
        assert_eq!(recipe(&["169.254.170.2:80".parse().unwrap()], &ways(), true, None), BRIDGE);
    }

    #[test]
    fn a_file_that_was_named_is_mounted_without_its_neighbours() {
        let at = ["127.0.0.1:1339".parse().unwrap()];
        let text = recipe(&at, &ways(), false, None);
        assert!(
            text.contains(r"-v '/d'\''s/1/token':/run/linklocal/token:ro")
                && text.contains("--rotate-token 0s")
        );
    }
}
