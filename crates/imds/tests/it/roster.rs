//! Which instance answers, and what a change changes.

use std::time::Duration;

use types::Instance;

use crate::world::{START, World, instance};

const ID: &str = "/latest/meta-data/instance-id";

#[test]
fn a_lone_unbound_instance_answers_everybody() {
    let world = World::start(&[instance(1)]);
    assert_eq!(world.get(ID).body, "i-0123456789abcde01");
    world.roster.replace(&instance(2), START);
    let reply = world.get(ID);
    assert_eq!((reply.status(), reply.body.len()), (404, 339), "two unbound instances: neither");
    assert!(world.roster.remove(&instance(1).instance_id));
    assert!(!world.roster.remove(&instance(1).instance_id));
    assert_eq!(world.get(ID).body, "i-0123456789abcde02");
}

#[test]
fn where_a_request_arrives_counts_before_where_it_comes_from() {
    let world = World::start(&[]);
    assert_eq!(world.get(ID).status(), 404);
    let unbound = instance(1);
    let mut by_source = instance(2);
    by_source.binding.sources = vec!["127.0.0.1".parse().unwrap()];
    let mut by_endpoint = instance(3);
    by_endpoint.binding.endpoints = vec![world.addr];
    let mut elsewhere = instance(4);
    elsewhere.binding.endpoints = vec!["127.0.0.1:1".parse().unwrap()];
    elsewhere.binding.sources = vec!["192.0.2.1".parse().unwrap()];

    for (added, answers) in
        [(elsewhere, None), (unbound, Some(1)), (by_source, Some(2)), (by_endpoint, Some(3))]
    {
        world.roster.replace(&added, START);
        let expected = answers.map_or(404, |_| 200);
        let reply = world.get(ID);
        assert_eq!(reply.status(), expected);
        if let Some(n) = answers {
            assert_eq!(reply.body, instance(n).instance_id.as_str());
        }
    }
}

#[test]
fn a_token_is_good_for_its_own_instance_only() {
    let (first, second) = (World::start(&[instance(1)]), World::start(&[instance(2)]));
    let token = first.token();
    assert_eq!(first.get_with(&token, ID).status(), 200);
    assert_eq!(second.get_with(&token, ID).status(), 401);
}

#[test]
fn a_change_shows_at_once_and_dates_the_instance() {
    let world = World::start(&[instance(1)]);
    let mut changed = instance(1);
    changed.instance_type = "m7g.large".to_owned();
    world.roster.replace(&changed, START + Duration::from_secs(60));
    let reply = world.get("/latest/meta-data/instance-type");
    assert_eq!(reply.body, "m7g.large");
    assert_eq!(reply.header("Last-Modified"), Some("Sat, 21 Nov 2026 08:01:00 GMT"));
}

#[test]
fn replacing_all_keeps_the_last_of_equals() {
    let world = World::start(&[instance(1)]);
    let mut later = instance(2);
    later.instance_type = "c7i.large".to_owned();
    world.roster.replace_all([instance(2), instance(2), later], START);
    assert_eq!(world.roster.len(), 1);
    assert!(world.roster.contains(&instance(2).instance_id));
    assert_eq!(world.get("/latest/meta-data/instance-type").body, "c7i.large");
    world.roster.replace_all(std::iter::empty::<Instance>(), START);
    assert!(world.roster.is_empty());
}
