//! `GetAccountAuthorizationDetails`: order, filters, and markers that hold for one filter.

use account::iam::attachment;
use account::iam::details::{Detail, DetailFilter, DetailPage, details};
use account::iam::page::PageRequest;
use account::iam::policy::{Holder, Usage};

use super::*;
use crate::world::told;

fn directory() -> Directory {
    let mut directory = people();
    user(&mut directory, "Bob");
    let own = policy(&mut directory, "own");
    attachment::attach(&mut directory, Holder::User("alice"), &own).unwrap();
    attachment::attach(&mut directory, Holder::Group("team"), READ_ONLY).unwrap();
    directory
}

fn ask<'a>(
    directory: &'a Directory,
    filter: &[&str],
    marker: Option<&str>,
    max_items: i64,
) -> Result<DetailPage<'a>, account::ServiceError> {
    let page = PageRequest { marker, max_items: Some(max_items) };
    details(directory, DetailFilter::read(filter.iter().copied()), &Usage::of(directory), &page)
}

fn names(items: &[Detail<'_>]) -> Vec<String> {
    let name = |item: &Detail<'_>| match item {
        Detail::User(user) => format!("user {}", user.user_name),
        Detail::Role(role) => format!("role {}", role.role_name),
        Detail::Group(group) => format!("group {}", group.group_name),
        Detail::Policy(policy) => format!("policy {}", policy.name()),
    };
    items.iter().map(name).collect()
}

#[test]
fn pages_of_any_size_go_through_all() {
    let directory = directory();
    let all = ["user alice", "user Bob", "role worker", "group team", "policy own", "policy ReadOnlyAccess"];
    for size in 1..8 {
        let (mut seen, mut marker) = (Vec::new(), None);
        loop {
            let page = ask(&directory, &[], marker.as_deref(), size).unwrap();
            seen.extend(names(&page.items));
            marker = page.marker;
            if marker.is_none() {
                break;
            }
        }
        assert_eq!(seen, all, "pages of {size}");
    }
}

#[test]
fn filters_leave_their_kinds() {
    let directory = directory();
    let cases: [(&[&str], &[&str]); 5] = [
        (&["User"], &["user alice", "user Bob"]),
        (&["Group", "Role"], &["role worker", "group team"]),
        (&["LocalManagedPolicy"], &["policy own"]),
        // Only what somebody uses.
        (&["AWSManagedPolicy"], &["policy ReadOnlyAccess"]),
        (&["AWSManagedPolicy", "User", "User"], &["user alice", "user Bob", "policy ReadOnlyAccess"]),
    ];
    for (filter, expected) in cases {
        assert_eq!(names(&ask(&directory, filter, None, 100).unwrap().items), expected);
    }
}

#[test]
fn marker_of_another_filter_is_refused_in_words() {
    let directory = directory();
    let given = |filter: &[&str]| ask(&directory, filter, None, 1).unwrap().marker.unwrap();
    let (all, users) = (given(&[]), given(&["User"]));
    let cases: [(&[&str], &str, &str); 5] = [
        (&["Role"], &users, "Marker and Filter do not match"),
        (&["User", "Role"], &users, "Marker and Filter do not match"),
        (&["User"], &all, "Invalid Marker."),
        (&[], &users, "Invalid Marker."),
        (&[], "nonsense", "Invalid Marker."),
    ];
    for (filter, marker, text) in cases {
        let refused = told(ask(&directory, filter, Some(marker), 1));
        assert_eq!(refused, ("ValidationError".to_owned(), 400, text.to_owned()), "{filter:?}");
    }
    let order = ask(&directory, &["User"], Some(&users), 1).unwrap();
    assert_eq!(names(&order.items), ["user Bob"]);
}
