//! Actions of a policy: `*`, or a service's prefix, a colon and a name.
//!
//! Rule: the name is anything, with wildcards anywhere; the prefix is literal. AWS does not ask whether such an action exists.

use super::fault::{Fault, What};
use super::{ActionElement, Position};

pub(super) fn check(action: &ActionElement, position: Position) -> Result<(), Fault> {
    let fault = action.values().iter().find_map(|value| refusal(value));
    fault.map_or(Ok(()), |text| Err(What::Said(text).at(position)))
}

fn refusal(value: &str) -> Option<String> {
    if value == "*" {
        return None;
    }
    let Some((vendor, name)) = value.split_once(':') else {
        return Some("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".to_owned());
    };
    if name.contains(':') {
        return Some("Actions/Condition can contain only one colon.".to_owned());
    }
    let literal = vendor.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    (vendor.is_empty() || !literal).then(|| format!("Vendor {vendor} is not valid"))
}
