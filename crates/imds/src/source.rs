//! Who makes the documents that the metadata tree does not hold: credentials and signatures.
//!
//! Both are asked on the request's way, so an implementation answers from memory: one that fetches keeps its last set
//! and refreshes it in the background.

use std::fmt;

use bytes::Bytes;
use metadata::{ContainerQuestion, Role, SignatureKind};
use types::{AccountId, Arn, Credentials, InstanceId, Timestamp, UniqueId};

/// Where role credentials come from.
pub trait CredentialSource: Send + Sync + fmt::Debug {
    /// The set in force at `now`. The same question within one rotation gets the same set.
    fn grant(&self, request: &GrantRequest<'_>, now: Timestamp) -> Result<Grant, GrantError>;

    /// The instance that a credentials id or a service account's token was made for, whether it still is there or not.
    /// A source that makes none knows none.
    fn container_holder(&self, _question: &ContainerQuestion) -> Option<InstanceId> {
        None
    }

    /// Who bears the role's name now, where the source knows. What was made for another bearer is not handed out again.
    fn role_id(&self, _role: &Role) -> Option<UniqueId> {
        None
    }
}

/// Whose credentials are asked for, and how.
#[derive(Clone, Debug)]
pub struct GrantRequest<'a> {
    pub instance_id: &'a InstanceId,
    pub account_id: AccountId,
    /// The role of the instance profile; `None` asks for the instance's own identity (`aws:ec2-instance`).
    pub role: Option<&'a Role>,
    /// From when on sets are issued: association of the profile, or launch.
    pub since: Timestamp,
    pub delivery: RoleDelivery,
    /// Origin claims: `aws:EC2InstanceSourceVPC` and `aws:EC2InstanceSourcePrivateIPv4`.
    pub vpc_id: &'a str,
    pub private_ipv4: Option<std::net::Ipv4Addr>,
    /// `ec2:SourceInstanceARN`
    pub instance_arn: &'a Arn,
}

/// By which service credentials are fetched: a version of the metadata service, which is the value of
/// `ec2:RoleDelivery`, or a container endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoleDelivery {
    V1,
    V2,
    Container,
}

/// A set of credentials, and when it was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub credentials: Credentials,
    /// `LastUpdated`
    pub last_updated: Timestamp,
    /// Until when the same question gets this same set; at most its expiration.
    pub fresh_until: Timestamp,
}

/// Why there are no credentials: the `Code` and `Message` of the document, which is served with status 200.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct GrantError {
    pub code: &'static str,
    pub message: String,
}

/// Who signs instance identity documents.
pub trait DocumentSigner: Send + Sync + fmt::Debug {
    /// The body of `signature`, `pkcs7` or `rsa2048`: Base64 in lines of 76, no newline at the end. The same document
    /// gets the same bytes each time.
    fn sign(&self, document: &[u8], kind: SignatureKind) -> Result<Bytes, SignDocumentError>;
}

/// The document could not be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("instance identity document cannot be signed: {0}")]
pub struct SignDocumentError(pub String);
