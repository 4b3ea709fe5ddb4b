//! Permissions boundaries of users and roles.

use account::directory::Boundary;
use account::iam::boundary;
use account::{Check, ServiceError};
use wire::Structure;

use super::policies::{holder_named, on_holder, text};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "DeleteRolePermissionsBoundary",
        checks: |ask| checks(ask, "iam:DeleteRolePermissionsBoundary"),
        run: delete,
    },
    Operation {
        name: "DeleteUserPermissionsBoundary",
        checks: |ask| checks(ask, "iam:DeleteUserPermissionsBoundary"),
        run: delete,
    },
    Operation {
        name: "PutRolePermissionsBoundary",
        checks: |ask| checks(ask, "iam:PutRolePermissionsBoundary"),
        run: put,
    },
    Operation {
        name: "PutUserPermissionsBoundary",
        checks: |ask| checks(ask, "iam:PutUserPermissionsBoundary"),
        run: put,
    },
];

/// With the boundary that is to be, or the one that is.
fn checks(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    let mut check = on_holder(ask, action);
    let asked = ask.input.text("PermissionsBoundary");
    if let Some(arn) = boundary::condition_value(ask.directory, holder_named(ask), asked) {
        check.context.set("iam:PermissionsBoundary", arn);
    }
    Ok(vec![check])
}

fn put(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account
        .change(|directory| boundary::put(directory, holder_named(ask), text(ask, "PermissionsBoundary")))?;
    Ok(Structure::new())
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| boundary::delete(directory, holder_named(ask)))?;
    Ok(Structure::new())
}

/// As users and roles show it.
pub(super) fn shown(boundary: &Boundary) -> Structure {
    Structure::new()
        .with("PermissionsBoundaryType", "Policy")
        .with("PermissionsBoundaryArn", boundary.0.as_str())
}
