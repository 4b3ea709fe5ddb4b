//! The chain of botocore: boto3, the AWS CLI v2's fork of it, and ours, which follows the CLI's order.

use super::{Chain, Ground, Plan};

pub(super) fn plan(ground: &Ground<'_>) -> Plan {
    Chain::default().into_plan(Plan::empty(ground))
}
