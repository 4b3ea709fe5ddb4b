//! AssumeRoleWithWebIdentity: a session for who holds a token of an OIDC provider that the account knows.
//!
//! Rule: nobody signed the request, so nothing of it counts before the token's signature is verified with a key of the provider that
//! the account keeps; no address is ever asked for keys. What real STS answered to some sixty tokens, of 2026-09-11, is followed
//! to the word (radkawar/stackd, captures of STS).

mod claims;
mod jwt;
pub mod key;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use types::Timestamp;

use super::assume_role::{self, AssumeRoleRequest};
use super::session_tag::SessionTags;
use super::{refusal, session_policy};
use crate::directory::{Directory, OidcProvider, Role};
use crate::iam::oidc;
use crate::sessions::{FederatedOrigin, SessionClaims, SessionTag};
use crate::{Check, ServiceError, WebIdentity};

pub use key::{Algorithm, Curve, SignatureVerifier, VerificationKey};

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityToken {
    /// The provider's ARN.
    pub provider: String,
    /// Its issuer, without `https://`: what condition keys begin with.
    pub issuer: String,
    pub subject: String,
    /// Who the token is for: `azp` where it has one, else `aud`.
    pub audience: String,
    /// `aud`, where `azp` stands in its place.
    pub original_audience: Option<String>,
    /// `amr`
    pub methods: Vec<String>,
    pub source_identity: Option<String>,
    pub tags: Vec<SessionTag>,
    pub transitive_tag_keys: Vec<String>,
}

/// Verifies a token.
///
/// # Errors
/// It is not one that a provider of the account made for one of its clients, and that is in force.
pub fn verify(
    directory: &Directory,
    token: &str,
    now: Timestamp,
    verifier: SignatureVerifier,
) -> Result<IdentityToken, ServiceError> {
    let token = jwt::parse(token)?;
    let provider = provider(directory, token.issuer()?)?;
    let key = key::find(&provider.keys, token.key_id(), token.algorithm()).ok_or_else(no_key)?;
    if !verifier(token.algorithm(), &key, token.signed(), token.signature()) {
        return Err(not_validated());
    }
    claims::read(&token, provider, now)
}

/// What the token says, and what is asked for beside it.
#[derive(Clone, Debug)]
pub struct WebIdentityRequest<'a> {
    pub request: AssumeRoleRequest<'a>,
    pub token: IdentityToken,
}

impl WebIdentityRequest<'_> {
    /// The actions that must be allowed to who holds the token.
    pub fn checks(&self, directory: &Directory) -> Result<Vec<Check>, ServiceError> {
        let tags = self.session_tags()?;
        let mut actions = vec!["sts:AssumeRoleWithWebIdentity"];
        actions.extend(tags.any().then_some("sts:TagSession"));
        actions.extend(self.token.source_identity.is_some().then_some("sts:SetSourceIdentity"));
        let role = self.role(directory);
        let check = |action| {
            let mut check = assume_role::on_role(action, self.request.role_arn, role);
            tags.describe(&mut check);
            self.describe(&mut check);
            check.web_identity = Some(WebIdentity { provider: self.token.provider.clone() });
            check
        };
        Ok(actions.into_iter().map(check).collect())
    }

    /// The session. The token's end is not the session's (captured).
    pub fn claims(&self, directory: &Directory, now: Timestamp) -> Result<SessionClaims, ServiceError> {
        let role = self.role(directory).ok_or_else(refusal::not_assumable_by_web_identity)?;
        let seconds = self.request.duration_seconds.unwrap_or(assume_role::DEFAULT_SECONDS);
        let seconds = assume_role::check_seconds(role, seconds)?;
        let mut claims = assume_role::session(directory, role, self.request.session_name, now, seconds);
        claims.policy = session_policy::checked(self.request.policy)?;
        claims.policy_arns = session_policy::checked_arns(&self.request.policy_arns, directory.account_id())?;
        claims.source_identity = self.token.source_identity.clone();
        claims.federated = Some(FederatedOrigin {
            provider: self.token.provider.clone(),
            subject: self.token.subject.clone(),
            audience: self.token.audience.clone(),
        });
        self.session_tags()?.grant(&mut claims);
        Ok(claims)
    }

    fn role<'a>(&self, directory: &'a Directory) -> Option<&'a Arc<Role>> {
        assume_role::role(directory, self.request.role_arn)
    }

    fn session_tags(&self) -> Result<SessionTags, ServiceError> {
        SessionTags::checked(self.token.tags.clone(), self.token.transitive_tag_keys.clone(), None)
    }

    fn describe(&self, check: &mut Check) {
        let (context, token) = (&mut check.context, &self.token);
        let key = |name: &str| format!("{}:{name}", token.issuer);
        context.set("sts:RoleSessionName", self.request.session_name);
        context.set("aws:FederatedProvider", &*token.provider);
        context.set(&key("sub"), &*token.subject);
        context.set(&key("aud"), &*token.audience);
        if let Some(audience) = &token.original_audience {
            context.set(&key("oaud"), &**audience);
        }
        if !token.methods.is_empty() {
            context.set_many(&key("amr"), token.methods.clone());
        }
        if let Some(source_identity) = &token.source_identity {
            context.set("sts:SourceIdentity", &**source_identity);
        }
        if let Some(seconds) = self.request.duration_seconds {
            context.set("sts:DurationSeconds", seconds.to_string());
        }
    }
}

/// What is wrong with the rest of the request, whatever the token.
pub fn check(role_arn: &str, provider_id: Option<&str>) -> Result<(), ServiceError> {
    assume_role::check_role_arn(role_arn)?;
    match provider_id {
        Some(_) => Err(refusal::invalid_identity_token("Provided Token is not a Login With Amazon token")),
        None => Ok(()),
    }
}

fn provider<'a>(directory: &'a Directory, issuer: &str) -> Result<&'a OidcProvider, ServiceError> {
    let found = oidc::of_issuer(directory, issuer);
    found.map(|provider| &**provider).ok_or_else(|| {
        let issuer: String = issuer.chars().take(MAX_SHOWN).collect();
        refusal::invalid_identity_token(format!(
            "No OpenIDConnect provider found in your account for {issuer}"
        ))
    })
}

/// The two blanks are AWS's.
fn no_key() -> ServiceError {
    refusal::invalid_identity_token(
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation \
         for requirements",
    )
}

fn not_validated() -> ServiceError {
    refusal::invalid_identity_token(
        "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.",
    )
}

/// Of an issuer that is not known.
const MAX_SHOWN: usize = 255;
