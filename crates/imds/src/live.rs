//! Documents that change without the instance changing: credentials, and what tells of them.
//!
//! Rule: each is made when first asked for and kept until it is stale. An instance keeps at most one of each kind, about
//! 10 KiB if every kind is asked for in both deliveries, and loses them when it changes.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use metadata::{Live, Origin, Profile, Rendered, Role, document};
use types::{AccessKeyId, Arn, InstanceId, Timestamp, UniqueId};

use crate::faults::ClockOffset;
use crate::rehearsal::Edition;
use crate::source::{CredentialSource, GrantRequest, RoleDelivery};
use crate::{Grant, GrantError};

/// What an instance's live documents are at the moment. The lock is the instance's own.
#[derive(Default)]
pub(crate) struct LiveDocuments(Mutex<Vec<Kept>>);

struct Kept {
    live: Live,
    delivery: RoleDelivery,
    edition: u32,
    role_id: Option<UniqueId>,
    made: Timestamp,
    /// Good until then, exclusively.
    until: Timestamp,
    document: Document,
}

/// A live document.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) body: Bytes,
    /// The credentials that it holds.
    pub(crate) grant: Option<Arc<GrantSummary>>,
    /// Why it holds none, where there should be some.
    pub(crate) refusal: Option<GrantError>,
}

/// Credentials in a document, as far as they may be told.
#[derive(Debug)]
pub struct GrantSummary {
    pub instance_id: InstanceId,
    pub access_key_id: AccessKeyId,
    pub expiration: Option<Timestamp>,
    /// The role, or the instance where its own identity was asked for.
    pub principal: Arn,
    pub delivery: RoleDelivery,
}

/// A document and how long it may be kept; not at all when that is past.
struct Made {
    document: Document,
    until: Timestamp,
}

impl LiveDocuments {
    /// The document at `now`; `None` if the instance has none of that kind.
    pub(crate) fn document(
        &self,
        live: Live,
        delivery: RoleDelivery,
        rendered: &Rendered,
        source: &dyn CredentialSource,
        edition: Edition,
        now: Timestamp,
    ) -> Option<Document> {
        // Whole documents are put in at once, so a panic elsewhere leaves nothing half done.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let role = rendered.origin().profile.and_then(|profile| profile.role.as_ref());
        let role_id = role.and_then(|role| source.role_id(role));
        let place = kept.iter().position(|k| k.live == live && k.delivery == delivery);
        if let Some(found) = place.map(|at| &kept[at])
            && found.edition == edition.number
            && found.role_id == role_id
            // A clock that was put back makes a document from the future as stale as one from the past.
            && (found.made..found.until).contains(&now)
        {
            return Some(found.document.clone());
        }
        let made =
            make(live, &Asking { origin: rendered.origin(), source, delivery, offset: edition.offset, now })?;
        if let Some(at) = place {
            kept.swap_remove(at);
        }
        if made.until > now {
            let document = made.document.clone();
            kept.push(Kept {
                live,
                delivery,
                edition: edition.number,
                role_id,
                made: now,
                until: made.until,
                document,
            });
        }
        Some(made.document)
    }
}

impl Made {
    /// A document without credentials.
    fn other(body: Bytes, until: Timestamp) -> Self {
        Self { document: Document { body, grant: None, refusal: None }, until }
    }
}

impl fmt::Debug for LiveDocuments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // They hold credentials.
        f.write_str("LiveDocuments(***)")
    }
}

fn make(live: Live, asking: &Asking<'_>) -> Option<Made> {
    match live {
        Live::ProfileInfo => asking.profile_info(),
        Live::RoleCredentials => {
            asking.role_credentials(|_, grant| document::credentials(&grant.credentials, grant.last_updated))
        }
        Live::RoleCredentialsExtended => asking.role_credentials(|origin, grant| {
            document::credentials_extended(&grant.credentials, origin.account_id, grant.last_updated)
        }),
        Live::EcsCredentials => asking.role_credentials(|origin, grant| {
            let role = origin.profile.and_then(|profile| profile.role.as_ref());
            role.map_or_else(Bytes::new, |role| document::ecs_credentials(&grant.credentials, &role.arn))
        }),
        Live::PodCredentials => asking.role_credentials(|origin, grant| {
            document::pod_credentials(&grant.credentials, origin.account_id)
        }),
        Live::AgentCredentials => asking.role_credentials(|origin, grant| {
            let role = origin.profile.and_then(|profile| profile.role.as_ref());
            role.map_or_else(Bytes::new, |role| {
                document::agent_credentials(&grant.credentials, origin.account_id, &role.arn)
            })
        }),
        Live::IdentityInfo => Some(asking.identity_info()),
        Live::IdentityCredentials => Some(asking.identity_credentials()),
        // Never stale and slow to make: kept in `Signatures`.
        Live::Signature(_) => None,
    }
}

/// One question to the credential source, on behalf of one instance.
struct Asking<'a> {
    origin: Origin<'a>,
    source: &'a dyn CredentialSource,
    delivery: RoleDelivery,
    /// Shifts what the documents say, and nothing that is decided here.
    offset: ClockOffset,
    now: Timestamp,
}

impl Asking<'_> {
    /// `iam/info`: as old as the credentials beside it.
    fn profile_info(&self) -> Option<Made> {
        let profile = self.origin.profile?;
        let (updated, until) = self.role_updated(profile);
        Some(Made::other(document::profile_info(profile, self.offset.apply(updated)), until))
    }

    /// When the role's credentials were last updated and will be next; of a profile that gives none, its association.
    fn role_updated(&self, profile: &Profile) -> (Timestamp, Timestamp) {
        let role = profile.role.as_ref().filter(|role| profile.exists && role.trusts_ec2);
        match role.map(|role| self.grant(Some(role), self.profile_since())) {
            Some(Ok(grant)) => (grant.last_updated, grant.fresh_until),
            Some(Err(_)) => (self.now, self.now),
            None => (self.profile_since(), Timestamp::MAX),
        }
    }

    fn role_credentials(&self, write: impl FnOnce(&Origin<'_>, &Grant) -> Bytes) -> Option<Made> {
        let role = self.origin.profile?.role.as_ref()?;
        Some(if role.trusts_ec2 { self.credentials_of(role, write) } else { self.not_assumable(role) })
    }

    fn credentials_of(&self, role: &Role, write: impl FnOnce(&Origin<'_>, &Grant) -> Bytes) -> Made {
        self.written(self.grant(Some(role), self.profile_since()), &role.arn, write)
    }

    fn not_assumable(&self, role: &Role) -> Made {
        Made::other(
            document::role_not_assumable(&role.name, self.offset.apply(self.profile_since())),
            Timestamp::MAX,
        )
    }

    fn identity_info(&self) -> Made {
        let grant = self.grant(None, self.origin.launch_time);
        let (updated, until) =
            grant.map_or((self.now, self.now), |grant| (grant.last_updated, grant.fresh_until));
        Made::other(document::identity_info(self.origin.account_id, self.offset.apply(updated)), until)
    }

    fn identity_credentials(&self) -> Made {
        self.written(self.grant(None, self.origin.launch_time), &self.origin.instance_arn, |_, grant| {
            document::credentials(&grant.credentials, grant.last_updated)
        })
    }

    /// The document of a grant, or of its refusal, which is asked for again next time.
    fn written(
        &self,
        grant: Result<Grant, GrantError>,
        principal: &Arn,
        write: impl FnOnce(&Origin<'_>, &Grant) -> Bytes,
    ) -> Made {
        match grant {
            Ok(grant) => {
                let summary = GrantSummary {
                    instance_id: self.origin.instance_id.clone(),
                    access_key_id: grant.credentials.access_key_id.clone(),
                    expiration: grant.credentials.expiration,
                    principal: principal.clone(),
                    delivery: self.delivery,
                };
                let until = grant.fresh_until;
                let body = write(&self.origin, &self.told(grant));
                Made { document: Document { body, grant: Some(Arc::new(summary)), refusal: None }, until }
            }
            Err(error) => {
                let body =
                    document::credentials_error(error.code, &error.message, self.offset.apply(self.now));
                Made { document: Document { body, grant: None, refusal: Some(error) }, until: self.now }
            }
        }
    }

    /// What documents say of a grant.
    fn told(&self, mut grant: Grant) -> Grant {
        let expiration = &mut grant.credentials.expiration;
        *expiration = expiration.map(|time| self.offset.apply(time));
        Grant { last_updated: self.offset.apply(grant.last_updated), ..grant }
    }

    fn grant(&self, role: Option<&Role>, since: Timestamp) -> Result<Grant, GrantError> {
        let request = GrantRequest {
            instance_id: self.origin.instance_id,
            account_id: self.origin.account_id,
            role,
            since,
            delivery: self.delivery,
            vpc_id: self.origin.vpc_id,
            private_ipv4: self.origin.private_ipv4,
            instance_arn: &self.origin.instance_arn,
        };
        self.source.grant(&request, self.now)
    }

    fn profile_since(&self) -> Timestamp {
        self.origin.profile_since.unwrap_or(self.origin.launch_time)
    }
}
