//! What lets a program have a role's credentials at a container endpoint: the credentials id of a task, the token of a
//! pod's service account.
//!
//! Rule: both follow from the master key and the instance, so nothing is stored and every replica knows them. Whoever
//! shows one is the instance's, whatever address they come from: that is how the agents of ECS and EKS tell tasks and
//! pods apart. The instance is named in the open; what cannot be guessed is the rest. They outlive a change of role, so
//! that a program that was started with one meets the new role, not a refusal.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use types::{InstanceId, Secret};

use super::SessionIssuer;
use crate::MasterKey;

/// What of the token's claims is read again. Kubernetes has more; nothing here asks for it.
#[derive(Debug, Serialize, Deserialize)]
struct TokenClaims {
    aud: [String; 1],
    iss: String,
    sub: String,
}

impl SessionIssuer {
    /// The `<id>` of `/v2/credentials/<id>`, in a UUID's form: the instance id's 17 digits and 60 secret bits.
    pub fn credentials_id(&self, instance: &InstanceId) -> Secret<String> {
        credentials_id(self.keys.newest().1, instance)
    }

    /// What a pod of `instance` sends as `Authorization` to `/v1/credentials`: a JSON web token (RFC 7519) of the form
    /// that Kubernetes mounts for EKS Pod Identity. It does not expire: the key that it follows from lies in the same
    /// directory, so an old one says nothing that a new one would not.
    pub fn service_account_token(&self, instance: &InstanceId) -> Secret<String> {
        service_account_token(self.keys.newest().1, instance)
    }

    /// The instance that a credentials id was made for.
    pub fn instance_of_credentials_id(&self, id: &str) -> Option<InstanceId> {
        let shown = Secret::new(id.to_owned());
        named_by_id(id).into_iter().find(|instance| self.made(&shown, instance, credentials_id))
    }

    /// The instance that a service account's token was made for.
    pub fn instance_of_service_account_token(&self, token: &str) -> Option<InstanceId> {
        let instance = named_by_token(token)?;
        let shown = Secret::new(token.to_owned());
        self.made(&shown, &instance, service_account_token).then_some(instance)
    }

    fn made(
        &self,
        shown: &Secret<String>,
        instance: &InstanceId,
        make: fn(&MasterKey, &InstanceId) -> Secret<String>,
    ) -> bool {
        self.keys.all().any(|key| make(key, instance) == *shown)
    }
}

fn credentials_id(key: &MasterKey, instance: &InstanceId) -> Secret<String> {
    let proof = key.derive("container credentials id", &[instance.as_str().as_bytes()]);
    let proof: String = proof.iter().map(|byte| format!("{byte:02x}")).collect();
    let digits = instance.as_str().trim_start_matches("i-");
    let all = format!("{digits:0>INSTANCE_DIGITS$}{}", &proof[..32 - INSTANCE_DIGITS]);
    let (a, b, c, d, e) = (&all[..8], &all[8..12], &all[12..16], &all[16..20], &all[20..]);
    Secret::new(format!("{a}-{b}-{c}-{d}-{e}"))
}

/// The instances that an id may be for: the short ids of old share their digits with long ones.
fn named_by_id(id: &str) -> Vec<InstanceId> {
    let digits: String = id.chars().filter(|c| *c != '-').take(INSTANCE_DIGITS).collect();
    let short = digits.strip_prefix("000000000").unwrap_or_default();
    [digits.as_str(), short].iter().filter_map(|digits| format!("i-{digits}").parse().ok()).collect()
}

fn service_account_token(key: &MasterKey, instance: &InstanceId) -> Secret<String> {
    let claims = TokenClaims {
        aud: [AUDIENCE.to_owned()],
        iss: ISSUER.to_owned(),
        sub: format!("{SUBJECT}{instance}"),
    };
    let claims = serde_json::to_vec(&claims).expect("claims are strings");
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    let signature = key.derive("service account token", &[signed.as_bytes()]);
    Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn named_by_token(token: &str) -> Option<InstanceId> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: TokenClaims = serde_json::from_slice(&claims).ok()?;
    claims.sub.strip_prefix(SUBJECT)?.parse().ok()
}

const INSTANCE_DIGITS: usize = 17;
const HEADER: &[u8] = br#"{"alg":"HS256","typ":"JWT"}"#;
/// Of EKS Pod Identity (EKS user guide, "Understand how EKS Pod Identity works").
const AUDIENCE: &str = "pods.eks.amazonaws.com";
const ISSUER: &str = "linklocal";
/// The service account is named after the instance.
const SUBJECT: &str = "system:serviceaccount:default:";
/// Ours have about 250 bytes.
const MAX_TOKEN: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Keyring;

    const IDS: [&str; 4] =
        ["i-0123456789abcdef0", "i-0123456789abcdef1", "i-000000000abcdef01", "i-abcdef01"];

    fn issuer(keys: &[u8]) -> SessionIssuer {
        let key = |byte: u8| MasterKey::new([byte; 32]);
        let ring = Keyring::new(u32::from(keys[0]), key(keys[0]));
        SessionIssuer::new(keys[1..].iter().fold(ring, |ring, n| ring.with(u32::from(*n), key(*n))))
    }

    #[test]
    fn each_names_its_instance_and_no_other() {
        let issuer = issuer(&[1]);
        for id in IDS {
            let instance: InstanceId = id.parse().unwrap();
            let credentials = issuer.credentials_id(&instance);
            assert_eq!(credentials.expose().len(), 36, "{id}");
            assert_eq!(issuer.instance_of_credentials_id(credentials.expose()), Some(instance.clone()));
            let token = issuer.service_account_token(&instance);
            assert!(token.expose().len() < MAX_TOKEN / 2, "{id}");
            assert_eq!(issuer.instance_of_service_account_token(token.expose()), Some(instance));
        }
    }

    #[test]
    fn a_replaced_master_key_still_knows_its_own() {
        let instance: InstanceId = IDS[0].parse().unwrap();
        let (old, both, other) = (issuer(&[1]), issuer(&[1, 2]), issuer(&[2]));
        let (id, token) = (old.credentials_id(&instance), old.service_account_token(&instance));
        for (issuer, known) in [(&both, true), (&other, false)] {
            assert_eq!(issuer.instance_of_credentials_id(id.expose()).is_some(), known);
            assert_eq!(issuer.instance_of_service_account_token(token.expose()).is_some(), known);
        }
        assert_ne!(both.credentials_id(&instance), id);
    }

    #[test]
    fn a_changed_character_names_nothing() {
        let issuer = issuer(&[1]);
        let instance: InstanceId = IDS[0].parse().unwrap();
        let changed = |text: &str, at: usize| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
            String::from_utf8(bytes).unwrap()
        };
        let (id, token) = (issuer.credentials_id(&instance), issuer.service_account_token(&instance));
        for at in 0..id.expose().len() {
            assert_eq!(issuer.instance_of_credentials_id(&changed(id.expose(), at)), None, "{at}");
        }
        for at in 0..token.expose().len() {
            assert_eq!(issuer.instance_of_service_account_token(&changed(token.expose(), at)), None, "{at}");
        }
        for odd in ["", "-", "a.b", "a.b.c", "..", "ü", "0123456789abcdef0"] {
            assert_eq!(issuer.instance_of_credentials_id(odd), None, "{odd}");
            assert_eq!(issuer.instance_of_service_account_token(odd), None, "{odd}");
        }
    }
}
