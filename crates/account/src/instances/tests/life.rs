//! Instances stop, start, and go.

use std::net::Ipv4Addr;
use std::time::Duration;

use types::instance::{InstanceState, MaintenanceCode, MaintenanceState};

use super::super::record::json;
use super::*;

const DELAY: Duration = Duration::from_secs(2);
const ADDRESS: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 9);

#[test]
fn a_stopped_instance_loses_its_public_address_and_gets_another() {
    let (instances, id) = launched();
    let before = described(&instances, &id);
    let (changed, states) = instances.stop(std::slice::from_ref(&id), Stop::default(), NOW, DELAY).unwrap();
    assert_eq!(changed.instances, std::slice::from_ref(&id));
    assert_eq!((states[0].previous, states[0].current), (InstanceState::Running, InstanceState::Stopping));
    let stopped = described(&instances, &id);
    assert_eq!(public(&stopped), None);
    assert_eq!(private(&stopped), private(&before));
    let (_, states) = instances.start(std::slice::from_ref(&id), &[ADDRESS], NOW + DELAY, DELAY).unwrap();
    assert_eq!((states[0].previous, states[0].current), (InstanceState::Stopped, InstanceState::Pending));
    let started = described(&instances, &id);
    assert_eq!((public(&started), private(&started)), (Some(ADDRESS), private(&before)));
    assert_eq!(
        (started.launch_time, started.life.first_launch_time),
        (NOW + DELAY, Some(before.launch_time))
    );
}

#[test]
fn an_instance_without_a_public_address_gets_none() {
    let (instances, id) = launched();
    let without = |instance: &mut Instance| {
        instance.network_interfaces[0].ipv4_associations.clear();
        Ok::<_, InstanceError>(())
    };
    let _ = instances.update(&id, without).unwrap();
    let _ = instances.stop(std::slice::from_ref(&id), Stop::default(), NOW, Duration::ZERO).unwrap();
    let _ = instances.start(std::slice::from_ref(&id), &[ADDRESS], NOW, DELAY).unwrap();
    assert_eq!(public(&described(&instances, &id)), None);
}

#[test]
fn another_host_has_nothing_announced() {
    let (instances, id) = launched();
    let notice = MaintenanceNotice {
        code: MaintenanceCode::InstanceRetirement,
        description: None,
        not_before: NOW,
        not_after: None,
        not_before_deadline: None,
    };
    let moved = || {
        for change in [EventChange::Rebalance(NOW), EventChange::Maintenance(notice.clone())] {
            let _ = instances.change_events(&id, &change).unwrap();
        }
        let _ = instances.stop(std::slice::from_ref(&id), Stop::default(), NOW, Duration::ZERO).unwrap();
        let _ = instances.start(std::slice::from_ref(&id), &[ADDRESS], NOW, Duration::ZERO).unwrap();
        described(&instances, &id).events
    };
    let events = moved();
    assert_eq!((events.rebalance, events.maintenance.len()), (None, 0));
    assert_eq!(events.maintenance_history[0].state, MaintenanceState::Completed);
    let longest = (0..120).map(|_| moved().maintenance_history.len()).max();
    assert_eq!(longest, Some(100), "the history is bounded, whoever writes it");
}

#[test]
fn all_change_or_none() {
    let instances = empty();
    let [one, other] = [instance(0), instance(1)];
    let ids = [one.instance_id.clone(), other.instance_id.clone()];
    let protected =
        Instance { life: types::instance::Life { disable_api_stop: true, ..Default::default() }, ..other };
    let _ = instances.launch_all(&[one.clone(), protected.clone()], None).unwrap();
    assert_eq!(code(instances.stop(&ids, Stop::default(), NOW, DELAY)), "OperationNotPermitted");
    assert_eq!(described(&instances, &ids[0]), one);
    let _ = instances.terminate(&ids, NOW, DELAY).unwrap();
    assert_eq!(described(&instances, &ids[1]).life.state(NOW + DELAY), InstanceState::Terminated);
}

#[test]
fn a_terminated_instance_is_removed_after_an_hour() {
    let (instances, id) = launched();
    let (_, states) = instances.terminate(std::slice::from_ref(&id), NOW, DELAY).unwrap();
    assert_eq!(states[0].current, InstanceState::ShuttingDown);
    let gone_at = NOW + DELAY + Duration::from_secs(3600);
    assert_eq!(instances.next_due().unwrap(), Some(gone_at));
    assert_eq!(instances.apply_due(NOW + DELAY).unwrap().instances, []);
    assert_eq!(described(&instances, &id).binding, types::instance::Binding::default());
    assert_eq!(code(instances.launch(instance(0))), "InvalidParameterValue", "its name is free for nobody");
    assert_eq!(instances.apply_due(gone_at).unwrap().instances, std::slice::from_ref(&id));
    assert_eq!(code(instances.describe(&id)), "InvalidInstanceID.NotFound");
    assert_eq!(instances.next_due().unwrap(), None);
}

#[test]
fn a_declared_one_that_was_terminated_comes_back_with_another_declaration_alone() {
    let instances = empty();
    let _ = instances.sync_declared([instance(0)]).unwrap();
    let id = instance(0).instance_id;
    let _ = instances.terminate(std::slice::from_ref(&id), NOW, DELAY).unwrap();
    assert_eq!(instances.sync_declared([instance(0)]).unwrap().unchanged, 1);
    assert!(described(&instances, &id).life.is_terminated());
    let declared = Instance { instance_type: "m5.large".to_owned(), ..instance(0) };
    assert_eq!(instances.sync_declared([declared.clone()]).unwrap().created, std::slice::from_ref(&id));
    assert_eq!(described(&instances, &id), declared);
    assert_eq!(instances.next_due().unwrap(), None);
}

#[test]
fn token_of_what_nobody_sees_any_more_launches_anew() {
    let instances = empty();
    let with_token = |index| {
        let mut made = instance(index);
        made.life.client_token = Some("token".to_owned());
        made
    };
    let token = |after| LaunchToken::new("token", "us-east-1", b"request", NOW + Duration::from_secs(after));
    let _ = instances.launch_all(&[with_token(0)], Some(&token(0))).unwrap();
    let id = instance(0).instance_id;
    let _ = instances.terminate(std::slice::from_ref(&id), NOW, DELAY).unwrap();
    let known = Some(EarlierLaunch::Same(vec![id.clone()]));
    assert_eq!(instances.launched_with(&token(60)).unwrap(), known);
    assert_eq!(instances.launched_with(&token(2 * 3600)).unwrap(), None);
    let _ = instances.launch_all(&[with_token(1)], Some(&token(2 * 3600))).unwrap();
    let _ = instances.remove(&[id]).unwrap();
    let known = Some(EarlierLaunch::Same(vec![instance(1).instance_id]));
    assert_eq!(instances.launched_with(&token(2 * 3600)).unwrap(), known);
}

#[test]
fn what_a_token_launched_is_known_until_the_last_of_it_is_gone() {
    let instances = empty();
    let token = LaunchToken::new("token", "us-east-1", b"request", NOW);
    let with_token = |index| {
        let mut made = instance(index);
        made.life.client_token = Some("token".to_owned());
        made
    };
    let ids: Vec<InstanceId> = (0..2).map(|index| instance(index).instance_id).collect();
    let _ = instances.launch_all(&[with_token(0), with_token(1)], Some(&token)).unwrap();
    assert_eq!(instances.launched_with(&token).unwrap(), Some(EarlierLaunch::Same(ids.clone())));
    let other = LaunchToken::new("token", "us-east-1", b"another", NOW);
    assert_eq!(instances.launched_with(&other).unwrap(), Some(EarlierLaunch::Other));
    assert_eq!(
        instances.launched_with(&LaunchToken::new("token", "eu-west-1", b"request", NOW)).unwrap(),
        None
    );
    assert!(matches!(
        instances.launch_all(&[with_token(2)], Some(&token)),
        Err(InstanceError::LaunchedBefore)
    ));
    let _ = instances.remove(&ids[..1]).unwrap();
    assert_eq!(instances.launched_with(&other).unwrap(), Some(EarlierLaunch::Other));
    let _ = instances.remove(&ids[1..]).unwrap();
    assert_eq!(instances.launched_with(&token).unwrap(), None);
    let _ = instances.launch_all(&[with_token(2)], Some(&token)).unwrap();
}

#[test]
fn records_from_before_states_are_of_running_instances() {
    let bytes = json(&instance(0));
    assert!(!String::from_utf8(bytes.clone()).unwrap().contains("\"Life\""));
    let read: Instance = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((read.life.state(NOW), &read), (InstanceState::Running, &instance(0)));
}

#[test]
fn the_console_keeps_what_was_written_last() {
    let (instances, id) = launched();
    assert_eq!(instances.console_output(&id).unwrap(), None);
    let long = [vec![b'a'; 70_000], b"end".to_vec()].concat();
    instances.write_console(&id, &long, NOW).unwrap();
    let written = instances.console_output(&id).unwrap().unwrap();
    assert_eq!((written.output.len(), written.output.ends_with(b"end"), written.time), (65_536, true, NOW));
    let _ = instances.remove(std::slice::from_ref(&id)).unwrap();
    assert_eq!(instances.console_output(&id).unwrap(), None);
    assert_eq!(code(instances.write_console(&id, b"x", NOW)), "InvalidInstanceID.NotFound");
}

fn public(instance: &Instance) -> Option<Ipv4Addr> {
    instance.primary_interface().unwrap().public_ipv4()
}

fn private(instance: &Instance) -> Option<Ipv4Addr> {
    instance.primary_interface().unwrap().primary_ipv4()
}
