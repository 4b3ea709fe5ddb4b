//! Lists of policies, of their versions and of who uses them.

use account::ServiceError;
use account::iam::attachment::{self, EntityFilter, EntityKind, ListEntities, PolicyEntity};
use account::iam::policy::{self, ListPolicies, PolicyScope, Usage, UsageFilter};
use wire::Structure;

use super::{listed, page, shown, shown_version, text};
use crate::Ask;

pub(super) fn policies(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let usage = Usage::of(ask.directory);
    let request = ListPolicies {
        scope: ask.input.text("Scope").and_then(PolicyScope::read).unwrap_or_default(),
        only_attached: ask.input.boolean("OnlyAttached").unwrap_or(false),
        usage: usage_filter(ask),
        path_prefix: ask.input.text("PathPrefix"),
    };
    let page =
        page(ask).cut(policy::list(ask.directory, &request, &usage), |policy| policy.arn().as_str())?;
    let shown = page.items.iter().map(|policy| shown(*policy, usage.policy(policy.arn().as_str())));
    Ok(listed(Structure::new().with("Policies", shown.collect::<Vec<_>>()), page.marker))
}

/// The newest first, which is the order of the keys: the number of versions that are yet to come.
pub(super) fn versions(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let versions = policy::versions(ask.directory, text(ask, "PolicyArn"))?;
    let keyed = versions.into_iter().map(|version| (format!("{:010}", u32::MAX - version.number), version));
    let page = page(ask).cut(keyed, |(key, _)| key)?;
    let shown = page.items.iter().map(|(_, version)| shown_version(version));
    Ok(listed(Structure::new().with("Versions", shown.collect::<Vec<_>>()), page.marker))
}

pub(super) fn entities(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let request = ListEntities {
        entity: ask.input.text("EntityFilter").and_then(EntityFilter::read).unwrap_or_default(),
        path_prefix: ask.input.text("PathPrefix"),
        usage: usage_filter(ask),
    };
    let entities = attachment::entities(ask.directory, text(ask, "PolicyArn"), &request)?;
    let page = page(ask).cut(entities, |entity| &entity.key)?;
    let of_kind = |kind: EntityKind, name: &'static str, id: &'static str| {
        let shown =
            |entity: &PolicyEntity<'_>| Structure::new().with(name, entity.name).with(id, entity.id.as_str());
        page.items.iter().filter(|entity| entity.kind == kind).map(shown).collect::<Vec<_>>()
    };
    let answer = Structure::new()
        .with("PolicyGroups", of_kind(EntityKind::Group, "GroupName", "GroupId"))
        .with("PolicyUsers", of_kind(EntityKind::User, "UserName", "UserId"))
        .with("PolicyRoles", of_kind(EntityKind::Role, "RoleName", "RoleId"));
    Ok(listed(answer, page.marker))
}

fn usage_filter(ask: &Ask<'_>) -> Option<UsageFilter> {
    ask.input.text("PolicyUsageFilter").and_then(UsageFilter::read)
}
