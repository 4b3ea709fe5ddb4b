//! ListServices.

use account::quotas::catalogue;
use account::{Check, ServiceError};
use wire::Structure;

use super::page::page;
use crate::{Ask, Operation};

pub(super) const OPERATIONS: &[Operation] = &[Operation {
    name: "ListServices",
    checks: |_| Ok(vec![Check::new("servicequotas:ListServices", "*")]),
    run: list,
}];

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    page(ask, "Services", "ListServices", catalogue::services(), |service| {
        Structure::new().with("ServiceCode", service.code).with("ServiceName", service.name)
    })
}
