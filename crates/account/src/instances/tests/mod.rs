//! Operations on instances, over the engine in memory.

mod change;
mod declared;
mod life;
mod metadata_options;
mod record;

use std::sync::Arc;

use store::MemoryStore;
use types::{Instance, InstanceId, Timestamp};

use super::*;
use crate::Declaration;

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

fn seed() -> Seed {
    Seed::from_text("test")
}

fn empty() -> Instances {
    Instances::new(Arc::new(MemoryStore::new()), seed())
}

/// The n-th instance, of `t3.micro`, with a role and tags.
fn instance(index: u32) -> Instance {
    Declaration::believable().resolve(&Declaration::default(), &seed(), index, NOW).unwrap()
}

/// Instances, the first of which is launched.
fn launched() -> (Instances, InstanceId) {
    let (instances, instance) = (empty(), instance(0));
    let id = instance.instance_id.clone();
    assert_eq!(instances.launch(instance).unwrap().instances, std::slice::from_ref(&id));
    (instances, id)
}

fn described(instances: &Instances, id: &InstanceId) -> Instance {
    instances.describe(id).unwrap().instance
}

fn listed(instances: &Instances) -> Vec<Instance> {
    let page = instances.list(None, usize::MAX).unwrap();
    page.instances.into_iter().map(|view| view.instance).collect()
}

fn tags(pairs: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn code<T: std::fmt::Debug>(answer: Result<T, InstanceError>) -> &'static str {
    answer.unwrap_err().code()
}
