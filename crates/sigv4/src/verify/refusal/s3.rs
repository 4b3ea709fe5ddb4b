//! S3's texts, as measured of it (facts/sigv4.md section 2.1).

use types::Timestamp;

use super::{AnonymousCall, Mismatch, Refusal, Rule};
use crate::verify::fields::Unreadable;
use crate::verify::verified::Mechanism;
use crate::{TERMINATOR, v4a};

/// The header or the query, whichever bears the credential: a fault in it is told in two ways.
#[derive(Clone, Copy)]
pub(in crate::verify) struct Bearer(pub(in crate::verify) Mechanism);

pub(in crate::verify) fn two_mechanisms(authorization: Option<&str>) -> Refusal {
    let refusal = Refusal::new(
        Rule::TwoMechanisms,
        400,
        "InvalidArgument",
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string \
         parameter or the Authorization header should be specified",
    )
    .field("ArgumentName", "Authorization");
    match authorization {
        Some(value) => refusal.field("ArgumentValue", value),
        None => refusal,
    }
}

pub(in crate::verify) fn no_space(authorization: &str) -> Refusal {
    let message = "Authorization header is invalid -- one and only one ' ' (space) required";
    argument(Rule::NoSpace, message, "Authorization", authorization)
}

pub(in crate::verify) fn scheme(authorization: &str) -> Refusal {
    argument(Rule::Algorithm, "Unsupported Authorization Type", "Authorization", authorization)
}

pub(in crate::verify) fn sig_v2() -> Refusal {
    let message =
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
    Refusal::new(Rule::SigV2, 400, "InvalidRequest", message)
}

pub(in crate::verify) fn sig_v2_parameters() -> Refusal {
    let message = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters";
    Refusal::new(Rule::SigV2, 403, "AccessDenied", message)
}

pub(in crate::verify) fn missing_header(rule: Rule, name: &str) -> Refusal {
    Refusal::new(rule, 400, "InvalidRequest", format!("Missing required header for this request: {name}"))
}

pub(in crate::verify) fn content_sha256(value: &str) -> Refusal {
    let message = "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, \
                   STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, \
                   STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER \
                   or a valid sha256 value.";
    argument(Rule::ContentSha256, message, "x-amz-content-sha256", value)
}

pub(in crate::verify) fn date() -> Refusal {
    let message = "AWS authentication requires a valid Date or x-amz-date header";
    Refusal::new(Rule::Date, 403, "AccessDenied", message)
}

/// What S3 does with a year of five digits.
pub(in crate::verify) fn date_beyond_years() -> Refusal {
    let message = "We encountered an internal error. Please try again.";
    Refusal::new(Rule::Date, 500, "InternalError", message)
}

pub(in crate::verify) fn skew(sent: &str, now: Timestamp, max: std::time::Duration) -> Refusal {
    let message = "The difference between the request time and the current time is too large.";
    Refusal::new(Rule::Skew, 403, "RequestTimeTooSkewed", message)
        .field("RequestTime", sent)
        .field("ServerTime", now.iso8601())
        .field("MaxAllowedSkewMilliseconds", max.as_millis().to_string())
}

pub(in crate::verify) fn components() -> Refusal {
    let message =
        "the authorization header requires three components: Credential, SignedHeaders, and Signature.";
    malformed(Rule::Components, message)
}

/// A fault of the authorization header's body.
pub(in crate::verify) fn malformed(rule: Rule, message: &str) -> Refusal {
    let message = format!("The authorization header is malformed; {message}");
    Refusal::new(rule, 400, "AuthorizationHeaderMalformed", message)
}

/// A fault of the signature's parameters.
pub(in crate::verify) fn parameters(rule: Rule, message: impl Into<String>) -> Refusal {
    Refusal::new(rule, 400, "AuthorizationQueryParametersError", message.into())
}

pub(in crate::verify) fn algorithm() -> Refusal {
    let message = format!("X-Amz-Algorithm only supports \"{} and {}\"", crate::ALGORITHM, v4a::ALGORITHM);
    parameters(Rule::Algorithm, message)
}

pub(in crate::verify) fn missing_parameters() -> Refusal {
    parameters(
        Rule::Components,
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, \
         X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    )
}

pub(in crate::verify) fn parameter_date() -> Refusal {
    let message = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"";
    parameters(Rule::Date, message)
}

pub(in crate::verify) fn expires_number() -> Refusal {
    parameters(Rule::ExpiresNumber, "X-Amz-Expires should be a number")
}

pub(in crate::verify) fn expires_negative() -> Refusal {
    parameters(Rule::ExpiresNegative, "X-Amz-Expires must be non-negative")
}

pub(in crate::verify) fn expires_week() -> Refusal {
    parameters(
        Rule::ExpiresWeek,
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than \
         604800 seconds",
    )
}

pub(in crate::verify) fn not_yet(signed: Timestamp, expires: Timestamp, now: Timestamp) -> Refusal {
    Refusal::new(Rule::NotYetValid, 403, "AccessDenied", "Request is not yet valid")
        .field("X-Amz-Date", signed.millis().to_string())
        .field("Expires", expires.iso8601())
        .field("ServerTime", now.iso8601())
}

pub(in crate::verify) fn expired(sent: &str, expires: Timestamp, now: Timestamp) -> Refusal {
    Refusal::new(Rule::Expired, 403, "AccessDenied", "Request has expired")
        .field("X-Amz-Expires", sent)
        .field("Expires", expires.iso8601())
        .field("ServerTime", now.iso8601())
}

impl Bearer {
    pub(in crate::verify) fn credential_shape(self, ecdsa: bool) -> Refusal {
        let region = if ecdsa { "" } else { "REGION/" };
        let message = format!(
            "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/{region}SERVICE/{TERMINATOR}\"."
        );
        self.fault(Rule::CredentialShape, &message)
    }

    pub(in crate::verify) fn empty_access_key_id(self) -> Refusal {
        let message = "a non-empty Access Key (AKID) must be provided in the credential.";
        self.fault(Rule::EmptyAccessKeyId, message)
    }

    pub(in crate::verify) fn scope_date_format(self, date: &str) -> Refusal {
        let message = format!(
            "incorrect date format \"{date}\". This date in the credential must be in the format \"yyyyMMdd\"."
        );
        self.fault(Rule::ScopeDateFormat, &message)
    }

    pub(in crate::verify) fn empty_region(self) -> Refusal {
        self.fault(Rule::EmptyRegion, "a non-empty region must be provided in the credential.")
    }

    pub(in crate::verify) fn region(self, sent: &str, expected: &str) -> Refusal {
        let message = format!("the region '{sent}' is wrong; expecting '{expected}'");
        self.fault(Rule::Region, &message).field("Region", expected)
    }

    pub(in crate::verify) fn service(self, sent: &str, expected: &str) -> Refusal {
        let message = format!("incorrect service \"{sent}\". This endpoint belongs to \"{expected}\".");
        self.fault(Rule::Service, &message)
    }

    pub(in crate::verify) fn terminator(self, sent: &str) -> Refusal {
        let message = format!("incorrect terminal \"{sent}\". This endpoint uses \"{TERMINATOR}\".");
        self.fault(Rule::Terminator, &message)
    }

    pub(in crate::verify) fn scope_date(self, sent: &str, request: &str) -> Refusal {
        match self.0 {
            Mechanism::Header => {
                malformed(Rule::ScopeDate, "Invalid credential date. Date is not the same as X-Amz-Date.")
            }
            Mechanism::Query => parameters(
                Rule::ScopeDate,
                format!(
                    "Invalid credential date \"{sent}\". This date is not the same as X-Amz-Date: \"{request}\"."
                ),
            ),
        }
    }

    pub(in crate::verify) fn no_region_set(self) -> Refusal {
        match self.0 {
            Mechanism::Header => missing_header(Rule::NoRegionSet, v4a::REGION_SET_HEADER),
            Mechanism::Query => parameters(
                Rule::NoRegionSet,
                "SigV4a query auth requires a non empty x-amz-region-set parameter.",
            ),
        }
    }

    fn fault(self, rule: Rule, message: &str) -> Refusal {
        match self.0 {
            Mechanism::Header => malformed(rule, message),
            Mechanism::Query => {
                parameters(rule, format!("Error parsing the X-Amz-Credential parameter; {message}"))
            }
        }
    }
}

pub(in crate::verify) fn headers_not_signed(names: &[&str]) -> Refusal {
    let message = "There were headers present in the request which were not signed";
    Refusal::new(Rule::HeadersNotSigned, 403, "AccessDenied", message)
        .field("HeadersNotSigned", names.join(", "))
}

pub(super) fn region_set(region: &str, set: &str) -> Refusal {
    let message = "The provided X-Amz-Region-Set doesn't match against the requested S3 region.";
    Refusal::new(Rule::RegionSet, 400, "RegionSetMismatch", message)
        .field("RequestedRegion", region)
        .field("RegionSet", set)
}

pub(super) fn access_key(id: &str) -> Refusal {
    let message = "The AWS Access Key Id you provided does not exist in our records.";
    Refusal::new(Rule::AccessKey, 403, "InvalidAccessKeyId", message).field("AWSAccessKeyId", id)
}

pub(super) fn token(token: &str) -> Refusal {
    let message = "The provided token is malformed or otherwise invalid.";
    Refusal::new(Rule::Token, 400, "InvalidToken", message).field("Token-0", token)
}

pub(super) fn token_expired(token: &str) -> Refusal {
    Refusal::new(Rule::TokenExpired, 400, "ExpiredToken", "The provided token has expired.")
        .field("Token-0", token)
}

pub(super) fn mismatch(found: Mismatch<'_>) -> Refusal {
    let message = "The request signature we calculated does not match the signature you provided. \
                   Check your key and signing method.";
    let (string_bytes, request_bytes) =
        (hex_bytes(&found.string_to_sign), hex_bytes(&found.canonical_request));
    Refusal::new(found.rule, 403, "SignatureDoesNotMatch", message)
        .field("AWSAccessKeyId", found.access_key_id)
        .field("StringToSign", found.string_to_sign)
        .field("SignatureProvided", found.signature)
        .field("StringToSignBytes", string_bytes)
        .field("CanonicalRequest", found.canonical_request)
        .field("CanonicalRequestBytes", request_bytes)
}

pub(super) fn payload(sent: &str, computed: &str) -> Refusal {
    let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    Refusal::new(Rule::Payload, 400, "XAmzContentSHA256Mismatch", message)
        .field("ClientComputedContentSHA256", sent)
        .field("S3ComputedContentSHA256", computed)
}

pub(in crate::verify) fn no_decoded_length() -> Refusal {
    let message = "You must provide the Content-Length HTTP header.";
    Refusal::new(Rule::NoDecodedLength, 411, "MissingContentLength", message)
}

/// Of a service that takes whole bodies only.
pub(in crate::verify) fn streamed() -> Refusal {
    let message = "A header you provided implies functionality that is not implemented.";
    Refusal::new(Rule::Body, 501, "NotImplemented", message)
}

pub(super) fn trailer_without_upload() -> Refusal {
    let message = "The value of x-amz-content-sha256 header is invalid.";
    Refusal::new(Rule::TrailerWithoutUpload, 400, "InvalidRequest", message)
}

pub(super) fn anonymous(call: AnonymousCall) -> Refusal {
    let (status, code, message) = match call {
        AnonymousCall::OwnersCall => {
            (403, "AccessDenied", "Anonymous users cannot invoke this API. Please authenticate.")
        }
        AnonymousCall::CreateMultipartUpload => {
            (403, "AccessDenied", "Anonymous users cannot initiate multipart uploads. Please authenticate.")
        }
        AnonymousCall::CopyObject => {
            (403, "AccessDenied", "Anonymous users cannot copy objects. Please authenticate.")
        }
        AnonymousCall::ResponseHeaders => (
            400,
            "InvalidRequest",
            "Request specific response headers cannot be used for anonymous GET requests.",
        ),
        AnonymousCall::ListBuckets => {
            return Refusal::new(Rule::Anonymous, 307, "", "")
                .field("Location", "https://aws.amazon.com/s3/");
        }
    };
    Refusal::new(Rule::Anonymous, status, code, message)
}

pub(super) fn unreadable(fault: &Unreadable) -> Refusal {
    match fault {
        Unreadable::Control | Unreadable::Form => {
            let message = "An error occurred when parsing the HTTP request.";
            Refusal::new(Rule::Unreadable, 400, "BadRequest", message)
        }
        Unreadable::TooLarge { what, limit } => {
            let message = "Your request header section exceeds the maximum allowed size.";
            Refusal::new(Rule::TooLarge, 400, "RequestHeaderSectionTooLarge", message)
                .field("MaxSizeAllowed", limit.to_string())
                .field("Section", *what)
        }
    }
}

fn argument(rule: Rule, message: &'static str, name: &str, value: &str) -> Refusal {
    Refusal::new(rule, 400, "InvalidArgument", message)
        .field("ArgumentName", name)
        .field("ArgumentValue", value)
}

/// `47 45 54`.
fn hex_bytes(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}
