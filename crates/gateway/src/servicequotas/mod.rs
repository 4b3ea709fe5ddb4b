//! Service Quotas: from decoded input to `account::quotas`, and back.
//!
//! Rule: a region shows the quotas that count in it; those that count for the account are shown in one region of each partition.

mod page;
mod quotas;
mod requests;
mod services;

use account::quotas::catalogue::Quota;
use types::Region;

use crate::{Ask, Operation};

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] =
    &[services::OPERATIONS, quotas::OPERATIONS, requests::OPERATIONS];

/// The ARN of a quota. Defaults are AWS's own, so theirs name no account.
fn arn(ask: &Ask<'_>, region: &Region, of_account: bool, service_code: &str, quota_code: &str) -> String {
    let account = if of_account { ask.directory.account_id().to_string() } else { String::new() };
    let partition = ask.directory.partition().as_str();
    format!("arn:{partition}:servicequotas:{region}:{account}:{service_code}/{quota_code}")
}

/// A count as AWS writes it.
#[expect(clippy::cast_precision_loss, reason = "the model bounds values by 10,000,000,000")]
fn number(value: u64) -> wire::Value {
    wire::Value::Double(value as f64)
}

fn text<'a>(ask: &Ask<'a>, member: &str) -> &'a str {
    ask.input.text(member).unwrap_or_default()
}

/// Whether the region of the call shows it.
fn is_shown(ask: &Ask<'_>, quota: &Quota) -> bool {
    quota.is_shown_in(ask.region)
}
