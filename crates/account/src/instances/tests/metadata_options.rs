//! Pending options: when they come into force, and what may happen meanwhile.

use std::time::Duration;

use types::instance::{Endpoint, Switch, Tokens};

use super::*;

const DELAY: Duration = Duration::from_secs(10);

const REQUIRED: MetadataOptionsChange = MetadataOptionsChange {
    http_endpoint: None,
    http_tokens: Some(Tokens::Required),
    http_put_response_hop_limit: None,
    http_protocol_ipv6: None,
    instance_metadata_tags: None,
};

fn tokens(instances: &Instances, id: &InstanceId) -> Tokens {
    described(instances, id).metadata_options.http_tokens
}

#[test]
fn change_is_pending_until_it_is_due_and_survives_a_restart() {
    let store = Arc::new(MemoryStore::new());
    let instances = Instances::new(Arc::clone(&store) as Arc<dyn Store>, seed());
    let id = instance(0).instance_id;
    let _ = instances.launch(instance(0)).unwrap();
    let (changed, state) = instances.modify_metadata_options(&id, REQUIRED, NOW, DELAY).unwrap();
    assert_eq!(changed.instances, std::slice::from_ref(&id));
    let MetadataOptionsState::Pending(pending) = state else { panic!("{state:?}") };
    assert_eq!((pending.options.http_tokens, pending.applies_at), (Tokens::Required, NOW + DELAY));

    let restarted = Instances::new(store, seed());
    let view = restarted.describe(&id).unwrap();
    assert_eq!(view.instance.metadata_options.http_tokens, Tokens::Optional);
    assert_eq!(view.pending_metadata_options, Some(pending));
    assert_eq!(restarted.next_due().unwrap(), Some(NOW + DELAY));
    assert_eq!(restarted.apply_due(NOW + DELAY - Duration::from_millis(1)).unwrap().instances, []);
    assert_eq!(restarted.apply_due(NOW + DELAY).unwrap().instances, std::slice::from_ref(&id));
    assert_eq!(tokens(&restarted, &id), Tokens::Required);
    assert_eq!(restarted.describe(&id).unwrap().pending_metadata_options, None);
    assert_eq!(restarted.next_due().unwrap(), None);
}

#[test]
fn without_delay_or_difference_it_is_applied_at_once() {
    let (instances, id) = launched();
    let (_, state) = instances.modify_metadata_options(&id, REQUIRED, NOW, Duration::ZERO).unwrap();
    assert!(
        matches!(state, MetadataOptionsState::Applied(options) if options.http_tokens == Tokens::Required)
    );
    let (changed, state) = instances.modify_metadata_options(&id, REQUIRED, NOW, DELAY).unwrap();
    assert_eq!(changed.instances, []);
    assert!(matches!(state, MetadataOptionsState::Applied(_)));
    let nothing = MetadataOptionsChange::default();
    let answer = instances.modify_metadata_options(&id, nothing, NOW, DELAY);
    assert_eq!(code(answer), "InvalidParameterCombination");
}

#[test]
fn later_change_joins_the_pending_one() {
    let (instances, id) = launched();
    let _ = instances.modify_metadata_options(&id, REQUIRED, NOW, DELAY).unwrap();
    let disabled = MetadataOptionsChange { http_endpoint: Some(Endpoint::Disabled), ..Default::default() };
    let later = NOW + Duration::from_secs(5);
    let _ = instances.modify_metadata_options(&id, disabled, later, DELAY).unwrap();
    assert_eq!(instances.apply_due(NOW + DELAY).unwrap().instances, []);
    assert_eq!(instances.apply_due(later + DELAY).unwrap().instances, std::slice::from_ref(&id));
    let options = described(&instances, &id).metadata_options;
    assert_eq!((options.http_tokens, options.http_endpoint), (Tokens::Required, Endpoint::Disabled));
}

#[test]
fn change_taken_back_leaves_nothing_pending() {
    let (instances, id) = launched();
    let _ = instances.modify_metadata_options(&id, REQUIRED, NOW, DELAY).unwrap();
    let optional = MetadataOptionsChange { http_tokens: Some(Tokens::Optional), ..REQUIRED };
    let (_, state) = instances.modify_metadata_options(&id, optional, NOW, DELAY).unwrap();
    assert!(matches!(state, MetadataOptionsState::Applied(_)));
    assert_eq!(instances.next_due().unwrap(), None);
}

#[test]
fn other_changes_meanwhile_stay() {
    let (instances, id) = launched();
    let _ = instances.modify_metadata_options(&id, REQUIRED, NOW, DELAY).unwrap();
    let _ = instances
        .update(&id, |instance| {
            instance.metadata_options.http_protocol_ipv6 = Switch::Enabled;
            Ok::<_, InstanceError>(())
        })
        .unwrap();
    let _ = instances.apply_due(NOW + DELAY).unwrap();
    let options = described(&instances, &id).metadata_options;
    assert_eq!((options.http_tokens, options.http_protocol_ipv6), (Tokens::Required, Switch::Enabled));
}

#[test]
fn tags_must_suit_options_on_their_way() {
    let (instances, id) = launched();
    let serve = MetadataOptionsChange { instance_metadata_tags: Some(Switch::Enabled), ..Default::default() };
    let _ = instances.modify_metadata_options(&id, serve, NOW, DELAY).unwrap();
    assert_eq!(code(instances.create_tags(&id, &tags(&[("a/b", "")]))), "InvalidParameterValue");
    let (instances, id) = launched();
    let _ = instances.create_tags(&id, &tags(&[("a/b", "")])).unwrap();
    assert_eq!(code(instances.modify_metadata_options(&id, serve, NOW, DELAY)), "InvalidParameterValue");
}

#[test]
fn terminated_instance_has_nothing_due() {
    let (instances, id) = launched();
    let _ = instances.modify_metadata_options(&id, REQUIRED, NOW, DELAY).unwrap();
    let _ = instances.remove(&[id]).unwrap();
    assert_eq!(instances.next_due().unwrap(), None);
    assert_eq!(instances.apply_due(NOW + DELAY).unwrap().instances, []);
}

#[test]
fn stale_mark_is_cleared_away() {
    let (instances, id) = launched();
    let mark = options::due_key(NOW, &id);
    let gone = options::due_key(NOW, &instance(1).instance_id);
    assert!(instances.store.commit(Transaction::new().put(mark, "").put(gone, "")).unwrap().is_committed());
    assert_eq!(instances.apply_due(NOW).unwrap().instances, []);
    assert_eq!(instances.next_due().unwrap(), None);
}

#[test]
fn many_due_instances_are_all_applied() {
    let instances = empty();
    for index in 0..300 {
        let instance = instance(index);
        let id = instance.instance_id.clone();
        let _ = instances.launch(instance).unwrap();
        let _ = instances.modify_metadata_options(&id, REQUIRED, NOW, DELAY).unwrap();
    }
    assert_eq!(instances.apply_due(NOW + DELAY).unwrap().instances.len(), 300);
    assert!(listed(&instances).iter().all(|i| i.metadata_options.http_tokens == Tokens::Required));
}
