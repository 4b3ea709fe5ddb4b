//! What it means to listen where other machines can reach the service; said once, when it starts.

use std::net::{IpAddr, SocketAddr};

use imds::RemoteRule;
use types::link_local;

use super::env::url;
use crate::output::Output;

/// Warns of those of `endpoints` that are not this machine's alone.
pub(super) fn warn(endpoints: impl IntoIterator<Item = SocketAddr>, remote: RemoteRule) {
    let mut exposed: Vec<SocketAddr> = endpoints.into_iter().filter(is_exposed).collect();
    exposed.sort();
    exposed.dedup();
    let urls: Vec<String> = exposed.into_iter().map(shown).collect();
    if !urls.is_empty() {
        Output::note(&text(&urls, remote));
    }
}

fn text(urls: &[String], remote: RemoteRule) -> String {
    let credentials = match remote {
        RemoteRule::None => "credentials do not leave this machine (`remote = false` in [access])",
        RemoteRule::Declared => {
            "credentials go only to addresses among an instance's `sources` (`remote` in [access])"
        }
        RemoteRule::Any => "so are they given credentials (`remote = true` in [access])",
    };
    format!(
        "warning: {} can be reached from other machines, which are served metadata and user data without being \
         asked who they are; {credentials}",
        urls.join(", ")
    )
}

/// Link-local addresses of the service are no other machine's way here.
pub(super) fn is_exposed(endpoint: &SocketAddr) -> bool {
    let service: [IpAddr; 5] = [
        link_local::METADATA_V4.into(),
        link_local::METADATA_V6.into(),
        link_local::CONTAINER_V4.into(),
        link_local::POD_IDENTITY_V4.into(),
        link_local::POD_IDENTITY_V6.into(),
    ];
    !endpoint.ip().to_canonical().is_loopback() && !service.contains(&endpoint.ip())
}

/// As it was bound, where [`url`] shows how to reach it from here.
fn shown(endpoint: SocketAddr) -> String {
    if endpoint.ip().is_unspecified() { format!("http://{endpoint}") } else { url(endpoint) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_the_service_s_own_addresses_are_this_machine_s_alone() {
        for (endpoint, exposed) in [
            ("127.0.0.1:1338", false),
            ("127.9.9.9:80", false),
            ("[::1]:1338", false),
            ("169.254.169.254:80", false),
            ("[fd00:ec2::254]:80", false),
            ("0.0.0.0:1338", true),
            ("[::]:1338", true),
            ("10.0.0.1:80", true),
            ("169.254.1.1:80", true),
        ] {
            assert_eq!(is_exposed(&endpoint.parse().unwrap()), exposed, "{endpoint}");
        }
    }
}
