//! One provider, carried out.

use std::path::PathBuf;

use profile::plan::Provider;
use sys::{Clock, Entropy, Env};
use types::{Secret, Timestamp};

/// What carrying out needs beside the plan.
#[derive(Clone, Debug)]
pub struct Context {
    pub env: Env,
    pub clock: Clock,
    pub entropy: Entropy,
    /// `~/.aws`: where the AWS CLI keeps its caches.
    pub aws_directory: PathBuf,
}

/// Credentials as a source gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    pub access_key_id: String,
    pub secret_access_key: Secret<String>,
    pub session_token: Option<Secret<String>>,
    /// `None`: they do not end.
    pub expiration: Option<Timestamp>,
    pub account_id: Option<String>,
    /// The role or user where the source names it.
    pub arn: Option<String>,
}

/// A source gave no credentials.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct ResolveError {
    /// Which source, where, and what happened. No secret.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

/// Asks whom the provider names.
pub async fn resolve(context: &Context, provider: &Provider) -> Result<Resolved, ResolveError> {
    let _ = context;
    match provider {
        Provider::Static(keys) => Ok(Resolved {
            access_key_id: keys.access_key_id.clone(),
            secret_access_key: keys.secret_access_key.clone(),
            session_token: keys.session_token.clone(),
            expiration: keys.expiration,
            account_id: keys.account_id.clone(),
            arn: None,
        }),
        _ => Err(ResolveError { what: "not carried out yet".to_owned(), remedy: String::new() }),
    }
}
