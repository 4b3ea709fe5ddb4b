//! AssumeRole: a session of a role that trusts the caller.

use std::sync::Arc;

use types::{Arn, Timestamp};

use super::session_tag::SessionTags;
use super::{after, refusal, session_policy};
use crate::directory::{Directory, Role};
use crate::sessions::{SessionClaims, SessionPrincipal, SessionRole, SessionTag};
use crate::{Caller, Check, ServiceError};

/// What is asked for; AssumeRoleWithWebIdentity takes a part of it out of a token.
#[derive(Clone, Debug, Default)]
pub struct AssumeRoleRequest<'a> {
    pub role_arn: &'a str,
    pub session_name: &'a str,
    pub duration_seconds: Option<u32>,
    pub external_id: Option<&'a str>,
    pub policy: Option<&'a str>,
    pub policy_arns: Vec<&'a str>,
    pub tags: Vec<SessionTag>,
    pub transitive_tag_keys: Vec<String>,
    pub source_identity: Option<&'a str>,
    /// A code was verified for this request.
    pub has_mfa: bool,
}

impl<'a> AssumeRoleRequest<'a> {
    /// What is wrong whoever asks: known before a code is taken and before policies are looked at.
    pub fn check(&self, caller: &Caller) -> Result<(), ServiceError> {
        check_role_arn(self.role_arn)?;
        if caller.is_root() {
            return Err(refusal::access_denied("Roles may not be assumed by root accounts."));
        }
        self.session_tags(caller)?;
        self.effective_source_identity(caller)?;
        Ok(())
    }

    /// The actions that must be allowed.
    pub fn checks(&self, directory: &Directory, caller: &Caller) -> Result<Vec<Check>, ServiceError> {
        let tags = self.session_tags(caller)?;
        let source_identity = self.effective_source_identity(caller)?;
        let mut actions = vec!["sts:AssumeRole"];
        actions.extend(tags.any().then_some("sts:TagSession"));
        actions.extend(source_identity.map(|_| "sts:SetSourceIdentity"));
        let role = role(directory, self.role_arn);
        let check = |action| {
            let mut check = on_role(action, self.role_arn, role);
            tags.describe(&mut check);
            self.describe(&mut check, source_identity);
            check
        };
        Ok(actions.into_iter().map(check).collect())
    }

    /// The session that a caller gets who is allowed it.
    pub fn claims(
        &self,
        directory: &Directory,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<SessionClaims, ServiceError> {
        let not_assumable = || refusal::not_assumable(caller, self.role_arn);
        let role = role(directory, self.role_arn).ok_or_else(not_assumable)?;
        let is_chained = is_role_session(caller);
        let seconds = self.seconds(role, is_chained)?;
        let mut claims = session(directory, role, self.session_name, now, seconds);
        claims.policy = session_policy::checked(self.policy)?;
        claims.policy_arns = session_policy::checked_arns(&self.policy_arns, directory.account_id())?;
        claims.source_identity = self.effective_source_identity(caller)?.map(str::to_owned);
        claims.is_chained = is_chained;
        self.session_tags(caller)?.grant(&mut claims);
        Ok(claims)
    }

    /// A session of a role may ask for an hour, and the role may allow less than a user asks for.
    fn seconds(&self, role: &Role, is_chained: bool) -> Result<u32, ServiceError> {
        let seconds = self.duration_seconds.unwrap_or(DEFAULT_SECONDS);
        if is_chained && seconds > CHAINED_MOST {
            return Err(refusal::validation_error(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            ));
        }
        check_seconds(role, seconds)
    }

    fn session_tags(&self, caller: &Caller) -> Result<SessionTags, ServiceError> {
        let asking = caller.session().map(|session| &session.claims);
        SessionTags::checked(self.tags.clone(), self.transitive_tag_keys.clone(), asking)
    }

    /// It is set once, and goes along the chain from there on.
    fn effective_source_identity<'b>(&'b self, caller: &'b Caller) -> Result<Option<&'b str>, ServiceError> {
        let held = caller.session().and_then(|session| session.claims.source_identity.as_deref());
        match (held, self.source_identity) {
            (Some(held), Some(asked)) if held != asked => {
                Err(refusal::validation_error("The SourceIdentity of the calling session cannot be changed."))
            }
            (held, asked) => Ok(held.or(asked)),
        }
    }

    fn describe(&self, check: &mut Check, source_identity: Option<&str>) {
        let context = &mut check.context;
        context.set("sts:RoleSessionName", self.session_name);
        if let Some(external_id) = self.external_id {
            context.set("sts:ExternalId", external_id);
        }
        if let Some(source_identity) = source_identity {
            context.set("sts:SourceIdentity", source_identity);
        }
        if let Some(seconds) = self.duration_seconds {
            context.set("sts:DurationSeconds", seconds.to_string());
        }
        if self.has_mfa {
            context.set("aws:MultiFactorAuthPresent", "true");
            context.set("aws:MultiFactorAuthAge", "0");
        }
    }
}

/// A check of an action on a role, with the role's tags where it is there.
pub(super) fn on_role(action: &'static str, role_arn: &str, role: Option<&Arc<Role>>) -> Check {
    let mut check = Check::new(action, role_arn);
    check.resource_account = role_arn.parse::<Arn>().ok().and_then(|arn| arn.account());
    for tag in role.iter().flat_map(|role| &role.tags) {
        check.context.set(&format!("aws:ResourceTag/{}", tag.key), &*tag.value);
        check.context.set(&format!("iam:ResourceTag/{}", tag.key), &*tag.value);
    }
    check
}

/// The role of this very ARN, path and all.
pub(super) fn role<'a>(directory: &'a Directory, arn: &str) -> Option<&'a Arc<Role>> {
    let name = arn.rsplit('/').next()?;
    directory.roles.get(name).filter(|role| role.arn.as_str() == arn)
}

/// A session of the role that says no more than it must.
pub(super) fn session(
    directory: &Directory,
    role: &Role,
    name: &str,
    now: Timestamp,
    seconds: u32,
) -> SessionClaims {
    let principal = SessionPrincipal::Role(SessionRole { arn: role.arn.clone(), id: role.role_id.clone() });
    SessionClaims::new(directory.account_id(), principal, name, now, after(now, seconds))
}

/// How long a session of the role may last.
pub(super) fn check_seconds(role: &Role, seconds: u32) -> Result<u32, ServiceError> {
    if seconds > role.max_session_duration {
        return Err(refusal::validation_error(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    Ok(seconds)
}

/// AWS's words for what is no ARN of IAM (recorded).
pub(super) fn check_role_arn(text: &str) -> Result<(), ServiceError> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|digit| digit.is_ascii_digit());
    match parts[..] {
        ["arn", partition, "iam", "", account, resource]
            if partition.starts_with("aws") && is_account(account) && !resource.is_empty() =>
        {
            Ok(())
        }
        _ => Err(refusal::validation_error(format!("{text} is invalid"))),
    }
}

fn is_role_session(caller: &Caller) -> bool {
    matches!(caller, Caller::Role { .. } | Caller::InstanceIdentity { .. })
}

pub(super) const DEFAULT_SECONDS: u32 = 3_600;
const CHAINED_MOST: u32 = 3_600;
