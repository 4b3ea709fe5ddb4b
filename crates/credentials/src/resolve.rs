//! One provider, carried out.

use std::pin::Pin;

use profile::plan::{Provider, StaticKeys};

use crate::{Context, ResolveError, Resolved};

/// Asks whom the provider names.
pub async fn resolve(context: &Context, provider: &Provider) -> Result<Resolved, ResolveError> {
    let _ = context;
    match provider {
        Provider::Static(keys) => Ok(Resolved::from(keys)),
        _ => Err(ResolveError::new("unsupported", "not carried out yet", "")),
    }
}

/// The same, for providers within providers.
pub(crate) fn boxed<'a>(
    context: &'a Context,
    provider: &'a Provider,
) -> Pin<Box<dyn Future<Output = Result<Resolved, ResolveError>> + Send + 'a>> {
    Box::pin(resolve(context, provider))
}

impl From<&StaticKeys> for Resolved {
    fn from(keys: &StaticKeys) -> Self {
        Self {
            access_key_id: keys.access_key_id.clone(),
            secret_access_key: keys.secret_access_key.clone(),
            session_token: keys.session_token.clone(),
            expiration: keys.expiration,
            account_id: keys.account_id.clone(),
            arn: None,
        }
    }
}
