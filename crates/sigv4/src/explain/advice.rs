//! Refusals that say themselves what is wrong, and what follows from them.
//!
//! Source: facts/sigv4.md sections 2.1 and 2.2; the message is looked at where one code stands for several faults.

use types::Timestamp;

use super::grounds::Grounds;
use super::sent::Mechanism;
use super::{Cause, Finding, Ours, Theirs, clock, redact};

/// What the other side says, or what the request shows without any recomputation.
pub(super) fn stated(ours: &Ours<'_>, theirs: &Theirs, grounds: &Grounds<'_>) -> Option<Finding> {
    by_code(theirs, grounds)
        .or_else(|| by_message(theirs))
        .or_else(|| by_request(grounds))
        .or_else(|| by_time(ours, theirs, grounds))
}

fn finding(cause: Cause, what: impl Into<String>, evidence: impl Into<String>) -> Option<Finding> {
    Some(Finding {
        cause,
        and: None,
        what: what.into(),
        cure: cause.cure().to_owned(),
        evidence: evidence.into(),
    })
}

fn by_code(theirs: &Theirs, grounds: &Grounds<'_>) -> Option<Finding> {
    let code = theirs.code.as_deref()?;
    let message = theirs.message.as_deref().unwrap_or_default();
    let says = || format!("the answer's code is {code}");
    match code.trim_end_matches("Exception") {
        "RequestTimeTooSkewed" => skewed(theirs),
        "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError" | "RegionSetMismatch" => {
            scope(theirs, grounds, message)
        }
        "InvalidAccessKeyId" | "InvalidClientTokenId" | "UnrecognizedClient" => {
            unknown_key(theirs, grounds, says())
        }
        "ExpiredToken" | "RequestExpired" if message.contains("oken") || code.contains("Token") => {
            finding(Cause::ExpiredToken, "the session token of the temporary credentials has expired", says())
        }
        "RequestExpired" => {
            finding(Cause::ClockSkew, "the request's date is too old for the service", says())
        }
        "InvalidToken" => finding(
            Cause::InvalidToken,
            "the session token is not one that the service issued for this key, or it was cut or changed on the way",
            says(),
        ),
        "MissingAuthenticationToken" => {
            finding(Cause::MissingAuthentication, "the service saw no signature in the request", says())
        }
        "IncompleteSignature" | "MissingSecurityHeader" | "MalformedQueryString" => finding(
            Cause::IncompleteSignature,
            "the service could not read the parts of the signature",
            sentence(message, code),
        ),
        "XAmzContentSHA256Mismatch" => body_hash(theirs),
        "AccessDenied" | "Forbidden" => denied(theirs, message),
        "InvalidArgument" | "InvalidRequest" => invalid(code, message),
        "PermanentRedirect" | "TemporaryRedirect" | "IllegalLocationConstraint" => {
            let endpoint = theirs.field("Endpoint").unwrap_or("another endpoint");
            finding(
                Cause::Region,
                format!("the bucket lives in another region: its endpoint is {endpoint}"),
                says(),
            )
        }
        _ => None,
    }
}

/// S3 has two codes for all that it cannot read.
fn invalid(code: &str, message: &str) -> Option<Finding> {
    let says = || format!("the answer's code is {code}");
    match code {
        "InvalidArgument" if message.contains("Only one auth mechanism") => finding(
            Cause::TwoMechanisms,
            "the request bears a signature in the header and one in the query",
            says(),
        ),
        "InvalidArgument" if message.contains("x-amz-content-sha256") => finding(
            Cause::PayloadHeader,
            "x-amz-content-sha256 is neither a hash in hexadecimal nor one of the keywords",
            says(),
        ),
        "InvalidArgument" if message.contains("uthorization") => finding(
            Cause::IncompleteSignature,
            "the service could not read the Authorization field",
            sentence(message, code),
        ),
        "InvalidRequest" if message.contains("x-amz-content-sha256") => finding(
            Cause::PayloadHeader,
            "x-amz-content-sha256 is not in the request; S3 wants it in every request signed by header",
            says(),
        ),
        "InvalidRequest" if message.contains("AWS4-HMAC-SHA256") => finding(
            Cause::SignatureV2,
            "the request is signed with signature version 2, which this region does not take",
            says(),
        ),
        _ => None,
    }
}

fn sentence(message: &str, code: &str) -> String {
    let text: String = message.chars().take(300).collect();
    if text.is_empty() {
        format!("the answer's code is {code}")
    } else {
        format!("the answer says: {}", redact::text(&text))
    }
}

fn skewed(theirs: &Theirs) -> Option<Finding> {
    let time = |name: &str| theirs.field(name).and_then(clock::read);
    let server = time("ServerTime").or_else(|| time("Date"));
    let Some((request, server)) = time("RequestTime").zip(server) else {
        return finding(
            Cause::ClockSkew,
            "the request's date is too far from the server's clock",
            "the answer's code",
        );
    };
    skew(request, server, "RequestTime and ServerTime of the answer")
}

fn skew(request: Timestamp, server: Timestamp, source: &str) -> Option<Finding> {
    let (distance, hint) = clock::distance(request, server);
    let what = format!("the request's date is {distance} the server's clock");
    finding(Cause::ClockSkew, what, format!("{source}: {request} and {server}; {hint}"))
}

fn scope(theirs: &Theirs, grounds: &Grounds<'_>, message: &str) -> Option<Finding> {
    let says = || sentence(message, theirs.code.as_deref().unwrap_or_default());
    if let Some(region) = theirs.field("Region").or_else(|| between(message, "expecting '", "'")) {
        let signed = between(message, "region '", "'").unwrap_or(&grounds.our_head.scope[1]).to_owned();
        let what = format!("the request was signed for the region {signed}; this endpoint is in {region}");
        let mut found = finding(Cause::Region, what, says())?;
        found.cure = format!("sign for {region} (AWS_REGION, --region), or call the endpoint of {signed}");
        return Some(found);
    }
    if let Some(service) = between(message, "belongs to \"", "\"") {
        let what = format!("the request was signed for another service; this endpoint belongs to {service}");
        return finding(Cause::Service, what, says());
    }
    let lower = message.to_ascii_lowercase();
    if lower.contains("requires the x-amz-algorithm") {
        let what =
            "one of the six parameters of a presigned URL is missing, or its name is not as AWS writes it";
        return finding(Cause::IncompleteSignature, what, says());
    }
    if lower.contains("expires") {
        return finding(Cause::Expired, "X-Amz-Expires is not a number of seconds from 1 to 604800", says());
    }
    if lower.contains("date") {
        return finding(
            Cause::ScopeDay,
            "the day of the credential is not the day of x-amz-date, or not yyyymmdd",
            says(),
        );
    }
    if lower.contains("region") {
        return finding(Cause::Region, "the credential's region does not fit this endpoint", says());
    }
    let cause =
        if lower.contains("three components") { Cause::IncompleteSignature } else { Cause::ScopeRefused };
    finding(cause, "the service could not read the credential, or a part of the signature is missing", says())
}

fn unknown_key(theirs: &Theirs, grounds: &Grounds<'_>, says: String) -> Option<Finding> {
    let sent = grounds.sent.as_ref();
    let id = theirs
        .access_key_id
        .as_deref()
        .or_else(|| sent.map(|sent| sent.access_key_id.as_str()))
        .unwrap_or_default();
    let shown = if id.is_empty() { "the access key id".to_owned() } else { redact::access_key_id(id) };
    let token = sent.is_some_and(|sent| sent.token.is_some());
    if grounds.keys.iter().any(|key| key.secret.expose().trim() == id) {
        let what = "the secret access key was sent as the access key id: the two are in each other's place";
        return finding(Cause::SwappedKey, what, "the id in the request is the configured secret");
    }
    if id != id.trim() || id.contains(['"', '\'', ' ']) {
        let what = "the access key id bears white space or quotes";
        return finding(Cause::UnknownKey, what, says);
    }
    if id.starts_with("ASIA") && sent.is_some() && !token {
        let what = format!("{shown} is a temporary key, and the request bears no session token");
        return finding(Cause::TokenUnsigned, what, says);
    }
    if id.starts_with("AKIA") && token {
        let what =
            format!("{shown} is a long-term key, and the request bears a session token of another one");
        return finding(Cause::InvalidToken, what, says);
    }
    finding(Cause::UnknownKey, format!("the service does not know {shown}, or its session token"), says)
}

fn body_hash(theirs: &Theirs) -> Option<Finding> {
    let computed = theirs.field("S3ComputedContentSHA256").unwrap_or_default();
    let claimed = theirs.field("ClientComputedContentSHA256").unwrap_or_default();
    let what = match (claimed == crate::EMPTY_SHA256, computed == crate::EMPTY_SHA256) {
        (true, _) => "the hash of an empty body was sent, with a body",
        (_, true) => "the service received no body, though the hash of one was sent",
        _ => "the body that arrived is not the one that was hashed",
    };
    finding(Cause::BodyHash, what, format!("hash sent: {claimed}; hash of what arrived: {computed}"))
}

fn denied(theirs: &Theirs, message: &str) -> Option<Finding> {
    if let Some(names) = theirs.field("HeadersNotSigned") {
        let what = format!("fields were sent that must be signed and are not: {names}");
        return finding(Cause::HeadersNotSigned, what, "HeadersNotSigned of the answer");
    }
    if message.contains("has expired") {
        return expired(theirs);
    }
    if message.contains("not yet valid") {
        let signed =
            theirs.field("X-Amz-Date").and_then(|text| text.parse().ok()).map(Timestamp::from_millis);
        let server = theirs.field("ServerTime").and_then(clock::read);
        return match signed.zip(server) {
            Some((signed, server)) => skew(signed, server, "X-Amz-Date and ServerTime of the answer"),
            None => finding(
                Cause::ClockSkew,
                "the presigned URL is dated ahead of the server's clock",
                sentence(message, ""),
            ),
        };
    }
    if message.contains("Date or x-amz-date") {
        return finding(
            Cause::DateHeader,
            "the request bears no date that the service can read",
            sentence(message, ""),
        );
    }
    finding(
        Cause::AccessDenied,
        "this is not about the signature, but about policies; none allows the request, or one denies it",
        sentence(message, "AccessDenied"),
    )
}

fn expired(theirs: &Theirs) -> Option<Finding> {
    let time = |name: &str| theirs.field(name).and_then(clock::read);
    let what = match time("Expires").zip(time("ServerTime")) {
        Some((end, server)) => {
            format!("the presigned URL expired {} ago, at {end}", clock::words(server.since(end)))
        }
        None => "the presigned URL has expired".to_owned(),
    };
    let lasted = theirs.field("X-Amz-Expires").unwrap_or("an unknown number of");
    finding(Cause::Expired, what, format!("the answer says so; the URL was good for {lasted} seconds"))
}

/// Services of the query and JSON protocols have one code for many faults; the sentence tells them apart.
fn by_message(theirs: &Theirs) -> Option<Finding> {
    let message = theirs.message.as_deref()?;
    let says = || sentence(message, "");
    for (mark, word) in
        [("Signature expired: ", "earlier than "), ("Signature not yet current: ", "later than ")]
    {
        if let Some(rest) = message.split_once(mark).map(|(_, rest)| rest) {
            let first = rest.split(' ').next().and_then(clock::read);
            let server = between(rest, "(", " ").and_then(clock::read);
            let limit = rest.split_once(word).and_then(|(_, rest)| clock::read(rest.split(' ').next()?));
            return match first.zip(server.or(limit)) {
                Some((request, server)) => skew(request, server, "the times in the answer"),
                None => {
                    finding(Cause::ClockSkew, "the request's date is too far from the server's clock", says())
                }
            };
        }
    }
    if let Some(region) = between(message, "valid region, not '", "'") {
        let what = format!("the request was signed for the region {region}, which is not this endpoint's");
        return finding(Cause::Region, what, says());
    }
    if let Some(service) = between(message, "correct service: '", "'") {
        let mut found = finding(
            Cause::Service,
            format!("the request was signed for another service than {service}"),
            says(),
        )?;
        found.cure = format!("sign for the service {service}");
        return Some(found);
    }
    if message.contains("Date in Credential scope does not match") {
        return finding(Cause::ScopeDay, "the day of the credential is not the day of x-amz-date", says());
    }
    if message.contains("valid terminator") {
        return finding(Cause::ScopeRefused, "the credential does not end in aws4_request", says());
    }
    if message.contains("must be a 'SignedHeader'") {
        return finding(Cause::HeadersNotSigned, "host is not among the signed fields", says());
    }
    if message.contains("Found both 'X-Amz-Algorithm'") {
        return finding(
            Cause::TwoMechanisms,
            "the request bears a signature in the header and one in the query",
            says(),
        );
    }
    let incomplete = [
        "not a valid key=value pair",
        "Authorization header requires",
        "query-string parameters must include",
    ];
    if incomplete.iter().any(|text| message.contains(text)) {
        return finding(
            Cause::IncompleteSignature,
            "the service could not read the parts of the signature",
            says(),
        );
    }
    by_gateway(message)
}

/// Gateways and function URLs say what they mean in a sentence, and their code in the head of the answer alone.
fn by_gateway(message: &str) -> Option<Finding> {
    let (cause, what) = match message.trim() {
        "Missing Authentication Token" => (
            Cause::MissingAuthentication,
            "the API saw no signature, or has no such path and method, which API Gateway answers in the same words",
        ),
        "Forbidden" => (
            Cause::AccessDenied,
            "a policy, an API key that is wanted, or a firewall refuses the request, or the service saw no signature in it",
        ),
        text if text.contains("anonymous is not authorized") => {
            (Cause::MissingAuthentication, "the service saw no signature in the request")
        }
        text if text.contains("is not authorized to perform") => (
            Cause::AccessDenied,
            "this is not about the signature, but about policies; none allows the request, or one denies it",
        ),
        _ => return None,
    };
    finding(cause, what, sentence(message, ""))
}

/// What is plain from the request alone.
fn by_request(grounds: &Grounds<'_>) -> Option<Finding> {
    let sent = grounds.sent.as_ref()?;
    if sent.mechanism == Mechanism::V2 {
        let what =
            "the request is signed with signature version 2 (AWS key:signature, or SignatureVersion=2)";
        return finding(Cause::SignatureV2, what, "the form of the signature in the request");
    }
    let swapped = |key: &super::Key<'_>| {
        let secret = key.secret.expose().trim();
        secret.len() > 8 && secret == sent.access_key_id.trim()
    };
    if grounds.keys.iter().any(swapped) {
        let what = "the secret access key was sent as the access key id: the two are in each other's place";
        return finding(Cause::SwappedKey, what, "the id in the request is the configured secret");
    }
    None
}

/// A presigned URL that has ended by the clock of whoever asks.
fn by_time(ours: &Ours<'_>, theirs: &Theirs, grounds: &Grounds<'_>) -> Option<Finding> {
    if theirs.code.is_some() {
        return None;
    }
    let (now, sent) = (ours.now?, grounds.sent.as_ref()?);
    let signed = clock::read(sent.date.as_deref()?)?;
    let end = signed + std::time::Duration::from_secs(sent.expires?.min(604_800));
    if now <= end {
        return None;
    }
    let what = format!("the presigned URL expired {} ago, at {end}", clock::words(now.since(end)));
    finding(Cause::Expired, what, "X-Amz-Date and X-Amz-Expires of the URL")
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let rest = text.split_once(before)?.1;
    rest.split_once(after).map(|(inside, _)| inside)
}
