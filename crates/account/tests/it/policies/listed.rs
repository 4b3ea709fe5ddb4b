//! `ListPolicies`, as each filter leaves it.

use account::iam::policy::{Holder, ListPolicies, PolicyScope, Usage, UsageFilter, list};
use account::iam::{attachment, boundary};

use super::*;

/// `bound` bounds alice, `both` does so for worker and is attached to team, `idle` is not used; AWS's is attached to alice.
fn directory() -> Directory {
    let mut directory = people();
    let idle = policy(&mut directory, "idle");
    let bound = policy(&mut directory, "Bound");
    let both = policy_at(&mut directory, "/division/", "both");
    assert!(!idle.is_empty());
    boundary::put(&mut directory, Holder::User("alice"), &bound).unwrap();
    boundary::put(&mut directory, Holder::Role("worker"), &both).unwrap();
    attachment::attach(&mut directory, Holder::Group("team"), &both).unwrap();
    attachment::attach(&mut directory, Holder::User("alice"), READ_ONLY).unwrap();
    directory
}

/// Scope, `OnlyAttached`, `PolicyUsageFilter`, `PathPrefix`, and the names that are left.
type Case = (PolicyScope, bool, Option<UsageFilter>, Option<&'static str>, &'static [&'static str]);

#[test]
fn filters_leave_what_they_name() {
    const LOCAL: PolicyScope = PolicyScope::Local;
    let (attached, bounding) = (Some(UsageFilter::PermissionsPolicy), Some(UsageFilter::PermissionsBoundary));
    let everything: &[&str] = &["Bound", "both", "idle"];
    let cases: [Case; 9] = [
        (LOCAL, false, None, None, everything),
        // Captured: a filter of uses counts only beside OnlyAttached.
        (LOCAL, false, attached, None, everything),
        (LOCAL, false, bounding, None, everything),
        (LOCAL, true, None, None, &["Bound", "both"]),
        (LOCAL, true, attached, None, &["both"]),
        (LOCAL, true, bounding, None, &["Bound", "both"]),
        (LOCAL, false, None, Some("/division/"), &["both"]),
        (PolicyScope::Aws, true, None, None, &["ReadOnlyAccess"]),
        (PolicyScope::All, true, attached, None, &["both", "ReadOnlyAccess"]),
    ];
    let directory = directory();
    let usage = Usage::of(&directory);
    for (scope, only_attached, filter, path_prefix, expected) in cases {
        let request = ListPolicies { scope, only_attached, usage: filter, path_prefix };
        let names: Vec<&str> =
            list(&directory, &request, &usage).iter().map(|policy| policy.name()).collect();
        assert_eq!(names, expected, "{request:?}");
    }
}

#[test]
fn everything_is_listed_once() {
    let directory = directory();
    let count = |scope| {
        let request = ListPolicies { scope, ..ListPolicies::default() };
        let listed = list(&directory, &request, &Usage::of(&directory));
        let mut arns: Vec<&str> = listed.iter().map(|policy| policy.arn().as_str()).collect();
        arns.sort_unstable();
        arns.dedup();
        assert_eq!(arns.len(), listed.len());
        arns.len()
    };
    assert_eq!(count(PolicyScope::All), count(PolicyScope::Local) + count(PolicyScope::Aws));
    assert_eq!(count(PolicyScope::Aws), account::aws_managed::all().len());
}
