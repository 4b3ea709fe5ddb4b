//! Real credentials for the metadata service: one set, held in memory.
//!
//! Rule: a request is answered from what is held and waits for nobody; whoever renews puts the next set in its place.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use ::credentials::{ResolveError, Resolved, Skew};
use imds::{CredentialSource, Grant, GrantError, GrantRequest};
use metadata::ContainerQuestion;
use tokio::sync::Notify;
use types::{AccessKeyIdError, Credentials, InstanceId, Secret, Timestamp};

use super::tokens::AgentTokens;

/// The set of one identity, for one instance.
#[derive(Debug)]
pub(crate) struct VendedCredentials {
    instance_id: InstanceId,
    tokens: Arc<AgentTokens>,
    /// Nobody is given less than this.
    min_ttl: Duration,
    /// How far AWS's clocks are from ours: ends of life are theirs.
    skew: Skew,
    held: RwLock<Option<Arc<Held>>>,
    complaint: RwLock<Option<GrantError>>,
    /// Somebody asked in vain.
    wanted: Notify,
}

#[derive(Debug)]
struct Held {
    credentials: Credentials,
    /// When it came.
    since: Timestamp,
}

impl VendedCredentials {
    pub(crate) fn new(
        instance_id: InstanceId,
        tokens: Arc<AgentTokens>,
        min_ttl: Duration,
        skew: Skew,
    ) -> Self {
        Self {
            instance_id,
            tokens,
            min_ttl,
            skew,
            held: RwLock::default(),
            complaint: RwLock::default(),
            wanted: Notify::new(),
        }
    }

    /// Hands out `resolved` from now on. The same set again keeps its time.
    pub(crate) fn put(&self, resolved: &Resolved, now: Timestamp) -> Result<(), AccessKeyIdError> {
        let credentials = credentials(resolved)?;
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_none_or(|held| held.credentials != credentials) {
            *held = Some(Arc::new(Held { credentials, since: now }));
        }
        *self.complaint.write().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    /// What programs are told once nothing is left to hand out.
    pub(crate) fn complain(&self, error: &ResolveError) {
        let error = GrantError { code: code(error), message: format!("{error}; {}", error.remedy) };
        *self.complaint.write().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// Returns once somebody has asked in vain.
    pub(crate) async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// When the set that is held came.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        self.held().map(|held| held.since)
    }

    /// Whether somebody who asks at `now` is given credentials.
    pub(crate) fn is_able(&self, now: Timestamp) -> bool {
        self.held().is_some_and(|held| self.lasts(&held, now))
    }

    fn lasts(&self, held: &Held, now: Timestamp) -> bool {
        let now = self.skew.at_aws(now);
        held.credentials.expiration.is_none_or(|end| end > now && end.since(now) >= self.min_ttl)
    }

    fn held(&self) -> Option<Arc<Held>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn refusal(&self) -> GrantError {
        let complaint = self.complaint.read().unwrap_or_else(PoisonError::into_inner).clone();
        complaint.unwrap_or_else(|| GrantError {
            code: FAILED,
            message: "the credentials have ended, and new ones are under way".to_owned(),
        })
    }
}

impl CredentialSource for VendedCredentials {
    fn grant(&self, request: &GrantRequest<'_>, now: Timestamp) -> Result<Grant, GrantError> {
        if request.role.is_none() {
            let message = "these are the credentials of a role; the instance has none of its own".to_owned();
            return Err(GrantError { code: FAILED, message });
        }
        match self.held() {
            Some(held) if self.lasts(&held, now) => {
                let mut credentials = held.credentials.clone();
                // SDKs take no document without an end: they are to look again in a while.
                credentials.expiration.get_or_insert(now + WHILE);
                // A set may be taken back at any moment, so that no document of it is kept.
                Ok(Grant { credentials, last_updated: held.since, fresh_until: now })
            }
            _ => {
                self.wanted.notify_one();
                Err(self.refusal())
            }
        }
    }

    fn container_holder(&self, question: &ContainerQuestion) -> Option<InstanceId> {
        self.tokens.admit(question).then(|| self.instance_id.clone())
    }
}

/// As the metadata service knows them. Key ids of other makers than AWS are none here.
fn credentials(resolved: &Resolved) -> Result<Credentials, AccessKeyIdError> {
    Ok(Credentials {
        access_key_id: resolved.access_key_id.parse()?,
        secret_access_key: resolved.secret_access_key.clone(),
        // botocore takes no document without a token, and signs with no empty one.
        session_token: Some(resolved.session_token.clone().unwrap_or_else(|| Secret::new(String::new()))),
        expiration: resolved.expiration,
    })
}

/// What EC2 says of a role that it may not assume, and of anything else that went wrong.
fn code(error: &ResolveError) -> &'static str {
    match error.aws_code.as_deref() {
        Some("AccessDenied" | "AccessDeniedException") => "AssumeRoleUnauthorizedAccess",
        _ => FAILED,
    }
}

const FAILED: &str = "Failed";
/// Longer than the fifteen minutes before an end in which botocore asks again and again.
const WHILE: Duration = Duration::from_secs(20 * 60);

#[cfg(test)]
mod tests {
    use metadata::Role;
    use sys::{Entropy, FakeClock};
    use types::{AccountId, Arn, UniqueId};

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn source(min_ttl: u64) -> VendedCredentials {
        let clock = FakeClock::new(NOW).clock();
        let tokens = AgentTokens::unwritten(&Entropy::seeded(1), clock).unwrap();
        let id = "i-0123456789abcdef0".parse().unwrap();
        VendedCredentials::new(id, Arc::new(tokens), Duration::from_secs(min_ttl), Skew::default())
    }

    fn set(id: &str, life: Option<u64>) -> Resolved {
        Resolved {
            access_key_id: id.to_owned(),
            secret_access_key: Secret::new("secret".to_owned()),
            session_token: life.map(|_| Secret::new("token".to_owned())),
            expiration: life.map(|life| NOW + Duration::from_secs(life)),
            account_id: None,
            arn: None,
        }
    }

    fn grant(source: &VendedCredentials, after: u64) -> Result<Grant, GrantError> {
        let arn: Arn = "arn:aws:iam::111122223333:role/dev".parse().unwrap();
        let role = Role {
            name: "dev".to_owned(),
            arn: arn.clone(),
            id: UniqueId::from("AROAX".to_owned()),
            trusts_ec2: true,
        };
        let request = GrantRequest {
            instance_id: &source.instance_id,
            account_id: AccountId::from_number(111_122_223_333).unwrap(),
            role: Some(&role),
            since: NOW,
            delivery: imds::RoleDelivery::V2,
            vpc_id: "vpc-1",
            private_ipv4: None,
            instance_arn: &arn,
        };
        source.grant(&request, NOW + Duration::from_secs(after))
    }

    #[test]
    fn nobody_is_given_less_than_was_promised() {
        let source = source(60);
        assert_eq!(grant(&source, 0).unwrap_err().code, "Failed");
        source.put(&set("ASIAIOSFODNN7EXAMPLE", Some(3600)), NOW).unwrap();
        let first = grant(&source, 3540).unwrap();
        assert_eq!((first.last_updated, first.fresh_until), (NOW, NOW + Duration::from_secs(3540)));
        assert!(source.is_able(NOW + Duration::from_secs(3540)));
        assert!(grant(&source, 3541).is_err() && !source.is_able(NOW + Duration::from_secs(3541)));
    }

    #[test]
    fn a_failure_takes_nothing_away_and_is_told_when_nothing_is_left() {
        let source = source(0);
        source.put(&set("ASIAIOSFODNN7EXAMPLE", Some(3600)), NOW).unwrap();
        let denied = ResolveError::new("access-denied", "role r: AccessDenied", "ask its owner");
        source.complain(&ResolveError { aws_code: Some("AccessDenied".to_owned()), ..denied });
        grant(&source, 3599).unwrap();
        let refusal = grant(&source, 3600).unwrap_err();
        assert_eq!(refusal.code, "AssumeRoleUnauthorizedAccess");
        assert_eq!(refusal.message, "role r: AccessDenied; ask its owner");
    }

    #[test]
    fn the_same_set_again_is_not_news_and_one_without_an_end_is_asked_for_again() {
        let source = source(60);
        let later = NOW + Duration::from_secs(100);
        source.put(&set("AKIAIOSFODNN7EXAMPLE", None), NOW).unwrap();
        source.put(&set("AKIAIOSFODNN7EXAMPLE", None), later).unwrap();
        let Grant { credentials, last_updated, .. } = grant(&source, 100).unwrap();
        assert_eq!((last_updated, credentials.expiration), (NOW, Some(later + WHILE)));
        source.put(&set("AKIAI44QH8DHBEXAMPLE", None), later).unwrap();
        assert_eq!(source.since(), Some(later));
        assert!(source.put(&set("minioadmin", None), later).is_err());
    }

    #[test]
    fn an_end_is_judged_by_awss_time() {
        let source = source(0);
        source.put(&set("ASIAIOSFODNN7EXAMPLE", Some(3600)), NOW).unwrap();
        source.skew.observe(NOW, NOW + Duration::from_secs(600));
        assert!(grant(&source, 2999).is_ok() && grant(&source, 3000).is_err());
    }
}
