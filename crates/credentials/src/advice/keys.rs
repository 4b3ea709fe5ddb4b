//! Keys that a service does not know: one code for many causes, ranked by what the keys themselves tell.

use types::KeyKind;
use wire::AwsError;

use super::{Advice, Circumstances, KeysInHand, Origin, says};

pub(super) fn advice(error: &AwsError, about: &Circumstances<'_>) -> Option<Advice> {
    if CODES.contains(&error.code.as_str()) || is_of_token(error) {
        return Some(unknown(about));
    }
    expired(error, about)
}

fn is_of_token(error: &AwsError) -> bool {
    let codes =
        ["AccessDenied", "AccessDeniedException", "InvalidSignatureException", "UnauthorizedOperation"];
    codes.contains(&error.code.as_str()) && says(error, "security token included in the request is invalid")
}

/// Every cause that what is known does not rule out.
fn unknown(about: &Circumstances<'_>) -> Advice {
    let mut causes: Vec<(&'static str, String)> = Vec::new();
    if let Some(keys) = &about.keys {
        causes.extend(of_keys(keys, about));
    }
    if let Some(region) = about.region.filter(|region| is_opt_in(region)) {
        causes.push((
            "region-disabled",
            format!(
                "region {region} is off until an account switches it on: switch it on, or take another; sessions of the \
                 global STS endpoint do not work there"
            ),
        ));
    }
    let token = about.keys.is_some_and(|keys| keys.has_token);
    causes.push(match token {
        true => ("unknown-key", "the session was revoked, or its token was cut: get a new one".to_owned()),
        false => (
            "unknown-key",
            "the key id is unknown, deleted or inactive: look at it in the account's IAM console".to_owned(),
        ),
    });
    if about.keys.is_none() {
        causes.push((
            "token-missing",
            "the session token of a temporary key is missing, or belongs to another key".to_owned(),
        ));
        causes.push(("session-without-mfa", SESSION_WITHOUT_MFA.to_owned()));
    }
    let code = causes[0].0;
    Advice { code, remedies: causes.into_iter().map(|(_, remedy)| remedy).collect() }
}

fn of_keys(keys: &KeysInHand<'_>, about: &Circumstances<'_>) -> Option<(&'static str, String)> {
    let kind = keys.kind();
    if keys.expiration.zip(about.now).is_some_and(|(end, now)| end <= now) {
        return Some(("expired", "the session has ended: get a new one".to_owned()));
    }
    match (kind, keys.has_token, keys.origin) {
        (Some(KeyKind::Temporary), false, _) => Some((
            "token-missing",
            "the key is temporary (ASIA…) and was sent without its session token: set AWS_SESSION_TOKEN, or \
             aws_session_token beside the key"
                .to_owned(),
        )),
        (Some(KeyKind::LongTerm), true, _) => Some((
            "token-stale",
            "the key is a long-term one (AKIA…) and was sent with a session token of another key: unset \
             AWS_SESSION_TOKEN, or remove aws_session_token beside the key"
                .to_owned(),
        )),
        (_, true, Origin::UserSession { mfa: true }) => (about.service == "sts").then(|| {
            (
                "session-credentials",
                "of STS, a session of GetSessionToken may call AssumeRole and GetCallerIdentity alone: use the user's \
                 long-term keys"
                    .to_owned(),
            )
        }),
        (_, true, Origin::RoleSession) => None,
        (_, true, _) if matches!(about.service, "iam" | "sts") => {
            Some(("session-without-mfa", SESSION_WITHOUT_MFA.to_owned()))
        }
        _ => None,
    }
}

fn expired(error: &AwsError, about: &Circumstances<'_>) -> Option<Advice> {
    let codes = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"];
    if !codes.contains(&error.code.as_str()) {
        return None;
    }
    // Nobody signs with a web identity's token.
    let remedy = match (about.operation, error.code.as_str()) {
        (Some("AssumeRoleWithWebIdentity" | "AssumeRoleWithSAML"), _) => {
            "the token has ended: whoever writes the token file must renew it"
        }
        (_, "ExpiredTokenException") if about.keys.is_none() => {
            "the token has ended: whoever writes the token file must renew it"
        }
        _ => "the session has ended: get a new one, or log in again",
    };
    Some(Advice::new("expired", remedy))
}

/// Regions that came after 2019-03-20 are off by default. Prefix by prefix: new ones of these are, too.
fn is_opt_in(region: &str) -> bool {
    let opt_in = [
        "af-",
        "il-",
        "me-",
        "mx-",
        "ap-east-",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ap-south-2",
        "ca-west-",
        "eu-central-2",
        "eu-south-",
    ];
    opt_in.iter().any(|prefix| region.starts_with(prefix))
}

const CODES: &[&str] = &[
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "InvalidToken",
    "AuthFailure",
];
/// Facts/credentials.md section 3.3: it is no fault of the keys.
const SESSION_WITHOUT_MFA: &str = "a session of GetSessionToken without MFA may not call IAM, nor of STS anything but \
                                   AssumeRole and GetCallerIdentity: get one with `linklocal mfa login`, or use the user's \
                                   long-term keys";
