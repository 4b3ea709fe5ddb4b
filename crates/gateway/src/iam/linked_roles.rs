//! Roles that belong to services.

use account::iam::document::encoded;
use account::iam::linked_role::{self, CreateServiceLinkedRole};
use account::{Check, ServiceError};
use wire::Structure;

use super::policies::{id_bytes, text};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "CreateServiceLinkedRole", checks: creation, run: create }];

fn creation(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let (service, suffix) = (text(ask, "AWSServiceName"), ask.input.text("CustomSuffix"));
    let resource = linked_role::resource_arn(ask.directory, service, suffix).to_string();
    Ok(vec![Check::new("iam:CreateServiceLinkedRole", resource).with("iam:AWSServiceName", service)])
}

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let request = CreateServiceLinkedRole {
        service_name: text(ask, "AWSServiceName"),
        custom_suffix: ask.input.text("CustomSuffix"),
        description: ask.input.text("Description"),
    };
    let role =
        ask.account.change(|directory| linked_role::create(directory, request, ask.now, id_bytes(ask)))?;
    // No description, no duration: so AWS answers (captured by stackd).
    let shown = Structure::new()
        .with("Path", role.path.as_str())
        .with("RoleName", role.role_name.as_str())
        .with("RoleId", role.role_id.as_str())
        .with("Arn", role.arn.as_str())
        .with("CreateDate", role.create_date)
        .with("AssumeRolePolicyDocument", encoded(&linked_role::spelled_at_creation(request.service_name)));
    Ok(Structure::new().with("Role", shown))
}
