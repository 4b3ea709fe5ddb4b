//! `userIdentity`: who called.
//!
//! Rule: one look per kind of caller, each with the members that AWS gives it (CloudTrail User Guide, "CloudTrail userIdentity element").

use account::{Caller, FederatedOrigin, Session};
use serde::{Deserialize, Serialize};
use types::Timestamp;

use crate::call::Call;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserIdentity {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_provider: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_context: Option<SessionContext>,
}

/// Of temporary credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionContext {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_issuer: Option<Issuer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_id_federation_data: Option<WebIdentityData>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<SessionAttributes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ec2_role_delivery: Option<String>,
}

/// Whose temporary credentials they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Issuer {
    #[serde(rename = "type")]
    pub kind: String,
    pub principal_id: String,
    pub arn: String,
    pub account_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebIdentityData {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub federated_provider: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionAttributes {
    pub creation_date: Timestamp,
    /// `true` or `false`, as text.
    pub mfa_authenticated: String,
}

impl UserIdentity {
    pub(crate) fn of(call: &Call) -> Self {
        let Some(caller) = &call.caller else { return unknown(call) };
        let known = |kind: &str| Self {
            kind: kind.to_owned(),
            principal_id: caller.user_id(),
            arn: caller.arn().map(|arn| arn.to_string()),
            account_id: caller.account_id().map(|account| account.to_string()),
            access_key_id: caller.access_key_id().map(str::to_owned),
            ..Self::default()
        };
        match caller {
            Caller::Root { session, .. } => {
                let session_context = session.as_ref().map(|session| context(session, None));
                Self { session_context, ..known("Root") }
            }
            Caller::User { user, session, .. } => {
                let session_context = session.as_ref().map(|session| context(session, None));
                Self { user_name: Some(user.user_name.clone()), session_context, ..known("IAMUser") }
            }
            Caller::Role { role, session, .. } => {
                let issuer = Issuer {
                    kind: "Role".to_owned(),
                    principal_id: role.role_id.to_string(),
                    arn: role.arn.to_string(),
                    account_id: session.claims.account_id.to_string(),
                    user_name: Some(role.role_name.clone()),
                };
                Self { session_context: Some(context(session, Some(issuer))), ..known("AssumedRole") }
            }
            Caller::InstanceIdentity { session, .. } => {
                let issuer = instance_issuer(caller, session);
                Self { session_context: Some(context(session, Some(issuer))), ..known("AssumedRole") }
            }
            Caller::Federated { user, session, .. } => {
                let user = user
                    .as_ref()
                    .map(|user| (user.user_id.to_string(), user.arn.to_string(), user.user_name.clone()));
                let issuer = federation_issuer(user, session);
                Self { session_context: Some(context(session, Some(issuer))), ..known("FederatedUser") }
            }
            Caller::WebIdentity(identity) => Self {
                kind: "WebIdentityUser".to_owned(),
                principal_id: Some(identity.provider.clone()),
                identity_provider: Some(identity.provider.clone()),
                ..Self::default()
            },
            Caller::Anonymous => Self {
                kind: "AWSAccount".to_owned(),
                principal_id: Some(String::new()),
                account_id: Some("ANONYMOUS_PRINCIPAL".to_owned()),
                ..Self::default()
            },
        }
    }
}

/// Nobody whose signature was good; the key id is the request's word.
fn unknown(call: &Call) -> UserIdentity {
    UserIdentity {
        kind: "Unknown".to_owned(),
        principal_id: Some(String::new()),
        account_id: Some(String::new()),
        access_key_id: call.access_key_id.clone(),
        ..UserIdentity::default()
    }
}

fn context(session: &Session, session_issuer: Option<Issuer>) -> SessionContext {
    let claims = &session.claims;
    let delivery = claims.origin.as_ref().and_then(|origin| origin.role_delivery);
    let provider = |federated: &FederatedOrigin| WebIdentityData {
        federated_provider: Some(federated.provider.clone()),
    };
    SessionContext {
        session_issuer,
        web_id_federation_data: claims.federated.as_ref().map(provider),
        attributes: Some(SessionAttributes {
            creation_date: claims.issued_at.trunc_secs(),
            mfa_authenticated: claims.mfa_authenticated_at.is_some().to_string(),
        }),
        source_identity: claims.source_identity.clone(),
        ec2_role_delivery: delivery.map(|delivery| delivery.as_str().to_owned()),
    }
}

fn instance_issuer(caller: &Caller, session: &Session) -> Issuer {
    let account_id = session.claims.account_id.to_string();
    let arn = caller.arn().map(|arn| arn.to_string()).unwrap_or_default();
    let partition = arn.split(':').nth(1).unwrap_or("aws");
    Issuer {
        kind: "Role".to_owned(),
        principal_id: format!("{account_id}:{INSTANCE}"),
        arn: format!("arn:{partition}:iam::{account_id}:role/{INSTANCE}"),
        account_id,
        user_name: Some(INSTANCE.to_owned()),
    }
}

/// The user who asked for the session, by id, ARN and name; the root user where it was none.
fn federation_issuer(user: Option<(String, String, String)>, session: &Session) -> Issuer {
    let account_id = session.claims.account_id.to_string();
    match user {
        Some((principal_id, arn, name)) => {
            Issuer { kind: "IAMUser".to_owned(), principal_id, arn, account_id, user_name: Some(name) }
        }
        None => Issuer {
            kind: "Root".to_owned(),
            principal_id: account_id.clone(),
            arn: format!("arn:aws:iam::{account_id}:root"),
            account_id,
            user_name: None,
        },
    }
}

const INSTANCE: &str = "aws:ec2-instance";
