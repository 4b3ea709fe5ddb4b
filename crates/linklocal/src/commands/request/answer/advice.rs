//! What to do about an error of AWS: what its code and the keys at hand say, else what a request of this kind says.
//!
//! Rule: only what is proven; a code that says nothing gets no advice.

use credentials::advice::{Circumstances, translate};
use wire::AwsError;

/// One sentence, or nothing.
pub(super) fn advice(error: &AwsError, status: u16, about: &Circumstances<'_>) -> Option<String> {
    let found = translate(error, about);
    // Where nothing is known of a code, its family may say something.
    if !matches!(found.code, "other" | "no-words") {
        return Some(found.text());
    }
    Some(match error.code.as_str() {
        "OptInRequired" | "SubscriptionRequiredException" => {
            "the account has not signed up for this service, or its region is not enabled".to_owned()
        }
        "MissingAuthenticationToken" | "MissingAuthenticationTokenException" => {
            "the request bore no signature, or path and method are none of this API's: check both, and leave --unsigned out"
                .to_owned()
        }
        "InvalidAction" | "UnknownOperationException" | "UnknownOperation" | "NoSuchVersion" => {
            "the service has no such action in this version of its API: check the spelling, capitals too".to_owned()
        }
        code if PARAMETERS.contains(&code) => {
            "a parameter is missing or wrong, the message says which; -p NAME:=VALUE sends numbers, lists and objects"
                .to_owned()
        }
        "NoSuchBucket" => "no bucket has this name in this partition: check the spelling".to_owned(),
        "NoSuchKey" => {
            "the bucket has no object of this name: names tell capitals apart, and begin without a slash".to_owned()
        }
        "PermanentRedirect"
        | "AuthorizationHeaderMalformed"
        | "IllegalLocationConstraintException"
        | "TemporaryRedirect" => match &error.region {
            Some(region) => format!("this belongs to region {region}: --region {region}"),
            None => "this belongs to another region: name it with --region".to_owned(),
        },
        _ if status >= 500 => "the service failed, and may do better later".to_owned(),
        _ => return None,
    })
}

/// Whether the code is about the signature, so that looking into it pays.
pub(super) fn is_about_signature(code: &str) -> bool {
    SIGNATURE.contains(&code)
}

const PARAMETERS: [&str; 6] = [
    "ValidationError",
    "ValidationException",
    "MissingParameter",
    "InvalidParameterValue",
    "InvalidParameterCombination",
    "SerializationException",
];

const SIGNATURE: [&str; 9] = [
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "InvalidSignature",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "AuthorizationHeaderMalformed",
    "XAmzContentSHA256Mismatch",
    "RequestTimeTooSkewed",
    "SignatureVersionNotSupported",
];
