//! Any sequence of operations on policies leaves counts that agree with lists, and nothing attached that is gone.

use std::sync::Arc;

use account::iam::attachment::{self, EntityFilter, ListEntities};
use account::iam::policy::{self, Holder, PolicyUse, Usage, UsageFilter, create_version};
use account::iam::{boundary, group, inline, user};
use account::{Account, ServiceError};
use proptest::prelude::*;
use store::MemoryStore;

use super::*;
use crate::world::{account_id, create_role};

const POLICIES: [&str; 4] = ["one", "ONE", "two", "three"];
const HOLDERS: [Holder<'static>; 6] = [
    Holder::User("alice"),
    Holder::User("ALICE"),
    Holder::User("bob"),
    Holder::Group("team"),
    Holder::Role("worker"),
    Holder::Role("other"),
];

#[derive(Clone, Debug)]
struct Step {
    operation: usize,
    policy: &'static str,
    holder: Holder<'static>,
    number: u32,
}

type Operation = fn(&mut Directory, &Step) -> Result<(), ServiceError>;

const OPERATIONS: &[Operation] = &[
    |d, step| {
        let id = std::array::from_fn(|place| random(u64::from(step.number))[place + 8]);
        policy::create(d, request(step.policy, DOCUMENT), NOW, id).map(|_| ())
    },
    |d, step| policy::delete(d, &arn(step.policy)),
    |d, step| create_version(d, &arn(step.policy), DOCUMENT, step.number.is_multiple_of(2), NOW).map(|_| ()),
    |d, step| policy::delete_version(d, &arn(step.policy), &format!("v{}", step.number % 7), NOW),
    |d, step| policy::set_default_version(d, &arn(step.policy), &format!("v{}", step.number % 7), NOW),
    |d, step| attachment::attach(d, step.holder, &arn(step.policy)),
    |d, step| attachment::attach(d, step.holder, READ_ONLY),
    |d, step| attachment::detach(d, step.holder, &arn(step.policy)),
    |d, step| boundary::put(d, step.holder, &arn(step.policy)),
    |d, step| boundary::delete(d, step.holder),
    |d, step| inline::put(d, step.holder, step.policy, &document_of(200 + step.number as usize % 2000)),
    |d, step| inline::delete(d, step.holder, step.policy),
    |d, step| match step.holder {
        Holder::User(name) => user::delete(d, name),
        Holder::Group(name) => group::delete(d, name),
        Holder::Role(name) => account::iam::role::delete(d, name),
    },
    |d, step| match step.holder {
        Holder::User(name) => {
            let new = user::NewUser { user_name: name.to_owned(), ..Default::default() };
            user::create(d, new, NOW, &random(u64::from(step.number))).map(|_| ())
        }
        Holder::Group(name) => group::create(d, name, None, NOW, &random(u64::from(step.number))).map(|_| ()),
        Holder::Role(name) => create_role(d, name, crate::world::TRUSTS_EC2),
    },
];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let policy = prop::sample::select(&POLICIES[..]);
    let holder = prop::sample::select(&HOLDERS[..]);
    let step = (0..OPERATIONS.len(), policy, holder, any::<u32>())
        .prop_map(|(operation, policy, holder, number)| Step { operation, policy, holder, number });
    prop::collection::vec(step, 1..80)
}

fn without_space(text: &str) -> usize {
    text.chars().filter(|character| !character.is_whitespace()).count()
}

fn agrees(directory: &Directory) {
    let usage = Usage::of(directory);
    for policy in directory.policies.iter() {
        let arn = policy.arn.as_str();
        let count = |filter| {
            let request = ListEntities { entity: EntityFilter::All, path_prefix: None, usage: Some(filter) };
            attachment::entities(directory, arn, &request).unwrap().len()
        };
        let listed = PolicyUse {
            attachments: count(UsageFilter::PermissionsPolicy),
            boundaries: count(UsageFilter::PermissionsBoundary),
        };
        assert_eq!(usage.policy(arn), listed, "{arn}");
    }
    for holder in HOLDERS {
        let Ok(held) = holder.find(directory) else { continue };
        let bounds = held.boundary.map(|boundary| &boundary.0);
        for arn in held.attached.iter().chain(bounds) {
            policy::get(directory, arn.as_str()).unwrap_or_else(|error| panic!("{holder:?}: {error}"));
        }
        let size: usize = held.inline.values().map(|document| without_space(document.text())).sum();
        assert!(size <= holder.inline_size(), "{holder:?}: {size}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn counts_agree_and_nothing_dangles(steps in steps()) {
        let store = Arc::new(MemoryStore::new());
        let account = Account::open(store.clone(), account_id()).unwrap();
        for step in &steps {
            let before = account.directory();
            let done = account.change(|directory| OPERATIONS[step.operation](directory, step));
            let after = account.directory();
            after.check().unwrap_or_else(|fault| panic!("{step:?}: {fault}"));
            agrees(&after);
            if done.is_err() {
                prop_assert!(Arc::ptr_eq(&before, &after), "{:?} was refused and changed something", step);
            }
        }
        let again = Account::open(store, account_id()).unwrap();
        prop_assert_eq!(again.directory().export(true), account.directory().export(true));
    }
}
