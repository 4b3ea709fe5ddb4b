//! DecodeAuthorizationMessage: what stands in a denial's encoded message.

use account::{Check, ServiceError, denial};
use wire::Structure;

use super::text;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "DecodeAuthorizationMessage",
    checks: |_| Ok(vec![Check::new("sts:DecodeAuthorizationMessage", "*")]),
    run,
}];

fn run(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let record = denial::decode(ask.sessions, text(ask, "EncodedMessage"))?;
    Ok(Structure::new().with("DecodedMessage", record.decoded_message()))
}
