//! What S3 says to a form it refuses, exact in code, message and fields.
//!
//! Rule: one variant for each answer. The messages are S3's (suites' `errors/s3-post-errors.json`, and answers of S3 that issues
//! quote), so `Display` repeats them. What a client may want kept to itself stands in the fields of the answer alone.

use std::fmt;

use types::Secret;

use crate::chunks::spaced_hex;
use crate::verify::{Refusal, Rule};

/// A form is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostError {
    /// Fields before the file, names and values together, are longer than 20,480 bytes. Limits of our own: 256 fields,
    /// 1,024 bytes of the file's name.
    PreDataTooLong,
    /// A value is no UTF-8.
    Unicode,
    NoFile,
    /// A field that must be there is not, or is empty; or it came after the file.
    MissingField(&'static str),
    /// Another algorithm, or a form in the style of SigV2.
    Algorithm,
    DateFormat(String),
    CredentialShape(String),
    EmptyAccessKeyId(String),
    ScopeDateFormat {
        credential: String,
        date: String,
    },
    EmptyRegion(String),
    Region {
        credential: String,
        sent: String,
        expected: String,
    },
    Service {
        credential: String,
        sent: String,
        expected: String,
    },
    Terminator {
        credential: String,
        sent: String,
    },
    /// The day of the credential is not that of the date.
    ScopeDate(String),
    UnknownKey(String),
    /// The session token is none, or not this key's. S3 repeats it.
    InvalidToken(Secret<String>),
    ExpiredToken(Secret<String>),
    /// Keys cannot be looked up now.
    Unavailable,
    Mismatch {
        access_key_id: String,
        policy: Secret<String>,
        signature: Secret<String>,
    },
    EmptyPolicy,
    Base64,
    Json,
    UnexpectedMember(String),
    NoExpiration,
    Expiration(String),
    NoConditions,
    ConditionsType,
    ConditionType,
    NoOperation,
    UnknownOperation(String),
    Arguments(String),
    SimpleCondition,
    SimpleValue,
    Expired,
    /// No condition names the field, or it is there twice.
    ExtraField(String),
    /// The condition, printed as S3 does.
    ConditionFailed(String),
    TooLarge {
        proposed: u64,
        most: u64,
    },
    TooSmall {
        proposed: u64,
        least: u64,
    },
}

impl PostError {
    /// The HTTP status of S3's answer.
    pub fn status(&self) -> u16 {
        self.kind().0
    }

    /// The code of S3's answer.
    pub fn code(&self) -> &'static str {
        self.kind().1
    }

    /// The message of S3's answer.
    pub fn message(&self) -> String {
        match self.policy_fault() {
            Some(fault) => format!("Invalid Policy: {fault}"),
            None => self.other_message(),
        }
    }

    /// The elements that follow the message in S3's answer, in their order.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let argument = |name: &str, value: &str| {
            vec![("ArgumentName", name.to_owned()), ("ArgumentValue", value.to_owned())]
        };
        let credential = |value: &str| argument(super::CREDENTIAL_FIELD, value);
        match self {
            Self::PreDataTooLong => {
                vec![("MaxPostPreDataLengthBytes", super::form::MAX_PRE_DATA.to_string())]
            }
            Self::Unicode => vec![("ArgumentName", "formField".to_owned())],
            Self::NoFile => argument("file", "0"),
            Self::MissingField(name) => argument(name, ""),
            Self::DateFormat(value) => argument(super::DATE_FIELD, value),
            Self::CredentialShape(value)
            | Self::EmptyAccessKeyId(value)
            | Self::ScopeDateFormat { credential: value, .. }
            | Self::EmptyRegion(value)
            | Self::Service { credential: value, .. }
            | Self::Terminator { credential: value, .. }
            | Self::ScopeDate(value) => credential(value),
            Self::Region { credential: value, expected, .. } => {
                let mut fields = credential(value);
                fields.push(("Region", expected.clone()));
                fields
            }
            Self::UnknownKey(id) => vec![("AWSAccessKeyId", id.clone())],
            Self::InvalidToken(token) | Self::ExpiredToken(token) => {
                vec![("Token-0", token.expose().clone())]
            }
            Self::Mismatch { access_key_id, policy, signature } => vec![
                ("AWSAccessKeyId", access_key_id.clone()),
                ("StringToSign", policy.expose().clone()),
                ("SignatureProvided", signature.expose().clone()),
                ("StringToSignBytes", spaced_hex(policy.expose().as_bytes())),
            ],
            Self::TooLarge { proposed, most } => {
                vec![("ProposedSize", proposed.to_string()), ("MaxSizeAllowed", most.to_string())]
            }
            Self::TooSmall { proposed, least } => {
                vec![("ProposedSize", proposed.to_string()), ("MinSizeAllowed", least.to_string())]
            }
            _ => Vec::new(),
        }
    }

    fn kind(&self) -> (u16, &'static str) {
        match self {
            Self::PreDataTooLong => (400, "MaxPostPreDataLengthExceeded"),
            Self::Algorithm => (400, "InvalidRequest"),
            Self::UnknownKey(_) => (403, "InvalidAccessKeyId"),
            Self::InvalidToken(_) => (400, "InvalidToken"),
            Self::ExpiredToken(_) => (400, "ExpiredToken"),
            Self::Unavailable => (503, "ServiceUnavailable"),
            Self::Mismatch { .. } => (403, "SignatureDoesNotMatch"),
            Self::Expired | Self::ExtraField(_) | Self::ConditionFailed(_) => (403, "AccessDenied"),
            Self::TooLarge { .. } => (400, "EntityTooLarge"),
            Self::TooSmall { .. } => (400, "EntityTooSmall"),
            _ if self.policy_fault().is_some() => (400, "InvalidPolicyDocument"),
            _ => (400, "InvalidArgument"),
        }
    }

    /// The rule that requests of other kinds have as well, or that of bodies.
    fn rule(&self) -> Rule {
        match self {
            Self::PreDataTooLong => Rule::TooLarge,
            Self::Algorithm => Rule::Algorithm,
            Self::DateFormat(_) => Rule::Date,
            Self::CredentialShape(_) => Rule::CredentialShape,
            Self::EmptyAccessKeyId(_) => Rule::EmptyAccessKeyId,
            Self::ScopeDateFormat { .. } => Rule::ScopeDateFormat,
            Self::EmptyRegion(_) => Rule::EmptyRegion,
            Self::Region { .. } => Rule::Region,
            Self::Service { .. } => Rule::Service,
            Self::Terminator { .. } => Rule::Terminator,
            Self::ScopeDate(_) => Rule::ScopeDate,
            Self::UnknownKey(_) => Rule::AccessKey,
            Self::InvalidToken(_) => Rule::Token,
            Self::ExpiredToken(_) => Rule::TokenExpired,
            Self::Unavailable => Rule::KeysUnavailable,
            Self::Mismatch { .. } => Rule::Signature,
            Self::Expired => Rule::Expired,
            _ => Rule::Body,
        }
    }

    /// What is wrong with the policy as a document.
    fn policy_fault(&self) -> Option<String> {
        Some(match self {
            Self::EmptyPolicy => "Expecting '{' but found End-of-Input".to_owned(),
            Self::Base64 => "invalid Base64 encoding.".to_owned(),
            Self::Json => "Invalid JSON.".to_owned(),
            Self::UnexpectedMember(name) => format!("Unexpected: \"{name}\""),
            Self::NoExpiration => "Policy missing expiration.".to_owned(),
            Self::Expiration(value) => format!("Invalid 'expiration' value: '{value}'"),
            Self::NoConditions => "Policy missing conditions.".to_owned(),
            Self::ConditionsType => "Invalid 'conditions' value: must be a List.".to_owned(),
            Self::ConditionType => "Invalid condition test: must be a List or Object.".to_owned(),
            Self::NoOperation => "Invalid Condition: missing operation identifier.".to_owned(),
            Self::UnknownOperation(name) => format!("Invalid Condition: unknown operation '{name}'."),
            Self::Arguments(name) => format!("Invalid {name}: wrong number of arguments."),
            Self::SimpleCondition => {
                "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."
                    .to_owned()
            }
            Self::SimpleValue => "Invalid Simple-Condition: value must be a string.".to_owned(),
            _ => return None,
        })
    }

    fn other_message(&self) -> String {
        let text = match self {
            Self::MissingField(name) => {
                return format!(
                    "Bucket POST must contain a field named '{name}'.  If it is specified, please check the \
                     order of the fields."
                );
            }
            Self::ScopeDateFormat { date, .. } => {
                return format!(
                    "incorrect date format \"{date}\". This date in the credential must be in the format \"yyyyMMdd\"."
                );
            }
            Self::Region { sent, expected, .. } => {
                return format!("the region '{sent}' is wrong; expecting '{expected}'");
            }
            Self::Service { sent, expected, .. } => {
                return format!("incorrect service \"{sent}\". This endpoint belongs to \"{expected}\".");
            }
            Self::Terminator { sent, .. } => {
                return format!("incorrect terminal \"{sent}\". This endpoint uses \"aws4_request\".");
            }
            Self::ExtraField(name) => {
                return format!("Invalid according to Policy: Extra input fields: {name}");
            }
            Self::ConditionFailed(condition) => {
                return format!("Invalid according to Policy: Policy Condition failed: {condition}");
            }
            other => other.fixed_message(),
        };
        text.to_owned()
    }

    fn fixed_message(&self) -> &'static str {
        match self {
            // So spelt by S3.
            Self::PreDataTooLong => "Your POST request fields preceeding the upload file was too large.",
            Self::Unicode => "Malformed Unicode code sequence in the field.",
            Self::NoFile => "POST requires exactly one file upload per request.",
            Self::Algorithm => {
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
            }
            // So spelt by S3.
            Self::DateFormat(_) => "X-Amz-Date must be formated via ISO8601 Long format",
            Self::CredentialShape(_) => {
                "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
            }
            Self::EmptyAccessKeyId(_) => "a non-empty Access Key (AKID) must be provided in the credential.",
            Self::EmptyRegion(_) => "a non-empty region must be provided in the credential.",
            Self::ScopeDate(_) => "Invalid credential date. Date is not the same as X-Amz-Date.",
            Self::UnknownKey(_) => "The AWS Access Key Id you provided does not exist in our records.",
            Self::InvalidToken(_) => "The provided token is malformed or otherwise invalid.",
            Self::ExpiredToken(_) => "The provided token has expired.",
            Self::Unavailable => "Please reduce your request rate.",
            Self::Mismatch { .. } => {
                "The request signature we calculated does not match the signature you provided. Check your key \
                 and signing method."
            }
            Self::Expired => "Invalid according to Policy: Policy expired.",
            Self::TooLarge { .. } => "Your proposed upload exceeds the maximum allowed size",
            Self::TooSmall { .. } => "Your proposed upload is smaller than the minimum allowed size",
            _ => "",
        }
    }
}

/// In S3's words.
impl From<PostError> for Refusal {
    fn from(error: PostError) -> Self {
        let refusal = Self::new(error.rule(), error.status(), error.code(), error.message());
        error.fields().into_iter().fold(refusal, |refusal, (name, value)| refusal.field(name, value))
    }
}

impl fmt::Display for PostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.message())
    }
}

impl std::error::Error for PostError {}
