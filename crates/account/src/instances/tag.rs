//! Tags (EC2 user guide, "Tag your Amazon EC2 resources"; facts/imds.md section 1.9).

use std::collections::BTreeMap;

use types::InstanceId;
use types::instance::Switch;

use super::{Changed, InstanceError, Instances, Refusal};

impl Instances {
    /// Adds tags, or gives those that are there new values: `CreateTags`.
    pub fn create_tags(
        &self,
        id: &InstanceId,
        tags: &BTreeMap<String, String>,
    ) -> Result<Changed, InstanceError> {
        tags.keys().try_for_each(|key| refuse_reserved(key))?;
        self.update(id, |instance| {
            instance.tags.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
            Ok(())
        })
    }

    /// Takes tags away; keys that are not there are fine: `DeleteTags`.
    pub fn delete_tags(&self, id: &InstanceId, keys: &[String]) -> Result<Changed, InstanceError> {
        keys.iter().try_for_each(|key| refuse_reserved(key))?;
        self.update(id, |instance| {
            instance.tags.retain(|key, _| !keys.contains(key));
            Ok(())
        })
    }
}

/// Refuses tags that EC2 does not take, or that the metadata service cannot serve while it should.
pub(super) fn check(tags: &BTreeMap<String, String>, served: Switch) -> Result<(), Refusal> {
    let count = tags.keys().filter(|key| !is_reserved(key)).count();
    if count > MAX_TAGS {
        let message = format!("{count} tags, an instance has at most {MAX_TAGS}");
        return Err(Refusal::new("TagLimitExceeded", message).hint("remove tags first"));
    }
    for (key, value) in tags {
        check_lengths(key, value)?;
        if served.is_enabled() && !is_servable(key) {
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
    let problem = if !(1..=MAX_KEY).contains(&key_length) {
        format!("tag key {:?} has {key_length} characters, not 1 to {MAX_KEY}", start(key))
    } else if value_length > MAX_VALUE {
        format!("value of tag {key:?} has {value_length} characters, the limit is {MAX_VALUE}")
    } else {
        return Ok(());
    };
    Err(Refusal::new("InvalidParameterValue", problem).hint("shorten it"))
}

fn refuse_reserved(key: &str) -> Result<(), Refusal> {
    if !is_reserved(key) {
        return Ok(());
    }
    let message = format!("tag key {key:?} starts with aws:, which AWS keeps for itself");
    Err(Refusal::new("InvalidParameterValue", message).hint("choose another prefix"))
}

/// AWS's own tags do not count towards the limit.
fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

fn is_servable(key: &str) -> bool {
    let spelled = key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_+=,.@:".contains(&b));
    spelled && !matches!(key, "." | ".." | "_index")
}

fn start(text: &str) -> String {
    text.chars().take(40).collect()
}

const MAX_TAGS: usize = 50;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;
