//! What to do about an error of AWS, by its code.
//!
//! Rule: only what the code itself proves; a code that says nothing gets no advice.

use wire::AwsError;

/// One sentence, or nothing.
pub(super) fn advice(error: &AwsError, status: u16) -> Option<String> {
    let region = error.region.as_deref();
    Some(match error.code.as_str() {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "AuthorizationError" => {
            "the identity is known and may not do this: `linklocal whoami --probe` says whose it is; a policy has to allow the action"
        }
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" | "RequestExpired" => {
            "the session has ended: log in again, or get new temporary credentials where these are from (`linklocal credentials explain`)"
        }
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" | "AuthFailure" => {
            "AWS knows no such access key: it was deleted or belongs to another partition, or a session token is missing or of another key (`linklocal credentials explain`)"
        }
        "OptInRequired" | "SubscriptionRequiredException" => {
            "the account has not signed up for this service, or its region is not enabled"
        }
        "MissingAuthenticationToken" | "MissingAuthenticationTokenException" => {
            "the request bore no signature, or path and method are none of this API's: check both, and leave --unsigned out"
        }
        "InvalidAction" | "UnknownOperationException" | "UnknownOperation" | "NoSuchVersion" => {
            "the service has no such action in this version of its API: check the spelling, which tells capitals apart"
        }
        "ValidationError" | "ValidationException" | "MissingParameter" | "InvalidParameterValue" | "InvalidParameterCombination"
        | "SerializationException" => "a parameter is missing or wrong: the message says which; -p NAME:=VALUE sends numbers, lists and objects",
        "NoSuchBucket" => "no bucket has this name in this partition: check the spelling",
        "NoSuchKey" => "the bucket has no object of this name: names tell capitals apart, and begin without a slash",
        "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" | "TemporaryRedirect" => {
            return Some(match region {
                Some(region) => format!("this belongs to region {region}: --region {region}"),
                None => "this belongs to another region: name it with --region".to_owned(),
            });
        }
        "RequestTimeTooSkewed" | "RequestInTheFuture" => {
            "this machine's clock is off: set it, with NTP for good"
        }
        "BucketAlreadyExists" | "BucketAlreadyOwnedByYou" => "names of buckets are taken once for all accounts: choose another",
        "MethodNotAllowed" => "the resource does not take this method",
        "SlowDown" | "Throttling" | "ThrottlingException" | "TooManyRequestsException" | "RequestLimitExceeded"
        | "ProvisionedThroughputExceededException" => {
            "the service wants to be asked less often: wait, ask for fewer, or try --retry-mode adaptive and --max-attempts"
        }
        _ if status >= 500 => "the service failed: it may do better later; its status page is https://health.aws.amazon.com/",
        _ => return None,
    }
    .to_owned())
}

/// Whether the code is about the signature, so that looking into it pays.
pub(super) fn is_about_signature(code: &str) -> bool {
    matches!(
        code,
        "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "InvalidSignature"
            | "IncompleteSignature"
            | "IncompleteSignatureException"
            | "AuthorizationHeaderMalformed"
            | "XAmzContentSHA256Mismatch"
            | "RequestTimeTooSkewed"
            | "SignatureVersionNotSupported"
    )
}
