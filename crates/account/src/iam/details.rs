//! `GetAccountAuthorizationDetails`: all users, roles, groups and policies of the account, in pages.
//!
//! Rule: pages go through users, roles, groups, then policies, as AWS's do, and a marker holds only for the filter that it was
//! given under (orders and refusals captured by stackd, 2026-09).

use std::sync::Arc;

use super::page::PageRequest;
use super::policy::{Managed, Usage};
use super::refusal;
use crate::ServiceError;
use crate::aws_managed;
use crate::directory::{Directory, Group, Role, User};

/// Which kinds of entities are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetailFilter(u8);

/// One entity.
#[derive(Clone, Copy, Debug)]
pub enum Detail<'a> {
    User(&'a Arc<User>),
    Role(&'a Arc<Role>),
    Group(&'a Arc<Group>),
    Policy(Managed<'a>),
}

/// A part of the list, and where the next one begins.
#[derive(Debug)]
pub struct DetailPage<'a> {
    pub items: Vec<Detail<'a>>,
    pub marker: Option<String>,
}

impl DetailFilter {
    const ALL: Self = Self(0b1_1111);

    /// `Filter` as in the API, whose order means nothing. None at all is all.
    pub fn read<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let bits = names.into_iter().filter_map(|name| KINDS.iter().position(|kind| *kind == name));
        let bits = bits.fold(0, |bits, place| bits | 1 << place);
        if bits == 0 { Self::ALL } else { Self(bits) }
    }

    fn has(self, kind: &str) -> bool {
        KINDS.iter().position(|held| *held == kind).is_some_and(|place| self.0 & 1 << place != 0)
    }
}

/// The page of the account's entities that is asked for. AWS's own policies are those that somebody uses.
pub fn details<'a>(
    directory: &'a Directory,
    filter: DetailFilter,
    usage: &Usage<'_>,
    page: &PageRequest<'_>,
) -> Result<DetailPage<'a>, ServiceError> {
    let marker = page.marker.map(|marker| inner_marker(marker, filter)).transpose()?;
    let request = PageRequest { marker, max_items: page.max_items };
    let page = request.cut(all(directory, filter, usage), |(key, _)| key)?;
    Ok(DetailPage {
        items: page.items.into_iter().map(|(_, detail)| detail).collect(),
        marker: page.marker.map(|marker| format!("{:02x}.{marker}", filter.0)),
    })
}

fn all<'a>(directory: &'a Directory, filter: DetailFilter, usage: &Usage<'_>) -> Vec<(String, Detail<'a>)> {
    let mut all = Vec::new();
    let mut add =
        |kind: u8, name: &str, detail| all.push((format!("{kind}/{}", name.to_ascii_lowercase()), detail));
    if filter.has("User") {
        directory.users.iter().for_each(|user| add(1, &user.user_name, Detail::User(user)));
    }
    if filter.has("Role") {
        directory.roles.iter().for_each(|role| add(2, &role.role_name, Detail::Role(role)));
    }
    if filter.has("Group") {
        directory.groups.iter().for_each(|group| add(3, &group.group_name, Detail::Group(group)));
    }
    if filter.has("LocalManagedPolicy") {
        let own = directory.policies.iter().map(Managed::Customer);
        own.for_each(|policy| add(4, policy.name(), Detail::Policy(policy)));
    }
    if filter.has("AWSManagedPolicy") {
        let used = aws_managed::all().iter().map(Managed::Aws);
        let used = used.filter(|policy| !usage.policy(policy.arn().as_str()).is_unused());
        used.for_each(|policy| add(5, policy.name(), Detail::Policy(policy)));
    }
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all
}

/// The marker of the list itself, where it was given under this filter.
fn inner_marker(marker: &str, filter: DetailFilter) -> Result<&str, ServiceError> {
    let parts =
        marker.split_once('.').and_then(|(bits, rest)| Some((u8::from_str_radix(bits, 16).ok()?, rest)));
    match parts {
        Some((bits, rest)) if bits == filter.0 => Ok(rest),
        Some((bits, _)) if bits == DetailFilter::ALL.0 => Err(refusal::validation_error(INVALID_MARKER)),
        _ if filter == DetailFilter::ALL => Err(refusal::validation_error(INVALID_MARKER)),
        _ => Err(refusal::validation_error("Marker and Filter do not match")),
    }
}

/// By place of their bits.
const KINDS: [&str; 5] = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];
const INVALID_MARKER: &str = "Invalid Marker.";
