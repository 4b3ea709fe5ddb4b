//! `ListPolicies`.

use super::{Managed, Usage, UsageFilter};
use crate::aws_managed;
use crate::directory::Directory;

/// Which policies are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListPolicies<'a> {
    pub scope: PolicyScope,
    pub only_attached: bool,
    /// Counts only beside `only_attached`: AWS lists unused policies under either filter otherwise (captured by stackd).
    pub usage: Option<UsageFilter>,
    pub path_prefix: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolicyScope {
    #[default]
    All,
    Aws,
    Local,
}

impl PolicyScope {
    /// As in the API.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "All" => Some(Self::All),
            "AWS" => Some(Self::Aws),
            "Local" => Some(Self::Local),
            _ => None,
        }
    }
}

/// The account's own and AWS's policies that `request` asks for, in the order of their ARNs in lower case.
pub fn list<'a>(directory: &'a Directory, request: &ListPolicies<'_>, usage: &Usage<'_>) -> Vec<Managed<'a>> {
    let own = directory.policies.iter().map(Managed::Customer);
    let own = own.filter(|_| request.scope != PolicyScope::Aws);
    let aws = aws_managed::all().iter().map(Managed::Aws);
    let aws = aws.filter(|_| request.scope != PolicyScope::Local);
    let wanted = |policy: &Managed<'_>| {
        request.path_prefix.is_none_or(|prefix| policy.path().starts_with(prefix))
            && (!request.only_attached || usage.policy(policy.arn().as_str()).meets(request.usage))
    };
    let mut policies: Vec<Managed<'a>> = own.chain(aws).filter(wanted).collect();
    policies.sort_by_cached_key(|policy| policy.arn().as_str().to_ascii_lowercase());
    policies
}
