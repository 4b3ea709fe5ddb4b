use super::*;

fn error(code: &str, message: &str) -> AwsError {
    AwsError { code: code.to_owned(), message: message.to_owned(), ..AwsError::default() }
}

fn keys(access_key_id: &str, has_token: bool, origin: Origin) -> Option<KeysInHand<'_>> {
    Some(KeysInHand { access_key_id, has_token, expiration: None, origin }.known())
}

/// The stable code, and whether all these words are in the text.
fn check(error: &AwsError, about: &Circumstances<'_>, code: &str, words: &[&str]) {
    let advice = translate(error, about);
    let text = advice.text();
    assert_eq!(advice.code, code, "{}: {text}", error.code);
    assert!(words.iter().all(|word| text.contains(word)), "{}: {text}", error.code);
}

#[test]
fn keys_that_are_unknown_are_told_by_what_they_show() {
    let error = error("InvalidClientTokenId", "The security token included in the request is invalid");
    let about = |keys, service| Circumstances { keys, service, ..Circumstances::default() };
    let user_session = Origin::UserSession { mfa: false };
    let with_mfa = Origin::UserSession { mfa: true };
    let cases: &[(Option<KeysInHand<'_>>, &str, &str, &str)] = &[
        (keys("ASIAIOSFODNN7EXAMPLE", false, Origin::Unknown), "sts", "token-missing", "AWS_SESSION_TOKEN"),
        (keys("AKIAIOSFODNN7EXAMPLE", true, Origin::Unknown), "s3", "token-stale", "another key"),
        (
            keys("ASIAIOSFODNN7EXAMPLE", true, user_session),
            "iam",
            "session-without-mfa",
            "linklocal mfa login",
        ),
        (
            keys("ASIAIOSFODNN7EXAMPLE", true, Origin::Unknown),
            "iam",
            "session-without-mfa",
            "(2) the session was revoked",
        ),
        (
            keys("ASIAIOSFODNN7EXAMPLE", true, with_mfa),
            "sts",
            "session-credentials",
            "AssumeRole and GetCallerIdentity",
        ),
        (keys("ASIAIOSFODNN7EXAMPLE", true, Origin::RoleSession), "iam", "unknown-key", "revoked"),
        (keys("AKIAIOSFODNN7EXAMPLE", false, Origin::Unknown), "iam", "unknown-key", "deleted or inactive"),
        (None, "iam", "unknown-key", "(3) a session of GetSessionToken without MFA"),
    ];
    for (keys, service, code, words) in cases {
        check(&error, &about(*keys, service), code, &[words]);
    }
    let ended = keys("ASIAIOSFODNN7EXAMPLE", true, Origin::Unknown)
        .map(|keys| KeysInHand { expiration: Some(Timestamp::from_secs(9)), ..keys });
    let about =
        Circumstances { keys: ended, now: Some(Timestamp::from_secs(10)), ..Circumstances::default() };
    check(&error, &about, "expired", &["get a new one"]);
    let far = Circumstances {
        keys: keys("AKIAIOSFODNN7EXAMPLE", false, Origin::Unknown),
        region: Some("af-south-1"),
        ..Circumstances::default()
    };
    check(&error, &far, "region-disabled", &["af-south-1", "(2) the key id is unknown"]);
}

#[test]
fn clocks_are_told_by_how_much_they_are_off() {
    let plain = Circumstances::default();
    let expired = error(
        "SignatureDoesNotMatch",
        "Signature expired: 20261122T100000Z is now earlier than 20261122T114530Z (20261122T120030Z - 15 min.)",
    );
    check(&expired, &plain, "clock", &["2h0m behind AWS's"]);
    let early = error(
        "InvalidSignatureException",
        "Signature not yet current: 20261122T100705Z is still later than 20261122T100500Z (20261122T100000Z + 5 min.)",
    );
    check(&early, &plain, "clock", &["7m5s ahead of AWS's"]);
    let skewed = error(
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    );
    let measured = Circumstances { clock_millis: Some(-40_000), ..Circumstances::default() };
    check(&skewed, &measured, "clock", &["40s ahead of"]);
    check(&skewed, &plain, "clock", &["check this machine's clock"]);
    let wrong = error("SignatureDoesNotMatch", "The request signature we calculated does not match …");
    check(&wrong, &measured, "signature", &["belongs to another key id"]);
}

#[test]
fn refusals_of_mfa_say_what_is_wrong_with_which_device() {
    let about = |serial, key| Circumstances {
        mfa_serial: Some(serial),
        keys: keys(key, false, Origin::Unknown),
        ..Circumstances::default()
    };
    let serial = error(
        "AccessDenied",
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    );
    let own = types::AccessKeyId::long_term("111122223333".parse().unwrap(), [0; 10]);
    let other = about("arn:aws:iam::444455556666:mfa/ada", own.as_str());
    check(&serial, &other, "wrong-mfa-serial", &["account 444455556666", "account 111122223333"]);
    let same = about("arn:aws:iam::111122223333:mfa/ada", own.as_str());
    check(&serial, &same, "wrong-mfa-serial", &["mfa/ada", "own device"]);
    let fido = about("arn:aws:iam::111122223333:u2f/user/ada/key", own.as_str());
    check(&serial, &fido, "security-key", &["aws login"]);

    let code =
        error("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ");
    check(&code, &Circumstances::default(), "wrong-mfa-code", &["wait for the next one"]);
    let skewed = Circumstances { clock_millis: Some(95_000), ..Circumstances::default() };
    check(&code, &skewed, "wrong-mfa-code", &["95 s off"]);

    let session = error("AccessDenied", "Cannot call GetSessionToken with session credentials");
    let role = Circumstances {
        keys: keys("ASIAIOSFODNN7EXAMPLE", true, Origin::RoleSession),
        ..Circumstances::default()
    };
    check(&session, &role, "session-credentials", &["a role's session may not"]);
    check(&session, &Circumstances::default(), "session-credentials", &["long-term keys"]);
    let long = error(
        "ValidationError",
        "1 validation error detected: Value at 'tokenCode' failed to satisfy constraint: Member must have length less than or equal to 6",
    );
    check(&long, &Circumstances::default(), "security-key", &["six digits"]);
}

#[test]
fn denials_name_the_policy_that_must_change() {
    let user = "User: arn:aws:iam::111122223333:user/ada is not authorized to perform:";
    let cases = [
        (
            format!(
                "{user} s3:GetObject on resource: \"arn:aws:s3:::b/k\" because no identity-based policy allows the s3:GetObject action"
            ),
            "not-allowed",
            "no identity-based policy allows s3:GetObject",
        ),
        (
            format!(
                "{user} ec2:RunInstances on resource: x with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p"
            ),
            "explicit-deny",
            "organisation",
        ),
        (
            format!("{user} iam:GetUser on resource: x with an explicit deny in an identity-based policy"),
            "explicit-deny",
            "caller's permissions",
        ),
        (
            format!(
                "{user} iam:GetUser on resource: x because no session policy allows the iam:GetUser action"
            ),
            "not-allowed",
            "without that policy",
        ),
        (
            format!("{user} sts:AssumeRole on resource: arn:aws:iam::1:role/r"),
            "trust",
            "trust policy must name the caller",
        ),
        (
            format!("{user} sts:TagSession on resource: arn:aws:iam::1:role/r"),
            "trust",
            "sts:TagSession beside",
        ),
        (
            format!("{user} sts:SetSourceIdentity on resource: arn:aws:iam::1:role/r"),
            "trust",
            "source identity",
        ),
        ("Not authorized to perform: sts:AssumeRoleWithWebIdentity".to_owned(), "trust", "audience"),
        ("Access Denied".to_owned(), "denied", "whoami --probe"),
    ];
    for (message, code, words) in cases {
        // "Not authorized to perform:" begins with a capital where nobody is named.
        check(&error("AccessDenied", &message), &Circumstances::default(), code, &[words]);
    }
    let assuming =
        Circumstances { service: "sts", operation: Some("AssumeRole"), ..Circumstances::default() };
    check(&error("AccessDenied", "Access denied"), &assuming, "trust", &["set mfa_serial"]);
}

#[test]
fn what_is_known_by_code_alone_is_said_and_what_is_new_falls_to_its_kind() {
    let plain = Circumstances { service: "sts", ..Circumstances::default() };
    let cases = [
        ("ExpiredToken", "The security token included in the request is expired", "expired", "log in again"),
        ("ExpiredTokenException", "Token expired", "expired", "token file"),
        ("RegionDisabledException", "STS is not activated", "region-disabled", "another region"),
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            "chaining-cap",
            "3600",
        ),
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            "duration",
            "maximum is lower",
        ),
        (
            "PackedPolicyTooLarge",
            "Packed policy consumes 112% of allotted space",
            "packed-policy",
            "fewer or shorter",
        ),
        ("MalformedPolicyDocument", "x", "policy", "policy editor"),
        ("Throttling", "Rate exceeded", "throttled", "try again"),
        ("ServiceUnavailable", "x", "unavailable", "try again"),
        ("SomethingNew", "words", "other", "API reference of STS"),
        ("HTTP 404", "", "no-words", "endpoint is one of STS"),
        ("HTTP 503", "", "unavailable", "try again"),
    ];
    for (code, message, advice, words) in cases {
        check(&error(code, message), &plain, advice, &[words]);
    }
}
