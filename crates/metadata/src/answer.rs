//! What the metadata service says, before it is put on the wire.

use bytes::Bytes;
use types::instance::HopLimit;

/// The answer to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: Status,
    /// Seconds in `X-Aws-Ec2-Metadata-Token-Ttl-Seconds`; `None` leaves the header out.
    pub token_ttl: Option<u32>,
    pub content: Content,
    /// How the caller got in, for the metrics.
    pub access: Access,
}

/// The statuses that the service knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    Ok,
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    /// 405, with the reason phrase `Not Allowed`.
    NotAllowed,
    /// 414, for targets longer than the service reads.
    UriTooLong,
}

/// What the answer carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing, `text/plain`.
    Empty,
    /// Nothing, with this `Allow` header.
    Allow(&'static str),
    /// A session token; the reply leaves with this IP TTL.
    Token([u8; 56], HopLimit),
    /// A value or listing, `text/plain`.
    Text(Bytes),
    /// `application/octet-stream`
    UserData(Bytes),
    /// The 404 page, `text/html`.
    NotFoundPage,
    /// A document that changes without the instance changing; the caller fills it in.
    Live(Live),
}

/// Documents that are made by others: credentials rotate, signatures need keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Live {
    /// `iam/info`
    ProfileInfo,
    /// `iam/security-credentials/<role>`
    RoleCredentials,
    /// `iam/security-credentials-extended/<role>`, which adds the account number.
    RoleCredentialsExtended,
    /// What the ECS agent hands to a task; no part of the tree, as the next.
    EcsCredentials,
    /// What the EKS Pod Identity agent hands to a pod.
    PodCredentials,
    /// What an agent of our own hands to a program.
    AgentCredentials,
    /// `identity-credentials/ec2/info`
    IdentityInfo,
    /// `identity-credentials/ec2/security-credentials/ec2-instance`
    IdentityCredentials,
    /// `dynamic/instance-identity/{signature,pkcs7,rsa2048}`
    Signature(SignatureKind),
}

/// The three ways the identity document is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureKind {
    /// RSA-1024 with SHA-256, bare.
    Signature,
    /// PKCS #7, DSA-1024 with SHA-1.
    Pkcs7,
    /// PKCS #7, RSA-2048 with SHA-256.
    Rsa2048,
}

/// Which version of the service the caller used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// A token was asked for, or the request was refused before that mattered.
    None,
    /// Version 1: no token, and none was needed.
    V1,
    /// Version 1, refused because tokens are required.
    V1Rejected,
    /// Version 2: the token was good.
    V2,
    /// The token was not.
    BadToken,
}
