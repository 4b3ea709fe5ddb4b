//! What is said of a connection that is handed over.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use types::InstanceId;

/// One connection: who asked for it, for which address, on which instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Message {
    /// The address that the program asked for.
    pub(crate) destination: SocketAddr,
    /// The process (thread group) that asked.
    pub(crate) process_id: u32,
    /// The process that says so. Where the server knows it by another number they count processes differently, and
    /// `process_id` means nothing to the server.
    pub(crate) supervisor_id: u32,
    /// The instance that the program is on.
    pub(crate) instance_id: InstanceId,
}

impl Message {
    pub(crate) fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("addresses, numbers and ids are text or numbers")
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

/// What the server says first: the session counts from here on. The number is the protocol's.
pub(crate) const GREETING: &[u8] = b"linklocal introductions 1\n";

/// The longest message, several times what one takes.
pub(crate) const MAX_MESSAGE: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            destination: "[fd00:ec2::254]:80".parse().unwrap(),
            process_id: u32::MAX,
            supervisor_id: u32::MAX,
            instance_id: "i-0123456789abcdef0".parse().unwrap(),
        }
    }

    #[test]
    fn survives_the_way_and_fits() {
        let bytes = message().encode();
        assert!(bytes.len() < MAX_MESSAGE / 4, "{}", bytes.len());
        assert_eq!(Message::decode(&bytes).unwrap(), message());
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let cut = &message().encode()[..20];
        let no_id =
            br#"{"Destination":"169.254.169.254:80","ProcessId":1,"SupervisorId":1,"InstanceId":"x y"}"#;
        for bytes in [&b""[..], b"{}", b"\xff\x00", b"[]", cut, no_id] {
            Message::decode(bytes).unwrap_err();
        }
    }
}
