//! Declared instances against what changed at run time.

use types::instance::{Switch, Tokens};

use super::*;

fn sync(instances: &Instances, declared: &[Instance]) -> SyncReport {
    instances.sync_declared(declared.iter().cloned()).unwrap()
}

fn synced(declared: &[Instance]) -> Instances {
    let instances = empty();
    let report = sync(&instances, declared);
    assert_eq!(report.created.len(), declared.len());
    instances
}

fn id(index: u32) -> InstanceId {
    instance(index).instance_id
}

#[test]
fn same_declaration_again_writes_nothing() {
    let declared: Vec<Instance> = (0..600).map(instance).collect();
    let instances = synced(&declared);
    let revision = instances.list(None, 1).unwrap().revision;
    // Three batches.
    assert_eq!(revision, Revision(3));
    let report = sync(&instances, &declared);
    assert_eq!(report, SyncReport { unchanged: 600, revision, ..SyncReport::default() });
    assert_eq!(listed(&instances).len(), 600);
}

#[test]
fn run_time_changes_survive_an_unchanged_declaration() {
    let instances = synced(&[instance(0)]);
    let _ = instances.create_tags(&id(0), &tags(&[("a", "1")])).unwrap();
    let report = sync(&instances, &[instance(0)]);
    assert_eq!((report.unchanged, report.kept), (1, vec![]));
    assert!(described(&instances, &id(0)).tags.contains_key("a"));
}

#[test]
fn new_declaration_changes_what_nobody_touched() {
    let instances = synced(&[instance(0)]);
    let _ = instances.create_tags(&id(0), &tags(&[("run", "time")])).unwrap();
    let mut declared = instance(0);
    declared.instance_type = "m5.large".to_owned();
    declared.user_data = Some(b"#!/bin/sh".to_vec());
    let report = sync(&instances, std::slice::from_ref(&declared));
    assert_eq!(report.updated, [id(0)]);
    let kept = KeptFields { instance_id: id(0), fields: vec!["Tags".to_owned()] };
    assert_eq!(report.kept, [kept]);
    assert_eq!(report.changed().instances, [id(0)]);
    let now = described(&instances, &id(0));
    assert_eq!((now.instance_type.as_str(), now.user_data), ("m5.large", declared.user_data.clone()));
    assert_eq!(now.tags.get("run").map(String::as_str), Some("time"));
    assert_eq!(sync(&instances, &[declared]).unchanged, 1);
}

#[test]
fn field_taken_out_of_the_declaration_goes() {
    let mut with = instance(0);
    with.user_data = Some(b"x".to_vec());
    let instances = synced(&[with]);
    let _ = sync(&instances, &[instance(0)]);
    assert_eq!(described(&instances, &id(0)).user_data, None);
}

#[test]
fn run_time_change_that_the_declaration_catches_up_with_is_no_conflict() {
    let instances = synced(&[instance(0)]);
    let _ = instances.create_tags(&id(0), &tags(&[("a", "1")])).unwrap();
    let declared = described(&instances, &id(0));
    let report = sync(&instances, std::slice::from_ref(&declared));
    assert_eq!((report.updated, report.kept), (vec![id(0)], vec![]));
}

#[test]
fn undeclared_instance_goes_and_a_launched_one_stays() {
    let instances = synced(&[instance(0), instance(1)]);
    let _ = instances.launch(instance(2)).unwrap();
    let report = sync(&instances, &[instance(1)]);
    assert_eq!(report.removed, [id(0)]);
    let mut left: Vec<InstanceId> = listed(&instances).into_iter().map(|i| i.instance_id).collect();
    left.sort();
    let mut expected = vec![id(1), id(2)];
    expected.sort();
    assert_eq!(left, expected);
}

#[test]
fn launched_instance_can_be_declared_and_undeclared() {
    let (instances, id) = launched();
    let mut declared = instance(0);
    declared.instance_type = "m5.large".to_owned();
    let report = sync(&instances, &[declared]);
    assert_eq!(report.kept[0].fields, ["InstanceType"]);
    assert_eq!(described(&instances, &id), instance(0));
    assert_eq!(sync(&instances, &[]).removed, []);
    assert_eq!(described(&instances, &id), instance(0));
}

#[test]
fn terminated_instance_stays_so_until_its_declaration_changes() {
    let instances = synced(&[instance(0)]);
    let _ = instances.remove(&[id(0)]).unwrap();
    assert_eq!(sync(&instances, &[instance(0)]).unchanged, 1);
    assert_eq!(listed(&instances), []);
    assert_eq!(code(instances.create_tags(&id(0), &tags(&[]))), "InvalidInstanceID.NotFound");
    let mut declared = instance(0);
    declared.instance_type = "m5.large".to_owned();
    assert_eq!(sync(&instances, std::slice::from_ref(&declared)).created, [id(0)]);
    assert_eq!(listed(&instances), [declared]);
}

#[test]
fn terminated_instance_that_is_no_longer_declared_is_forgotten() {
    let instances = synced(&[instance(0)]);
    let _ = instances.remove(&[id(0)]).unwrap();
    assert_eq!(sync(&instances, &[]).removed, []);
    assert_eq!(sync(&instances, &[instance(0)]).created, [id(0)]);
}

#[test]
fn pending_options_outlive_a_new_declaration() {
    let instances = synced(&[instance(0)]);
    let change = MetadataOptionsChange { http_tokens: Some(Tokens::Required), ..Default::default() };
    let delay = std::time::Duration::from_secs(10);
    let _ = instances.modify_metadata_options(&id(0), change, NOW, delay).unwrap();
    let mut declared = instance(0);
    declared.instance_type = "m5.large".to_owned();
    let _ = sync(&instances, &[declared]);
    assert_eq!(instances.apply_due(NOW + delay).unwrap().instances, [id(0)]);
    assert_eq!(described(&instances, &id(0)).metadata_options.http_tokens, Tokens::Required);
}

#[test]
fn removed_instance_has_nothing_due() {
    let instances = synced(&[instance(0)]);
    let change = MetadataOptionsChange { http_tokens: Some(Tokens::Required), ..Default::default() };
    let _ =
        instances.modify_metadata_options(&id(0), change, NOW, std::time::Duration::from_secs(10)).unwrap();
    let _ = sync(&instances, &[]);
    assert_eq!(instances.next_due().unwrap(), None);
}

#[test]
fn tags_and_options_that_do_not_fit_together_stay_as_they_are() {
    let instances = synced(&[instance(0)]);
    let _ = instances.create_tags(&id(0), &tags(&[("a/b", "")])).unwrap();
    let mut declared = instance(0);
    declared.metadata_options.instance_metadata_tags = Switch::Enabled;
    let report = sync(&instances, &[declared]);
    assert_eq!(report.kept[0].fields, ["MetadataOptions", "Tags"]);
    let now = described(&instances, &id(0));
    assert!(now.tags.contains_key("a/b") && !now.metadata_options.instance_metadata_tags.is_enabled());
}

#[test]
fn instance_declared_twice_or_wrongly_is_refused() {
    let twice = empty().sync_declared([instance(0), instance(0)]);
    assert_eq!(code(twice), "InvalidParameterValue");
    let mut wrong = instance(0);
    wrong.network_interfaces.clear();
    assert_eq!(code(empty().sync_declared([wrong])), "InvalidParameterValue");
}
