//! Trails: the account has none, and says so as AWS does.

use account::{Check, ServiceError};
use wire::{Structure, Value};

use super::lookup::refused;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "CreateTrail",
        checks: |ask| Ok(vec![on_trail(ask, "cloudtrail:CreateTrail", "Name")]),
        run: create,
    },
    Operation {
        name: "DescribeTrails",
        checks: |_| Ok(vec![Check::new("cloudtrail:DescribeTrails", "*")]),
        run: |_| Ok(Structure::new().with("trailList", Vec::<Value>::new())),
    },
    Operation {
        name: "GetEventSelectors",
        checks: |ask| Ok(vec![on_trail(ask, "cloudtrail:GetEventSelectors", "TrailName")]),
        run: |ask| Err(unknown(ask, "TrailName")),
    },
    Operation {
        name: "GetTrailStatus",
        checks: |ask| Ok(vec![on_trail(ask, "cloudtrail:GetTrailStatus", "Name")]),
        run: |ask| Err(unknown(ask, "Name")),
    },
    Operation {
        name: "ListTrails",
        checks: |_| Ok(vec![Check::new("cloudtrail:ListTrails", "*")]),
        run: |_| Ok(Structure::new().with("Trails", Vec::<Value>::new())),
    },
    Operation {
        name: "PutEventSelectors",
        checks: |ask| Ok(vec![on_trail(ask, "cloudtrail:PutEventSelectors", "TrailName")]),
        run: |ask| Err(unknown(ask, "TrailName")),
    },
    Operation {
        name: "StartLogging",
        checks: |ask| Ok(vec![on_trail(ask, "cloudtrail:StartLogging", "Name")]),
        run: |ask| Err(unknown(ask, "Name")),
    },
    Operation {
        name: "StopLogging",
        checks: |ask| Ok(vec![on_trail(ask, "cloudtrail:StopLogging", "Name")]),
        run: |ask| Err(unknown(ask, "Name")),
    },
];

fn create(_: &Ask<'_>) -> Result<Structure, ServiceError> {
    Err(refused(
        "UnsupportedOperationException",
        "CreateTrail is not built into this account. Its events are looked up without a trail, and are delivered in CloudTrail's files \
         below cloudtrail/ of the data directory, or where [trail] of linklocal.toml says.",
    ))
}

fn unknown(ask: &Ask<'_>, member: &str) -> ServiceError {
    let account = ask.account.account_id();
    refused("TrailNotFoundException", format!("Unknown trail: {} for the user: {account}", arn(ask, member)))
}

fn on_trail(ask: &Ask<'_>, action: &'static str, member: &str) -> Check {
    Check::new(action, arn(ask, member))
}

/// A trail is named, or given by its ARN.
fn arn(ask: &Ask<'_>, member: &str) -> String {
    let named = ask.input.text(member).unwrap_or_default();
    if named.starts_with("arn:") {
        return named.to_owned();
    }
    let (partition, account) = (ask.region.partition().as_str(), ask.account.account_id());
    format!("arn:{partition}:cloudtrail:{}:{account}:trail/{named}", ask.region.as_str())
}
