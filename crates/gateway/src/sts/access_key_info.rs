//! GetAccessKeyInfo.

use account::sts::access_key;
use account::{Check, ServiceError};
use wire::Structure;

use super::text;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "GetAccessKeyInfo",
    checks: |_| Ok(vec![Check::new("sts:GetAccessKeyInfo", "*")]),
    run,
}];

fn run(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let account = access_key::account(ask.directory, text(ask, "AccessKeyId"))?;
    Ok(Structure::new().with("Account", account.to_string()))
}
