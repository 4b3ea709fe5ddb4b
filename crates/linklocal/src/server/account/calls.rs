//! What the admin socket may ask of the account as a whole.

use account::directory::{Directory, OidcProvider};
use account::iam::oidc::{self, NewOidcProvider, OidcProviderError};
use account::{AccountError, ServiceError};
use objects::ObjectError;

use super::AccountHouse;
use crate::admin::{
    AccountCall, AccountDescription, AccountDocument, AccountReply, Enforcement, OidcProviderDescription,
    Refusal,
};

impl AccountHouse {
    /// Carries a call out. Blocks on the store.
    pub(in crate::server) fn call(&self, call: AccountCall) -> Result<AccountReply, Refusal> {
        Ok(match call {
            AccountCall::Describe => AccountReply::Description(self.description()),
            AccountCall::Reset => {
                let administrator = self.made_anew()?;
                self.settle_contents()?;
                AccountReply::Reset(administrator)
            }
            AccountCall::Export { with_secrets } => {
                AccountReply::Document(AccountDocument(self.account.directory().export(with_secrets)))
            }
            AccountCall::Import { document } => {
                self.account.change(|directory| directory.import(&document))?;
                self.settle_contents()?;
                AccountReply::Imported(self.description())
            }
            AccountCall::AddOidcProvider { url, client_ids, keys } => {
                let now = self.clock.now().trunc_secs();
                let client_ids = client_ids.into_iter().collect();
                let new = NewOidcProvider { url: &url, client_ids, keys: &keys };
                self.account.change(|directory| oidc::add(directory, &new, now).map_err(Refusal::from))?;
                AccountReply::OidcProviders(self.providers())
            }
            AccountCall::ListOidcProviders => AccountReply::OidcProviders(self.providers()),
            AccountCall::RemoveOidcProvider { provider } => {
                self.account.change(|directory| {
                    let arn = provider_arn(directory, &provider);
                    oidc::remove(directory, &arn).map_err(Refusal::from)
                })?;
                AccountReply::OidcProviders(self.providers())
            }
            AccountCall::ExplainDenial { denial } => {
                let found = self.gateway.denial(&denial);
                AccountReply::Denial(Box::new(found.ok_or_else(unknown_denial)?))
            }
        })
    }

    pub(crate) fn description(&self) -> AccountDescription {
        let directory = self.account.directory();
        let record = directory.account.iter().next();
        AccountDescription {
            account_id: self.account.account_id(),
            account_alias: record.and_then(|record| record.alias.clone()),
            created_at: record.map_or_else(|| self.clock.now(), |record| record.created_at),
            endpoints: self.addresses.clone(),
            ca_bundle: self.tls.as_ref().map(|(_, authority)| authority.clone()),
            region: self.region.clone(),
            users: directory.users.len(),
            groups: directory.groups.len(),
            roles: directory.roles.len(),
            policies: directory.policies.len(),
            instance_profiles: directory.instance_profiles.len(),
            access_keys: directory.access_keys.len(),
            mfa_devices: directory.mfa_devices.len(),
            oidc_providers: directory.oidc_providers.len(),
            enforcement: Enforcement::ALL,
        }
    }

    fn providers(&self) -> Vec<OidcProviderDescription> {
        self.account.directory().oidc_providers.iter().map(|provider| described(provider)).collect()
    }
}

fn unknown_denial() -> Refusal {
    Refusal::new("InvalidAuthorizationMessage", "no denial is known by this").hint(
        "a request's id is known while its denial is among the newest 1,024 (and 8 MiB) since the server's start; the encoded message \
         at the end of an error is known for good, to the installation that sealed it",
    )
}

fn described(provider: &OidcProvider) -> OidcProviderDescription {
    let keys: Option<serde_json::Value> = serde_json::from_str(&provider.keys).ok();
    OidcProviderDescription {
        arn: provider.arn.clone(),
        url: format!("https://{}", provider.url),
        client_ids: provider.client_ids.iter().cloned().collect(),
        keys: keys.and_then(|set| Some(set.get("keys")?.as_array()?.len())).unwrap_or(0),
    }
}

/// The ARN of a provider that is named by it, or by its URL.
fn provider_arn(directory: &Directory, named: &str) -> String {
    let url = named.strip_prefix("https://").unwrap_or(named);
    let known = directory.oidc_providers.iter().find(|provider| provider.url == url);
    known.map_or_else(|| named.to_owned(), |provider| provider.arn.as_str().to_owned())
}

impl From<OidcProviderError> for Refusal {
    fn from(error: OidcProviderError) -> Self {
        Self::new("InvalidInput", crate::failure::Failure::of(&error).message)
    }
}

impl From<ObjectError> for Refusal {
    fn from(error: ObjectError) -> Self {
        Self::new("InternalError", crate::failure::Failure::of(&error).message)
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        Self::new(&error.code, error.message)
    }
}

impl From<AccountError> for Refusal {
    fn from(error: AccountError) -> Self {
        Self::new("ServiceFailure", crate::failure::Failure::of(&error).message)
    }
}
