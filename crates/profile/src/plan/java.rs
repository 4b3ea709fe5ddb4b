//! The chain of the AWS SDK for Java.

use super::{Chain, Ground, Plan};

pub(super) fn plan(ground: &Ground<'_>) -> Plan {
    Chain::default().into_plan(Plan::empty(ground))
}
