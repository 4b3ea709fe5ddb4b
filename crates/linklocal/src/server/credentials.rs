//! Role credentials for the metadata service, from the local account.

use std::sync::{PoisonError, RwLock};

use account::{
    IssuedSession, RotationRehearsal, RotationSchedule, SessionIssuer, SessionRequest, SessionRole,
};
use imds::{CredentialSource, Grant, GrantError, GrantRequest};
use metadata::{ContainerForm, ContainerQuestion};
use types::{InstanceId, Secret, Timestamp};

/// Sessions that follow from the account's master keys: nothing is kept.
#[derive(Debug)]
pub(super) struct AccountCredentials {
    issuer: SessionIssuer,
    schedule: RwLock<RotationSchedule>,
    rehearsed: RwLock<Option<Rehearsed>>,
}

/// A rehearsal, and the instance that it concerns; `None` for all of them.
type Rehearsed = (Option<InstanceId>, RotationRehearsal);

impl AccountCredentials {
    pub(super) fn new(issuer: SessionIssuer, schedule: RotationSchedule) -> Self {
        Self { issuer, schedule: RwLock::new(schedule), rehearsed: RwLock::new(None) }
    }

    /// Another schedule from now on. Sets that were handed out stay valid until their own end.
    pub(super) fn set_schedule(&self, schedule: RotationSchedule) {
        *self.schedule.write().unwrap_or_else(PoisonError::into_inner) = schedule;
    }

    /// Rotation that departs from the schedule, from now on; `None` ends it.
    pub(super) fn rehearse(&self, rehearsed: Option<Rehearsed>) {
        *self.rehearsed.write().unwrap_or_else(PoisonError::into_inner) = rehearsed;
    }

    pub(super) fn schedule(&self) -> RotationSchedule {
        *self.schedule.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn credentials_id(&self, instance: &InstanceId) -> Secret<String> {
        self.issuer.credentials_id(instance)
    }

    pub(super) fn service_account_token(&self, instance: &InstanceId) -> Secret<String> {
        self.issuer.service_account_token(instance)
    }

    /// How the instance's sets are rotated.
    fn rehearsal(&self, instance_id: &InstanceId) -> Option<RotationRehearsal> {
        let rehearsed = self.rehearsed.read().unwrap_or_else(PoisonError::into_inner);
        let (of, rehearsal) = rehearsed.as_ref()?;
        of.as_ref().is_none_or(|of| of == instance_id).then_some(*rehearsal)
    }
}

impl CredentialSource for AccountCredentials {
    fn grant(&self, request: &GrantRequest<'_>, now: Timestamp) -> Result<Grant, GrantError> {
        let role = request.role.map(|role| SessionRole { arn: role.arn.clone(), id: role.id.clone() });
        let request = SessionRequest {
            instance_id: request.instance_id,
            account_id: request.account_id,
            role,
            since: request.since,
            delivery: delivery(request.delivery),
            instance_arn: request.instance_arn,
            vpc_id: request.vpc_id,
            private_ipv4: request.private_ipv4,
        };
        let schedule = self.schedule();
        let IssuedSession { credentials, last_updated, fresh_until } =
            match self.rehearsal(request.instance_id) {
                Some(rehearsal) => self.issuer.issue_rehearsed(&schedule, &rehearsal, &request, now),
                None => self.issuer.issue_scheduled(&schedule, &request, now),
            };
        Ok(Grant { credentials, last_updated, fresh_until })
    }

    fn container_holder(&self, question: &ContainerQuestion) -> Option<InstanceId> {
        match question.form {
            ContainerForm::EcsV1 | ContainerForm::EcsV2 => {
                self.issuer.instance_of_credentials_id(&question.proof)
            }
            ContainerForm::PodIdentity => self.issuer.instance_of_service_account_token(&question.proof),
        }
    }
}

fn delivery(delivery: imds::RoleDelivery) -> Option<account::RoleDelivery> {
    match delivery {
        imds::RoleDelivery::V1 => Some(account::RoleDelivery::V1),
        imds::RoleDelivery::V2 => Some(account::RoleDelivery::V2),
        imds::RoleDelivery::Container => None,
    }
}
