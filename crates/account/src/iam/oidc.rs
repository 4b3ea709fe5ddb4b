//! OIDC providers: whose web identities the account trusts, with keys that are given here and never fetched.
//!
//! IAM's own operations on them (CreateOpenIDConnectProvider) fetch keys from the provider; a local account is told them.

use std::collections::BTreeSet;
use std::sync::Arc;

use types::{Arn, Timestamp};

use crate::directory::{Directory, OidcProvider};
use crate::sts::web_identity::key::{self, KeySetError};

/// A provider that is to be known.
#[derive(Clone, Debug)]
pub struct NewOidcProvider<'a> {
    /// `https://` and what tokens have as `iss`.
    pub url: &'a str,
    /// Whom tokens may be made for: `aud`, or `azp`.
    pub client_ids: BTreeSet<String>,
    /// A JSON Web Key Set.
    pub keys: &'a str,
}

/// A provider cannot be known so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OidcProviderError {
    #[error(
        "OIDC provider's URL {0:?} is not like https://issuer.example.com/path: at most 255 characters, no query, no fragment"
    )]
    Url(String),
    #[error("OIDC provider has {0} client ids; give one to {MAX_CLIENT_IDS}, each of 1 to 255 characters")]
    ClientIds(usize),
    #[error(transparent)]
    Keys(#[from] KeySetError),
    #[error("OIDC provider {0} is known already; remove it first, or update its keys")]
    Known(Arn),
    #[error("OIDC provider {0} is not known; list the providers")]
    Unknown(String),
}

/// Adds a provider.
pub fn add(
    directory: &mut Directory,
    new: &NewOidcProvider<'_>,
    now: Timestamp,
) -> Result<Arc<OidcProvider>, OidcProviderError> {
    let url = checked_url(new.url)?;
    check_client_ids(&new.client_ids)?;
    key::check(new.keys)?;
    let arn = directory.arn("oidc-provider", "/", url);
    if directory.oidc_providers.contains(arn.as_str()) {
        return Err(OidcProviderError::Known(arn));
    }
    Ok(directory.oidc_providers.insert(OidcProvider {
        arn,
        url: url.to_owned(),
        client_ids: new.client_ids.clone(),
        keys: new.keys.to_owned(),
        create_date: now,
    }))
}

/// Gives a provider other keys: those that are left out verify nothing any more.
pub fn update_keys(directory: &mut Directory, arn: &str, keys: &str) -> Result<(), OidcProviderError> {
    key::check(keys)?;
    let provider = directory.oidc_providers.get_mut(arn).ok_or_else(|| unknown(arn))?;
    keys.clone_into(&mut provider.keys);
    Ok(())
}

/// Removes a provider. Sessions that were had by it go on.
pub fn remove(directory: &mut Directory, arn: &str) -> Result<(), OidcProviderError> {
    directory.oidc_providers.remove(arn).map(|_| ()).ok_or_else(|| unknown(arn))
}

/// All providers, by ARN.
pub fn list(directory: &Directory) -> impl Iterator<Item = &Arc<OidcProvider>> {
    directory.oidc_providers.iter()
}

/// The provider that tokens with this `iss` are of: the very text, `https://` before the provider's URL.
pub(crate) fn of_issuer<'a>(directory: &'a Directory, issuer: &str) -> Option<&'a Arc<OidcProvider>> {
    let url = issuer.strip_prefix("https://")?;
    directory.oidc_providers.iter().find(|provider| provider.url == url)
}

/// Without `https://`.
fn checked_url(text: &str) -> Result<&str, OidcProviderError> {
    let wrong = || OidcProviderError::Url(text.chars().take(MAX_URL).collect());
    let url = text.strip_prefix("https://").ok_or_else(wrong)?;
    let host = url.split('/').next().unwrap_or_default();
    let is_spelled = |c: char| c.is_ascii_alphanumeric() || "-._~/:%".contains(c);
    let fits = text.len() <= MAX_URL && !host.is_empty() && url.chars().all(is_spelled);
    if fits { Ok(url) } else { Err(wrong()) }
}

fn check_client_ids(ids: &BTreeSet<String>) -> Result<(), OidcProviderError> {
    let fits = |id: &String| (1..=255).contains(&id.len());
    if (1..=MAX_CLIENT_IDS).contains(&ids.len()) && ids.iter().all(fits) {
        return Ok(());
    }
    Err(OidcProviderError::ClientIds(ids.len()))
}

fn unknown(arn: &str) -> OidcProviderError {
    OidcProviderError::Unknown(arn.to_owned())
}

/// IAM API Reference, "CreateOpenIDConnectProvider".
const MAX_URL: usize = 255;
const MAX_CLIENT_IDS: usize = 100;

#[cfg(test)]
mod tests {
    use types::Partition;

    use super::*;

    const KEYS: &str = r#"{"keys":[{"kid":"a","kty":"EC","crv":"P-256","x":"Ipos5d0ZCnJJQoVyVA6uY0QV5LlNyNcascM5wrLdmW8","y":"ZbnTVgjUimbsH1CvvEm9UfnI5kyLI5zYqFrmXZHCwgE"}]}"#;

    fn new<'a>(url: &'a str, keys: &'a str) -> NewOidcProvider<'a> {
        NewOidcProvider { url, client_ids: BTreeSet::from(["sts.amazonaws.com".to_owned()]), keys }
    }

    #[test]
    fn providers_come_and_go() {
        let mut directory = Directory::new(Partition::Aws, "111122223333".parse().unwrap());
        let now = Timestamp::from_secs(1_795_000_000);
        let added = add(&mut directory, &new("https://issuer.example.com/a", KEYS), now).unwrap();
        let arn = "arn:aws:iam::111122223333:oidc-provider/issuer.example.com/a";
        assert_eq!(added.arn.as_str(), arn);
        assert_eq!(
            add(&mut directory, &new("https://issuer.example.com/a", KEYS), now).unwrap_err(),
            OidcProviderError::Known(added.arn.clone())
        );
        assert!(of_issuer(&directory, "https://issuer.example.com/a").is_some());
        for other in ["https://issuer.example.com/A", "https://issuer.example.com/a/", "issuer.example.com/a"]
        {
            assert!(of_issuer(&directory, other).is_none(), "{other}");
        }
        update_keys(&mut directory, arn, &KEYS.replace("\"a\"", "\"b\"")).unwrap();
        assert_eq!(list(&directory).count(), 1);
        remove(&mut directory, arn).unwrap();
        assert_eq!(remove(&mut directory, arn), Err(unknown(arn)));
    }

    #[test]
    fn what_is_no_provider_is_refused_in_words() {
        let mut directory = Directory::new(Partition::Aws, "111122223333".parse().unwrap());
        let mut said = |url: &str, keys: &str| {
            add(&mut directory, &new(url, keys), Timestamp::from_secs(0)).unwrap_err().to_string()
        };
        for url in [
            "http://a.b",
            "https://",
            "https://a.b?x=1",
            "https://a.b#x",
            "https://a b",
            &format!("https://{}", "a".repeat(250)),
        ] {
            assert!(said(url, KEYS).starts_with("OIDC provider's URL"), "{url}");
        }
        let url = "https://a.b";
        assert!(said(url, "[]").starts_with("key set is no JSON Web Key Set"));
        assert!(said(url, r#"{"keys":[]}"#).starts_with("key set holds no key to verify with"));
        assert!(said(url, &KEYS.replace("\"kid\":\"a\",", "")).starts_with("key set holds no key"));
        assert!(said(url, &KEYS.replace("EC", "oct")).starts_with("key set holds no key"));
        assert!(said(url, &KEYS.replace("P-256", "P-384")).starts_with("key set holds no key"));
        let twice = KEYS.replace("]}", &format!(",{}", &KEYS[9..]));
        assert_eq!(
            said(url, &twice),
            "key set has two keys with kid \"a\"; which is meant, no token could say"
        );
        assert!(said(url, &" ".repeat(70_000)).starts_with("key set has 70000 bytes"));
        let none = NewOidcProvider { client_ids: BTreeSet::new(), ..new(url, KEYS) };
        assert_eq!(
            add(&mut directory, &none, Timestamp::from_secs(0)).unwrap_err(),
            OidcProviderError::ClientIds(0)
        );
    }
}
