//! Roles that belong to services: `CreateServiceLinkedRole`.
//!
//! Rule: the role's name, path, trust and policy follow from the service; only the service may change it (refusals recorded by
//! LocalStack and stackd).

mod services;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use policy::{DocumentKind, Policy};
use types::{Arn, Timestamp, UniqueId};

use super::{quota, refusal};
use crate::ServiceError;
use crate::directory::{Directory, PolicyText, Role};

pub use services::LinkedService;

/// What `CreateServiceLinkedRole` is given.
#[derive(Clone, Copy, Debug)]
pub struct CreateServiceLinkedRole<'a> {
    /// Such as `autoscaling.amazonaws.com`.
    pub service_name: &'a str,
    pub custom_suffix: Option<&'a str>,
    pub description: Option<&'a str>,
}

/// `random` becomes the role's unique id.
pub fn create(
    directory: &mut Directory,
    request: CreateServiceLinkedRole<'_>,
    now: Timestamp,
    random: [u8; 10],
) -> Result<Arc<Role>, ServiceError> {
    let name = request.service_name;
    let linked = service(name).ok_or_else(|| unknown(name))?;
    if request.custom_suffix.is_some() && !linked.suffix {
        return Err(refusal::invalid_input(format!("Custom suffix is not allowed for {name}")));
    }
    let role_name = role_name(linked, request.custom_suffix);
    if directory.roles.contains(&role_name) {
        return Err(refusal::invalid_input(format!(
            "Service role name {role_name} has been taken in this account, please try a different suffix."
        )));
    }
    quota::ROLES.of(directory).admit(directory.roles.len())?;
    let path = path(name);
    let role = Role {
        role_id: UniqueId::role(directory.account_id(), random),
        arn: directory.arn("role", &path, &role_name),
        role_name,
        path,
        create_date: now.trunc_secs(),
        assume_role_policy_document: trust(name),
        trusted_ids: BTreeMap::new(),
        description: request.description.filter(|text| !text.is_empty()).map(str::to_owned),
        max_session_duration: 3600,
        tags: Vec::new(),
        permissions_boundary: None,
        inline_policies: BTreeMap::new(),
        attached_policies: BTreeSet::from([policy_arn(directory, linked)]),
        linked_service: Some(name.to_owned()),
    };
    Ok(directory.roles.insert(role))
}

/// The ARN that the role would have, for checks.
pub fn resource_arn(directory: &Directory, service_name: &str, custom_suffix: Option<&str>) -> Arn {
    let name =
        service(service_name).map_or_else(|| "*".to_owned(), |linked| role_name(linked, custom_suffix));
    directory.arn("role", &path(service_name), &name)
}

/// The trust policy as the answer to the creation spells it; `GetRole` spells it otherwise (captured by stackd, 2026-09).
pub fn spelled_at_creation(service_name: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{{"Service":["{service_name}"]}}}}]}}"#
    )
}

fn service(name: &str) -> Option<&'static LinkedService> {
    let head = name.strip_suffix(".amazonaws.com")?;
    services::SERVICES.iter().find(|linked| linked.service == head)
}

fn role_name(linked: &LinkedService, custom_suffix: Option<&str>) -> String {
    match custom_suffix {
        None => format!("AWSServiceRoleFor{}", linked.role),
        Some(suffix) => format!("AWSServiceRoleFor{}_{suffix}", linked.role),
    }
}

fn path(service_name: &str) -> String {
    format!("/aws-service-role/{service_name}/")
}

fn trust(service_name: &str) -> PolicyText {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service_name}"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let policy = Policy::parse(&text, DocumentKind::Trust).expect("the names of services need no escapes");
    PolicyText::new(policy)
}

fn policy_arn(directory: &Directory, linked: &LinkedService) -> Arn {
    let partition = directory.partition().as_str();
    let text = format!("arn:{partition}:iam::aws:policy/aws-service-role/{}", linked.policy);
    text.parse().expect("made of parts of an ARN")
}

fn unknown(service_name: &str) -> ServiceError {
    refusal::invalid_input(format!("Service {service_name} does not have a service-linked role."))
}
