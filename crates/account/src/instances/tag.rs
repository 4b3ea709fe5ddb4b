//! Tags (EC2 user guide, "Tag your Amazon EC2 resources"; facts/imds.md section 1.9).

use std::collections::BTreeMap;

use types::InstanceId;
use types::instance::{
    MAX_TAG_KEY, MAX_TAG_VALUE, MAX_TAGS, Switch, is_reserved_tag_key, is_servable_tag_key,
};

use super::{Changed, InstanceError, Instances, Refusal};

impl Instances {
    /// Adds tags, or gives those that are there new values: `CreateTags`.
    pub fn create_tags(
        &self,
        id: &InstanceId,
        tags: &BTreeMap<String, String>,
    ) -> Result<Changed, InstanceError> {
        self.change_tags(id, tags, &[])
    }

    /// Takes tags away; keys that are not there are fine: `DeleteTags`.
    pub fn delete_tags(&self, id: &InstanceId, keys: &[String]) -> Result<Changed, InstanceError> {
        self.change_tags(id, &BTreeMap::new(), keys)
    }

    /// Adds `tags` and then takes `removed` away: both, or on an error neither.
    pub fn change_tags(
        &self,
        id: &InstanceId,
        tags: &BTreeMap<String, String>,
        removed: &[String],
    ) -> Result<Changed, InstanceError> {
        tags.keys().chain(removed).try_for_each(|key| refuse_reserved(key))?;
        self.update(id, |instance| {
            instance.tags.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
            instance.tags.retain(|key, _| !removed.contains(key));
            Ok(())
        })
    }
}

/// Refuses tags that EC2 does not take, or that the metadata service cannot serve while it should.
pub(super) fn check(tags: &BTreeMap<String, String>, served: Switch) -> Result<(), Refusal> {
    // AWS's own tags do not count.
    let count = tags.keys().filter(|key| !is_reserved_tag_key(key)).count();
    if count > MAX_TAGS {
        let message = format!("{count} tags, an instance has at most {MAX_TAGS}");
        return Err(Refusal::new("TagLimitExceeded", message).hint("remove tags first"));
    }
    for (key, value) in tags {
        check_lengths(key, value)?;
        if served.is_enabled() && !is_servable_tag_key(key) {
            let message = format!(
                "tag key {key:?} cannot be served in instance metadata: it must match \
                 [0-9a-zA-Z\\-_+=,.@:]{{1,255}} and be none of '.', '..' and '_index'"
            );
            return Err(Refusal::new("InvalidParameterValue", message)
                .hint("rename the tag, or set --instance-metadata-tags disabled"));
        }
    }
    Ok(())
}

fn check_lengths(key: &str, value: &str) -> Result<(), Refusal> {
    let (key_length, value_length) = (key.chars().count(), value.chars().count());
    let problem = if !(1..=MAX_TAG_KEY).contains(&key_length) {
        format!("tag key {:?} has {key_length} characters, not 1 to {MAX_TAG_KEY}", start(key))
    } else if value_length > MAX_TAG_VALUE {
        format!("value of tag {key:?} has {value_length} characters, the limit is {MAX_TAG_VALUE}")
    } else {
        return Ok(());
    };
    Err(Refusal::new("InvalidParameterValue", problem).hint("shorten it"))
}

fn refuse_reserved(key: &str) -> Result<(), Refusal> {
    if !is_reserved_tag_key(key) {
        return Ok(());
    }
    let message = format!("tag key {key:?} starts with aws:, which AWS keeps for itself");
    Err(Refusal::new("InvalidParameterValue", message).hint("choose another prefix"))
}

fn start(text: &str) -> String {
    text.chars().take(40).collect()
}
