//! Any sequence of operations leaves a directory in which all that is named is there, and which a restart finds again.

use std::sync::Arc;

use account::directory::Directory;
use account::iam::{access_key, alias, group, instance_profile, role, user};
use account::{Account, ServiceError};
use proptest::prelude::*;
use store::MemoryStore;

use crate::world::{NOW, TRUSTS_EC2, account_id, create_role, random, tag, trusts};

/// Names are few, so that operations meet each other's entities, in any case.
const NAMES: [&str; 6] = ["ann", "Ann", "bob", "BOB", "cy", "dee"];

#[derive(Clone, Debug)]
struct Step {
    operation: usize,
    one: &'static str,
    other: &'static str,
    number: u64,
}

type Operation = fn(&mut Directory, &Step) -> Result<(), ServiceError>;

const OPERATIONS: &[Operation] = &[
    |d, step| {
        let new = user::NewUser { user_name: step.one.to_owned(), ..Default::default() };
        user::create(d, new, NOW, &random(step.number)).map(|_| ())
    },
    |d, step| user::update(d, step.one, Some(step.other), None),
    |d, step| user::update(d, step.one, None, Some("/p/")),
    |d, step| user::delete(d, step.one),
    |d, step| user::set_tags(d, step.one, vec![tag(step.other, "x")]),
    |d, step| user::unset_tags(d, step.one, &[step.other]),
    |d, step| group::create(d, step.one, Some("/g/"), NOW, &random(step.number)).map(|_| ()),
    |d, step| group::update(d, step.one, Some(step.other), None),
    |d, step| group::delete(d, step.one),
    |d, step| group::add_user(d, step.one, step.other),
    |d, step| group::add_user(d, step.one, step.other),
    |d, step| group::remove_user(d, step.one, step.other),
    |d, step| create_role(d, step.one, TRUSTS_EC2),
    |d, step| role::update_trust(d, step.one, &trusts(d.user_arn(step.other).as_str())),
    |d, step| role::delete(d, step.one),
    |d, step| instance_profile::create(d, step.one, None, vec![], NOW, &random(step.number)).map(|_| ()),
    |d, step| instance_profile::add_role(d, step.one, step.other),
    |d, step| instance_profile::add_role(d, step.one, step.other),
    |d, step| instance_profile::remove_role(d, step.one, step.other),
    |d, step| instance_profile::delete(d, step.one),
    |d, step| access_key::create(d, Some(step.one), NOW, &random(step.number)).map(|_| ()),
    |d, step| access_key::create(d, None, NOW, &random(step.number)).map(|_| ()),
    |d, step| {
        let first = d.access_keys_of(Some(step.one)).next().map(|key| key.access_key_id.clone());
        access_key::delete(d, Some(step.one), &first.unwrap_or_default())
    },
    |d, step| alias::create(d, step.one, NOW),
    |d, step| alias::delete(d, step.one),
];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let name = || prop::sample::select(&NAMES[..]);
    let step = (0..OPERATIONS.len(), name(), name(), any::<u64>())
        .prop_map(|(operation, one, other, number)| Step { operation, one, other, number });
    prop::collection::vec(step, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_dangles_and_a_restart_finds_the_same(steps in steps()) {
        let store = Arc::new(MemoryStore::new());
        let account = Account::open(store.clone(), account_id()).unwrap();
        for step in &steps {
            let before = account.directory();
            let done = account.change(|directory| OPERATIONS[step.operation](directory, step));
            let after = account.directory();
            after.check().unwrap_or_else(|fault| panic!("{step:?}: {fault}"));
            if done.is_err() {
                prop_assert!(Arc::ptr_eq(&before, &after), "{:?} was refused and changed something", step);
            }
        }
        let again = Account::open(store, account_id()).unwrap();
        prop_assert_eq!(again.directory().export(true), account.directory().export(true));
    }
}
