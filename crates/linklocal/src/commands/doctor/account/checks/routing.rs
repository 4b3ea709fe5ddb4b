//! Requests that say one thing to whoever checks and another to whoever acts.

use super::super::super::check::{Check, Kind, require};
use super::super::api::For;
use super::super::ground::Ground;
use super::{ANSWERS, DENIED, allowing};

pub(super) const CHECKS: &[Check<Ground>] = &[
    Check {
        id: "routing.other-service",
        title: "a scope for another service is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "an action could be authorised as one service's and run as another's",
        run: |ground| {
            let of = For { service: "s3", region: &ground.api.region, time: ground.api.now() };
            let draft = ground.api.form("iam", "ListUsers", &[]).signed(&ground.administrator, of)?;
            let said = ground.api.send(&draft)?;
            require(said.status >= 400, "a refusal", said.line())
        },
    },
    Check {
        id: "routing.sts-scope-for-iam",
        title: "a scope for STS does not reach IAM",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "a policy that allows STS alone would open IAM",
        run: |ground| {
            let of = For { service: "sts", region: &ground.api.region, time: ground.api.now() };
            let draft = ground.api.form("iam", "ListUsers", &[]).signed(&ground.administrator, of)?;
            let said = ground.api.send(&draft)?;
            require(said.status >= 400, "a refusal", said.line())
        },
    },
    Check {
        id: "routing.terminator",
        title: "a scope that ends otherwise is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "the scope would not be read whole",
        run: |ground| {
            let draft = ground.api.form("iam", "ListUsers", &[]);
            let draft = draft.signed(&ground.administrator, ground.api.scope("iam"))?;
            let draft = draft.with("authorization", |value| value.replace("/aws4_request", "/aws5_request"));
            ground.api.send(&draft)?.must_be_refused_as(&["SignatureDoesNotMatch"])
        },
    },
    Check {
        id: "routing.other-day",
        title: "a scope of another day than the request's is refused",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "keys derived for one day would be good on another",
        run: |ground| {
            let draft = ground.api.form("iam", "ListUsers", &[]);
            let draft = draft.signed(&ground.administrator, ground.api.scope("iam"))?;
            let today = String::from_utf8_lossy(&ground.api.now().basic()[..8]).into_owned();
            let draft =
                draft.with("authorization", |value| value.replace(&format!("/{today}/"), "/20200101/"));
            ground.api.send(&draft)?.must_be_refused_as(&["SignatureDoesNotMatch"])
        },
    },
    Check {
        id: "routing.target-of-another-service",
        title: "a target of another service beside a form of IAM does not change what is authorised",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "the action that is authorised must be the one that runs",
        run: |ground| {
            let user = ground.user(Some(&allowing("cloudtrail:*")))?;
            let draft = ground.api.form("iam", "ListUsers", &[]).adding("X-Amz-Target", TARGET);
            let draft = draft.signed(&user.keys, ground.api.scope("iam"))?;
            let said = ground.api.send(&draft)?;
            require(said.status >= 400, "a refusal", said.line())
        },
    },
    Check {
        id: "routing.two-actions",
        title: "an action in the query and another in the body: what runs is what was authorised",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "one would be authorised, the other run",
        run: |ground| {
            let user = ground.user(Some(&allowing("iam:GetUser")))?;
            let mut draft = ground.api.form("iam", "GetUser", &[]);
            draft.target = "/?Action=ListUsers&Version=2010-05-08".to_owned();
            let draft = draft.signed(&user.keys, ground.api.scope("iam"))?;
            let said = ground.api.send(&draft)?;
            require(!said.body.contains("<ListUsersResult"), "no list of users", "a list of users")
        },
    },
    Check {
        id: "routing.duplicate-parameters",
        title: "a parameter that comes twice is read once",
        kind: Kind::Safety,
        source: ANSWERS,
        matters: "a policy would look at one value and the operation at the other",
        run: |ground| {
            let allowed = ground.user(None)?;
            let other = ground.user(None)?;
            let policy = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iam:GetUser","Resource":"{}"}}]}}"#,
                allowed.arn
            );
            ground.grant(&allowed.name, &policy)?;
            let names = [("UserName", allowed.name.as_str()), ("UserName", other.name.as_str())];
            for pair in [names, [names[1], names[0]]] {
                let said = ground.api.call(&allowed.keys, "iam", "GetUser", &pair)?;
                require(!said.body.contains(&other.arn), "nothing of the other user", said.line())?;
            }
            Ok(())
        },
    },
    Check {
        id: "routing.unknown-action",
        title: "an action that does not exist is refused",
        kind: Kind::Wire,
        source: ANSWERS,
        matters: "a misspelt call must not look as if it had worked",
        run: |ground| {
            ground.must_refuse(&ground.administrator, "iam", "ListUsersPlease", &[], &["InvalidAction"])
        },
    },
    Check {
        id: "routing.case-of-names",
        title: "names of signed headers in another case are the same headers",
        kind: Kind::Wire,
        source: ANSWERS,
        matters: "proxies write names as they like",
        run: |ground| {
            let mut draft = ground.api.form("iam", "ListUsers", &[]);
            draft = draft.signed(&ground.administrator, ground.api.scope("iam"))?;
            for (name, _) in &mut draft.headers {
                *name = name.to_ascii_uppercase();
            }
            let said = ground.api.send(&draft)?;
            require(said.is_done(), "ListUsers is done", said.line())
        },
    },
    Check {
        id: "routing.nothing-allowed",
        title: "a user without policies may call nothing but what needs no permission",
        kind: Kind::Safety,
        source: super::EVALUATION_GUIDE,
        matters: "tests pass here and fail on AWS",
        run: |ground| {
            let user = ground.user(None)?;
            ground.must_pass(&user.keys, "sts", "GetCallerIdentity", &[])?;
            for action in ["ListUsers", "ListRoles", "GetAccountAuthorizationDetails", "GetAccountSummary"] {
                ground.must_refuse(&user.keys, "iam", action, &[], DENIED)?;
            }
            Ok(())
        },
    },
];

const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";
