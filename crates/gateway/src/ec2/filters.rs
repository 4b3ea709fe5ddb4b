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
pub(super) fn check_ids(ids: Option<&BTreeSet<&str>>, kind: ResourceKind) -> Result<(), ServiceError> {
    ids.into_iter().flatten().try_for_each(|id| kind.check(id))
}

/// Refuses ids that nothing has.
pub(super) fn all_there(
    ids: Option<&BTreeSet<&str>>,
    kind: ResourceKind,
    is_there: impl Fn(&str) -> bool,
) -> Result<(), ServiceError> {
    match ids.into_iter().flatten().find(|id| !is_there(id)) {
        None => Ok(()),
        Some(unknown) => Err(kind.not_found(unknown)),
    }
}

/// Whether an id is among those that a request names, if it names any.
pub(super) fn is_named(ids: Option<&BTreeSet<&str>>, id: &str) -> bool {
    ids.is_none_or(|ids| ids.contains(id))
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
