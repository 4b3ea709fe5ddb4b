//! `DescribeInstances`: instances by reservations.

mod filters;
mod interface;
mod shown;

use account::ec2::describe_instances::{named_ones, visible};
use account::ec2::page::PageLimits;
use account::{InstanceView, ServiceError};
use types::AccountId;
use wire::{Structure, Value};

use super::filters::{describing, filters as given, page, place};
use crate::{Ask, Operation};

use filters::Seen;
pub(super) use interface::{attachment_status, shown as interface};
pub(super) use shown::{Sight, state_shown};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "DescribeInstances",
    checks: |ask| describing(ask, "ec2:DescribeInstances"),
    run: describe,
}];

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let filters = given::<Seen>(ask)?;
    let page = page(ask, "DescribeInstances", PageLimits::USUAL);
    let sight = sight(ask);
    let seen =
        asked(ask, |is_named| page.refuse_with_ids("instancesSet", is_named))?.into_iter().map(|view| {
            let shown = sight.instance(&view);
            Seen { instance: view.instance, shown }
        });
    let page = page.cut(seen.filter(|seen| filters.hold(seen)), |seen| seen.instance.instance_id.as_str())?;
    let reservations = reservations(ask.account.account_id(), page.items);
    Ok(Structure::new().with("Reservations", reservations).with_some("NextToken", page.next_token))
}

/// The instances that a request names, or all; in the order of their ids.
pub(super) fn asked(
    ask: &Ask<'_>,
    refused: impl FnOnce(bool) -> Result<(), ServiceError>,
) -> Result<Vec<InstanceView>, ServiceError> {
    let ids: Vec<&str> = ask.input.texts("InstanceIds").collect();
    refused(!ids.is_empty())?;
    let (instances, account_id) = (ask.host.instances(), ask.account.account_id());
    if ids.is_empty() {
        return Ok(visible(instances, account_id, ask.region, ask.now)?);
    }
    named_ones(instances, account_id, ask.region, &ids, ask.now)
}

pub(super) fn sight<'a>(ask: &Ask<'a>) -> Sight<'a> {
    Sight::new(place(ask), ask.now)
}

/// Instances that were launched together are shown together, where the first of them stands.
fn reservations(account_id: AccountId, seen: Vec<Seen>) -> Vec<Value> {
    let mut together: Vec<(String, Vec<Structure>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for Seen { instance, shown } in seen {
        let at = *places.entry(instance.reservation_id.clone()).or_insert_with(|| {
            together.push((instance.reservation_id, Vec::new()));
            together.len() - 1
        });
        together[at].1.push(shown);
    }
    together.into_iter().map(|(id, instances)| reservation(account_id, &id, instances).into()).collect()
}

/// `Reservation`
pub(super) fn reservation(account_id: AccountId, id: &str, instances: Vec<Structure>) -> Structure {
    Structure::new()
        .with("ReservationId", id)
        .with("OwnerId", account_id.to_string())
        .with("Groups", Vec::<Structure>::new())
        .with("Instances", instances)
}
