//! One provider, carried out.

use std::pin::Pin;

use profile::plan::{Provider, StaticKeys};

use crate::{
    Context, ResolveError, Resolved, assume_role, cache, container, imds, login, mfa, process, sso,
    web_identity,
};

/// Asks whom the provider names, or takes the session that is kept from the last time.
pub async fn resolve(context: &Context, provider: &Provider) -> Result<Resolved, ResolveError> {
    match provider {
        Provider::Static(keys) => Ok(Resolved::from(keys)),
        _ => cache::session(context, provider, ask(context, provider)).await,
    }
}

async fn ask(context: &Context, provider: &Provider) -> Result<Resolved, ResolveError> {
    match provider {
        Provider::Static(keys) => Ok(Resolved::from(keys)),
        Provider::AssumeRole(role) => assume_role::resolve(context, role).await,
        Provider::MfaSession(session) => mfa::ask(context, session).await,
        Provider::WebIdentity(identity) => web_identity::resolve(context, identity).await,
        Provider::Sso(sso) => sso::role_credentials(context, sso).await,
        Provider::Login(login) => login::credentials(context, login).await,
        Provider::Process(process) => process::resolve(context, process).await,
        Provider::Container(container) => container::resolve(context, container).await,
        Provider::Imds(imds) => imds::resolve(context, imds).await,
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
