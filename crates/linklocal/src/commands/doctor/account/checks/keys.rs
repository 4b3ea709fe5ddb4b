//! Keys that were good once.

use super::super::super::check::{Check, Finding, Kind};
use super::super::api::Credentials;
use super::super::ground::{Ground, session};
use super::{ANSWERS, SESSION_GUIDE, UNKNOWN, allowing};

pub(super) const CHECKS: &[Check<Ground>] = &[
    Check {
        id: "keys.inactive",
        title: "an inactive key is refused, and good again when it is active",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "a leaked key could not be stopped without deleting it",
        run: |ground| {
            let user = ground.user(Some(&allowing("iam:ListUsers")))?;
            let of =
                [("UserName", user.name.as_str()), ("AccessKeyId", &user.keys.id), ("Status", "Inactive")];
            ground.prepare("iam", "UpdateAccessKey", &of)?;
            ground.must_refuse(&user.keys, "iam", "ListUsers", &[], UNKNOWN)?;
            let of = [of[0], of[1], ("Status", "Active")];
            ground.prepare("iam", "UpdateAccessKey", &of)?;
            ground.must_pass(&user.keys, "iam", "ListUsers", &[]).map(drop)
        },
    },
    Check {
        id: "keys.deleted",
        title: "a deleted key is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "a leaked key could not be stopped",
        run: |ground| {
            let user = ground.user(Some(&allowing("iam:ListUsers")))?;
            let of = [("UserName", user.name.as_str()), ("AccessKeyId", &user.keys.id)];
            ground.prepare("iam", "DeleteAccessKey", &of)?;
            ground.must_refuse(&user.keys, "iam", "ListUsers", &[], UNKNOWN)
        },
    },
    Check {
        id: "keys.session-without-token",
        title: "a session's key without its token is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "the token is what says who it is, and until when",
        run: |ground| {
            let keys = Credentials { token: None, ..session_of(ground)? };
            ground.must_refuse(&keys, "sts", "GetCallerIdentity", &[], UNKNOWN)
        },
    },
    Check {
        id: "keys.token-of-another-key",
        title: "a session's token with another session's key is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "a token would be good for whoever has a key",
        run: |ground| {
            let (one, other) = (session_of(ground)?, session_of(ground)?);
            let keys = Credentials { token: other.token, ..one };
            ground.must_refuse(&keys, "sts", "GetCallerIdentity", &[], UNKNOWN)
        },
    },
    Check {
        id: "keys.token-with-long-term-key",
        title: "a session's token with a long-term key is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "a user would take on what the session is",
        run: |ground| {
            let keys = Credentials { token: session_of(ground)?.token, ..ground.administrator.clone() };
            ground.must_refuse(&keys, "sts", "GetCallerIdentity", &[], UNKNOWN)
        },
    },
    Check {
        id: "keys.changed-token",
        title: "a token that was changed, cut or lengthened is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "whoever holds a token could make himself somebody else, or live for ever",
        run: |ground| {
            let keys = session_of(ground)?;
            let token = keys.token.as_ref().map(|token| token.expose().clone()).unwrap_or_default();
            let middle = token.len() / 2;
            let flipped = if &token[middle..=middle] == "A" { "B" } else { "A" };
            let changed = format!("{}{flipped}{}", &token[..middle], &token[middle + 1..]);
            for wrong in [changed, token[..token.len() - 8].to_owned(), format!("{token}AAAA")] {
                let keys = Credentials { token: Some(types::Secret::new(wrong)), ..keys.clone() };
                ground.must_refuse(&keys, "sts", "GetCallerIdentity", &[], UNKNOWN)?;
            }
            Ok(())
        },
    },
    Check {
        id: "keys.foreign-token",
        title: "a token of another installation's form is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "anybody's sessions would be good here",
        run: |ground| {
            let token = format!("IQoJb3JpZ2luX2Vj{}", "QUJDREVGR0hJSktM".repeat(12));
            let keys = Credentials { token: Some(types::Secret::new(token)), ..session_of(ground)? };
            ground.must_refuse(&keys, "sts", "GetCallerIdentity", &[], UNKNOWN)
        },
    },
    Check {
        id: "keys.session-of-a-deleted-user",
        title: "a session of a user who was deleted is refused, also when another has his name",
        kind: Kind::Safety,
        source: SESSION_GUIDE,
        matters: "who has left would stay for another day and a half",
        run: |ground| {
            let user = ground.user(Some(&allowing("sts:*")))?;
            let said = ground.must_pass(&user.keys, "sts", "GetSessionToken", &[])?;
            let keys = session(&said)?;
            ground.must_pass(&keys, "sts", "GetCallerIdentity", &[])?;
            let of = ("UserName", user.name.as_str());
            ground.prepare("iam", "DeleteAccessKey", &[of, ("AccessKeyId", &user.keys.id)])?;
            ground.prepare("iam", "DeleteUserPolicy", &[of, ("PolicyName", "doctor")])?;
            ground.prepare("iam", "DeleteUser", &[of])?;
            ground.must_refuse(&keys, "sts", "GetCallerIdentity", &[], UNKNOWN)?;
            ground.prepare("iam", "CreateUser", &[of])?;
            ground.must_refuse(&keys, "sts", "GetCallerIdentity", &[], UNKNOWN)
        },
    },
];

/// A session of the administrator; one who is a session himself has none.
fn session_of(ground: &Ground) -> Result<Credentials, Finding> {
    session(&ground.prepare("sts", "GetSessionToken", &[])?)
}
