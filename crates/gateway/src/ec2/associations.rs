//! Which profiles instances have: associate, replace, disassociate, describe (filters and texts as seen on AWS).

use account::ec2::association::{self, Association, Moment};
use account::ec2::page::{List, PageLimits, PageRequest};
use account::ec2::profile::ProfileSpecification;
use account::ec2::refusal;
use account::{Check, ServiceError};
use types::{Instance, InstanceId};
use wire::{Structure, Value};

use super::instance_check::{asked_id, found, instance_arn, instance_check};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "AssociateIamInstanceProfile", checks: association, run: associate },
    Operation {
        name: "DescribeIamInstanceProfileAssociations",
        checks: |_| Ok(vec![Check::new("ec2:DescribeIamInstanceProfileAssociations", "*")]),
        run: describe,
    },
    Operation { name: "DisassociateIamInstanceProfile", checks: disassociation, run: disassociate },
    Operation { name: "ReplaceIamInstanceProfileAssociation", checks: replacement, run: replace },
];

/// What a request calls a profile, in its member `IamInstanceProfile`.
pub(super) fn specified<'a>(input: &'a Structure) -> ProfileSpecification<'a> {
    let structure = input.structure("IamInstanceProfile");
    let text = |name| structure.and_then(|structure| structure.text(name));
    ProfileSpecification { arn: text("Arn"), name: text("Name") }
}

/// That the profile's role may be passed to instances, where there is such a profile. As seen on AWS the associated resource is any
/// instance of the region.
pub(super) fn passing(ask: &Ask<'_>, profile: ProfileSpecification<'_>) -> Option<Check> {
    let role = profile.role_arn(ask.directory)?;
    let service = format!("ec2.{}", ask.directory.partition().dns_suffix());
    let check = Check::new("iam:PassRole", role.as_str())
        .with("iam:PassedToService", service)
        .with("iam:AssociatedResourceArn", instance_arn(ask, "*"));
    let tags = ask.directory.roles.get(role.resource().rsplit('/').next().unwrap_or_default());
    Some(tags.iter().flat_map(|role| &role.tags).fold(check, |check, tag| {
        check
            .with(&format!("aws:ResourceTag/{}", tag.key), &*tag.value)
            .with(&format!("iam:ResourceTag/{}", tag.key), &*tag.value)
    }))
}

fn association(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let id = asked_id(ask)?;
    handing(ask, "ec2:AssociateIamInstanceProfile", &id)
}

fn replacement(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let id = holder(ask)?;
    handing(ask, "ec2:ReplaceIamInstanceProfileAssociation", &id)
}

fn disassociation(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let id = holder(ask)?;
    Ok(vec![instance_check(ask, "ec2:DisassociateIamInstanceProfile", id.as_str())?])
}

/// Who gives an instance a profile hands it the role.
fn handing(ask: &Ask<'_>, action: &'static str, id: &InstanceId) -> Result<Vec<Check>, ServiceError> {
    let profile = specified(ask.input);
    let check = instance_check(ask, action, id.as_str())?
        .with("ec2:NewInstanceProfile", profile.profile_arn(ask.directory));
    Ok([check].into_iter().chain(passing(ask, profile)).collect())
}

fn associate(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let id = asked_id(ask)?;
    found(ask, &id)?;
    let new_id = association::fresh_id(ask.random);
    change(ask, &id, |instance| {
        let directory = ask.account.directory();
        let profile = specified(ask.input).find_authorised(&directory, ask.directory)?;
        association::associate(instance, &directory, profile, &new_id, moment(ask))
    })
}

fn replace(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (id, old_id, new_id) = (holder(ask)?, asked_association(ask), association::fresh_id(ask.random));
    change(ask, &id, |instance| {
        let directory = ask.account.directory();
        let profile = specified(ask.input).find_authorised(&directory, ask.directory)?;
        association::replace(instance, &directory, profile, (old_id, &new_id), moment(ask))
    })
}

fn disassociate(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let id = holder(ask)?;
    change(ask, &id, |instance| association::disassociate(instance, asked_association(ask), moment(ask)))
}

fn change(
    ask: &Ask<'_>,
    id: &InstanceId,
    mut edit: impl FnMut(&mut Instance) -> Result<Association, ServiceError>,
) -> Result<Structure, ServiceError> {
    let mut made = None;
    let changed = ask.host.instances().update(id, |instance| {
        made = Some(edit(instance)?);
        Ok::<_, ServiceError>(())
    })?;
    ask.host.publish(&changed)?;
    let association = made.expect("an update that succeeds has run its edit");
    Ok(Structure::new().with("IamInstanceProfileAssociation", shown(&association)))
}

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let ids: Vec<&str> = ask.input.texts("AssociationIds").collect();
    ids.iter().try_for_each(|id| association::check_id(id))?;
    let filter = AssociationFilter::read(ask.input)?;
    let page = page(ask);
    page.refuse_with_ids("associationIds", !ids.is_empty())?;
    let all = all(ask)?;
    if let Some(unknown) = ids.iter().find(|id| !all.iter().any(|held| held.association_id == **id)) {
        return Err(association::not_found(unknown));
    }
    let named = |held: &Association| ids.is_empty() || ids.contains(&&*held.association_id);
    let wanted = all.into_iter().filter(|held| named(held) && filter.holds(held));
    let page = page.cut(wanted, |held| &held.association_id)?;
    let shown: Vec<Value> = page.items.iter().map(|held| shown(held).into()).collect();
    Ok(Structure::new().with("IamInstanceProfileAssociations", shown).with_some("NextToken", page.next_token))
}

/// The associations of the region, by their ids.
fn all(ask: &Ask<'_>) -> Result<Vec<Association>, ServiceError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = ask.host.instances().list(after.as_ref(), PAGE)?;
        let here = page.instances.iter().map(|view| &view.instance).filter(|instance| {
            instance.placement.region == *ask.region && instance.account_id == ask.account.account_id()
        });
        all.extend(here.filter_map(|instance| Association::of(instance, moment(ask))));
        after = page.next;
        if after.is_none() {
            all.sort_by(|one, other| one.association_id.cmp(&other.association_id));
            return Ok(all);
        }
    }
}

/// The instance whose association a request names.
fn holder(ask: &Ask<'_>) -> Result<InstanceId, ServiceError> {
    let id = asked_association(ask);
    association::check_id(id)?;
    let held = all(ask)?.into_iter().find(|held| held.association_id == id);
    held.map(|held| held.instance_id).ok_or_else(|| association::not_found(id))
}

fn asked_association<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("AssociationId").unwrap_or_default()
}

fn moment<'a>(ask: &Ask<'a>) -> Moment<'a> {
    Moment { now: ask.now, seed: ask.host.seed(), delay: ask.host.propagation_delay() }
}

fn page<'a>(ask: &Ask<'a>) -> PageRequest<'a> {
    let list = List {
        operation: "DescribeIamInstanceProfileAssociations",
        region: ask.region,
        account_id: ask.account.account_id(),
    };
    PageRequest {
        list,
        next_token: ask.input.text("NextToken"),
        max_results: ask.input.integer("MaxResults"),
        limits: PageLimits::USUAL,
    }
}

fn shown(association: &Association) -> Structure {
    let profile = Structure::new()
        .with("Arn", association.profile_arn.as_str())
        .with("Id", association.profile_id.as_str());
    Structure::new()
        .with("AssociationId", association.association_id.as_str())
        .with("InstanceId", association.instance_id.as_str())
        .with("IamInstanceProfile", profile)
        .with("State", association.state.as_str())
}

/// This operation's filters, which know no wildcards.
#[derive(Debug, Default)]
struct AssociationFilter<'a> {
    instance_ids: Option<Vec<&'a str>>,
    states: Option<Vec<&'a str>>,
}

impl<'a> AssociationFilter<'a> {
    fn read(input: &'a Structure) -> Result<Self, ServiceError> {
        let mut filter = Self::default();
        for given in input.structures("Filters") {
            let values: Vec<&str> = given.texts("Values").collect();
            let (Some(name), false) = (given.text("Name"), values.is_empty()) else {
                return Err(refusal::invalid_value(INCOMPLETE));
            };
            match name {
                "instance-id" => values.iter().try_for_each(|id| check_instance_id(id))?,
                "state" => values.iter().try_for_each(|state| check_state(state))?,
                _ => {
                    return Err(refusal::invalid_value(format!(
                        "An unknown filter '{}' was given",
                        start(name)
                    )));
                }
            }
            let place = if name == "state" { &mut filter.states } else { &mut filter.instance_ids };
            match place {
                // The same filter twice: both must hold.
                Some(before) => before.retain(|value| values.contains(value)),
                None => *place = Some(values),
            }
        }
        Ok(filter)
    }

    fn holds(&self, association: &Association) -> bool {
        let among = |wanted: &Option<Vec<&str>>, value: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.contains(&value))
        };
        among(&self.instance_ids, association.instance_id.as_str())
            && among(&self.states, association.state.as_str())
    }
}

fn check_instance_id(text: &str) -> Result<(), ServiceError> {
    let refused = |_| {
        let text = format!("A filter with an invalid instance-id of '{}' was given", start(text));
        refusal::invalid_value(text)
    };
    text.parse::<InstanceId>().map(drop).map_err(refused)
}

fn check_state(text: &str) -> Result<(), ServiceError> {
    match text {
        "associated" | "associating" | "disassociating" => Ok(()),
        "disassociated" => {
            Err(refusal::invalid_value("Only 'associated', 'associating' and 'disassociating' are allowed"))
        }
        _ => Err(refusal::invalid_value(format!(
            "A filter for an unknown association state of '{}' was given",
            start(text)
        ))),
    }
}

fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_SHOWN)]
}

const INCOMPLETE: &str =
    "Invalid value 'null/empty' for 'filter'. Invalid filter - one of more name/value pair was incomplete";
const MAX_SHOWN: usize = 100;

/// Instances read at once.
const PAGE: usize = 256;
