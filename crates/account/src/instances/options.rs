//! Metadata options: asked for now, in force a little later, as on EC2 (facts/imds.md sections 1.4 and 1.8).
//!
//! What is pending is stored as the change that was asked for, not as its result: what else happens to the options
//! meanwhile stays. A mark under the time of its coming into force finds it without reading every instance.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use store::{Key, KeyRange, Transaction};
use types::instance::{Endpoint, HopLimit, MetadataOptions, Switch, Tokens};
use types::{InstanceId, Timestamp};

use super::record::Pending;
use super::{BATCH, Changed, InstanceError, Instances, Refusal, instance_id};

/// Members of `ModifyInstanceMetadataOptions`; what is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MetadataOptionsChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_endpoint: Option<Endpoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_tokens: Option<Tokens>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_put_response_hop_limit: Option<HopLimit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_protocol_ipv6: Option<Switch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_metadata_tags: Option<Switch>,
}

/// Options that will come into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingOptions {
    pub options: MetadataOptions,
    pub applies_at: Timestamp,
}

/// Where a change of metadata options stands: `State` of `InstanceMetadataOptions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataOptionsState {
    Pending(PendingOptions),
    Applied(MetadataOptions),
}

impl MetadataOptionsChange {
    pub fn applied_to(self, options: MetadataOptions) -> MetadataOptions {
        let MetadataOptions {
            http_endpoint,
            http_tokens,
            http_put_response_hop_limit,
            http_protocol_ipv6,
            instance_metadata_tags,
        } = options;
        MetadataOptions {
            http_endpoint: self.http_endpoint.unwrap_or(http_endpoint),
            http_tokens: self.http_tokens.unwrap_or(http_tokens),
            http_put_response_hop_limit: self
                .http_put_response_hop_limit
                .unwrap_or(http_put_response_hop_limit),
            http_protocol_ipv6: self.http_protocol_ipv6.unwrap_or(http_protocol_ipv6),
            instance_metadata_tags: self.instance_metadata_tags.unwrap_or(instance_metadata_tags),
        }
    }

    /// This change after `earlier` one.
    fn after(self, earlier: Self) -> Self {
        Self {
            http_endpoint: self.http_endpoint.or(earlier.http_endpoint),
            http_tokens: self.http_tokens.or(earlier.http_tokens),
            http_put_response_hop_limit: self
                .http_put_response_hop_limit
                .or(earlier.http_put_response_hop_limit),
            http_protocol_ipv6: self.http_protocol_ipv6.or(earlier.http_protocol_ipv6),
            instance_metadata_tags: self.instance_metadata_tags.or(earlier.instance_metadata_tags),
        }
    }
}

impl Pending {
    pub(super) fn view(self, options: MetadataOptions) -> PendingOptions {
        PendingOptions { options: self.change.applied_to(options), applies_at: self.applies_at }
    }
}

impl Instances {
    /// `ModifyInstanceMetadataOptions`: in force after `delay`, at once if that is zero. A change that comes while
    /// another is pending joins it and starts the delay again.
    pub fn modify_metadata_options(
        &self,
        id: &InstanceId,
        change: MetadataOptionsChange,
        now: Timestamp,
        delay: Duration,
    ) -> Result<(Changed, MetadataOptionsState), InstanceError> {
        if change == MetadataOptionsChange::default() {
            let refusal = Refusal::new("InvalidParameterCombination", "no metadata option is given");
            return Err(refusal.hint("give at least one, such as --http-tokens").into());
        }
        self.change(id, |instance, pending| {
            let whole = pending.map_or(change, |earlier| change.after(earlier.change));
            let options = whole.applied_to(instance.metadata_options);
            if delay.is_zero() || options == instance.metadata_options {
                instance.metadata_options = options;
                *pending = None;
                return Ok(MetadataOptionsState::Applied(options));
            }
            let applies_at = now + delay;
            *pending = Some(Pending { change: whole, applies_at });
            Ok(MetadataOptionsState::Pending(PendingOptions { options, applies_at }))
        })
    }

    /// Brings into force what is due at `now`, and removes what nobody sees any more.
    pub fn apply_due(&self, now: Timestamp) -> Result<Changed, InstanceError> {
        let mut all = Changed { instances: Vec::new(), revision: self.store.revision()? };
        loop {
            let found = self.store.range(&due_by(now), BATCH)?;
            if found.entries.is_empty() {
                return Ok(all);
            }
            for entry in &found.entries {
                let changed = self.apply_mark(&entry.key, now)?;
                all.instances.extend(changed.instances);
                all.revision = all.revision.max(changed.revision);
            }
        }
    }

    /// When [`Instances::apply_due`] next has something to do.
    pub fn next_due(&self) -> Result<Option<Timestamp>, InstanceError> {
        let first = self.store.range(&KeyRange::children(&Key::new(DUE)), 1)?;
        first.entries.first().map(|entry| due_time(&entry.key)).transpose()
    }

    /// A mark whose instance is gone, or was put off, is removed; that is nobody's change.
    fn apply_mark(&self, mark: &Key, now: Timestamp) -> Result<Changed, InstanceError> {
        let id = instance_id(mark)?;
        let applied = match self.describe(&id) {
            Ok(view) if view.instance.life.is_gone(now) => self.remove(std::slice::from_ref(&id)),
            Ok(_) => self.apply_pending(&id, now),
            Err(error) => Err(error),
        };
        match applied {
            Ok(changed) if !changed.instances.is_empty() => Ok(changed),
            Ok(changed) => self.remove_mark(mark).map(|()| changed),
            Err(InstanceError::NotFound(_)) => self.remove_mark(mark).map(|()| Changed::default()),
            Err(error) => Err(error),
        }
    }

    fn apply_pending(&self, id: &InstanceId, now: Timestamp) -> Result<Changed, InstanceError> {
        let (changed, ()) = self.change(id, |instance, pending| {
            if let Some(due) = pending.take_if(|pending| pending.applies_at <= now) {
                instance.metadata_options = due.change.applied_to(instance.metadata_options);
            }
            Ok::<_, InstanceError>(())
        })?;
        Ok(changed)
    }

    fn remove_mark(&self, mark: &Key) -> Result<(), InstanceError> {
        let _ = self.store.commit(Transaction::new().delete(mark.clone()))?;
        Ok(())
    }
}

/// The mark of options that come into force at `time`, and of an instance that is gone then.
pub(super) fn due_key(time: Timestamp, id: &InstanceId) -> Key {
    Key::new(DUE).with_number(number(time)).with(id.as_str())
}

fn due_by(now: Timestamp) -> KeyRange {
    let root = Key::new(DUE);
    KeyRange::between(&root.with_number(0), &root.with_number(number(now) + 1))
}

fn due_time(mark: &Key) -> Result<Timestamp, InstanceError> {
    let digits = mark.as_str().split('/').nth(1);
    let millis = digits.and_then(|digits| i64::from_str_radix(digits, 16).ok());
    millis.map(Timestamp::from_millis).ok_or_else(|| InstanceError::UnknownRecord(mark.to_string()))
}

fn number(time: Timestamp) -> u64 {
    u64::try_from(time.millis()).unwrap_or(0)
}

/// Stores bear this name since options alone were due.
const DUE: &str = "pending-metadata-options";
