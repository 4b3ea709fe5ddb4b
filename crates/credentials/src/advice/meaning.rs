//! Errors whose meaning hangs on their words and on little else.

use wire::AwsError;

use super::{Advice, Circumstances, Origin, says};

/// One meaning of one code.
struct Meaning {
    code: &'static str,
    /// In small letters; the error's text holds it.
    says: &'static str,
    advice: &'static str,
    remedy: &'static str,
}

pub(super) fn advice(error: &AwsError, about: &Circumstances<'_>) -> Option<Advice> {
    if says(error, "unable to validate mfa code") && is_denial(&error.code) {
        return Some(wrong_serial(about));
    }
    let row = MEANINGS.iter().find(|row| row.code == error.code && says(error, row.says))?;
    Some(match row.advice {
        "wrong-mfa-code" => wrong_code(row, about),
        "session-credentials" => session_credentials(row, about),
        code => Advice::new(code, row.remedy),
    })
}

/// What can be said of a code that nobody here knows.
pub(super) fn by_kind(error: &AwsError, about: &Circumstances<'_>) -> Advice {
    let throttled = ["Throttling", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "RequestThrottled"];
    if throttled.iter().any(|word| error.code.contains(word)) {
        return Advice::new("throttled", "try again in a moment, more slowly");
    }
    let later = [
        "ServiceUnavailable",
        "InternalFailure",
        "InternalError",
        "InternalServerError",
        "IDPCommunicationError",
    ];
    if later.iter().any(|word| error.code.contains(word)) || error.code.starts_with("HTTP 5") {
        return Advice::new("unavailable", "try again in a moment");
    }
    let service = match about.service {
        "" => "the service".to_owned(),
        name => name.to_ascii_uppercase(),
    };
    if error.message.is_empty() {
        return Advice::new("no-words", format!("check that the endpoint is one of {service}"));
    }
    Advice::new("other", format!("see the error's entry in the API reference of {service}"))
}

pub(super) fn is_denial(code: &str) -> bool {
    matches!(code, "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation")
}

fn wrong_code(row: &Meaning, about: &Circumstances<'_>) -> Advice {
    let mut advice = Advice::new(row.advice, row.remedy);
    // Codes of the minute before and after are taken.
    if let Some(millis) = about.clock_millis.filter(|millis| millis.unsigned_abs() > 30_000) {
        let seconds = millis.unsigned_abs() / 1000;
        advice.remedies.push(format!(
            "where this machine computes the code: its clock is {seconds} s off AWS's, and codes follow the clock; set it"
        ));
    }
    advice
}

fn wrong_serial(about: &Circumstances<'_>) -> Advice {
    let Some(serial) = about.mfa_serial else {
        return Advice::new(
            "wrong-mfa-serial",
            "check that mfa_serial is the ARN of this user's own device; `linklocal mfa login` finds it",
        );
    };
    if serial.contains(":u2f/") || serial.contains(":fido") || serial.contains(":passkey") {
        return Advice::new("security-key", SECURITY_KEY);
    }
    let account = |text: &str| text.parse::<types::Arn>().ok()?.account();
    let own = about.keys.and_then(|keys| keys.access_key_id.parse::<types::AccessKeyId>().ok()?.account());
    match (account(serial), own) {
        (Some(device), Some(own)) if device != own => Advice::new(
            "wrong-mfa-serial",
            format!(
                "the device is one of account {device}, and the key is one of account {own}: name a device of the user"
            ),
        ),
        _ => Advice::new(
            "wrong-mfa-serial",
            format!(
                "check that {serial} is the ARN of this user's own device, spelled as in the IAM console"
            ),
        ),
    }
}

fn session_credentials(row: &Meaning, about: &Circumstances<'_>) -> Advice {
    let whose = match about.origin() {
        Origin::RoleSession => "a role's session may not ask for this",
        Origin::UserSession { .. } => "a session of GetSessionToken may not ask for another",
        Origin::User | Origin::Unknown => return Advice::new(row.advice, row.remedy),
    };
    Advice::new(
        row.advice,
        format!("{whose}: take a profile of the user's long-term keys, without a session token"),
    )
}

const fn meaning(
    code: &'static str,
    says: &'static str,
    advice: &'static str,
    remedy: &'static str,
) -> Meaning {
    Meaning { code, says, advice, remedy }
}

/// AWS said on 2026-06-10 that FIDO will not come to GetSessionToken (facts/credentials.md section 3.3).
pub(super) const SECURITY_KEY: &str = "a security key or passkey gives no code that STS takes: use `aws login` or IAM Identity \
                                       Center, or add a virtual device to the user (`linklocal mfa enable`)";

/// First match counts. Sources: facts/credentials.md sections 3.2 and 3.3; the API reference's common errors.
const MEANINGS: &[Meaning] = &[
    meaning(
        "AccessDenied",
        "invalid mfa one time pass code",
        "wrong-mfa-code",
        "a code works once, in its half minute: wait for the next one and type that",
    ),
    meaning(
        "AccessDenied",
        "with session credentials",
        "session-credentials",
        "this needs long-term keys: take a profile without a session token",
    ),
    meaning(
        "ValidationError",
        "tokencode",
        "security-key",
        "the code has six digits; security keys give none that works here",
    ),
    meaning(
        "ValidationError",
        "role chaining",
        "chaining-cap",
        "a role that is assumed with a role's credentials lasts an hour at most: set duration_seconds to 3600 or remove it",
    ),
    meaning(
        "ValidationError",
        "durationseconds",
        "duration",
        "the role's own maximum is lower: lower duration_seconds, or raise the role's maximum session duration",
    ),
    meaning(
        "ValidationError",
        "serialnumber",
        "wrong-mfa-serial",
        "write mfa_serial as the device's ARN: arn:aws:iam::ACCOUNT:mfa/NAME",
    ),
    meaning(
        "ValidationError",
        "rolesessionname",
        "session-name",
        "role_session_name has 2 to 64 letters, digits and _+=,.@-",
    ),
    meaning("ValidationError", "rolearn", "role-arn", "write role_arn as arn:aws:iam::ACCOUNT:role/NAME"),
    meaning(
        "ValidationError",
        "",
        "parameter",
        "check the profile's keys for the role: the message names the one",
    ),
    meaning(
        "SignatureDoesNotMatch",
        "",
        "signature",
        "the secret key belongs to another key id, or was copied incompletely",
    ),
    meaning(
        "InvalidSignatureException",
        "",
        "signature",
        "the secret key belongs to another key id, or was copied incompletely",
    ),
    meaning("IncompleteSignature", "", "signature", "check that key id and secret were not exchanged"),
    meaning(
        "InvalidIdentityToken",
        "",
        "identity-token",
        "the token is none of this role's identity provider, or the file holds more than the token",
    ),
    meaning(
        "IDPRejectedClaim",
        "",
        "identity-token",
        "the identity provider does not stand by the token: get a new one",
    ),
    meaning(
        "RegionDisabledException",
        "",
        "region-disabled",
        "switch STS on for this region in the account, or take another region",
    ),
    meaning("OptInRequired", "", "opt-in", "the account is not signed up for this; see the account's page"),
    meaning(
        "PackedPolicyTooLarge",
        "",
        "packed-policy",
        "the session's policies and tags are too large once AWS has packed them: send fewer or shorter ones",
    ),
    meaning(
        "MalformedPolicyDocument",
        "",
        "policy",
        "the session policy is no policy that IAM takes: check it in the IAM console's policy editor",
    ),
    meaning(
        "SessionDurationEscalationException",
        "",
        "duration",
        "a session may not make another that lasts longer than itself: lower duration_seconds",
    ),
];
