//! What an operation asks to be allowed.

use std::sync::Arc;

use policy::Context;
use types::AccountId;

use crate::WebIdentity;
use crate::s3::acl::Acl;

/// One action on one resource, with what the request says of it.
#[derive(Clone, Debug)]
pub struct Check {
    /// Such as `iam:CreateUser`: the action of the operation that was routed, or `iam:PassRole` beside it.
    pub action: &'static str,
    /// An ARN, or `*`.
    pub resource: String,
    /// Whose the resource is; `None` for the caller's own account.
    pub resource_account: Option<AccountId>,
    /// Keys of the service and of the resource, beside those that every request has.
    pub context: Context,
    /// Who asks, where nobody signed and a token of an identity provider was verified instead.
    pub web_identity: Option<WebIdentity>,
    /// Of the object that is asked for, where it has one. A bucket's own is found by the resource.
    pub acl: Option<Arc<Acl>>,
}

impl Check {
    pub fn new(action: &'static str, resource: impl Into<String>) -> Self {
        let resource = resource.into();
        Self {
            action,
            resource,
            resource_account: None,
            context: Context::new(),
            web_identity: None,
            acl: None,
        }
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.context.set(key, value);
        self
    }

    #[must_use]
    pub fn with_many(mut self, key: &str, values: Vec<String>) -> Self {
        self.context.set_many(key, values);
        self
    }
}
