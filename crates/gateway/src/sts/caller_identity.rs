//! GetCallerIdentity: who signed. No policy keeps anybody from knowing himself.

use account::ServiceError;
use wire::Structure;

use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "GetCallerIdentity", checks: |_| Ok(Vec::new()), run }];

fn run(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (user_id, account, arn) = (ask.caller.user_id(), ask.caller.account_id(), ask.caller.arn());
    Ok(Structure::new()
        .with_some("UserId", user_id)
        .with_some("Account", account.map(|account| account.to_string()))
        .with_some("Arn", arn.map(|arn| arn.to_string())))
}
