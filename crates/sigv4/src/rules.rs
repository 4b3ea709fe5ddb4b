//! How a service wants to be signed, as data (facts/sigv4.md sections 1.1, 1.2, 1.4 and 1.6).

use std::time::Duration;

use crate::{Payload, PayloadKeyword};

/// What differs between services. Start from [`ServiceRules::of`], change a field where you know better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceRules {
    /// In which form, and in which order, faults are told.
    pub family: Family,
    pub path: PathEncoding,
    /// Whether dot segments and empty segments leave the path before it is encoded.
    pub normalize_path: bool,
    pub content_sha256: ContentSha256,
    /// Whether `UNSIGNED-PAYLOAD` is taken for a body.
    pub unsigned_payload: bool,
    pub token: TokenRule,
    /// Lower case; S3 Express has its own.
    pub token_name: &'static str,
    /// The same in a query.
    pub token_parameter: &'static str,
    /// How far the request's time may be from the server's, either way.
    pub max_skew: Duration,
    pub white_space: WhiteSpace,
}

/// Services that answer alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// S3's REST and XML.
    S3,
    /// The AWS query protocol: STS, IAM, SQS of old.
    Query,
    Ec2,
    /// JSON 1.0 and 1.1: DynamoDB, Kinesis.
    Json,
    /// Lambda, API Gateway.
    RestJson,
}

/// How the path of the wire becomes the canonical one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathEncoding {
    /// As sent: S3 and its relatives.
    AsSent,
    /// Each byte but the unreserved and `/` percent-encoded, those of an escape once more: all others.
    Again,
}

/// Whether `x-amz-content-sha256` is sent with a header signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentSha256 {
    Required,
    Optional,
}

/// What becomes of the session token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRule {
    Signed,
    /// Added to the query when the signature is made: WebSockets of the IoT device gateway.
    AddedAfter,
}

/// What counts as white space in a header value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhiteSpace {
    /// Only 0x20.
    Space,
    /// Spaces and tabs.
    SpaceAndTab,
}

impl ServiceRules {
    /// The rules of a service by its signing name; those of most for a name that is not known.
    pub fn of(service: &str) -> Self {
        match service {
            "s3" | "s3-object-lambda" | "s3-outposts" => S3,
            "s3express" => {
                Self { token_name: "x-amz-s3session-token", token_parameter: "X-Amz-S3session-Token", ..S3 }
            }
            "vpc-lattice-svcs" => Self {
                content_sha256: ContentSha256::Required,
                unsigned_payload: true,
                family: Family::RestJson,
                ..MOST
            },
            "iotdevicegateway" => Self { token: TokenRule::AddedAfter, family: Family::RestJson, ..MOST },
            "execute-api" | "glacier" | "elastictranscoder" => {
                Self { family: Family::RestJson, max_skew: Duration::from_secs(5 * 60), ..MOST }
            }
            "ec2" => Self { family: Family::Ec2, ..MOST },
            _ => MOST,
        }
    }

    /// What a presigned URL signs for a body unless told otherwise: S3 does not sign it, all others its hash.
    pub const fn presigned_payload<'a>(&self, body: &'a [u8]) -> Payload<'a> {
        match self.family {
            Family::S3 => Payload::Keyword(PayloadKeyword::Unsigned),
            _ => Payload::Body(body),
        }
    }
}

const MOST: ServiceRules = ServiceRules {
    family: Family::Query,
    path: PathEncoding::Again,
    normalize_path: true,
    content_sha256: ContentSha256::Optional,
    unsigned_payload: false,
    token: TokenRule::Signed,
    token_name: "x-amz-security-token",
    token_parameter: "X-Amz-Security-Token",
    max_skew: Duration::from_secs(15 * 60),
    white_space: WhiteSpace::SpaceAndTab,
};

const S3: ServiceRules = ServiceRules {
    family: Family::S3,
    path: PathEncoding::AsSent,
    normalize_path: false,
    content_sha256: ContentSha256::Required,
    unsigned_payload: true,
    white_space: WhiteSpace::Space,
    ..MOST
};
