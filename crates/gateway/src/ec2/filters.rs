//! What `Describe…` requests have in common: filters, pages, ids by name, and the instances that a region has.

use std::collections::BTreeSet;

use account::ec2::catalogue::Place;
use account::ec2::filter::{Filtered, Filters};
use account::ec2::page::{List, PageLimits, PageRequest};
use account::ec2::resource::ResourceKind;
use account::{Check, ServiceError};
use types::Instance;

use crate::Ask;

/// `Filter.N`, for resources `T`.
pub(crate) fn filters<T: Filtered>(ask: &Ask<'_>) -> Result<Filters, ServiceError> {
    let given = ask.input.structures("Filters");
    Filters::new::<T>(given.map(|filter| (filter.text("Name"), filter.texts("Values").collect())))
}

/// `MaxResults` and `NextToken` of an operation.
pub(crate) fn page<'a>(ask: &Ask<'a>, operation: &'a str, limits: PageLimits) -> PageRequest<'a> {
    PageRequest {
        list: List { operation, region: ask.region, account_id: ask.account.account_id() },
        next_token: ask.input.text("NextToken"),
        max_results: ask.input.integer("MaxResults"),
        limits,
    }
}

/// What `Describe…` asks to be allowed: EC2 knows no single resources there.
pub(super) fn describing(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![Check::new(action, "*").with("ec2:Region", ask.region.as_str())])
}

/// The ids that a request names, each once; `None` where it names none.
pub(super) fn named<'a>(ask: &Ask<'a>, member: &str) -> Option<BTreeSet<&'a str>> {
    let named: BTreeSet<&str> = ask.input.texts(member).collect();
    (!named.is_empty()).then_some(named)
}

/// Refuses what is no id of a kind.
pub(super) fn check_ids(
    ids: &BTreeSet<&str>,
    kind: ResourceKind,
    code: &'static str,
) -> Result<(), ServiceError> {
    match ids.iter().find(|id| ResourceKind::of_id(id) != Some(kind)) {
        None => Ok(()),
        Some(malformed) => {
            let shown = &malformed[..malformed.floor_char_boundary(MAX_SHOWN)];
            let text = format!("Invalid id: \"{shown}\" (expecting \"{}-...\")", kind.prefix());
            Err(ServiceError::new(code, 400, text))
        }
    }
}

/// The instances of this account and region that are seen, terminated ones among them.
pub(super) fn instances(ask: &Ask<'_>) -> Result<Vec<Instance>, ServiceError> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = ask.host.instances().list(after.as_ref(), BATCH)?;
        let here = page.instances.into_iter().map(|view| view.instance).filter(|instance| {
            instance.account_id == ask.account.account_id()
                && instance.placement.region == *ask.region
                && !instance.life.is_gone(ask.now)
        });
        found.extend(here);
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// Where the catalogue is looked at from.
pub(super) fn place<'a>(ask: &Ask<'a>) -> Place<'a> {
    Place { seed: ask.host.seed(), account_id: ask.account.account_id(), region: ask.region }
}

const BATCH: usize = 256;

/// Bytes of what somebody made up.
const MAX_SHOWN: usize = 100;
