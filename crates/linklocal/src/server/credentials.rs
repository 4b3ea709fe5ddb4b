//! Role credentials for the metadata service, from the local account.

use std::sync::{Arc, PoisonError, RwLock};

use account::{
    Account, IssuedSession, RotationRehearsal, RotationSchedule, SessionIssuer, SessionRequest, SessionRole,
};
use imds::{CredentialSource, Grant, GrantError, GrantRequest};
use metadata::{ContainerForm, ContainerQuestion, Role};
use types::{InstanceId, Secret, Timestamp, UniqueId};

/// Sessions that follow from the account's master keys: nothing is kept.
#[derive(Debug)]
pub(super) struct AccountCredentials {
    issuer: SessionIssuer,
    /// Knows the roles.
    account: Arc<Account>,
    schedule: RwLock<RotationSchedule>,
    rehearsed: RwLock<Option<Rehearsed>>,
}

/// A rehearsal, and the instance that it concerns; `None` for all of them.
type Rehearsed = (Option<InstanceId>, RotationRehearsal);

impl AccountCredentials {
    pub(super) fn new(issuer: SessionIssuer, schedule: RotationSchedule, account: Arc<Account>) -> Self {
        Self { issuer, account, schedule: RwLock::new(schedule), rehearsed: RwLock::new(None) }
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
        let role = request.role.map(|role| SessionRole {
            arn: role.arn.clone(),
            id: self.role_id(role).unwrap_or_else(|| role.id.clone()),
        });
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
            ContainerForm::Own => None,
        }
    }

    /// Of the role that bears this ARN in the account today: one that was made anew has another id than the instance was launched
    /// with. Roles of other accounts are as the instance says.
    fn role_id(&self, role: &Role) -> Option<UniqueId> {
        let directory = self.account.directory();
        let known = directory.roles.get(role.arn.resource().rsplit('/').next().unwrap_or_default());
        known.filter(|known| known.arn == role.arn).map(|known| known.role_id.clone())
    }
}

fn delivery(delivery: imds::RoleDelivery) -> Option<account::RoleDelivery> {
    match delivery {
        imds::RoleDelivery::V1 => Some(account::RoleDelivery::V1),
        imds::RoleDelivery::V2 => Some(account::RoleDelivery::V2),
        imds::RoleDelivery::Container => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use account::{Keyring, MasterKey, RotationCourse};
    use store::MemoryStore;
    use types::AccountId;

    use super::*;

    #[test]
    fn a_rehearsal_concerns_its_instance_and_ends_without_a_trace() {
        let keys = Keyring::new(1, MasterKey::new([7; 32]));
        let source = {
            let account =
                Account::open(Arc::new(MemoryStore::new()), AccountId::from_number(1).unwrap()).unwrap();
            AccountCredentials::new(SessionIssuer::new(keys), RotationSchedule::default(), Arc::new(account))
        };
        let ids = ["i-0123456789abcdef0", "i-0123456789abcdef1"].map(|id| id.parse::<InstanceId>().unwrap());
        let now = Timestamp::from_secs(1_700_000_000);
        let served = || ids.each_ref().map(|id| key_id(&source, id, now));
        let ordinary = served();

        let course = RotationCourse::new(now, Duration::from_secs(2), Duration::from_secs(3)).unwrap();
        let rehearsal = RotationRehearsal::default().on(course);
        source.rehearse(Some((Some(ids[0].clone()), rehearsal)));
        let one = served();
        assert!(one[0] != ordinary[0] && one[1] == ordinary[1]);
        source.rehearse(Some((None, rehearsal)));
        let both = served();
        assert!(both[0] == one[0] && both[1] != ordinary[1]);
        source.rehearse(None);
        assert_eq!(served(), ordinary);
    }

    fn key_id(source: &AccountCredentials, instance_id: &InstanceId, now: Timestamp) -> String {
        let request = GrantRequest {
            instance_id,
            account_id: AccountId::from_number(111_122_223_333).unwrap(),
            role: None,
            since: now,
            delivery: imds::RoleDelivery::V2,
            vpc_id: "vpc-0a1b2c3d4e5f60718",
            private_ipv4: None,
            instance_arn: &format!("arn:aws:ec2:us-east-1:111122223333:instance/{instance_id}")
                .parse()
                .unwrap(),
        };
        source.grant(&request, now).unwrap().credentials.access_key_id.as_str().to_owned()
    }
}
