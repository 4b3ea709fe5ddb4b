//! Launch, change, terminate, and what is refused.

use types::instance::{
    AutoScalingState, MaintenanceCode, MaintenanceState, SpotAction, SpotInterruption, Switch,
};

use super::*;

#[test]
fn launched_instance_is_there_until_it_is_terminated() {
    let (instances, id) = launched();
    assert_eq!(described(&instances, &id), instance(0));
    assert_eq!(code(instances.launch(instance(0))), "InvalidParameterValue");
    assert_eq!(instances.remove(std::slice::from_ref(&id)).unwrap().instances, std::slice::from_ref(&id));
    assert_eq!(code(instances.describe(&id)), "InvalidInstanceID.NotFound");
    assert_eq!(code(instances.remove(&[id])), "InvalidInstanceID.NotFound");
    assert_eq!(listed(&instances), []);
}

#[test]
fn termination_takes_all_or_none() {
    let (instances, id) = launched();
    let unknown = instance(1).instance_id;
    assert_eq!(code(instances.remove(&[id.clone(), unknown])), "InvalidInstanceID.NotFound");
    assert_eq!(code(instances.remove(&[])), "MissingParameter");
    assert_eq!(listed(&instances), [instance(0)]);
}

#[test]
fn list_pages_in_the_order_of_ids() {
    let instances = empty();
    let mut ids: Vec<InstanceId> = (0..7).map(|index| instance(index).instance_id).collect();
    for index in 0..7 {
        let _ = instances.launch(instance(index)).unwrap();
    }
    ids.sort();
    for limit in [1, 3, 7, 100] {
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = instances.list(after.as_ref(), limit).unwrap();
            seen.extend(page.instances.into_iter().map(|view| view.instance.instance_id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, ids, "{limit}");
    }
}

#[test]
fn launch_numbers_never_repeat() {
    let instances = empty();
    let numbers: Vec<u32> =
        [1, 1, 3, 1, 1].map(|count| instances.reserve_launch_numbers(count).unwrap()).to_vec();
    assert_eq!(numbers, [0, 1, 2, 5, 6]);
}

#[test]
fn change_without_a_difference_writes_nothing() {
    let (instances, id) = launched();
    let before = instances.list(None, 1).unwrap().revision;
    let changed = instances.update(&id, |_| Ok::<_, InstanceError>(())).unwrap();
    assert_eq!(changed, Changed { instances: vec![], revision: before });
    assert_eq!(instances.list(None, 1).unwrap().revision, before);
}

#[test]
fn update_refuses_what_no_instance_may_be() {
    let (instances, id) = launched();
    let refused = |edit: fn(&mut Instance)| {
        code(instances.update(&id, |instance| {
            edit(instance);
            Ok::<_, InstanceError>(())
        }))
    };
    assert_eq!(refused(|i| i.network_interfaces.clear()), "InvalidParameterValue");
    assert_eq!(refused(|i| i.user_data = Some(vec![0; 16 * 1024 + 1])), "InvalidUserData.Malformed");
    assert_eq!(refused(|i| i.instance_id = instance(1).instance_id), "InvalidParameterValue");
    assert_eq!(described(&instances, &id), instance(0));
}

#[test]
fn concurrent_changes_all_take_place() {
    let (instances, id) = launched();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (instances, id) = (&instances, &id);
            scope.spawn(move || {
                for n in 0..8 {
                    let tag = tags(&[(&format!("{thread}-{n}"), "")]);
                    while matches!(instances.create_tags(id, &tag), Err(InstanceError::Contended(_))) {}
                }
            });
        }
    });
    assert_eq!(described(&instances, &id).tags.len(), instance(0).tags.len() + 32);
}

#[test]
fn watch_tells_what_changed() {
    let instances = empty();
    let mut watch = instances.watch(instances.list(None, 1).unwrap().revision).unwrap();
    let launched = instances.launch(instance(0)).unwrap();
    assert_eq!(watch.try_next().unwrap(), Some(launched));
    let _ = instances.reserve_launch_numbers(1).unwrap();
    assert_eq!(watch.try_next().unwrap(), None);
}

#[test]
fn tags_are_set_and_removed() {
    let (instances, id) = launched();
    let _ = instances.create_tags(&id, &tags(&[("a", "1"), ("b", "")])).unwrap();
    let _ = instances.create_tags(&id, &tags(&[("a", "2")])).unwrap();
    let _ = instances.delete_tags(&id, &["b".to_owned(), "absent".to_owned()]).unwrap();
    let all = described(&instances, &id).tags;
    assert_eq!((all.get("a").map(String::as_str), all.get("b")), (Some("2"), None));
}

#[test]
fn tags_have_limits() {
    let (instances, id) = launched();
    let set = |key: &str, value: &str| instances.create_tags(&id, &tags(&[(key, value)])).map(|_| ());
    for (key, value, valid) in [
        ("", "v", false),
        (&"k".repeat(128), &"ü".repeat(256), true),
        (&"k".repeat(129), "v", false),
        ("k", &"v".repeat(257), false),
        ("aws:x", "v", false),
        ("AWS:x", "v", false),
        ("with space/and slash", "v", true),
    ] {
        let answer = set(key, value);
        assert_eq!(answer.is_ok(), valid, "{key:?}");
        assert!(valid || code(answer) == "InvalidParameterValue", "{key:?}");
    }
    let many: std::collections::BTreeMap<_, _> = (0..50).map(|n| (n.to_string(), String::new())).collect();
    assert_eq!(code(instances.create_tags(&id, &many)), "TagLimitExceeded");
    assert_eq!(code(instances.delete_tags(&id, &["aws:x".to_owned()])), "InvalidParameterValue");
}

#[test]
fn served_tags_have_stricter_keys() {
    let (instances, id) = launched();
    let serve = |switch| {
        instances.update(&id, |instance| {
            instance.metadata_options.instance_metadata_tags = switch;
            Ok::<_, InstanceError>(())
        })
    };
    let _ = instances.create_tags(&id, &tags(&[("a/b", "")])).unwrap();
    assert_eq!(code(serve(Switch::Enabled)), "InvalidParameterValue");
    let _ = instances.delete_tags(&id, &["a/b".to_owned()]).unwrap();
    let _ = serve(Switch::Enabled).unwrap();
    for key in ["a b", "_index", ".", "..", "ü"] {
        assert_eq!(code(instances.create_tags(&id, &tags(&[(key, "")]))), "InvalidParameterValue", "{key}");
    }
    let _ = instances.create_tags(&id, &tags(&[("A-z_0+=,.@:", "")])).unwrap();
}

#[test]
fn role_is_attached_once_and_detached_in_three_ways() {
    let (instances, id) = launched();
    let attach = |role: &str, profile: Option<&str>| {
        let instance_profile = profile.map(str::to_owned);
        let attachment = RoleAttachment { role: role.to_owned(), instance_profile, trusts_ec2: true };
        instances.attach_role(&id, &attachment, NOW)
    };
    let profile = || described(&instances, &id).iam_instance_profile;
    let detach = |how| instances.detach_role(&id, how).map(|_| ());

    detach(ProfileDetachment::Disassociate).unwrap();
    assert_eq!(profile(), None);
    assert_eq!(code(detach(ProfileDetachment::Disassociate)), "InvalidAssociationID.NotFound");
    assert_eq!(code(attach("not a name", None)), "InvalidParameterValue");
    let _ = attach("web", None).unwrap();
    let attached = profile().unwrap();
    assert!(attached.arn.as_str().ends_with(":instance-profile/web"));
    assert_eq!((attached.role.unwrap().role_name.as_str(), attached.associated_at), ("web", NOW));
    assert_eq!(code(attach("other", None)), "IncorrectState");

    detach(ProfileDetachment::RemoveRole).unwrap();
    assert_eq!(profile().unwrap().role, None);
    let _ = attach("other", None).unwrap();
    assert!(profile().unwrap().arn.as_str().ends_with("/web"));
    assert_eq!(profile().unwrap().role.unwrap().role_name, "other");

    detach(ProfileDetachment::DeleteProfile).unwrap();
    assert!(!profile().unwrap().exists);
    detach(ProfileDetachment::Disassociate).unwrap();
    let _ = attach("arn:aws:iam::111122223333:role/path/app", Some("holder")).unwrap();
    let attached = profile().unwrap();
    assert!(attached.arn.as_str().ends_with(":instance-profile/holder"));
    assert_eq!(attached.role.unwrap().arn.as_str(), "arn:aws:iam::111122223333:role/path/app");
}

#[test]
fn events_are_announced_and_taken_back() {
    let (instances, id) = launched();
    let change = |change: EventChange| instances.change_events(&id, &change).map(|_| ());
    let events = || described(&instances, &id).events;
    let spot = SpotInterruption { action: SpotAction::Stop, time: NOW };

    for (announce, cancel) in [
        (EventChange::SpotInterruption(spot), EventChange::CancelSpotInterruption),
        (EventChange::Rebalance(NOW), EventChange::CancelRebalance),
        (EventChange::AutoScaling(AutoScalingState::InService), EventChange::CancelAutoScaling),
    ] {
        assert_eq!(code(change(cancel.clone())), "IncorrectState");
        change(announce).unwrap();
        assert!(!events().is_empty());
        change(cancel).unwrap();
        assert!(events().is_empty());
    }
}

#[test]
fn maintenance_ends_in_the_history() {
    let (instances, id) = launched();
    let change = |change: EventChange| instances.change_events(&id, &change).map(|_| ());
    let events = || described(&instances, &id).events;
    let notice = MaintenanceNotice {
        code: MaintenanceCode::SystemReboot,
        description: None,
        not_before: NOW,
        not_after: None,
        not_before_deadline: None,
    };
    let end = |event_id: Option<&str>, how| {
        change(EventChange::EndMaintenance { event_id: event_id.map(str::to_owned), how })
    };
    let early = MaintenanceNotice { not_after: Some(Timestamp::EPOCH), ..notice.clone() };
    assert_eq!(code(change(EventChange::Maintenance(early))), "InvalidParameterValue");
    assert_eq!(code(end(None, MaintenanceEnd::Canceled)), "InvalidInstanceEventIDNotFound");
    change(EventChange::Maintenance(notice.clone())).unwrap();
    change(EventChange::Maintenance(notice)).unwrap();
    let ids: Vec<String> = events().maintenance.into_iter().map(|event| event.event_id).collect();
    assert_ne!(ids[0], ids[1]);
    assert_eq!(code(end(None, MaintenanceEnd::Canceled)), "MissingParameter");
    assert_eq!(
        code(end(Some("instance-event-0"), MaintenanceEnd::Canceled)),
        "InvalidInstanceEventIDNotFound"
    );
    end(Some(&ids[0]), MaintenanceEnd::Completed).unwrap();
    end(None, MaintenanceEnd::Canceled).unwrap();
    let history: Vec<_> = events().maintenance_history.into_iter().map(|e| (e.event_id, e.state)).collect();
    assert_eq!(
        history,
        [(ids[0].clone(), MaintenanceState::Completed), (ids[1].clone(), MaintenanceState::Canceled)]
    );
}
