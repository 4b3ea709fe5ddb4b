//! How a service wants to be signed, as data (facts/sigv4.md sections 1.1, 1.2, 1.4 and 1.6).

mod families;

use std::time::Duration;

use crate::{Payload, PayloadKeyword, Request};

/// What differs between services. Start from [`ServiceRules::of`], change a field where you know better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceRules {
    /// In which form, and in which order, faults are told.
    pub family: Family,
    pub path: PathEncoding,
    /// Whether dot segments and empty segments leave the path before it is encoded.
    pub normalize_path: bool,
    pub content_sha256: ContentSha256,
    /// Whether `UNSIGNED-PAYLOAD` is taken for a body, by some operation at least.
    pub unsigned_payload: bool,
    /// Whether streams of events are taken, by some operation at least.
    pub event_streams: bool,
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

impl Family {
    /// How a service answers, by its signing name; `None` for a name that is not known.
    pub fn of(service: &str) -> Option<Self> {
        let among = |names: &[&str]| names.binary_search(&service).is_ok();
        match service {
            "s3" | "s3-object-lambda" | "s3-outposts" | "s3express" => Some(Self::S3),
            "ec2" => Some(Self::Ec2),
            _ if among(&families::QUERY) => Some(Self::Query),
            _ if among(&families::JSON) => Some(Self::Json),
            _ if among(&families::REST_JSON) => Some(Self::RestJson),
            _ => None,
        }
    }
}

impl ServiceRules {
    /// The rules of a service by its signing name; those of most, in the family of the query services, for a name that is not
    /// known.
    pub fn of(service: &str) -> Self {
        let family = Family::of(service);
        let event_streams = family.is_none() || families::EVENT_STREAMS.contains(&service);
        let most = Self { family: family.unwrap_or(Family::Query), event_streams, ..MOST };
        match service {
            "s3" | "s3-object-lambda" | "s3-outposts" => S3,
            "s3express" => Self { token_name: EXPRESS_TOKEN, token_parameter: "X-Amz-S3session-Token", ..S3 },
            "vpc-lattice-svcs" => {
                Self { content_sha256: ContentSha256::Required, unsigned_payload: true, ..most }
            }
            "iotdevicegateway" => Self { token: TokenRule::AddedAfter, ..most },
            "execute-api" | "glacier" | "elastictranscoder" => {
                Self { max_skew: Duration::from_secs(5 * 60), ..most }
            }
            // Some of their operations do not sign the body: PutSnapshotBlock, PostContent and RecognizeUtterance, PutObject,
            // UploadReadSetPart.
            "ebs" | "lex" | "mediastore" | "omics" => Self { unsigned_payload: true, ..most },
            _ => most,
        }
    }

    /// These rules for one request. S3 Express is called with the credentials of a session, whose token has a name of its own;
    /// CreateSession, which hands them out, and what is done with whole buckets are called with the caller's own, whose token
    /// has the name that it has everywhere (S3 API reference, "CreateSession"; S3 user guide, "Regional and Zonal endpoints").
    pub fn for_request(self, request: &Request<'_>) -> Self {
        if self.token_name != EXPRESS_TOKEN || !is_before_session(request) {
            return self;
        }
        Self { token_name: MOST.token_name, token_parameter: MOST.token_parameter, ..self }
    }

    /// What a presigned URL signs for a body unless told otherwise: S3 does not sign it, all others its hash.
    pub const fn presigned_payload<'a>(&self, body: &'a [u8]) -> Payload<'a> {
        match self.family {
            Family::S3 => Payload::Keyword(PayloadKeyword::Unsigned),
            _ => Payload::Body(body),
        }
    }
}

/// Whether a request to S3 Express is one that needs no session yet.
fn is_before_session(request: &Request<'_>) -> bool {
    let is_session = |part: &[u8]| part == b"session" || part.starts_with(b"session=");
    request.query().split(|byte| *byte == b'&').any(is_session)
        || request.header("host").is_some_and(|host| host.starts_with(b"s3express-control."))
}

const EXPRESS_TOKEN: &str = "x-amz-s3session-token";

const MOST: ServiceRules = ServiceRules {
    family: Family::Query,
    path: PathEncoding::Again,
    normalize_path: true,
    content_sha256: ContentSha256::Optional,
    unsigned_payload: false,
    event_streams: false,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_sorted_and_no_name_stands_twice() {
        let lists: [&[&str]; 3] = [&families::QUERY, &families::JSON, &families::REST_JSON];
        assert!(lists.iter().all(|names| names.is_sorted_by(|one, next| one < next)));
        let mut all: Vec<&str> = lists.concat();
        all.sort_unstable();
        assert!(all.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn services_are_signed_as_they_want_it() {
        for (service, family, path, normalize, hash, unsigned, skew_min) in [
            ("s3", Family::S3, PathEncoding::AsSent, false, true, true, 15),
            ("s3-object-lambda", Family::S3, PathEncoding::AsSent, false, true, true, 15),
            ("s3-outposts", Family::S3, PathEncoding::AsSent, false, true, true, 15),
            ("s3express", Family::S3, PathEncoding::AsSent, false, true, true, 15),
            ("s3tables", Family::RestJson, PathEncoding::Again, true, false, false, 15),
            ("sts", Family::Query, PathEncoding::Again, true, false, false, 15),
            ("iam", Family::Query, PathEncoding::Again, true, false, false, 15),
            ("monitoring", Family::Query, PathEncoding::Again, true, false, false, 15),
            ("route53", Family::Query, PathEncoding::Again, true, false, false, 15),
            ("ec2", Family::Ec2, PathEncoding::Again, true, false, false, 15),
            ("dynamodb", Family::Json, PathEncoding::Again, true, false, false, 15),
            ("sqs", Family::Json, PathEncoding::Again, true, false, false, 15),
            ("lambda", Family::RestJson, PathEncoding::Again, true, false, false, 15),
            ("ebs", Family::RestJson, PathEncoding::Again, true, false, true, 15),
            ("execute-api", Family::RestJson, PathEncoding::Again, true, false, false, 5),
            ("glacier", Family::RestJson, PathEncoding::Again, true, false, false, 5),
            ("vpc-lattice-svcs", Family::RestJson, PathEncoding::Again, true, true, true, 15),
            ("nobody-knows", Family::Query, PathEncoding::Again, true, false, false, 15),
        ] {
            let rules = ServiceRules::of(service);
            let required = rules.content_sha256 == ContentSha256::Required;
            let read = (rules.family, rules.path, rules.normalize_path, required, rules.unsigned_payload);
            assert_eq!(read, (family, path, normalize, hash, unsigned), "{service}");
            assert_eq!(rules.max_skew, Duration::from_secs(skew_min * 60), "{service}");
        }
    }

    #[test]
    fn tokens_have_their_names_and_places() {
        let token = |service: &str| {
            let rules = ServiceRules::of(service);
            (rules.token, rules.token_name, rules.token_parameter)
        };
        let most = (TokenRule::Signed, "x-amz-security-token", "X-Amz-Security-Token");
        assert_eq!((token("s3"), token("sts")), (most, most));
        assert_eq!(token("iotdevicegateway").0, TokenRule::AddedAfter);
        assert_eq!(token("s3express"), (TokenRule::Signed, "x-amz-s3session-token", "X-Amz-S3session-Token"));
    }
    #[test]
    fn sessions_of_s3_express_begin_with_the_tokens_of_all() {
        let name = |service: &str, target: &[u8], host: &[u8]| {
            let headers: [(&str, &[u8]); 1] = [("Host", host)];
            let request = Request { method: "GET", target, headers: &headers };
            ServiceRules::of(service).for_request(&request).token_name
        };
        let zonal = b"bucket--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com";
        let regional = b"s3express-control.us-west-2.amazonaws.com";
        assert_eq!(name("s3express", b"/?session", zonal), "x-amz-security-token");
        assert_eq!(name("s3express", b"/?a&session=", zonal), "x-amz-security-token");
        assert_eq!(name("s3express", b"/bucket--usw2-az1--x-s3", regional), "x-amz-security-token");
        assert_eq!(name("s3express", b"/session?sessions", zonal), "x-amz-s3session-token");
        assert_eq!(name("s3", b"/?session", zonal), "x-amz-security-token");
    }
}
