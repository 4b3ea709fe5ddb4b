//! Credits of burstable instances: `DescribeInstanceCreditSpecifications`.
//!
//! Rule: instances that are named are shown with their option; else those that are `unlimited` (EC2 API reference).

use std::borrow::Cow;

use account::ServiceError;
use account::ec2::cpu_credits;
use account::ec2::filter::Filtered;
use account::ec2::page::PageLimits;
use types::Instance;
use types::instance::CpuCredits;
use wire::{Structure, Value};

use super::filters::{describing, filters, page};
use super::instances::asked;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "DescribeInstanceCreditSpecifications",
    checks: |ask| describing(ask, "ec2:DescribeInstanceCreditSpecifications"),
    run: describe,
}];

struct Bursting(Instance);

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let filters = filters::<Bursting>(ask)?;
    let page = page(ask, "DescribeInstanceCreditSpecifications", PageLimits::USUAL);
    let mut names_some = false;
    let views = asked(ask, |is_named| {
        names_some = is_named;
        page.refuse_with_ids("instancesSet", is_named)
    })?;
    let all = views.into_iter().map(|view| Bursting(view.instance));
    let wanted = |one: &Bursting| names_some || cpu_credits::of(&one.0) == CpuCredits::Unlimited;
    let found = all.filter(|one| wanted(one) && filters.hold(one));
    let page = page.cut(found, |one| one.0.instance_id.as_str())?;
    let shown: Vec<Value> = page.items.iter().map(|one| shown(&one.0)).collect();
    Ok(Structure::new().with("InstanceCreditSpecifications", shown).with_some("NextToken", page.next_token))
}

fn shown(instance: &Instance) -> Value {
    Structure::new()
        .with("InstanceId", instance.instance_id.as_str())
        .with("CpuCredits", cpu_credits::of(instance).as_str())
        .into()
}

impl Filtered for Bursting {
    const FILTERS: &'static [&'static str] = &["instance-id"];

    fn values(&self, _: &str) -> Vec<Cow<'_, str>> {
        vec![self.0.instance_id.as_str().into()]
    }
}
