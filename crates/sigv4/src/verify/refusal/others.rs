//! The texts of all services but S3: one set, four encodings (facts/sigv4.md section 2.2).
//!
//! JSON 1.x answers with status 400 whatever the fault, REST-JSON with 403. EC2 says of keys, tokens and signatures only that it
//! could not validate them.

use types::Timestamp;

use super::{Mismatch, Refusal, Rule, Teller};
use crate::Family;
use crate::verify::fields::Unreadable;

pub(in crate::verify) fn malformed_query(teller: Teller<'_>, message: String) -> Refusal {
    coded(teller, Rule::MalformedQuery, "MalformedQueryString", message)
}

/// Nothing says who calls. Kinesis and API Gateway have a text of their own.
pub(in crate::verify) fn no_authentication(teller: Teller<'_>, rule: Rule) -> Refusal {
    let message = match teller.service {
        "execute-api" | "kinesis" => "Missing Authentication Token",
        _ => "Request is missing Authentication Token",
    };
    let code = match teller.family {
        Family::Json | Family::RestJson => "MissingAuthenticationTokenException",
        _ => "MissingAuthenticationToken",
    };
    Refusal::new(rule, status(teller.family, 403), code, message)
}

pub(in crate::verify) fn two_mechanisms(teller: Teller<'_>) -> Refusal {
    let message = match teller.family {
        Family::Json | Family::RestJson => {
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
        }
        _ => "",
    };
    scope(teller, Rule::TwoMechanisms, message.to_owned())
}

pub(in crate::verify) fn algorithm(teller: Teller<'_>, rule: Rule, sent: &str) -> Refusal {
    incomplete(teller, rule, format!("Unsupported AWS 'algorithm': '{sent}'."))
}

pub(in crate::verify) fn no_pair(teller: Teller<'_>, part: &str, header: &str) -> Refusal {
    let message = format!(
        "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'."
    );
    incomplete(teller, Rule::Components, message)
}

/// A fault in how the signature is borne.
pub(in crate::verify) fn incomplete(teller: Teller<'_>, rule: Rule, message: String) -> Refusal {
    let code = match teller.family {
        Family::Json | Family::RestJson => "IncompleteSignatureException",
        _ => "IncompleteSignature",
    };
    Refusal::new(rule, status(teller.family, 400), code, message)
}

pub(in crate::verify) fn not_signed(teller: Teller<'_>, name: &str) -> Refusal {
    let name = if name == "host" { "'Host' or ':authority'".to_owned() } else { format!("'{name}'") };
    let message = format!("{name} must be a 'SignedHeader' in the AWS Authorization.");
    scope(teller, Rule::HeadersNotSigned, message)
}

pub(in crate::verify) fn date(teller: Teller<'_>, sent: &str) -> Refusal {
    let message = format!(
        "Date must be in ISO-8601 'basic format'. Got '{sent}'. See http://en.wikipedia.org/wiki/ISO_8601"
    );
    incomplete(teller, Rule::Date, message)
}

/// `span` is how long a signature is good for: the window, or what a URL says.
pub(in crate::verify) fn expired(
    teller: Teller<'_>,
    sent: &str,
    now: Timestamp,
    span: std::time::Duration,
) -> Refusal {
    let message = format!(
        "Signature expired: {sent} is now earlier than {} ({} - {}.)",
        basic(now - span),
        basic(now),
        minutes(span)
    );
    out_of_time(teller, Rule::Expired, message)
}

pub(in crate::verify) fn not_yet(
    teller: Teller<'_>,
    sent: &str,
    now: Timestamp,
    span: std::time::Duration,
) -> Refusal {
    let message = format!(
        "Signature not yet current: {sent} is still later than {} ({} + {}.)",
        basic(now + span),
        basic(now),
        minutes(span)
    );
    out_of_time(teller, Rule::NotYetValid, message)
}

pub(in crate::verify) fn credential_shape(teller: Teller<'_>, ecdsa: bool, sent: &str) -> Refusal {
    let (count, form) =
        if ecdsa { (4, "keyid/date/service/term") } else { (5, "keyid/date/region/service/term") };
    let message =
        format!("Credential must have exactly {count} slash-delimited elements, e.g. {form}, got '{sent}'");
    incomplete(teller, Rule::CredentialShape, message)
}

/// A signature that is complete, and not good.
pub(in crate::verify) fn scope(teller: Teller<'_>, rule: Rule, message: String) -> Refusal {
    match teller.family {
        Family::Ec2 => not_validated(rule),
        Family::Json | Family::RestJson => {
            Refusal::new(rule, status(teller.family, 403), "InvalidSignatureException", message)
        }
        Family::Query | Family::S3 => Refusal::new(rule, 403, "SignatureDoesNotMatch", message),
    }
}

pub(super) fn access_key(teller: Teller<'_>) -> Refusal {
    let message = "The security token included in the request is invalid.";
    unknown(teller, Rule::AccessKey, message)
}

/// As for a key, but without the full stop.
pub(super) fn token(teller: Teller<'_>) -> Refusal {
    unknown(teller, Rule::Token, "The security token included in the request is invalid")
}

pub(super) fn token_expired(teller: Teller<'_>) -> Refusal {
    let code = match teller.family {
        Family::Ec2 => return not_validated(Rule::TokenExpired),
        Family::Json | Family::RestJson => "ExpiredTokenException",
        _ => "ExpiredToken",
    };
    let message = "The security token included in the request is expired";
    Refusal::new(Rule::TokenExpired, status(teller.family, 403), code, message)
}

pub(super) fn mismatch(teller: Teller<'_>, found: &Mismatch<'_>) -> Refusal {
    let mut message = MISMATCH.to_owned();
    if tells_texts(teller) {
        message.push_str("\n\nThe Canonical String for this request should have been\n'");
        message.push_str(&found.canonical_request);
        message.push_str("'\n\nThe String-to-Sign should have been\n'");
        message.push_str(&found.string_to_sign);
        message.push_str("'\n");
    }
    scope(teller, found.rule, message)
}

/// The hash of the body stands in what is signed, so a body that was changed shows as a signature that does not match.
pub(super) fn payload(teller: Teller<'_>) -> Refusal {
    scope(teller, Rule::Payload, MISMATCH.to_owned())
}

pub(super) fn unreadable(teller: Teller<'_>, fault: &Unreadable) -> Refusal {
    match fault {
        Unreadable::Control | Unreadable::Form => {
            let message = "The method, the target or a header is not as HTTP wants it.";
            coded(teller, Rule::Unreadable, "BadRequest", message.to_owned())
        }
        Unreadable::TooLarge { what, limit } => {
            let message = format!("The {what} of the request exceeds the maximum allowed size of {limit}.");
            Refusal::new(Rule::TooLarge, 413, "RequestEntityTooLarge", message)
        }
    }
}

/// A fault that has the same code in every form.
pub(super) fn coded(teller: Teller<'_>, rule: Rule, code: &'static str, message: String) -> Refusal {
    Refusal::new(rule, status(teller.family, 400), code, message)
}

fn unknown(teller: Teller<'_>, rule: Rule, message: &'static str) -> Refusal {
    match teller.family {
        Family::Ec2 => not_validated(rule),
        Family::Json | Family::RestJson => {
            Refusal::new(rule, status(teller.family, 403), "UnrecognizedClientException", message)
        }
        Family::Query | Family::S3 => Refusal::new(rule, 403, "InvalidClientTokenId", message),
    }
}

fn out_of_time(teller: Teller<'_>, rule: Rule, message: String) -> Refusal {
    if teller.family == Family::Ec2 || teller.service == "monitoring" {
        return Refusal::new(rule, 400, "RequestExpired", "Request has expired.");
    }
    scope(teller, rule, message)
}

fn not_validated(rule: Rule) -> Refusal {
    let message = "AWS was not able to validate the provided access credentials";
    Refusal::new(rule, 401, "AuthFailure", message)
}

fn status(family: Family, other: u16) -> u16 {
    match family {
        Family::Json => 400,
        Family::RestJson => 403,
        _ => other,
    }
}

/// Whether a service says what should have been signed. Those of IAM's kind do not; of the others' many do.
fn tells_texts(teller: Teller<'_>) -> bool {
    match teller.family {
        Family::Json | Family::RestJson => true,
        Family::Query => matches!(teller.service, "sqs" | "sns" | "ses"),
        Family::S3 | Family::Ec2 => false,
    }
}

fn basic(time: Timestamp) -> crate::AmzDate {
    crate::AmzDate::from(time)
}

/// `15 min`; what is no whole minute is told in seconds.
fn minutes(span: std::time::Duration) -> String {
    match span.as_secs() {
        secs if secs % 60 == 0 => format!("{} min", secs / 60),
        secs => format!("{secs} s"),
    }
}

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
                        Secret Access Key and signing method. Consult the service documentation for details.";
