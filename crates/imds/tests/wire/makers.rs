//! Credentials and signatures that are the same every time: their shapes are the wire's business, their meaning is not.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use bytes::Bytes;
use imds::{CredentialSource, DocumentSigner, Grant, GrantError, GrantRequest, SignDocumentError};
use metadata::{ContainerQuestion, SignatureKind};
use types::{AccessKeyId, Credentials, InstanceId, Secret, Timestamp};

/// One set per instance, role and delivery, for ever.
#[derive(Debug)]
pub(crate) struct FixedCredentials;

/// Base64 of the lengths that EC2's signatures have.
#[derive(Debug)]
pub(crate) struct FixedSignatures;

impl CredentialSource for FixedCredentials {
    fn grant(&self, request: &GrantRequest<'_>, now: Timestamp) -> Result<Grant, GrantError> {
        let mut hasher = DefaultHasher::new();
        (request.instance_id, request.role, request.delivery).hash(&mut hasher);
        let mark = hasher.finish();
        let mut random = [0; 10];
        random[2..].copy_from_slice(&mark.to_be_bytes());
        let expiration = request.since + Duration::from_secs(10 * 365 * 86_400);
        Ok(Grant {
            credentials: Credentials {
                access_key_id: AccessKeyId::temporary(request.account_id, random),
                secret_access_key: Secret::new(format!("{mark:040}")),
                session_token: Some(Secret::new(format!("IQoJb3JpZ2luX2Vj{mark:020}"))),
                expiration: Some(expiration),
            },
            last_updated: request.since,
            // Asked for anew each time, so that nothing but this source makes two sets equal.
            fresh_until: now,
        })
    }

    /// Ids and tokens that name the instance in the open.
    fn container_holder(&self, question: &ContainerQuestion) -> Option<InstanceId> {
        question.proof.split('.').find_map(|part| part.parse().ok())
    }
}

impl DocumentSigner for FixedSignatures {
    fn sign(&self, document: &[u8], kind: SignatureKind) -> Result<Bytes, SignDocumentError> {
        let characters = match kind {
            SignatureKind::Signature => 172,
            SignatureKind::Pkcs7 => 1152,
            SignatureKind::Rsa2048 => 1468,
        };
        let alphabet = (b'A'..=b'Z').cycle().skip(document.len() % 26);
        let text: Vec<u8> = alphabet.take(characters).collect();
        Ok(text.chunks(76).collect::<Vec<_>>().join(&b'\n').into())
    }
}
