//! Requests that were changed after they were signed, or never signed.

use std::time::Duration;

use super::super::super::check::{Check, Finding, Kind, require};
use super::super::api::{Credentials, Draft, For};
use super::super::ground::{Ground, stranger};
use super::{ANSWERS, SIGNING_GUIDE, UNKNOWN};

pub(super) const CHECKS: &[Check<Ground>] = &[
    Check {
        id: "signatures.good",
        title: "a request that is signed rightly is answered",
        kind: Kind::Wire,
        source: SIGNING_GUIDE,
        matters: "without it the refusals below would say nothing",
        run: |ground| ground.must_pass(&ground.administrator, "sts", "GetCallerIdentity", &[]).map(drop),
    },
    Check {
        id: "signatures.body",
        title: "a body that was changed after signing is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "whoever is on the way could call something else",
        run: |ground| {
            let mut draft = listing(ground)?;
            draft.body.push_str("&MaxItems=1");
            refused(ground, &draft)
        },
    },
    Check {
        id: "signatures.header",
        title: "a signed header that was changed is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "the host and the time of a request would be anybody's to choose",
        run: |ground| {
            refused(
                ground,
                &listing(ground)?.with("content-type", |_| "application/x-www-form-urlencoded".to_owned()),
            )
        },
    },
    Check {
        id: "signatures.path",
        title: "another path is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "a signature would be good for other resources",
        run: |ground| {
            let mut draft = listing(ground)?;
            draft.target = "/other".to_owned();
            let said = ground.api.send(&draft)?;
            require(said.status >= 400, "a refusal", said.line())
        },
    },
    Check {
        id: "signatures.query",
        title: "a query that was added after signing is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "parameters could be slipped in",
        run: |ground| {
            let mut draft = listing(ground)?;
            draft.target = "/?MaxItems=1".to_owned();
            refused(ground, &draft)
        },
    },
    Check {
        id: "signatures.method",
        title: "another method is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "a signature would be good for another kind of call",
        run: |ground| {
            let mut draft = listing(ground)?;
            draft.method = "PUT";
            let said = ground.api.send(&draft)?;
            require(said.status >= 400, "a refusal", said.line())
        },
    },
    Check {
        id: "signatures.signature",
        title: "a signature that differs in one digit is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "signatures would not be compared",
        run: |ground| refused(ground, &listing(ground)?.with("authorization", last_digit)),
    },
    Check {
        id: "signatures.secret",
        title: "another secret is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "key ids are no secret",
        run: |ground| {
            let keys = Credentials { secret: stranger().secret, ..ground.administrator.clone() };
            ground.must_refuse(&keys, "iam", "ListUsers", &[], &["SignatureDoesNotMatch"])
        },
    },
    Check {
        id: "signatures.none",
        title: "an unsigned request is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "anybody could do anything",
        run: |ground| {
            let draft = ground.api.form("iam", "ListUsers", &[]);
            ground.api.send(&draft)?.must_be_refused_as(&["MissingAuthenticationToken"])
        },
    },
    Check {
        id: "signatures.anonymous-assume-role",
        title: "AssumeRole without a signature is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "two operations of STS take no signature, and no others may slip through with them",
        run: |ground| {
            let role = format!("arn:aws:iam::{}:role/any", ground.account);
            let draft =
                ground.api.form("sts", "AssumeRole", &[("RoleArn", &role), ("RoleSessionName", "any")]);
            ground.api.send(&draft)?.must_be_refused_as(&["MissingAuthenticationToken"])
        },
    },
    Check {
        id: "signatures.unknown-key",
        title: "a key that nobody has is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "emulators that take any key hide the wrong one",
        run: |ground| ground.must_refuse(&stranger(), "sts", "GetCallerIdentity", &[], UNKNOWN),
    },
    Check {
        id: "signatures.old",
        title: "a request signed 20 minutes ago is refused",
        kind: Kind::Safety,
        source: SIGNING_GUIDE,
        matters: "a request that somebody kept could be sent again at any time",
        run: |ground| at_another_time(ground, |now| now - TWENTY_MINUTES),
    },
    Check {
        id: "signatures.early",
        title: "a request signed for 20 minutes from now is refused",
        kind: Kind::Safety,
        source: SIGNING_GUIDE,
        matters: "requests could be made to keep",
        run: |ground| at_another_time(ground, |now| now + TWENTY_MINUTES),
    },
    Check {
        id: "signatures.replay-with-another-body",
        title: "a signature that was good is refused with another body",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "a signature that was seen would open everything",
        run: |ground| {
            let draft = listing(ground)?;
            let first = ground.api.send(&draft)?;
            require(first.is_done(), "the request itself is answered", first.line())?;
            let mut replayed = draft;
            replayed.body = replayed.body.replace("ListUsers", "ListRoles");
            refused(ground, &replayed)
        },
    },
    Check {
        id: "signatures.presigned",
        title: "a presigned query is answered, and refused once a parameter was changed",
        kind: Kind::Safety,
        source: SIGNING_GUIDE,
        matters: "whoever gets a link could make another of it",
        run: |ground| {
            let draft = ground.api.form("iam", "ListUsers", &[("PathPrefix", "/")]);
            let draft = draft.presigned(&ground.administrator, ground.api.scope("iam"))?;
            let first = ground.api.send(&draft)?;
            require(first.is_done(), "the link itself works", first.line())?;
            let mut changed = draft;
            changed.target = changed.target.replace("ListUsers", "ListRoles");
            refused(ground, &changed)
        },
    },
    Check {
        id: "signatures.unsigned-host",
        title: "a signature that leaves the host out is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "a request for one endpoint could be sent to another",
        run: |ground| {
            let draft = listing(ground)?
                .with("authorization", |value| value.replace(";host", "").replace("host;", ""));
            let said = ground.api.send(&draft)?;
            said.must_be_refused_as(&["SignatureDoesNotMatch", "InvalidSignatureException"])
        },
    },
    Check {
        id: "signatures.two-authorizations",
        title: "a forged authorization beside a good one speaks for nobody",
        kind: Kind::Safety,
        source: SIGNING_GUIDE,
        matters: "who checks and who acts could read different ones",
        run: |ground| {
            let draft = ground.api.form("sts", "GetCallerIdentity", &[]);
            let good = draft.signed(&ground.administrator, ground.api.scope("sts"))?;
            let value = good.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
            let value = value.map(|(_, value)| value.clone()).unwrap_or_default();
            let forged = value.replace(&ground.administrator.id, &stranger().id);
            let behind = good.clone().adding("Authorization", &forged);
            let before = good.with("authorization", |_| forged.clone()).adding("Authorization", &value);
            for draft in [behind, before] {
                let said = ground.api.send(&draft)?;
                let own = said.element("Arn").as_ref() == Some(&ground.arn);
                require(said.status >= 400 || own, "a refusal, or the answer to the good one", said.line())?;
            }
            Ok(())
        },
    },
    Check {
        id: "signatures.replay",
        title: "the very same request is not taken twice",
        kind: Kind::Advice,
        source: "AWS takes it for 15 minutes: SDKs sign equal calls of one second alike",
        matters: "who has seen a request can send it again; `account.replays = \"refused\"` refuses it here",
        run: |ground| {
            let draft = listing(ground)?;
            ground.api.send(&draft)?;
            let said = ground.api.send(&draft)?;
            require(said.status >= 400, "a refusal", said.line())
        },
    },
    Check {
        id: "signatures.no-date",
        title: "a signature without a date is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "it would be good for ever",
        run: |ground| {
            let draft = listing(ground)?.without("x-amz-date");
            ground.api.send(&draft)?.must_be_refused_as(&["IncompleteSignature"])
        },
    },
];

fn listing(ground: &Ground) -> Result<Draft, Finding> {
    ground.api.form("iam", "ListUsers", &[]).signed(&ground.administrator, ground.api.scope("iam"))
}

fn refused(ground: &Ground, draft: &Draft) -> Result<(), Finding> {
    ground.api.send(draft)?.must_be_refused_as(&["SignatureDoesNotMatch"])
}

fn at_another_time(
    ground: &Ground,
    moved: impl Fn(types::Timestamp) -> types::Timestamp,
) -> Result<(), Finding> {
    let of = For { service: "iam", region: &ground.api.region, time: moved(ground.api.now()) };
    let draft = ground.api.form("iam", "ListUsers", &[]).signed(&ground.administrator, of)?;
    ground.api.send(&draft)?.must_be_refused_as(&["SignatureDoesNotMatch", "RequestExpired"])
}

/// The last hexadecimal digit is another.
fn last_digit(value: &str) -> String {
    let (rest, last) = value.split_at(value.len() - 1);
    format!("{rest}{}", if last == "0" { "1" } else { "0" })
}

const TWENTY_MINUTES: Duration = Duration::from_secs(20 * 60);
